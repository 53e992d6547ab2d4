"""text/calendar as the invitation that a person reads (RFC 5545, RFC 5546).

read_invitation(octets) → icalendar's components → the first event as plain values, None where there is none. Nothing
acts on it: no answer is sent by itself (calendar_reply.py writes one), no alarm set, no address fetched. Words in any
language are the caller's work.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from icalendar import Calendar
from icalendar.prop.broken import vBroken

from webmail.mime.charsets import decode_text
from webmail.mime.headers import one_line
from webmail.mime.types import Address
from webmail.mime.zones import its_own_zones

READ_LIMIT = 256 * 1024  # octets: a larger one is a whole calendar, for which there are calendars
ATTENDEES_LIMIT = 500
TEXT_LIMIT = 10_000  # characters of the description
LINE_LIMIT = 500  # characters of a summary, a place, a name

_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Method(StrEnum):
    """What the sender wants of the reader (RFC 5546, 1.4); NONE for a mere event."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    REPLY = "REPLY"
    COUNTER = "COUNTER"
    DECLINE_COUNTER = "DECLINECOUNTER"
    ADD = "ADD"
    REFRESH = "REFRESH"
    PUBLISH = "PUBLISH"
    NONE = ""


class Answer(StrEnum):
    """What an attendee said (RFC 5545, 3.2.12)."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"
    NONE = "NEEDS-ACTION"


class Frequency(StrEnum):
    YEARLY = "YEARLY"
    MONTHLY = "MONTHLY"
    WEEKLY = "WEEKLY"
    DAILY = "DAILY"
    HOURLY = "HOURLY"
    MINUTELY = "MINUTELY"
    SECONDLY = "SECONDLY"


@dataclass(frozen=True, slots=True)
class Attendee:
    who: Address
    answer: Answer = Answer.NONE
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often (RFC 5545, 3.3.10): every `interval` days, weeks …, `count` times or until a day; both may be missing.

    `weekdays` as RFC 5545 writes them: "MO", "2TU" for the second Tuesday, "-1FR" for the last Friday. `is_partial`
    says that the rule has more to it than stands here.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: tuple[str, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """An event and what is asked about it.

    `start` and `end` are aware datetimes in the event's own offset; naive ones for "floating" times, which are local
    wherever one is; dates for whole days, where `end` is the last day. `zone` names the zone as the calendar does.
    """

    method: Method = Method.NONE
    uid: str = ""
    sequence: int = 0
    summary: str = ""
    location: str = ""
    description: str = ""
    start: date | datetime | None = None
    end: date | datetime | None = None
    zone: str = ""
    organizer: Address | None = None
    attendees: tuple[Attendee, ...] = ()
    recurrence: Recurrence | None = None
    is_cancelled: bool = False
    occurrence: date | datetime | None = None  # which one of a series (RECURRENCE-ID), as `start` is written
    other_events: int = 0  # that the calendar holds besides

    @property
    def is_all_day(self) -> bool:
        return self.start is not None and not isinstance(self.start, datetime)


def read_invitation(octets: bytes, charset: str = "utf-8") -> Invitation | None:
    """The first event of a text/calendar part, transfer encoding undone. None if there is no event or it is too large
    or too broken to tell; never raises."""
    if len(octets) > READ_LIMIT:
        return None
    text = decode_text(octets, charset)
    try:
        with its_own_zones():
            calendars = Calendar.from_ical(text, multiple=True)
            events = [(calendar, event) for calendar in calendars for event in calendar.walk("VEVENT")]
            return _invitation(*events[0], others=len(events) - 1) if events else None
    except Exception:
        # A parser of others over anything: what it raises is not ours to list, and the part is still there as a file.
        return None


def _invitation(calendar: Any, event: Any, others: int) -> Invitation:
    start = _moment(_first(event, "DTSTART"))
    sequence = _first(event, "SEQUENCE")
    return Invitation(
        method=_member(Method, _first(calendar, "METHOD"), Method.NONE),
        uid=_line(_first(event, "UID")),
        sequence=sequence if isinstance(sequence, int) else 0,
        summary=_line(_first(event, "SUMMARY")),
        location=_line(_first(event, "LOCATION")),
        description=_CONTROL.sub("", str(_first(event, "DESCRIPTION") or ""))[:TEXT_LIMIT].strip(),
        start=start,
        end=_end(event, start),
        zone=_zone(_first(event, "DTSTART")),
        organizer=_address(_first(event, "ORGANIZER")),
        attendees=_attendees(event),
        recurrence=_recurrence(_first(event, "RRULE")),
        is_cancelled=_line(_first(event, "STATUS")).upper() == "CANCELLED",
        occurrence=_moment(_first(event, "RECURRENCE-ID")),
        other_events=others,
    )


def _first(component: Any, name: str) -> Any:
    """A property that should stand there once may stand there twice, or make no sense."""
    value = component.get(name)
    values = value if isinstance(value, list) else [value]
    return next((value for value in values if not isinstance(value, vBroken)), None)


def _line(value: Any) -> str:
    return one_line("" if value is None else str(value)[: 2 * LINE_LIMIT])[:LINE_LIMIT]


def _member(kind: Any, value: Any, default: Any) -> Any:
    try:
        return kind(_line(value).upper())
    except ValueError:
        return default


def _moment(value: Any) -> date | datetime | None:
    """With a plain offset instead of the zone, whose rules a mail may have written itself."""
    moment = getattr(value, "dt", None)
    if not isinstance(moment, datetime):
        return moment if isinstance(moment, date) else None
    offset = moment.utcoffset()
    zone = None if offset is None else UTC if not offset else timezone(offset)
    return moment.replace(tzinfo=zone, fold=0)


def _zone(value: Any) -> str:
    """Also the name of one that nobody knows, whose times are then floating ones."""
    moment = getattr(value, "dt", None)
    if not isinstance(moment, datetime):
        return ""
    return _line(value.params.get("TZID") or (moment.tzname() if moment.tzinfo else ""))


def _end(event: Any, start: date | datetime | None) -> date | datetime | None:
    """DTEND, else DTSTART and DURATION. A day's DTEND is the first day after it (RFC 5545, 3.6.1)."""
    end = _moment(_first(event, "DTEND"))
    duration = getattr(_first(event, "DURATION"), "dt", None)
    if end is None and start is not None and isinstance(duration, timedelta):
        end = start + duration
    if start is None or end is None or isinstance(start, datetime) != isinstance(end, datetime):
        return None
    return end if isinstance(end, datetime) else max(start, end - timedelta(days=1))


