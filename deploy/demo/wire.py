"""Writing mail as bytes, by hand.

The standard library would write every header in UTF-8 and draw random boundaries. The demo needs old charsets in
headers and bodies and the same bytes on every run, so these few functions do it: text → part → multipart → message.
A part is its header lines, an empty line and its body, all with CRLF.
"""

import base64
import binascii
import hashlib
import textwrap
from urllib.parse import quote

ENCODED_WORD_ROOM = 60
"""Characters one encoded word may take, so that it fits the 76 of RFC 2047 §2 behind a header name."""


def encoded_words(text: str, charset: str = "utf-8", encoding: str = "B") -> str:
    """Text for a header: unchanged when ASCII, else folded RFC 2047 encoded words that each decode alone."""
    if text.isascii():
        return text
    words, pending = [], ""
    for character in text:
        if pending and len(_encoded_word(pending + character, charset, encoding)) > ENCODED_WORD_ROOM:
            words.append(_encoded_word(pending, charset, encoding))
            pending = ""
        pending += character
    words.append(_encoded_word(pending, charset, encoding))
    return "\r\n ".join(words)


def _encoded_word(text: str, charset: str, encoding: str) -> str:
    raw = text.encode(charset)
    if encoding == "B":
        return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="
    letters = (chr(byte) if chr(byte).isalnum() and byte < 128 else f"={byte:02X}" for byte in raw)
    return f"=?{charset}?Q?{''.join(letters).replace('=20', '_')}?="


def mailbox(name: str, address: str, charset: str = "utf-8", encoding: str = "B") -> str:
    """One address with its display name (RFC 5322 §3.4)."""
    if not name:
        return address
    if not name.isascii():
        return f"{encoded_words(name, charset, encoding)} <{address}>"
    return f'"{name}" <{address}>' if set(name) & set('.,;:@()<>[]"') else f"{name} <{address}>"


def header_block(fields: list[tuple[str, str]]) -> bytes:
    """Header lines, long ones folded at spaces. Values that are folded already stay as they are."""
    return "".join(f"{name}: {_folded(name, value)}\r\n" for name, value in fields).encode("ascii")


def _folded(name: str, value: str) -> str:
    if "\r\n" in value or len(name) + len(value) < 76:
        return value
    lines = textwrap.wrap(f"{name}: {value}", 76, break_long_words=False, break_on_hyphens=False)
    return "\r\n ".join(lines).removeprefix(f"{name}: ").removeprefix(f"{name}:\r\n ")


def encoded_body(data: bytes, transfer: str) -> bytes:
    """The body in one of the transfer encodings of RFC 2045 §6."""
    if transfer == "base64":
        return base64.encodebytes(data).replace(b"\n", b"\r\n")
    if transfer == "quoted-printable":
        return binascii.b2a_qp(data.replace(b"\r\n", b"\n"), istext=True).replace(b"\n", b"\r\n")
    return data


def text_part(text: str, subtype: str = "plain", charset: str = "utf-8", transfer: str = "quoted-printable") -> bytes:
    """A text/* part."""
    data = text.replace("\n", "\r\n").encode(charset)
    fields = [("Content-Type", f"text/{subtype}; charset={charset}"), ("Content-Transfer-Encoding", transfer)]
    return header_block(fields) + b"\r\n" + encoded_body(data, transfer)


def file_part(name: str, media_type: str, data: bytes, content_id: str = "", transfer: str = "base64") -> bytes:
    """An attachment, or with a content id a picture shown inside the text (RFC 2392)."""
    disposition = "inline" if content_id else "attachment"
    fields = [
        ("Content-Type", f"{media_type}; {_parameter('name', name)}"),
        ("Content-Disposition", f"{disposition}; {_parameter('filename', name)}"),
        ("Content-Transfer-Encoding", transfer),
    ]
    if content_id:
        fields.append(("Content-ID", f"<{content_id}>"))
    return header_block(fields) + b"\r\n" + encoded_body(data, transfer)


def _parameter(name: str, value: str) -> str:
    """A parameter as RFC 2231 §4 writes it once it leaves ASCII."""
    return f'{name}="{value}"' if value.isascii() else f"{name}*=utf-8''{quote(value, safe='')}"


def multipart(subtype: str, parts: list[bytes], parameters: str = "") -> bytes:
    """Parts in a multipart. The boundary is a digest of the content: it can't occur in it and never changes."""
    boundary = "=_" + hashlib.sha256(b"\0".join(parts)).hexdigest()[:28]
    head = header_block([("Content-Type", f'multipart/{subtype}; {parameters}boundary="{boundary}"')])
    mark = f"--{boundary}".encode()
    return head + b"\r\n" + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def message(fields: list[tuple[str, str]], part: bytes) -> bytes:
    """A whole message: its own fields, then the part's."""
    return header_block(fields) + b"MIME-Version: 1.0\r\n" + part
