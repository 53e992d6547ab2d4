"""The mailbox over our own tables: POP3 accounts, and whatever else is kept here.

add_message() is the one way in: it reads the stored raw file, notes what lists and search need, takes the next uid.
Everything that is shown (structure, parts, source) comes from the raw file, through the same functions as for IMAP.
Files go after the commit.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account
from webmail.mailbox import local_search, local_store
from webmail.mailbox.base import (
    Capabilities,
    Coverage,
    Message,
    MessageRef,
    NoSuchMessage,
    Page,
    Summary,
)
from webmail.mailbox.local_folders import LocalTree
from webmail.mailbox.local_store import Stored
from webmail.mailbox.local_wholes import BATCH, FLAG_COLUMNS, LocalWholes
from webmail.mailbox.models import LocalFolder, LocalMessage
from webmail.mailbox.query import Query, Scope
from webmail.mime import headers as mime_headers
from webmail.mime import structure
from webmail.mime.parse import Octets, part_bytes, places
from webmail.mime.text import decode_text, decode_transfer, html_to_text
from webmail.mime.types import Address, Body, Part

CHUNK = 256 * 1024
SEARCHED_TEXT = 50_000  # characters
SEARCHED_OCTETS = 4 * SEARCHED_TEXT
KEPT_FIELDS = re.compile(
    rb"(?:from|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|list-id|"
    rb"list-unsubscribe|list-unsubscribe-post|authentication-results)[ \t]*:",
    re.IGNORECASE,
)
KEPT_HEADER = 64 * 1024


def add_message(
    folder: LocalFolder, stored: Stored, *, flags: Sequence[str] = (), received: datetime | None = None
) -> LocalMessage:
    """Put a stored message into a folder, within the caller's transaction.

    Raises FileNotFoundError when the file was removed meanwhile: store it again."""
    account_id = folder.account_id
    uid = folder.take_uids(1)[0]  # locks: from here on the file can't be removed
    message = LocalMessage(
        folder=folder, uid=uid, sha256=stored.sha256, size=stored.size, received=received or timezone.now()
    )
    message.change_flags(add=flags)
    with local_store.mapped_raw(account_id, stored.sha256) as raw:
        _describe(message, raw)
    message.save(force_insert=True)
    return message


def _describe(message: LocalMessage, raw: Octets) -> None:
    """What lists and search need of this content. Texts for search are case-folded, and hold no NUL, which
    PostgreSQL refuses."""
    message.header = kept_header(raw[: 4 * KEPT_HEADER])
    headers = mime_headers.parse_headers(message.header)
    body = structure.choose_body(structure.from_bytes(raw))
    message.subject = _searchable(headers.subject)
    message.sender = _searchable(_spelled(headers.sender))
    message.recipients = _searchable(_spelled(headers.to + headers.cc + headers.bcc))
    message.text = _searchable(_read_text(raw, body))
    message.date = headers.date or message.received
    message.message_id = headers.message_id.replace("\0", "")[:998]
    message.has_attachments = bool(body.attachments)


def kept_header(raw: bytes) -> bytes:
    """Of a message's header block the fields that Headers reads, as they arrived, continuation lines included."""
    block = re.split(rb"\r?\n\r?\n", raw[: 4 * KEPT_HEADER], maxsplit=1)[0]
    fields = re.split(rb"\r?\n(?![ \t])", block)
    return b"\r\n".join(field for field in fields if KEPT_FIELDS.match(field))[:KEPT_HEADER]


def _spelled(addresses: Sequence[Address]) -> str:
    return " ".join(f"{address.name} {address.address}" for address in addresses)


def _searchable(text: str) -> str:
    return text.casefold().replace("\0", "")[:SEARCHED_TEXT]


def _read_text(raw: Octets, body: Body) -> str:
    part = body.text or body.html
    if part is None:
        return ""
    try:
        encoded = part_bytes(raw, part.section, 2 * SEARCHED_OCTETS)
    except KeyError:
        return ""
    text = decode_text(decode_transfer(encoded, part.encoding)[:SEARCHED_OCTETS], part.charset)
    return html_to_text(text) if part is body.html else text


