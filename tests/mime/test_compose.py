"""Letters to octets: what is sent reads back as what was written, and fits every line there is."""

import base64
import email
import email.policy
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.corpus import mail, names
from webmail.mime.compose import build, wire_address, without_bcc
from webmail.mime.headers import parse_headers
from webmail.mime.parse import part_bytes
from webmail.mime.sevenbit import downgrade, is_seven_bit
from webmail.mime.structure import choose_body, from_bytes
from webmail.mime.text import decode_text, decode_transfer
from webmail.mime.types import Address, Attachment, Letter, Part

ANN = Address("Ann Archer", "ann@example.org")
BOB = Address("Bob", "bob@example.net")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def made(letter: Letter, *, keep_bcc: bool = False) -> bytes:
    return build(letter, message_id="<1@example.org>", date=NOON, keep_bcc=keep_bcc)


def content(raw: bytes, part: Part) -> bytes:
    return decode_transfer(part_bytes(raw, part.section), part.encoding)


def words(raw: bytes, part: Part | None) -> str:
    assert part is not None
    return decode_text(content(raw, part), part.charset).replace("\r\n", "\n")


def fits(raw: bytes) -> None:
    assert raw.isascii()
    assert b"\0" not in raw
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_plain_letter():
    assert made(Letter(ANN, (BOB,), subject="Lunch", text="At noon?\n")) == (
        b"From: Ann Archer <ann@example.org>\r\nTo: Bob <bob@example.net>\r\nSubject: Lunch\r\n"
        b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nAt noon?\r\n"
    )


def test_the_same_letter_gives_the_same_octets():
    letter = Letter(ANN, (BOB,), text="x", html="<p>x</p>", attachments=(Attachment("a", "image/png", b"x"),))
    assert made(letter) == made(letter)


def test_all_fields_read_back():
    letter = Letter(
        sender=Address("Ünal, Çağla", "cagla@example.org"),
        to=(BOB, Address('O"Neil (x)', "o@example.org"), Address("", "plain@example.org")),
        cc=tuple(Address(f"Name {n}", f"user{n}@example.org") for n in range(30)),
        bcc=(Address("Secret", "s@example.org"),),
        reply_to=(Address("日本語の名前", "ja@example.org"),),
        subject="Réunion à 10 h – ordre du jour très, très long, et qui continue encore un peu plus loin",
        text="x",
        in_reply_to="<0@example.org>",
        references=tuple(f"<{n}.{'x' * 50}@example.org>" for n in range(20)),
    )
    raw = made(letter, keep_bcc=True)
    fits(raw)
    headers = parse_headers(raw)
    assert headers.sender == (letter.sender,)
    assert (headers.to, headers.cc, headers.bcc, headers.reply_to) == (
        letter.to,
        letter.cc,
        letter.bcc,
        letter.reply_to,
    )
    assert (headers.subject, headers.in_reply_to, headers.references) == (
        letter.subject,
        "<0@example.org>",
        letter.references,
    )
    assert (headers.message_id, headers.date) == ("<1@example.org>", NOON)
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    other: Any = email.message_from_bytes(raw, policy=email.policy.default)  # a second reader
    assert other["subject"] == letter.subject
    assert [one.display_name for one in other["to"].addresses] == ["Bob", 'O"Neil (x)', ""]


def test_without_recipients_in_sight():
    raw = made(Letter(ANN, bcc=(BOB,), text="x"))
    assert b"\r\nTo: undisclosed-recipients:;\r\n" in raw
    assert b"bob@" not in raw


def test_without_bcc_changes_nothing_else():
    letter = Letter(
        ANN, (BOB,), bcc=tuple(Address("Ünal", f"s{n}@example.org") for n in range(9)), text="Bcc: not a header\n"
    )
    assert without_bcc(made(letter, keep_bcc=True)) == made(letter)
    assert without_bcc(b"bcc:a\n b\nTo: c\nResent-Bcc: d\n\nBcc: e\n") == b"To: c\n\nBcc: e\n"
    assert without_bcc(b"To: c\r\nBcc: a\r\n") == b"To: c\r\n"


