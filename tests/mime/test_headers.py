"""Header fields to values: what people see of a message, whatever was sent."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.corpus import mail, names
from tests.mime.hostile import HEAVY_HEADERS
from webmail.mime.charsets import decode_text
from webmail.mime.headers import (
    decode_header,
    format_address,
    header_fields,
    one_line,
    parse_addresses,
    parse_date,
    parse_headers,
    parse_listed,
)
from webmail.mime.types import Address, Headers

CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]")


def test_a_plain_message():
    headers = parse_headers(mail("valid/plain"))
    assert headers.subject == "plain"
    assert headers.sender == (Address("Ann Archer", "ann@example.org"),)
    assert headers.to == (Address("", "bob@example.net"),)
    assert headers.date == datetime(2026, 11, 3, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert headers.message_id == "<plain@example.org>"


def test_a_thread():
    headers = parse_headers(mail("valid/thread"))
    assert headers.subject == "Re: plans for a long weekend"
    assert headers.in_reply_to == "<a@example.org>"
    assert headers.references == ("<root@example.org>", "<a@example.org>")
    assert headers.reply_to == (Address("Friends", "friends@example.org"),)
    assert headers.list_id == "friends.example.org"


def test_groups_and_comments():
    headers = parse_headers(mail("valid/groups-and-comments"))
    assert headers.sender == (Address('Archer, Ann "AA"', "ann@example.org"),)
    assert headers.to == (
        Address("Bob", "bob@example.net"),
        Address("carol", "carol@example.com"),
        Address("Dave", "dave@example.com"),
    )
    assert headers.cc == ()


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("charset-koi8-r", "Привет, как дела? Встреча завтра в девять."),
        ("charset-gb2312", "你好，会议改到星期三。"),
        ("charset-iso-2022-jp", "こんにちは。会議は水曜日です。"),
        ("charset-shift-jis", "お世話になっております。"),
        ("charset-euc-kr", "안녕하세요. 회의는 수요일입니다."),
        ("charset-windows-1256", "مرحبا، الاجتماع يوم الأربعاء."),
        ("utf8-quoted-printable", "Déjà vu"),
        ("latin1-eight-bit", "Grüße"),
    ],
)
def test_subjects_in_many_charsets(name, subject):
    assert parse_headers(mail(f"valid/{name}")).subject == subject


def test_eight_bit_headers():
    headers = parse_headers(mail("malformed/header-eight-bit"))
    assert headers.sender == (Address("Jérôme", "jerome@example.org"),)
    assert headers.subject == "été"
    assert headers.cc == (Address("Müller", "mueller@example.de"),)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q?a?=\r\n =?iso-8859-1?q?=E9?=", "aé"),
        (b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),  # a character cut in two
        (b"=?utf-8?q?a?= b =?utf-8?q?c_d?=", "a b c d"),
        (b"x=?utf-8?q?a?=y", "xay"),
        (b"=?utf-8*en?q?a?=", "a"),
        (b"=?utf-8?q?what??=", "what?"),
        (b"=?utf-8?q?a b?=", "a b"),
        (b"=?utf-8?b?w6k?=", "é"),
        (b"=?utf-8?b?w6k=====?=", "é"),
        (b"=?utf-8?b?w?=", ""),
        (b"=?utf-8?b?/\x01?=", ""),
        (b"=?utf-8?b?Zmly=c3Q=?=", "first"),
        (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
        (b"=?utf-8?q?never closed", "=?utf-8?q?never closed"),
        (b"=?rot13?q?Uryyb?=", "Uryyb"),
        (b"=?utf-8?q?line=0D=0ABcc=3A_x?=", "line Bcc: x"),
        (b"=?utf-8?q?a=E2=80=AEb?=", "ab"),
        ("plain", "plain"),
        ("caf\udcc3\udca9", "café"),
        ("lone \ud800 surrogate", "lone surrogate"),
        (b"", ""),
    ],
)
def test_decode_header(raw, text):
    assert decode_header(raw) == text


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("ann@example.org", Address("", "ann@example.org")),
        ("<ann@example.org>", Address("", "ann@example.org")),
        ("Ann <ann@example.org>", Address("Ann", "ann@example.org")),
        ('"Ann" <ann@example.org>', Address("Ann", "ann@example.org")),
        ("ann@example.org (Ann)", Address("Ann", "ann@example.org")),
        ("=?utf-8?q?J=C3=B6rg?= <j@example.org>", Address("Jörg", "j@example.org")),
        ('"=?utf-8?q?J=C3=B6rg?=" <j@example.org>', Address("Jörg", "j@example.org")),
        ('"ceo@bank.test" <evil@evil.test>', Address("ceo@bank.test", "evil@evil.test")),
        ("<ceo@bank.test> <evil@evil.test>", Address("ceo@bank.test", "evil@evil.test")),
        ("<route@relay:real@example.org>", Address("", "route@relay:real@example.org")),
        ("<@relay:real@example.org>", Address("", "real@example.org")),
        ('"unclosed <eve@example.org>', Address("unclosed", "eve@example.org")),
        ("root", Address("", "root")),
        ("just a name", Address("just a name", "")),
        ("ann @ example . org", Address("", "ann@example.org")),
        ('"ann archer"@example.org', Address("", '"ann archer"@example.org')),
        ("Ann ann@example.org", Address("Ann", "ann@example.org")),
        ("jürgen@exämple.org", Address("", "jürgen@exämple.org")),
    ],
)
def test_one_address(raw, address):
    assert parse_addresses(raw) == (address,)


@given(
    st.lists(
        st.sampled_from(["ann", "@", "b.test", "<", ">", '"', " ", ",", "(", "é", "=?utf-8?q?=C3=A9?=", "\x1b"]),
        max_size=8,
    )
)
def test_familiar_octets_are_read_as_text_is(pieces: list[str]):
    text = "".join(pieces)
    assert parse_addresses(text.encode()) == parse_addresses(text) == parse_addresses(text.encode())


def test_an_encoded_word_never_adds_a_recipient():
    headers = parse_headers(mail("hostile/encoded-comma"))
    assert headers.sender == (Address("Bank <ceo@bank.test>,", "evil@evil.test"),)
    assert [address.address for address in headers.to] == ["=?utf-8?q?a=40b.test=2C_c=40d.test?="]


def test_two_senders_are_both_shown():
    addresses = [address.address for address in parse_headers(mail("malformed/two-from")).sender]
    assert addresses == ["ann@example.org", "eve@example.com"]


def test_odd_addresses():
    headers = parse_headers(mail("malformed/addresses-odd"))
    assert headers.sender == (Address("unclosed", "eve@example.com"),)
    assert Address("", "x@example.com") in headers.to
    assert Address("just a name", "") in headers.to


@given(
    st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=30).map(str.strip),
    st.from_regex(r"[a-z.+]{1,10}@[a-z.]{1,10}", fullmatch=True),
)
def test_formatted_addresses_read_back(name, address):
    written = Address(decode_header(name.replace("=?", "")), address)
    assert parse_addresses(format_address(written)) == (written,)


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        ("Tue, 3 Nov 2026 09:30:00 +0100", datetime(2026, 11, 3, 8, 30, tzinfo=UTC)),
        ("3 Nov 2026 09:30 GMT", datetime(2026, 11, 3, 9, 30, tzinfo=UTC)),
        ("3 Nov 82 09:30 EST", datetime(1982, 11, 3, 14, 30, tzinfo=UTC)),
        ("Tue, 3 Nov 2026 09:30:60 -0000", datetime(2026, 11, 3, 9, 30, 59, tzinfo=UTC)),
        ("Tue, 3 Nov 2026 09:30:00 (CET) +0100", None),
        ("Thu, 99 Foo 20262 99:99:99 +9999", None),
        ("Tue, 3 Nov 2026 09:30:00 +9999", None),
        ("Tue, 3 Nov 1826 09:30:00 +0000", None),
        ("", None),
        ("now", None),
    ],
)
def test_parse_date(raw, date):
    found = parse_date(raw)
    assert found == date or (date is None and found is not None and found.year == 2026)
    assert found is None or found.tzinfo is not None


def test_fields_are_read_once_and_lines_that_are_none_are_left_out():
    headers = parse_headers(mail("malformed/mbox-from-line"))
    assert headers.message_id == "<mbox@example.org>"
    assert parse_headers(mail("malformed/folded-first-line")).subject == "still here"
    assert parse_headers(mail("malformed/header-without-colon")).subject == "header without colon"
    assert parse_headers(b"Subject: a\r\n\r\nSubject: body").subject == "a"
    assert parse_headers(b"\r\nSubject: body") == parse_headers(b"")
    assert parse_headers(b"Message-ID: bare@example.org").message_id == "<bare@example.org>"
    assert parse_headers(b"Message-ID: <[a@b]>").message_id == "<[a@b]>"
    assert parse_headers(b"Message-ID: <a b>\r\nReferences: <x@y> junk <z@y><x@y>").references == ("<x@y>", "<z@y>")


def unfolded(raw: bytes) -> dict[str, list[bytes]]:
    """As RFC 5322, 2.2.3 tells it, line by line."""
    fields: list[bytes] = []
    for line in re.split(rb"\r?\n\r?\n", b"\n" + raw, maxsplit=1)[0].split(b"\n")[1:]:
        if line[:1] in (b" ", b"\t"):
            fields = [*fields[:-1], b"".join(fields[-1:]).rstrip(b"\r") + line]
        else:
            fields.append(line)
    found: dict[str, list[bytes]] = {}
    for field in fields:
        name, colon, value = field.partition(b":")
        if colon and re.fullmatch(rb"[!-9;-~]+[ \t]*", name):
            found.setdefault(name.rstrip(b" \t").decode().lower(), []).append(value.strip())
    return found


PIECES = [
    b"Subject",
    b"From",
    b"x",
    b":",
    b" ",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n ",
    b"\n\t",
    b"\xe9",
    b"\0",
    b"a@b.test",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
def test_fields_are_those_of_the_lines(raw):
    assert header_fields(raw) == unfolded(raw)


@pytest.mark.parametrize("name", names())
def test_a_list_reads_the_same_of_every_mail(name):
    headers = parse_headers(mail(name))
    shown = (headers.subject, headers.sender, (), headers.to, headers.cc, headers.bcc, headers.date)
    assert parse_listed(mail(name)) == Headers(*shown, list_id=headers.list_id)


@pytest.mark.parametrize("name", names())
def test_every_mail_of_the_corpus_has_clean_values(name):
    headers = parse_headers(mail(name))
    people = (*headers.sender, *headers.reply_to, *headers.to, *headers.cc, *headers.bcc)
    for text in (headers.subject, headers.message_id, headers.list_id, *(f"{one.name}{one.address}" for one in people)):
        assert not CONTROL.search(text)


FIELDS = st.sampled_from(
    [b"From", b"To", b"Cc", b"Subject", b"Date", b"Message-ID", b"References", b"List-Id", b"", b"X y"]
)
SIGNS = [b'"', b"<", b">", b"(", b")", b",", b";", b":", b"\\", b"@", b" ", b"\r\n ", b"a", b"=C3", b"\0"]
SIGNS += [b"=?utf-8?q?", b"=?utf-8?b?", b"?="]
VALUES = st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(SIGNS)).map(b"".join))


@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(st.tuples(FIELDS, VALUES)).map(lambda f: b"\r\n".join(b"%b: %b" % p for p in f)),
    )
)
def test_no_bytes_raise_and_no_control_character_comes_through(raw):
    headers = parse_headers(raw)
    for text in (headers.subject, *(f"{one.name}{one.address}" for one in (*headers.sender, *headers.to, *headers.cc))):
        assert not CONTROL.search(text)
        text.encode()


@pytest.mark.parametrize("name", HEAVY_HEADERS)
def test_heavy_headers_are_light_work(name):
    started = time.process_time()
    parse_headers(HEAVY_HEADERS[name])
    assert time.process_time() - started < 2


@given(
    st.lists(
        st.sampled_from(["a", "é", " ", "  ", "\t", "\u00a0", "\u2028", "\u202e", "\u00ad", "\ud83d", "😀", "\x1b"])
    )
)
def test_one_line_is_made_the_same_the_short_way(pieces: list[str]):
    text = "".join(pieces)
    assert one_line(text) == one_line(text + "\0")  # which takes the long way


@given(st.lists(st.sampled_from([b"a", b"  ", b"\xc3\xa9", b"\0", b"\x1b$B$3\x1b(B", b"\x1b", b"\r\n "])))
def test_plain_octets_are_read_the_same_the_short_way(pieces: list[bytes]):
    raw = b"".join(pieces)
    assert decode_header(raw) == one_line(decode_text(raw))


@given(
    st.tuples(
        st.sampled_from(["", "Tue, ", "Foo, "]),
        st.sampled_from(["1", "01", "31", "32", "00"]),
        st.sampled_from(["Jan", "Feb", "Dec", "Foo", "jan"]),
        st.sampled_from(["1969", "1970", "2024", "2099", "2100", "0000", "99"]),
        st.sampled_from(["00:00:00", "23:59:60", "24:00:00", "12:60:00", "12:00:99", "12:00"]),
        st.sampled_from(["+0000", "-0000", "+0200", "-0930", "+2359", "+2400", "-9999", "+0099", "GMT", "EST", ""]),
        st.sampled_from(["", " (CEST)", " (x y)"]),
    )
)
def test_usual_dates_are_read_the_same_the_short_way(pieces: tuple[str, ...]):
    weekday, day, month, year, clock, zone, comment = pieces
    text = f"{weekday}{day} {month} {year} {clock} {zone}{comment}"
    assert parse_date(text) == parse_date(text.replace(" ", "  "))  # which takes the long way
