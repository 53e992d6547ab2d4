"""Warm sessions, lent for one `with` block each: logging in costs a far server 400 ms, a kept session nothing.

Flow: lease → an idle session of this key, one with the wanted folder open first, else a new one from `opener`; at the
end it goes back, or is closed if it broke. Before an idle session is lent, its line is looked at without waiting: one
that the server has closed or said BYE on is replaced. One that dies later than that (a NAT that forgot it) fails its
first command with Unreachable: nothing is repeated here, as only the caller knows whether its command may run twice.
Sessions live in this process alone: after a fork the child starts empty, after a crash the servers see closed lines.

One dead server starves nobody: of all threads only a few may be at one server at a time, two at one that has not
answered lately, and whoever finds them stuck is told so at once instead of becoming one more that waits.
"""

import os
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from webmail.protocols.errors import Unreachable
from webmail.protocols.imap import ImapSession

Opener = Callable[[], ImapSession]

TRUSTED_SECONDS = 15.0  # for so long after its last answer a server counts as one that answers
TRUSTED, DOUBTED = 6, 2  # threads at one server, while it answers and otherwise
PATIENCE, SHORT_PATIENCE = 4.0, 1.0  # how long a wait that nothing moves may last, likewise


class _Lease:
    """A session's place in the pool while somebody has it; `revoked` when its key was dropped meanwhile. `since` is on
    the monotonic clock."""

    def __init__(self, key: Hashable, server: Hashable):
        self.key = key
        self.server = server
        self.since = 0.0
        self.revoked = False


class ImapPool:
    """At most `max_per_key` sessions for each key, TRUSTED at work on each server and `max_total` in all; idle ones are
    kept `idle_seconds`. Thread-safe.

    A key stands for one account in one version of its settings: whatever would make a session another's must change the
    key.
    """

    def __init__(self, max_per_key: int = 2, idle_seconds: float = 120, max_total: int = 200):
        self.max_per_key = max_per_key
        self.idle_seconds = idle_seconds
        self.max_total = max_total
        self._reset()

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._changed = threading.Condition()
        self._idle: dict[Hashable, list[ImapSession]] = {}
        self._leases: set[_Lease] = set()
        self._answered: dict[Hashable, float] = {}  # by server, when a lease last ended well

    @contextmanager
    def lease(
        self,
        key: Hashable,
        opener: Opener,
        *,
        server: Hashable = None,
        folder: str | None = None,
        timeout: float = 10,
    ) -> Iterator[ImapSession]:
        """A session for one block; `server` is what it shares with other keys. Raises Unreachable(pool) when none is
        free within `timeout` seconds, or nobody ahead gets on, and whatever `opener` raises."""
        self._forget_after_fork()
        lease = _Lease(key, key if server is None else server)
        session = self._reserve(lease, folder, timeout)
        answered = True
        try:
            while session and not session.is_usable():
                session = self._take_idle(key, folder)
            session = session or opener()
            yield session
        except (Unreachable, OSError):
            answered = False
            if session:
                session.close()
            raise
        finally:
            self._give_back(lease, session, answered)

    def drop(self, key: Hashable) -> None:
        """Close the sessions of a key: idle ones now, lent ones when they come back."""
        self._forget_after_fork()
        with self._changed:
            for lease in self._leases:
                lease.revoked |= lease.key == key
            dropped = self._idle.pop(key, [])
            self._changed.notify_all()
        _close(dropped)

    def close(self) -> None:
        """Close all: at the end of the process."""
        for key in list(self._idle):
            self.drop(key)

    def _forget_after_fork(self) -> None:
        """The parent goes on using its lines: closing our copies of them sends nothing."""
        if self._pid != os.getpid():
            inherited = [session for sessions in self._idle.values() for session in sessions]
            self._reset()
            _close(inherited)

    def _reserve(self, lease: _Lease, folder: str | None, timeout: float) -> ImapSession | None:
        """A place for this lease and an idle session, or None where a new one may be opened."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while ahead := self._ahead_of(lease):
                self._wait_for(ahead, lease.server, deadline)
            lease.since = time.monotonic()
            self._leases.add(lease)
            surplus = self._expired()
            session = self._pick(lease.key, folder)
            surplus += [] if session else self._make_room()
        _close(surplus)
        return session

    def _ahead_of(self, lease: _Lease) -> list[_Lease]:
        """Those of whom one must come back first; nobody where there is room."""
        of_key = [other for other in self._leases if other.key == lease.key]
        if len(of_key) >= self.max_per_key:
            return of_key
        at_server = [other for other in self._leases if other.server == lease.server]
        if len(at_server) >= (TRUSTED if self._answers(lease.server) else DOUBTED):
            return at_server
        return list(self._leases) if len(self._leases) >= self.max_total else []

    def _wait_for(self, ahead: list[_Lease], server: Hashable, deadline: float) -> None:
        """Until something changes. While leases come and go there is hope; all of them old means that they are stuck,
        and one more thread that waits would be missing elsewhere."""
        patience = PATIENCE if self._answers(server) else SHORT_PATIENCE
        until = min(deadline, max(other.since for other in ahead) + patience)
        if not self._changed.wait(until - time.monotonic()):
            raise Unreachable("Earlier requests still wait for this server.", reason="pool")

    def _answers(self, server: Hashable) -> bool:
        return self._answered.get(server, -TRUSTED_SECONDS) > time.monotonic() - TRUSTED_SECONDS

    def _expired(self) -> list[ImapSession]:
        oldest = time.monotonic() - self.idle_seconds
        expired = [session for sessions in self._idle.values() for session in sessions if session.last_used < oldest]
        self._remove(expired)
        self._answered = {server: at for server, at in self._answered.items() if self._answers(server)}
        return expired

    def _make_room(self) -> list[ImapSession]:
        """Idle sessions of others that must go for one more to be opened."""
        idle = sorted((session for sessions in self._idle.values() for session in sessions), key=_last_used)
        surplus = idle[: max(0, len(idle) + len(self._leases) - self.max_total)]
        self._remove(surplus)
        return surplus

    def _remove(self, sessions: list[ImapSession]) -> None:
        for key in list(self._idle):
            self._idle[key] = [session for session in self._idle[key] if session not in sessions]
            if not self._idle[key]:
                del self._idle[key]

    def _take_idle(self, key: Hashable, folder: str | None) -> ImapSession | None:
        with self._changed:
            return self._pick(key, folder)

    def _pick(self, key: Hashable, folder: str | None) -> ImapSession | None:
        """The idle session with this folder open, else the one used last."""
        sessions = self._idle.get(key)
        if not sessions:
            return None
        chosen = max(sessions, key=lambda session: (_has_open(session, folder), session.last_used))
        self._remove([chosen])
        return chosen

    def _give_back(self, lease: _Lease, session: ImapSession | None, answered: bool) -> None:
        with self._changed:
            self._leases.discard(lease)
            if answered:
                self._answered[lease.server] = time.monotonic()
            keep = session is not None and not session.broken and not lease.revoked and self._pid == os.getpid()
            if session and keep:
                self._idle.setdefault(lease.key, []).append(session)
            self._changed.notify_all()
        if session and not keep:
            session.close()


def _last_used(session: ImapSession) -> float:
    return session.last_used


def _has_open(session: ImapSession, folder: str | None) -> bool:
    return session.selected is not None and session.selected.folder == folder


def _close(sessions: list[ImapSession]) -> None:
    for session in sessions:
        session.close()