@pytest.mark.parametrize("control", ["\r", "\n", "\0", "\x85", "\u2028", "\r\nBcc: x@example.org", "\x1b", "\ud800"])
def test_control_characters_are_refused(control):
    evil = f"a{control}b"
    for letter in (
        Letter(ANN, subject=evil),
        Letter(Address(evil, "ann@example.org")),
        Letter(Address("", f"ann@example.org{control}")),
        Letter(ANN, (Address("", f"{control}b@example.org"),)),
        Letter(ANN, reply_to=(Address(evil, "a@example.org"),)),
        Letter(ANN, in_reply_to=f"<{evil}>"),
        Letter(ANN, references=(f"<{evil}>",)),
        Letter(ANN, attachments=(Attachment(evil, "text/plain", b""),)),
        Letter(ANN, html="x", attachments=(Attachment("a", "image/png", b"", content_id=evil),)),
    ):
        with pytest.raises(ValueError, match=r"control character|not a"):
            made(letter)
    with pytest.raises(ValueError, match="not a Message-ID"):
        build(Letter(ANN), message_id=f"<{evil}>", date=NOON, keep_bcc=False)


@pytest.mark.parametrize(
    "address",
    ["", "ann", "@example.org", "a b@example.org", "a@b>, c@d", "a@b, c@d", "a@b@c", "ü@example.org", "<a@b>"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match="not a"):
        made(Letter(ANN, (Address("", address),)))


def test_addresses_on_the_wire():
    assert wire_address("ann@exämple.org") == "ann@xn--exmple-cua.org"
    assert wire_address('"ann archer"@example.org') == '"ann archer"@example.org'
    assert wire_address("ann@[192.0.2.1]") == "ann@[192.0.2.1]"


def test_a_date_needs_a_zone():
    with pytest.raises(ValueError, match="time zone"):
        build(Letter(ANN), message_id="<1@x>", date=datetime(2026, 1, 1), keep_bcc=False)  # noqa: DTZ001


BODY_TEXT = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=300)


@given(BODY_TEXT)
def test_any_text_reads_back(text):
    raw = made(Letter(ANN, (BOB,), text=text))
    fits(raw)
    kept = re.sub("[\0-\x08\x0b\x0e-\x1f\x7f]", "", text)
    assert words(raw, from_bytes(raw)).removesuffix("\n") == kept.removesuffix("\n").removeprefix("\ufeff")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf", "Co", "Cn"]), max_size=150))
def test_any_subject_and_name_read_back(text):
    text = " ".join(text.split())
    raw = made(Letter(Address(text, "ann@example.org"), (BOB,), subject=text))
    fits(raw)
    assert parse_headers(raw).subject == text
    assert parse_headers(raw).sender == (Address(text, "ann@example.org"),)


