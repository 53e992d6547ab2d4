"""The IMAP grammar: our tokeniser against imapclient's own, and arguments that can't be misread."""

import contextlib
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imapclient.response_parser import parse_fetch_response, parse_response

from webmail.mime.structure import from_bodystructure
from webmail.protocols.imap_answers import fetched_items, folder_entry, folder_name, merged_items, row_of, status_of
from webmail.protocols.imap_parse import (
    _PLAIN_PART,
    _TOKEN,
    EPOCH,
    MAX_DEPTH,
    Literal,
    Malformed,
    Response,
    parse,
    parse_fetch,
    parse_internaldate,
    parse_numbers,
    parse_set,
    quote,
    search_argument,
    split_responses,
    uid_sets,
)

FETCHED: list = [
    ((b'1 (UID 7 FLAGS (\\Seen $x) INTERNALDATE "05-Mar-2026 12:30:15 +0200" RFC822.SIZE 120 BODYSTRUCTURE '
     b'(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 12 1 NIL NIL NIL NIL)'
     b'("text" "html" NIL NIL NIL "quoted-printable" 30 2 NIL ("inline" NIL) NIL NIL) '
     b'"alternative" ("boundary" "a\\"b\\\\") NIL NIL NIL) '
     b'BODY[HEADER.FIELDS (FROM "SUBJECT")] {14}'), b"Subject: x\r\n\r\n"),
    b")",
    b'2 (UID 8 FLAGS () RFC822.SIZE 5 BODY[]<0> "quoted ) body" BODY[1.MIME] NIL X-GM-LABELS ("\\\\Inbox" 0123))',
    (b"3 (BODY[1]<100> {3}", b"a)\0"),
    b" UID 9)",
]  # fmt: skip


def test_same_values_as_imapclient() -> None:
    theirs = parse_fetch_response(FETCHED, normalise_times=False, uid_is_key=True)
    ours, malformed = fetched_items(FETCHED)
    assert malformed == 0
    assert [items[b"UID"] for _, items in ours] == list(theirs)
    for number, items in ours:
        known = theirs[items[b"UID"]]
        assert known[b"SEQ"] == number
        for name, value in items.items():
            if name not in (b"UID", b"INTERNALDATE", b"BODYSTRUCTURE"):
                assert known[name] == value
    row = row_of(ours[0][1])
    assert row is not None
    assert row.bodystructure is not None
    assert from_bodystructure(row.bodystructure) == from_bodystructure(theirs[7][b"BODYSTRUCTURE"])
    assert [part.content_type for part in from_bodystructure(row.bodystructure).children] == ["text/plain", "text/html"]
    assert row.internaldate == theirs[7][b"INTERNALDATE"]


atoms = st.sampled_from([b"NIL", b"\\Seen", b"$Forwarded", b"12", b"0", b"0123", b"a.b-c", b"UTF-8", b"BODY[TEXT]<1>"])
quoted = st.binary(max_size=12).map(lambda raw: bytes(b for b in raw if b not in b'\r\n\0\\"'))
leaves = atoms | quoted.map(lambda text: b'"' + text + b'"')
lists = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4).map(lambda items: b"(" + b" ".join(items) + b")")
)


