"""The outbox: what is on its way, what went wrong with it, and what a person can do about it."""

from collections.abc import Callable
from itertools import groupby

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from webmail.celery import ring
from webmail.compose import decisions, delivery, letters
from webmail.compose.models import Draft, Outgoing, OutgoingRows, State, drafts_of
from webmail.compose.presented import JUST_LEFT, present
from webmail.compose.tasks import deliver

UNSETTLED = ~Q(state=State.FILED) | Q(dismissed=False)
MOST_ROWS = 200
MOST_DRAFTS = 20


@require_safe
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    recent = Q(queued_at__gte=timezone.now() - JUST_LEFT)
    rows = [present(row) for row in _outgoing(request).filter(recent | UNSETTLED)[:MOST_ROWS]]
    order = ["needs_you", "waiting", "left"]
    rows.sort(key=lambda row: order.index(row.group))
    groups = {name: list(members) for name, members in groupby(rows, key=lambda row: row.group)}
    template = "compose/_outbox.html" if request.htmx else "compose/outbox.html"  # type: ignore[attr-defined]
    context = {
        "groups": groups,
        "drafts": _drafts_only_here(request),
        "is_moving": any(not row.is_final for row in rows),
        "leaves_in": min((row.leaves_in for row in rows if row.leaves_in), default=None),
    }
    return render(request, template, context)


@require_safe
@never_cache
def count(request: HttpRequest) -> HttpResponse:
    """The badge beside the outbox in the folder column. While mail moves it asks again, with how many needed attention
    before: one more is a notice on whatever page is open."""
    rows = [present(row) for row in _outgoing(request).filter(UNSETTLED)[:MOST_ROWS]]
    needy, before = sum(row.group == "needs_you" for row in rows), request.GET.get("needy", "")
    context = {
        "count": len(rows),
        "needy": needy,
        "is_moving": any(not row.is_final for row in rows),
        "is_news": before.isascii() and before.isdigit() and needy > int(before[:6]),
    }
    return render(request, "compose/_count.html", context)


@require_safe
@never_cache
def outgoing(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """One mail: each recipient, the server's words, and for an unknown outcome what can be found out."""
    row = get_object_or_404(_outgoing(request), pk=outgoing_id)
    found = delivery.found_in_sent(row) if row.state == State.UNKNOWN else None
    return render(request, "compose/outgoing.html", {"shown": present(row), "found_in_sent": found})


@require_safe
@never_cache
def state(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """The fragment that follows a mail from the page after Send."""
    row = get_object_or_404(_outgoing(request), pk=outgoing_id)
    return render(request, "compose/_following.html", {"shown": present(row)})


@require_POST
def act(request: HttpRequest, outgoing_id: int) -> HttpResponse:
    """A button of the outbox: `action` is one of ACTS."""
    row = get_object_or_404(_outgoing(request), pk=outgoing_id)
    perform = ACTS.get(request.POST.get("action", ""))
    if perform is None:
        raise Http404
    return perform(request, row)


def _edit(request: HttpRequest, row: Outgoing) -> HttpResponse:
    if decisions.take_back(row):
        return redirect("compose:draft", row.key)
    return _too_late(request)


def _cancel(request: HttpRequest, row: Outgoing) -> HttpResponse:
    draft = row.draft
    if not decisions.cancel(row):
        return _too_late(request)
    messages.success(request, _("The mail was stopped. It is a draft again.") if draft else _("The mail was stopped."))
    return redirect("compose:outbox")


def _try_refused(request: HttpRequest, row: Outgoing) -> HttpResponse:
    """As they are, or at the addresses that were typed in their place."""
    typed = [address.strip() for address in request.POST.getlist("address")[:MOST_ROWS]]
    if wrong := [address for address in typed if not letters.is_usable(address)]:
        messages.error(request, _("This is not an address: %(address)s") % {"address": wrong[0] or "…"})
        return redirect("compose:outgoing", row.pk)
    rest = decisions.try_refused(row, typed)
    if rest is None:
        return _too_late(request)
    ring(deliver, rest.pk)
    return redirect("compose:outbox")


def _change(change: Callable[[Outgoing], bool], rings: bool = False) -> Callable[[HttpRequest, Outgoing], HttpResponse]:
    """A button that changes the row's state, if it is still the one that the person saw."""

    def perform(request: HttpRequest, row: Outgoing) -> HttpResponse:
        if not change(row):
            return _too_late(request)
        if rings:
            ring(deliver, row.pk)
        return redirect("compose:outbox")

    return perform


ACTS = {
    "edit": _edit,
    "cancel": _cancel,
    "try_now": _change(decisions.try_now, rings=True),
    "send_now": _change(decisions.send_now, rings=True),
    "try_again": _change(decisions.try_again, rings=True),
    "try_refused": _try_refused,
    "send_again": _change(decisions.send_again, rings=True),
    "arrived": _change(decisions.arrived, rings=True),
    "delete": _change(decisions.remove),
    "dismiss": _change(decisions.dismiss),
}


def _too_late(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("Meanwhile something else happened to the mail. This is how it stands now."))
    return redirect("compose:outbox")


def _outgoing(request: HttpRequest) -> OutgoingRows:
    return Outgoing.objects.shown().filter(user=request.user)  # type: ignore[misc]


def _drafts_only_here(request: HttpRequest) -> list[Draft]:
    """Drafts that could not be copied to their mail server, so that no folder shows them."""
    user = request.user
    sent = list(user.outgoing.values_list("key", flat=True))  # type: ignore[union-attr]
    return list(drafts_of(user).filter(mirror_uid=None).exclude(pk__in=sent)[:MOST_DRAFTS])  # type: ignore[arg-type]
