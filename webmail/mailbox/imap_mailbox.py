"""The mailbox over a mail server: translates the interface into calls of ImapSession.

Each method takes its own lease of a session and gives it back, so that nothing is held between two chunks of a
download or while a page is rendered. What never changes is fetched once (webmail/mailbox/kept.py): a page of a list
asks in one round trip for uids and flags of a window of sequence numbers, for news, and for the unread number, however
large the folder is; then for those rows that are not kept. (Where no known page tells of the rows, they come along.) An
opened message that is kept costs its flags, which also tell that it is still there. The server is the truth: nothing is
shown of which it does not tell now.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from webmail.mailbox import traced
from webmail.mailbox.base import (
    PAGE_SIZE,
    Capabilities,
    Message,
    MessageRef,
    NoSuchFolder,
    NoSuchMessage,
    Page,
    StaleReference,
    Summary,
    number_of,
)
from webmail.mailbox.encoded import row_headers
from webmail.mailbox.imap_folders import MISSING, repeatable, spelled
from webmail.mailbox.imap_search import ImapSearch
from webmail.mailbox.imap_wholes import ImapWholes, real
from webmail.mailbox.query import Query, Sort
from webmail.mime.headers import parse_headers, parse_listed
from webmail.mime.structure import choose_body, from_bodystructure, from_bytes, has_attachments
from webmail.mime.types import Headers, Part
from webmail.protocols.errors import Rejected
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_reading import FIRST_OCTETS
from webmail.protocols.imap_types import Glance, Place, Row, Selected

CHUNK = 512 * 1024
UNREADABLE_LIMIT = 8 * 2**20  # octets fetched of a message whose structure the server can't tell


class ImapMailbox(ImapSearch, ImapWholes):
    """An account's mail. Sessions and what is kept: see ImapFolders. `expects_strange_rows`: what is asked for has not
    been listed lately, so its rows come with the first look at them."""

    expects_strange_rows = False

    _first: tuple[MessageRef | None, bytes] = None, b""  # of the text, as it came with the message opened last

    @property
    def capabilities(self) -> Capabilities:
        with self._lease(None) as session:
            words = frozenset(session.capabilities)
        return Capabilities(True, "QUOTA" in words, "SORT" in words, "IDLE" in words, words)

    # -- messages

    @repeatable
    def list_messages(self, folder: str, page: int = 1, query: Query | None = None) -> Page:
        found = self.folder(spelled(folder))
        oldest_first = query == Query(sort=Sort.OLDEST)
        if query and not oldest_first:
            return self.search(found, page, query)
        with self._opened(found.name) as (session, selected):
            window = _window_from_the_start if oldest_first else _window
            seen, selected = _glance(session, selected, partial(window, page=page), self.expects_strange_rows)
            if seen.rows is None:
                rows = self._rows(session, selected, list(seen.flags), seen.flags)
            else:
                rows = tuple(self._kept_rows(selected, seen.rows).values())
        unread = seen.status.unseen if seen.status else None
        rows = rows if oldest_first else rows[::-1]
        return Page(found, selected.uidvalidity, rows, number_of(page, seen.exists), seen.exists, unread)

    def _rows(
        self, session: ImapSession, selected: Selected, uids: Sequence[int], flags: dict[int, frozenset[str]]
    ) -> tuple[Summary, ...]:
        """The rows of these messages, oldest first: kept ones with their `flags` of now, which tell that they are still
        there, others fetched and kept."""
        known = self._kept.rows(selected.folder, selected.uidvalidity, uids)
        rows = _flagged(known, flags)
        if missing := [uid for uid in uids if uid not in known]:
            rows |= self._kept_rows(selected, session.rows(missing))
        return tuple(rows[uid] for uid in sorted(rows))

    def _kept_rows(self, selected: Selected, fetched: Sequence[Row]) -> dict[int, Summary]:
        """Rows by uid, which are kept from now on."""
        found = _summaries(selected, fetched)
        self._kept.keep_rows(selected.folder, selected.uidvalidity, list(_lasting(fetched, found)))
        return found

    def _found_rows(self, session: ImapSession, selected: Selected, uids: Sequence[int]) -> tuple[Summary, ...]:
        """The same for what a search has just found, from all over the folder: in one round trip."""
        known = self._kept.near_rows(selected.folder, selected.uidvalidity, uids)
        fetched, flags = session.rows_and_flags([uid for uid in uids if uid not in known], known)
        found = _summaries(selected, fetched)
        self._kept.keep_near(_lasting(fetched, found))
        rows = _flagged(known, flags) | found
        return tuple(rows[uid] for uid in sorted(rows))

    @repeatable
    def get_message(self, ref: MessageRef) -> Message:
        if not real([ref.uid]):
            raise NoSuchMessage(str(ref.uid))
        self._first = None, b""
        known = self._kept.message(ref)
        with self._opened(ref.folder, ref.uidvalidity) as (session, selected):
            message = _as_of_now(session, known) if known else self._fetch_message(session, selected, ref)
        self._kept.note_opened(ref)
        return message

    def lately_opened(self, ref: MessageRef) -> Message:
        return self._kept.lately_opened(ref) or self.get_message(ref)

    def _fetch_message(self, session: ImapSession, selected: Selected, ref: MessageRef) -> Message:
        row = session.fetch_structure(ref.uid)
        if row is None:
            raise NoSuchMessage(str(ref.uid))
        if row.bodystructure is None:  # the server can't read it; we can
            root = from_bytes(session.fetch_part(ref.uid, "", 0, UNREADABLE_LIMIT))
        else:
            root = from_bodystructure(row.bodystructure)
        message = _message(selected, row, root)
        self._first = ref, (row.first or b"")[:FIRST_OCTETS]
        if _is_lasting(row):
            self._kept.keep_message(message.with_flags(frozenset()))
        return message

    def read_part(self, ref: MessageRef, part: Part, limit: int | None = None) -> bytes:
        first = self._first_of(ref, part)
        if 0 < len(first) < FIRST_OCTETS or (limit is not None and len(first) >= limit):
            return first[:limit]
        return first + self._read_on(ref, part, len(first), limit)

    def is_at_hand(self, ref: MessageRef, part: Part) -> bool:
        return bool(self._first_of(ref, part))

    def _first_of(self, ref: MessageRef, part: Part) -> bytes:
        """What came with the message of this part: all of it where that is less than FIRST_OCTETS, b"" for most."""
        of, first = self._first
        return first if ref == of and part.section == "1" else b""

    @repeatable
    def _read_on(self, ref: MessageRef, part: Part, offset: int, limit: int | None) -> bytes:
        """The part from `offset` on, up to `limit` octets of it in all."""
        chunks: list[bytes] = []
        missing = None if limit is None else limit - offset
        with self._opened(ref.folder, ref.uidvalidity) as (session, _selected):
            while missing is None or missing > 0:
                wanted = CHUNK if missing is None else min(CHUNK, missing)
                chunk = _fetch_part(session, ref.uid, part.section, offset + sum(map(len, chunks)), wanted)
                chunks.append(chunk)
                missing = None if missing is None else missing - len(chunk)
                if len(chunk) < wanted:
                    break
        return b"".join(chunks)

    def read_lasting(self, ref: MessageRef, part: Part, limit: int) -> bytes:
        kept = self._kept.octets(ref, part.section, limit)
        if kept is None:
            kept = self.read_part(ref, part, limit)
            self._kept.keep_octets(ref, part.section, limit, kept)
        return kept

    def stream_encoded(self, ref: MessageRef, part: Part, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        return self._stream(ref, part.section, start, stop)

    def stream_raw(self, ref: MessageRef) -> Iterator[bytes]:
        return self._stream(ref, "")

    def _stream(self, ref: MessageRef, section: str, offset: int = 0, stop: int | None = None) -> Iterator[bytes]:
        while stop is None or offset < stop:
            wanted = CHUNK if stop is None else min(CHUNK, stop - offset)
            chunk = self._chunk(ref, section, offset, wanted)
            if chunk:
                yield chunk
            if len(chunk) < wanted:
                return
            offset += len(chunk)

    @repeatable
    def _chunk(self, ref: MessageRef, section: str, offset: int, length: int) -> bytes:
        with self._opened(ref.folder, ref.uidvalidity) as (session, _selected):
            return _fetch_part(session, ref.uid, section, offset, length)

    # -- changes

    @repeatable
    def flags(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        with self._opened(folder, uidvalidity) as (session, _selected):
            return session.fetch_flags(real(uids), anew=False)

    @repeatable
    def set_flags(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> list[Summary]:
        with self._opened(folder, uidvalidity) as (session, selected):
            flags = _store(session, real(uids), frozenset(add), frozenset(remove))
            return list(self._rows(session, selected, list(flags), flags))

    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], target: str) -> dict[int, MessageRef | None]:
        if folder == target:
            return {}
        self._wake(folder, news=False)
        with self._opened(folder, uidvalidity) as (session, _selected), self._target(target):
            places = _move(session, real(uids), target)
        return {uid: MessageRef(target, *place) if place else None for uid, place in places.items()}

    def delete(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        self._wake(folder)
        with self._opened(folder, uidvalidity) as (session, _selected):
            session.expunge(real(uids))

    def append(
        self, folder: str, raw: bytes, *, flags: Sequence[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        self._wake(None, news=False)
        with self._lease(None) as session, self._target(folder):
            place = session.append(folder, raw, flags, received)
        return MessageRef(folder, *place) if place else None

    @repeatable
    def find_message_id(self, folder: str, message_id: str) -> MessageRef | None:
        if not message_id:
            return None
        with self._opened(folder) as (session, selected):
            found = session.search(["HEADER", "Message-ID", message_id], anew=True)
        return MessageRef(folder, selected.uidvalidity, found[-1]) if found else None

    @contextmanager
    def _opened(self, folder: str, uidvalidity: int | None = None) -> Iterator[tuple[ImapSession, Selected]]:
        """A session with this folder open; what it knows of it may be old."""
        with self._lease(folder) as session:
            try:
                selected = session.select_if_needed(folder, uidvalidity)
            except Rejected as refusal:
                self._explain(session, refusal, folder)
                raise
            if uidvalidity not in (None, selected.uidvalidity):
                raise StaleReference(folder)
            yield session, selected

    def _explain(self, session: ImapSession, refusal: Rejected, folder: str) -> None:
        """Not every server says why a folder can't be opened (RFC 5530 is younger than some): then look whether it is
        there. With the session at hand: a thread that waits for a second one while it holds a first may wait for
        itself."""
        if refusal.code in MISSING or all(spelled(entry.name) != folder for entry in session.list_folders()):
            self._forget()
            raise NoSuchFolder(folder) from refusal


def _store(
    session: ImapSession, uids: Sequence[int], add: frozenset[str], remove: frozenset[str]
) -> dict[int, frozenset[str]]:
    """The flags as this session knows them then: to ask for news after a change of flags makes a server with Maildir
    read the whole folder again. Only where something is missing, because a session passes over messages that it has not
    heard of yet, is that done, and the change once more."""
    session.store(uids, add, remove)
    flags = session.fetch_flags(uids, anew=False)
    if missed := [uid for uid in uids if uid not in flags or not add <= flags[uid] or remove & flags[uid]]:
        session.noop()
        session.store(missed, add, remove)
        flags |= session.fetch_flags(missed, anew=False)
    return flags


def _move(session: ImapSession, uids: Sequence[int], target: str) -> dict[int, Place]:
    """A session passes over messages that it has not heard of yet. Where the answer tells which it moved, the others
    are tried again after the news; elsewhere the news come first."""
    if "UIDPLUS" not in session.capabilities:
        return traced.moved(session, uids, target)
    tells = "MOVE" in session.capabilities
    if not tells:
        session.noop()
    places = session.move(uids, target)
    if tells and (missed := [uid for uid in uids if uid not in places]):
        session.noop()
        places |= session.move(missed, target)
    return places


def _as_of_now(session: ImapSession, known: Message) -> Message:
    """A message that is kept, with its flags, which also tell that it is still there."""
    flags = session.fetch_flags([known.ref.uid]).get(known.ref.uid)
    if flags is None:
        raise NoSuchMessage(str(known.ref.uid))
    return known.with_flags(flags)


def _window(total: int, page: int) -> tuple[int, int]:
    """First and last of a page counted from the end; positions from 1, both 0 for an empty list."""
    last = total - (number_of(page, total) - 1) * PAGE_SIZE
    return min(last, max(1, last - PAGE_SIZE + 1)), last


def _window_from_the_start(total: int, page: int) -> tuple[int, int]:
    first = (number_of(page, total) - 1) * PAGE_SIZE + 1
    return min(first, total), min(first + PAGE_SIZE - 1, total)


def _glance(
    session: ImapSession, selected: Selected, window: Callable[[int], tuple[int, int]], with_rows: bool
) -> tuple[Glance, Selected]:
    """Uids and flags of a page of the folder that has this name now, perhaps its rows."""
    seen = session.glance(window, with_rows=with_rows)
    if seen.status and seen.status.uidvalidity not in (0, selected.uidvalidity):
        # Removed and made again by another program: a session that had the old one open is left looking at it.
        selected = session.select(selected.folder)
        seen = session.glance(window)
    return seen, selected


def _is_lasting(row: Row) -> bool:
    """Whether this is all there is to know: not where the server could not read the message just now."""
    return bool(row.header) and row.bodystructure is not None


def _flagged(known: dict[int, Summary], flags: dict[int, frozenset[str]]) -> dict[int, Summary]:
    return {uid: row.with_flags(flags[uid]) for uid, row in known.items() if uid in flags}


def _summaries(selected: Selected, rows: Iterable[Row]) -> dict[int, Summary]:
    return {row.uid: _summary(selected, row) for row in rows}


def _lasting(rows: Iterable[Row], summaries: dict[int, Summary]) -> Iterator[Summary]:
    """Those of them that can be kept, without their flags."""
    return (summaries[row.uid].with_flags(frozenset()) for row in rows if _is_lasting(row))


def _summary(selected: Selected, row: Row) -> Summary:
    has_files = row.bodystructure is not None and has_attachments(row.bodystructure)
    return _summary_of(selected, row, row_headers(parse_listed(row.header)), has_files)


def _message(selected: Selected, row: Row, root: Part) -> Message:
    body = choose_body(root)
    return Message(_summary_of(selected, row, parse_headers(row.header), bool(body.attachments)), root, body)


def _summary_of(selected: Selected, row: Row, headers: Headers, has_attachments: bool) -> Summary:
    ref = MessageRef(selected.folder, selected.uidvalidity, row.uid)
    return Summary(ref, headers, row.flags, row.internaldate, row.size, has_attachments)


def _fetch_part(session: ImapSession, uid: int, section: str, offset: int, length: int) -> bytes:
    """As ImapSession.fetch_part. A session that has not heard of the message yet is told the news first."""
    try:
        return session.fetch_part(uid, section, offset, length)
    except Rejected as refusal:
        if refusal.code != "NONEXISTENT":
            raise
    session.noop()
    try:
        return session.fetch_part(uid, section, offset, length)
    except Rejected as refusal:
        if refusal.code == "NONEXISTENT":
            raise NoSuchMessage(str(uid)) from refusal
        raise
