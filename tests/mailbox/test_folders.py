"""Roles, order and tree from one LIST."""

import pytest

from webmail.mailbox.base import Counts, FolderRefused, Role
from webmail.mailbox.folders import Listed, arrange, below, full_name, is_name, parent_of, top_of
from webmail.mailbox.side import entries, fold_key, seen


def listed(*names, delimiter="/", **flags):
    return [Listed(name, delimiter, frozenset(flags.get(name, ()))) for name in names]


def roles(entries):
    return {folder.name: folder.role for folder in arrange(entries)}


def test_special_use_wins_over_names():
    entries = listed("INBOX", "Sent", "Gesendet", Gesendet=["\\Sent", "\\HasNoChildren"])
    assert roles(entries) == {"INBOX": Role.INBOX, "Gesendet": Role.SENT, "Sent": Role.NONE}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Brouillons", Role.DRAFTS),
        ("Éléments envoyés", Role.SENT),
        ("Gesendete Objekte", Role.SENT),
        ("Corbeille", Role.TRASH),
        ("Papierkorb", Role.TRASH),
        ("Indésirables", Role.JUNK),
        ("SPAM", Role.JUNK),
        ("Archives", Role.ARCHIVE),
        ("Deleted Items", Role.TRASH),
        ("Отправленные", Role.SENT),
        ("Sent stamps", Role.NONE),
    ],
)
def test_names_where_the_server_says_nothing(name, role):
    assert roles(listed("INBOX", name))[name] == role


def test_a_name_counts_at_the_top_or_right_below_inbox_only():
    found = roles(listed("INBOX", "INBOX.Trash", "Clients", "Clients.Archive", "INBOX.Work.Sent", delimiter="."))
    assert found["INBOX.Trash"] == Role.TRASH
    assert found["Clients.Archive"] == Role.NONE
    assert found["INBOX.Work.Sent"] == Role.NONE


def test_each_role_once():
    found = roles(listed("INBOX", "Spam", "Junk"))
    assert sorted(found.values()).count(Role.JUNK) == 1


def test_gmail():
    entries = [
        Listed("INBOX", "/", frozenset()),
        Listed("[Gmail]", "/", frozenset({"\\Noselect"})),
        Listed("[Gmail]/Papierkorb", "/", frozenset({"\\Trash"})),
        Listed("[Gmail]/All Mail", "/", frozenset({"\\All"})),
    ]
    assert [(folder.name, folder.role, folder.selectable) for folder in arrange(entries)] == [
        ("INBOX", Role.INBOX, True),
        ("[Gmail]/All Mail", Role.ARCHIVE, True),
        ("[Gmail]/Papierkorb", Role.TRASH, True),
        ("[Gmail]", Role.NONE, False),
    ]


def test_inbox_in_any_case_is_one():
    assert [folder.name for folder in arrange(listed("Inbox", "INBOX"))] == ["INBOX"]


def test_own_folders_by_name_with_their_children():
    names = ["INBOX", "Zoo", "clients", "clients/b", "clients/A", "clients/b/deep", "Été", "alone/without/parent"]
    assert [(folder.name, folder.depth) for folder in arrange(listed(*names))] == [
        ("INBOX", 0),
        ("clients", 0),
        ("clients/A", 1),
        ("clients/b", 1),
        ("clients/b/deep", 2),
        ("alone/without/parent", 0),
        ("Zoo", 0),
        ("Été", 0),
    ]


def test_no_delimiter():
    assert [(folder.name, folder.label) for folder in arrange(listed("INBOX", "a/b", delimiter=None))][1] == (
        "a/b",
        "a/b",
    )


def test_what_no_command_can_carry_is_listed_but_closed():
    [_, odd] = arrange(listed("INBOX", "line\r\nbreak"))
    assert not odd.selectable


def test_nonexistent_is_left_out():
    assert len(arrange(listed("INBOX", "Gone", Gone=["\\NonExistent"]))) == 1


def test_deep_nesting_is_no_recursion():
    deep = "/".join("x" * 3000)
    names = [deep[: 2 * level + 1] for level in range(3000)]
    assert arrange(listed("INBOX", *names))[-1].depth == 2999


# -- names


@pytest.mark.parametrize(
    "name", ["Été", "仕事", "a & b", "50 % off*", "“À faire !”", "👩‍👩‍👧", "שלום", "~x", "{3}", 'quote"\\', "&-"]
)
def test_any_name(name):
    assert is_name(name, "/")


@pytest.mark.parametrize(
    "name", ["", " ", "a//b", "/a", "a/", "a\nb", "a\x00", "a\x85b", "a\u2028b", "\ud800", "x" * 401]
)
def test_what_is_no_name(name):
    assert not is_name(name, "/")


