"""Inline styles of mail: bleach's sanitiser chooses the properties, then every declaration must match a grammar that
can load nothing, paint over nothing and leave no room for a second reading of it."""

import re
from functools import lru_cache

from bleach.css_sanitizer import CSSSanitizer

from webmail.mime.allowed import STYLE_FUNCTIONS, STYLES

LENGTH_LIMIT = 4_000  # characters of one style attribute
REMEMBERED_LENGTH = 400  # characters

_SANITIZER = CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=frozenset())
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)  # one without an end too, or each beginning is a search for it
# Each blank can be matched in one way only: else thousands of them without a ")" cost the cube of their number.
_URL = re.compile(r"""url\((?:\s*"[^"]*"\s*|\s*'[^']*'\s*|[^"'()]*)\)""", re.IGNORECASE)
_DECLARATION = re.compile(r"""([a-z\-]+)\s*:\s*((?:[\w\s#%.,()!+*/\-]|"[\w\s.,\-]*"|'[\w\s.,\-]*')+)""")
_FUNCTION = re.compile(r"([\w\-]*)\s*\(")
_VIEWPORT_UNIT = re.compile(r"\d[sld]?v(?:h|min|max|b|i)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?:^|[\s(,])-\s*[\d.]")


def clean_style(style: str) -> str:
    """The declarations of a style attribute that may stay, as `name: value; name: value`; "" if none may."""
    if len(style) > LENGTH_LIMIT or "\\" in style:
        return ""
    return _remembered(style) if len(style) <= REMEMBERED_LENGTH else _cleaned(style)


def _cleaned(style: str) -> str:
    try:
        # A background keeps its colour when it loses its picture: white text needs it.
        style = _SANITIZER.sanitize_css(_URL.sub(" none ", _COMMENT.sub(" ", style)))
    except RecursionError:  # thousands of brackets
        return ""
    return "; ".join(kept for declaration in style.split(";") if (kept := _kept(declaration.strip())))


# Newsletters of one sender repeat their styles; what is kept stays below 2 MB, whatever mail holds.
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
    return f"{name}: {value}"


def _pulls_back(value: str) -> bool:
    """Moved out of its place: over other content, or out of sight."""
    return "(" in value or bool(_NEGATIVE.search(value))
