"""The bench runs, on a small mailbox; what it measures is for `make bench`."""

import pytest

from tests.bench.__main__ import main


def test_every_row_has_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--messages", "60", "--imported", "5", "--rounds", "1"])
    rows = [line for line in capsys.readouterr().out.splitlines() if line[:1].isalpha()]
    assert len(rows) == 5
    for row in rows:
        median, p95, raw, *_ = map(float, row[26:].split())
        assert 0 < median <= p95
        assert raw > 0
