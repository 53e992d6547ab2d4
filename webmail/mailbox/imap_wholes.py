"""What is done to a whole folder of a mail server, as part of ImapMailbox: messages told by when they arrived and how
they look, in any folder, and marked without their rows. Everything is asked for as it is now."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from webmail.mailbox.base import Presence
from webmail.mailbox.imap_folders import ImapFolders, repeatable
from webmail.mailbox.kept import digested
from webmail.mailbox.query import Query, search_keys
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_types import Row, Selected

MAX_UID = 2**32 - 1


class ImapWholes(ImapFolders):
    @abstractmethod
    def _opened(
        self, folder: str, uidvalidity: int | None = None
    ) -> AbstractContextManager[tuple[ImapSession, Selected]]: ...

    @repeatable
    def find(self, folder: str, query: Query | None = None, *, since: int = 1) -> tuple[int, list[int]]:
        keys = search_keys(query) if query else ["ALL"]
        if since > 1:
            keys = [*keys, "UID", f"{since}:*"]
        with self._opened(folder) as (session, selected):
            found = session.search(keys, anew=True)
        # "n:*" always has the last message, also where that is older (RFC 9051, 9, seq-range).
        return selected.uidvalidity, [uid for uid in found if uid >= since]

    @repeatable
    def next_place(self, folder: str) -> tuple[int, int]:
        with self._lease(None) as session, self._target(folder):
            status = session.status(folder)
        return status.uidvalidity, max(status.uidnext, 1)

    @repeatable
    def census(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Presence]:
        with self._opened(folder, uidvalidity) as (session, _selected):
            found = session.fetch_presence(real(uids))
        return {uid: Presence(int(arrived.timestamp()), flags) for uid, (arrived, flags) in found.items()}

    @repeatable
    def looks(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, str]:
        with self._opened(folder, uidvalidity) as (session, _selected):
            return {row.uid: _look(row) for row in session.rows_of_headers(real(uids))}

    def flag(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        self._wake(folder)
        with self._opened(folder, uidvalidity) as (session, _selected):
            session.store(real(uids), add, remove)


def real(uids: Iterable[int]) -> list[int]:
    return [uid for uid in uids if 0 < uid <= MAX_UID]


def _look(row: Row) -> str:
    return digested(f"{row.internaldate.timestamp()} {row.size} {row.header!r}")
