"""Delivery reports and read receipts as values (RFC 3464, RFC 8098): who, what became of it, why.

report_parts(root) finds the machine's part and the returned message; read_delivery_report(octets) and
read_receipt(octets) read the first. The words for a person, in her language, are the caller's work; what the server
itself said comes along, as one line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webmail.mime.headers import decode_header, header_fields, one_line, parse_date, parse_message_id
from webmail.mime.types import Part

READ_LIMIT = 512 * 1024  # octets
RECIPIENTS_LIMIT = 500
DIAGNOSTIC_LIMIT = 1_000  # characters

_STATUS_TYPES = frozenset(("message/delivery-status", "message/global-delivery-status"))
_RECEIPT_TYPES = frozenset(("message/disposition-notification", "message/global-disposition-notification"))
_RETURNED_TYPES = frozenset(
    ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
)
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_COMMENT = re.compile(r"\([^()]*\)")


class Outcome(StrEnum):
    """What became of a message for one recipient (RFC 3464, 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"  # to a server that sends no such reports
    EXPANDED = "expanded"  # to the members of a list
    UNKNOWN = ""


class Reason(StrEnum):
    """Why, in the terms of the status codes (RFC 3463 and its registry), as far as a person can act on it."""

    NO_SUCH_ADDRESS = "no such address"
    NO_SUCH_DOMAIN = "no such domain"
    ADDRESS_MALFORMED = "address malformed"
    MOVED = "moved"
    MAILBOX_DISABLED = "mailbox disabled"
    MAILBOX_FULL = "mailbox full"
    TOO_LARGE = "too large"
    SERVER_FULL = "server full"
    NOT_REACHED = "not reached"
    EXPIRED = "expired"  # tried for days
    LOOP = "loop"
    CONTENT = "content"  # of a kind or form that was not accepted
    SENDER_NOT_AUTHENTICATED = "sender not authenticated"  # SPF, DKIM, DMARC, reverse DNS
    REFUSED = "refused"  # by policy, as spam mostly
    OTHER = "other"


# The subject and detail of a status code; the longest that fits counts. "1.1" is that of 4.1.1 and 5.1.1.
_REASONS = {
    "1.1": Reason.NO_SUCH_ADDRESS, "1.0": Reason.NO_SUCH_ADDRESS, "1.4": Reason.NO_SUCH_ADDRESS,
    "1.2": Reason.NO_SUCH_DOMAIN, "1.10": Reason.NO_SUCH_DOMAIN, "1.3": Reason.ADDRESS_MALFORMED, "1.6": Reason.MOVED,
    "1.7": Reason.SENDER_NOT_AUTHENTICATED, "1.8": Reason.SENDER_NOT_AUTHENTICATED,
    "2.1": Reason.MAILBOX_DISABLED, "2.2": Reason.MAILBOX_FULL, "2.3": Reason.TOO_LARGE,
    "3.1": Reason.SERVER_FULL, "3.4": Reason.TOO_LARGE, "4.1": Reason.NOT_REACHED, "4.2": Reason.NOT_REACHED,
    "4.3": Reason.NOT_REACHED, "4.4": Reason.NO_SUCH_DOMAIN, "4.5": Reason.NOT_REACHED, "4.6": Reason.LOOP,
    "4.7": Reason.EXPIRED, "6": Reason.CONTENT, "7": Reason.REFUSED,
    **dict.fromkeys(("7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.27"), Reason.SENDER_NOT_AUTHENTICATED),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the message for `recipient`. `status` is "5.1.1" or ""; `diagnostic` what `server` said."""

    recipient: str
    outcome: Outcome = Outcome.UNKNOWN
    status: str = ""
    reason: Reason = Reason.OTHER
    server: str = ""
    diagnostic: str = ""
    retried_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """`reporter` is the server that tells, `arrived` when it got the message."""

    deliveries: tuple[Delivery, ...]
    reporter: str = ""
    arrived: datetime | None = None


class Disposition(StrEnum):
    """What a reader's program did with a message (RFC 8098, 3.2.6.2)."""

    DISPLAYED = "displayed"
    DELETED = "deleted"
    DISPATCHED = "dispatched"
    PROCESSED = "processed"
    DENIED = "denied"
    FAILED = "failed"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A read receipt. It proves little: programs send it without anyone having read (`is_automatic`), or not at all."""

    recipient: str
    disposition: Disposition = Disposition.UNKNOWN
    is_automatic: bool = False
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class ReportParts:
    """`status` is for read_delivery_report(), `receipt` for read_receipt(); one of them is None. `returned` is the
    message that the report is about, or its header."""

    status: Part | None = None
    receipt: Part | None = None
    returned: Part | None = None


def report_parts(root: Part) -> ReportParts | None:
    """The parts of a report, None for any other mail. A report within a forwarded message is that message's."""
    parts = list(_own_parts(root))
    status = next((part for part in parts if part.content_type in _STATUS_TYPES), None)
    receipt = next((part for part in parts if part.content_type in _RECEIPT_TYPES), None) if status is None else None
    if status is None and receipt is None:
        return None
    returned = next((part for part in parts if part.content_type in _RETURNED_TYPES), None)
    return ReportParts(status, receipt, returned)


def _own_parts(part: Part) -> Iterator[Part]:
    if not part.is_multipart:
        yield part
        return
    for child in part.children:
        yield from _own_parts(child)


def read_delivery_report(octets: bytes) -> DeliveryReport:
    """A message/delivery-status part, transfer encoding undone: a block about the message, one for each recipient.
    Never raises; without any recipient it told nothing."""
    blocks = [header_fields(block) for block in _BLANK_LINE.split(octets[:READ_LIMIT].strip()) if block.strip()]
    about = next((block for block in blocks if not _is_recipient(block)), {})
    recipients = [block for block in blocks if _is_recipient(block)]
    return DeliveryReport(
        tuple(map(_delivery, recipients[:RECIPIENTS_LIMIT])),
        _typed(about, "reporting-mta"),
        parse_date(about.get("arrival-date", [b""])[0]),
    )


def read_receipt(octets: bytes) -> Receipt | None:
    """A message/disposition-notification part, transfer encoding undone; None if it names no reader."""
    fields = header_fields(octets[:READ_LIMIT].lstrip())
    recipient = _typed(fields, "final-recipient") or _typed(fields, "original-recipient")
    mode, _, kind = _first(fields, "disposition").lower().partition(";")
    kind = kind.partition("/")[0].strip()
    if not recipient:
        return None
    return Receipt(
        recipient,
        next((known for known in Disposition if known == kind), Disposition.UNKNOWN),
        is_automatic="automatic" in mode.partition("/")[0],
        message_id=parse_message_id(fields.get("original-message-id", [b""])[0]),
    )


_Fields = dict[str, list[bytes]]


def _is_recipient(fields: _Fields) -> bool:
    return "final-recipient" in fields or "original-recipient" in fields


def _first(fields: _Fields, name: str) -> str:
    return decode_header(fields[name][0]) if name in fields else ""


def _typed(fields: _Fields, name: str) -> str:
    """`rfc822; ann@example.org` and `dns; mx.example.org` without their first word."""
    value = _first(fields, name)
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon and " " not in kind.strip() else value).strip()


def _delivery(fields: _Fields) -> Delivery:
    diagnostic = _typed(fields, "diagnostic-code")
    status = _status(_first(fields, "status"), diagnostic)
    action = _COMMENT.sub("", _first(fields, "action")).strip().lower()
    return Delivery(
        recipient=_typed(fields, "original-recipient") or _typed(fields, "final-recipient"),
        outcome=next((known for known in Outcome if known and known == action), _outcome_by_status(status)),
        status=status,
        reason=_reason(status),
        server=_typed(fields, "remote-mta"),
        diagnostic=one_line(diagnostic)[:DIAGNOSTIC_LIMIT],
        retried_until=parse_date(fields.get("will-retry-until", [b""])[0]),
    )


def _status(field: str, diagnostic: str) -> str:
    """The code of the field; where that only says "other" (x.0.0), the one that the server said."""
    told, said = _STATUS.search(field), _STATUS.search(diagnostic)
    if said and (told is None or told[0].endswith(".0.0")):
        return said[0]
    return told[0] if told else ""


def _outcome_by_status(status: str) -> Outcome:
    return {"5": Outcome.FAILED, "4": Outcome.DELAYED, "2": Outcome.DELIVERED}.get(status[:1], Outcome.UNKNOWN)


def _reason(status: str) -> Reason:
    detail = status.partition(".")[2]
    return _REASONS.get(detail) or _REASONS.get(detail.partition(".")[0], Reason.OTHER)
