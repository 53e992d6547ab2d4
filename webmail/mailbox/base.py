"""The mailbox interface: everything an account can read, whatever lies behind it.

Two implementations, ImapMailbox over a mail server and LocalMailbox over our own tables, pass one contract suite
(tests/mailbox/contract.py). A message is never named by uid alone: folder, uidvalidity, uid (RFC 9051, 2.3.1.1).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from webmail.mime.text import TransferDecoder
from webmail.mime.types import Address, Body, Headers, Part

if TYPE_CHECKING:
    from webmail.mailbox.query import Query

PAGE_SIZE = 50


class NoSuchFolder(Exception):
    """The folder does not exist, or no longer."""


class NoSuchMessage(Exception):
    """The message does not exist, or no longer (expunged, moved)."""


class StaleReference(Exception):
    """The folder's UIDVALIDITY changed: the uid may now name another message, so nothing was done."""


class FolderExists(Exception):
    """A folder of that name is already there."""


class FolderRefused(Exception):
    """The folder can't be created, renamed or deleted as asked (name, role, children, or the server's rules). Its
    text is a sentence."""


class FolderNotEmpty(FolderRefused):
    """It can't be deleted because there is mail in it, or a folder."""


class Role(StrEnum):
    """What a folder is for (RFC 6154); at most one folder of an account has each role but NONE."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    NONE = "none"


class Flag(StrEnum):
    """The system flags the interface uses (RFC 9051, 2.3.2), and the keyword most clients share for forwarded mail."""

    SEEN = "\\Seen"
    FLAGGED = "\\Flagged"
    ANSWERED = "\\Answered"
    FORWARDED = "$Forwarded"
    DRAFT = "\\Draft"
    DELETED = "\\Deleted"


@dataclass(frozen=True, slots=True)
class MessageRef:
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder. `name` is its full path as the server spells it (decoded from modified UTF-7), unique within the
    account."""

    name: str
    label: str  # the last segment, as people read it
    role: Role = Role.NONE
    delimiter: str | None = "/"
    depth: int = 0
    selectable: bool = True
    subscribed: bool = True  # by its owner (RFC 9051, 6.3.7); where nothing is, all are


@dataclass(frozen=True, slots=True)
class Counts:
    total: int
    unread: int


