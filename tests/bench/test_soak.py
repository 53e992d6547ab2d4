"""The soak runs, and knows growth from noise; what it finds in twenty minutes is for `make soak`."""

import pytest

from tests.bench.soak import HEAD, MEGABYTE, Reading, Tally, arguments, arrived, growths, stay, verdict
from tests.servers.live import Live


def readings(memory: list[float], connections: list[int] | None = None) -> list[Reading]:
    lines = connections or [100] * len(memory)
    return [
        Reading(minute, int(each * MEGABYTE), 90 * MEGABYTE, 30, 200 + held, held)
        for minute, (each, held) in enumerate(zip(memory, lines, strict=True))
    ]


def test_people_come_and_the_figures_are_told(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    options = arguments(["--minutes", "0.1", "--users", "2", "--every", "2"])
    held, tally = stay(live, arrived(live, options), options)
    assert tally.errors == []
    assert tally.requests > 5
    assert [each.minute for each in held] == sorted({each.minute for each in held})
    assert all(min(each.web_memory, each.worker_memory) > 20 * MEGABYTE for each in held)
    assert all(min(each.threads, each.files) > 2 for each in held)
    assert held[-1].connections > 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed[-1].split()) == len(HEAD)


@pytest.mark.parametrize(
    ("memory", "grows"),
    [
        ([80, 95, 100, 100, 101, 100, 101, 100, 101], False),  # it warms up and stays
        ([100, 100, 100, 100, 100, 100, 100, 140, 100], False),  # one odd moment
        ([100, 102, 104, 106, 108, 110, 112, 114, 116], True),  # two a minute
        ([100, 100, 100, 100, 100, 100, 115, 115, 115], True),  # a step, late
        ([100], False),
    ],
)
def test_growth_of_memory(memory: list[float], grows: bool) -> None:
    assert [each.split()[0] for each in growths(readings(memory))] == (["web_memory"] if grows else [])


def test_growth_of_connections() -> None:
    held = [50, 60, 70, 80, 90, 100, 110, 120, 130]
    assert [each.split()[0] for each in growths(readings([100.0] * 9, held))] == ["files", "connections"]


def test_what_makes_it_fail() -> None:
    steady = readings([100.0] * 9)
    failed = Tally(errors=["read: AssertionError: 500"])
    assert verdict(steady, Tally(), 0) == 0
    assert verdict(steady, failed, 0) == 1
    assert verdict(steady, Tally(), 3) == 1
    assert verdict(readings([100.0, 110, 120, 130, 140, 150]), Tally(), 0) == 1
