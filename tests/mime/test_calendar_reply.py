"""Answers to invitations, written and read again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from webmail.mime.calendar import Answer, Attendee, Invitation, Method, read_invitation
from webmail.mime.calendar_reply import ANSWERS, invited, write_reply
from webmail.mime.types import Address

PARIS = timezone(timedelta(hours=1))
ASKED = Invitation(
    method=Method.REQUEST,
    uid="040000008200E00074C5B7101A82E008-1@example.org",
    sequence=3,
    summary="Déjeuner; with, commas\\ and more",
    start=datetime(2026, 11, 4, 12, tzinfo=PARIS),
    organizer=Address("Ann", "ann@example.org"),
    attendees=(Attendee(Address("Bob", "Bob@X.org")), Attendee(Address("Eve", "eve@x.org"))),
)
NOW = datetime(2026, 11, 1, 9, 30, tzinfo=PARIS)


def written(invitation: Invitation, answer: Answer = Answer.ACCEPTED) -> str:
    attendee = invited(invitation, "bob@x.org")
    assert attendee is not None
    return write_reply(invitation, attendee, answer, NOW)


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_organizer_s_calendar_understands(answer):
    found = read_invitation(written(ASKED, answer).encode())
    assert found == replace(
        ASKED,
        method=Method.REPLY,
        start=datetime(2026, 11, 4, 11, tzinfo=UTC),
        zone="UTC",
        organizer=Address("", "ann@example.org"),
        attendees=(Attendee(Address("", "bob@x.org"), answer),),
    )


def test_it_has_what_the_rules_ask_for():
    lines = written(ASKED).split("\r\n")
    for line in ("METHOD:REPLY", "VERSION:2.0", "SEQUENCE:3", "DTSTAMP:20261101T083000Z"):
        assert line in lines
    assert sum(line.startswith("ATTENDEE") for line in lines) == 1
    assert max(len(line.encode()) for line in lines) <= 75


@pytest.mark.parametrize(
    "moment",
    [date(2026, 11, 4), datetime(2026, 11, 4, 12), datetime(2026, 11, 4, 12, tzinfo=UTC)],  # noqa: DTZ001
)
def test_one_of_a_series_is_named(moment):
    found = read_invitation(written(replace(ASKED, occurrence=moment, start=moment)).encode())
    assert found is not None
    assert (found.occurrence, found.start) == (moment, moment)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": Method.CANCEL},
        {"method": Method.NONE},
        {"method": Method.REPLY},
        {"is_cancelled": True},
        {"uid": ""},
        {"organizer": None},
        {"organizer": Address("", "not an address")},
        {"organizer": Address("", "a@x.org\r\nRCPT TO:<b@x.org>")},
        {"organizer": Address("", "bob@x.org")},
        {"attendees": ()},
        {"attendees": (Attendee(Address("bob@x.org", "eve@x.org")),)},
    ],
)
def test_where_nothing_can_be_answered(changes):
    assert invited(replace(ASKED, **changes), "bob@x.org") is None


def test_nothing_of_a_stranger_s_text_becomes_a_property():
    odd = replace(ASKED, uid="a\r\nATTENDEE:mailto:x@y", summary="b\nMETHOD:CANCEL\r\nEND:VEVENT")
    lines = written(odd).split("\r\n")
    assert sum(line.startswith("ATTENDEE") for line in lines) == 1
    assert [line for line in lines if line.startswith("METHOD")] == ["METHOD:REPLY"]
    assert lines.count("END:VEVENT") == 1