@dataclass(frozen=True, slots=True)
class Space:
    """What an account's mail takes up, and may; in octets. `limit` is None where nobody set one."""

    used: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A list row. Of the headers it has what a list shows: subject, people, date, list; all of them within a
    Message. All but the flags never changes."""

    ref: MessageRef
    headers: Headers
    flags: frozenset[str]
    received: datetime  # INTERNALDATE, aware
    size: int  # octets
    has_attachments: bool

    def with_flags(self, flags: frozenset[str]) -> "Summary":
        return Summary(self.ref, self.headers, flags, self.received, self.size, self.has_attachments)

    @property
    def date(self) -> datetime:
        return self.headers.date or self.received

    @property
    def seen(self) -> bool:
        return Flag.SEEN in self.flags

    @property
    def flagged(self) -> bool:
        return Flag.FLAGGED in self.flags

    @property
    def answered(self) -> bool:
        return Flag.ANSWERED in self.flags

    @property
    def forwarded(self) -> bool:
        return Flag.FORWARDED in self.flags

    @property
    def draft(self) -> bool:
        return Flag.DRAFT in self.flags


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a search went. `wide`: through several folders, so that each row's own names its place; `left_out` were
    not to be searched, `missed` could not be; `cut`: of a folder with very many hits the newest alone are listed;
    `unordered`: the mailbox can't give the order that was asked for, the newest come first."""

    wide: bool = False
    left_out: tuple[Folder, ...] = ()
    missed: tuple[Folder, ...] = ()
    cut: bool = False
    unordered: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of a message without reading it: `arrived` (INTERNALDATE, seconds since the epoch) stays with it in
    every folder."""

    arrived: int
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a folder, newest first unless the query says otherwise. `number` counts from 1; `total` is the number
    of messages the list runs over."""

    folder: Folder
    uidvalidity: int
    rows: tuple[Summary, ...]
    number: int
    total: int
    unread: int | None = None  # of the folder; None while a query narrows the list
    size: int = PAGE_SIZE
    coverage: Coverage = Coverage()

    @property
    def last_number(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first_index(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last_index(self) -> int:
        return self.first_index + len(self.rows) - 1 if self.rows else 0

    @property
    def has_next(self) -> bool:
        return self.number < self.last_number

    @property
    def has_previous(self) -> bool:
        return self.number > 1


def number_of(page: int, total: int) -> int:
    """The page that is shown where this one is asked for."""
    return max(1, min(page, -(-total // PAGE_SIZE)))


@dataclass(frozen=True, slots=True)
class Message:
    """An opened mail: header and structure, no content yet (read_part)."""

    summary: Summary
    structure: Part
    body: Body

    def with_flags(self, flags: frozenset[str]) -> "Message":
        return Message(self.summary.with_flags(flags), self.structure, self.body)

    @property
    def ref(self) -> MessageRef:
        return self.summary.ref

    @property
    def headers(self) -> Headers:
        return self.summary.headers

    @property
    def sender(self) -> Address:
        return self.headers.sender[0] if self.headers.sender else Address("", "")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What only some mailboxes can do; what is not here, all can."""

    subscribe: bool = False
    quota: bool = False
    sort: bool = False
    idle: bool = False
    server: frozenset[str] = frozenset()  # the server's own words, for the settings page


class Mailbox(ABC):
    """All methods raise MailServerError for trouble with a server, NoSuchFolder for an unknown folder,
    StaleReference where a uidvalidity no longer holds. A uid that is gone raises NoSuchMessage where one message
    is read, and is left out silently where many are acted on: the answer says which were."""

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities: ...

    @abstractmethod
    def folders(self) -> list[Folder]:
        """All folders in the order of the folder column: inbox, drafts, sent, archive, junk, trash, then own ones
        by name, children after their parent."""

    @abstractmethod
    def counts(self) -> dict[str, Counts]:
        """Messages and unread ones of each folder; those that can't be counted are left out. What folders() tells
        after it is as new as the counts."""

    @abstractmethod
    def list_messages(self, folder: str, page: int = 1, query: "Query | None" = None) -> Page:
        """One page, newest arrival first, or as the query says. A page past the end gives the last one. What a search
        found stays as it was while somebody turns its pages: mail that is read meanwhile moves none from one page to
        another. Page 1 searches anew."""

    @abstractmethod
    def get_message(self, ref: MessageRef) -> Message:
        """Header, flags and structure; sets no flag."""

    def lately_opened(self, ref: MessageRef) -> Message:
        """As get_message, for what belongs to a page that was shown a moment ago: the message need not be looked for
        again, and its flags do not count."""
        return self.get_message(ref)

    def is_at_hand(self, ref: MessageRef, part: Part) -> bool:
        """Whether read_part has the beginning of this part already, all of most."""
        return False

    @abstractmethod
    def read_part(self, ref: MessageRef, part: Part, limit: int | None = None) -> bytes:
        """The part's encoded body (transfer encoding not undone), its first `limit` octets if given; sets no flag."""

    def read_lasting(self, ref: MessageRef, part: Part, limit: int) -> bytes:
        """As read_part, of a message that is there: for what is read each time that it is opened."""
        return self.read_part(ref, part, limit)

    @abstractmethod
    def stream_encoded(self, ref: MessageRef, part: Part, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The part's encoded body from octet `start` to before `stop`, or to its end, in chunks; memory stays flat, and
        no session is held between two of them."""

    def stream_part(self, ref: MessageRef, part: Part) -> Iterator[bytes]:
        """The part's decoded content, likewise."""
        decoder = TransferDecoder(part.encoding)
        for chunk in self.stream_encoded(ref, part):
            yield decoder.feed(chunk)
        yield decoder.flush()

    @abstractmethod
    def stream_raw(self, ref: MessageRef) -> Iterator[bytes]:
        """The message as stored (RFC 5322 octets), in chunks."""

    @abstractmethod
    def flags(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        """By uid, of those that are there. What other programs changed in the last moment may be missing."""

    @abstractmethod
    def set_flags(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> list[Summary]:
        """The list rows of these messages as they are then, oldest first; those that are gone are left out."""

    @abstractmethod
    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], target: str) -> dict[int, MessageRef | None]:
        """Move into `target`: for each uid that was moved its new place, None where the server does not tell."""

    @abstractmethod
    def delete(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        """Remove for good, these uids only, never what others marked \\Deleted."""

    @abstractmethod
    def append(
        self, folder: str, raw: bytes, *, flags: Sequence[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        """Store a message; its new place, None where the server does not tell."""

    @abstractmethod
    def find_message_id(self, folder: str, message_id: str) -> MessageRef | None:
        """The newest message of this folder that carries this Message-ID, or None."""

    # What is done to a whole folder (webmail/bulk) tells messages by these; all of them as the folder is now.

    @abstractmethod
    def find(self, folder: str, query: "Query | None" = None, *, since: int = 1) -> tuple[int, list[int]]:
        """UIDVALIDITY, and the uids of all that match, from `since` on, ascending."""

    @abstractmethod
    def next_place(self, folder: str) -> tuple[int, int]:
        """UIDVALIDITY, and a uid that is below that of any message which comes into the folder from now on, or its
        own."""

    @abstractmethod
    def census(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Presence]:
        """By uid, of those that are there."""

    @abstractmethod
    def looks(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, str]:
        """By uid, of those that are there: a digest of what a copy keeps (arrival, size, header)."""

    @abstractmethod
    def flag(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """As set_flags, of so many that nobody wants to see their rows."""

    @abstractmethod
    def create_folder(self, name: str) -> Folder: ...

    @abstractmethod
    def rename_folder(self, name: str, new_name: str) -> Folder: ...

    @abstractmethod
    def delete_folder(self, name: str, *, with_all: bool = False) -> None:
        """Remove a folder; refused (FolderRefused) for one with a role, and (FolderNotEmpty) with messages or with
        children, unless these are to go `with_all`, for good."""

    @abstractmethod
    def subscribe(self, name: str, on: bool) -> None:
        """Whether its owner wants to see this folder. FolderRefused where every folder is seen."""

    @abstractmethod
    def space(self) -> Space | None:
        """None where the mailbox does not tell."""

    def folder(self, name: str) -> Folder:
        """The folder of this name; raises NoSuchFolder."""
        found = self._folder_where(lambda folder: folder.name == name)
        if found is None:
            raise NoSuchFolder(name)
        return found

    def folder_by_role(self, role: Role) -> Folder | None:
        return self._folder_where(lambda folder: folder.role == role)

    def _folder_where(self, test: Callable[[Folder], bool]) -> Folder | None:
        return next((folder for folder in self.folders() if test(folder)), None)
