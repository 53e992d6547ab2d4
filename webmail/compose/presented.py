"""Mail on its way, in words: what its state means, and what its person can do now."""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.wording import Explanation, explain_reason
from webmail.compose.models import Outgoing, State, Status

JUST_LEFT = timedelta(days=2)
SOON = timedelta(seconds=40)  # longer than the time in which a mail can be taken back
OWN_WORDS = {
    "too_large": (
        gettext_lazy("The mail is too large for this server"),
        gettext_lazy("Take files out of it, or send them one by one."),
    ),
    "smtputf8": (
        gettext_lazy("The server can’t send to addresses in other scripts"),
        gettext_lazy("Use an address in Latin letters, or an account whose server takes such addresses."),
    ),
    "bad_address": (
        gettext_lazy("An address can’t be used"),
        gettext_lazy("Check the addresses for characters that do not belong there."),
    ),
    "account_gone": (
        gettext_lazy("Its account was removed"),
        gettext_lazy("Mail goes out through the account it was written with."),
    ),
    "no_folder": (
        gettext_lazy("There is no folder for sent mail"),
        gettext_lazy("It could not be made, or it disappeared meanwhile."),
    ),
    "interrupted": (
        gettext_lazy("Sending was interrupted"),
        gettext_lazy("The program that sends stopped in the middle of it."),
    ),
}