@given(st.lists(lists, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_any_nesting_as_imapclient(items: list[bytes]) -> None:
    text = b" ".join(items)
    assert parse([text]) == parse_response([text])


flags = st.sampled_from(
    [b"\\Seen", b"$Forwarded", b"a.b-c:d", b"NIL", b"NILS", b"12", b"0", b"(x)", b'"q"', b"\\*", b"_", b"a  b"]
)
marks = st.tuples(
    st.sampled_from([1, 2**32, 10**20]), st.sampled_from([b"7", b"07", b"0", b"x"]), st.lists(flags, max_size=4)
)


@given(marks)
@settings(max_examples=150, deadline=None)
def test_marks_read_the_short_way_are_those_of_the_long_way(mark: tuple[int, bytes, list[bytes]]) -> None:
    number, uid, words = mark
    text = b"%d (UID %b FLAGS (%b))" % (number, uid, b" ".join(words))
    parsed = parse([text])
    assert parse_fetch([text]) == (parsed[0], dict(zip(parsed[1][::2], parsed[1][1::2], strict=True)))


texts = st.sampled_from([b"NIL", b'"utf-8"', b'"a b) ("', b'"NIL"', b'""', b'"a\\"b"', b'"\xe9"', b"x", b"(x)", b'"1"'])
sizes = st.sampled_from([b"0", b"12", b"007", b"NIL", b"1" * 17, b"1" * 19, b'"5"'])
lists_of_texts = st.lists(texts, max_size=4).map(lambda found: b"(" + b" ".join(found) + b")")
dispositions = st.one_of(texts, st.builds(lambda kind, more: b"(%b %b)" % (kind, more), texts, texts | lists_of_texts))
rests = st.sampled_from([b" NIL NIL", b" NIL", b"", b' ("en" "fr") "x"', b" NIL NIL NIL"])
parts = st.builds(
    lambda *fields: b"(%b %b %b %b %b %b %b%b NIL %b%b)" % fields,
    st.sampled_from([b'"text"', b"TEXT"]), texts, texts | lists_of_texts, texts, texts, texts, sizes,
    st.sampled_from([b"", b" 3", b" x"]), st.just(b"NIL") | dispositions, rests,
)  # fmt: skip
structures = st.recursive(
    parts,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(
        lambda found: b"(" + b"".join(found) + b' "mixed" NIL NIL NIL)'
    ),
)


@given(structures)
@settings(max_examples=400, deadline=None)
def test_parts_read_as_one_are_their_tokens(structure: bytes) -> None:
    assert parse([structure]) == parse_response([structure])


def test_usual_parts_are_read_as_one() -> None:
    """So that the property above says something of them."""
    for text in (
        b'("text" "plain" ("charset" "utf-8") NIL NIL "8bit" 987 12 NIL NIL NIL NIL)',
        b'("text" "html" NIL "<a@b>" "Page" "7bit" 0 0 NIL ("inline" NIL) NIL NIL)',
        b'("application" "pdf" ("name" "a b") NIL NIL "base64" 5 NIL ("attachment" ("filename" "a b.pdf")) NIL NIL)',
    ):
        whole = _TOKEN.fullmatch(text)
        assert whole is not None
        assert whole.lastindex == _PLAIN_PART
        assert parse([text]) == parse_response([text])


@pytest.mark.parametrize("depth", [100, 297, 298, 299, 300, 301])
def test_parts_lie_as_deep_as_lists_may(depth: int) -> None:
    text = b"(" * depth + b'("a" "b" ("c" "d") NIL NIL "e" 1 NIL NIL NIL NIL)' + b")" * depth
    try:
        assert parse([text]) == parse_response([text])
    except Malformed:
        assert depth + 3 > MAX_DEPTH


ROW = b"%b (UID %b FLAGS (%b) INTERNALDATE %b RFC822.SIZE %b BODYSTRUCTURE %b BODY[HEADER.FIELDS (FROM DATE)]<0> {%b}"
rows = st.tuples(
    st.sampled_from([b"1", b"0", b"1" * 20, b"x"]),
    st.sampled_from([b"7", b"07", b"1" * 20]),
    st.lists(flags, max_size=3).map(b" ".join),
    st.sampled_from([b'"05-Mar-2026 12:30:15 +0200"', b'""', b"NIL", b'"a\\"b"']),
    st.sampled_from([b"120", b"0", b"012", b"NIL"]),
    structures
    | st.sampled_from([b"NIL", b"()", b"(x) FOO (y)", b'("a" "b', b"(x) (y)", b"((x)", b"(x))", b"(x) BODY[] {3}"]),
    st.sampled_from([b"3", b"03", b"4"]),
)


@given(rows, st.sampled_from([b")", b" )", b" FOO NIL)", b""]))
@settings(max_examples=400, deadline=None)
def test_rows_read_the_short_way_are_those_of_the_long_way(row: tuple[bytes, ...], end: bytes) -> None:
    response: Response = [(ROW % row, b"abc"), end]
    try:
        parsed = parse(response)
        names, values = parsed[1][::2], parsed[1][1::2]
        expected = parsed[0], dict(zip(names, values, strict=True))
        assert len(parsed) == 2
        assert isinstance(parsed[0], int)
    except (Malformed, IndexError, TypeError, ValueError, AssertionError):
        with pytest.raises(Malformed):
            parse_fetch(response)
    else:
        assert parse_fetch(response) == expected


def test_short_ways_cost_their_length() -> None:
    start = b'1 (UID 1 FLAGS () INTERNALDATE "" RFC822.SIZE 1 BODYSTRUCTURE ('
    hostile = [
        *(b"1 (UID 1 FLAGS (" + b"a" * 200_000, b"1 (UID 1 FLAGS (" + b"a " * 100_000),
        *(start + b"x) " * 100_000, start + b") BODY[" * 50_000, start + b'"a" ' * 100_000),
        *(start + b'"a" "b" (' * 30_000, start + b'"a" "b" (' + b'"a" ' * 100_000, start + b'("a ' * 50_000),
    ]
    started = time.process_time()
    for text in hostile:
        for response in ([text], [(text + b" BODY[HEADER.FIELDS (A)]<0> {1}", b"x"), b")"]):
            with pytest.raises(Malformed):
                parse_fetch(response)  # type: ignore[arg-type]
    assert time.process_time() - started < 5


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_octets_raise_anything_but_malformed(text: bytes) -> None:
    try:
        parse([text])
    except Malformed:
        return


@pytest.mark.parametrize(
    "text",
    [b"(" * 100_000, b"(" * 50_000 + b")" * 50_000, b'"' + b"a" * 900_000, b"BODY[" * 100_000, b"[" * 500_000,
     b'"a" ' * 200_000, b'"' + b"\\" * 500_000],
)  # fmt: skip
def test_hostile_text_takes_no_time(text: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(Malformed):
        parse([text])
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "text", [b"(1", b"1)", b'"open', b"1 (UID", b"1 UID 5", b"x (UID 5)", b"1 (UID 5 FLAGS)", b"", b"1", b"1 (UID 5) 2"]
)
def test_what_is_no_fetch_response(text: bytes) -> None:
    with pytest.raises(Malformed):
        parse_fetch([text])


def test_literal_of_another_length() -> None:
    with pytest.raises(Malformed):
        parse_fetch([(b"1 (BODY[] {5}", b"abc"), b")"])


def items_of(*responses: bytes) -> list:
    return fetched_items(list(responses))[0]


def test_one_malformed_response_hides_no_other() -> None:
    readable, malformed = fetched_items([b"1 (UID 5 FLAGS ())", b"2 (UID 6 ENVELOPE (((", b"3 (UID 7 FLAGS ())"])
    assert ([number for number, _ in readable], malformed) == ([1, 3], 1)


def test_uids_nobody_could_mean_are_left_out() -> None:
    """I2: unasked, zero, over 32 bits, duplicate: never shown under another uid."""
    fetched = items_of(
        b"1 (UID 5 FLAGS ())", b"2 (UID 0 FLAGS ())", b"3 (UID 4294967296 FLAGS ())", b"4 (UID 9 FLAGS ())",
        b"5 (UID 9 FLAGS ())", b"6 (FLAGS ())", b"7 (UID (1) FLAGS ())", b"77 (UID 77 FLAGS ())",
    )  # fmt: skip
    assert [items[b"UID"] for items in merged_items(fetched, range(1, 8), by_uid=False)] == [5]
    assert [items[b"UID"] for items in merged_items(fetched, [0, 5, 2**32], by_uid=True)] == [5]


def test_one_message_told_in_two_ways_is_left_out() -> None:
    fetched = items_of(b'1 (UID 5 BODY[HEADER] "a")', b'2 (UID 5 BODY[HEADER] "b")', b'3 (UID 6 BODY[HEADER] "c")')
    assert [items[b"UID"] for items in merged_items(fetched, [5, 6], by_uid=True)] == [6]
    fetched = items_of(b"1 (UID 5 FLAGS ())", b"1 (UID 6 FLAGS ())")
    assert merged_items(fetched, [1], by_uid=False) == []


def test_news_are_merged() -> None:
    fetched = items_of(b"1 (UID 5 FLAGS ())", b"1 (UID 5 FLAGS (\\Seen) MODSEQ (7))", b'1 (BODY[HEADER] "h" UID 5)')
    (merged,) = merged_items(fetched, [1], by_uid=False)
    assert merged[b"FLAGS"] == (b"\\Seen",)
    assert row_of(merged).header == b"h"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "structure", [b"()", b"NIL", b"5", b'"text"', b"((((", b"(" * 3000 + b")" * 3000, b"(() ())", b"(NIL NIL)"]
)
def test_any_bodystructure_gives_a_row_or_nothing(structure: bytes) -> None:
    readable, malformed = fetched_items([b"1 (UID 5 BODY[HEADER] NIL BODYSTRUCTURE " + structure + b")"])
    assert malformed or row_of(readable[0][1]).uid == 5  # type: ignore[union-attr]


# -- folders


@pytest.mark.parametrize(
    ("line", "name", "delimiter", "flags"),
    [
        (b'(\\HasNoChildren) "/" INBOX', "INBOX", "/", {"\\HasNoChildren"}),
        (b'() "." "Inbox"', "INBOX", ".", set()),
        (b'(\\Noselect) NIL "[Gmail]"', "[Gmail]", None, {"\\Noselect"}),
        (b'() "\\\\" "a\\"b"', 'a"b', "\\", set()),
        (b'() "/" Entw&APw-rfe', "Entwürfe", "/", set()),
        (b'() "/" 2024', "2024", "/", set()),
        (b'() "/" "2024/05"', "2024/05", "/", set()),
        (b'() "/" NIL', "NIL", "/", set()),
        (b'() "/" "caf\xc3\xa9"', "café", "/", {"\\Noselect"}),
        (b'() "/" "a\x01b"', "a\ufffdb", "/", {"\\Noselect"}),
        (b'() "/" a ("CHILDINFO" ("SUBSCRIBED"))', "a", "/", set()),
    ],
)
def test_folder_lines(line: bytes, name: str, delimiter: str | None, flags: set[str]) -> None:
    entry = folder_entry([line])
    assert entry is not None
    assert (entry.name, entry.delimiter, entry.flags) == (name, delimiter, flags)


@pytest.mark.parametrize("line", [b"", b"x", b'() "/"', b"5 5 5", b'(() "/" a', b'() "/" ""'])
def test_folder_lines_that_are_none(line: bytes) -> None:
    assert folder_entry([line]) is None


@given(st.binary(max_size=30))
def test_no_folder_name_raises(raw: bytes) -> None:
    name, usable = folder_name(raw)
    assert not usable or not set(name) & set("\r\n\0")


def test_status_lines() -> None:
    name, status = status_of([b'"Entw&APw-rfe" (MESSAGES 3 UNSEEN 1 UIDNEXT 9 X-OTHER 1 HIGHESTMODSEQ 77)'])  # type: ignore[misc]
    assert name == "Entwürfe"
    assert (status.messages, status.unseen, status.uidnext, status.uidvalidity) == (3, 1, 9, 0)
    assert [status_of([line]) for line in (b"", b"a", b"a (MESSAGES)", b"a 5")] == [None] * 4


# -- numbers, dates


def test_search_answers() -> None:
    assert parse_numbers(b"3 1 2 (MODSEQ 917162500)") == [3, 1, 2]
    assert parse_numbers(b"") == []
    assert parse_numbers(b"0 5 5 4294967296 x -1 99999999999999999999999999 7") == [5, 7]


def test_sets() -> None:
    assert parse_set(b"3,5:7,9", 10) == [3, 5, 6, 7, 9]
    assert parse_set(b"7:5", 3) == [7, 6, 5]
    for text in (b"1:4294967295", b"1:*", b"", b"a", b"1:2:3", b"1,,2"):
        with pytest.raises(Malformed):
            parse_set(text, 1000)


@given(st.sets(st.integers(1, 2**32 - 1), max_size=300) | st.sets(st.integers(1, 400), max_size=300))
def test_uid_sets_name_exactly_these(uids: set[int]) -> None:
    pieces = list(uid_sets(uids))
    assert [uid for piece in pieces for uid in parse_set(piece, 10**6)] == sorted(uids)
    assert all(len(piece) <= 7000 for piece in pieces)


def test_long_sets_are_cut() -> None:
    pieces = list(uid_sets(range(10**9, 10**9 + 20_000, 2)))
    assert len(pieces) > 10
    assert max(map(len, pieces)) <= 7000


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (b"05-Mar-2026 12:30:15 +0200", datetime(2026, 3, 5, 12, 30, 15, tzinfo=timezone(timedelta(hours=2)))),
        (
            b" 5-mar-2026 12:30:60 -0330",
            datetime(2026, 3, 5, 12, 30, 59, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
        ),
        (b"05-Mar-2026 12:30:15", datetime(2026, 3, 5, 12, 30, 15, tzinfo=UTC)),
        (b"31-Feb-2026 12:30:15 +0000", EPOCH),
        (b"05-Foo-2026 12:30:15 +0000", EPOCH),
        (b"05-Mar-0000 12:30:15 +0000", EPOCH),
        (b"05-Mar-2026 12:30:15 +9900", EPOCH),
        (b"", EPOCH),
        (None, EPOCH),
        (5, EPOCH),
    ],
)
def test_internaldate(text: object, date: datetime) -> None:
    assert parse_internaldate(text) == date
    assert parse_internaldate(text).tzinfo


# -- arguments


@given(st.text())
def test_a_quoted_string_reads_back(text: str) -> None:
    argument = quote(text)
    if isinstance(argument, Literal):
        assert argument == text.encode()
    else:
        assert parse([argument]) == (text.encode(),) or not set(text).isdisjoint("\r\n\0")


def test_search_keys_and_texts() -> None:
    assert search_argument(["SUBJECT", "ALL", "UNSEEN"]) == [b"SUBJECT", b'"ALL"', b"UNSEEN"]
    assert search_argument(["OR", ["FROM", "a"], ["TO", "é"]]) == [
        b"OR", b"(", b"FROM", b'"a"', b")", b"(", b"TO", "é".encode(), b")",
    ]  # fmt: skip
    assert isinstance(search_argument(["TEXT", "é"])[1], Literal)
    assert search_argument(["SINCE", datetime(2026, 3, 5, tzinfo=UTC)]) == [b"SINCE", b"5-Mar-2026"]


def test_split_responses_keeps_literals_together() -> None:
    assert [len(response) for response in split_responses(FETCHED)] == [2, 1, 2]
