"""A Letter to the octets of a message (RFC 5322, 2045 to 2047, 2231): CRLF line ends, seven bits, lines of at most 78
octets where they can be.

    build(letter) → _tree(): text | alternative(text, html) | related(html, pictures) | mixed(…, files) → _write():
    octets

Nothing random and no clock: the caller gives Message-ID and date, and a boundary is a hash of what it encloses, so that
the same letter gives the same octets, however often a worker starts over.
"""

import binascii
import hashlib
import quopri
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import chain

from webmail.mime.headers import header_block
from webmail.mime.parameters import write_parameter
from webmail.mime.sevenbit import downgrade
from webmail.mime.text import html_to_text
from webmail.mime.types import Address, Attachment, Letter
from webmail.mime.words import encode_phrase, encode_text, fold

LINE = 76  # characters of base64
PIECE = 57_000  # octets encoded at a time: whole lines, that stay in the processor's cache

_LINES = struct.Struct(f"{LINE}s" * 200)
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_LOCAL = re.compile(r"[\w!#$%&'*+\-/=?^`{|}~.]{1,64}|\"[ !#-\[\]-~]{1,62}\"", re.ASCII)
_DOMAIN = re.compile(r"(?:[\w\-]{1,63}\.)*[\w\-]{1,63}|\[[0-9a-fA-F:.]{2,45}\]|\[IPv6:[0-9a-fA-F:.]{2,45}\]", re.ASCII)
_PARAMETER = r";\s*[\w\-]{1,40}=(?:[\w.+\-]{1,80}|\"[\w .+\-:/]{1,80}\")"
_CONTENT_TYPE = re.compile(rf"([\w.+\-]{{1,80}}/[\w.+\-]{{1,80}})((?:{_PARAMETER}){{0,10}})", re.ASCII)
_BODY_CONTROL = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_BCC = re.compile(rb"(?im)^(?:resent-)?bcc[ \t]*:.*(?:\r?\n[ \t].*)*(?:\r?\n|\Z)")


@dataclass(frozen=True, slots=True)
class _Entity:
    """A MIME entity: its header lines, and its body as it goes out, in pieces: they are put together once, for all
    entities around a file of megabytes."""

    headers: tuple[str, ...]
    body: tuple[bytes, ...]

    @property
    def octets(self) -> tuple[bytes, ...]:
        return (_octets(self.headers), *self.body)


def build(letter: Letter, *, message_id: str, date: datetime, keep_bcc: bool) -> bytes:
    """The whole message. `date` is aware. Raises ValueError for an address that is none and for a control character in
    a header."""
    entity = _tree(letter)
    lines = [*_envelope(letter, message_id, date, keep_bcc), "MIME-Version: 1.0", *entity.headers]
    return b"".join([_octets(lines), *entity.body])


def without_bcc(raw: bytes) -> bytes:
    """The same message without its Bcc fields; not another octet changed."""
    end = len(header_block(raw))
    boundary = raw.find(b"\n", end) + 1 or len(raw)
    header = raw[:boundary]
    without = _BCC.sub(b"", header)
    return raw if without == header else without + raw[boundary:]


def _envelope(letter: Letter, message_id: str, date: datetime, keep_bcc: bool) -> list[str]:
    """The header fields of the message, folded."""
    if date.tzinfo is None:
        raise ValueError("the date has no time zone")
    recipients = _addresses("To", letter.to) + _addresses("Cc", letter.cc)
    return [
        *_addresses("From", (letter.sender,)),
        *(recipients or ["To: undisclosed-recipients:;"]),
        *(_addresses("Bcc", letter.bcc) if keep_bcc else []),
        *_addresses("Reply-To", letter.reply_to),
        fold("Subject", encode_text(_checked(letter.subject, "subject"))),
        f"Date: {format_datetime(date)}",
        fold("Message-ID", [_identifier(message_id)]),
        *_identifiers("In-Reply-To", [letter.in_reply_to] if letter.in_reply_to else []),
        *_identifiers("References", letter.references),
    ]


def _checked(text: str, what: str) -> str:
    if _CONTROL.search(text):
        raise ValueError(f"control character in {what}")
    return text


def _identifier(text: str) -> str:
    if not _MESSAGE_ID.fullmatch(text):
        raise ValueError("not a Message-ID")
    return text


def _identifiers(name: str, identifiers: Sequence[str]) -> list[str]:
    return [fold(name, [_identifier(identifier) for identifier in identifiers])] if identifiers else []


def _addresses(name: str, addresses: Iterable[Address]) -> list[str]:
    """The field, or nothing where there is no address."""
    words: list[str] = []
    for address in addresses:
        if words:
            words[-1] += ","
        display, spec = encode_phrase(_checked(address.name, "name")), wire_address(address.address)
        words += [*display, f"<{spec}>"] if display else [spec]
    return [fold(name, words)] if words else []


def wire_address(address: str) -> str:
    """The address in ASCII, its domain in IDNA. Raises ValueError for what is no address, or needs SMTPUTF8."""
    local, _, domain = _checked(address, "address").rpartition("@")
    if not _LOCAL.fullmatch(local):
        raise ValueError("not an address that mail can carry: " + address[:100])
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError("not a domain: " + domain[:100]) from None
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("not a domain: " + domain[:100])
    return f"{local}@{domain}"


