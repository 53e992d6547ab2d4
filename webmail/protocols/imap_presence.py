"""What an IMAP session tells of many messages at once, for whoever has to know them again elsewhere: when each arrived,
its flags, its header. Asked for in pieces, so that an answer stays small; nothing is stored, no flag is set."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from webmail.protocols.imap_answers import fetched_items, flags_of, merged_items
from webmail.protocols.imap_parse import parse_internaldate, uid_sets
from webmail.protocols.imap_reading import HEADER_OCTETS, Reading
from webmail.protocols.imap_types import Row

HEADERS_AT_ONCE = 100
_ITEMS = b"(UID INTERNALDATE FLAGS)"
_HEADER_ITEMS = f"UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER]<0.{HEADER_OCTETS}>"

Presence = tuple[datetime, frozenset[str]]


class Presences(Reading):
    """The part of ImapSession that counts and compares."""

    def fetch_presence(self, uids: Iterable[int]) -> dict[int, Presence]:
        """Arrival and flags by uid as they are now; messages that are gone are left out."""
        self._open_folder()
        wanted = set(uids)
        found: dict[int, Presence] = {}
        for message_set in uid_sets(wanted):
            readable, _ = fetched_items(self._fetch_anew(message_set, _ITEMS))
            for items in merged_items(readable, wanted, by_uid=True):
                if b"INTERNALDATE" in items:  # else it is news of flags alone
                    found[items[b"UID"]] = parse_internaldate(items[b"INTERNALDATE"]), flags_of(items)
        return found

    def rows_of_headers(self, uids: Iterable[int]) -> Iterator[Row]:
        """Rows without structure, oldest first, whose `header` is the whole header, its first 64 KB; messages that are
        gone are left out."""
        self._open_folder()
        wanted = sorted(set(uids))
        for start in range(0, len(wanted), HEADERS_AT_ONCE):
            yield from self._fetch_rows(wanted[start : start + HEADERS_AT_ONCE], _HEADER_ITEMS, anew=True)
