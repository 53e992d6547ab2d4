"""What a person sees of an import, and the button that starts one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.wording import explain_reason
from webmail.celery import ring
from webmail.mailbox.base import Role
from webmail.mailbox.models import LocalFolder
from webmail.popimport.lease import is_due, request_check
from webmail.popimport.models import ImportState
from webmail.popimport.tasks import import_account


@require_POST
def check(request: HttpRequest, account_id: int) -> HttpResponse:
    """Check for new mail now."""
    account = _pop_account(request, account_id)
    request_check(account)
    ring(import_account, account.pk)
    if request.htmx:  # type: ignore[attr-defined]
        return _status(request, account)
    messages.success(request, _("%(account)s is being checked for new mail.") % {"account": account.label})
    return redirect("mailbox:folder", account.pk, LocalFolder.objects.for_account(account, Role.INBOX).name)


@require_safe
@never_cache
def status(request: HttpRequest, account_id: int) -> HttpResponse:
    """The fragment that follows an import: last check, next one, what came, progress."""
    return _status(request, _pop_account(request, account_id))


def _pop_account(request: HttpRequest, account_id: int) -> Account:
    accounts = request.user.accounts  # type: ignore[union-attr]
    return get_object_or_404(accounts, pk=account_id, protocol=Account.Incoming.POP3)


def _status(request: HttpRequest, account: Account) -> HttpResponse:
    state = ImportState.objects.select_related("account").filter(account=account).first()
    context: dict[str, object] = {"account": account, "state": state, "is_due": is_due(account)}
    if state:
        context["set_aside"] = state.set_aside().count()
        context["problem"] = explain_reason(state.last_error) if state.last_error else None
    response = render(request, "popimport/_status.html", context)
    if state and _brought_mail(request, state):
        response.headers["HX-Trigger"] = "mail-came"  # the list on the same page listens for it
    return response


def _brought_mail(request: HttpRequest, state: ImportState) -> bool:
    """Whether a check has ended with new mail since this fragment (`seen`: the check it tells of) or, the first time,
    the page around it (`since`: microseconds) was drawn."""
    if not state.came or not state.last_checked:
        return False
    ended = date_format(state.last_checked, "Uu")
    if (seen := request.GET.get("seen")) is not None:
        return seen != ended
    since = request.GET.get("since", "")
    return since.isdecimal() and len(since) < 20 and int(ended) > int(since)
