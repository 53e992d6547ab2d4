"""Dates of a list in the words of its reader's language.

rows.py → words_of() and clock(), in the language of this moment. What is said of a day is the same for all mail of that
day, and Django's formats cost more than all else about a row: so it is found once for each day, language and today, and
remembered in this process, bounded.
"""

from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _

DAYS = 2000  # remembered; about a megabyte


class DayWords(NamedTuple):
    """`heading`: that of the list under which the day falls; `short`: as a row names it, "" for today, whose mail is
    told by its time; `before`, `after`: what stands around the time in a whole date."""

    heading: str
    short: str
    before: str
    after: str


@lru_cache(maxsize=DAYS)
def words_of(day: date, today: date, language: str) -> DayWords:
    """In the language of this moment, which `language` names."""
    return DayWords(_heading(day, today), _short(day, today), *_around_the_time(day))


@lru_cache(maxsize=2 * 24 * 60)
def clock(hour: int, minute: int, language: str) -> str:
    """In the language of this moment, which `language` names."""
    if formats.get_format("TIME_FORMAT") == "H:i":  # a new process would meet each minute of the day once
        return f"{hour:02}:{minute:02}"
    return formats.time_format(time(hour, minute), "TIME_FORMAT")


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """A year at the edge of the calendar stays as it is."""
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        return moment


def _heading(day: date, today: date) -> str:
    if day > today:
        return _("Later")
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day > today - timedelta(days=14):
        week = today - timedelta(days=(today.isoweekday() - int(formats.get_format("FIRST_DAY_OF_WEEK"))) % 7)
        if day >= week:
            return capfirst(formats.date_format(day, "l"))
        if day >= week - timedelta(days=7):
            return _("Last week")
    if (day.year, day.month) == (today.year, today.month):
        return _("Earlier this month")
    return formats.date_format(day, "YEAR_MONTH_FORMAT")


def _short(day: date, today: date) -> str:
    """The weekday within the last week, day and month this year, else the whole date."""
    if day == today:
        return ""
    if timedelta(0) < today - day < timedelta(days=7):
        return formats.date_format(day, "D")
    return formats.date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "SHORT_DATE_FORMAT")


def _around_the_time(day: date) -> tuple[str, str]:
    """What each language's format of a whole date writes before and after its format of a time."""
    before, _time, after = formats.get_format("DATETIME_FORMAT").partition(formats.get_format("TIME_FORMAT"))
    return formats.date_format(day, before), formats.date_format(day, after) if after else ""
