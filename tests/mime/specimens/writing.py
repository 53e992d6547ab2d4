"""How specimens are written: raw octets put together by hand, as no careful library would write them."""

import base64
import quopri
from dataclasses import dataclass

FROM = "Ann Archer <ann@example.org>"


@dataclass(frozen=True)
class Specimen:
    """A mail and what a reader must see of it. `text` is how the shown text begins ("" for none at all), white space
    put together; `files` are names, or types where there is none, those within a file behind it and a slash."""

    name: str
    raw: bytes
    subject: str
    sender: str = FROM
    text: str = ""
    files: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def octets(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def message(subject: str | bytes, *parts: str | bytes, sender: str | bytes = FROM) -> bytes:
    """A header and what comes after its first fields: more fields, an empty line, a body; CRLF line ends."""
    head = b"From: %b\r\nTo: bob@example.net\r\nSubject: %b\r\n" % (octets(sender), octets(subject))
    head += b"Date: Tue, 3 Nov 2026 09:30:00 +0100\r\nMessage-ID: <specimen@example.org>\r\nMIME-Version: 1.0\r\n"
    return head + b"\r\n".join(map(octets, parts)) + b"\r\n"


def text(body: str | bytes, charset: str = "utf-8", encoding: str = "8bit", more: str = "") -> bytes:
    """A text/plain entity: header and body."""
    head = f"Content-Type: text/plain; charset={charset}{more}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + octets(body)


def html(body: str | bytes, charset: str = "utf-8") -> bytes:
    return f"Content-Type: text/html; charset={charset}\r\n\r\n".encode() + octets(body)


def file(kind: str, content: bytes, *, disposition: str = "attachment", more: str = "") -> bytes:
    """`disposition` and `more` as they stand: parameters, further lines."""
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    head += f"Content-Disposition: {disposition}\r\n" if disposition else ""
    return head.encode() + octets(more) + b"\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")


def multipart(kind: str, *entities: bytes, more: str = "", boundary: str = "") -> bytes:
    boundary = boundary or f"=_{kind.partition('/')[0]}"
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), entity) for entity in entities)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'
    return head.encode() + body + f"--{boundary}--\r\n".encode()


def within(raw: bytes, more: str = "") -> bytes:
    """A message as an entity of another."""
    return b"Content-Type: message/rfc822\r\n" + octets(more) + b"\r\n" + raw


def quoted(body: bytes) -> bytes:
    return quopri.encodestring(body).replace(b"\n", b"\r\n")


def simple(
    name: str, subject: str | bytes, shown: str, sender: str | bytes = FROM, shown_sender: str = FROM
) -> Specimen:
    """One that is about its header."""
    return Specimen(name, message(subject, text("words"), sender=sender), shown, shown_sender, "words")
