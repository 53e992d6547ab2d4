"""A message made fit for a seven-bit line, its parts encoded one by one (RFC 6152, 3; RFC 2045, 6.4).

For message/rfc822 attachments: they must not be encoded as a whole (RFC 2046, 5.2.1), and most forwarded mail is
eight-bit somewhere. A message that is fit already stays as it is, octet for octet, and so does every part of it that
is.
"""

import base64
import re
from collections.abc import Iterator

from webmail.mime.headers import decode_header, parse_addresses
from webmail.mime.parse import Node, scan
from webmail.mime.transfer import decode_transfer
from webmail.mime.words import encode_phrase, encode_text, fold

_BARE_NEWLINE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_FIELD = re.compile(rb"[^\r\n]*(?:\r\n[ \t][^\r\n]*)*(?:\r\n|\Z)")
_NOT_ASCII = re.compile(rb"[\0\x80-\xff]")
_LONG_LINE = re.compile(rb"[^\r\n]{999}")
_FULL_LINE = re.compile(rb"[^\r\n]{997}(?=[^\r\n]{2})")
_FIELD_NAME = re.compile(rb"[!-9;-~]+")  # RFC 5322, 3.6.8
_ADDRESSES = frozenset({"from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-to", "resent-cc"})


def is_seven_bit(octets: bytes) -> bool:
    """ASCII without NUL, lines of at most 998 octets (RFC 5321, 4.5.3.1.6)."""
    return octets.isascii() and b"\0" not in octets and not _LONG_LINE.search(octets)


def downgrade(raw: bytes) -> bytes:
    """The same message in seven bits, with CRLF line ends."""
    raw = _BARE_NEWLINE.sub(b"\r\n", raw)
    return raw if is_seven_bit(raw) else b"".join(_rewritten(raw))


def _rewritten(raw: bytes) -> Iterator[bytes]:
    position = 0
    for node in _in_order(scan(raw)):
        yield _replaced(raw[position : node.start])  # what is between parts is for nobody
        header, body = raw[node.start : node.body], b""
        position = node.body
        if not node.children:
            body, position = raw[node.body : node.end], node.end
        encode = not is_seven_bit(body) and not node.content_type.startswith(("message/", "multipart/"))
        yield _header(header, "base64" if encode else "")
        yield _encoded(node, body) if encode else _replaced(body)
    yield _replaced(raw[position:])


def _in_order(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _replaced(octets: bytes) -> bytes:
    """What nothing can encode: other octets become question marks, and a line that is too long goes on, indented."""
    return _FULL_LINE.sub(rb"\g<0>\r\n ", _NOT_ASCII.sub(b"?", octets))


def _encoded(node: Node, body: bytes) -> bytes:
    content = decode_transfer(body, node.first("content-transfer-encoding").decode("ascii", "replace"))
    return base64.encodebytes(content).replace(b"\n", b"\r\n").removesuffix(b"\r\n")


def _header(block: bytes, encoding: str) -> bytes:
    """The header with its eight-bit fields encoded, and the transfer encoding that is now true."""
    fields, lines = [], block
    for match in _FIELD.finditer(lines):
        name = match[0].partition(b":")[0].strip().lower()
        if name == b"content-transfer-encoding":
            if encoding:
                continue
            fields.append(re.sub(rb"(?i)\b(?:8bit|binary)\b", b"7bit", match[0]))
        elif match[0] == b"\r\n" and encoding:
            fields.append(b"Content-Transfer-Encoding: base64\r\n\r\n")
            encoding = ""
        else:
            fields.append(match[0] if is_seven_bit(match[0]) else _field(match[0]))
    return b"".join(fields)


def _field(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    if not _FIELD_NAME.fullmatch(name.strip()):
        return _replaced(field)
    label = name.strip().decode("ascii")
    if label.lower() in _ADDRESSES:
        mailboxes = parse_addresses(value.replace(b"\r\n", b""))
        words = [word for address in mailboxes for word in _mailbox(address.name, address.address)]
        words = [*words[:-1], words[-1].removesuffix(",")] if words else []
    elif label.lower().startswith("content-"):
        return _replaced(field)
    else:
        words = encode_text(decode_header(value))
    return _replaced(fold(label, words).encode("ascii", "replace")) + b"\r\n"


def _mailbox(name: str, address: str) -> list[str]:
    return [*encode_phrase(name), f"<{address}>,"]
