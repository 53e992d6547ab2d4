"""SMTP sessions kept for a moment after a mail: who sends one often sends another, and to dial, encrypt and sign in
takes six round trips.

smtp.submit → take() before it would dial → keep() after the server took the mail → whoever comes next, or QUIT after
some seconds, by a timer that lives as long as there is anything kept. A session that the server has left, or where it
takes no more mail, is found out within seconds and before the next message is begun: then a new one is dialled.
Sessions live in this process; when it dies, the servers see closed lines.
"""

import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from webmail.protocols.smtp_session import SmtpSession

S = TypeVar("S", bound=SmtpSession)


class KeptSessions(Generic[S]):
    """At most `most`, each for `seconds`. A key stands for one account in one version of its settings. Thread-safe."""

    def __init__(self, seconds: float = 30, most: int = 50):
        self.seconds = seconds
        self.most = most
        self._lock = threading.Lock()
        self._kept: list[tuple[Hashable, S, float]] = []  # the oldest first, with the moment when it ends
        self._timer: threading.Timer | None = None

    def of(self, key: Hashable) -> "KeptFor[S]":
        return KeptFor(self, key)

    def take(self, key: Hashable) -> S | None:
        """One that still stands, with nothing on its line that nobody asked for."""
        while found := self._pop(key):
            if found.wire.is_alive() and not found.wire.pending:
                found.wire.watch()
                return found
            found.end(politely=False)
        return None

    def keep(self, key: Hashable, session: S) -> None:
        with self._lock:
            surplus: S | None = session
            if self._timer or self._wake_in(self.seconds):
                self._kept.append((key, session, time.monotonic() + self.seconds))
                surplus = self._kept.pop(0)[1] if len(self._kept) > self.most else None
        if surplus:
            surplus.end(politely=False)

    def _pop(self, key: Hashable) -> S | None:
        with self._lock:
            places = [index for index, entry in enumerate(self._kept) if entry[0] == key]
            return self._kept.pop(places[-1])[1] if places else None

    def _wake_in(self, seconds: float) -> bool:
        """False where no thread is to be had: a mail that was taken must not fail for that."""
        timer = threading.Timer(seconds, self._end_old)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:
            return False
        self._timer = timer
        return True

    def _end_old(self) -> None:
        now = time.monotonic()
        with self._lock:
            old = [session for _key, session, end in self._kept if end <= now]
            self._kept = self._kept[len(old) :]
            self._timer = None
            if self._kept:
                self._wake_in(self._kept[0][2] - now)
        for session in old:
            session.end()


@dataclass(frozen=True, slots=True)
class KeptFor(Generic[S]):
    """The kept sessions of one key."""

    sessions: KeptSessions[S]
    key: Hashable

    def take(self) -> S | None:
        return self.sessions.take(self.key)

    def keep(self, session: S) -> None:
        self.sessions.keep(self.key, session)
