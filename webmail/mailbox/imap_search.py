"""Searches at a mail server: what is found, in which order, in one folder or in all; as part of ImapMailbox.

list_messages → in_folder() → the uids, searched or sorted by the server → rows of one page. Uids are kept in the cache:
where no flag is asked for, for as long as the folder holds the same messages (UIDNEXT and their number tell), so that
the same search or order again costs no search; else for those alone who turn its pages. everywhere() does so in one
folder after the other, for SECONDS in all, and merges by arrival. What could not be searched is told of (Coverage). The
cache may be lost at any time: then each page is a search.
"""

import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from webmail.mailbox.base import (
    PAGE_SIZE,
    Coverage,
    Folder,
    MessageRef,
    NoSuchFolder,
    Page,
    Role,
    StaleReference,
    Summary,
    number_of,
)
from webmail.mailbox.imap_folders import ImapFolders
from webmail.mailbox.kept import Kept
from webmail.mailbox.query import Query, Scope, Sort, search_keys
from webmail.protocols.errors import Rejected, Unreachable
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_types import Selected, Status

HITS = 1000  # of each folder, the newest, where all folders are searched
SECONDS = 15.0  # for all of them; a folder that was begun is finished
LEFT_OUT = {Role.JUNK, Role.TRASH}
_FIRST = {Role.INBOX: 0, Role.SENT: 1, Role.ARCHIVE: 2}

Found = TypeVar("Found")
Opened = Callable[[str], AbstractContextManager[tuple[ImapSession, Selected]]]


class ImapSearch(ImapFolders):
    """The half of ImapMailbox that searches."""

    def search(self, folder: Folder, page: int, query: Query) -> Page:
        """As list_messages."""
        if query.scope is not Scope.FOLDER:
            return self._found_everywhere(folder, page, query)
        with self._opened(folder.name) as (session, selected):
            uids = in_folder(session, selected, self._kept, query, anew=page == 1)
            number, wanted = _cut_out(uids, page)
            found = {row.ref.uid: row for row in self._found_rows(session, selected, wanted)}
            rows = tuple(found[uid] for uid in wanted if uid in found)
            coverage = Coverage(unordered=not can_order(session, query))
        return Page(folder, selected.uidvalidity, rows, number, len(uids), coverage=coverage)

    def _found_everywhere(self, here: Folder, page: int, query: Query) -> Page:
        folders, left_out = searched(self.folders(), query.scope, here)
        hits = everywhere(folders, self._opened, self._kept, query, anew=page == 1)
        number, wanted = _cut_out(hits.found, page)
        found = self._rows_of_hits(wanted)
        refs = (MessageRef(hit.folder, hit.uidvalidity, hit.uid) for hit in wanted)
        rows = tuple(found[ref] for ref in refs if ref in found)
        unordered = query.sort in (Sort.FROM, Sort.SUBJECT)
        coverage = Coverage(True, left_out, tuple(hits.missed), hits.cut, unordered)
        return Page(here, 0, rows, number, len(hits.found), coverage=coverage)

    def _rows_of_hits(self, hits: Iterable["Hit"]) -> dict[MessageRef, Summary]:
        """Without those of a folder that went away, or was numbered anew, since it was searched."""
        places: dict[tuple[str, int], list[int]] = {}
        for hit in hits:
            places.setdefault((hit.folder, hit.uidvalidity), []).append(hit.uid)
        found: dict[MessageRef, Summary] = {}
        for (folder, uidvalidity), uids in places.items():
            with suppress(NoSuchFolder, StaleReference), self._opened(folder, uidvalidity) as (session, selected):
                found |= {row.ref: row for row in self._found_rows(session, selected, uids)}
        return found

    @abstractmethod
    def _opened(
        self, folder: str, uidvalidity: int | None = None
    ) -> AbstractContextManager[tuple[ImapSession, Selected]]:
        """A session with this folder open; raises StaleReference where it is another one by now."""

    @abstractmethod
    def _found_rows(self, session: ImapSession, selected: Selected, uids: Sequence[int]) -> tuple[Summary, ...]:
        """The rows of these messages; those that are gone are left out."""


def _cut_out(found: Sequence[Found], page: int) -> tuple[int, Sequence[Found]]:
    """The number of the page that is shown, and what is on it."""
    number = number_of(page, len(found))
    return number, found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]


class Hit(NamedTuple):
    """A message that was found. `moment` in seconds since the epoch."""

    moment: float
    size: int
    folder: str
    uidvalidity: int
    uid: int


