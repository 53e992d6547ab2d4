"""What was fetched from a mail server once and can't change: list rows and opened messages, without their flags, small
parts that are read at each opening; for an hour what searches found (imap_search.py); and for a minute the list of
folders.

ImapMailbox asks for rows → those of this process → those in the cache (Redis) → the rest is fetched, and kept in both,
in the cache once the page has been sent (afterwards.py). A uid within a UIDVALIDITY never names another message, so
nothing here is ever out of date; the list of folders is, and says so: it counts only while the mark beside it is the
one that was there before it was fetched, and every change of a folder here sets another mark, for all web processes and
workers at once. Other programs' changes show within FOLDERS_SECONDS. Every key holds the account, the version of its
settings, its server and user name. The cache may be lost or down at any time: then it is fetched again; a crash between
two steps leaves something unkept, never wrong.
"""

import base64
import logging
import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

from webmail.mailbox import afterwards
from webmail.mailbox.base import Folder, Message, MessageRef, Summary
from webmail.mailbox.encoded import (
    FORMAT,
    folder_from,
    folder_values,
    message_from,
    message_values,
    row_from,
    row_values,
)
from webmail.mime.types import Address

CHUNK = 32  # neighbouring uids kept as one value: a page is a few values, and alike rows compress well together
KEPT_SECONDS = 3 * 24 * 3600
FOLDERS_SECONDS = 60
MARK_SECONDS = 3600  # longer than any list it speaks of
PAUSE_SECONDS = 2.0  # without the cache, after it did not answer
ROWS_OCTETS, MESSAGES_OCTETS = 3 * 2**20, 2 * 2**20  # of each process
LATELY = 10.0  # seconds: in them the frame of a page asks for its document
OPENINGS = 1000  # remembered by each process
LARGEST_MESSAGE = 64 * 2**10  # characters of structure and header; larger ones are fetched each time
FOUND_SECONDS = 3600  # what a search found; whoever turns its pages longer than that searches again
LARGEST_FOUND = 20_000  # messages
LARGEST_OCTETS = 64 * 2**10  # of a part that is kept
ROW_OVERHEAD = 1000  # octets of the objects of a row without its text

log = logging.getLogger(__name__)
Value = TypeVar("Value")


class Bounded(Generic[Value]):
    """The values used last, up to so many octets in all. Thread-safe."""

    def __init__(self, octets: int):
        self._room = octets
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()

    def get_many(self, keys: Iterable[Hashable]) -> list[Value | None]:
        with self._lock:
            return [self._get(key) for key in keys]

    def _get(self, key: Hashable) -> Value | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def set(self, key: Hashable, value: Value, octets: int) -> None:
        with self._lock:
            self._room += self._values.pop(key, (None, 0))[1] - octets
            self._values[key] = value, octets
            while self._room < 0:
                self._room += self._values.popitem(last=False)[1][1]

    def clear(self) -> None:
        with self._lock:
            while self._values:
                self._room += self._values.popitem()[1][1]


process_rows: Bounded[Summary] = Bounded(ROWS_OCTETS)
process_messages: Bounded[Message] = Bounded(MESSAGES_OCTETS)
process_openings: Bounded[float] = Bounded(OPENINGS)  # when the mail server last said that a message is there