def _tree(letter: Letter) -> _Entity:
    """RFC 2046 and 2387: files around alternatives, alternatives around a page with its pictures."""
    pictures = [file for file in letter.attachments if file.content_id and letter.html]
    files = [file for file in letter.attachments if file not in pictures]
    entity = _text("plain", letter.text or (html_to_text(letter.html) if letter.html else ""))
    if letter.html:
        page = _text("html", letter.html)
        if pictures:
            page = _multipart("related", [page, *map(_file, pictures)], ('type="text/html"',))
        entity = _multipart("alternative", [entity, page])
    if letter.calendar_reply:
        entity = _multipart("alternative", [entity, _text("calendar; method=REPLY", letter.calendar_reply)])
    return _multipart("mixed", [entity, *map(_file, files)]) if files else entity


def _multipart(subtype: str, entities: Sequence[_Entity], parameters: tuple[str, ...] = ()) -> _Entity:
    boundary = _boundary(entities)
    body = [piece for entity in entities for piece in (b"--%b\r\n" % boundary, *entity.octets, b"\r\n")]
    words = [f"multipart/{subtype}", *parameters, f'boundary="{boundary.decode()}"']
    return _Entity((fold("Content-Type", _joined(words)),), (*body, b"--%b--\r\n" % boundary))


def _boundary(entities: Sequence[_Entity]) -> bytes:
    """A hash of the entities that is in none of them. Their pieces end where lines do, so it can't lie across two."""
    content = hashlib.sha256()
    for entity in entities:
        for piece in entity.octets:
            content.update(piece)
        content.update(b"\0")
    digest = content.hexdigest()
    while (boundary := f"=_{digest[:32]}".encode()) and any(
        boundary in piece for entity in entities for piece in entity.octets
    ):
        digest = hashlib.sha256(digest.encode()).hexdigest()
    return boundary


def _text(subtype: str, text: str) -> _Entity:
    text = _BODY_CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).removesuffix("\n")
    octets = f"{text}\n".encode() if text else b""
    encoding, body = _encode_text(octets)
    headers = (f"Content-Type: text/{subtype}; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
    return _Entity(headers, (body,))


def _encode_text(octets: bytes) -> tuple[str, bytes]:
    """As it is if it is plain and short in all its lines; else whatever is shorter. "From " at a line's start is hidden
    from mbox files."""
    lines = octets.split(b"\n")
    if octets.isascii() and max(map(len, lines)) <= 78 and not any(line.startswith(b"From ") for line in lines):
        return "7bit", b"\r\n".join(lines)
    with_crlf = b"\r\n".join(lines)
    quoted = quopri.encodestring(octets).replace(b"\n", b"\r\n")
    quoted = re.sub(rb"(?m)^F(?=rom )", b"=46", quoted)
    encoded = _base64(with_crlf)
    return ("quoted-printable", quoted) if len(quoted) <= len(encoded) else ("base64", encoded)


def _base64(octets: bytes) -> bytes:
    """In lines of 76 characters (RFC 2045, 6.8)."""
    pieces = (octets[start : start + PIECE] for start in range(0, len(octets), PIECE))
    return b"\r\n".join([*map(_base64_lines, pieces), b""])


def _base64_lines(octets: bytes) -> bytes:
    """Cut by the hundred: a call for each line costs more than the encoding."""
    encoded = binascii.b2a_base64(octets, newline=False)
    cut = len(encoded) // _LINES.size * _LINES.size
    lines = list(chain.from_iterable(_LINES.iter_unpack(encoded[:cut])))
    lines += [encoded[start : start + LINE] for start in range(cut, len(encoded), LINE)]
    return b"\r\n".join(lines)


def _file(file: Attachment) -> _Entity:
    content_type, parameters = _content_type(file.content_type)
    encoding, body = "base64", b""
    if content_type == "message/rfc822":  # never encoded (RFC 2046, 5.2.1): what is within is, part by part
        encoding, body = "7bit", downgrade(file.content)
    elif content_type.startswith(("message/", "multipart/")):
        content_type, parameters = "application/octet-stream", []
    disposition = "inline" if file.content_id else "attachment"
    name = write_parameter("filename", _checked(file.filename, "file name")) if file.filename else []
    headers = [
        fold("Content-Type", _joined([content_type, *parameters])),
        f"Content-Transfer-Encoding: {encoding}",
        fold("Content-Disposition", _joined([disposition, *name])),
    ]
    if file.content_id:
        headers.append(fold("Content-ID", [_identifier(f"<{file.content_id}>")]))
    return _Entity(tuple(headers), (body if encoding == "7bit" else _base64(file.content),))


def _content_type(text: str) -> tuple[str, list[str]]:
    match = _CONTENT_TYPE.fullmatch(text.strip())
    if not match:
        return "application/octet-stream", []
    return match[1].lower(), [parameter.strip() for parameter in match[2].split(";") if parameter.strip()]


def _joined(words: Sequence[str]) -> list[str]:
    """With semicolons between a value and its parameters."""
    return [f"{word};" for word in words[:-1]] + [words[-1]]


def _octets(lines: Iterable[str]) -> bytes:
    """Header lines and the empty line after them."""
    return b"".join(line.encode("ascii") + b"\r\n" for line in lines) + b"\r\n"
