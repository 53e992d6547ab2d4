"""Log lines that nobody can forge: what people, mails and servers say comes into them."""

import logging
import re
import textwrap
from types import TracebackType

LIMIT = 4000  # characters of one line
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OneLineFormatter(logging.Formatter):
    """One record, one line, control characters escaped. A traceback follows indented, which no record is."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 logging's name
        return _CONTROL.sub(_escaped, super().formatMessage(record))[:LIMIT]

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802
        return textwrap.indent(super().formatException(ei).replace("\r", "\\r"), "  ", lambda line: True)


class NotOurFailure(logging.Filter):
    """Drops Django's line for answers that only pass on what another server did: 502, 503 and 504 are pages of ours
    that tell the reader; nothing is broken here."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) not in (502, 503, 504)


def _escaped(character: re.Match[str]) -> str:
    return character[0].encode("unicode_escape").decode("ascii")