def test_lines_that_mail_would_change():
    text = "From the start\n.\n..\ntrailing  \n-- \nAnn\n" + "x" * 2000
    raw = made(Letter(ANN, (BOB,), text=text))
    fits(raw)
    assert b"\r\nFrom " not in raw.partition(b"\r\n\r\n")[2]
    assert words(raw, from_bytes(raw)) == text + "\n"
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_text_and_html_are_alternatives():
    raw = made(Letter(ANN, (BOB,), text="Hello", html="<p>Hellö</p>"))
    root = from_bytes(raw)
    assert [part.content_type for part in root.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert words(raw, root.children[1]) == "<p>Hellö</p>\n"


def test_html_alone_gets_a_text():
    raw = made(Letter(ANN, (BOB,), html="<p>Hello</p><p>you</p>"))
    assert words(raw, from_bytes(raw).children[0]) == "Hello\n\nyou\n"


def test_files_and_pictures_in_their_places():
    picture = Attachment("pic.png", "image/png", b"\x89PNG" * 50, content_id="pic@x")
    file = Attachment("notes.pdf", "application/pdf", bytes(range(256)))
    raw = made(Letter(ANN, (BOB,), text="Hi", html='<img src="cid:pic@x">', attachments=(picture, file)))
    fits(raw)
    root = from_bytes(raw)
    body = choose_body(root)
    assert [part.section for part in body.attachments] == ["2"]
    assert [(part.section, part.content_id) for part in body.inline] == [("1.2.2", "pic@x")]
    assert content(raw, body.inline[0]) == picture.content
    assert content(raw, body.attachments[0]) == file.content
    assert root.children[1].disposition == "attachment"


@pytest.mark.parametrize(
    "size", [0, 1, 56, 57, 58, 57 * 200 - 1, 57 * 200, 57 * 200 + 1, 57 * 401 + 56, 57_000, 57_001, 114_057]
)
def test_files_of_any_size_are_cut_into_lines(size):
    file = Attachment("a.bin", "application/octet-stream", bytes(number * 7 % 256 for number in range(size)))
    raw = made(Letter(ANN, (BOB,), text="x", attachments=(file,)))
    fits(raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert part_bytes(raw, "2") == base64.encodebytes(file.content).replace(b"\n", b"\r\n")
    assert content(raw, from_bytes(raw).children[1]) == file.content


def test_a_picture_without_a_page_is_a_file():
    raw = made(Letter(ANN, (BOB,), text="Hi", attachments=(Attachment("p.png", "image/png", b"x", content_id="p@x"),)))
    assert [part.content_type for part in from_bytes(raw).walk()] == ["multipart/mixed", "text/plain", "image/png"]


@pytest.mark.parametrize(
    "filename",
    ["report.pdf", "résumé.pdf", "日本語" * 60 + ".txt", 'a "quoted" b', "x" * 190, "100 % = 50 €; 'x'*.txt"],
)
def test_file_names_read_back(filename):
    raw = made(Letter(ANN, (BOB,), text="x", attachments=(Attachment(filename, "text/plain", b"x"),)))
    fits(raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    message: Any = email.message_from_bytes(raw, policy=email.policy.default)  # a second reader
    assert message.get_payload(1).get_filename() == filename


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("text/calendar; method=REQUEST", "text/calendar"),
        ("image/png", "image/png"),
        ("nonsense", "application/octet-stream"),
        ("text/html; charset=utf-8\r\nBcc: x", "application/octet-stream"),
        ("multipart/mixed; boundary=x", "application/octet-stream"),
        ("message/partial; id=x", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_types_of_files(declared, sent):
    raw = made(Letter(ANN, (BOB,), text="x", attachments=(Attachment("a", declared, b"x"),)))
    part = from_bytes(raw).children[1]
    assert part.content_type == sent
    assert content(raw, part) == b"x"


def leaves(raw: bytes) -> list[tuple[str, bytes]]:
    """Content types and decoded contents, line ends aside."""
    parts = [part for part in from_bytes(raw).walk() if not part.children and not part.is_multipart]
    return [(part.content_type, re.sub(rb"\r?\n|\r", b"\n", content(raw, part)).rstrip(b"\n")) for part in parts]


@pytest.mark.parametrize("name", names("valid"))
def test_attached_messages_are_never_encoded_as_a_whole(name):
    raw = made(Letter(ANN, (BOB,), text="FYI", attachments=(Attachment("m.eml", "message/rfc822", mail(name)),)))
    fits(raw)
    attached = from_bytes(raw).children[1]
    assert (attached.content_type, attached.encoding) == ("message/rfc822", "7bit")
    inner = part_bytes(raw, "2")
    assert leaves(inner) == leaves(mail(name))
    assert parse_headers(inner) == parse_headers(mail(name))


@pytest.mark.parametrize("name", names())
def test_downgrade_leaves_alone_what_is_fit(name):
    raw = re.sub(rb"\r?\n|\r", b"\r\n", mail(name))
    assert is_seven_bit(downgrade(raw)) or not raw.isascii()
    assert downgrade(raw).isascii()
    if is_seven_bit(raw):
        assert downgrade(raw) == raw


def test_downgrade_of_containers_and_headers():
    raw = (
        b"From: J\xc3\xb6rg <j@example.org>, \xe9\nSubject: caf\xe9\nContent-Transfer-Encoding: 8bit\n"
        b"Content-Type: multipart/mixed; boundary=b\n\npr\xc3\xa9amble\n"
        b"--b\nContent-Type: text/plain; charset=utf-8; name=\xc3\xa9\n"
        b"Content-Transfer-Encoding: 8bit\n\nh\xc3\xa9llo\n--b\n\nplain\n--b--\n"
    )
    sound = downgrade(raw)
    assert is_seven_bit(sound)
    assert parse_headers(sound).sender[0] == Address("Jörg", "j@example.org")
    assert parse_headers(sound).subject == "café"
    assert leaves(sound) == [("text/plain", "héllo".encode()), ("text/plain", b"plain")]
    assert b"8bit" not in sound


# Lines, so that long ones and fields of every kind come up, and any octets at all.
LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [b"Content-Type: multipart/mixed; boundary=b", b"--b", b"", b"\0: \xe9", b"\xe9" * 1200, b"x" * 2500]
        ),
        st.sampled_from([b"From: ", b"Subject: ", b"Content-Type: ", b"X: ", b"\0"]).map(
            lambda name: name + b"\xff\0" + b"y" * 2000
        ),
    ),
    max_size=12,
).map(b"\n".join)


@given(st.one_of(st.binary(max_size=300), LINES))
def test_any_octets_can_be_attached_as_a_message(octets):
    fits(made(Letter(ANN, (BOB,), text="x", attachments=(Attachment("m.eml", "message/rfc822", octets),))))