@dataclass(frozen=True, slots=True)
class Action:
    """A button: `name` is what it posts."""

    name: str
    label: str
    primary: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the outbox. `group` is needs_you, waiting or left; `tone` one of "", ink, ok, warn, danger."""

    outgoing: Outgoing
    group: str
    icon: str
    tone: str
    title: str
    text: str
    reply: str = ""
    actions: list[Action] = field(default_factory=list)

    @property
    def is_final(self) -> bool:
        """Nothing will change by itself within seconds: it is not being sent, and no step is due soon."""
        due = self.outgoing.not_before
        return self.outgoing.state != State.SENDING and (due is None or due > self.outgoing.now + SOON)

    @property
    def leaves_in(self) -> int | None:
        """Seconds in which it can be taken back before its first try."""
        row = self.outgoing
        if row.state != State.QUEUED or row.attempts or row.not_before is None or row.not_before <= row.now:
            return None
        return math.ceil((row.not_before - row.now).total_seconds())

    @property
    def counts_down(self) -> bool:
        return self.leaves_in is not None and self.is_final is False

    @property
    def refused(self) -> list[str]:
        """Who can be tried again, all others having it."""
        may = any(action.name == "try_refused" for action in self.actions)
        return self.outgoing.addresses(Status.REFUSED) if may else []

    @property
    def names(self) -> str:
        """Whom it goes to, in short."""
        addresses = [recipient["address"] for recipient in self.outgoing.recipients]
        if len(addresses) <= 3:
            return ", ".join(addresses)
        count = len(addresses)
        return ngettext("%(count)s person", "%(count)s people", count) % {"count": count}


def present(outgoing: Outgoing) -> Shown:
    """A row of Outgoing.objects.shown(), in words."""
    return _PRESENTERS[State(outgoing.state)](outgoing)


def explain_outgoing(outgoing: Outgoing) -> Explanation:
    """The words for what went wrong last."""
    if words := OWN_WORDS.get(outgoing.last_error):
        return Explanation(str(words[0]), str(words[1]))
    return explain_reason(outgoing.last_error)


def _queued(outgoing: Outgoing) -> Shown:
    cancel = Action("cancel", _("Cancel"))
    edit = [Action("edit", _("Edit"))] if outgoing.has_draft else []
    if not outgoing.attempts and outgoing.not_before and outgoing.not_before > outgoing.now:
        return _waiting(outgoing, [Action("send_now", _("Send now")), *edit, cancel])
    if not outgoing.attempts:
        text = _("It leaves in a moment. You may close this page.")
        return Shown(outgoing, "waiting", "send", "ink", _("On its way"), text, actions=[*edit, cancel])
    words = explain_outgoing(outgoing)
    now = Action("try_now", _("Try now"))
    title = _("Next try %(when)s") % {"when": _when(outgoing.not_before)}
    text = _sentences(words.title, _("It goes out by itself as soon as that is over."))
    return Shown(outgoing, "waiting", "refresh", "", title, text, outgoing.last_reply, [now, *edit, cancel])


def _waiting(outgoing: Outgoing, actions: list[Action]) -> Shown:
    """Sent, but for its time."""
    text = _("It leaves by itself. You may close this page.")
    shown = Shown(outgoing, "waiting", "send", "ink", _leaves(outgoing.not_before), text, actions=actions)
    if shown.counts_down:
        return replace(shown, title=_("Sending in %(count)s s") % {"count": shown.leaves_in})
    return shown


def _leaves(moment: datetime | None) -> str:
    local = timezone.localtime(moment)
    values = {"time": date_format(local, "TIME_FORMAT"), "day": date_format(local, "l")}
    days = (local.date() - timezone.localdate()).days
    if days == 0:
        return _("Leaves today at %(time)s") % values
    if days == 1:
        return _("Leaves tomorrow at %(time)s") % values
    if days < 7:
        return _("Leaves %(day)s at %(time)s") % values
    values["day"] = date_format(local, "DATE_FORMAT")
    return _("Leaves on %(day)s at %(time)s") % values


def _sending(outgoing: Outgoing) -> Shown:
    server = outgoing.account.outgoing_host if outgoing.account else ""
    return Shown(
        outgoing, "waiting", "send", "ink", _("Being sent"), _("%(server)s is taking it.") % {"server": server}
    )


def _sent(outgoing: Outgoing) -> Shown:
    title = _("Sent %(when)s") % {"when": _when(outgoing.accepted_at)}
    if outgoing.filed_at or not outgoing.last_error:
        return Shown(outgoing, "left", "check", "ok", title, _refused_or(outgoing, _("A copy goes to Sent.")))
    words = explain_outgoing(outgoing)
    title = _("%(sent)s, copy not yet in Sent") % {"sent": title}
    actions = [Action("try_now", _("Try now"))]
    if outgoing.not_before is None:
        text = _sentences(_("The mail was delivered, but its copy could not be stored"), words.title)
        actions = actions if outgoing.account_id else []
        return Shown(
            outgoing, "needs_you", "alert", "warn", title, text, actions=[*actions, Action("dismiss", _("Dismiss"))]
        )
    text = _("The mail was delivered. Its copy could not be stored; it is tried again %(when)s")
    text = _sentences(text % {"when": _when(outgoing.not_before)}, words.title)
    return Shown(outgoing, "left", "check", "ok", title, text, actions=actions)


def _filed(outgoing: Outgoing) -> Shown:
    refused = outgoing.addresses(Status.REFUSED)
    when = {"when": _when(outgoing.accepted_at)}
    text = _refused_or(outgoing, _("A copy is in Sent."))
    if refused and not outgoing.dismissed:
        again = (
            [Action("try_refused", _("Try the refused ones again"), primary=True)] if _may_go_again(outgoing) else []
        )
        actions = [*again, Action("dismiss", _("Dismiss"), primary=not again)]
        title = _("Sent %(when)s, but not to everybody") % when
        return Shown(outgoing, "needs_you", "alert", "warn", title, text, _first_reply(outgoing), actions)
    return Shown(outgoing, "left", "check", "ok", _("Sent %(when)s") % when, text)


def _may_go_again(outgoing: Outgoing) -> bool:
    """Its octets are still here, and so is the account it goes out by."""
    return outgoing.content_id is not None and outgoing.account_id is not None


def _failed(outgoing: Outgoing) -> Shown:
    words = explain_outgoing(outgoing)
    actions = [Action("try_again", _("Try again"))] if outgoing.account_id else []
    if outgoing.has_draft:
        actions = [Action("edit", _("Edit"), primary=True), *actions]
    actions.append(Action("delete", _("Delete"), danger=True))
    text = _sentences(words.text, _("It was not sent."))
    return Shown(outgoing, "needs_you", "alert", "danger", words.title, text, outgoing.last_reply, actions)


def _unknown(outgoing: Outgoing) -> Shown:
    server = outgoing.account.outgoing_host if outgoing.account else _("the server")
    text = _(
        "The connection to %(server)s broke after the mail was handed over, before the receipt came. "
        "Sending again could deliver it twice."
    )
    actions = [Action("arrived", _("It arrived")), Action("send_again", _("Send again"))]
    title = _("It may have arrived: we can’t tell")
    return Shown(outgoing, "needs_you", "help", "warn", title, text % {"server": server}, outgoing.last_reply, actions)


_PRESENTERS = {
    State.QUEUED: _queued,
    State.SENDING: _sending,
    State.SENT: _sent,
    State.FILED: _filed,
    State.FAILED: _failed,
    State.UNKNOWN: _unknown,
}


def _refused_or(outgoing: Outgoing, otherwise: str) -> str:
    refused = outgoing.addresses(Status.REFUSED)
    if not refused:
        return otherwise
    return _("The server refused: %(addresses)s. All others have it.") % {"addresses": ", ".join(refused)}


def _first_reply(outgoing: Outgoing) -> str:
    refused = (each for each in outgoing.recipients if each["status"] == Status.REFUSED)
    return next((f"{each['code']} {each['text']}" for each in refused if each["code"]), "")


def _sentences(*parts: str) -> str:
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _when(moment: datetime | None) -> str:
    """“at 14:30”, with the day if it is not today."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return _("at %(time)s") % {"time": date_format(local, "TIME_FORMAT")}
    return _("on %(day_and_time)s") % {"day_and_time": date_format(local, "SHORT_DATETIME_FORMAT")}


def announce(request: HttpRequest, outgoing: Outgoing) -> None:
    """A toast on the page that follows; it asks for the mail's state until that is final."""
    shown = present(Outgoing.objects.shown().get(pk=outgoing.pk))
    messages.info(request, render_to_string("compose/_following.html", {"shown": shown}, request))
