"""Header fields to values (RFC 5322, 2047). Bad mail is data: nothing here raises, and nothing costs more than its
length.

The product's lists read a handful of fields of many messages, so the fields are cut and decoded here by a few regular
expressions; the email package costs ten times as much for the same values, and more than linear time on some hostile
ones.
"""

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache

from webmail.mime.charsets import decode_text
from webmail.mime.transfer import decode_transfer
from webmail.mime.types import Address, Headers

BLOCK_LIMIT = 1 << 20  # octets of a header that are read
VALUE_LIMIT = 100_000  # characters of one value; some 3000 recipients
WORD_LIMIT = 2_000  # characters of one encoded word: 75 by RFC 2047, some senders know no limit
MESSAGE_IDS_LIMIT = 200
WAYS_OUT_LIMIT, WAYS_OUT_OCTETS, WAY_OUT_LIMIT = 10, 20_000, 2_000  # of List-Unsubscribe; characters of each

_END_OF_BLOCK = re.compile(rb"\n\r?\n")
_FOLD = re.compile(rb"(?<!\r)\r*\n(?=[ \t])")
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*)", re.MULTILINE)
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SHIFTS = re.compile(rb"[\0\x1b]")  # ESC: ISO-2022 looks like ASCII
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_OCTET = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_SPACE = re.compile(r"\s+")
_CHARSET = r"=\?([\w.:+\-]{1,60})(?:\*[\w\-]*)?\?"
_ENCODED_WORD = re.compile(rf"{_CHARSET}([bBqQ])\?([^\r\n]{{0,{WORD_LIMIT}}}?)\?=", re.ASCII)
_BETWEEN_WORDS = re.compile(rf"(\?=)[ \t\r\n]+(?={_CHARSET}[bBqQ]\?)", re.ASCII)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
# Of text without space at its ends. Each blank can be matched in one way only: a hundred thousand must cost no more.
_SIMPLE_MAILBOX = re.compile(r'(?:"([^"\\]*)"\s*|([^"\\<>(),;:@\[\]]*))<([^\s<>"\\(),;:]+)>')
_USUAL_DATE = re.compile(  # parsedate_tz takes everything else too, and five times as long
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) ([12]\d{3}) (\d\d):(\d\d):(\d\d)"
    r" ([+-])(\d\d)(\d\d)(?: \([A-Z]+\))?",
    re.ASCII,
)
_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_SIMPLE_ADDRESS = re.compile(r'([^\s<>"\\(),;:]+)')
_ADDRESS_TOKEN = re.compile(r'\\.|["()<>,;:]|[^\\"()<>,;:]+|\\', re.DOTALL)
_BRACKETED = re.compile(r"<([^<>]*)>|\((?:[^()]|\([^()]*\))*\)")  # a comment may hold anything, addresses too
_WAY_OUT = re.compile(r"(?:https?|mailto):[!-;=?-~]+", re.IGNORECASE)
_NEEDS_QUOTES = re.compile(r"[^\w\s!#$%&\'*+\-/=?^`{|}~]|\A\s|\s\Z|\s\s")
FAMILIAR, FAMILIAR_OCTETS = 2_000, 200  # mailboxes that are remembered, and octets of each at most

Fields = dict[str, list[bytes]]
"""Values by lower-case name, in the order of the header."""


def header_block(raw: bytes) -> bytes:
    """The octets before the first empty line, at most BLOCK_LIMIT of them; all of `raw` where there is none."""
    raw = raw[:BLOCK_LIMIT]
    if raw.startswith((b"\n", b"\r\n")):
        return b""
    end = _END_OF_BLOCK.search(raw)
    return raw[: end.start()].removesuffix(b"\r") if end else raw


def header_fields(raw: bytes) -> Fields:
    """Lower-case field names with their unfolded values, in order. Lines that are no field are left out (RFC 5322,
    2.2)."""
    block = header_block(raw)
    if b"\n " in block or b"\n\t" in block:
        block = _FOLD.sub(b"", block)
    fields: Fields = {}
    for name, value in _FIELD.findall(block):
        fields.setdefault(name.decode("ascii").lower(), []).append(value.strip())
    return fields


