"""IMAP responses as values: what a server said about folders and messages, with what it can't have meant left out. Pure
functions."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from imapclient import imap_utf7

from webmail.protocols.imap_parse import (
    MAX_UID,
    Malformed,
    Response,
    parse,
    parse_fetch,
    parse_internaldate,
    split_responses,
)
from webmail.protocols.imap_types import ListEntry, Quota, Row, Status

_NUMBER = re.compile(rb"\s*(\d{1,20})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def number_of(told: list[Any] | None) -> int | None:
    """The number of the last response code of a kind ("UIDVALIDITY 5"), None without one."""
    match = _NUMBER.match(told[-1]) if told and isinstance(told[-1], bytes) else None
    return int(match[1]) if match else None


def folder_entry(response: Response) -> ListEntry | None:
    """A LIST response; None for a malformed one. A name that we could not send back is listed as not selectable."""
    try:
        flags, delimiter, raw = parse(response)[:3]
        marks = {flag.decode("ascii", "replace") for flag in flags}
    except (Malformed, ValueError, TypeError, AttributeError):
        return None
    name, usable = folder_name(raw)
    separator = delimiter.decode("ascii", "replace") if isinstance(delimiter, bytes) and delimiter else None
    return ListEntry(name, separator, frozenset(marks if usable else marks | {"\\Noselect"})) if name else None


def folder_name(raw: object) -> tuple[str, bool]:
    """A name as people read it, and whether it can be sent back unchanged (modified UTF-7: RFC 3501, 5.1.3)."""
    wire = str(raw).encode() if isinstance(raw, int) else raw if isinstance(raw, bytes) else b"NIL"
    name = ""
    try:
        name = imap_utf7.decode(wire)
        usable = wire.isascii() and imap_utf7.encode(name) == wire and not _CONTROL.search(name)
    except (ValueError, LookupError):
        usable = False
    if not usable:
        name = wire.decode("utf-8", "replace")
    if name.upper() == "INBOX":
        return "INBOX", True
    return _CONTROL.sub("\ufffd", name), usable


def status_of(response: Response) -> tuple[str, Status] | None:
    """A STATUS response: the folder and its counts; None for a malformed one."""
    try:
        raw, items = parse(response)[:2]
        counts = {name.decode("ascii").lower(): value for name, value in zip(items[::2], items[1::2], strict=True)}
    except (Malformed, ValueError, TypeError, AttributeError):
        return None
    known = {
        name: value for name, value in counts.items() if name in Status.__dataclass_fields__ and isinstance(value, int)
    }
    return folder_name(raw)[0], Status(**known)


def quota_of(response: Response) -> Quota | None:
    """The STORAGE of a QUOTA response, in units of 1024 octets (RFC 9208, 5.1); None where it has none, or is
    malformed."""
    try:
        resources = parse(response)[1]
        triples = zip(resources[::3], resources[1::3], resources[2::3], strict=True)
        told = {name.upper(): (used, limit) for name, used, limit in triples}
        used, limit = told[b"STORAGE"]
    except (Malformed, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return None
    if not isinstance(used, int) or not isinstance(limit, int) or limit <= 0:
        return None
    return Quota(used * 1024, limit * 1024)


def fetched_items(fetched: Iterable[Any]) -> tuple[list[tuple[int, dict[bytes, Any]]], int]:
    """FETCH responses as (sequence number, items), and how many were malformed."""
    readable, malformed = [], 0
    for response in split_responses(fetched):
        try:
            readable.append(parse_fetch(response))
        except Malformed:
            malformed += 1
    return readable, malformed


def merged_items(
    fetched: Iterable[tuple[int, dict[bytes, Any]]], asked: Collection[int], *, by_uid: bool
) -> list[dict[bytes, Any]]:
    """One dict of items for each message, ascending by what was asked: uids, or sequence numbers if not `by_uid`. A
    server may spread a message over several responses, tell of changed flags by number alone, and mix in news of
    others (RFC 9051, 7.5.2). Left out: numbers nobody asked for, impossible uids, a message described in two ways, and
    a uid that two messages claim: it must never be shown under another's name."""
    wanted = frozenset(asked)
    messages: dict[int, dict[bytes, Any]] = {}
    contradicted: set[int] = set()
    uids: dict[int, Any] = {}  # by number
    for number, items in fetched:
        key = uids[number] = items.get(b"UID", uids.get(number)) if by_uid else number
        if not isinstance(key, int) or key not in wanted:
            continue
        known = messages.setdefault(key, {})
        if any(
            name != b"FLAGS" and known.get(name, value) != value for name, value in items.items() if name != b"MODSEQ"
        ):
            contradicted.add(key)
        known.update(items)
    kept = [items for key, items in sorted(messages.items()) if key not in contradicted and is_uid(items.get(b"UID"))]
    uses = Counter(items[b"UID"] for items in kept)
    return [items for items in kept if uses[items[b"UID"]] == 1]


def is_uid(value: object) -> bool:
    return isinstance(value, int) and 0 < value <= MAX_UID


def flags_of(items: dict[bytes, Any]) -> frozenset[str]:
    """Without \\Recent, which tells one session something and the next one nothing (RFC 9051, 2.3.2 has it no more)."""
    flags = items.get(b"FLAGS")
    if not isinstance(flags, tuple):
        return frozenset()
    return frozenset(flag.decode("ascii", "replace") for flag in flags if isinstance(flag, bytes)) - {"\\Recent"}


def row_of(items: dict[bytes, Any]) -> Row | None:
    """A row; None without a header, which is what news of other messages look like."""
    header = next((value for name, value in items.items() if name.startswith(b"BODY[HEADER")), False)
    if header is False:
        return None
    size, structure = items.get(b"RFC822.SIZE"), items.get(b"BODYSTRUCTURE")
    first = items.get(b"BODY[1]<0>")
    return Row(
        uid=items[b"UID"],
        flags=flags_of(items),
        internaldate=parse_internaldate(items.get(b"INTERNALDATE")),
        size=size if isinstance(size, int) else 0,
        header=header if isinstance(header, bytes) else b"",
        bodystructure=structure if isinstance(structure, tuple) and structure else None,
        first=first if isinstance(first, bytes) else None,
    )


def body_of(fetched: Iterable[Any], uid: int, section: str, offset: int) -> bytes | None:
    """The octets of one BODY[section]<offset> item; None when no response tells of this uid."""
    name = f"BODY[{section}]".encode("ascii").upper()
    for items in merged_items(fetched_items(fetched)[0], [uid], by_uid=True):
        for key in (name + b"<%d>" % offset, *([name] if offset == 0 else [])):
            if key in items:
                return items[key] if isinstance(items[key], bytes) else b""
    return None
