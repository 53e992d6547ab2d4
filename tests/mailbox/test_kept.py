"""What is kept of an account, and that it is nobody else's."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis
from pytest_django.fixtures import Settings

from webmail.mailbox import kept, shown
from webmail.mailbox.base import Folder, Message, MessageRef, Role, Summary
from webmail.mailbox.kept import CHUNK, Bounded, Kept
from webmail.mime.structure import choose_body, from_bytes
from webmail.mime.types import Headers

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
ALICE, BOB = (7, 1, "mail.example.org:993", "alice"), (8, 1, "mail.example.org:993", "bob")
FOLDERS = [Folder("INBOX", "INBOX", Role.INBOX), Folder("Été/100 %", "100 %", depth=1)]


@pytest.fixture(autouse=True)
def _new_process() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    """As if this process had just begun."""
    kept.process_rows.clear()
    kept.process_messages.clear()
    kept.process_openings.clear()
    shown.process_shown.clear()
    kept._Pause.until = 0.0


def row(uid: int, subject: str = "Tea", folder: str = "INBOX", uidvalidity: int = 5) -> Summary:
    return Summary(MessageRef(folder, uidvalidity, uid), Headers(subject), frozenset(), NOW, 100, True)


def message(uid: int, subject: str = "Tea") -> Message:
    structure = from_bytes(b"Content-Type: text/html\n\nx")
    return Message(row(uid, subject), structure, choose_body(structure))


@pytest.mark.parametrize("other_process", [False, True])
def test_rows_are_kept(other_process: bool) -> None:
    rows = [row(uid) for uid in (1, CHUNK - 1, CHUNK, 2**32 - 1)]
    Kept(ALICE).keep_rows("INBOX", 5, rows)
    if other_process:
        forget()
    found = Kept(ALICE).rows("INBOX", 5, [1, 2, CHUNK - 1, CHUNK, 2**32 - 1])
    assert list(found.values()) == rows


def test_rows_are_added_to_their_neighbours() -> None:
    Kept(ALICE).keep_rows("INBOX", 5, [row(1)])
    forget()
    Kept(ALICE).keep_rows("INBOX", 5, [row(2)])
    forget()
    assert set(Kept(ALICE).rows("INBOX", 5, [1, 2, 3])) == {1, 2}


@pytest.mark.parametrize("other_process", [False, True])
@pytest.mark.parametrize(
    ("identity", "folder", "uidvalidity"),
    [
        (BOB, "INBOX", 5),
        ((7, 2, *ALICE[2:]), "INBOX", 5),  # the same account with new settings
        ((*ALICE[:3], "bob"), "INBOX", 5),  # the same number after a backup was put back
        (ALICE, "Trash", 5),
        (ALICE, "INBOX", 6),
    ],
)
def test_nobody_else_sees_them(
    identity: tuple[object, ...], folder: str, uidvalidity: int, other_process: bool
) -> None:
    Kept(ALICE).keep_rows("INBOX", 5, [row(1)])
    Kept(ALICE).keep_message(message(1))
    Kept(ALICE).keep_folders(FOLDERS, "")
    if other_process:
        forget()
    other = Kept(identity)
    assert other.rows(folder, uidvalidity, [1]) == {}
    assert other.message(MessageRef(folder, uidvalidity, 1)) is None
    assert identity == ALICE or other.folders()[0] is None


@pytest.mark.parametrize("other_process", [False, True])
def test_opened_messages_are_kept(other_process: bool) -> None:
    Kept(ALICE).keep_message(message(1))
    if other_process:
        forget()
    assert Kept(ALICE).message(MessageRef("INBOX", 5, 1)) == message(1)
    assert Kept(ALICE).message(MessageRef("INBOX", 5, 2)) is None


def test_folders_are_kept_until_somebody_changes_one() -> None:
    assert Kept(ALICE).folders() == (None, "")
    Kept(ALICE).keep_folders(FOLDERS, "")
    assert Kept(ALICE).folders() == (FOLDERS, "")
    Kept(ALICE).forget_folders()
    assert Kept(ALICE).folders()[0] is None


def test_folders_fetched_before_a_change_are_not_kept_after_it() -> None:
    _none, mark = Kept(ALICE).folders()
    Kept(ALICE).forget_folders()  # by another process, while this one waits for its LIST
    Kept(ALICE).keep_folders(FOLDERS, mark)
    found, mark = Kept(ALICE).folders()
    assert found is None
    Kept(ALICE).keep_folders(FOLDERS, mark)
    assert Kept(ALICE).folders()[0] == FOLDERS


def test_everything_ends_some_day(redis_servers: tuple[redis.Redis, redis.Redis]) -> None:
    Kept(ALICE).keep_rows("INBOX", 5, [row(1)])
    Kept(ALICE).keep_message(message(1))
    Kept(ALICE).keep_folders(FOLDERS, "")
    Kept(ALICE).forget_folders()
    assert [key for key in redis_servers[1].scan_iter() if redis_servers[1].ttl(key) <= 0] == []


@pytest.mark.parametrize(
    "value", [None, 5, "words", [], {}, {"1": 5}, {"1": ["Tea"]}, {"1": {"a": []}}, [["a"]], [5, 5]]
)
def test_values_that_somebody_else_wrote_are_ignored(
    redis_servers: tuple[redis.Redis, redis.Redis], value: object
) -> None:
    Kept(ALICE).keep_rows("INBOX", 5, [row(1)])
    Kept(ALICE).keep_message(message(1))
    Kept(ALICE).keep_folders(FOLDERS, "")
    forget()
    for key in redis_servers[1].scan_iter():
        redis_servers[1].set(key, json.dumps(value))
    assert Kept(ALICE).rows("INBOX", 5, [1]) == {}
    assert Kept(ALICE).message(MessageRef("INBOX", 5, 1)) is None
    assert Kept(ALICE).folders()[0] is None
    Kept(ALICE).keep_rows("INBOX", 5, [row(2)])
    forget()
    assert set(Kept(ALICE).rows("INBOX", 5, [1, 2])) == {2}


def test_values_of_an_older_release_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    Kept(ALICE).keep_rows("INBOX", 5, [row(1)])
    Kept(ALICE).keep_message(message(1))
    Kept(ALICE).keep_folders(FOLDERS, "")
    forget()
    monkeypatch.setattr(kept, "FORMAT", kept.FORMAT + 1)
    assert Kept(ALICE).rows("INBOX", 5, [1]) == {}
    assert Kept(ALICE).message(MessageRef("INBOX", 5, 1)) is None
    assert Kept(ALICE).folders()[0] is None


def test_without_a_cache_this_process_remembers(settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    Kept(ALICE).keep_rows("INBOX", 5, [row(1)])
    Kept(ALICE).keep_message(message(1))
    Kept(ALICE).keep_folders(FOLDERS, "")
    Kept(ALICE).forget_folders()
    assert Kept(ALICE).rows("INBOX", 5, [1, 2]) == {1: row(1)}
    assert Kept(ALICE).message(MessageRef("INBOX", 5, 1)) == message(1)
    assert Kept(ALICE).folders() == (None, "")


def test_large_structures_are_fetched_each_time() -> None:
    Kept(ALICE).keep_message(message(1, "words " * 20_000))
    assert Kept(ALICE).message(MessageRef("INBOX", 5, 1)) is None


def test_the_memory_of_a_process_is_bounded() -> None:
    near: Bounded[str] = Bounded(100)
    for number in range(10):
        near.set(number, str(number), 30)
        near.get_many([1])
    assert near.get_many(range(10)) == [None, "1", *[None] * 6, "8", "9"]
    near.set(9, "longer", 60)
    assert near.get_many([1, 8, 9]) == [None, "8", "longer"]  # 1 was looked at longest ago
    near.set(2, "too long", 101)
    assert near.get_many(range(10)) == [None] * 10
