"""Time zones that a calendar brings along (RFC 5545, 3.6.5), kept from other calendars and from endless work.

calendar.read_invitation → with its_own_zones(): icalendar reads → it asks _Zones to make each zone that nobody knows.

icalendar keeps such zones by their name for the whole process, where one mail's "Customized Time Zone" would be every
other mail's: so it begins anew each time, one calendar after the other. And it works rules out one change of the clock
after the other: a change each second since 1970 would fill the memory. So rules stay that say a day of a month, once a
year, as all zones do that people live in.
"""

import re
import threading
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from typing import Any

from icalendar import vRecur
from icalendar.timezone import tzp
from icalendar.timezone.zoneinfo import ZONEINFO

OBSERVANCES_LIMIT = 100  # changes of the clock of one zone, or rules for them
RULES_LIMIT = 16
FIRST_YEAR = 1600  # Outlook's zones begin in 1601

_lock = threading.Lock()
_PART = re.compile(
    r"FREQ=YEARLY|INTERVAL=\d{1,3}|BYMONTH=(?:[1-9]|1[0-2])|BYDAY=[+-]?[1-5]?(?:MO|TU|WE|TH|FR|SA|SU)"
    r"|BYMONTHDAY=-?[1-9]\d?(?:,-?[1-9]\d?){0,6}"  # up to "the Sunday among the 8th to the 14th"
    r"|UNTIL=[\dTZ]+|COUNT=\d{1,4}|WKST=[A-Z]{2}",
    re.ASCII,
)


class _Zones(ZONEINFO):  # type: ignore[misc]
    """Makes zones of their components, of what is harmless in these."""

    def create_timezone(self, tz: Any) -> tzinfo:  # type: ignore[override]
        tz.subcomponents = tz.subcomponents[:OBSERVANCES_LIMIT]
        rules = 0
        for observance in tz.subcomponents:
            observance.subcomponents = []
            rule = observance.get("RRULE")
            if rule is not None and (rules == RULES_LIMIT or not _is_yearly(rule, observance)):
                observance.pop("RRULE")
            rules += "RRULE" in observance
            observance.pop("EXRULE", None)
        return super().create_timezone(tz)


def _is_yearly(rule: Any, observance: Any) -> bool:
    """Once a year on a day that there is, since a year that is not too long ago."""
    begins = getattr(getattr(observance.get("DTSTART"), "dt", None), "year", 0)
    if not isinstance(rule, vRecur) or begins < FIRST_YEAR:
        return False
    parts = rule.to_ical().decode().upper().split(";")
    if not all(map(_PART.fullmatch, parts)):
        return False
    named = dict(part.split("=") for part in parts)
    if "FREQ" not in named or "BYMONTH" not in named:
        return False
    days = [abs(int(day)) for day in named.get("BYMONTHDAY", "1").split(",")]
    return min(days) <= monthrange(2026, int(named["BYMONTH"]))[1] and not (
        "BYMONTHDAY" in named and re.search(r"\d", named.get("BYDAY", ""))
    )


@contextmanager
def its_own_zones() -> Iterator[None]:
    """What icalendar reads within knows the zones of the world, and those it brings along."""
    with _lock:
        tzp.use(_Zones())
        try:
            yield
        finally:
            tzp.use_default()