@dataclass(slots=True)
class Hits:
    found: list[Hit] = field(default_factory=list)
    missed: list[Folder] = field(default_factory=list)
    cut: bool = False


def can_order(session: ImapSession, query: Query) -> bool:
    return query.sort in (Sort.NEWEST, Sort.OLDEST) or "SORT" in session.capabilities


def in_folder(session: ImapSession, selected: Selected, kept: Kept, query: Query, *, anew: bool) -> list[int]:
    """The uids of what is found, in the order that was asked for where the server can sort, else newest first. Not
    `anew`: as they were when the first page was shown."""
    asked = f"{search_keys(query)} {query.sort if can_order(session, query) else ''}"
    known = kept.found(selected.folder, selected.uidvalidity, asked)
    if known and not (anew and (query.asks_for_flags or known[0] != _state(session.status(selected.folder)))):
        return known[1]
    status, uids = _asked(session, selected, query)
    kept.keep_found(selected.folder, selected.uidvalidity, asked, _state(status), uids)
    return uids


def _state(status: Status | None) -> list[int]:
    """Of a folder: while it stays the same, the same messages are there."""
    return [status.uidnext, status.messages] if status else []


def _asked(session: ImapSession, selected: Selected, query: Query) -> tuple[Status | None, list[int]]:
    """What the server finds, and how the folder was before."""
    if query.sort in (Sort.NEWEST, Sort.OLDEST) or not can_order(session, query):
        uids, status = session.search_and_count(search_keys(query))
        return status, uids if query.sort is Sort.OLDEST else uids[::-1]
    status = session.status(selected.folder)
    return status, session.sort(_order(session, query.sort), search_keys(query))


def _order(session: ImapSession, sort: Sort) -> Sequence[str]:
    """Sort keys of RFC 5256; by the name of a sender where the server can (RFC 5957), else by the address."""
    if sort is Sort.SIZE:
        return "REVERSE", "SIZE"
    sender = "DISPLAYFROM" if "SORT=DISPLAY" in session.capabilities else "FROM"
    return (sender if sort is Sort.FROM else "SUBJECT"), "REVERSE", "ARRIVAL"


def searched(folders: Iterable[Folder], scope: Scope, here: Folder) -> tuple[list[Folder], tuple[Folder, ...]]:
    """The folders to search, those first where most is found; and those left out."""
    usable = [folder for folder in folders if folder.selectable]
    left_out = tuple(each for each in usable if each.role in LEFT_OUT and scope is Scope.ALL)
    wanted = [each for each in usable if each not in left_out]
    return sorted(wanted, key=lambda each: (each != here, _FIRST.get(each.role, 3))), left_out


def everywhere(folders: Sequence[Folder], opened: Opened, kept: Kept, query: Query, *, anew: bool) -> Hits:
    """Hits of all these folders, the first of the order first. Raises what the server says where no folder at all could
    be searched."""
    asked = f"{search_keys(query)} {query.sort} {[folder.name for folder in folders]}"
    if not anew and (known := kept.hits(asked)):
        return Hits([Hit(*hit) for hit in known])
    hits, trouble, end = Hits(), None, time.monotonic() + SECONDS
    for folder in folders:
        if time.monotonic() > end:
            hits.missed.append(folder)
            continue
        try:
            with opened(folder.name) as (session, selected):
                _take(hits, session, selected, in_folder(session, selected, kept, _by_arrival(query), anew=anew))
        except (Rejected, NoSuchFolder, Unreachable) as error:
            hits.missed.append(folder)
            trouble = error
    if trouble and len(hits.missed) == len(folders):
        raise trouble
    hits.found.sort(key=_rank(query.sort), reverse=query.sort is not Sort.OLDEST)
    kept.keep_hits(asked, [list(hit) for hit in hits.found])
    return hits


def _by_arrival(query: Query) -> Query:
    return Query(query.clauses)


def _take(hits: Hits, session: ImapSession, selected: Selected, uids: Sequence[int]) -> None:
    hits.cut |= len(uids) > HITS
    for uid, (moment, size) in session.arrivals(uids[:HITS]).items():
        hits.found.append(Hit(_seconds(moment), size, selected.folder, selected.uidvalidity, uid))


def _rank(sort: Sort) -> Callable[[Hit], tuple[float, ...]]:
    return lambda hit: (hit.size if sort is Sort.SIZE else 0, hit.moment, hit.uid)


def _seconds(moment: datetime) -> float:
    """Also of a year that no clock of this machine knows."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
