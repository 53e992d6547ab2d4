"""List rows as strings: what a template only has to write. Fifty rows of {% url %} and date filters would cost
more than their FETCH."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Page, Role, Summary
from webmail.mime.types import Address, Headers
from webmail.templatetags.interface import hue, icon, initials

_MACHINE = re.compile(r"(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|notifications?|newsletter)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `who` is the sender, or in folders of own mail the recipients; `when` a short date, `moment` the
    whole one."""

    uid: int
    url: str
    who: str
    subject: str
    pick: str
    when: str
    moment: str
    iso: str
    initials: str
    hue: int
    is_machine: bool
    unread: bool
    starred: bool
    answered: bool
    forwarded: bool
    draft: bool
    clip: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Furniture:
    """The words and icons that every row shows, looked up once for a page instead of once for a row."""

    unread: str
    draft: str
    replied: str
    forwarded: str
    with_attachment: str
    star: str
    reply_icon: SafeString
    forward_icon: SafeString
    clip_icon: SafeString
    star_icon: SafeString
    starred_icon: SafeString


def furniture() -> Furniture:
    return Furniture(
        _("Unread."),
        _("Draft"),
        _("Replied."),
        _("Forwarded."),
        _("With attachment"),
        _("Star"),
        icon("reply", 16),
        icon("forward", 16),
        icon("clip", 16),
        icon("star"),
        icon("star-on"),
    )


@dataclass(frozen=True, slots=True)
class Day:
    title: str
    rows: Sequence[Row]


def days_of(account: Account, page: Page, *, suffix: str = "", open_uid: int | None = None) -> list[Day]:
    """The page's rows under a heading per stretch of time. `suffix` is the query string that leads back to this
    list."""
    today = timezone.localdate()
    own = page.folder.role in (Role.SENT, Role.DRAFTS)
    titled = ((stretch(summary.date, today), summary) for summary in page.rows)
    return [
        Day(title, [row_of(account, summary, own=own, suffix=suffix, open_uid=open_uid) for _title, summary in group])
        for title, group in groupby(titled, key=lambda pair: pair[0])
    ]


def row_of(
    account: Account, summary: Summary, *, own: bool = False, suffix: str = "", open_uid: int | None = None
) -> Row:
    headers, ref = summary.headers, summary.ref
    people = (headers.to + headers.cc + headers.bcc) if own else headers.sender
    first = people[0] if people else Address("", "")
    moment = _local(summary.date)
    who, subject = who_line(people, own=own), headers.subject or _("(no subject)")
    return Row(
        uid=ref.uid,
        url=reverse("mailbox:message", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid]) + suffix,
        who=who,
        subject=subject,
        pick=_("Select %(who)s: %(subject)s") % {"who": who, "subject": subject},
        when=short_date(moment, timezone.localtime()),
        moment=formats.date_format(moment, "DATETIME_FORMAT"),
        iso=moment.isoformat(timespec="minutes"),
        initials=initials(first.label),
        hue=hue(first.address),
        is_machine=is_machine(headers),
        unread=not summary.seen,
        starred=summary.flagged,
        answered=summary.answered,
        forwarded=summary.forwarded,
        draft=summary.draft,
        clip=summary.has_attachments,
        current=ref.uid == open_uid,
    )


def who_line(people: Sequence[Address], *, own: bool = False) -> str:
    labels = list(_labels(people))
    if not labels:
        return _("(no recipient)") if own else _("(no sender)")
    return ", ".join(labels[:5]) + (" …" if len(labels) > 5 else "")


def _labels(people: Iterable[Address]) -> Iterator[str]:
    return (person.label for person in people if person.label)


def is_machine(headers: Headers) -> bool:
    """Lists and machines get a square avatar."""
    sender = headers.sender[0].address if headers.sender else ""
    return bool(headers.list_id) or bool(_MACHINE.match(sender.partition("@")[0]))


def _local(moment: datetime) -> datetime:
    """In the reader's zone; a year at the edge of the calendar stays as it is."""
    try:
        return timezone.localtime(moment)
    except (OverflowError, ValueError):
        return moment


def short_date(moment: datetime, now: datetime) -> str:
    """The time today, the weekday within the last week, day and month this year, else the whole date; in the
    reader's language."""
    age = now.date() - moment.date()
    if age == timedelta(0):
        return formats.time_format(moment, "TIME_FORMAT")
    if timedelta(0) < age < timedelta(days=7):
        return formats.date_format(moment, "D")
    if moment.year == now.year:
        return formats.date_format(moment, _short_day_format())
    return formats.date_format(moment, "SHORT_DATE_FORMAT")


def _short_day_format() -> str:
    # Translators: day and short month of a mail of this year, in Django's date format letters: "9 Oct" is "j M".
    return _("j M")


def stretch(moment: datetime, today: date) -> str:
    """Under which heading of the list a date falls."""
    day = _local(moment).date()
    if day > today:
        return _("Later")
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day > today - timedelta(days=7):
        return _("Last seven days")
    if (day.year, day.month) == (today.year, today.month):
        return _("Earlier this month")
    return formats.date_format(day, "YEAR_MONTH_FORMAT")
