"""The bench runs, on a small mailbox; what it measures is for `make bench`."""

import pytest

from tests.bench.__main__ import ROWS, main
from tests.bench.figures import Figures, Growth, Limit, Measured
from tests.bench.report import WIDTH

SMALL = ["--sizes", "60", "--rounds", "1", "--repeats", "1"]


def test_every_row_has_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--imported", "5", "--people", "2", "--seconds", "0.2", "--tolerance", "1000"]) == 0
    printed = capsys.readouterr().out.splitlines()
    for name in [*(kind.name for kind in ROWS), "POP import of 5"]:
        (row,) = (line for line in printed if line[:WIDTH].strip() == name)
        median, p95, raw, raw_p95, ratio = map(float, row[WIDTH:].split()[:5])
        assert 0 < median <= p95
        assert 0 < raw <= raw_p95
        assert ratio == pytest.approx(median / raw, abs=0.1 * ratio + 0.01)
    crowd = next(line for line in printed if "people at once" in line)
    assert int(crowd.split()[4]) > 0
    assert printed[-1].endswith("nothing")


def test_a_row_above_its_limit_makes_it_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--imported", "0", "--seconds", "0", "--only", "folder column", "--tolerance", "0"]) == 1
    row, last = [line for line in capsys.readouterr().out.splitlines() if "folder column" in line]
    assert "OVER" in row
    assert "folder column with counts (60): time" in last


def measured(product: float, raw: float, limit: Limit | None, *, amount: int = 1000, cpu: float = 0.001) -> Measured:
    """Medians in seconds; `cpu` of the web server, with 2 ms of the mail server on both sides."""
    sides = Figures([product], [cpu], [0.002]), Figures([raw], [0.001], [0.002])
    return Measured("a row", amount, *sides, limit)


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        (measured(0.010, 0.008, Limit(times=1.0)), []),
        (measured(0.011, 0.008, Limit(times=1.0)), ["time"]),
        (measured(0.011, 0.002, Limit(plus=0.007)), []),
        (measured(0.012, 0.002, Limit(plus=0.007)), ["time"]),
        (measured(0.060, 0.900, Limit(times=0, plus=0.050)), []),
        (measured(0.070, 0.900, Limit(times=0, plus=0.050)), ["time"]),
        (measured(0.001, 0.001, Limit(cpu=0.008), cpu=0.009), ["CPU"]),
        (measured(0.001, 0.001, Limit(cpu=0.008, own=True), cpu=0.009), []),
        (measured(0.001, 0.001, Limit(cpu=0.008), cpu=0.009, amount=100_000), []),
        (measured(9.0, 0.001, None), []),
    ],
)
def test_limits_allow_a_quarter_more(row: Measured, kinds: list[str]) -> None:
    assert [words.split()[0] for words in row.over(1.25)] == kinds


def test_growth_leaves_the_server_its_own() -> None:
    small = measured(0.010, 0.002, None)
    assert not Growth(small, measured(0.018, 0.002, None)).over(1.25)
    assert Growth(small, measured(0.019, 0.002, None)).over(1.25)
    assert not Growth(small, measured(0.040, 0.022, None)).over(1.25)
