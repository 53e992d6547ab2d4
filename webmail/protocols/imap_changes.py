"""What an IMAP session changes: flags, places, folders.

Flow: each method is one command where the server has it (MOVE, UID EXPUNGE). Without MOVE: COPY, then mark ours
\\Deleted, then remove exactly ours. A crash between two of these leaves the message in both folders, at worst marked in
the first; never in none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from imapclient.datetime_util import datetime_to_INTERNALDATE

from webmail.protocols.errors import Rejected
from webmail.protocols.imap_parse import Literal, Malformed, flags_argument, folder_argument, parse_set, uid_sets
from webmail.protocols.imap_presence import Presences
from webmail.protocols.imap_types import Place

DELETED = "\\Deleted"
_PLACE = re.compile(rb"\s*(\d{1,10})\s+(\d{1,10})\s*")  # of an APPENDUID response code (RFC 4315, 3)


class Changes(Presences):
    """The half of ImapSession that writes."""

    # ---- messages

    def store(self, uids: Iterable[int], add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Set and take away flags. Messages that are gone are passed over."""
        self._open_folder()
        sets = list(uid_sets(uids))
        for action, flags in ((b"+FLAGS.SILENT", list(add)), (b"-FLAGS.SILENT", list(remove))):
            argument = flags_argument(flags)
            for message_set in sets if flags else ():
                self._run("UID STORE", message_set, action, argument)

    def copy(self, uids: Iterable[int], folder: str) -> dict[int, Place]:
        """Copy into `folder`: the new places, by the uids that were copied. Rejected(TRYCREATE) when it does not
        exist."""
        return self._transfer("UID COPY", uids, folder)

    def move(self, uids: Iterable[int], folder: str) -> dict[int, Place]:
        """Move into `folder`: the new places, by the uids that were moved. A refusal before the copy changes nothing.

        A server with neither MOVE nor UIDPLUS can only remove every message that is marked \\Deleted, whoever marked
        it. While others are marked, ours stay behind, copied and marked: Rejected(reason="left_marked"),
        details["moved"] as would be returned.
        """
        wanted = set(uids)
        if "MOVE" in self.capabilities:
            return self._transfer("UID MOVE", wanted, folder)
        moved = self.copy(wanted, folder)
        try:
            self.expunge(moved)
        except Rejected as error:
            error.details["moved"] = moved
            raise
        return moved

    def _transfer(self, command: str, uids: Iterable[int], folder: str) -> dict[int, Place]:
        self._open_folder()
        target = folder_argument(folder)
        places: dict[int, Place] = {}
        for message_set in uid_sets(uids):
            with self._talk() as client:
                expunged = client.connection.expunged
                told = client.run(command, message_set, target, answer="COPYUID")
                gone = client.connection.expunged - expunged
            asked = parse_set(message_set, limit=2**31)
            if told:
                places.update(_copied(told, asked))
            elif "UIDPLUS" not in self.capabilities or gone:
                places.update(dict.fromkeys(asked))
        return places

    def expunge(self, uids: Iterable[int]) -> None:
        """Remove these messages for good, whether marked \\Deleted before or not, and no others (see `move` for the
        exception)."""
        sets = list(uid_sets(uids))
        ours = {uid for message_set in sets for uid in parse_set(message_set, limit=2**31)}
        self.store(ours, add=[DELETED])
        if "UIDPLUS" in self.capabilities:
            for message_set in sets:
                self._run("UID EXPUNGE", message_set, answer="EXPUNGE")
        elif ours:
            self._expunge_all_marked(ours)

    def _expunge_all_marked(self, ours: set[int]) -> None:
        if set(self.search(["DELETED"])) - ours:
            raise Rejected(
                "Other messages of this folder are marked as deleted too, and this server can't remove single ones.",
                reason="left_marked",
                permanent=False,
            )
        self._run("EXPUNGE")

    def append(self, folder: str, raw: bytes, flags: Iterable[str] = (), internaldate: datetime | None = None) -> Place:
        """Store a message (RFC 5322 octets; line ends become CRLF, as IMAP demands); its place. Rejected: TRYCREATE,
        OVERQUOTA…"""
        if internaldate is not None and internaldate.tzinfo is None:
            raise ValueError("internaldate needs a time zone")
        date = [b'"' + datetime_to_INTERNALDATE(internaldate).encode("ascii") + b'"'] if internaldate else []
        message = Literal(_crlf(raw))
        told = self._run("APPEND", folder_argument(folder), flags_argument(flags), *date, message, answer="APPENDUID")
        place = _PLACE.fullmatch(told[-1].split(b"]")[0]) if told and isinstance(told[-1], bytes) else None
        return (int(place[1]), int(place[2])) if place else None

    # ---- folders

    def create(self, folder: str) -> None:
        """Rejected: ALREADYEXISTS, CANNOT, NOPERM…"""
        self._run("CREATE", folder_argument(folder))

    def rename(self, folder: str, new_name: str) -> None:
        self._run("RENAME", folder_argument(folder), folder_argument(new_name))

    def delete(self, folder: str) -> None:
        """Remove a folder with all its messages: what may be removed is the caller's to know."""
        self._run("DELETE", folder_argument(folder))

    def subscribe(self, folder: str) -> None:
        self._run("SUBSCRIBE", folder_argument(folder))

    def unsubscribe(self, folder: str) -> None:
        self._run("UNSUBSCRIBE", folder_argument(folder))


def _copied(told: Sequence[Any], asked: Sequence[int]) -> Iterator[tuple[int, Place]]:
    """COPYUID response codes (RFC 4315, 3) as places by source uid; what was not asked for is left out."""
    wanted = set(asked)
    for line in told:
        words = line.split(b"]")[0].split() if isinstance(line, bytes) else []
        try:
            uidvalidity, sources, targets = (
                int(words[0]),
                parse_set(words[1], len(wanted)),
                parse_set(words[2], len(wanted)),
            )
        except (Malformed, ValueError, IndexError):
            continue
        if len(sources) == len(targets):
            yield from (
                (source, (uidvalidity, target))
                for source, target in zip(sources, targets, strict=True)
                if source in wanted
            )


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
