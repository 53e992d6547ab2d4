"""Calendar invitations (RFC 5545, RFC 6047): one with a desktop suite's time zone, its answer, a new hour."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from deploy.demo import wire
from deploy.demo.letter import Letter, Placed, delivered, envelope, flags, moment
from deploy.demo.people import CAMILLE, JONAS, STUDIO, YUKI, Person

ROMANCE = "\n".join(
    (
        "BEGIN:VTIMEZONE",
        "TZID:Romance Standard Time",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010101T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    )
)


def placed(person: Person, now: datetime) -> Iterator[Placed]:
    """The invitation in every box of the three, Yuki's answer at Jonas, and the new date."""
    if person not in STUDIO:
        return
    day = (now + timedelta(days=6)).date()
    first = f"{day:%Y%m%d}T173000"
    moved = f"{day:%Y%m%d}T180000"
    asked = Letter(
        JONAS,
        (CAMILLE, YUKI),
        "Last look at the press sheets",
        moment(now, "2d 10:40"),
        "A video call, one hour at most, so that we all look at the same sheet at the same time.\n",
    )
    changed = Letter(
        JONAS,
        (CAMILLE, YUKI),
        "Updated: Last look at the press sheets",
        moment(now, "180m"),
        "Half an hour later, because of the soup.\n",
    )
    yield _placed(asked, person, _event(asked, "REQUEST", first, 0), "REQUEST", "seen")
    yield _placed(changed, person, _event(asked, "REQUEST", moved, 1), "REQUEST", "")
    if person in (JONAS, YUKI):
        answer = Letter(
            YUKI,
            (JONAS,),
            "Accepted: Last look at the press sheets",
            moment(now, "1d 02:10"),
            "Yuki Sato has accepted.\n",
            references=(asked.message_id,),
        )
        yield _placed(answer, person, _event(asked, "REPLY", first, 0), "REPLY", "seen")


def _placed(letter: Letter, person: Person, calendar: str, method: str, words: str) -> Placed:
    shown = wire.text_part(letter.text)
    event = (
        wire.header_block(
            [
                ("Content-Type", f'text/calendar; charset="utf-8"; method={method}'),
                ("Content-Transfer-Encoding", "base64"),
            ]
        )
        + b"\r\n"
        + wire.encoded_body(calendar.encode(), "base64")
    )
    raw = wire.message(envelope(letter), wire.multipart("alternative", [shown, event]))
    if letter.sender == person:
        return Placed("Sent", raw, flags("seen"), letter.date)
    return delivered(raw, letter.sender, person, "INBOX", letter.date, words)


def _event(asked: Letter, method: str, start: str, sequence: int) -> str:
    """The iCalendar object. A reply names only the person who answers."""
    guests = [YUKI] if method == "REPLY" else [CAMILLE, YUKI]
    state = "PARTSTAT=ACCEPTED" if method == "REPLY" else "PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
    attendees = [f"ATTENDEE;CN={guest.name};ROLE=REQ-PARTICIPANT;{state}:mailto:{guest.address}" for guest in guests]
    end = f"{start[:9]}{int(start[9:11]) + 1:02d}{start[11:]}"
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Handpresse Weber//Calendar 1.0//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        ROMANCE,
        "BEGIN:VEVENT",
        f"UID:{asked.message_id.strip('<>')}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{asked.date.astimezone(UTC):%Y%m%dT%H%M%S}Z",
        f"DTSTART;TZID=Romance Standard Time:{start}",
        f"DTEND;TZID=Romance Standard Time:{end}",
        "SUMMARY:Last look at the press sheets",
        "LOCATION:https://call.handpresse-weber.example/press-sheets",
        "DESCRIPTION:Have the sheets beside you\\, and a lamp.\\nNo slides.",
        f"ORGANIZER;CN={JONAS.name}:mailto:{JONAS.address}",
        *attendees,
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        "DESCRIPTION:Press sheets",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) for block in lines for line in block.split("\n"))


def _folded(line: str) -> str:
    """Content lines of at most 75 octets (RFC 5545 §3.1)."""
    pieces = [line[:75]] + [" " + line[at : at + 74] for at in range(75, len(line), 74)]
    return "".join(f"{piece}\r\n" for piece in pieces)
