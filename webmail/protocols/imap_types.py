"""What an IMAP session answers with: plain values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One folder of LIST. `name` is decoded from modified UTF-7; `flags` as the server spells them (\\Noselect, \\Sent,
    \\Subscribed…)."""

    name: str
    delimiter: str | None
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Status:
    """Counts of a folder (STATUS). What the server left out is 0."""

    messages: int = 0
    unseen: int = 0
    uidnext: int = 0
    uidvalidity: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """How much of its space a mailbox uses; both in octets."""

    used: int
    limit: int


@dataclass(slots=True)
class Selected:
    """The folder a session has open. `exists` follows what the server reports with any later answer."""

    folder: str
    uidvalidity: int
    exists: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of one message. `header` holds imap_reading.HEADER_FIELDS as the server sent them (a
    block of RFC 5322 lines); `bodystructure` is the server's (RFC 9051, 7.5.2) as nested tuples of bytes, int and None,
    None when it can't be read; `size` in octets. `first` are the first octets of part 1 that came along with an opened
    message, None where they were not asked for or not told."""

    uid: int
    flags: frozenset[str]
    internaldate: datetime
    size: int
    header: bytes = field(repr=False)
    bodystructure: tuple[Any, ...] | None = field(repr=False, default=None)
    first: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Glance:
    """The open folder at one moment. `flags` are those of a window of it, by uid, in order of arrival, and `rows` the
    rows, where they were asked for and the server told them readably; `status` is None where the server does not count
    the folder it has open."""

    exists: int
    flags: dict[int, frozenset[str]]
    status: Status | None
    rows: list[Row] | None = None


Place = tuple[int, int] | None
"""(uidvalidity, uid) of a message in the folder it was put into; None where the server does not tell."""
