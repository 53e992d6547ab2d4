"""Values with parameters: Content-Type and Content-Disposition (RFC 2045, 5.1; RFC 2183), and their RFC 2231
extensions.

Read leniently, written strictly; the names of files are made harmless here, once, for every reader.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote_to_bytes

from webmail.mime.charsets import decode_text
from webmail.mime.headers import decode_header, one_line

FILENAME_LIMIT = 200  # characters
PARAMETERS_LIMIT = 100

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))', re.DOTALL)
_COMMENT = re.compile(r"\([^()]*\)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+\-]{1,100}/[a-z0-9!#$&^_.+\-]{1,100}")
_TOKENS = re.compile(r"[^\s()<>@,;:\\\"/\[\]?=]+(?:/[^\s()<>@,;:\\\"/\[\]?=]+)?")
_NOT_IN_FILENAMES = re.compile(r'[/\\:*?"<>|]')


def parse_value(raw: bytes | str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """`text/plain; charset=utf-8` → ("text/plain", (("charset", "utf-8"),)); the value and the names lower case."""
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
    text = text[:20_000].replace("\r", "").replace("\n", " ")
    pairs = [
        (match[1], _ESCAPED.sub(r"\1", match[2]) if match[2] is not None else _COMMENT.sub("", match[3]).strip())
        for match in _PARAMETER.finditer(text)
        if match[2] is not None or match[3].strip()
    ]
    value = without_comments(text.partition(";")[0]).strip().lower()
    return "".join(character for character in value if character.isprintable()), join_parameters(pairs)


def join_parameters(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Names lower case and once, continuations put together, charsets decoded (RFC 2231, 3 and 4)."""
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in list(pairs)[:PARAMETERS_LIMIT]:
        match = _SECTION.fullmatch(name.lower())
        if match:
            # The extended form of a name wins over the plain one, which is there for old readers (RFC 6266, 4.3).
            number = int(match[2]) if match[2] else -1 if match[3] else -2
            sections.setdefault(match[1], {}).setdefault(number, (value, bool(match[3])))
    return tuple((name, _joined(found)) for name, found in sections.items())


def _joined(found: dict[int, tuple[str, bool]]) -> str:
    is_continued = 0 in found
    pieces = [found[number] for number in sorted(found) if number >= 0] if is_continued else [found[max(found)]]
    if not any(extended for _, extended in pieces):
        return decode_header("".join(value for value, _ in pieces))
    charset, octets = "", b""
    for index, (value, extended) in enumerate(pieces):
        if index == 0 and extended and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        octets += unquote_to_bytes(value) if extended else value.encode("utf-8", "surrogateescape")
    return one_line(decode_text(octets, charset))


def without_comments(text: str) -> str:
    """Structured text (RFC 5322, 3.2.2) with a space for each comment."""
    return _COMMENT.sub(" ", text)


def content_type(value: str, default: str = "text/plain") -> str:
    """A usable "type/subtype": `default` where none was given or what was given follows no syntax (RFC 2045, 5.2),
    application/octet-stream where it is a name that means nothing."""
    value = "/".join(word.strip() for word in value.split("/"))
    if value in ("text", "text/"):
        return "text/plain"
    if _TYPE.fullmatch(value):
        return value
    return "application/octet-stream" if _TOKENS.fullmatch(value) else default


def safe_filename(name: str) -> str:
    """A name to show and to offer for saving: one line, no path, no character that a file system or a header would act
    on."""
    name = _NOT_IN_FILENAMES.sub("_", one_line(name)).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if len(name) <= FILENAME_LIMIT:
        return name
    if dot and len(extension) <= 20:
        return stem[: FILENAME_LIMIT - len(extension) - 1] + dot + extension
    return name[:FILENAME_LIMIT]


def write_parameter(name: str, value: str) -> list[str]:
    """The parameter as pieces for a header, each short enough for a line: `name="value"`, or RFC 2231 for what is not
    plain ASCII."""
    if value.isascii() and value.isprintable() and len(value) <= 60:
        return ['{}="{}"'.format(name, value.replace("\\", "\\\\").replace('"', '\\"'))]
    encoded = quote(value, safe="!#$&+-.^_`|~")
    if len(encoded) <= 50:
        return [f"{name}*=utf-8''{encoded}"]
    pieces = re.findall(r"(?:%..|[^%]){1,16}", encoded)
    return [f"{name}*{index}*={piece}" for index, piece in enumerate(["utf-8''" + pieces[0], *pieces[1:]])]
