"""What a list row says: dates, people, headings."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from webmail.mailbox.rows import is_machine, short_date, stretch, who_line
from webmail.mime.types import Address, Headers

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 23, 9, 5, tzinfo=UTC), "09:05"),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), "Sun"),
        (datetime(2026, 11, 17, 9, 5, tzinfo=UTC), "Tue"),
        (datetime(2026, 11, 16, 9, 5, tzinfo=UTC), "16 Nov"),
        (datetime(2026, 1, 2, 9, 5, tzinfo=UTC), "2 Jan"),
        (datetime(2025, 12, 31, 9, 5, tzinfo=UTC), "31 Dec 2025"),
        (datetime(2026, 11, 24, 9, 5, tzinfo=UTC), "24 Nov"),
    ],
)
def test_short_date(moment, shown):
    assert short_date(moment, NOW) == shown


def test_short_date_in_french():
    with translation.override("fr"):
        assert short_date(datetime(2026, 11, 17, 9, 5, tzinfo=UTC), NOW).lower().startswith("mar")


@pytest.mark.parametrize(
    ("moment", "heading"),
    [
        (datetime(2026, 11, 23, 22, 59, tzinfo=UTC), "Today"),
        (datetime(2026, 11, 23, 23, 1, tzinfo=UTC), "Later"),  # tomorrow, where the reader is
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "Yesterday"),
        (datetime(2026, 11, 18, 12, 0, tzinfo=UTC), "Last seven days"),
        (datetime(2026, 11, 2, 12, 0, tzinfo=UTC), "Earlier this month"),
        (datetime(2026, 10, 31, 12, 0, tzinfo=UTC), "October 2026"),
        (datetime(1, 1, 1, 0, 0, tzinfo=UTC), "January 0001"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "Later"),
    ],
)
def test_stretch(moment, heading):
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert stretch(moment, date(2026, 11, 23)) == heading


def test_who_line():
    assert who_line((Address("Ann", "a@x.test"), Address("", "b@x.test"))) == "Ann, b@x.test"
    assert who_line(()) == "(no sender)"
    assert who_line((), own=True) == "(no recipient)"
    assert who_line(tuple(Address(f"n{number}", "") for number in range(9))) == "n0, n1, n2, n3, n4 …"


def test_machines():
    assert is_machine(Headers(sender=(Address("Shop", "no-reply@shop.test"),)))
    assert is_machine(Headers(sender=(Address("List", "ann@x.test"),), list_id="<list.x.test>"))
    assert not is_machine(Headers(sender=(Address("Ann", "ann@x.test"),)))
