"""W20 of the security checklist: what a stranger says can't pass for a line of ours."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response

from webmail.logs import LIMIT, OneLineFormatter


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the configured formatter makes of all that is logged."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_the_settings_use_it() -> None:
    formatters = {type(handler.formatter) for handler in logging.getLogger().handlers if handler.formatter}
    assert OneLineFormatter in formatters


def test_what_is_said_is_one_line(written: io.StringIO) -> None:
    logging.getLogger("tests").warning("refused: %s", "no\r\nWARNING accounts: forged\x1b[2J\u2028\u202e é")
    assert written.getvalue() == ("WARNING tests: refused: no\\r\\nWARNING accounts: forged\\x1b[2J\\u2028\\u202e é\n")


def test_a_traceback_is_indented(written: io.StringIO) -> None:
    try:
        raise ValueError("no\nWARNING accounts: forged\r\nWARNING accounts: again")
    except ValueError:
        logging.getLogger("tests").exception("it broke")
    first, *rest = written.getvalue().splitlines()
    assert first == "ERROR tests: it broke"
    assert rest
    assert all(line.startswith("  ") for line in rest)


def test_a_megabyte_is_cut(written: io.StringIO) -> None:
    logging.getLogger("tests").warning("x" * 2**20)
    assert len(written.getvalue()) <= LIMIT + 1


@pytest.mark.parametrize(("status", "lines"), [(500, 1), (502, 0), (503, 0), (504, 0)])
def test_what_another_server_did_is_no_error_of_ours(written: io.StringIO, status: int, lines: int) -> None:
    """A picture's server that is down, passed on as 502, is told to the reader, not to who keeps the logs."""
    log_response("%s: %s", "Bad Gateway", "/remote/", response=HttpResponse(status=status), request=HttpRequest())
    assert len(written.getvalue().splitlines()) == lines
