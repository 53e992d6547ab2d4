"""The mailbox over a mail server: translates the interface into calls of ImapSession.

Each method takes its own lease of a session and gives it back, so that nothing is held between two chunks of a
download or while a page is rendered. A page of a list is LIST, NOOP (or SELECT), FETCH of one window of sequence
numbers, STATUS: four round trips, however large the folder is. Nothing is stored here: the server is the truth.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

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
from webmail.protocols.errors import Rejected
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_types import Row, Selected

CHUNK = 512 * 1024
UNREADABLE_LIMIT = 8 * 2**20  # octets fetched of a message whose structure the server can't tell
COUNTED_SINGLY = 100  # folders that get a STATUS each where the server lacks LIST-STATUS
MISSING = {"NONEXISTENT", "TRYCREATE"}  # RFC 5530
MAX_UID = 2**32 - 1

Lease = Callable[[str | None], AbstractContextManager[ImapSession]]


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

    def folders(self) -> list[Folder]:
        if self._folders is None:
            with self._lease(None) as session:
                listed = session.list_folders()
            self._folders = arrange(Listed(entry.name, entry.delimiter, entry.flags) for entry in listed)
        return self._folders

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
            raise FolderRefused(_("A folder can't be moved into itself."))
        self._check_name(new_name)
        with self._lease(None) as session, _folder_errors(new_name):
            session.rename(name, new_name)
            session.unsubscribe(name)
            session.subscribe(new_name)
        self._folders = None
        return self.folder(new_name)

    def delete_folder(self, name: str) -> None:
        folder = self.folder(name)
        if folder.role != Role.NONE:
            raise FolderRefused(_("This folder is needed for its purpose and can't be deleted."))
        if folder.delimiter and any(each.name.startswith(name + folder.delimiter) for each in self.folders()):
            raise FolderRefused(_("There are folders in this folder. Move or delete them first."))
        with self._lease(None) as session, _folder_errors(name):
            if folder.selectable and session.status(name).messages:
                raise FolderRefused(_("There is still mail in this folder. Move or delete it first."))
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

    def list_messages(self, folder: str, page: int = 1, query: Query | None = None) -> Page:
        found = self.folder(_spelled(folder))
        with self._opened(found.name, fresh=True) as (session, selected):
            uids = session.search(search_keys(query)) if query else None
            total = selected.exists if uids is None else len(uids)
            number = max(1, min(page, -(-total // PAGE_SIZE)))
            last = total - (number - 1) * PAGE_SIZE
            first = max(1, last - PAGE_SIZE + 1)
            rows: list[Row] = []
            if total:
                rows = session.window(first, last) if uids is None else session.rows(uids[first - 1 : last])
            unread = None if query else session.status(found.name).unseen
        summaries = tuple(_summary(found.name, selected.uidvalidity, row) for row in reversed(rows))
        return Page(found, selected.uidvalidity, summaries, number, total, unread)

    def summaries(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[Summary]:
        with self._opened(folder, uidvalidity) as (session, _selected):
            rows = session.rows(_real(uids))
        return [_summary(folder, uidvalidity, row) for row in rows]

    def get_message(self, ref: MessageRef) -> Message:
        with self._opened(ref.folder, ref.uidvalidity) as (session, _selected):
            row = _fetch_opened(session, ref.uid)
            if row.bodystructure is None:  # the server can't read it; we can
                root = from_bytes(session.fetch_part(ref.uid, "", 0, UNREADABLE_LIMIT))
            else:
                root = from_bodystructure(row.bodystructure)
        body = choose_body(root)
        return Message(_summary(ref.folder, ref.uidvalidity, row, bool(body.attachments)), root, body)

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
            with self._opened(ref.folder, ref.uidvalidity) as (session, _selected):
                chunk = _fetch_part(session, ref.uid, section, offset, CHUNK)
            if chunk:
                yield chunk
            if len(chunk) < CHUNK:
                return
            offset += len(chunk)

    # -- changes

    def set_flags(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        with self._opened(folder, uidvalidity) as (session, _selected):
            session.store(_real(uids), add, remove)

    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], target: str) -> dict[int, MessageRef | None]:
        if folder == target:
            return {}
        with self._opened(folder, uidvalidity) as (session, _selected), _target(target):
            places = session.move(_real(uids), target)
        return {uid: MessageRef(target, *place) if place else None for uid, place in places.items()}

    def delete(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        with self._opened(folder, uidvalidity) as (session, _selected):
            session.expunge(_real(uids))

    def append(
        self, folder: str, raw: bytes, *, flags: Sequence[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        with self._lease(None) as session, _target(folder):
            place = session.append(folder, raw, flags, received)
        return MessageRef(folder, *place) if place else None

    def find_message_id(self, folder: str, message_id: str) -> MessageRef | None:
        if not message_id:
            return None
        with self._opened(folder, fresh=True) as (session, selected):
            found = session.search(["HEADER", "Message-ID", message_id])
        return MessageRef(folder, selected.uidvalidity, found[-1]) if found else None

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
                self._explain_refusal(refusal, folder)
                raise
            if uidvalidity not in (None, selected.uidvalidity):
                raise StaleReference(folder)
            yield session, selected

    def _explain_refusal(self, refusal: Rejected, folder: str) -> None:
        """Not every server says why a folder can't be opened (RFC 5530 is younger than some): then look whether it
        is there."""
        if refusal.code in MISSING or all(each.name != folder for each in self.folders()):
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


def _fetch_opened(session: ImapSession, uid: int) -> Row:
    """A message that came in after this session's last look is only known after the next one: ask again before
    giving up."""
    if not _real([uid]):
        raise NoSuchMessage(str(uid))
    row = session.fetch_structure(uid)
    if row is None:
        session.noop()
        row = session.fetch_structure(uid)
    if row is None:
        raise NoSuchMessage(str(uid))
    return row


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
