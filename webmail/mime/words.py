"""Header text on its way out: encoded words (RFC 2047) and folding (RFC 5322, 2.2.3)."""

import base64
import re
from collections.abc import Iterator, Sequence

LINE = 78  # octets of a line, where its words allow it (RFC 5322, 2.1.1)
_PAYLOAD = 56  # encoded octets that fit into one word of 75 beside its frame, `=?utf-8?b?` … `?=`

_ATOMS = re.compile(r"[\w!#$%&'*+\-/=?^`{|}~]+(?: [\w!#$%&'*+\-/=?^`{|}~]+)*", re.ASCII)


def fold(name: str, words: Sequence[str]) -> str:
    """`name: word word …` on lines that end in CRLF but the last; each word stays whole."""
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE and line.strip() and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line])


def encode_text(text: str) -> list[str]:
    """Unstructured text as words for fold(): as it is if it can be, else all of it as encoded words."""
    text = text.strip()
    words = text.split(" ")
    if text.isascii() and "=?" not in text and all(words) and max(map(len, words)) <= LINE - 10:
        return words
    return list(_encoded_words(text)) if text else []


def encode_phrase(name: str) -> list[str]:
    """The display name of an address: atoms, a quoted string, or encoded words."""
    name = name.strip()
    if not name:
        return []
    if name.isascii() and "=?" not in name and len(name) <= LINE - 10:
        if _ATOMS.fullmatch(name):
            return [name]
        return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"']
    return list(_encoded_words(name))


def _encoded_words(text: str) -> Iterator[str]:
    """Each word holds whole characters; a reader joins adjacent words without the space between them (RFC 2047,
    6.2)."""
    piece = ""
    for character in text:
        if len(_payload(piece + character)) > _PAYLOAD:
            yield _word(piece)
            piece = ""
        piece += character
    yield _word(piece)


def _payload(text: str) -> str:
    octets = text.encode("utf-8")
    quoted = "".join(_quoted(octet) for octet in octets)
    encoded = base64.b64encode(octets).decode("ascii")
    return quoted if len(quoted) <= len(encoded) else encoded


def _word(text: str) -> str:
    payload = _payload(text)
    is_base64 = payload == base64.b64encode(text.encode("utf-8")).decode("ascii")
    return f"=?utf-8?{'b' if is_base64 else 'q'}?{payload}?="


def _quoted(octet: int) -> str:
    """RFC 2047, 5 (3): within a phrase only these stay as they are."""
    character = chr(octet)
    if character == " ":
        return "_"
    return character if octet < 128 and (character.isalnum() or character in "!*+-/") else f"={octet:02X}"