def _address(value: Any) -> Address | None:
    if value is None:
        return None
    address = _line(value)
    scheme, colon, rest = address.partition(":")
    name = _line(getattr(value, "params", {}).get("CN", ""))
    return Address(name, rest if colon and scheme.lower() == "mailto" else address)


def _attendees(event: Any) -> tuple[Attendee, ...]:
    values = event.get("ATTENDEE", [])
    values = values if isinstance(values, list) else [values]
    return tuple(_attendee(value) for value in values[:ATTENDEES_LIMIT])


def _attendee(value: Any) -> Attendee:
    params = getattr(value, "params", {})
    role = _line(params.get("ROLE", "")).upper()
    answer = _member(Answer, params.get("PARTSTAT"), Answer.NONE)
    return Attendee(_address(value) or Address("", ""), answer, role in ("OPT-PARTICIPANT", "NON-PARTICIPANT"))


_TOLD = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"))


def _recurrence(rule: Any) -> Recurrence | None:
    frequency = _member(Frequency, _rule_value(rule, "FREQ"), None) if rule else None
    if frequency is None:
        return None
    interval, count, until = (_rule_value(rule, name) for name in ("INTERVAL", "COUNT", "UNTIL"))
    weekdays: Sequence[Any] = rule.get("BYDAY") or ()
    return Recurrence(
        frequency,
        interval=interval if isinstance(interval, int) and interval > 0 else 1,
        count=count if isinstance(count, int) else None,
        until=until.date() if isinstance(until, datetime) else until if isinstance(until, date) else None,
        weekdays=tuple(_line(day).upper() for day in weekdays[:14]),
        is_partial=not _TOLD.issuperset(name.upper() for name in rule),
    )


def _rule_value(rule: Any, name: str) -> Any:
    values = rule.get(name)
    return (values[0] if values else None) if isinstance(values, list) else values
