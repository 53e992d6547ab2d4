"""The last known page of each list: what is shown at once while a slow server is asked for the live one, and all there
is to show while it does not answer.

RememberingMailbox.list_messages → the live page → LastKnown.keep (the cache, for a week, once the page has been sent:
afterwards.py). listing.py → recall(), for a server that pace.py expects to be slow, or that does not answer. What is
done here to messages shows in it: flags are entered in a journal per folder that recall() applies; a move, a deletion,
a change of folders makes all that was loaded before its end unusable, and is told before it begins and after it ended,
so that neither a crash nor a list loaded meanwhile brings a deleted message back. Keys hold the account and the version
of its settings; values are what the server said, so that a page is written in the language and zone of its reader. The
cache may be lost or down at any time: then there is no known page.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from webmail.mailbox import afterwards
from webmail.mailbox.base import Folder, MessageRef, NoSuchFolder, Page, Summary
from webmail.mailbox.encoded import FORMAT, folder_from, folder_values, row_from, row_values
from webmail.mailbox.imap_mailbox import ImapMailbox
from webmail.mailbox.kept import Bounded, answered, digested, get_many, set_many
from webmail.mailbox.pace import Pace, note_time, pace_of
from webmail.mailbox.query import Query
from webmail.protocols.errors import Unreachable

SECONDS = 7 * 24 * 3600
FRESH = 60.0  # seconds: an unchanged page is not written again within them, so its time of loading may be so much early
WRITTEN = 5_000  # pages of which this process knows what it wrote last
JOURNAL = 300  # messages with changed flags in a folder; more of them make its pages unusable instead
ACCOUNT = ""  # no folder has this name: what concerns all of them

Journal = dict[str, dict[str, tuple[float, bool]]]


@dataclass(frozen=True, slots=True)
class Known:
    page: Page
    folders: list[Folder]
    loaded: datetime


# By key, what this process wrote there last and when: digest, time.
_written: Bounded[tuple[str, float]] = Bounded(WRITTEN)


def digest(page: Page) -> str:
    """The same for pages that show the same."""
    rows = " ".join(f"{row.ref.uid}:{','.join(sorted(row.flags))}" for row in page.rows)
    return digested(f"{page.uidvalidity} {page.number} {page.total} {page.unread} {rows}")


class LastKnown:
    """One account's pages. `identity` is whatever tells this account, in these settings, from all others."""

    def __init__(self, identity: Sequence[object]):
        self._identity = "\0".join(map(str, identity))

    @property
    def pace(self) -> Pace:
        return pace_of(self._key("pace"))

    def note_time(self, seconds: float, *, warm: bool) -> None:
        note_time(self._key("pace"), seconds, warm=warm)

    # -- pages

    def keep(self, page: Page, begun: float) -> None:
        """A page that was asked for at `begun`, in seconds since the epoch."""
        afterwards.do(partial(self._keep, page, begun))

    def _keep(self, page: Page, begun: float) -> None:
        key = self._page_key(page.folder.name, page.number)
        if self._is_news(key, page.folder.name, digest(page), begun):
            rows = [[row.ref.uid, sorted(row.flags), row_values(row)] for row in page.rows]
            set_many({key: [begun, page.uidvalidity, page.total, page.unread, rows]}, SECONDS)

    def keep_folders(self, folders: Sequence[Folder], begun: float) -> None:
        key, values = self._key("folders"), [folder_values(folder) for folder in folders]
        if self._is_news(key, ACCOUNT, digested(repr(values)), begun):
            set_many({key: [begun, values]}, SECONDS)

    def has(self, folder: str, number: int) -> bool:
        """Whether recall() can be expected to find this page."""
        key = self._page_key(folder, number)
        return _written.get_many([key]) != [None] or bool(get_many([key]))

    def recall(self, folder: str, number: int) -> Known | None:
        """The page as it was, with what was done here since."""
        page_key, journal_key = self._page_key(folder, number), self._key("flags", folder)
        ends = self._key("end", folder), self._key("end")
        found = get_many([page_key, journal_key, self._key("folders"), *ends])
        end, folders_end = (max(_moment(found.get(key)), _last_written(key)) for key in ends)
        try:
            folders = _folders_from(found.get(self._key("folders")), folders_end)
            here = next((each for each in folders if each.name == folder), None)
            journal = _journal_from(found.get(journal_key))
            return _known_from(found.get(page_key), here, folders, number, end, journal)
        except ValueError:
            return None

    def folders(self) -> list[Folder]:
        """The account's folders as they were; none where nothing is known."""
        key, end_key = self._key("folders"), self._key("end")
        found = get_many([key, end_key])
        try:
            return _folders_from(found.get(key), max(_moment(found.get(end_key)), _last_written(end_key)))
        except ValueError:
            return []

    # -- what is done here

    def flags_changed(
        self, folder: str, uidvalidity: int, uids: Sequence[int], add: Sequence[str], remove: Sequence[str]
    ) -> None:
        key, now = self._key("flags", folder), time.time()
        found = answered([key])
        if found is None:  # what it has would be written over
            self.end(folder)
            return
        try:
            journal = _journal_from(found.get(key))
        except ValueError:
            journal = {}
        entry = dict.fromkeys(add, (now, True)) | dict.fromkeys(remove, (now, False))
        for uid in uids:
            journal[_entry(uidvalidity, uid)] = journal.get(_entry(uidvalidity, uid), {}) | entry
        if len(journal) > JOURNAL:
            self.end(folder)
            journal = {}
        set_many({key: journal}, SECONDS, certain=True)

    def end(self, *folders: str) -> None:
        """What was loaded of these folders until now is not shown again."""
        ends = {self._key("end", folder): time.time() for folder in folders}
        for key, end in ends.items():
            _written.set(key, ("", end), 1)
        set_many(ends, SECONDS, certain=True)

    @contextmanager
    def ending(self, *folders: str) -> Iterator[None]:
        """Around a change."""
        self.end(*folders)
        try:
            yield
        finally:
            self.end(*folders)

    def _is_news(self, key: str, folder: str, now_there: str, at: float) -> bool:
        """Whether it must be written; then it counts as written."""
        [last] = _written.get_many([key])
        end = _last_written(self._key("end", folder))
        if last and last[0] == now_there and end < last[1] > at - FRESH:
            return False
        _written.set(key, (now_there, at), 1)
        return True

    def _key(self, kind: str, folder: str = ACCOUNT) -> str:
        return f"known-{kind}:{FORMAT}:{digested(self._identity + chr(0) + folder)}"

    def _page_key(self, folder: str, number: int) -> str:
        return f"{self._key('page', folder)}:{number}"


