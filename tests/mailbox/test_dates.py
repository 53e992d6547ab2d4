"""Dates of a list in words: as Django's formats write them, only sooner."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import formats, translation

from webmail.mailbox.dates import clock, in_zone, words_of

TODAY = date(2026, 11, 23)
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2026, 11, 23), ""),
        (date(2026, 11, 22), "Sun"),
        (date(2026, 11, 17), "Tue"),
        (date(2026, 11, 16), "16 Nov"),
        (date(2026, 1, 2), "2 Jan"),
        (date(2025, 12, 31), "31 Dec 2025"),
        (date(2026, 11, 24), "24 Nov"),
    ],
)
def test_short_date(day, shown):
    assert words_of(day, TODAY, "en").short == shown


def test_short_date_in_french():
    with translation.override("fr"):
        assert words_of(date(2026, 11, 17), TODAY, "fr").short.lower().startswith("mar")
    assert words_of(date(2026, 11, 17), TODAY, "en").short == "Tue"


@pytest.mark.parametrize(
    ("moment", "heading"),
    [
        (datetime(2026, 11, 23, 22, 59, tzinfo=UTC), "Today"),
        (datetime(2026, 11, 23, 23, 1, tzinfo=UTC), "Later"),  # tomorrow, where the reader is
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "Yesterday"),
        (datetime(2026, 11, 21, 12, 0, tzinfo=UTC), "Last week"),
        (datetime(2026, 11, 15, 12, 0, tzinfo=UTC), "Last week"),
        (datetime(2026, 11, 14, 12, 0, tzinfo=UTC), "Earlier this month"),
        (datetime(2026, 11, 2, 12, 0, tzinfo=UTC), "Earlier this month"),
        (datetime(2026, 10, 31, 12, 0, tzinfo=UTC), "October 2026"),
        (datetime(1, 1, 1, 0, 0, tzinfo=UTC), "January 0001"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "Later"),
    ],
)
def test_heading(moment, heading):
    assert words_of(in_zone(moment, PARIS).date(), TODAY, "en").heading == heading


def test_a_week_begins_as_the_reader_s_does():
    """Friday the 27th: Sunday the 22nd is of this week in English, of the last one in French."""
    friday, sunday = date(2026, 11, 27), date(2026, 11, 22)
    assert words_of(sunday, friday, "en").heading == "Sunday"
    with translation.override("fr"):
        assert words_of(sunday, friday, "fr").heading == "La semaine dernière"
        assert words_of(date(2026, 11, 24), friday, "fr").heading == "Mardi"


@pytest.mark.parametrize("language", [*(code for code, _name in settings.LANGUAGES), "fi"])  # fi: G.i
def test_a_whole_date_is_what_django_writes(language):
    moment = datetime(2024, 2, 28, 0, 7, 59, tzinfo=PARIS)
    with translation.override(language):
        for step in range(400):
            then = moment + timedelta(days=step, hours=step, minutes=step)
            words, time = words_of(then.date(), TODAY, language), clock(then.hour, then.minute, language)
            assert f"{words.before}{time}{words.after}" == formats.date_format(then, "DATETIME_FORMAT")
            assert time == formats.time_format(then, "TIME_FORMAT")
