"""Warm sessions, lent for one `with` block each: logging in costs a far server 400 ms, a kept session nothing.

Flow: lease → an idle session of this key (imap_idle.py), one with the wanted folder open first, else a new one from
`opener`; at the end it goes back, or is closed if it broke, together with the idle ones of its key, whose line went the
same way. Before an idle session is lent, its line is looked at without waiting: one that the server has closed or said
BYE on is replaced. One that died unnoticed fails its first command with Unreachable(lost): nothing is repeated here, as
only the caller knows whether its command may run twice. Idle ones end after `idle_seconds`, by a thread that lives as
long as there are any. Sessions live in this process alone: after a fork the child starts empty, after a crash the
servers see closed lines.

One dead server starves nobody: of all threads only a few may be at one server at a time, two at one that has not
answered lately, two more may hope for their places, and whoever comes then is told so instead of waiting too.

A server that takes no more connections is believed: its account shares what it has for a while, and if it has none, the
session of another account that has lain idle at that server longest makes room.
"""

import copy
import os
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from webmail.protocols.errors import MailServerError, Rejected, Unreachable
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_idle import IdleSessions

Opener = Callable[[], ImapSession]

TRUSTED_SECONDS = 15.0  # for so long after its last answer a server counts as one that answers
TRUSTED, DOUBTED = 6, 2  # threads at one server, while it answers and otherwise
PATIENCE, SHORT_PATIENCE = 4.0, 1.5  # how long a wait that nothing moves may last: in hope, and behind two who hope
LIMITED_SECONDS = 120.0  # for so long a server's limit of connections is remembered
NOTICE_SECONDS = 0.3  # until a server has noticed that a session has ended

_pools: "weakref.WeakSet[ImapPool]" = weakref.WeakSet()


class _Lease:
    """A session's place in the pool while somebody has it. `since` is on the monotonic clock. `revoked` when its key
    was dropped meanwhile. `ahead` when it is opened for nobody yet: `awaited_by` is whoever came to need it then, and
    shares its `error`."""

    def __init__(self, key: Hashable, server: Hashable, *, ahead: bool = False):
        self.key = key
        self.server = key if server is None else server
        self.ahead = ahead
        self.since = 0.0
        self.session: ImapSession | None = None
        self.revoked = False
        self.awaited_by: _Lease | None = None
        self.awaits: _Lease | None = None
        self.error: MailServerError | None = None


