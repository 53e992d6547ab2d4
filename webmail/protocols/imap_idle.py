"""The sessions that nobody uses at the moment, by key and by age. Not thread-safe: the pool holds its lock meanwhile.

Flow: put when a lease ends; take for the next; what has lain too long, or must make room, is handed out to be closed.
No lease walks over all sessions, but for one whose server is full: `take_oldest` looks for the oldest there.
"""

import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from webmail.protocols.imap import ImapSession


class _Place(NamedTuple):
    key: Hashable
    server: Hashable
    since: float  # on the monotonic clock


class IdleSessions:
    """Idle sessions, in the order in which they came back."""

    def __init__(self) -> None:
        self._places: dict[ImapSession, _Place] = {}  # the oldest first
        self._by_key: dict[Hashable, list[ImapSession]] = {}
        self._at_server: Counter[Hashable] = Counter()

    def __iter__(self) -> Iterator[ImapSession]:
        return iter(list(self._places))

    def __len__(self) -> int:
        return len(self._places)

    def count(self, key: Hashable) -> int:
        return len(self._by_key.get(key, ()))

    def count_at(self, server: Hashable) -> int:
        return self._at_server[server]

    def put(self, session: ImapSession, key: Hashable, server: Hashable) -> None:
        self._places[session] = _Place(key, server, time.monotonic())
        self._by_key.setdefault(key, []).append(session)
        self._at_server[server] += 1

    def take(self, key: Hashable, folder: str | None) -> ImapSession | None:
        """The one of this key with this folder open, else the one that came back last."""
        sessions = self._by_key.get(key)
        if not sessions:
            return None
        chosen = next((session for session in reversed(sessions) if _has_open(session, folder)), sessions[-1])
        self._remove(chosen)
        return chosen

    def take_all(self, matches: Callable[[Any], bool]) -> list[ImapSession]:
        """Those whose key `matches`."""
        return [session for key in list(self._by_key) if matches(key) for session in self.take_key(key)]

    def take_key(self, key: Hashable) -> list[ImapSession]:
        sessions = list(self._by_key.get(key, ()))
        for session in sessions:
            self._remove(session)
        return sessions

    def take_oldest(self, server: Hashable = None) -> ImapSession | None:
        """The one that has lain longest, at this server or at any."""
        for session, place in self._places.items():
            if server in (None, place.server):
                self._remove(session)
                return session
        return None

    def take_expired(self, seconds: float, spare_seconds: float) -> list[ImapSession]:
        """Those that came back more than `seconds` ago; `spare_seconds` suffice where another of the key came later."""
        now = time.monotonic()
        expired: list[ImapSession] = []
        for session, place in self._places.items():
            if now - place.since <= min(seconds, spare_seconds):
                break
            if now - place.since > seconds or self._by_key[place.key][-1] is not session:
                expired.append(session)
        for session in expired:
            self._remove(session)
        return expired

    def _remove(self, session: ImapSession) -> None:
        place = self._places.pop(session)
        self._by_key[place.key].remove(session)
        if not self._by_key[place.key]:
            del self._by_key[place.key]
        self._at_server[place.server] -= 1
        if not self._at_server[place.server]:
            del self._at_server[place.server]


def _has_open(session: ImapSession, folder: str | None) -> bool:
    return session.selected is not None and session.selected.folder == folder
