"""The click that unsubscribes, and how it stands with it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from webmail.celery import ring
from webmail.compose.tasks import deliver
from webmail.mailbox.base import Folder, Message, MessageRef
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.views import account_of
from webmail.mailbox.views.lists import suffix_of
from webmail.unsubscribing import asking, tasks
from webmail.unsubscribing.models import State, Way
from webmail.unsubscribing.offers import offer_of
from webmail.unsubscribing.presented import way_out_of


@require_POST
def ask(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    """What the page said a click would do: `key` names that offer. htmx follows to the reading pane, a form to the
    page."""
    account = account_of(request, account_id)
    message, here = _message(account, MessageRef(folder, uidvalidity, uid))
    offer = offer_of(account, message, here)
    if offer is None or offer.way == Way.PAGE or offer.key != request.POST.get("key"):
        raise Http404
    try:
        row, outgoing = asking.ask(account, offer)
    except asking.NotSendable as error:
        messages.warning(request, _("The mail could not be sent. %(reason)s") % {"reason": error})
    else:
        if outgoing:
            ring(deliver, outgoing.pk)
        elif row.state == State.WAITING:
            ring(tasks.ask, row.pk)
    url = reverse("mailbox:message", args=[account_id, folder, uidvalidity, uid])
    return HttpResponse(status=303, headers={"Location": url + suffix_of(request)})


@require_safe
@never_cache
def state(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    """The fragment that follows a request on the message's page."""
    account = account_of(request, account_id)
    message, here = _message(account, MessageRef(folder, uidvalidity, uid))
    way_out = way_out_of(account, message, here)
    if way_out is None:
        raise Http404
    return render(request, "unsubscribing/_way_out.html", {"way_out": way_out, "account": account, "message": message})


def _message(account: Account, ref: MessageRef) -> tuple[Message, Folder]:
    with open_mailbox(account) as mailbox:
        return mailbox.get_message(ref), mailbox.folder(ref.folder)