def parse_headers(raw: bytes) -> Headers:
    """What the product reads of a header; `raw` may go on with the body. Several From or To fields count as one
    list."""
    fields = header_fields(raw)
    return Headers(
        subject=decode_header(_first(fields, "subject")),
        sender=_people(fields, "from"),
        reply_to=_people(fields, "reply-to"),
        to=_people(fields, "to"),
        cc=_people(fields, "cc"),
        bcc=_people(fields, "bcc"),
        date=parse_date(_first(fields, "date")),
        message_id=parse_message_id(_first(fields, "message-id")),
        in_reply_to=parse_message_id(_first(fields, "in-reply-to")),
        references=_message_ids(b" ".join(fields.get("references", ()))),
        list_id=_list_id(_first(fields, "list-id")),
        authentication=tuple(
            one_line(field.decode("ascii", "replace")) for field in fields.get("authentication-results", ())[:10]
        ),
        unsubscribe=_unsubscribe(_first(fields, "list-unsubscribe")),
        one_click=_first(fields, "list-unsubscribe-post").strip().lower() == b"list-unsubscribe=one-click",
    )


def parse_listed(raw: bytes) -> Headers:
    """What a list shows of parse_headers(): subject, people, date and list. All else is left empty."""
    fields = header_fields(raw)
    return Headers(
        decode_header(_first(fields, "subject")),
        _people(fields, "from"),
        (),
        _people(fields, "to"),
        _people(fields, "cc"),
        _people(fields, "bcc"),
        parse_date(_first(fields, "date")),
        list_id=_list_id(_first(fields, "list-id")),
    )


def _first(fields: Fields, name: str) -> bytes:
    return fields[name][0] if name in fields else b""


def _people(fields: Fields, name: str) -> tuple[Address, ...]:
    return parse_addresses(b",".join(fields[name])) if name in fields else ()


def decode_header(raw: bytes | str) -> str:
    """Unstructured text (RFC 2047) as one line without control characters. Unencoded 8-bit text is read as UTF-8, else
    Windows-1252."""
    return one_line(_decode_words(_as_text(raw)))


def one_line(text: str) -> str:
    """`text` with runs of white space as one space, without control characters and without those that turn the writing
    direction."""
    if text.isprintable() and "  " not in text:  # most are: an ordinary space is the only one that is printable
        return text.strip()
    return _SPACE.sub(" ", _CONTROL.sub("", _SPACE.sub(" ", text))).strip()


def _as_text(raw: bytes | str) -> str:
    if isinstance(raw, bytes):
        value = raw[:VALUE_LIMIT]
        return value.decode("ascii") if value.isascii() and not _SHIFTS.search(value) else decode_text(value)
    if not _SURROGATE.search(raw):
        return raw[:VALUE_LIMIT]
    # U+DC80 to U+DCFF: how the email package carries octets that are no text.
    return decode_text(_NO_OCTET.sub("", raw[:VALUE_LIMIT]).encode("utf-8", "surrogateescape"))


def _decode_words(text: str) -> str:
    if "=?" not in text:
        return text
    return "".join(_pieces(_BETWEEN_WORDS.sub(r"\1", text)))


def _pieces(text: str) -> Iterator[str]:
    """Plain and decoded pieces. Adjacent words of one charset are decoded as one: some senders cut characters in
    two."""
    position, octets, charset = 0, b"", ""
    for word in _ENCODED_WORD.finditer(text):
        if octets and (word.start() > position or word[1].lower() != charset):
            yield decode_text(octets, charset)
            octets = b""
        yield text[position : word.start()]
        charset, position = word[1].lower(), word.end()
        octets += _word_octets(word[2], word[3])
    yield decode_text(octets, charset)
    yield text[position:]


