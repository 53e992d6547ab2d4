"""How long an account's mail server lately took for a list: whether it is waited for, or the last known page is shown
first (listing.py).

Each live list → note() → the last three times, those of warm sessions and of new ones apart, in this process. A verdict
that changes goes to the cache too, so that a process that has just started knows it. Where all that is lost, a slow
server is waited for once more.
"""

import statistics
from collections.abc import Sequence

from webmail.mailbox.kept import Bounded, get_many, set_many

SLOW = 0.3  # seconds: longer than what still feels like an answer at once
TIMES = 3  # so many are remembered
ENOUGH = 2  # times to judge by: one hiccup makes no slow server
ACCOUNTS = 5_000  # in this process
SECONDS = 7 * 24 * 3600  # in the cache


class Pace:
    """One account's, in one version of its settings."""

    def __init__(self, slow: Sequence[bool] = (False, False)):
        # [a new connection, a warm session]; immutable tuples, so that threads need no lock
        self._times: list[tuple[float, ...]] = [(2 * SLOW,) * ENOUGH if each else () for each in slow]
        self._failing = False

    def is_slow(self, *, warm: bool) -> bool:
        """Whether an answer is expected to take long, or the last one never came."""
        return self._failing or self.verdict[warm]

    @property
    def verdict(self) -> list[bool]:
        return [len(times) >= ENOUGH and statistics.median_low(times) > SLOW for times in self._times]

    def note(self, seconds: float, *, warm: bool) -> None:
        self._times[warm] = (*self._times[warm], seconds)[-TIMES:]
        self._failing = False

    def note_failure(self) -> None:
        self._failing = True


_paces: Bounded[Pace] = Bounded(ACCOUNTS)


def pace_of(place: str) -> Pace:
    """`place` is the key under which an account's verdict lies in the cache."""
    [pace] = _paces.get_many([place])
    if pace is None:
        match get_many([place]).get(place):
            case [bool(new), bool(warm)]:
                pace = Pace((new, warm))
            case _:
                pace = Pace()
        _paces.set(place, pace, 1)
    return pace


def note_time(place: str, seconds: float, *, warm: bool) -> None:
    pace = pace_of(place)
    before = pace.verdict
    pace.note(seconds, warm=warm)
    if pace.verdict != before:
        set_many({place: pace.verdict}, SECONDS)