COURIER = listed("INBOX", "INBOX.Trash", "INBOX.Sent", "INBOX.Work", "INBOX.Work.2026", delimiter=".")


def test_folders_that_all_live_below_inbox():
    folders = arrange([*COURIER, *listed("shared.team", delimiter=".")])
    by_name = {folder.name: folder for folder in folders}
    assert top_of(folders) == "INBOX."
    assert full_name(folders, "", "Clients") == "INBOX.Clients"
    assert full_name(folders, "INBOX.Work", "Clients") == "INBOX.Work.Clients"
    assert parent_of(folders, by_name["INBOX.Work"]) == ""
    assert parent_of(folders, by_name["INBOX.Work.2026"]) == "INBOX.Work"
    assert [folder.name for folder in below(folders, by_name["INBOX.Work"])] == ["INBOX.Work.2026"]


def test_folders_beside_inbox():
    folders = arrange(listed("INBOX", "INBOX/Own", "Trash", "Work", "Work/2026"))
    assert top_of(folders) == ""
    assert full_name(folders, "", "Clients") == "Clients"
    assert parent_of(folders, folders[-1]) == "Work"
    assert parent_of(folders, next(each for each in folders if each.name == "INBOX/Own")) == "INBOX"


def test_a_name_with_what_stands_between_levels():
    with pytest.raises(FolderRefused, match=r"can’t have “\.” in it"):
        full_name(arrange(COURIER), "", "a.b")


def test_no_levels_at_all():
    folders = arrange(listed("INBOX", "Work", delimiter=None))
    assert full_name(folders, "", "a/b") == "a/b"
    assert parent_of(folders, folders[-1]) == ""


# -- subscriptions


def test_what_is_not_subscribed_is_hidden():
    on = frozenset({"\\Subscribed"})
    folders = arrange([Listed("INBOX", "/", frozenset()), Listed("a", "/", on), Listed("b", "/", frozenset())])
    assert [(folder.name, folder.subscribed) for folder in folders] == [("INBOX", True), ("a", True), ("b", False)]
    assert [folder.name for folder in seen(folders)] == ["INBOX", "a"]
    assert [folder.name for folder in seen(folders, current="b")] == ["INBOX", "a", "b"]


def test_what_stands_above_is_shown():
    on = frozenset({"\\Subscribed"})
    names = ["INBOX", "a", "a/b", "a/b/c", "a/d", "e", "e/f"]
    folders = arrange([Listed(name, "/", on if name in ("a/b/c", "e") else frozenset()) for name in names])
    assert [folder.name for folder in seen(folders)] == ["INBOX", "a", "a/b", "a/b/c", "e"]


def test_where_nothing_is_subscribed_all_is_shown():
    assert all(folder.subscribed for folder in arrange(listed("INBOX", "Sent", "a", Sent=["\\Subscribed"])))
    assert not all(folder.subscribed for folder in arrange(listed("INBOX", "a", INBOX=["\\Subscribed"])))


# -- the tree of the column


def tree(*names, counts=None, folded=()):
    return entries(1, arrange(listed(*names)), counts or {}, folded=folded)


def test_levels_begin_and_end():
    shown = tree("INBOX", "a", "a/b", "a/b/c", "d", "d/e")
    assert [(entry.name, entry.parent, len(entry.ends)) for entry in shown] == [
        ("INBOX", False, 0),
        ("a", True, 0),
        ("a/b", True, 0),
        ("a/b/c", False, 2),
        ("d", True, 0),
        ("d/e", False, 1),
    ]


def test_very_deep_levels_are_one():
    names = ["/".join("abcdefgh"[: level + 1]) for level in range(8)]
    shown = tree("INBOX", *names)
    assert [entry.depth for entry in shown] == [0, 0, 1, 2, 3, 4, 4, 4, 4]
    assert sum(entry.parent for entry in shown) == sum(len(entry.ends) for entry in shown) == 4


def test_what_is_folded_up_and_what_is_unread_within():
    counts = {"a/b": Counts(5, 2), "a/b/c": Counts(1, 1), "d": Counts(9, 9)}
    shown = {
        entry.name: entry for entry in tree("INBOX", "a", "a/b", "a/b/c", "d", counts=counts, folded=[fold_key(1, "a")])
    }
    assert (shown["a"].folded, shown["a"].below) == (True, 3)
    assert (shown["a/b"].folded, shown["a/b"].below) == (False, 1)
    assert fold_key(1, "a") != fold_key(2, "a")