class LocalMailbox(LocalTree, LocalWholes):
    """No method talks to a server, so none raises MailServerError."""

    def __init__(self, account: Account):
        super().__init__(account)
        self._placed: tuple[str, dict[str, tuple[int, int]]] = "", {}  # of the content that was read last

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities()

    # -- messages

    def list_messages(self, folder: str, page: int = 1, query: Query | None = None) -> Page:
        row = self._row(folder)
        query = query or Query()
        found, number, total = local_search.page_of(self._account, row, query, page)
        wide = query.scope is not Scope.FOLDER
        left_out = [each for each in self.folders() if each.role in local_search.LEFT_OUT and query.scope is Scope.ALL]
        return Page(
            folder=self.folder(row.name),
            uidvalidity=0 if wide else row.uidvalidity,
            rows=tuple(_summary(each.folder, each) for each in found),
            number=number,
            total=total,
            unread=None if query.clauses or wide else row.messages.filter(seen=False).count(),
            coverage=Coverage(wide, tuple(left_out)),
        )

    def _matching(self, row: LocalFolder, query: Query | None) -> QuerySet[LocalMessage]:
        return row.messages.filter(local_search.conditions(query)) if query else row.messages.all()

    def get_message(self, ref: MessageRef) -> Message:
        row, message = self._find(ref)
        with self._mapped(message) as raw:
            root = structure.from_bytes(raw)
        return Message(_summary(row, message), root, structure.choose_body(root))

    def read_part(self, ref: MessageRef, part: Part, limit: int | None = None) -> bytes:
        return b"".join(self.stream_encoded(ref, part, 0, limit))

    def stream_encoded(self, ref: MessageRef, part: Part, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        message = self._find(ref)[1]
        first, end = self._place(message, part)
        with self._open(message) as file:
            file.seek(first + start)
            left = min(end, end if stop is None else first + stop) - first - start
            while left > 0 and (chunk := file.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk

    def _place(self, message: LocalMessage, part: Part) -> tuple[int, int]:
        """Where the part's body lies in the file: looked for once, however many parts of it are read."""
        if self._placed[0] != message.sha256:
            with self._mapped(message) as raw:
                self._placed = message.sha256, places(raw)
        try:
            return self._placed[1][part.section]
        except KeyError:
            raise NoSuchMessage(part.section) from None

    def stream_raw(self, ref: MessageRef) -> Iterator[bytes]:
        message = self._find(ref)[1]
        with self._open(message) as file:
            yield from iter(partial(file.read, CHUNK), b"")

    def _find(self, ref: MessageRef) -> tuple[LocalFolder, LocalMessage]:
        row = self._row(ref.folder, ref.uidvalidity)
        message = row.messages.filter(uid=ref.uid).defer("text").first()
        if message is None:
            raise NoSuchMessage(str(ref.uid))
        return row, message

    def _open(self, message: LocalMessage) -> BinaryIO:
        try:
            return local_store.open_raw(self._account.pk, message.sha256)
        except FileNotFoundError:
            raise NoSuchMessage(message.sha256) from None

    @contextmanager
    def _mapped(self, message: LocalMessage) -> Iterator[Octets]:
        try:
            with local_store.mapped_raw(self._account.pk, message.sha256) as raw:
                yield raw
        except FileNotFoundError:
            raise NoSuchMessage(message.sha256) from None

    # -- changes

    def flags(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        found = self._row(folder, uidvalidity).messages.filter(uid__in=uids).only("uid", *FLAG_COLUMNS)
        return {message.uid: message.flags for message in found}

    def set_flags(
        self, folder: str, uidvalidity: int, uids: Sequence[int], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> list[Summary]:
        row = self._row(folder, uidvalidity)
        with transaction.atomic():
            chosen = row.messages.select_for_update().filter(uid__in=uids)
            messages = list(chosen.order_by("uid").defer("text"))
            for message in messages:
                message.change_flags(add, remove)
            LocalMessage.objects.bulk_update(messages, FLAG_COLUMNS, batch_size=BATCH)
        return [_summary(row, message) for message in messages]

    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], target: str) -> dict[int, MessageRef | None]:
        source, goal = self._row(folder, uidvalidity), self._row(target)
        if source.pk == goal.pk:
            return {}
        moved: dict[int, MessageRef | None] = {}
        with transaction.atomic():
            messages = list(
                source.messages.select_for_update().filter(uid__in=uids).order_by("uid").only("folder", "uid")
            )
            for message, uid in zip(messages, goal.take_uids(len(messages)), strict=True):
                moved[message.uid] = MessageRef(goal.name, goal.uidvalidity, uid)
                message.folder, message.uid = goal, uid
            LocalMessage.objects.bulk_update(messages, ["folder", "uid"], batch_size=BATCH)
        return moved

    def delete(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        row = self._row(folder, uidvalidity)
        with transaction.atomic():
            doomed = row.messages.filter(uid__in=uids)
            contents = set(doomed.values_list("sha256", flat=True))
            doomed.delete()
        for sha256 in contents:
            transaction.on_commit(partial(local_store.remove_unreferenced, self._account.pk, sha256))

    def append(
        self, folder: str, raw: bytes, *, flags: Sequence[str] = (), received: datetime | None = None
    ) -> MessageRef | None:
        row = self._row(folder)
        try:
            message = self._store_and_add(row, raw, flags, received)
        except FileNotFoundError:  # a removal of the same content came in between; now it is over
            message = self._store_and_add(row, raw, flags, received)
        return MessageRef(row.name, row.uidvalidity, message.uid)

    def _store_and_add(
        self, row: LocalFolder, raw: bytes, flags: Sequence[str], received: datetime | None
    ) -> LocalMessage:
        stored = local_store.store(self._account.pk, raw)
        with transaction.atomic():
            return add_message(row, stored, flags=flags, received=received)

    def find_message_id(self, folder: str, message_id: str) -> MessageRef | None:
        row = self._row(folder)
        found = row.messages.filter(message_id=message_id).order_by("-uid").values_list("uid", flat=True).first()
        return MessageRef(row.name, row.uidvalidity, found) if message_id and found else None


def _summary(row: LocalFolder, message: LocalMessage) -> Summary:
    return Summary(
        ref=MessageRef(row.name, row.uidvalidity, message.uid),
        headers=mime_headers.parse_headers(bytes(message.header)),
        flags=message.flags,
        received=message.received.astimezone(UTC),
        size=message.size,
        has_attachments=message.has_attachments,
    )
