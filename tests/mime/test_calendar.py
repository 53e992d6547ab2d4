"""text/calendar as an invitation in plain values."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mime.calendar import (
    ATTENDEES_LIMIT,
    READ_LIMIT,
    Answer,
    Attendee,
    Frequency,
    Invitation,
    Method,
    Recurrence,
    read_invitation,
)
from webmail.mime.types import Address


def calendar(*lines: str, method: str = "REQUEST") -> bytes:
    wrapped = ("BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", "")
    return "\r\n".join(wrapped).encode()


def invitation(*lines: str, method: str = "REQUEST") -> Invitation:
    found = read_invitation(calendar(*lines, method=method))
    assert found is not None
    return found


def test_an_invitation():
    found = invitation(
        "UID:1@example.org",
        "SEQUENCE:2",
        "SUMMARY:Déjeuner\\, enfin",
        "LOCATION:Café de la Gare",
        "DESCRIPTION:Bring\\nsomething",
        "DTSTART;TZID=Europe/Paris:20261104T120000",
        "DTEND;TZID=Europe/Paris:20261104T133000",
        'ORGANIZER;CN="Archer, Ann":mailto:ann@example.org',
        "ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:MAILTO:bob@example.net",
        "ATTENDEE;ROLE=OPT-PARTICIPANT:mailto:carol@example.com",
    )
    paris = timezone(timedelta(hours=1))
    assert found == Invitation(
        method=Method.REQUEST,
        uid="1@example.org",
        sequence=2,
        summary="Déjeuner, enfin",
        location="Café de la Gare",
        description="Bring\nsomething",
        start=datetime(2026, 11, 4, 12, 0, tzinfo=paris),
        end=datetime(2026, 11, 4, 13, 30, tzinfo=paris),
        zone="Europe/Paris",
        organizer=Address("Archer, Ann", "ann@example.org"),
        attendees=(
            Attendee(Address("Bob", "bob@example.net"), Answer.ACCEPTED),
            Attendee(Address("", "carol@example.com"), is_optional=True),
        ),
    )


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "REPLY", "COUNTER", "PUBLISH", "DECLINECOUNTER"])
def test_methods(method):
    assert invitation("SUMMARY:x", method=method).method == Method(method)
    assert invitation("SUMMARY:x", method=method.lower()).method == Method(method)


def test_an_unknown_method_is_none():
    assert invitation("SUMMARY:x", method="EXPLODE").method == Method.NONE


def test_whole_days_end_on_the_last_one():
    found = invitation("DTSTART;VALUE=DATE:20261104", "DTEND;VALUE=DATE:20261107")
    assert (found.start, found.end, found.is_all_day) == (date(2026, 11, 4), date(2026, 11, 6), True)


def test_a_duration_instead_of_an_end():
    found = invitation("DTSTART:20261104T120000Z", "DURATION:PT45M")
    assert (found.start, found.end, found.zone) == (
        datetime(2026, 11, 4, 12, tzinfo=UTC),
        datetime(2026, 11, 4, 12, 45, tzinfo=UTC),
        "UTC",
    )


def test_zones_as_outlook_names_them():
    found = invitation('DTSTART;TZID="W. Europe Standard Time":20260704T120000')
    assert found.start == datetime(2026, 7, 4, 10, tzinfo=UTC)
    assert found.zone == "W. Europe Standard Time"


def test_a_zone_that_the_calendar_brings():
    zone = ["BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0300"]
    zone += ["TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE"]
    lines = ["BEGIN:VCALENDAR", *zone, "BEGIN:VEVENT", "DTSTART;TZID=Ours:20260704T120000", "END:VEVENT"]
    found = read_invitation("\r\n".join([*lines, "END:VCALENDAR"]).encode())
    assert found is not None
    assert (found.start, found.zone) == (datetime(2026, 7, 4, 9, tzinfo=UTC), "Ours")


def zoned(*observances: str, name: str = "Ours", start: str = "20260704T120000") -> bytes:
    lines = ["BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", f"TZID:{name}", *observances, "END:VTIMEZONE", "BEGIN:VEVENT"]
    return "\r\n".join([*lines, f"DTSTART;TZID={name}:{start}", "END:VEVENT", "END:VCALENDAR"]).encode()


def observance(rule: str, offset: str = "+0300", kind: str = "STANDARD", start: str = "16010101T020000") -> str:
    lines = [f"BEGIN:{kind}", f"DTSTART:{start}", *([f"RRULE:{rule}"] if rule else [])]
    return "\r\n".join([*lines, "TZOFFSETFROM:+0000", f"TZOFFSETTO:{offset}", f"END:{kind}"])


def test_a_zone_is_that_of_its_calendar_alone():
    for hours, offset in ((9, "+0300"), (3, "+0900")):
        found = read_invitation(zoned(observance("", offset), name="Customized Time Zone"))
        assert found is not None
        assert found.start == datetime(2026, 7, 4, hours, tzinfo=UTC)
    found = invitation("DTSTART;TZID=Customized Time Zone:20260704T120000")
    assert found.start == datetime(2026, 7, 4, 12)  # noqa: DTZ001


@pytest.mark.parametrize(("start", "hours"), [("20260704T120000", 8), ("20261204T120000", 9), ("20260115T120000", 9)])
def test_rules_of_a_zone(start, hours):
    winter = observance("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "+0300")
    summer = observance("FREQ=YEARLY;INTERVAL=1;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU", "+0400", "DAYLIGHT")
    found = read_invitation(zoned(winter, summer, start=start))
    assert found is not None
    assert isinstance(found.start, datetime)
    assert found.start.astimezone(UTC).hour == hours


@pytest.mark.parametrize(
    "rules",
    [
        ["FREQ=SECONDLY", "FREQ=MINUTELY"],
        ["FREQ=SECONDLY;UNTIL=99990101T000000Z", "FREQ=HOURLY"],
        ["FREQ=YEARLY;BYMONTH=1,2;BYHOUR=1,2;BYSECOND=" + ",".join(map(str, range(60)))] * 2,
        ["FREQ=DAILY;BYMONTH=1"] * 1_500,
        ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"] * 1_500,
        ["FREQ=YEARLY;BYMONTH=1;BYDAY=SU"] * 1_500,
    ],
    ids=range(6),
)
def test_zones_of_many_changes_are_light_work(rules):
    started = time.process_time()
    found = read_invitation(zoned(*(observance(rule, start="19700101T000000") for rule in rules)))
    assert time.process_time() - started < 4
    assert found is not None


def test_an_unknown_zone_is_named_and_its_time_floats():
    found = invitation("DTSTART;TZID=Mars/Phobos:20260704T120000")
    assert (found.start, found.zone) == (datetime(2026, 7, 4, 12), "Mars/Phobos")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("rule", "recurrence"),
    [
        ("FREQ=DAILY", Recurrence(Frequency.DAILY)),
        ("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", Recurrence(Frequency.WEEKLY, count=10, weekdays=("MO", "WE"))),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR;UNTIL=20270131T110000Z",
            Recurrence(Frequency.MONTHLY, interval=2, until=date(2027, 1, 31), weekdays=("-1FR",)),
        ),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1", Recurrence(Frequency.YEARLY, is_partial=True)),
        ("FREQ=NEVER", None),
        ("INTERVAL=2", None),
    ],
)
def test_recurrences(rule, recurrence):
    assert invitation("DTSTART:20261104T120000Z", f"RRULE:{rule}").recurrence == recurrence


def test_a_cancelled_one_of_a_series():
    found = invitation("STATUS:CANCELLED", "RECURRENCE-ID:20261104T120000Z", method="CANCEL")
    assert found.is_cancelled
    assert found.occurrence == datetime(2026, 11, 4, 12, tzinfo=UTC)


def test_several_events():
    two = calendar("SUMMARY:a").replace(b"END:VEVENT\r\n", b"END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:b\r\nEND:VEVENT\r\n")
    found = read_invitation(two)
    assert found is not None
    assert (found.summary, found.other_events) == ("a", 1)


def test_what_makes_no_sense_is_left_out():
    found = invitation("SUMMARY:a", "SUMMARY:b", "DTSTART:garbage", "DTEND:20261104T120000Z", "SEQUENCE:x", "no colon")
    assert (found.summary, found.start, found.end, found.sequence) == ("a", None, None, 0)


def test_text_is_clean():
    found = invitation(
        "SUMMARY:a\x07\u202eb\\nBcc: x", "DESCRIPTION:a\x1b[31m\u202eb", "DTSTART;TZID=a\x07:20260704T120000"
    )
    assert (found.summary, found.description) == ("ab Bcc: x", "a[31mb")


@pytest.mark.parametrize(
    "octets",
    [b"", b"no calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", calendar("X:" + "x" * READ_LIMIT), b"\xff" * 100],
    ids=range(5),
)
def test_no_event(octets):
    assert read_invitation(octets) is None


def test_heavy_calendars_are_light_work():
    zone = b"BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
    zone += b"TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
    heavy = [
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 15_000,
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 9_000 + b"END:VCALENDAR",
        calendar(*["ATTENDEE:mailto:a@b.c"] * 10_000),
        calendar("SUMMARY:x" + "\r\n y" * 60_000),
        calendar("DTSTART;TZID=X:20260704T120000").replace(b"BEGIN:VEVENT\r\n", zone),
    ]
    started = time.process_time()
    found = [read_invitation(octets) for octets in heavy]
    assert time.process_time() - started < 4
    assert found[2] is not None
    assert len(found[2].attendees) == ATTENDEES_LIMIT


NAMES = [
    "SUMMARY",
    "DTSTART",
    "DTEND",
    "DURATION",
    "ORGANIZER",
    "ATTENDEE;CN=a",
    "RRULE",
    "UID",
    "BEGIN",
    "END",
    "SEQUENCE",
]
VALUES = [
    "VEVENT",
    "20261104T120000Z",
    "20261104",
    "FREQ=DAILY",
    "P1D",
    "-P99999999D",
    "mailto:a@b",
    "99991231",
    "",
    "x",
]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(st.sampled_from(VALUES), st.text(max_size=12)))))
def test_no_calendar_raises(lines):
    read_invitation(calendar(*(f"{name}:{value}" for name, value in lines)))


@given(st.binary(max_size=200))
def test_no_octets_raise(octets):
    read_invitation(octets)