class RememberingMailbox(ImapMailbox):
    """An ImapMailbox that keeps the last known pages true. `is_warm` tells whether a session waits to be used;
    `strange`: there is no known page of what will be listed."""

    def __init__(self, *parts: Any, known: LastKnown, is_warm: Callable[[], bool], strange: bool = False):
        super().__init__(*parts)
        self.expects_strange_rows = strange
        self._known = known
        self._is_warm = is_warm

    def folders(self) -> list[Folder]:
        begun, news = time.time(), self._folders is None
        found = super().folders()
        if news:
            self._known.keep_folders(found, begun)
        return found

    def list_messages(self, folder: str, page: int = 1, query: Query | None = None) -> Page:
        if query:
            return super().list_messages(folder, page, query)
        warm, begun, started = self._is_warm(), time.time(), time.monotonic()
        try:
            found = super().list_messages(folder, page)
        except Unreachable:
            self._known.pace.note_failure()
            raise
        except NoSuchFolder:
            self._known.end(folder)
            raise
        self._known.note_time(time.monotonic() - started, warm=warm)
        self._known.keep(found, begun)
        return found

    def set_flags(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> list[Summary]:
        rows = super().set_flags(folder, uidvalidity, uids, add=add, remove=remove)
        self._known.flags_changed(folder, uidvalidity, uids, add, remove)
        return rows

    def flag(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        with self._known.ending(folder):
            super().flag(folder, uidvalidity, uids, add=add, remove=remove)

    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], target: str) -> dict[int, MessageRef | None]:
        with self._known.ending(folder):
            return super().move(folder, uidvalidity, uids, target)

    def delete(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        with self._known.ending(folder):
            super().delete(folder, uidvalidity, uids)

    def create_folder(self, name: str) -> Folder:
        with self._known.ending(ACCOUNT, name):  # of a former folder of this name there may be pages
            return super().create_folder(name)

    def rename_folder(self, name: str, new_name: str) -> Folder:
        within = [each.name for each in self.folders() if each.name.startswith(f"{name}{each.delimiter}")]
        moved = [new_name + each.removeprefix(name) for each in within]
        with self._known.ending(ACCOUNT, name, new_name, *within, *moved):
            return super().rename_folder(name, new_name)

    def delete_folder(self, name: str, *, with_all: bool = False) -> None:
        within = [each.name for each in self.folders() if each.name.startswith(f"{name}{each.delimiter}")]
        with self._known.ending(ACCOUNT, name, *within):
            super().delete_folder(name, with_all=with_all)

    def subscribe(self, name: str, on: bool) -> None:
        with self._known.ending(ACCOUNT):
            super().subscribe(name, on)


def _last_written(key: str) -> float:
    [last] = _written.get_many([key])
    return last[1] if last else 0.0


def _moment(value: Any) -> float:
    return value if isinstance(value, float) else 0.0


def _folders_from(values: Any, end: float) -> list[Folder]:
    match values:
        case [float(begun), [*folders]] if begun > end:
            return [folder_from(each) for each in folders]
    raise ValueError("no folders")


def _known_from(
    values: Any, here: Folder | None, folders: list[Folder], number: int, end: float, journal: Journal
) -> Known:
    match values:
        case [float(begun), int(uidvalidity), int(total), (int() | None) as unread, [*rows]] if here and begun > end:
            summaries = tuple(_row_from(here.name, uidvalidity, each, begun, journal) for each in rows)
            page = Page(here, uidvalidity, summaries, number, total, unread)
            return Known(page, folders, datetime.fromtimestamp(begun, UTC))
    raise ValueError("no page")


def _row_from(folder: str, uidvalidity: int, values: Any, begun: float, journal: Journal) -> Summary:
    match values:
        case [int(uid), [*flags], row]:
            summary = row_from(MessageRef(folder, uidvalidity, uid), row)
            changes = journal.get(_entry(uidvalidity, uid), {})
            return replace(summary, flags=_changed(frozenset(map(str, flags)), begun, changes))
    raise ValueError("not a row")


def _changed(flags: frozenset[str], begun: float, changes: dict[str, tuple[float, bool]]) -> frozenset[str]:
    """Those that a later change here made of them."""
    later = {flag: on for flag, (at, on) in changes.items() if at > begun}
    return flags.difference(later) | {flag for flag, on in later.items() if on}


def _journal_from(values: Any) -> Journal:
    match values:
        case None:
            return {}
        case dict():
            return {str(entry): _changes_from(changes) for entry, changes in values.items()}
    raise ValueError("no journal")


def _changes_from(values: Any) -> dict[str, tuple[float, bool]]:
    match values:
        case dict():
            return {str(flag): _change_from(change) for flag, change in values.items()}
    raise ValueError("no changes of flags")


def _change_from(value: Any) -> tuple[float, bool]:
    match value:
        case [float(at), bool(on)]:
            return at, on
    raise ValueError("no change of a flag")


def _entry(uidvalidity: int, uid: int) -> str:
    return f"{uidvalidity}:{uid}"
