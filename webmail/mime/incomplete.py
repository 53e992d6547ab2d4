"""Mail that did not come whole, as far as its octets tell: pieces of a larger one, encodings that break off.

incomplete.piece_of(root) reads the structure alone, breaks_off(raw, encoding) the text that is shown anyhow. That a
multipart's last boundary is missing is not told by a server's BODYSTRUCTURE, and changes nothing of what is shown.
"""

import re
from dataclasses import dataclass

from webmail.mime.types import Part

_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """RFC 2046, 5.2.2.1: `total` is 0 where this piece does not tell."""

    number: int
    total: int


def piece_of(root: Part) -> Piece | None:
    """Which piece of a message that was cut for sending this one is; None for a whole one."""
    if root.content_type != "message/partial":
        return None
    params = dict(root.params)
    return Piece(_number(params.get("number", "")), _number(params.get("total", "")))


def breaks_off(raw: bytes, encoding: str) -> bool:
    """Whether a body's base64 ends within a group of four (RFC 2045, 6.8). What goes on after an end, as
    lists add their footers, is no sign of it."""
    if encoding.lower() != "base64":
        return False
    digits = _NOT_BASE64.sub(b"", raw)
    return b"=" not in digits and len(digits) % 4 > 0


def _number(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else 0