class Kept:
    """One account's. `identity` is whatever tells this account, in these settings, from all others."""

    def __init__(self, identity: Sequence[object]):
        self._identity = "\0".join(map(str, identity))
        self._chunks: dict[str, Any] = {}  # of rows, as the cache had them lately; None where it has none

    # -- rows

    def near_rows(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Summary]:
        """Those of these rows that this process has, by uid, without flags."""
        place = self._place(folder, uidvalidity)
        near = process_rows.get_many([(place, uid) for uid in uids])
        return {uid: row for uid, row in zip(uids, near, strict=True) if row}

    def keep_near(self, rows: Iterable[Summary]) -> None:
        """For this process. Of rows that lie far apart, as a search finds them, the cache would bring each with all its
        neighbours, at a higher price than the server."""
        for row in rows:
            process_rows.set((self._place(row.ref.folder, row.ref.uidvalidity), row.ref.uid), row, octets_of(row))

    def rows(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Summary]:
        """The known ones of these rows, by uid, without flags."""
        place = self._place(folder, uidvalidity)
        found = self.near_rows(folder, uidvalidity, uids)
        missing = [uid for uid in uids if uid not in found]
        return found | self._rows_from_cache(place, folder, uidvalidity, missing) if missing else found

    def _rows_from_cache(self, place: str, folder: str, uidvalidity: int, uids: Sequence[int]) -> dict[int, Summary]:
        self._chunks = self._chunks_of({_chunk_key(place, uid) for uid in uids})
        found: dict[int, Summary] = {}
        for uid in uids:
            if values := _row_values(self._chunks, place, uid):
                try:
                    found[uid] = row_from(MessageRef(folder, uidvalidity, uid), values)
                except ValueError:
                    continue
                process_rows.set((place, uid), found[uid], octets_of(found[uid]))
        return found

    def keep_rows(self, folder: str, uidvalidity: int, rows: Sequence[Summary]) -> None:
        """Rows of this folder. Of two processes that add to one chunk at once, the later one's are kept."""
        self.keep_near(rows)
        afterwards.do(partial(self._keep_chunks, self._place(folder, uidvalidity), rows))

    def _keep_chunks(self, place: str, rows: Sequence[Summary]) -> None:
        chunks: dict[str, dict[str, Any]] = {}
        for row in rows:
            chunks.setdefault(_chunk_key(place, row.ref.uid), {})[str(row.ref.uid)] = row_values(row)
        if chunks.keys() - self._chunks.keys():
            self._chunks = self._chunks_of(chunks)
        set_many({key: _joined(self._chunks[key], rows) for key, rows in chunks.items()}, KEPT_SECONDS)

    def _chunks_of(self, keys: Collection[str]) -> dict[str, Any]:
        found = get_many(keys)
        return {key: found.get(key) for key in keys}

    # -- opened messages

    def message(self, ref: MessageRef) -> Message | None:
        """Without flags."""
        place = self._place(ref.folder, ref.uidvalidity)
        [near] = process_messages.get_many([(place, ref.uid)])
        if near:
            return near
        key = _message_key(place, ref.uid)
        values = get_many([key]).get(key)
        try:
            found = message_from(ref, values) if values else None
        except ValueError:
            return None
        if found:
            process_messages.set((place, ref.uid), found, _weight(values))
        return found

    def keep_message(self, message: Message) -> None:
        ref, values = message.ref, message_values(message)
        weight = _weight(values)
        if weight <= LARGEST_MESSAGE:
            place = self._place(ref.folder, ref.uidvalidity)
            process_messages.set((place, ref.uid), message, weight)
            set_afterwards({_message_key(place, ref.uid): values}, KEPT_SECONDS)

    def note_opened(self, ref: MessageRef) -> None:
        process_openings.set((self._place(ref.folder, ref.uidvalidity), ref.uid), time.monotonic(), 1)

    def lately_opened(self, ref: MessageRef) -> Message | None:
        """Without flags, and without asking anybody whether it is still there: only if that was so LATELY."""
        [moment] = process_openings.get_many([(self._place(ref.folder, ref.uidvalidity), ref.uid)])
        return self.message(ref) if moment is not None and time.monotonic() < moment + LATELY else None

    # -- what a part begins with

    def octets(self, ref: MessageRef, section: str, limit: int) -> bytes | None:
        """As keep_octets got them."""
        key = self._octets_key(ref, section, limit)
        found = get_many([key]).get(key)
        try:
            return base64.b64decode(found, validate=True) if isinstance(found, str) else None
        except ValueError:
            return None

    def keep_octets(self, ref: MessageRef, section: str, limit: int, octets: bytes) -> None:
        """The first `limit` octets of a part, or all; nothing where they are many."""
        if len(octets) <= LARGEST_OCTETS:
            text = base64.b64encode(octets).decode("ascii")
            set_afterwards({self._octets_key(ref, section, limit): text}, KEPT_SECONDS)

    def _octets_key(self, ref: MessageRef, section: str, limit: int) -> str:
        return f"octets:{self._place(ref.folder, ref.uidvalidity)}:{ref.uid}:{digested(section)}:{limit}"

    # -- what searches found

    def found(self, folder: str, uidvalidity: int, asked: str) -> tuple[list[int], list[int]] | None:
        """The state of the folder then, and uids, as keep_found got them."""
        key = self._found_key(folder, uidvalidity, asked)
        match get_many([key]).get(key):
            case [[*state], [*uids]] if all(isinstance(number, int) for number in (*state, *uids)):
                return state, uids
        return None

    def keep_found(self, folder: str, uidvalidity: int, asked: str, state: list[int], uids: list[int]) -> None:
        """Nothing where they are many: then each page is a search."""
        if len(uids) <= LARGEST_FOUND:
            set_afterwards({self._found_key(folder, uidvalidity, asked): [state, uids]}, FOUND_SECONDS)

    def hits(self, asked: str) -> list[list[Any]] | None:
        """Of a search in several folders, as keep_hits got them."""
        key = self._key(f"hits:{digested(asked)}")
        match get_many([key]).get(key):
            case [*hits] if all(_is_hit(hit) for hit in hits):
                return hits
        return None

    def keep_hits(self, asked: str, hits: list[list[Any]]) -> None:
        if len(hits) <= LARGEST_FOUND:
            set_afterwards({self._key(f"hits:{digested(asked)}"): hits}, FOUND_SECONDS)

    def _found_key(self, folder: str, uidvalidity: int, asked: str) -> str:
        return f"found:{FORMAT}:{self._place(folder, uidvalidity)}:{digested(asked)}"

    # -- folders

    def folders(self) -> tuple[list[Folder] | None, str]:
        """The folders as they were within the last minute, or None; and the mark to keep newly fetched ones with."""
        found = get_many([self._key("mark"), self._key("folders")])
        mark = found.get(self._key("mark"))
        mark = mark if isinstance(mark, str) else ""
        match found.get(self._key("folders")):
            case [str(marked), [*folders]] if marked == mark:
                try:
                    return [folder_from(values) for values in folders], mark
                except ValueError:
                    return None, mark
        return None, mark

    def keep_folders(self, folders: Iterable[Folder], mark: str) -> None:
        """`mark` is what folders() said before these were fetched."""
        set_many({self._key("folders"): [mark, [folder_values(folder) for folder in folders]]}, FOLDERS_SECONDS)

    def forget_folders(self) -> None:
        """Here and in every other process, also what one of them is fetching right now."""
        set_many({self._key("mark"): secrets.token_hex(8)}, MARK_SECONDS, certain=True)

    def _key(self, kind: str) -> str:
        return f"{kind}:{FORMAT}:{digested(self._identity)}"

    def _place(self, folder: str, uidvalidity: int) -> str:
        return digested(f"{self._identity}\0{folder}\0{uidvalidity}")


