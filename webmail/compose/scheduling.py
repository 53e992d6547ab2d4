"""When a mail is to leave: at once, after the seconds in which its person can take it back, or at a time they choose.

The composer's footer (_send_later.html) offers choices() and posts one of them, or a day and a time, with the click on
Send → LeavingForm says which moment that is in the person's time zone → outbox.enqueue() writes it into the row as
`not_before`, in the one write of the click. Nothing else waits: no task carries a time, and the sweep finds the row.

The Date field of a mail that was told to leave later is the time at which it leaves. RFC 5322 (3.6.1) would have the
click, "ready to enter the mail delivery system"; but whoever schedules a mail has said when that shall be, readers sort
by it, and a mail three days old on arrival looks delayed and is taken for spam. It is frozen with the other octets at
the click; only "Send now" writes it anew (decisions.send_now), before anybody has seen a copy.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

MORNING = time(8)
EVENING = time(18)
FARTHEST = timedelta(days=366)
FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")  # what a browser makes of a day and a time
NOW, OWN = "now", "own"


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` is the local time that the label tells, so that a page left open over night still means what it says."""

    value: str
    label: str
    leaves: datetime


def choices(now: datetime) -> list[Choice]:
    """What is offered at this local time; "later today" only where an evening is left."""
    today, tomorrow = now.date(), now.date() + timedelta(days=1)
    monday = today + timedelta(days=7 - today.weekday())
    offered = []
    if now.time() < time(EVENING.hour - 1):
        offered.append((_("Later today"), today, EVENING))
    offered.append((_("Tomorrow morning"), tomorrow, MORNING))
    if monday != tomorrow:
        offered.append((_("Monday morning"), monday, MORNING))
    return [_choice(label, datetime.combine(day, hour)) for label, day, hour in offered]


def _choice(label: str, local: datetime) -> Choice:
    return Choice(local.strftime(FORMS[0]), label, _aware(local))


def moment(text: str) -> datetime:
    """A local time of the person's zone. Where clocks go forward, one that they skip is as much later as they jump;
    where they go back, it is the first of the two. Raises ValidationError."""
    for form in FORMS:
        try:
            return _aware(datetime.strptime(text, form))  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
    raise ValidationError(_("Enter a day and a time."))


def _aware(local: datetime) -> datetime:
    """By way of UTC, which has no gaps: what comes back is a time that clocks show."""
    return timezone.localtime(local.replace(tzinfo=timezone.get_current_timezone()).astimezone(UTC))


class LeavingForm(forms.Form):
    """`later`: nothing or "now", one of choices(), or "own" with `later_own`. A day and a time that stand there are
    meant, also without script, where nothing ticks the button beside them."""

    later = forms.CharField(required=False, max_length=30)
    later_own = forms.CharField(required=False, max_length=30)

    @property
    def leaves(self) -> datetime | None:
        """Of a valid form: None to leave as soon as may be."""
        found: datetime | None = self.cleaned_data["leaves"]
        return found

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        later = values.get("later", "")
        chosen = values.get("later_own", "") if later in ("", NOW, OWN) else later
        if later == OWN and not chosen:
            raise ValidationError(_("Enter the day and the time at which the mail shall leave."))
        values["leaves"] = _refuse_impossible(moment(chosen)) if chosen else None
        return values

    def problems(self) -> dict[str, list[str]]:
        """Why it can't leave then, as letters.problems() has it."""
        return {} if self.is_valid() else {"later": [str(each) for each in self.non_field_errors()]}

    def choices(self) -> list[Choice]:
        return choices(timezone.localtime())

    def earliest(self) -> str:
        return timezone.localtime().strftime(FORMS[0])

    def latest(self) -> str:
        return (timezone.localtime() + FARTHEST).strftime(FORMS[0])

    def zone(self) -> str:
        """The name of the person's time zone."""
        return str(timezone.get_current_timezone()).replace("_", " ")


def _refuse_impossible(leaves: datetime) -> datetime:
    now = timezone.now()
    if leaves <= now:
        raise ValidationError(_("The time at which the mail shall leave has passed. Choose a later one."))
    if leaves > now + FARTHEST:
        raise ValidationError(_("A mail can wait a year at most. Choose an earlier time."))
    return leaves