def _word_octets(encoding: str, payload: str) -> bytes:
    octets = payload.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    return decode_transfer(octets, "base64")


def parse_addresses(raw: bytes | str) -> tuple[Address, ...]:
    """The mailboxes of an address list (RFC 5322, 3.4), group names left out. Encoded words are decoded after the list
    is cut, so that none can add a mailbox, and never within an address."""
    if isinstance(raw, bytes) and len(raw) <= FAMILIAR_OCTETS and (familiar := _familiar(raw)):
        return familiar
    text = _as_text(raw).strip()
    if simple := _simple_mailbox(text):
        return simple
    found = (_mailbox(tokens) for tokens in _split_list(_lex(text)))
    return tuple(address for address in found if address.name or address.address)


@lru_cache(maxsize=FAMILIAR)
def _familiar(raw: bytes) -> tuple[Address, ...]:
    """_simple_mailbox() of octets. A list is mail from few people, to one: what each is called is found once, and kept
    once."""
    return _simple_mailbox(_as_text(raw).strip())


def _simple_mailbox(text: str) -> tuple[Address, ...]:
    """The one mailbox of a text that holds nothing but an address, after a name or alone; else ()."""
    if named := _SIMPLE_MAILBOX.fullmatch(text):
        return (Address(one_line(_decode_words(named[1] or named[2] or "")), one_line(named[3])),)
    alone = _SIMPLE_ADDRESS.fullmatch(text)
    return (Address("", one_line(alone[1])),) if alone else ()


def _lex(text: str) -> list[tuple[str, str]]:
    """(kind, text) with the kinds of _Kinds: quoted strings, comments, angles, separators and words. A delimiter that
    is never closed is an ordinary character; each kind needs at most one second look, so that the cost stays linear."""
    plain: set[str] = set()
    while True:
        tokens, unclosed = _lex_once(text, plain)
        if not unclosed:
            return tokens
        plain.add(unclosed)


_CLOSING = {'"': '"', "(": ")", "<": ">"}


def _lex_once(text: str, plain: set[str]) -> tuple[list[tuple[str, str]], str]:
    tokens: list[tuple[str, str]] = []
    opened, depth = "", 0
    inner: list[str] = []
    for piece in _ADDRESS_TOKEN.findall(text):
        if not opened:
            if piece in _CLOSING and piece not in plain:
                opened, depth, inner = piece, 1, []
            else:
                tokens.append((piece if piece in ",;:" else "word", piece))
            continue
        if opened == "(" == piece:
            depth += 1
        elif piece == _CLOSING[opened]:
            depth -= 1
            if depth == 0:
                tokens.append((opened, "".join(inner)))
                opened = ""
                continue
        inner.append(piece[1:] if piece[0] == "\\" and opened != "<" else piece)
    return tokens, opened


