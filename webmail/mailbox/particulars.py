"""What is particular about a mail, said in words beside its text: a delivery report, an invitation, messages within it,
what is signed or encrypted.

present() → particulars() → webmail/mime on the structure alone, which is all for most mail; for the others the one
small part that tells is read (for messages within their header, within.py) and kept (kept.py) → values for
_particulars.html.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.urls import reverse

from accounts.models import Account
from webmail.mailbox import invitation_words, report_words
from webmail.mailbox.base import Mailbox, Message
from webmail.mailbox.shown import Shown, part_url
from webmail.mailbox.within import Card, cards
from webmail.mime import calendar, report
from webmail.mime.calendar_reply import invited
from webmail.mime.protection import inline_protection, protections
from webmail.mime.structure import is_cut
from webmail.mime.text import decode_transfer, html_to_text
from webmail.mime.types import Address, Part

ATTENDEES_SHOWN = 20
DELIVERIES_SHOWN = 20
WEB_PLACE = re.compile(r"https://[\w.-]+(?::\d+)?(?:/[!-~]*)?", re.ASCII)  # no user name, no letters from elsewhere


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and what a server said, in its own words."""

    line: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """An invitation as a card writes it. `section` and `url` are those of its part. `answer_url` takes an answer by
    POST, where one is asked for; `key` tells this card from any other, so that two clicks are one answer.
    `is_answered`: the mail server remembers a reply to this mail, from whichever program."""

    title: str
    invitation: calendar.Invitation
    when: str
    how_often: str
    attendees: tuple[tuple[Address, str], ...]
    more_attendees: int
    section: str
    url: str
    answer_url: str = ""
    is_answered: bool = False
    key: UUID = field(default_factory=uuid4)

    @property
    def place_url(self) -> str:
        """Where the event is held, if that is one web page: it is shown whole, so nothing can hide behind it."""
        place = self.invitation.location.strip()
        return place if WEB_PLACE.fullmatch(place) else ""


@dataclass(frozen=True, slots=True)
class Particulars:
    protections: tuple[str, ...] = ()
    report: tuple[Told, ...] = ()
    event: Event | None = None
    messages: tuple[Card, ...] = ()
    is_cut: bool = False


def particulars(account: Account, mailbox: Mailbox, message: Message, shown: Shown, suffix: str = "") -> Particulars:
    """`suffix`: the query string of the list that the message was opened from."""
    root = message.structure
    return Particulars(
        tuple(dict.fromkeys(_protections(root, shown))),  # a hundred layers are one line
        tuple(_report(mailbox, message)),
        _event(account, mailbox, message),
        tuple(cards(account, mailbox, message, suffix)),
        is_cut(root),
    )


def _protections(root: Part, shown: Shown) -> Iterator[str]:
    yield from map(report_words.protection_line, protections(root))
    if shown.is_text and "-----BEGIN PGP " in shown.html and (inline := inline_protection(html_to_text(shown.html))):
        yield report_words.protection_line(inline)


def _report(mailbox: Mailbox, message: Message) -> Iterator[Told]:
    parts = report.report_parts(message.structure)
    if parts and parts.status:
        found = report.read_delivery_report(_content(mailbox, message, parts.status, report.READ_LIMIT))
        for delivery in found.deliveries[:DELIVERIES_SHOWN]:
            yield Told(report_words.delivery_line(delivery), delivery.diagnostic)
    elif parts and parts.receipt:
        receipt = report.read_receipt(_content(mailbox, message, parts.receipt, report.READ_LIMIT))
        if receipt:
            yield Told(report_words.receipt_line(receipt))


def invitation_at(mailbox: Mailbox, message: Message, section: str) -> calendar.Invitation | None:
    """The invitation in the part at this section; None where there is none."""
    part = message.structure.find(section)
    return _invitation(mailbox, message, part) if part and _is_calendar(part) else None


def _event(account: Account, mailbox: Mailbox, message: Message) -> Event | None:
    part = next((part for part in _own_parts(message.structure) if _is_calendar(part)), None)
    invitation = _invitation(mailbox, message, part) if part else None
    if part is None or invitation is None:
        return None
    attendees, ref = invitation.attendees, message.ref
    can_answer = bool(account.outgoing_host) and invited(invitation, account.address) is not None
    place = [account.pk, ref.folder, ref.uidvalidity, ref.uid]
    return Event(
        invitation_words.title(invitation),
        invitation,
        invitation_words.when(invitation),
        invitation_words.how_often(invitation.recurrence) if invitation.recurrence else "",
        tuple((one.who, str(invitation_words.ANSWERS[one.answer])) for one in attendees[:ATTENDEES_SHOWN]),
        max(0, len(attendees) - ATTENDEES_SHOWN),
        part.section,
        part_url(account, ref, part),
        reverse("compose:answer", args=place) if can_answer else "",
        message.summary.answered,
    )


def _invitation(mailbox: Mailbox, message: Message, part: Part) -> calendar.Invitation | None:
    octets = _content(mailbox, message, part, 2 * calendar.READ_LIMIT)
    return calendar.read_invitation(octets, "utf-8" if part.charset == "us-ascii" else part.charset)


def _is_calendar(part: Part) -> bool:
    is_named = part.content_type in ("text/calendar", "application/ics") or part.filename.lower().endswith(".ics")
    return is_named and part.size <= 2 * calendar.READ_LIMIT


def _own_parts(part: Part) -> Iterator[Part]:
    """Its parts without those of messages within it."""
    if not part.is_multipart:
        yield part
        return
    for child in part.children:
        yield from _own_parts(child)


def _content(mailbox: Mailbox, message: Message, part: Part, limit: int) -> bytes:
    return decode_transfer(mailbox.read_lasting(message.ref, part, limit), part.encoding)
