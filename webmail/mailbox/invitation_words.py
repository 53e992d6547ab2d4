"""An invitation in the reader's words, at the reader's time."""

from datetime import date, datetime

from django.utils import dates, formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from webmail.mime.calendar import Answer, Frequency, Invitation, Method, Recurrence

TITLES = {
    Method.REQUEST: gettext_lazy("An invitation"),
    Method.CANCEL: gettext_lazy("This event was cancelled."),
    Method.REPLY: gettext_lazy("Answer to an invitation"),
    Method.COUNTER: gettext_lazy("Another time is proposed."),
    Method.DECLINE_COUNTER: gettext_lazy("The other time is not accepted."),
    Method.REFRESH: gettext_lazy("The invitation is asked for again."),
}
ANSWERS = {
    Answer.ACCEPTED: gettext_lazy("will come"),
    Answer.DECLINED: gettext_lazy("will not come"),
    Answer.TENTATIVE: gettext_lazy("may come"),
    Answer.DELEGATED: gettext_lazy("sends someone else"),
    Answer.NONE: gettext_lazy("no answer yet"),
}
WEEKDAYS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), dates.WEEKDAYS.values(), strict=True))


def title(invitation: Invitation) -> str:
    if invitation.is_cancelled:
        return str(TITLES[Method.CANCEL])
    return str(TITLES.get(invitation.method, gettext_lazy("Event")))


def when(invitation: Invitation) -> str:
    """The time where the reader is; a time without a zone, or with one that nobody knows, as it is written."""
    start, end = _local(invitation.start), _local(invitation.end)
    if start is None:
        return ""
    line = _moment(start)
    if end is not None and end != start:
        is_same_day = isinstance(start, datetime) and isinstance(end, datetime) and start.date() == end.date()
        line = f"{line} – {formats.time_format(end, 'TIME_FORMAT') if is_same_day else _moment(end)}"  # type: ignore[arg-type]
    if isinstance(start, datetime) and start.tzinfo is None:
        zone = invitation.zone or _("local time there")
        return f"{line} ({zone})"
    return line


def _local(moment: date | datetime | None) -> date | datetime | None:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return moment
    try:
        return timezone.localtime(moment)
    except (OverflowError, ValueError):
        return moment


def _moment(moment: date | datetime) -> str:
    """With its weekday: by that people know whether they are free."""
    told = formats.date_format(moment, "DATETIME_FORMAT" if isinstance(moment, datetime) else "DATE_FORMAT")
    return _("%(weekday)s, %(moment)s") % {"weekday": dates.WEEKDAYS[moment.weekday()], "moment": told}


def how_often(recurrence: Recurrence) -> str:
    """“every 2 weeks on Monday, Friday, until 31 January 2027”; rules beyond that are only said to exist."""
    line = _every(recurrence.frequency, recurrence.interval)
    if not line:
        return _("repeated")
    days = [str(WEEKDAYS[day]) for day in recurrence.weekdays if day in WEEKDAYS]
    is_told = len(days) == len(recurrence.weekdays) and not recurrence.is_partial
    if days and is_told:
        line = _("%(every)s on %(days)s") % {"every": line, "days": ", ".join(days)}
    if recurrence.count:
        times = ngettext("%(number)d time", "%(number)d times", recurrence.count) % {"number": recurrence.count}
        line = f"{line}, {times}"
    elif recurrence.until:
        line = _("%(every)s, until %(day)s") % {"every": line, "day": formats.date_format(recurrence.until)}
    return line if is_told else _("%(every)s, by further rules") % {"every": line}


def _every(frequency: Frequency, interval: int) -> str:
    words = {
        Frequency.DAILY: ngettext("every day", "every %(number)d days", interval),
        Frequency.WEEKLY: ngettext("every week", "every %(number)d weeks", interval),
        Frequency.MONTHLY: ngettext("every month", "every %(number)d months", interval),
        Frequency.YEARLY: ngettext("every year", "every %(number)d years", interval),
    }.get(frequency, "")
    return words % {"number": interval} if words else ""
