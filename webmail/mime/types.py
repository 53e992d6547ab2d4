"""The values that mail becomes: immutable, without I/O, the same for mail on a server and in our own tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox (RFC 5322, 3.4). `address` may be empty or odd: bad mail is data. Never shown without `address`."""

    name: str
    address: str

    @property
    def label(self) -> str:
        return self.name or self.address

    @property
    def domain(self) -> str:
        """What follows the last "@", as it is written; all of an odd address without one."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Headers:
    """What of a message's header the product reads, decoded; text is one line without control characters."""

    subject: str = ""
    sender: tuple[Address, ...] = ()  # From
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    date: datetime | None = None  # aware; None when missing or absurd
    message_id: str = ""  # with its angle brackets, "" when missing
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    list_id: str = ""
    authentication: tuple[str, ...] = ()  # Authentication-Results, the topmost first; anybody may have written them
    unsubscribe: tuple[str, ...] = ()  # addresses of List-Unsubscribe: http, https and mailto only
    one_click: bool = False  # those of the web take the POST of RFC 8058


@dataclass(frozen=True, slots=True)
class Part:
    """A node of the MIME tree, addressed by IMAP section (RFC 9051, 6.4.5): "1", "2.1"; a multipart root has "".

    `size` counts the octets of the encoded body. `children` are the parts of a multipart, or the one message within a
    message/rfc822.
    """

    section: str
    content_type: str  # "text/plain", always lower case, "application/octet-stream" when unreadable
    charset: str = ""
    params: tuple[tuple[str, str], ...] = ()
    disposition: str = ""  # "attachment", "inline" or ""
    filename: str = ""
    content_id: str = ""  # without angle brackets
    encoding: str = "7bit"
    size: int = 0
    children: tuple["Part", ...] = ()

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in the order of the message."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, section: str) -> "Part | None":
        return next((part for part in self.walk() if part.section == section), None)


@dataclass(frozen=True, slots=True)
class Body:
    """What of a message is shown, and what is offered as a file."""

    html: Part | None = None
    text: Part | None = None
    attachments: tuple[Part, ...] = ()
    inline: tuple[Part, ...] = ()  # parts that a cid: link may name
    more: tuple[Part, ...] = ()  # further texts and pictures to be shown, in the order of the message


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with its content: one to send, or one found within a part. `content_id` (no brackets) makes it an inline
    part."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person wrote, before it becomes bytes (compose.py)."""

    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    calendar_reply: str = ""  # the answer to an invitation, beside the text (RFC 6047)
