"""The pictures of one mail: where each may come from, and how many are left out.

sanitize() → _Washer asks Pictures for every address that a mail names, of <img>, srcset, poster, a `background`
attribute, a style or a sheet: address_of() → a part of the message itself, or what the caller gives for one elsewhere,
or none, and counted. What it gave is all that the last gate lets through (gate()): no address of a mail is ever passed
on, and no picture loads that nobody could see.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote

from webmail.mime.style import with_pictures, written_address

PICTURES_LIMIT = 2_000  # of one mail; those beyond are left out, for signing tens of thousands would take seconds
WEB = re.compile(r"https?://[^/\\?#]+", re.IGNORECASE)
_NOT_IN_URLS = re.compile("[\0-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+")
_LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)(?:px)?(?:\s*!important)?(?=\s*(?:;|$))", re.IGNORECASE)
_SIZES = {side: re.compile(rf"(?:max-)?{side}: {_LENGTH.pattern}", re.IGNORECASE) for side in ("width", "height")}
_HIDDEN = re.compile(r"display: none|visibility: hidden|opacity: 0*(?:\.0+)?(?:;| |$)", re.IGNORECASE)
_ANY_ADDRESS = re.compile(r"url\(", re.IGNORECASE)
_OUR_ADDRESS = re.compile(r"""url\("?([^"()]*)"?\)""")


class Pictures:
    """`cid_url` and `remote_url` as sanitize() has them. `blocked` counts those that were left out, `trackers` those of
    them that nobody could have seen."""

    def __init__(self, cid_url: Callable[[str], str | None], remote_url: Callable[[str], str | None] | None):
        self._cid_url = cid_url
        self._remote_url = remote_url
        self._issued: set[str] = set()
        self._has_backgrounds = False
        self._asked = 0
        self.blocked = 0
        self.trackers = 0

    @property
    def is_full(self) -> bool:
        return self._asked >= PICTURES_LIMIT

    def address_of(self, source: str, is_unseen: bool = False) -> str:
        """What to load for `source`, a whole_url(); "" for nothing."""
        address, may_load = "", not is_unseen and not self.is_full
        self._asked += 1
        if source[:4].lower() == "cid:":
            address = self._cid_url(unquote(source[4:])) or ""
        elif WEB.match(source):
            address = (may_load and self._remote_url and self._remote_url(source)) or ""
            self.blocked += not address
            self.trackers += is_unseen
        self._issued.add(address)
        return address

    def painted(self, text: str, is_unseen: bool = False) -> str:
        """A style or a sheet with the addresses of its marked pictures; the same one twice counts once."""
        known: dict[str, str] = {}

        def address_of(source: str) -> str:
            if source not in known:
                known[source] = self.address_of(whole_url(source), is_unseen)
            self._has_backgrounds |= bool(known[source])
            return known[source]

        return with_pictures(text, address_of)

    def gate(self) -> dict[str, Any]:
        """What nh3 must know of this mail: its relative addresses, and those within styles, which nh3 does not judge by
        itself."""
        rules: dict[str, Any] = {"url_relative": lambda url: url if url in self._issued else None}
        if self._has_backgrounds:
            rules["attribute_filter"] = partial(_checked, frozenset(map(written_address, self._issued)))
        return rules


def _checked(issued: frozenset[str], tag: str, name: str, value: str) -> str | None:
    """An attribute as it is; None for a style that names anything but our own addresses."""
    if name != "style" or not (begun := len(_ANY_ADDRESS.findall(value))):
        return value
    addresses = _OUR_ADDRESS.findall(value)
    return value if len(addresses) == begun and issued.issuperset(addresses) else None


def tidy_url(url: str) -> str:
    """As a browser reads it: without control characters; and without those that only deceive the reader."""
    return _NOT_IN_URLS.sub("", url).strip(" \xa0").replace(" ", "%20")


def whole_url(url: str) -> str:
    """Of a picture: with the scheme that a mail has left out."""
    url = tidy_url(url)
    return f"https:{url}" if url.startswith("//") else url


def is_unseen(image: dict[str, str]) -> bool:
    """Whether the attributes of an <img> hide it, or leave it no more than a point."""
    known = _lengths(image, "width") + _lengths(image, "height")
    return _is_hidden(image) or 0 in known or (bool(known) and max(known) <= 1)


def is_unseen_box(attributes: dict[str, str]) -> bool:
    """Likewise of any other element, whose content may give it a size and whose thin line may be a long one."""
    width, height = _lengths(attributes, "width"), _lengths(attributes, "height")
    is_point = bool(width and height) and max(width + height) <= 1 and "padding" not in attributes.get("style", "")
    return _is_hidden(attributes) or is_point


def _is_hidden(attributes: dict[str, str]) -> bool:
    return bool(_HIDDEN.search(attributes.get("style", "")))


def _lengths(attributes: dict[str, str], side: str) -> list[float]:
    """In pixels, those that are said so."""
    size = _LENGTH.fullmatch(attributes.get(side, ""))
    style = attributes.get("style", "")
    found = [float(size[1])] if size else []
    return found + [float(one[1]) for one in _SIZES[side].finditer(style)] if side in style else found
