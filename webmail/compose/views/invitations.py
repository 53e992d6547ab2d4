"""Answering an invitation, by the buttons of its card."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from webmail.celery import ring
from webmail.compose import invitations
from webmail.compose.forms import AnswerForm
from webmail.compose.presented import announce
from webmail.compose.tasks import deliver
from webmail.mailbox.base import MessageRef
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.particulars import invitation_at
from webmail.mailbox.views import account_of
from webmail.mime.calendar import Answer


@require_POST
def answer(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    account = account_of(request, account_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    with open_mailbox(account) as mailbox:
        message = mailbox.get_message(MessageRef(folder, uidvalidity, uid))
        invitation = invitation_at(mailbox, message, form.cleaned_data["section"])
    given = Answer(form.cleaned_data["answer"])
    outgoing = invitation and invitations.answer(account, message, invitation, given, form.cleaned_data["key"])
    if outgoing:
        ring(deliver, outgoing.pk)
        announce(request, outgoing)
    else:
        messages.warning(request, _("This invitation can’t be answered from here."))
    return redirect("mailbox:message", account_id, folder, uidvalidity, uid)