def digested(text: str) -> str:
    """A text of any length and content as a part of a cache key."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _chunk_key(place: str, uid: int) -> str:
    return f"rows:{FORMAT}:{place}:{uid // CHUNK}"


def _message_key(place: str, uid: int) -> str:
    return f"opened:{FORMAT}:{place}:{uid}"


def _row_values(chunks: Mapping[str, Any], place: str, uid: int) -> Any:
    chunk = chunks.get(_chunk_key(place, uid))
    return chunk.get(str(uid)) if isinstance(chunk, dict) else None


def _joined(known: Any, rows: dict[str, Any]) -> dict[str, Any]:
    return known | rows if isinstance(known, dict) and len(known) <= CHUNK else rows


def octets_of(row: Summary) -> int:
    """Of memory that a row takes, about: a hostile mail's many times what a usual one does."""
    headers = row.headers
    people: tuple[Address, ...] = headers.sender + headers.to + headers.cc + headers.bcc
    texts = (headers.subject, headers.list_id, *(text for one in people for text in (one.name, one.address)))
    return ROW_OVERHEAD + sum(map(sys.getsizeof, texts))


def _weight(values: Any) -> int:
    """Characters of a value, and some for each part of it."""
    if isinstance(values, list):
        return 80 + sum(map(_weight, values))
    return 50 + len(values) if isinstance(values, str) else 30


def _is_hit(value: Any) -> bool:
    match value:
        case [int() | float(), int(), str(), int(), int()]:
            return True
    return False


class _Pause:
    """Since when the cache is left alone. A hung one costs each call its timeout, several times for each page."""

    until = 0.0


def get_many(keys: Iterable[str]) -> dict[str, Any]:
    """What the cache has of these; nothing while it does not answer."""
    return answered(keys) or {}


def answered(keys: Iterable[str]) -> dict[str, Any] | None:
    """The same; None while it does not answer, for whoever would write what it has and something more."""
    if time.monotonic() < _Pause.until:
        return None
    try:
        found: dict[str, Any] = cache.get_many(keys)
    except RedisError as error:
        _pause(error)
        return None
    return found


def set_many(values: dict[str, Any], seconds: int, *, certain: bool = False) -> None:
    """Nothing is raised where the cache does not answer. `certain`: try it however it did a moment ago."""
    if not values or (time.monotonic() < _Pause.until and not certain):
        return
    try:
        if len(values) == 1:  # one command instead of a transaction of two
            [(key, value)] = values.items()
            cache.set(key, value, seconds)
        else:
            cache.set_many(values, seconds)
    except RedisError as error:
        _pause(error)


def set_afterwards(values: dict[str, Any], seconds: int) -> None:
    """The same for what was fetched, once the page that wanted it has been sent."""
    afterwards.do(partial(set_many, values, seconds))


def _pause(error: RedisError) -> None:
    _Pause.until = time.monotonic() + PAUSE_SECONDS
    log.warning("The cache does not answer: %s", type(error).__name__)
