"""How a message that the server lists finds its row of the journal, so that none is lost and none doubled.

1. By UIDL (RFC 1939, 7) and size: a row of this maildrop that is still on the server needs no RETR.
2. By content: everything else is fetched, and its SHA-256 looked for among the rows no other listed message stands for.
   A hit is a message we have, which the server numbered anew, or which moved with the maildrop to another server: its
   row takes the new UIDL.
3. No row left: a new message. Two identical ones listed side by side need two rows, so both are kept (`occurrence`).
A UIDL that is missing, blank or listed twice is no name; such messages go by content alone, at the price of a RETR each
check. A row that we know to be gone from the server stands for a listed message only if UIDL and content are both the
same: the server brought it back; the same bytes under a new name are new mail.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Account
from webmail.popimport.models import MAX_ATTEMPTS, Imported
from webmail.protocols.pop3 import UidlEntry

T = TypeVar("T")
UIDL_LIMIT = 200
BATCH = 500


class Listed(NamedTuple):
    """A message as this session numbers it; `uidl` is "" unless it names this message alone."""

    number: int
    uidl: str
    size: int


def maildrop_of(account: Account) -> str:
    """User name and server; not the port, because the same maildrop answers on 110 and 995."""
    return f"{account.incoming_username}@{account.incoming_host.lower()}"


def readable(entries: Iterable[UidlEntry]) -> list[Listed]:
    """The listing with UIDLs that fit a column, and none that is shared."""
    entries = list(entries)
    seen = Counter(entry.uidl for entry in entries)
    return [Listed(entry.number, _name(entry.uidl) if seen[entry.uidl] == 1 else "", entry.size) for entry in entries]


def _name(uidl: str | None) -> str:
    uidl = (uidl or "").strip()
    if len(uidl) <= UIDL_LIMIT and uidl.isascii() and (uidl.isprintable() or not uidl):
        return uidl
    return "sha256:" + hashlib.sha256(uidl.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(slots=True)
class Journal:
    """The rows of one account in one session. `taken` are those some listed message stands for already."""

    account: Account
    maildrop: str
    taken: set[int] = field(default_factory=set)
    failing: set[int] = field(default_factory=set)  # numbers of messages that could not be had before

    def compare(self, listing: Sequence[Listed]) -> tuple[list[tuple[Listed, Imported]], list[Listed]]:
        """(what needs no RETR, what does, in that order). First come known UIDLs that may name other mail now, so that
        their rows are free for new UIDLs; last what failed before, so that it holds up nothing else."""
        rows = self._by_uidl(listing)
        known: list[tuple[Listed, Imported]] = []
        doubtful: list[Listed] = []
        fresh: list[Listed] = []
        for message in listing:
            candidates = rows.get(message.uidl, []) if message.uidl else self._failed(message)
            if row := next((row for row in candidates if _is_certain(row, message)), None):
                self.taken.add(row.pk)
                known.append((message, row))
                continue
            if any(row.imported_at is None for row in candidates):
                self.failing.add(message.number)
            (doubtful if candidates else fresh).append(message)
        return known, sorted(doubtful + fresh, key=lambda message: message.number in self.failing)

    def find(self, message: Listed, sha256: str) -> Imported:
        """The row that stands for this content, now named as it is listed; one without pk: the message is new, see
        add()."""
        same = self._same_content(sha256)
        named = [row for row in same if message.uidl and (row.maildrop, row.uidl) == (self.maildrop, message.uidl)]
        row = next((row for row in [*named, *same] if self._stands(row, message)), None)
        if row is None:
            row = self._new(message)
            row.sha256, row.imported_at = sha256, timezone.now()
            row.occurrence = _next_occurrence(same, row.maildrop, row.uidl)
            return row
        self.taken.add(row.pk)
        if message.uidl:
            self._rename(row, message, same)
        return row

    def add(self, row: Imported) -> None:
        """Save a new row, in the transaction that stores the message."""
        row.save(force_insert=True)
        self.taken.add(row.pk)

    def arrived(self, message: Listed) -> None:
        """Whatever was wrong with this message before is over."""
        if message.number in self.failing:
            Imported.objects.filter(pk__in=[row.pk for row in self._failed(message)[:1]]).delete()

    def set_aside(self, message: Listed, reason: str, reply: str = "", *, attempts: int) -> None:
        """Remember that this message could not be had; `attempts` more of MAX_ATTEMPTS are spent."""
        before = self._failed(message)
        row = before[0] if before else self._new(message)
        row.failed, row.reply, row.size = reason, reply, message.size
        row.attempts = min(row.attempts + attempts, MAX_ATTEMPTS)
        if not before:
            unread = list(self._rows.filter(maildrop=self.maildrop, sha256=""))
            row.occurrence = _next_occurrence(unread, row.maildrop, row.uidl)
        row.save()
        self.taken.add(row.pk)

    def close(self, *, certain: bool) -> None:
        """After a session that went through the whole listing: what nothing listed stands for is gone from the server.
        Not `certain`: a message could not be had, and it may be any of those."""
        ours = self._rows.filter(maildrop=self.maildrop, deleted_remotely_at=None)
        rows = ours.values_list("pk", "imported_at")
        gone = [(pk, imported) for pk, imported in rows if pk not in self.taken]
        for part in _batches([pk for pk, imported in gone if imported is None]):
            self._rows.filter(pk__in=part).delete()
        if certain:
            self.deleted(pk for pk, imported in gone if imported is not None)

    def deleted(self, rows: Iterable[int]) -> None:
        """The server has removed these."""
        for part in _batches(rows):
            self._rows.filter(pk__in=part).update(deleted_remotely_at=Now())

    @property
    def _rows(self) -> "QuerySet[Imported]":
        return Imported.objects.filter(account=self.account)

    def _new(self, message: Listed) -> Imported:
        return Imported(account=self.account, maildrop=self.maildrop, uidl=message.uidl, size=message.size)

    def _same_content(self, sha256: str) -> list[Imported]:
        return list(self._rows.filter(sha256=sha256, imported_at__isnull=False).order_by("pk"))

    def _stands(self, row: Imported, message: Listed) -> bool:
        """Whether a row of the same content may be this message."""
        same_name = bool(message.uidl) and (row.maildrop, row.uidl) == (self.maildrop, message.uidl)
        return row.pk not in self.taken and (same_name or row.deleted_remotely_at is None)

    def _rename(self, row: Imported, message: Listed, same: list[Imported]) -> None:
        if (row.maildrop, row.uidl) != (self.maildrop, message.uidl):
            row.occurrence = _next_occurrence(same, self.maildrop, message.uidl)
        row.maildrop, row.uidl, row.size, row.deleted_remotely_at = self.maildrop, message.uidl, message.size, None
        row.save()

    def _failed(self, message: Listed) -> list[Imported]:
        """Rows of messages set aside that may be this one."""
        rows = self._rows.filter(maildrop=self.maildrop, uidl=message.uidl, imported_at=None)
        rows = rows if message.uidl else rows.filter(size=message.size)
        return [row for row in rows.order_by("pk") if row.pk not in self.taken]

    def _by_uidl(self, listing: Sequence[Listed]) -> dict[str, list[Imported]]:
        found: dict[str, list[Imported]] = {}
        for part in _batches(message.uidl for message in listing if message.uidl):
            for row in self._rows.filter(maildrop=self.maildrop, uidl__in=part):
                found.setdefault(row.uidl, []).append(row)
        return found


def _next_occurrence(rows: Iterable[Imported], maildrop: str, uidl: str) -> int:
    """Of the rows of one content: the next free number under this name."""
    return 1 + max((row.occurrence for row in rows if (row.maildrop, row.uidl) == (maildrop, uidl)), default=-1)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    """No SQL statement gets more than BATCH values: a maildrop may hold 50,000 messages."""
    remaining = iter(items)
    while part := list(islice(remaining, BATCH)):
        yield part


def _is_certain(row: Imported, message: Listed) -> bool:
    """Whether UIDL and size say enough: imported and still listed, or given up."""
    if row.size != message.size or row.deleted_remotely_at is not None:
        return False
    return bool(message.uidl) if row.imported_at else row.given_up