def _split_list(tokens: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Cuts at commas, semicolons, and after the colon that ends a group's name."""
    current: list[tuple[str, str]] = []
    for token in tokens:
        if token[0] in ",;:":
            if token[0] != ":":
                yield current
            current = []
        else:
            current.append(token)
    yield current


def _mailbox(tokens: list[tuple[str, str]]) -> Address:
    """Of several angles the last is the address, and all that is before it the name: what a reader sees is where an
    answer goes."""
    angles = [index for index, (kind, _) in enumerate(tokens) if kind == "<"]
    if angles:
        name = " ".join(text for kind, text in tokens[: angles[-1]] if kind != "(" and (kind, text) != ("word", '"'))
        address = tokens[angles[-1]][1]
        # A route (RFC 5322, 4.4) says nothing about the mailbox.
        address = address.rpartition(":")[2] if address.startswith("@") else address
    else:
        name, address = _bare_mailbox(tokens)
    if not name.strip():
        name = " ".join(text for kind, text in tokens if kind == "(")
    return Address(
        one_line(_decode_words(name)), _SPACE.sub("", one_line(address)) if '"' not in address else one_line(address)
    )


def _bare_mailbox(tokens: list[tuple[str, str]]) -> tuple[str, str]:
    """No angles: the last word with an @ is the address; a single word without one too ("root")."""
    text = "".join(f'"{text}"' if kind == '"' else text for kind, text in tokens if kind != "(").strip()
    if text.startswith('"') and '"@' in text:
        return "", text
    words = text.split()
    if text.count("@") == 1:
        words = re.sub(" ?([@.]) ?", r"\1", " ".join(words)).split()
    with_at = [index for index, word in enumerate(words) if "@" in word]
    if with_at:
        return " ".join(words[: with_at[-1]] + words[with_at[-1] + 1 :]).strip('"'), words[with_at[-1]]
    return ("", words[0].strip('"')) if len(words) == 1 else (text.strip('"'), "")


def format_address(address: Address) -> str:
    """For people and for parse_addresses(), not for the wire: `Ann <ann@example.org>`, the name quoted where it must
    be."""
    name = one_line(address.name)
    if not name:
        return address.address
    if _NEEDS_QUOTES.search(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address.address}>" if address.address else name


def parse_date(raw: bytes | str) -> datetime | None:
    """An aware date and time (RFC 5322, 3.3); None when unreadable, before 1970 or after 2099. An unknown zone counts
    as UTC."""
    try:
        year, month, day, hour, minute, second, east = _date_values(_as_text(raw[:200]))
        if not 1970 <= year < 2100:
            return None
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(east))  # a leap second
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@lru_cache(maxsize=100)
def _zone(east: int) -> timezone:
    """Of so many seconds. ValueError for a day or more."""
    return timezone(timedelta(seconds=east)) if east else UTC


def _date_values(text: str) -> tuple[int, ...]:
    """Year to second, and seconds east of UTC. Raises ValueError, TypeError or IndexError."""
    usual = _USUAL_DATE.fullmatch(text)
    if usual and usual[2] in _MONTHS:
        day, month, year, hour, minute, second, sign, hours, minutes = usual.groups()
        east = int(hours) * 3600 + int(minutes) * 60
        east = -east if sign == "-" else east
        return int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), east
    parsed = parsedate_tz(text)
    if parsed is None:
        raise ValueError("not a date")
    return *parsed[:6], parsed[9] or 0


def _message_ids(raw: bytes) -> tuple[str, ...]:
    """Identifiers with their brackets, without repetition; the last ones where there are too many."""
    found = _MESSAGE_ID.findall(raw[-VALUE_LIMIT:].decode("ascii", "replace"))
    return tuple(dict.fromkeys(found))[-MESSAGE_IDS_LIMIT:]


def parse_message_id(raw: bytes) -> str:
    """The first identifier of the field, with its angle brackets; "" if there is none."""
    found = _MESSAGE_ID.search(raw[:VALUE_LIMIT].decode("ascii", "replace"))
    if found:
        return found[0]
    bare = _MESSAGE_ID.fullmatch(f"<{raw.decode('ascii', 'replace').strip()}>")  # some senders forget the brackets
    return bare[0] if bare else ""


def _list_id(raw: bytes) -> str:
    """RFC 2919: the identifier in the last brackets; some lists send only that, without brackets."""
    if not raw:
        return ""
    text = decode_header(raw)
    return text[text.rfind("<") + 1 :].partition(">")[0].strip()[:255]


def _unsubscribe(raw: bytes) -> tuple[str, ...]:
    """RFC 2369, 2: the bracketed addresses in the sender's order, folding undone; other schemes are left out."""
    text = raw[:WAYS_OUT_OCTETS].decode("ascii", "replace")
    found = ["".join(item.split()) for item in _BRACKETED.findall(text) if item]
    if not found and "<" not in text:
        found = [text.strip()]  # some senders forget the brackets around a single one
    return tuple(uri for uri in found if len(uri) <= WAY_OUT_LIMIT and _WAY_OUT.fullmatch(uri))[:WAYS_OUT_LIMIT]
