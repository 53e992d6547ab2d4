"""The last known page of a list: what it keeps, whose it is, and what is done here showing in it."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import override_settings
from pytest_django.fixtures import Settings

from accounts.models import Account
from tests.mailbox.letters import plain
from webmail.mailbox import kept
from webmail.mailbox.base import Flag, Folder, MessageRef, Page, Role, Summary
from webmail.mailbox.known import ACCOUNT, JOURNAL, LastKnown
from webmail.mailbox.opening import last_known, open_mailbox
from webmail.mime.types import Address, Headers

INBOX = Folder("INBOX", "INBOX", Role.INBOX)
WORK = Folder("Work", "Work")


RECEIVED = datetime(2026, 3, 1, tzinfo=UTC)


def summary(uid: int, *flags: str, folder: str = "INBOX") -> Summary:
    headers = Headers(f"Letter {uid}", (Address("Ann Lee", "ann@example.org"),))
    return Summary(
        MessageRef(folder, 7, uid),
        headers,
        frozenset(flags),
        datetime(2026, 3, 1, tzinfo=UTC),
        1000 + uid,
        uid % 2 == 0,
    )


def page(*rows: Summary, number: int = 1, folder: Folder = INBOX) -> Page:
    return Page(folder, 7, rows, number, 60, 3)


@pytest.fixture
def known(request: pytest.FixtureRequest) -> LastKnown:
    """Of an account that no other test has."""
    pages = LastKnown([request.node.nodeid, 1])
    pages.keep_folders([INBOX, WORK], 1000.0)
    return pages


def rows_of(known: LastKnown, folder: str = "INBOX", number: int = 1) -> tuple[Summary, ...]:
    found = known.recall(folder, number)
    assert found
    return found.page.rows


def test_a_page_comes_back_as_it_was(known: LastKnown) -> None:
    kept = page(summary(2, Flag.SEEN), summary(1, Flag.FLAGGED, "custom"), number=2)
    known.keep(kept, 1500.0)
    found = known.recall("INBOX", 2)
    assert found
    assert found.page == kept
    assert found.folders == [INBOX, WORK]
    assert found.loaded == datetime.fromtimestamp(1500, UTC)


def test_what_was_never_loaded_is_not_known(known: LastKnown) -> None:
    known.keep(page(summary(1)), 1500.0)
    assert known.has("INBOX", 1)
    for place in (("INBOX", 2), ("Work", 1), ("inbox", 1)):
        assert not known.has(*place)
        assert known.recall(*place) is None


def test_another_account_and_another_version_have_pages_of_their_own(
    known: LastKnown, request: pytest.FixtureRequest
) -> None:
    known.keep(page(summary(1)), 1500.0)
    for identity in (["another", 1], [request.node.nodeid, 2]):
        other = LastKnown(identity)
        other.keep_folders([INBOX], 1000.0)
        assert other.recall("INBOX", 1) is None


def test_flags_set_here_since_then(known: LastKnown) -> None:
    known.keep(page(summary(3), summary(2, Flag.SEEN), summary(1)), 1500.0)
    known.flags_changed("INBOX", 7, [3], [Flag.SEEN], [])
    known.flags_changed("INBOX", 7, [3, 2], [Flag.FLAGGED], [Flag.SEEN])
    known.flags_changed("INBOX", 8, [1], [Flag.SEEN], [])  # another message: the folder was numbered anew
    known.flags_changed("Work", 7, [1], [Flag.SEEN], [])
    assert [row.flags for row in rows_of(known)] == [{Flag.FLAGGED}, {Flag.FLAGGED}, set()]


def test_flags_of_a_page_loaded_later_are_the_server_s(known: LastKnown) -> None:
    known.flags_changed("INBOX", 7, [1], [Flag.SEEN], [])
    known.keep(page(summary(1)), 9e9)
    assert rows_of(known)[0].flags == frozenset()


def test_too_many_changes_to_remember_end_the_page(known: LastKnown) -> None:
    known.keep(page(summary(1)), 1500.0)
    known.flags_changed("INBOX", 7, range(1, JOURNAL + 2), [Flag.SEEN], [])
    assert known.recall("INBOX", 1) is None


def test_a_page_loaded_before_the_end_of_a_change_is_not_shown_again(known: LastKnown) -> None:
    known.keep(page(summary(1)), 1500.0)
    known.keep(page(summary(60), number=2), 1500.0)
    known.keep(page(summary(1, folder="Work"), folder=WORK), 1500.0)
    with known.ending("INBOX"):
        assert known.recall("INBOX", 1) is None, "a crash from here on must not bring it back"
        known.keep(page(summary(1)), 2000.0)  # a list that was on its way meanwhile
    assert [known.recall("INBOX", number) for number in (1, 2)] == [None, None]
    assert known.recall("Work", 1)


def test_an_unchanged_page_is_known_again_after_a_change_that_changed_nothing(known: LastKnown) -> None:
    known.keep(page(summary(1)), 8e9)
    known.end("INBOX")
    known.keep(page(summary(1)), 9e9)
    assert known.recall("INBOX", 1)


def test_a_change_that_the_cache_did_not_hear_of(known: LastKnown, redis_servers) -> None:
    known.keep(page(summary(1)), 1500.0)
    _broker, redis = redis_servers
    stored = {key: redis.dump(key) for key in redis.scan_iter()}
    known.end("INBOX")
    redis.flushall()
    for key, value in stored.items():
        redis.restore(key, 0, value)
    assert known.recall("INBOX", 1) is None


def test_flags_set_while_the_cache_does_not_answer(known: LastKnown, settings: Settings) -> None:
    """Those that were entered before must not be forgotten for those that are."""
    known.keep(page(summary(2), summary(1)), 1500.0)
    known.flags_changed("INBOX", 7, [1], [Flag.SEEN], [])
    with override_settings(CACHES={"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}):
        assert known.recall("INBOX", 1) is None
    known.flags_changed("INBOX", 7, [2], [Flag.SEEN], [])  # it answers again, and is not asked yet
    kept._Pause.until = 0.0
    assert known.recall("INBOX", 1) is None
    known.keep(page(summary(2, Flag.SEEN), summary(1, Flag.SEEN)), 9e9)
    assert known.recall("INBOX", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", ["rename", "create"])
def test_a_folder_made_where_one_was_renamed_with_its_parent(alice_account: Account, again: str) -> None:
    with open_mailbox(alice_account) as mailbox:
        work = mailbox.create_folder("Work")
        inner = f"Work{work.delimiter}Old"
        mailbox.create_folder(inner)
        mailbox.append(inner, plain("old"))
    with open_mailbox(alice_account) as mailbox:
        mailbox.list_messages(inner)
    assert last_known(alice_account).recall(inner, 1)
    with open_mailbox(alice_account) as mailbox:
        mailbox.rename_folder("Work", "Past")
        other = mailbox.create_folder("Work" if again == "create" else "Other").name
        mailbox.create_folder(f"{other}{work.delimiter}Old")
        if again == "rename":
            mailbox.rename_folder("Other", "Work")
    with open_mailbox(alice_account) as mailbox:
        mailbox.folders()
    assert inner in [folder.name for folder in last_known(alice_account).folders()]
    assert last_known(alice_account).recall(inner, 1) is None


def test_a_folder_that_is_gone_has_no_page(known: LastKnown) -> None:
    known.keep(page(summary(1, folder="Work"), folder=WORK), 1500.0)
    known.end(ACCOUNT)
    assert known.recall("Work", 1) is None
    known.keep_folders([INBOX], 9e9)
    assert known.recall("Work", 1) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        17,
        "page",
        [],
        [1500.0, 7, 60, 3, [[1, [], ["too", "short"]]]],
        [1500.0, "7", 60, 3, []],
        [1500.0, 7, 60, 3, {"1": 1}],
        [1500.0, 7, 60, 3, [17]],
    ],
)
def test_whatever_lies_in_the_cache(known: LastKnown, redis_servers, value: object) -> None:
    known.keep(page(summary(1)), 1500.0)
    [key] = [key for key in _keys(redis_servers) if key.startswith("known-page")]
    cache.set(key, value)
    assert known.recall("INBOX", 1) is None


@pytest.mark.parametrize(
    "value", [17, "journal", [1], {"7:1": 3}, {"7:1": {"\\Seen": 4}}, {"7:1": {"\\Seen": ["a", "b"]}}]
)
def test_whatever_lies_in_the_journal(known: LastKnown, redis_servers, value: object) -> None:
    known.keep(page(summary(1)), 1500.0)
    known.flags_changed("INBOX", 7, [1], [Flag.SEEN], [])
    [key] = [key for key in _keys(redis_servers) if key.startswith("known-flags")]
    cache.set(key, value)
    assert known.recall("INBOX", 1) is None
    known.flags_changed("INBOX", 7, [1], [Flag.SEEN], [])
    assert rows_of(known)[0].seen


def _keys(redis_servers) -> list[str]:
    _broker, redis = redis_servers
    return [key.decode().split(":", 2)[2] for key in redis.scan_iter()]
