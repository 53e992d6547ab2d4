"""Roles, order and tree from one LIST."""

import pytest

from webmail.mailbox.base import Role
from webmail.mailbox.folders import Listed, arrange


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
