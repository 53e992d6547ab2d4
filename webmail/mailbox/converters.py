"""A folder's name as one segment of a URL: readable, and back again to the very same name.

Kept as they are: letters and digits of any script, "-", "_", inner dots and inner spaces. All else becomes "~" and
the hex digits of its UTF-8 bytes, "Work/2024?" is "Work~2F2024~3F". So no "%" is ever needed for what browsers and
proxies undo ("%2F", "%2E"), there is no segment "." or ".." to be normalised away, and a name whose letters have a
second spelling in Unicode is escaped instead of changed.
"""

import re
import unicodedata
from functools import lru_cache

from django.urls import register_converter

from webmail.mailbox.folders import addressable

_ESCAPED = re.compile(r"(?:~[0-9A-F]{2})+")


class FolderConverter:
    regex = "[^/]+"

    def to_url(self, name: str) -> str:
        return _segment(name)

    def to_python(self, segment: str) -> str:
        """Raises ValueError, which Django answers with 404."""
        name = _ESCAPED.sub(_unescape, unicodedata.normalize("NFC", segment))
        if "~" in _ESCAPED.sub("", segment) or not addressable(name):
            raise ValueError("not a folder's name")
        return name


@lru_cache(maxsize=1024)
def _segment(name: str) -> str:
    """Remembered: a page names its folder many times."""
    stable = unicodedata.is_normalized("NFC", name)
    last = len(name) - 1
    return "".join(
        character if _stays(character, stable, position in (0, last)) else _escape(character)
        for position, character in enumerate(name)
    )


def _stays(character: str, stable: bool, at_the_edge: bool) -> bool:
    if character in ". ":
        return not at_the_edge
    if character.isascii():
        return character.isalnum() or character in "-_"
    return stable and character.isprintable() and not unicodedata.combining(character)


def _escape(character: str) -> str:
    return "".join(f"~{octet:02X}" for octet in character.encode("utf-8", "surrogatepass"))


def _unescape(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("~", "")).decode("utf-8", "surrogatepass")


register_converter(FolderConverter, "folder")
