"""IMAP grammar, both ways: answers into nested values, arguments into what may go on the wire. Pure functions.

imapclient's own parser walks byte by byte and loses a whole batch to one malformed item; this one tokenises by a
regular expression and takes one response at a time. Its values are the same (a test compares them): tuples, bytes, int,
None.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from imapclient import imap_utf7

MAX_UID = 2**32 - 1
SET_OCTETS = 7000  # of one uid set, so that a command line stays below 8000 (RFC 7162, 4)
MAX_DEPTH = 300  # of lists in an answer: comparing or walking deeper ones is too deep a recursion for Python
QUOTED_OCTETS = 500  # longer strings go as literals

Response = list[bytes | tuple[bytes, bytes]]
"""One untagged response as imaplib stores it: (text ending in "{n}", literal) for each literal, then the rest of the
line."""


class Malformed(ValueError):
    """The server sent something that is not IMAP."""


class Literal(bytes):
    """A string argument that is sent as a literal (RFC 9051, 4.3)."""


# ---- answers

_PLAIN_TEXT = rb'"[^"\\]*+"'
_PART = rb"""\(
    "([^"\\]*+)"\x20"([^"\\]*+)"\x20                    # type, subtype
    (?:NIL|\((TEXT(?:\x20TEXT)*+)\))\x20                # parameters
    (NIL|TEXT)\x20(NIL|TEXT)\x20                        # Content-ID, description
    "([^"\\]*+)"\x20                                    # encoding
    (0|[1-9]\d{0,17})(?:\x20(0|[1-9]\d{0,17}))?\x20     # octets; lines of a text
    NIL\x20                                             # MD5
    (?:NIL|\("([^"\\]*+)"\x20(?:NIL|\((TEXT(?:\x20TEXT)*+)\))\))\x20  # disposition
    NIL\x20NIL\)""".replace(b"TEXT", _PLAIN_TEXT)  # language, location
_TOKEN = re.compile(
    rb"""[ \t]*(?:
    (%b)
    | (\()|(\))
    | "([^"\\]*)"
    | (NIL)(?![^\s()"])
    | ([1-9]\d*|0)(?![^\s()"])
    | "((?:[^"\\]|\\.)*)"
    | \{(\d+)\+?\}$
    | ((?i:BODY|BINARY)(?:\.(?i:PEEK))?\[[^\]]{0,2000}\](?:<\d+>)?|[^\s()"]+)
    | (.))"""
    % _PART,
    re.DOTALL | re.VERBOSE,
)
_PLAIN_PART = 1  # its groups; ten for the fields of a part of a BODYSTRUCTURE
_OPEN, _CLOSE, _PLAIN, _NIL, _NUMBER, _QUOTED, _LITERAL, _ATOM = range(12, 20)  # one more for no token
_IN_QUOTES = re.compile(rb'"([^"\\]*+)"')
_ESCAPED = re.compile(rb"\\([\"\\])")


def split_responses(stored: Iterable[bytes | tuple[bytes, bytes]]) -> Iterator[Response]:
    """imaplib's flat list of one kind of untagged response, cut into responses."""
    response: Response = []
    for piece in stored:
        response.append(piece)
        if not isinstance(piece, tuple):
            yield response
            response = []


def parse(response: Response) -> tuple[Any, ...]:
    """Nested tuples of bytes (atoms, strings), int (unquoted numbers) and None (NIL). Raises Malformed."""
    stack: list[list[Any]] = [[]]
    for piece in response:
        text, literal = piece if isinstance(piece, tuple) else (piece, None)
        _parse_piece(stack, text, literal)
    if len(stack) != 1:
        raise Malformed("a parenthesis stays open")
    return tuple(stack[0])


def _parse_piece(stack: list[list[Any]], text: bytes, literal: bytes | None) -> None:
    """Add a text's values to the innermost open list. One loop with hardly a call: a page of a list has 3000 tokens, or
    a third of that where the parts of messages are taken as one each."""
    current = stack[-1]
    for token in _TOKEN.finditer(text, 0, len(text.rstrip())):
        kind = token.lastindex
        if kind in (_PLAIN, _ATOM):
            current.append(token[kind])
        elif kind == _NIL:
            current.append(None)
        elif kind == _NUMBER:
            current.append(int(token[_NUMBER][:20]))
        elif kind == _OPEN:
            if len(stack) > MAX_DEPTH:
                raise Malformed("nested too deeply")
            current = []
            stack.append(current)
        elif kind == _CLOSE:
            if len(stack) == 1:
                raise Malformed("a parenthesis too many")
            closed = tuple(stack.pop())
            current = stack[-1]
            current.append(closed)
        else:
            current.append(_larger_value(token, literal, len(stack)))


def _larger_value(token: re.Match[bytes], literal: bytes | None, depth: int) -> Any:
    if token.lastindex == _PLAIN_PART:
        return _plain_part(token, depth)
    if token.lastindex == _QUOTED:
        return _ESCAPED.sub(rb"\1", token[_QUOTED])
    return _literal(token[_LITERAL], literal)


def _plain_part(token: re.Match[bytes], depth: int) -> tuple[Any, ...]:
    """A part of a message without parts in it, as most servers tell of it (RFC 9051, 7.5.2): what its tokens would
    give, in a fifth of the time."""
    if depth > MAX_DEPTH - 2:
        raise Malformed("nested too deeply")
    fields = token.groups()[_PLAIN_PART : _OPEN - 1]
    kind, subtype, params, content_id, description, encoding, octets, lines, disposition, more = fields
    sizes = (int(octets), int(lines)) if lines else (int(octets),)
    disposed = None if disposition is None else (disposition, _plain_list(more))
    named = kind, subtype, _plain_list(params), _plain_or_nil(content_id), _plain_or_nil(description), encoding
    return (*named, *sizes, None, disposed, None, None)


def _plain_list(texts: bytes | None) -> tuple[bytes, ...] | None:
    return None if texts is None else tuple(_IN_QUOTES.findall(texts))


def _plain_or_nil(text: bytes) -> bytes | None:
    return None if text == b"NIL" else text[1:-1]


def _literal(size: bytes | None, literal: bytes | None) -> bytes:
    if size is None:
        raise Malformed("not a token")
    if literal is None or len(literal) != int(size):
        raise Malformed("a literal is missing")
    return literal


_FLAG_WORD = rb"(?!NIL[ )])[\\$]?[A-Za-z_][\w:.$-]*"
_MARKS = re.compile(
    rb"([1-9]\d{0,18}) \(UID ([1-9]\d{0,18}) FLAGS \(((?:%b(?: %b)*)?)\)\)" % (_FLAG_WORD, _FLAG_WORD), re.ASCII
)


_ROW = re.compile(
    rb"([1-9]\d{0,17}) \(UID ([1-9]\d{0,17}) FLAGS \(((?:%b(?: %b)*)?)\)" % (_FLAG_WORD, _FLAG_WORD)
    + rb' INTERNALDATE "([^"\\]*)" RFC822\.SIZE ([1-9]\d{0,17}) BODYSTRUCTURE (\(.*\))'
    + rb" (BODY\[HEADER\.FIELDS \([A-Z -]*\)\]<0>) \{(\d{1,9})\}",
    re.ASCII | re.DOTALL,
)
_Fetched = tuple[int, dict[bytes, Any]]


def parse_fetch(response: Response) -> _Fetched:
    """A FETCH response: the sequence number and its items by upper-case name."""
    text = response[0]
    # What a list asks for by the fifty: the general way takes three to ten times as long.
    if isinstance(text, bytes):
        if marks := _MARKS.fullmatch(text):
            number, uid, flags = marks.groups()
            return int(number), {b"UID": int(uid), b"FLAGS": tuple(flags.split())}
    elif response[1:] == [b")"] and (row := _ROW.fullmatch(text[0])) and (usual := _usual_row(row, text[1])):
        return usual
    parsed = parse(response)
    if len(parsed) != 2 or not isinstance(parsed[0], int) or not isinstance(parsed[1], tuple) or len(parsed[1]) % 2:
        raise Malformed("not a FETCH response")
    names, values = parsed[1][::2], parsed[1][1::2]
    return parsed[0], {
        bytes(name).upper(): value for name, value in zip(names, values, strict=True) if isinstance(name, bytes)
    }


def _usual_row(row: re.Match[bytes], literal: bytes) -> _Fetched | None:
    """None where what stands for the structure turns out to be something else."""
    number, uid, flags, date, octets, structure, name, size = row.groups()
    parsed = parse([structure])
    if len(parsed) != 1 or int(size) != len(literal):
        return None
    return int(number), {
        b"UID": int(uid),
        b"FLAGS": tuple(flags.split()),
        b"INTERNALDATE": date,
        b"RFC822.SIZE": int(octets),
        b"BODYSTRUCTURE": parsed[0],
        name: literal,
    }


def parse_numbers(data: bytes) -> list[int]:
    """The numbers of a SEARCH answer; what else it holds (MODSEQ) is left out. Duplicates and impossible uids are
    dropped."""
    words = data.split(b"(", 1)[0].split()
    return list(dict.fromkeys(number for word in words if word.isdigit() and 0 < (number := int(word[:20])) <= MAX_UID))


def parse_set(text: bytes, limit: int) -> list[int]:
    """A uid set in its order ("3:1" counts down); at most `limit` uids, Malformed beyond."""
    uids: list[int] = []
    for piece in text.split(b","):
        first, _, last = piece.partition(b":")
        if not first.isdigit() or (last and not last.isdigit()):
            raise Malformed("not a uid set")
        start, stop = int(first), int(last or first)
        if abs(stop - start) + len(uids) >= max(limit, 1):
            raise Malformed("a uid set larger than was asked for")
        uids.extend(range(start, stop + 1) if start <= stop else range(start, stop - 1, -1))
    return uids


_INTERNALDATE = re.compile(rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d)(?: ([+-]\d\d)(\d\d))?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NUMBERS = {name.encode(): number for number, name in enumerate(_MONTHS, 1)}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_internaldate(value: object) -> datetime:
    """RFC 9051's date-time as an aware datetime; EPOCH when it can't be read."""
    match = _INTERNALDATE.match(value) if isinstance(value, bytes) else None
    if match is None:
        return EPOCH
    day, month, year, hour, minute, second, east_hours, east_minutes = match.groups()
    try:
        zone = UTC if not east_hours else _zone(east_hours, east_minutes)
        number = _MONTH_NUMBERS[month.lower()]
        return datetime(int(year), number, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=zone)
    except (ValueError, KeyError):
        return EPOCH


@lru_cache(maxsize=100)
def _zone(hours: bytes, minutes: bytes) -> timezone:
    """Of "+02" and "00". ValueError for a day or more."""
    east = timedelta(hours=int(hours[1:]), minutes=int(minutes))
    return timezone(-east if hours[:1] == b"-" else east)


# ---- arguments

_CONTROL = re.compile(r"[\r\n\x00]")
_FLAG = re.compile(r"\\?[^\x00-\x20(){%*\"\\\]\x7f-\U0010ffff]{1,255}")
_SECTION = re.compile(r"(?:[1-9]\d{0,4}(?:\.[1-9]\d{0,4}){0,200}(?:\.(?:HEADER|TEXT|MIME))?|HEADER|TEXT)?")


def refuse_control(*texts: str) -> None:
    """ValueError for CR, LF or NUL: the characters that end a command line or a string."""
    for text in texts:
        if _CONTROL.search(text):
            raise ValueError("control characters can't be sent to a mail server")


def quote(text: str | bytes) -> bytes:
    """A string argument: quoted where that is allowed, else a Literal (RFC 9051, 4.3)."""
    raw = text.encode() if isinstance(text, str) else text
    if not raw.isascii() or len(raw) > QUOTED_OCTETS:
        return Literal(raw)
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def folder_argument(name: str) -> bytes:
    refuse_control(name)
    if not name:
        raise ValueError("a folder has a name")
    return quote(imap_utf7.encode(name))


def flags_argument(flags: Iterable[str]) -> bytes:
    checked = list(flags)
    for flag in checked:
        if not _FLAG.fullmatch(flag):
            raise ValueError(f"{flag!r} is not a flag")
    return b"(" + " ".join(checked).encode("ascii") + b")"


def section_argument(section: str) -> bytes:
    if not _SECTION.fullmatch(section):
        raise ValueError(f"{section!r} is not a section")
    return section.encode("ascii")


def uid_sets(uids: Iterable[int]) -> Iterator[bytes]:
    """The uids as compact sets ("1:3,7"), each short enough for one command. ValueError for what can't be a uid."""
    pieces: list[bytes] = []
    length = 0
    for first, last in _runs(sorted(set(uids))):
        piece = b"%d:%d" % (first, last) if last > first else b"%d" % first
        if length + len(piece) > SET_OCTETS:
            yield b",".join(pieces)
            pieces, length = [], 0
        pieces.append(piece)
        length += len(piece) + 1
    if pieces:
        yield b",".join(pieces)


def _runs(uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = previous = 0
    for uid in uids:
        if not isinstance(uid, int) or not 0 < uid <= MAX_UID:
            raise ValueError(f"{uid!r} is not a uid")
        if uid != previous + 1 or not start:
            if start:
                yield start, previous
            start = uid
        previous = uid
    if start:
        yield start, previous


_STRING_KEYS = {"BCC": 1, "BODY": 1, "CC": 1, "FROM": 1, "SUBJECT": 1, "TEXT": 1, "TO": 1, "HEADER": 2}
_PLAIN_KEY = re.compile(r"[A-Z]{2,16}|[0-9:,*]{1,7000}|\$?[A-Za-z0-9_-]{1,64}")


def search_argument(criteria: Sequence[Any]) -> list[bytes]:
    """Search keys (RFC 9051, 6.4.4) as segments for the wire. `criteria` is a list of keys, their arguments, and lists
    for parentheses: ["OR", ["FROM", "ann"], ["SUBJECT", "of mice"], "UNSEEN", "SINCE", date(2026, 1, 1), "LARGER",
    1000].

    What follows a key that takes a string is always sent as a string, so nothing a person types is read as a key or a
    literal.
    """
    segments: list[bytes] = []
    strings = 0
    for item in criteria:
        if strings:
            strings -= 1
            refuse_control(_text(item))
            segments.append(quote(_text(item)))
        elif isinstance(item, list | tuple):
            segments += _in_parentheses(search_argument(item))
        else:
            segments.append(_key(item))
            strings = _STRING_KEYS.get(item, 0) if isinstance(item, str) else 0
    if strings or not segments:
        raise ValueError("a search key lacks its argument")
    return segments


def _text(item: object) -> str:
    if not isinstance(item, str):
        raise ValueError(f"{item!r} is not text")
    return item


def _key(item: object) -> bytes:
    if isinstance(item, date):
        return f"{item.day}-{_MONTHS[item.month - 1].title()}-{item.year:04}".encode()
    text = str(item) if isinstance(item, int) else _text(item)
    if not _PLAIN_KEY.fullmatch(text):
        raise ValueError(f"{text!r} is not a search key")
    return text.encode("ascii")


def _in_parentheses(segments: list[bytes]) -> list[bytes]:
    return [b"(", *segments, b")"]
