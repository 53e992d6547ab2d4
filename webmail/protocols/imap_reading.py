"""What an IMAP session reads of the open folder: windows of it, rows, flags, messages and their parts, searches.

Flow: what somebody looks at again is asked for together with the news (`glance`, `_fetch_anew`, `_search_anew`), in one
round trip while nothing happens in the folder, and once more where something did. What a server refuses or garbles is
asked for in smaller pieces, so that one message hides no other. Nothing is stored, no flag is set.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from webmail.protocols import imap_parse
from webmail.protocols.errors import Rejected
from webmail.protocols.imap_answers import body_of, fetched_items, flags_of, merged_items, row_of, status_of
from webmail.protocols.imap_client import Command
from webmail.protocols.imap_conversation import Conversation
from webmail.protocols.imap_parse import Literal, folder_argument, parse_numbers, section_argument, uid_sets
from webmail.protocols.imap_types import Glance, Row, Selected, Status
from webmail.protocols.wire import ANSWER_OCTETS

HEADER_FIELDS = "FROM TO CC BCC SUBJECT DATE LIST-ID"  # what a list shows
HEADER_OCTETS = 64 * 2**10  # of one row: a message with a header of megabytes must not hide its neighbours
WHOLE_HEADER_OCTETS = 256 * 2**10  # of an opened message
FIRST_OCTETS = 16 * 2**10  # of an opened message's text: most are shorter, and of a file so much is soon told
MAX_WINDOW = 1000  # messages
LOOKS = 4  # at a window that never stays the same
ROWS_AT_ONCE = 500  # whose uids fit into one set however far apart they are
MAX_REFUSALS = 60  # of a window's parts, before the server is taken at its word

_ROW_ITEMS = (
    f"UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS ({HEADER_FIELDS})]<0.{HEADER_OCTETS}>"
)
_PLAIN_ROW_ITEMS = _ROW_ITEMS.replace(" BODYSTRUCTURE", "")
_OPENED_ITEMS = f"UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER]<0.{WHOLE_HEADER_OCTETS}>"
_OPENED_WITH_TEXT_ITEMS = f"{_OPENED_ITEMS} BODY.PEEK[1]<0.{FIRST_OCTETS}>"
_SLOW_KEYS = {b"TEXT", b"BODY"}  # for which a server may have to read all mail
_MARKS = "UID FLAGS"


class Reading(Conversation):
    """The half of ImapSession that reads mail."""

    def noop(self) -> Selected | None:
        """Ask for news: afterwards `selected` is up to date."""
        self._run("NOOP")
        return self.selected

    def glance(self, window: Callable[[int], tuple[int, int]], *, with_rows: bool = False) -> Glance:
        """The open folder as it is now, in one round trip while nothing happens in it. `window` tells for a number of
        messages which positions are wanted: first and last, from 1 in order of arrival, (0, 0) for none. `with_rows`:
        for whoever expects to know none of them.

        FETCH goes first, because a server may not renumber messages during it (RFC 9051, 7.5.1). Where NOOP then tells
        that anything has changed, it is looked again; and again where that happens meanwhile, as what is then told of
        changed flags is by new numbers.
        """
        before, exists = self._size(), self._open_folder().exists
        first, last = window(exists)
        items = _ROW_ITEMS if with_rows else _MARKS
        refused, marks, status = self._look(first, last, items, ("NOOP",))
        readable, malformed = fetched_items(marks)
        garbled = with_rows and malformed  # which hides a message that can be listed
        looks, unsure = 1, bool(refused or garbled) or len(readable) + malformed != _length(first, last)
        while looks < LOOKS and (unsure or self._size() != before):
            before, exists = self._size(), self._open_folder().exists
            first, last = window(exists)
            items = _MARKS  # of a window that moves, most rows are known by now
            refused, marks, status = self._look(first, last, items)
            readable, _malformed = fetched_items(marks)
            looks, unsure = looks + 1, False
        if refused:
            raise refused
        found = merged_items(readable, range(first, last + 1), by_uid=False)
        flags = {each[b"UID"]: flags_of(each) for each in found}
        rows = [row for each in found if (row := row_of(each))] if items is _ROW_ITEMS else []
        return Glance(exists, flags, status, rows if rows and len(rows) == len(flags) else None)

    def _look(
        self, first: int, last: int, items: str, *news: Command
    ) -> tuple[Rejected | None, list[Any], Status | None]:
        """What a window holds, or why not, and counts, in one breath."""
        commands = list(news)
        if length := _length(first, last):
            commands.insert(0, ("FETCH", b"%d:%d" % (first, last), f"({items})".encode("ascii")))
        folder = folder_argument(self._open_folder().folder)
        if not isinstance(folder, Literal):
            commands.append(("STATUS", folder, b"(UNSEEN UIDVALIDITY)"))
        with self._talk(ANSWER_OCTETS + length * HEADER_OCTETS) as client:
            refusals = client.run_together(*commands)
            told = client.connection.untagged_responses
            marks, counted = told.pop("FETCH", []), told.pop("STATUS", [])
        return (refusals[0] if last else None), marks, _counts_in(counted)

    def rows(self, uids: Iterable[int]) -> list[Row]:
        """Rows of these messages, oldest first; those that the server has told to be gone are left out."""
        self._open_folder()
        wanted = sorted(set(uids))
        found: list[Row] = []
        for start in range(0, len(wanted), ROWS_AT_ONCE):
            found += self._fetch_in_halves(wanted[start : start + ROWS_AT_ONCE])
        return found

    def rows_and_flags(self, uids: Iterable[int], others: Iterable[int]) -> tuple[list[Row], dict[int, frozenset[str]]]:
        """rows(uids) and fetch_flags(others, anew=False), at most 500 each: in one round trip, unless the server
        refuses or garbles something of it."""
        self._open_folder()
        wanted, flagged = sorted(set(uids)), sorted(set(others))
        if wanted and flagged:
            [row_set], [flag_set] = uid_sets(wanted), uid_sets(flagged)
            with self._talk(ANSWER_OCTETS + len(wanted) * HEADER_OCTETS) as client:
                refusals = client.run_together(
                    ("UID FETCH", row_set, f"({_ROW_ITEMS})".encode("ascii")),
                    ("UID FETCH", flag_set, b"(UID FLAGS)"),
                )
                told = client.connection.untagged_responses.pop("FETCH", [])
            readable, malformed = fetched_items(told)
            if not malformed and not any(refusals):
                flags = {items[b"UID"]: flags_of(items) for items in merged_items(readable, flagged, by_uid=True)}
                return _rows_of(readable, wanted), flags
        return self.rows(wanted), self.fetch_flags(flagged, anew=False)

    def _fetch_in_halves(self, uids: Sequence[int]) -> list[Row]:
        """Some servers refuse a whole batch for one message they can't read: halve until only that one is missing."""
        found: list[Row] = []
        waiting, refusals = [uids], 0
        while waiting:
            part = waiting.pop()
            try:
                found += self._fetch_rows(part, _ROW_ITEMS if len(part) > 1 or not refusals else _PLAIN_ROW_ITEMS)
            except Rejected:
                refusals += 1
                if refusals > MAX_REFUSALS:
                    raise
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]] if middle else []
        return found

    def _fetch_rows(self, uids: Sequence[int], items: str, *, anew: bool = False) -> list[Row]:
        [message_set] = uid_sets(uids)
        fetch = self._fetch_anew if anew else self._fetch
        fetched = fetch(message_set, f"({items})".encode("ascii"), ANSWER_OCTETS + len(uids) * HEADER_OCTETS)
        readable, malformed = fetched_items(fetched)
        rows = _rows_of(readable, uids)
        # mostly a BODYSTRUCTURE that the server garbles: the row is shown without
        if malformed and items is not _PLAIN_ROW_ITEMS:
            known = {row.uid: row for row in rows}
            return [known.get(row.uid, row) for row in self._fetch_rows(uids, _PLAIN_ROW_ITEMS)]
        return rows

    def _fetch(self, message_set: bytes, items: bytes, octets: int = ANSWER_OCTETS) -> list[Any]:
        return self._run("UID FETCH", message_set, items, answer="FETCH", octets=octets)

    def _fetch_anew(self, message_set: bytes, items: bytes, octets: int = ANSWER_OCTETS) -> list[Any]:
        """As _fetch, of what the folder holds by now: a server may tell of a message what it knew at the last NOOP.
        That follows in the same breath, and tells which flags have changed meanwhile; where messages have come or gone,
        it is asked again. (NOOP first would not do: Dovecot looks for news after all commands it has at hand.)"""
        before = self._size()
        with self._talk(octets) as client:
            refused, _news = client.run_together(("UID FETCH", message_set, items), ("NOOP",))
            told = client.connection.untagged_responses.pop("FETCH", [])
        if self._size() != before:
            return self._fetch(message_set, items, octets)
        if refused:
            raise refused
        return told

    def fetch_flags(self, uids: Iterable[int], *, anew: bool = True) -> dict[int, frozenset[str]]:
        """Flags by uid as they are now, or as this session knows them if not `anew`; messages that are gone are left
        out."""
        self._open_folder()
        wanted = set(uids)
        found: dict[int, frozenset[str]] = {}
        fetch = self._fetch_anew if anew else self._fetch
        for message_set in uid_sets(wanted):
            readable, _ = fetched_items(fetch(message_set, b"(UID FLAGS)"))
            found.update((items[b"UID"], flags_of(items)) for items in merged_items(readable, wanted, by_uid=True))
        return found

    def fetch_structure(self, uid: int) -> Row | None:
        """An opened message's row, whose `header` is the whole header (its first 256 KB); None when the message is
        gone by now. `first` are the first FIRST_OCTETS of part 1, in most mails the text that is shown then: to wait
        once more for it would cost more than what is told in vain. All of it where they are fewer."""
        self._open_folder()
        try:
            found = self._fetch_rows([uid], _OPENED_WITH_TEXT_ITEMS, anew=True)
        except Rejected:  # perhaps of the text alone
            found = self._fetch_rows([uid], _OPENED_ITEMS, anew=True)
        return next(iter(found), None)

    def fetch_part(self, uid: int, section: str, offset: int, length: int) -> bytes:
        """Up to `length` octets of a part's encoded body from `offset`, fewer at its end; section "" is the whole
        message. Sets no flag. Rejected(NONEXISTENT) when the message is gone."""
        self._open_folder()
        if offset < 0 or not 0 < length <= 64 * 2**20:
            raise ValueError("offset from 0, length from 1 to 64 MB")
        item = b"BODY.PEEK[%b]<%d.%d>" % (section_argument(section), offset, length)
        [message_set] = uid_sets([uid])
        fetched = self._fetch(message_set, b"(UID " + item + b")", ANSWER_OCTETS + length)
        body = body_of(fetched, uid, section, offset)
        if body is None:
            raise Rejected("This message is gone.", code="NONEXISTENT")
        return body[:length]

    def search(self, criteria: Sequence[Any], *, anew: bool = False) -> list[int]:
        """The uids that match, ascending; criteria as of imap_parse.search_argument. `anew`: of what the folder holds
        by now, else of what this session knows of it."""
        words = self._search_words(criteria)
        return _uids_of(self._search_anew(words)[0] if anew else self._run("UID SEARCH", *words))

    def search_and_count(self, criteria: Sequence[Any]) -> tuple[list[int], Status | None]:
        """search(anew=True), and the folder's counts from right before it: while they stay the same and no flag is
        asked for, so does what is found. None where the server does not tell."""
        folder = folder_argument(self._open_folder().folder)
        count: list[Command] = [] if isinstance(folder, Literal) else [("STATUS", folder, b"(MESSAGES UIDNEXT)")]
        found, status = self._search_anew(self._search_words(criteria), *count)
        return _uids_of(found), status

    def _search_words(self, criteria: Sequence[Any]) -> list[bytes]:
        self._open_folder()
        words = imap_parse.search_argument(criteria)
        return [b"CHARSET UTF-8", *words] if any(not word.isascii() for word in words) else words

    def sort(self, order: Sequence[str], criteria: Sequence[Any]) -> list[int]:
        """The uids that match, of what the folder holds by now, in this order (RFC 5256, 3): ["REVERSE", "SIZE"]. Only
        for a server that has SORT."""
        self._open_folder()
        keys = imap_parse.search_argument(list(order)), imap_parse.search_argument(criteria)
        self.noop()
        lines = self._run("UID SORT", b"(" + b" ".join(keys[0]) + b")", b"UTF-8", *keys[1])
        found = (uid for line in lines if isinstance(line, bytes) for uid in parse_numbers(line))
        return list(dict.fromkeys(found))

    def arrivals(self, uids: Iterable[int]) -> dict[int, tuple[datetime, int]]:
        """When each of these came, and its octets; messages that are gone are left out."""
        self._open_folder()
        wanted = set(uids)
        found: dict[int, tuple[datetime, int]] = {}
        for message_set in uid_sets(wanted):
            readable, _ = fetched_items(self._fetch(message_set, b"(UID INTERNALDATE RFC822.SIZE)"))
            for items in merged_items(readable, wanted, by_uid=True):
                size = items.get(b"RFC822.SIZE")
                came = imap_parse.parse_internaldate(items.get(b"INTERNALDATE"))
                found[items[b"UID"]] = came, size if isinstance(size, int) else 0
        return found

    def _search_anew(self, words: Sequence[bytes], *before: Command) -> tuple[list[Any], Status | None]:
        """With the news in the same breath, as of _fetch_anew; where there are any, it is searched again. What takes a
        server long is searched once, after the news."""
        slow = any(isinstance(word, Literal) or word in _SLOW_KEYS for word in words)
        size = self._size()
        search: Command = ("UID SEARCH", *words)
        with self._talk() as client:
            refused = client.run_together(*before, *([] if slow else [search]), ("NOOP",))[len(before)]
            told = client.connection.untagged_responses
            found, counted, has_news = told.pop("SEARCH", []), told.pop("STATUS", []), "FETCH" in told
        if slow or has_news or self._size() != size:
            found, refused = self._run("UID SEARCH", *words), None
        if refused:
            raise refused
        return found, _counts_in(counted)


def _uids_of(told: Iterable[Any]) -> list[int]:
    """Of SEARCH responses, ascending."""
    return sorted({uid for line in told if isinstance(line, bytes) for uid in parse_numbers(line)})


def _counts_in(told: list[Any]) -> Status | None:
    """Of STATUS responses, of which the last one counts."""
    found = [status[1] for response in imap_parse.split_responses(told) if (status := status_of(response))]
    return found[-1] if found else None


def _rows_of(readable: Iterable[tuple[int, dict[bytes, Any]]], uids: Sequence[int]) -> list[Row]:
    return [row for merged in merged_items(readable, uids, by_uid=True) if (row := row_of(merged))]


def _length(first: int, last: int) -> int:
    """Of a window."""
    if (first, last) == (0, 0):
        return 0
    if not 0 < first <= last < first + MAX_WINDOW:
        raise ValueError("a window starts at 1 and has at most 1000 messages")
    return last - first + 1
