"""Inline styles of mail: bleach's sanitiser chooses the properties, then every declaration must match a grammar that
can load nothing, paint over nothing and leave no room for a second reading of it.

A url() becomes a plain word that holds its address (MARK and hexadecimal digits) before anybody judges the style, and
so passes only where a word may stand. with_pictures() then writes what the caller gives for it, or "none": no url() of
a mail is ever passed on. A mail that writes such a word itself has written a url() and nothing more.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from bleach.css_sanitizer import CSSSanitizer

from webmail.mime.allowed import PICTURE_STYLES, STYLE_FUNCTIONS, STYLES

LENGTH_LIMIT = 4_000  # characters of one style attribute
REMEMBERED_LENGTH = 400  # characters
MARK = "our-picture-"

_SANITIZER = CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=frozenset())
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)  # one without an end too, or each beginning is a search for it
# In all of these, each blank and letter can be matched in one way only: else thousands of them without the end that is
# looked for cost the square of their number, or its cube.
_URL = re.compile(r"""url\((?:\s*"[^"]*"\s*|\s*'[^']*'\s*|[^"'()]*)\)""", re.IGNORECASE)
_MARKED = re.compile(rf"{MARK}([0-9a-f]*)")
_DECLARATION = re.compile(r"""([a-z\-]+)\s*+:\s*+((?:[\w\s#%.,()!+*/\-]|"[\w\s.,\-]*"|'[\w\s.,\-]*')++)""")
_FUNCTION = re.compile(r"(?<![\w\-])([\w\-]*+)\s*+\(")
_VIEWPORT_UNIT = re.compile(r"\d[sld]?v(?:h|min|max|b|i)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?:^|[\s(,])-\s*[\d.]")


def clean_style(style: str) -> str:
    """The declarations of a style attribute that may stay, as `name: value; name: value`, without any picture; "" if
    none may."""
    return with_pictures(marked_style(style), lambda _: None)


def marked_style(style: str) -> str:
    """Likewise, with a marked word for each picture, for with_pictures()."""
    if len(style) > LENGTH_LIMIT or "\\" in style:
        return ""
    return _remembered(style) if len(style) <= REMEMBERED_LENGTH else _cleaned(style)


def with_pictures(marked: str, address_of: Callable[[str], str | None]) -> str:
    """`marked` (of a style, of a whole sheet or of a start tag) with the address that `address_of` gives for each
    picture, or `none`."""
    if MARK not in marked:
        return marked

    def written(match: re.Match[str]) -> str:
        address = address_of(_address(match[1]))
        return f"url({written_address(address)})" if address else "none"

    return _MARKED.sub(written, marked)


def written_address(address: str) -> str:
    """As a url() may hold it in a sheet and in an attribute: without quotation marks, blanks, brackets and "&"."""
    return quote(address, safe="/:@%=+?~")


def background_style(address: str) -> str:
    """The declaration that a `background` attribute stands for."""
    return f"background-image: {_mark(address)}; "


def _mark(address: str) -> str:
    return MARK + address.encode("utf-8", "replace").hex()


def _address(digits: str) -> str:
    try:
        return bytes.fromhex(digits).decode("utf-8", "replace")
    except ValueError:  # digits that a mail wrote itself
        return ""


def _named(match: re.Match[str]) -> str:
    address = match[0][4:-1].strip()
    if address.startswith(('"', "'")):
        address = address[1:-1].strip()
    return f" {_mark(address)} "


def _cleaned(style: str) -> str:
    try:
        # A background keeps its colour when it loses its picture: white text needs it.
        style = _SANITIZER.sanitize_css(_URL.sub(_named, _COMMENT.sub(" ", style)))
    except RecursionError:  # thousands of brackets
        return ""
    return "; ".join(kept for declaration in style.split(";") if (kept := _kept(declaration.strip())))


# Newsletters of one sender repeat their styles; what is kept stays below 3 MB, whatever mail holds.
_remembered = lru_cache(maxsize=2048)(_cleaned)


def _kept(declaration: str) -> str:
    match = _DECLARATION.fullmatch(declaration)
    if not match or match[1] not in STYLES:
        return ""
    name, value = match[1], " ".join(match[2].split())
    if "/*" in value or any(
        function.lower() not in STYLE_FUNCTIONS for function in _FUNCTION.findall(value) if function
    ):
        return ""
    # A height in units of the frame, whose height follows its content, would grow without end.
    if _VIEWPORT_UNIT.search(value) or (name.startswith(("margin", "text-indent")) and _pulls_back(value)):
        return ""
    if MARK in value and (name not in PICTURE_STYLES or '"' in value or "'" in value):
        return ""
    return f"{name}: {value}"


def _pulls_back(value: str) -> bool:
    """Moved out of its place: over other content, or out of sight."""
    return "(" in value or bool(_NEGATIVE.search(value))
