"""What the halves of an IMAP session share: one line, its state, and how a command is sent on it.

Flow: each method of imap_reading.py, imap_changes.py and imap.py sends its commands through `_talk`, which bounds and
translates them, and keeps `selected` true to what the server reports. Nothing is stored. Where anything broke in the
middle of an answer, the session is `broken` and never used again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from webmail.protocols.errors import MailServerError, Rejected, Unreachable
from webmail.protocols.imap_client import GuardedClient, translated
from webmail.protocols.imap_types import Selected
from webmail.protocols.wire import ANSWER_OCTETS

FRESH_SECONDS = 10.0  # for so long after an answer nobody doubts the line


class Conversation:
    """One connection, logged in. One owner at a time: not thread-safe. Every method of a session may raise Unreachable
    (it is `broken` then) and Rejected (it goes on); ValueError for an argument that can't be sent."""

    def __init__(self, client: GuardedClient):
        self._client = client
        self.selected: Selected | None = None
        self.broken = False
        self.last_used = time.monotonic()
        self.capabilities = client.learn_capabilities()

    @property
    def round_trips(self) -> int:
        """Commands and literals that waited for an answer so far."""
        return self._client.connection.commands

    def answer_by(self, moment: float | None) -> None:
        """An answer that is not there at this moment of the monotonic clock is Unreachable(timeout); None: as the
        timeouts say. For somebody who has something else to show by then."""
        self._client.wire.end_by(moment)

    @contextmanager
    def _talk(self, octets: int = ANSWER_OCTETS) -> Iterator[GuardedClient]:
        if self.broken:
            raise Unreachable("This session is closed.", reason="lost")
        self.last_used = time.monotonic()
        self._client.wire.begin(octets=octets)
        try:
            with translated(self._client):
                yield self._client
        except Rejected:
            raise
        except BaseException:
            self.close()  # an answer may be half read: whoever used this session next would get it
            raise
        finally:
            self._note_size()

    def _note_size(self) -> None:
        if self.selected:
            self.selected.exists = self._client.connection.exists

    def _run(self, name: str, *segments: bytes, answer: str = "", octets: int = ANSWER_OCTETS) -> list[Any]:
        with self._talk(octets) as client:
            return client.run(name, *segments, answer=answer)

    def _size(self) -> tuple[int, int]:
        """Changes with every message that comes or goes."""
        return self._client.connection.exists, self._client.connection.expunged

    def _open_folder(self) -> Selected:
        if not self.selected:
            raise ValueError("no folder is selected")
        return self.selected

    def is_usable(self) -> bool:
        """Whether the server still holds the line, without asking it: a closed line or a farewell that has arrived
        meanwhile."""
        if self.broken or not self._client.wire.is_alive() or b"* BYE" in self._client.wire.pending[:4096]:
            self.close()
        else:
            self._client.wire.watch()  # again, where something large was sent meanwhile
        return not self.broken

    def is_fresh(self) -> bool:
        """Whether it answered so lately that a NOOP would tell nothing new of the line: what forgets a silent one (a
        firewall, a NAT) takes half a minute at least."""
        return not self.broken and time.monotonic() - self.last_used < FRESH_SECONDS

    def logout(self) -> None:
        """Say goodbye and close. Never raises."""
        if not self.broken:
            try:
                self._client.wire.begin(seconds=2, silence=2)
                self._client.run("LOGOUT", answer="BYE")
            except (MailServerError, OSError, self._client.Error):
                pass
        self.close()

    def close(self) -> None:
        """Drop the line without a word. Never raises."""
        self.broken = True
        self._client.wire.close()
