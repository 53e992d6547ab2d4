"""Rows, messages and folders as JSON and back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mailbox.base import Folder, Message, MessageRef, Role, Summary
from webmail.mailbox.encoded import (
    NAME,
    PEOPLE,
    SUBJECT,
    folder_from,
    folder_values,
    message_from,
    message_values,
    row_from,
    row_headers,
    row_values,
)
from webmail.mime.structure import choose_body, from_bytes
from webmail.mime.types import Address, Headers

REF = MessageRef("Été/100 %", 7, 2**32 - 1)

texts = st.text(st.characters(exclude_categories=[]), max_size=30)
people = st.lists(st.builds(Address, texts, texts), max_size=8).map(tuple)
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))) | st.just(UTC)
moments = st.datetimes(timezones=zones).filter(lambda moment: 1 < moment.year < 9999)
headers = st.builds(
    Headers,
    subject=texts,
    sender=people,
    reply_to=people,
    to=people,
    cc=people,
    bcc=people,
    date=st.none() | moments,
    message_id=texts,
    in_reply_to=texts,
    references=st.lists(texts, max_size=5).map(tuple),
    list_id=texts,
)
summaries = st.builds(
    Summary, st.just(REF), headers, st.just(frozenset[str]()), moments, st.integers(0, 2**40), st.booleans()
)
lines = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b",
        b'Content-Type: message/rfc822; name="=?utf-8?q?=C3=A9t=C3=A9.eml?="',
        b"Content-Type: text/html; charset=utf-8",
        b"Content-Disposition: attachment; filename*=utf-8''%e2%82%ac.pdf",
        b"Content-ID: <a@b>",
        b"Content-Transfer-Encoding: base64",
        b"",
        b"--b",
        b"--b--",
        b"words \xff",
    ]
)


def through_json(values: object) -> object:
    return json.loads(json.dumps(values))


@given(summaries)
def test_rows_come_back(summary: Summary) -> None:
    shown = Summary(REF, row_headers(summary.headers), frozenset(), summary.received, summary.size, True)
    assert row_from(REF, through_json(row_values(shown))) == shown


@given(summaries, st.lists(lines, max_size=25))
def test_messages_come_back(summary: Summary, raw: list[bytes]) -> None:
    structure = from_bytes(b"\n".join(raw))
    message = Message(summary, structure, choose_body(structure))
    assert message_from(REF, through_json(message_values(message))) == message


@given(st.builds(Folder, texts, texts, st.sampled_from(Role), st.none() | texts, st.integers(0, 99), st.booleans()))
def test_folders_come_back(folder: Folder) -> None:
    assert folder_from(through_json(folder_values(folder))) == folder


def test_flags_are_not_kept() -> None:
    summary = Summary(REF, Headers("x"), frozenset({"\\Seen"}), datetime(2026, 1, 1, tzinfo=UTC), 5, False)
    again = row_from(REF, row_values(summary))
    assert again.flags == frozenset()
    assert again.with_flags(frozenset({"\\Seen"})) == summary


def test_a_row_holds_no_more_than_a_screen_shows() -> None:
    crowd = tuple(Address("n" * 10_000, f"{number}@example.org") for number in range(3000))
    headers = row_headers(Headers("s" * 100_000, crowd, (), crowd, crowd, crowd))
    assert len(headers.subject) == SUBJECT
    for few in (headers.sender, headers.to, headers.cc, headers.bcc):
        assert [one.address for one in few] == [f"{number}@example.org" for number in range(PEOPLE)]
        assert {len(one.name) for one in few} == {NAME}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.just("2026-01-01T00:00:00+00:00"),
    lambda inner: st.lists(inner, max_size=11) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=30,
)


@given(json_values)
def test_values_of_another_shape_are_refused(values: object) -> None:
    assert is_refused(lambda: row_from(REF, values))
    assert is_refused(lambda: message_from(REF, values))
    assert is_refused(lambda: folder_from(values))


def is_refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except ValueError:
        return True
    return False


GOOD = ["s", [["n", "a"]], [], [], [], None, "", "2026-01-01T00:00:00+00:00", 5, False]


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, 5), (1, "ab"), (1, [["n"]]), (1, [["n", 5]]), (2, None), (5, "never"), (5, 7), (7, "2026-01-01T00:00:00"),
     (7, None), (8, "5"), (9, 1)],
)  # fmt: skip
def test_a_row_with_one_wrong_value_is_refused(place: int, value: object) -> None:
    assert row_from(REF, GOOD).size == 5
    assert is_refused(lambda: row_from(REF, [*GOOD[:place], value, *GOOD[place + 1 :]]))
