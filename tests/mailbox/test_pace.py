"""When a mail server counts as slow."""

import pytest

from webmail.mailbox import pace
from webmail.mailbox.pace import SLOW, Pace, note_time, pace_of

LONG, SHORT = 2 * SLOW, SLOW / 10


def after(*seconds: float, warm: bool = True) -> bool:
    lately = Pace()
    for each in seconds:
        lately.note(each, warm=warm)
    return lately.is_slow(warm=warm)


@pytest.mark.parametrize(
    ("seconds", "slow"),
    [
        ((), False),
        ((LONG,), False),
        ((LONG, LONG), True),
        ((SHORT, LONG), False),
        ((SHORT, SHORT, LONG), False),
        ((SHORT, LONG, LONG), True),
        ((LONG, LONG, SHORT), True),
        ((LONG, LONG, SHORT, SHORT), False),
    ],
)
def test_one_hiccup_makes_no_slow_server_nor_a_quick_one(seconds: tuple[float, ...], slow: bool) -> None:
    assert after(*seconds) is slow


def test_new_connections_are_judged_apart() -> None:
    lately = Pace()
    for _ in range(2):
        lately.note(LONG, warm=False)
    assert lately.is_slow(warm=False)
    assert not lately.is_slow(warm=True)


def test_an_answer_that_never_came_counts_until_one_comes() -> None:
    lately = Pace()
    lately.note_failure()
    assert lately.is_slow(warm=True)
    assert lately.is_slow(warm=False)
    lately.note(SHORT, warm=True)
    assert not lately.is_slow(warm=False)


def test_a_verdict_outlives_the_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"known-pace:{request.node.nodeid}"
    for _ in range(2):
        note_time(place, LONG, warm=True)
    monkeypatch.setattr(pace, "_paces", pace.Bounded(1))
    assert pace_of(place).is_slow(warm=True)
    assert not pace_of(place).is_slow(warm=False)
    for _ in range(2):
        note_time(place, SHORT, warm=True)
    monkeypatch.setattr(pace, "_paces", pace.Bounded(1))
    assert not pace_of(place).is_slow(warm=True)