class ImapPool:
    """At most `max_per_key` sessions for each key, `max_per_server` at each server and `max_total` in all, TRUSTED of
    a server's at work. Idle ones are kept `idle_seconds`; of several of a key, all but the last used `spare_seconds`:
    they were for a moment when two things happened at once. Thread-safe.

    A key stands for one account in one version of its settings: whatever would make a session another's must change the
    key.
    """

    def __init__(
        self,
        max_per_key: int = 2,
        idle_seconds: float = 120,
        spare_seconds: float = 30,
        max_total: int = 200,
        max_per_server: int = 150,
    ):
        self.max_per_key = max_per_key
        self.idle_seconds = idle_seconds
        self.spare_seconds = spare_seconds
        self.max_total = max_total
        self.max_per_server = max_per_server
        self._reset()
        _pools.add(self)

    def _reset(self) -> None:
        self._changed = threading.Condition()
        self._idle = IdleSessions()
        self._leases: set[_Lease] = set()
        self._waiting: list[_Lease] = []
        self._answered: dict[Hashable, float] = {}  # by server, when a lease last ended well
        self._limits: dict[Hashable, tuple[int, float]] = {}  # by key: sessions its server allows, known until
        self._sweeper: threading.Event | None = None  # ends the thread that closes expired sessions, if there is one

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
        lease = _Lease(key, server)
        deadline = time.monotonic() + timeout
        kept = self._reserve(lease, folder, deadline)
        with self._held(lease):
            lease.session = self._usable(kept, lease, folder) or self._opened(lease, opener, folder, deadline)
            yield lease.session

    def open_ahead(
        self, key: Hashable, opener: Opener, *, server: Hashable = None, folder: str | None = None
    ) -> ImapSession | None:
        """Open a session before it is needed and keep it idle, with `folder` open; None if there is one already.
        Whoever leases this key meanwhile waits for it and shares its outcome. Raises Unreachable(pool) where it would
        have to wait, and whatever `opener` raises."""
        lease = _Lease(key, server, ahead=True)
        with self._changed:
            if self.holds(key):
                return None
            if self._ahead_of(lease):
                raise Unreachable("Others wait for this server.", reason="pool")
            self._enter(lease)
            surplus = self._make_room(lease)
        with self._held(lease):
            _close(surplus)
            lease.session = opener()
            if folder is not None:
                with suppress(Rejected):
                    lease.session.select_if_needed(folder)
        return lease.session

    def holds(self, key: Hashable) -> bool:
        """Whether there is a session of this key, or will be in a moment."""
        with self._changed:
            return self._idle.count(key) > 0 or any(lease.key == key for lease in self._leases)

    def has_idle(self, key: Hashable) -> bool:
        """Whether a lease of this key would find a session that waits to be used."""
        with self._changed:
            return self._idle.count(key) > 0

    def drop(self, matches: Callable[[Any], bool]) -> None:
        """Close the sessions whose key `matches`: idle ones now, lent ones when they come back."""
        with self._changed:
            for lease in self._leases:
                lease.revoked |= matches(lease.key)
            dropped = self._idle.take_all(matches)
            self._changed.notify_all()
        _close(dropped)

    def close(self) -> None:
        """Close all: at the end of the process."""
        self.drop(lambda key: True)
        with self._changed:
            if self._sweeper:
                self._sweeper.set()

    # ---- entering

    def _reserve(self, lease: _Lease, folder: str | None, deadline: float) -> ImapSession | None:
        """A place for this lease and an idle session, or None where a new one may be opened."""
        with self._changed:
            while ahead := self._ahead_of(lease):
                self._wait_for(ahead, lease, deadline)
            if lease.awaits and lease.awaits.error:
                raise copy.copy(lease.awaits.error)
            self._enter(lease)
            session = self._idle.take(lease.key, folder)
            surplus = [] if session else self._make_room(lease)
        _close(surplus)
        return session

    def _ahead_of(self, lease: _Lease) -> list[_Lease]:
        """Those of whom one must come back first; nobody where there is room."""
        of_key = [other for other in self._leases if other.key == lease.key]
        if len(of_key) >= self._allowed(lease.key):
            return of_key
        if not self._idle.count(lease.key) and (opening := [other for other in of_key if other.ahead]):
            return opening  # further on than a session that would be begun now
        at_server = [other for other in self._leases if other.server == lease.server]
        if len(at_server) >= (TRUSTED if self._answers(lease.server) else DOUBTED):
            return at_server
        return list(self._leases) if len(self._leases) >= self.max_total else []

    def _wait_for(self, ahead: list[_Lease], lease: _Lease, deadline: float) -> None:
        """Until something changes. While leases come and go there is hope; all of them old means that they are stuck,
        and one more thread that waits would be missing elsewhere."""
        self._waiting.append(lease)
        try:
            until = min(deadline, self._hope(ahead, lease))
            if not self._changed.wait(until - time.monotonic()):
                if lease.awaits:
                    lease.awaits.awaited_by = None  # whoever comes next may have more time
                raise Unreachable("Earlier requests still wait for this server.", reason="pool")
        finally:
            self._waiting.remove(lease)

    def _hope(self, ahead: list[_Lease], lease: _Lease) -> float:
        """Until when it makes sense to wait for these, on the monotonic clock."""
        for other in ahead:
            if other.ahead and other.awaited_by in (None, lease):
                other.awaited_by, lease.awaits = lease, other
                return float("inf")  # the opening has its own limits, and would have to be waited for anyway
        others = sum(each.server == lease.server for each in self._waiting) - 1
        patient = self._answers(lease.server) or others < DOUBTED
        return max(other.since for other in ahead) + (PATIENCE if patient else SHORT_PATIENCE)

    def _answers(self, server: Hashable) -> bool:
        return self._answered.get(server, -TRUSTED_SECONDS) > time.monotonic() - TRUSTED_SECONDS

    def _allowed(self, key: Hashable) -> int:
        limit, until = self._limits.get(key, (self.max_per_key, 0.0))
        return limit if until > time.monotonic() else self.max_per_key

    def _enter(self, lease: _Lease) -> None:
        lease.since = time.monotonic()
        self._leases.add(lease)

    def _make_room(self, lease: _Lease) -> list[ImapSession]:
        """Idle sessions of others that must go for one more to be opened."""
        surplus = []
        at_server = sum(other.server == lease.server for other in self._leases)
        if self._idle.count_at(lease.server) + at_server > self.max_per_server:
            surplus.append(self._idle.take_oldest(lease.server))
        if len(self._idle) + len(self._leases) > self.max_total:
            surplus.append(self._idle.take_oldest())
        return [session for session in surplus if session]

    # ---- the session

    def _usable(self, session: ImapSession | None, lease: _Lease, folder: str | None) -> ImapSession | None:
        while session and not session.is_usable():
            with self._changed:
                session = self._idle.take(lease.key, folder)
        return session

    def _opened(self, lease: _Lease, opener: Opener, folder: str | None, deadline: float) -> ImapSession:
        try:
            return opener()
        except Unreachable as refusal:
            if refusal.reason != "busy":
                raise
            if self._shares(lease):
                kept = self._reserve(lease, folder, deadline)
                return self._usable(kept, lease, folder) or opener()
            if not self._made_room_at(lease.server):
                raise
        return opener()

    def _shares(self, lease: _Lease) -> bool:
        """Whether this account has other sessions, so that it can do with these; then the lease has left its place."""
        with self._changed:
            others = sum(other.key == lease.key for other in self._leases) - 1 + self._idle.count(lease.key)
            if others:
                self._limits[lease.key] = others, time.monotonic() + LIMITED_SECONDS
                self._leases.discard(lease)
                self._changed.notify_all()
            return others > 0

    def _made_room_at(self, server: Hashable) -> bool:
        with self._changed:
            oldest = self._idle.take_oldest(server)
        if oldest:
            oldest.logout()
            time.sleep(NOTICE_SECONDS)
        return oldest is not None

    # ---- leaving

    @contextmanager
    def _held(self, lease: _Lease) -> Iterator[None]:
        answered, cut = True, False
        try:
            yield
        except MailServerError as error:
            lease.error = error if lease.ahead else None
            answered = not isinstance(error, Unreachable)
            cut = error.reason == "lost"
            raise
        except OSError:
            answered = False
            raise
        finally:
            self._give_back(lease, answered, cut)

    def _give_back(self, lease: _Lease, answered: bool, cut: bool) -> None:
        session = lease.session
        with self._changed:
            ours = lease in self._leases  # not after a fork, nor when it waited in vain
            self._leases.discard(lease)
            if answered:
                self._answered[lease.server] = time.monotonic()
            closing = self._idle.take_key(lease.key) if session and cut else []
            if session and answered and ours and not session.broken and not lease.revoked:
                self._idle.put(session, lease.key, lease.server)
                self._sweep_later()
            elif session:
                closing.append(session)
            self._changed.notify_all()
        _close(closing)

    # ---- what lies idle

    def _sweep_later(self) -> None:
        if self._sweeper is None:
            ended = threading.Event()
            with suppress(RuntimeError):  # no thread is to be had: the next session that comes back tries again
                threading.Thread(target=self._sweep, args=(ended,), name="IMAP sessions", daemon=True).start()
                self._sweeper = ended

    def _sweep(self, ended: threading.Event) -> None:
        """Close what has lain too long, until nothing lies idle any more."""
        going_on = True
        while going_on and not ended.wait(min(self.idle_seconds, self.spare_seconds) / 2):
            with self._changed:
                expired = self._idle.take_expired(self.idle_seconds, self.spare_seconds)
                self._forget_servers()
                going_on = len(self._idle) > 0
                if not going_on:
                    self._sweeper = None
            _close(expired)

    def _forget_servers(self) -> None:
        now = time.monotonic()
        self._answered = {server: at for server, at in self._answered.items() if at > now - TRUSTED_SECONDS}
        self._limits = {key: known for key, known in self._limits.items() if known[1] > now}

    def forget_after_fork(self) -> None:
        """The parent goes on using its lines: closing our copies of them sends nothing."""
        inherited = [*self._idle, *(lease.session for lease in self._leases if lease.session)]
        self._reset()
        _close(inherited)


def _close(sessions: list[ImapSession]) -> None:
    for session in sessions:
        session.close()


def _after_fork() -> None:
    for pool in list(_pools):
        pool.forget_after_fork()


os.register_at_fork(after_in_child=_after_fork)
