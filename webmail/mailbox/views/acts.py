"""POST only: actions on messages. Without JavaScript they lead back to the list; with htmx the answer is the
list's new rows."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Account
from webmail.mailbox.acts import FLAGS, Selection, perform
from webmail.mailbox.base import FolderRefused, Mailbox
from webmail.mailbox.forms import ActForm
from webmail.mailbox.listing import live
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.rows import furniture, look_of, row_of
from webmail.mailbox.views import account_of, wants_fragment
from webmail.mailbox.views.lists import list_context, list_suffix, query_of


@require_POST
@never_cache
def act(request: HttpRequest, account_id: int, folder: str, uidvalidity: int) -> HttpResponse:
    account = account_of(request, account_id)
    form = ActForm(request.POST)
    if not form.is_valid():
        return _not_understood(request, form, account, folder)
    asked = form.cleaned_data
    chosen = Selection(folder, uidvalidity, asked["uid"])
    with open_mailbox(account) as mailbox:
        _perform(request, mailbox, chosen, asked)
        if not wants_fragment(request):
            return redirect(_list_url(account, folder, asked))
        if asked["quiet"]:
            return _changed_row(request, account, mailbox, chosen, asked)
        listing = live(mailbox, folder, asked["page"] or 1, query_of(asked["q"]))
    context = list_context(account, listing, asked["q"], asked["open"])
    context["closed"] = asked["action"] not in FLAGS
    return _told(render(request, "mailbox/_acted.html", context), account)


def _perform(request: HttpRequest, mailbox: Mailbox, chosen: Selection, asked: dict[str, Any]) -> None:
    if not chosen.uids:
        return
    if asked["opened"] and asked["action"] not in FLAGS:
        # Opened and moved away before the page could say that it was read.
        perform(mailbox, chosen, "read")
    try:
        said = perform(mailbox, chosen, asked["action"], asked["target"])
    except FolderRefused as refusal:
        messages.error(request, str(refusal))
        return
    if said:
        messages.success(request, said)


def _changed_row(
    request: HttpRequest, account: Account, mailbox: Mailbox, chosen: Selection, asked: dict[str, Any]
) -> HttpResponse:
    """The answer to what the page does by itself when a message is opened: the row it stands for, and the button
    that undoes it."""
    look = look_of(account, mailbox.folder(chosen.folder), list_suffix(asked["page"] or 1, asked["q"]))
    rows = [
        row_of(look, summary, is_open=True)
        for summary in mailbox.summaries(chosen.folder, chosen.uidvalidity, chosen.uids)
    ]
    response = render(request, "mailbox/_changed.html", {"rows": rows, "furniture": furniture(look.language)})
    return _told(response, account)


def _told(response: HttpResponse, account: Account) -> HttpResponse:
    """Let the folders of this account be counted again in the column."""
    response["HX-Trigger"] = f"mail-changed-{account.pk}"
    return response


def _list_url(account: Account, folder: str, asked: dict[str, Any]) -> str:
    return reverse("mailbox:folder", args=[account.pk, folder]) + list_suffix(asked["page"] or 1, asked["q"])


def _not_understood(request: HttpRequest, form: ActForm, account: Account, folder: str) -> HttpResponse:
    words = [str(word) for word in form.non_field_errors()]
    if not words:
        return HttpResponseBadRequest()
    if wants_fragment(request):
        response = render(request, "mailbox/_toast.html", {"title": words[0], "text": ""}, status=400)
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
        return response
    messages.error(request, words[0])
    return redirect("mailbox:folder", account.pk, folder)
