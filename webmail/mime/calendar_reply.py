"""The answer to an invitation, as a calendar reads it (RFC 5546, 3.2.3: METHOD:REPLY).

Written from the values that read_invitation() gave, so nothing of a stranger's calendar is passed on but them; times of
a zone as UTC, which needs no rules of zones.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

from icalendar import Calendar, Event, vCalAddress

from webmail.mime.calendar import Answer, Attendee, Invitation, Method
from webmail.mime.compose import wire_address

ANSWERS = (Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED)


def invited(invitation: Invitation, address: str) -> Attendee | None:
    """Who of those invited has this address and can answer; None where nobody asks for it."""
    organizer = invitation.organizer
    if invitation.method != Method.REQUEST or invitation.is_cancelled or not invitation.uid or organizer is None:
        return None
    if not _is_usable(organizer.address) or organizer.address.lower() == address.lower():
        return None
    named = (one for one in invitation.attendees if one.who.address.lower() == address.lower())
    return next((replace(one, who=replace(one.who, address=address)) for one in named), None)


def write_reply(invitation: Invitation, attendee: Attendee, answer: Answer, stamped: datetime) -> str:
    """The calendar with the one attendee's answer. `stamped` is aware. `invited` has said that there is one."""
    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", stamped.astimezone(UTC))
    if invitation.occurrence is not None:
        event.add("recurrence-id", _universal(invitation.occurrence))
    if invitation.start is not None:
        event.add("dtstart", _universal(invitation.start))
    if invitation.summary:
        event.add("summary", invitation.summary)
    if invitation.organizer:
        event.add("organizer", vCalAddress(f"mailto:{wire_address(invitation.organizer.address)}"))
    me = vCalAddress(f"mailto:{wire_address(attendee.who.address)}")
    me.params["PARTSTAT"] = answer.value
    event.add("attendee", me)
    calendar = Calendar()
    calendar.add("prodid", "-//Webmail//Webmail//EN")
    calendar.add("version", "2.0")
    calendar.add("method", Method.REPLY.value)
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _universal(moment: date | datetime) -> date | datetime:
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment


def _is_usable(address: str) -> bool:
    try:
        wire_address(address)
    except ValueError:
        return False
    return True
