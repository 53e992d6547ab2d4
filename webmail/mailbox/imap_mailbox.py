"""The mailbox over a mail server: translates the interface into calls of ImapSession.

Each method takes its own lease of a session and gives it back, so that nothing is held between two chunks of a
download or while a page is rendered. A page of a list is LIST, NOOP (or SELECT), FETCH of one window of sequence
numbers, STATUS: four round trips, however large the folder is. Nothing is stored here: the server is the truth.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import gettext as _

from webmail.mailbox.base import (
    PAGE_SIZE,
    Capabilities,
    Counts,
    Folder,
    FolderExists,
    FolderRefused,
    Mailbox,
    Message,
    MessageRef,
    NoSuchFolder,
    NoSuchMessage,
    Page,
    Role,
    StaleReference,
    Summary,
)
from webmail.mailbox.folders import Listed, addressable, arrange
from webmail.mailbox.query import Query, search_keys
from webmail.mime.headers import parse_headers
from webmail.mime.structure import choose_body, from_bodystructure, from_bytes
from webmail.mime.text import TransferDecoder
from webmail.mime.types import Part
from webmail.protocols.errors import Rejected, Unreachable
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_types import Row, Selected

CHUNK = 512 * 1024
UNREADABLE_LIMIT = 8 * 2**20  # octets fetched of a message whose structure the server can't tell
COUNTED_SINGLY = 100  # folders that get a STATUS each where the server lacks LIST-STATUS
MISSING = {"NONEXISTENT", "TRYCREATE"}  # RFC 5530
MAX_UID = 2**32 - 1

ATTEMPTS = 3  # one more than the pool keeps sessions for an account

P = ParamSpec("P")
T = TypeVar("T")
Lease = Callable[[str | None], AbstractContextManager[ImapSession]]


def repeatable(read: Callable[P, T]) -> Callable[P, T]:
    """A kept session may have died unnoticed (a firewall forgot it, its folder was removed): then it is done again on
    another one. Only for methods that may run twice without harm."""

    @wraps(read)
    def run(*args: P.args, **options: P.kwargs) -> T:
        for _attempt in range(ATTEMPTS - 1):
            try:
                return read(*args, **options)
            except Unreachable as error:
                if error.reason != "lost":
                    raise
        return read(*args, **options)

    return run


class ImapMailbox(Mailbox):
    """`lease(folder)` lends a session of the account, one with this folder open where there is one."""

    def __init__(self, lease: Lease):
        self._lease = lease
        self._folders: list[Folder] | None = None

    @property
    def capabilities(self) -> Capabilities:
        with self._lease(None) as session:
            words = frozenset(session.capabilities)
        return Capabilities(True, "QUOTA" in words, "SORT" in words, "IDLE" in words, words)

    # -- folders

    @repeatable
    def folders(self) -> list[Folder]:
        if self._folders is None:
            with self._lease(None) as session:
                listed = session.list_folders()
            self._folders = arrange(Listed(entry.name, entry.delimiter, entry.flags) for entry in listed)
        return self._folders

    @repeatable
    def counts(self, names: Sequence[str]) -> dict[str, Counts]:
        wanted = {name for name in names if addressable(name)}
        with self._lease(None) as session:
            listed = session.list_status()
            if listed is None:
                return _count_singly(session, sorted(wanted)[:COUNTED_SINGLY])
        found = {_spelled(entry.name): status for entry, status in listed if status}
        return {name: Counts(found[name].messages, found[name].unseen) for name in wanted if name in found}

    def create_folder(self, name: str) -> Folder:
        self._check_name(name)
        self._wake(None)
        with self._lease(None) as session, _folder_errors(name):
            session.create(name)
            session.subscribe(name)
        self._folders = None
        return self.folder(name)

    def rename_folder(self, name: str, new_name: str) -> Folder:
        folder = self.folder(name)
        if folder.role != Role.NONE:
            raise FolderRefused(_("This folder is needed for its purpose and keeps its name."))
        if folder.delimiter and new_name.startswith(name + folder.delimiter):
            raise FolderRefused(_("A folder can’t be moved into itself."))
        self._check_name(new_name)
        self._wake(None)
        with self._lease(None) as session, _folder_errors(new_name):
            session.select("INBOX")  # servers hang up on whoever has the folder open
            session.rename(name, new_name)
            session.unsubscribe(name)
            session.subscribe(new_name)
        self._folders = None
        return self.folder(new_name)

    def delete_folder(self, name: str) -> None:
        folder = self.folder(name)
        if folder.role != Role.NONE:
            raise FolderRefused(_("This folder is needed for its purpose and can’t be deleted."))
        if folder.delimiter and any(each.name.startswith(name + folder.delimiter) for each in self.folders()):
            raise FolderRefused(_("There are folders in this folder. Move or delete them first."))
        self._wake(None)
        with self._lease(None) as session, _folder_errors(name):
            if folder.selectable and session.status(name).messages:
                raise FolderRefused(_("There is still mail in this folder. Move or delete it first."))
            session.select("INBOX")  # servers hang up on whoever has the folder open
            session.delete(name)
            session.unsubscribe(name)
        self._folders = None

    def _check_name(self, name: str) -> None:
        delimiter = next((folder.delimiter for folder in self.folders() if folder.delimiter), None)
        levels = name.split(delimiter) if delimiter else [name]
        if not addressable(name) or not name.isprintable() or len(name) > 400 or not all(map(str.strip, levels)):
            raise FolderRefused(_("A folder name is one to 400 characters, without line breaks or empty levels."))
        if any(folder.name == _spelled(name) for folder in self.folders()):
            raise FolderExists(name)

    # -- messages

    @repeatable
    def list_messages(self, folder: str, page: int = 1, query: Query | None = None) -> Page:
        found = self.folder(_spelled(folder))
        with self._opened(found.name, fresh=True) as (session, selected):
            if query:
                return _found_page(session, selected, found, page, session.search(search_keys(query)))
            status = session.status(found.name)
            if status.uidvalidity not in (0, selected.uidvalidity):
                # Removed and made again by another program: a session that had the old one open is left looking at it.
                selected = session.select(found.name)
            number, first, last = _window(selected.exists, page)
            rows = session.window(first, last) if last else []
            summaries = _summaries(found.name, selected.uidvalidity, rows)
            return Page(found, selected.uidvalidity, summaries, number, selected.exists, status.unseen)

    @repeatable
    def summaries(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[Summary]:
        with self._opened(folder, uidvalidity) as (session, _selected):
            rows = session.rows(_real(uids))
        return [_summary(folder, uidvalidity, row) for row in rows]

    @repeatable
    def get_message(self, ref: MessageRef) -> Message:
        if not _real([ref.uid]):
            raise NoSuchMessage(str(ref.uid))
        with self._opened(ref.folder, ref.uidvalidity, fresh=True) as (session, _selected):
            row = session.fetch_structure(ref.uid)
            if row is None:
                raise NoSuchMessage(str(ref.uid))
            if row.bodystructure is None:  # the server can't read it; we can
                root = from_bytes(session.fetch_part(ref.uid, "", 0, UNREADABLE_LIMIT))
            else:
                root = from_bodystructure(row.bodystructure)
        body = choose_body(root)
        return Message(_summary(ref.folder, ref.uidvalidity, row, bool(body.attachments)), root, body)

    @repeatable
    def read_part(self, ref: MessageRef, part: Part, limit: int | None = None) -> bytes:
        chunks: list[bytes] = []
        missing = limit
        with self._opened(ref.folder, ref.uidvalidity) as (session, _selected):
            while missing is None or missing > 0:
                wanted = CHUNK if missing is None else min(CHUNK, missing)
                chunk = _fetch_part(session, ref.uid, part.section, sum(map(len, chunks)), wanted)
                chunks.append(chunk)
                missing = None if missing is None else missing - len(chunk)
                if len(chunk) < wanted:
                    break
        return b"".join(chunks)

    def stream_part(self, ref: MessageRef, part: Part) -> Iterator[bytes]:
        decoder = TransferDecoder(part.encoding)
        for chunk in self._stream(ref, part.section):
            yield decoder.feed(chunk)
        yield decoder.flush()

    def stream_raw(self, ref: MessageRef) -> Iterator[bytes]:
        return self._stream(ref, "")

    def _stream(self, ref: MessageRef, section: str) -> Iterator[bytes]:
        offset = 0
        while True:
            chunk = self._chunk(ref, section, offset)
            if chunk:
                yield chunk
            if len(chunk) < CHUNK:
                return
            offset += len(chunk)

    @repeatable
    def _chunk(self, ref: MessageRef, section: str, offset: int) -> bytes:
        with self._opened(ref.folder, ref.uidvalidity) as (session, _selected):
            return _fetch_part(session, ref.uid, section, offset, CHUNK)

    # -- changes

    @repeatable
    def set_flags(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        with self._opened(folder, uidvalidity) as (session, _selected):
            session.store(_real(uids), add, remove)

    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], target: str) -> dict[int, MessageRef | None]:
        if folder == target:
            return {}
        self._wake(folder)
        with self._opened(folder, uidvalidity) as (session, _selected), _target(target):
            places = session.move(_real(uids), target)
        return {uid: MessageRef(target, *place) if place else None for uid, place in places.items()}

    def delete(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        self._wake(folder)
        with self._opened(folder, uidvalidity) as (session, _selected):
            session.expunge(_real(uids))

    def append(
        self, folder: str, raw: bytes, *, flags: Sequence[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        self._wake(None)
        with self._lease(None) as session, _target(folder):
            place = session.append(folder, raw, flags, received)
        return MessageRef(folder, *place) if place else None

    @repeatable
    def find_message_id(self, folder: str, message_id: str) -> MessageRef | None:
        if not message_id:
            return None
        with self._opened(folder, fresh=True) as (session, selected):
            found = session.search(["HEADER", "Message-ID", message_id])
        return MessageRef(folder, selected.uidvalidity, found[-1]) if found else None

    @repeatable
    def _wake(self, folder: str | None) -> None:
        """Before what must not run twice: the session that will be lent for it next is alive, or is replaced now."""
        with self._lease(folder) as session:
            session.noop()

    @contextmanager
    def _opened(
        self, folder: str, uidvalidity: int | None = None, *, fresh: bool = False
    ) -> Iterator[tuple[ImapSession, Selected]]:
        """A session with this folder open. `fresh` asks the server for news, where opening the folder has not just
        done that."""
        with self._lease(folder) as session:
            try:
                before = session.selected
                selected = session.select_if_needed(folder, uidvalidity)
                if fresh and before and before.folder == folder:
                    selected = session.noop() or selected
            except Rejected as refusal:
                _explain_refusal(session, refusal, folder)
                raise
            if uidvalidity not in (None, selected.uidvalidity):
                raise StaleReference(folder)
            yield session, selected


def _explain_refusal(session: ImapSession, refusal: Rejected, folder: str) -> None:
    """Not every server says why a folder can't be opened (RFC 5530 is younger than some): then look whether it is
    there. With the session at hand: a thread that waits for a second one while it holds a first may wait for itself."""
    if refusal.code in MISSING or all(_spelled(entry.name) != folder for entry in session.list_folders()):
        raise NoSuchFolder(folder) from refusal


def _spelled(name: str) -> str:
    """INBOX is one folder in any case (RFC 9051, 5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name


def _real(uids: Iterable[int]) -> list[int]:
    return [uid for uid in uids if 0 < uid <= MAX_UID]


def _summary(folder: str, uidvalidity: int, row: Row, has_attachments: bool | None = None) -> Summary:
    if has_attachments is None:
        structure = row.bodystructure
        has_attachments = structure is not None and bool(choose_body(from_bodystructure(structure)).attachments)
    return Summary(
        MessageRef(folder, uidvalidity, row.uid),
        parse_headers(row.header),
        row.flags,
        row.internaldate,
        row.size,
        has_attachments,
    )


def _window(total: int, page: int) -> tuple[int, int, int]:
    """(page number, first, last) of a page counted from the end; positions from 1, both 0 for an empty list."""
    number = max(1, min(page, -(-total // PAGE_SIZE)))
    last = total - (number - 1) * PAGE_SIZE
    return number, min(last, max(1, last - PAGE_SIZE + 1)), last


def _found_page(session: ImapSession, selected: Selected, folder: Folder, page: int, uids: Sequence[int]) -> Page:
    number, first, last = _window(len(uids), page)
    rows = session.rows(uids[first - 1 : last]) if last else []
    return Page(folder, selected.uidvalidity, _summaries(folder.name, selected.uidvalidity, rows), number, len(uids))


def _summaries(folder: str, uidvalidity: int, rows: Sequence[Row]) -> tuple[Summary, ...]:
    return tuple(_summary(folder, uidvalidity, row) for row in reversed(rows))


def _fetch_part(session: ImapSession, uid: int, section: str, offset: int, length: int) -> bytes:
    try:
        return session.fetch_part(uid, section, offset, length)
    except Rejected as refusal:
        if refusal.code == "NONEXISTENT":
            raise NoSuchMessage(str(uid)) from refusal
        raise


def _count_singly(session: ImapSession, names: Iterable[str]) -> dict[str, Counts]:
    counted: dict[str, Counts] = {}
    for name in names:
        try:
            status = session.status(name)
        except Rejected:
            continue
        counted[name] = Counts(status.messages, status.unseen)
    return counted


@contextmanager
def _target(folder: str) -> Iterator[None]:
    """A folder to put mail into that is not there."""
    try:
        yield
    except Rejected as refusal:
        if refusal.code in MISSING:
            raise NoSuchFolder(folder) from refusal
        raise


@contextmanager
def _folder_errors(name: str) -> Iterator[None]:
    """What a server says no to when folders are changed, as a sentence; its own words at the end, as text."""
    try:
        yield
    except Rejected as refusal:
        if refusal.code == "ALREADYEXISTS":
            raise FolderExists(name) from refusal
        if refusal.code in MISSING:
            raise NoSuchFolder(name) from refusal
        raise FolderRefused(_("The mail server refuses: %(reply)s") % {"reply": refusal.reply or refusal}) from refusal
