"""A person's own keys: what may be one, who loses it, what is stored, and that every page goes by it."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from webmail.mailbox import keymap
from webmail.mailbox.keys import GROUPS, SHORTCUTS, Own, first_key, groups

ADDRESS = "/settings/keyboard/keys/"
HTMX = {"HX-Request": "true"}


def own(keys: dict[str, list[str]]) -> Own:
    return User(keys=keys).own_keys


@pytest.mark.parametrize(
    "keys", ["q", "?", "é", "Shift+q", "g q", "Delete", "F2", "Control+Enter", "Control+Shift+k", "+"]
)
def test_a_key(keys: str) -> None:
    assert keymap.is_key(keys)


@pytest.mark.parametrize(
    "keys",
    [
        "",
        " ",
        "Q",
        "Enter",
        "Tab",
        "Escape",
        "Control+c",
        "Control+w",
        "F5",
        "g g g",
        "Alt+q",
        "q\n",
        "ab",
        "\x00",
        "Meta+k",
    ],
)
def test_no_key(keys: str) -> None:
    assert not keymap.is_key(keys)


@pytest.mark.parametrize("command", SHORTCUTS)
def test_the_table_agrees_with_itself(command: str) -> None:
    for keys in SHORTCUTS[command].keys:
        assert keymap.is_key(keys) or keys in keymap.FIXED
        assert keymap.losers((), command, keys) == []


def test_a_key_is_replaced_added_and_taken_away() -> None:
    assert keymap.change((), "archive", "e", "q") == {"archive": ["q", "y"]}
    assert keymap.change((), "archive", "", "q") == {"archive": ["e", "y", "q"]}
    assert keymap.change((), "archive", "e", "") == {"archive": ["y"]}
    assert keymap.change(own({"archive": ["q", "y"]}), "archive", "q", "e") == {}  # as the table has it
    assert keymap.change((), "archive", "e", "y") == {"archive": ["y"]}


def test_who_has_the_key_loses_it() -> None:
    assert [each.command for each in keymap.losers((), "archive", "s")] == ["star"]
    assert keymap.change((), "archive", "e", "s") == {"archive": ["s", "y"], "star": []}
    starting = [each.command for each in keymap.losers((), "archive", "g")]
    assert starting == ["go-inbox", "go-send", "go-draft", "go-folder"]
    assert [each.command for each in keymap.losers((), "archive", "s s")] == ["star"]


def test_what_was_given_away_is_not_taken_back_by_a_reset() -> None:
    given_away = own(keymap.change((), "archive", "e", "s"))
    assert keymap.reset(given_away, "star") == {"archive": ["s", "y"], "star": []}
    assert keymap.reset(given_away, "archive") == {"star": []}


CHORDS = st.sampled_from([*(keys for each in SHORTCUTS.values() for keys in each.keys), "q", "g q", "w", "Shift+q", ""])
COMMANDS = st.sampled_from(list(SHORTCUTS))


@given(st.lists(st.tuples(COMMANDS, CHORDS, CHORDS), max_size=8))
def test_no_key_ever_does_two_things(changes: list[tuple[str, str, str]]) -> None:
    keys: dict[str, list[str]] = {}
    for command, old, new in changes:
        keys = keymap.sound(keymap.change(own(keys), command, old, new))
    every = [chord for group in groups(own(keys)) for each in group.shortcuts for chord in each.keys]
    assert len(every) == len(set(every))
    firsts = {chord.split(" ")[0] for chord in every if " " in chord}
    assert not firsts & set(every)


@pytest.mark.parametrize(
    "stored", [None, [], "x", {"no such": ["q"]}, {"archive": "q"}, {"archive": ["Tab", 3, None, "q"]}, {3: ["q"]}]
)
def test_what_is_stored_must_fit_the_table(stored: object) -> None:
    assert keymap.sound(stored) in ({}, {"archive": ["q"]})


def test_everybody_else_has_the_table() -> None:
    assert groups() is GROUPS
    assert first_key("archive") == "E"
    assert first_key("archive", own({"archive": ["g q"]})) == "G Q"
    assert first_key("archive", own({"archive": []})) == ""


# -- the page --------------------------------------------------------------------------------------------------------


def test_a_change_is_stored_and_shown_everywhere(alice_client: Client, alice: User) -> None:
    asked = {"action": "change", "command": "compose", "old": "c", "new": "n"}
    part = alice_client.post(ADDRESS, asked, headers=HTMX).content.decode()
    assert 'id="keymap"' in part
    assert "<html" not in part
    alice.refresh_from_db()
    assert alice.keys == {"compose": ["n"]}
    outbox = alice_client.get("/outbox/").content.decode()
    assert '<div data-does="compose"><dt>Compose</dt><dd><kbd data-keys="n">N</kbd></dd></div>' in outbox


def test_a_key_of_another_command_is_asked_for_first(alice_client: Client, alice: User) -> None:
    asked = {"action": "change", "command": "archive", "old": "e", "new": "s"}
    part = alice_client.post(ADDRESS, asked, headers=HTMX).content.decode()
    assert "S belongs to “Star”, which would lose it." in part
    alice.refresh_from_db()
    assert alice.keys == {}
    alice_client.post(ADDRESS, {**asked, "take": "on"}, headers=HTMX)
    alice.refresh_from_db()
    assert alice.keys == {"archive": ["s", "y"], "star": []}
    alice_client.post(ADDRESS, {"action": "reset-all"})
    alice.refresh_from_db()
    assert alice.keys == {}


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "change", "command": "archive", "old": "e", "new": "Tab"},
        {"action": "change", "command": "archive", "old": "e", "new": "<b>"},
        {"action": "change", "command": "no such", "old": "", "new": "q"},
        {"action": "change", "command": "open", "old": "Enter", "new": "q"},
        {"action": "eat", "command": "archive"},
        {},
    ],
)
def test_what_makes_no_sense_changes_nothing(alice_client: Client, alice: User, asked: dict[str, str]) -> None:
    response = alice_client.post(ADDRESS, asked, headers=HTMX)
    assert response.status_code == 200
    assert "<b>" not in response.content.decode()
    alice.refresh_from_db()
    assert alice.keys == {}


def test_one_key_less(alice_client: Client, alice: User) -> None:
    alice_client.post(ADDRESS, {"action": "change", "command": "archive", "old": "", "new": "", "less": "y"})
    alice.refresh_from_db()
    assert alice.keys == {"archive": ["e"]}
