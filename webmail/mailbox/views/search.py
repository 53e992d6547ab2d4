"""Beside the search box: what it offers, the form with all fields, recent searches, and acts on what was found in
several folders. The search itself is the list's (lists.py): its address says all of it.

search() with a form → its text → the list of that text; with htmx the page loads it by itself (HX-Location).
"""

import json
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from webmail.mailbox import history as histories
from webmail.mailbox import suggestions
from webmail.mailbox.acts import FLAGS, Done, Selection, mark_and_tell, perform, told_as_one
from webmail.mailbox.base import FolderRefused, Mailbox, NoSuchFolder, StaleReference
from webmail.mailbox.hits import selections
from webmail.mailbox.listing import live
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.query import parse
from webmail.mailbox.search_forms import HitsForm, SearchForm, fields_of
from webmail.mailbox.side import folder_url
from webmail.mailbox.tools import list_suffix
from webmail.mailbox.views import account_of, wants_fragment
from webmail.mailbox.views.acts import tell
from webmail.mailbox.views.lists import count_again, list_context, query_of, query_text


@require_safe
@never_cache
def search(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    sent = "scope" in request.GET
    form = SearchForm(request.GET) if sent else SearchForm(initial=fields_of(parse(query_text(request))))
    if sent and form.is_valid():
        return _to_list(request, folder_url(account.pk, folder) + list_suffix(1, form.text()))
    fragment = wants_fragment(request)
    context = {
        "account": account,
        "folder_name": folder,
        "folder_url": folder_url(account.pk, folder),
        "form": form,
        "beside_list": fragment,
    }
    return render(request, "mailbox/_search_form.html" if fragment else "mailbox/search.html", context)


def _to_list(request: HttpRequest, address: str) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(address)
    response = HttpResponse(status=204)
    response["HX-Location"] = json.dumps({"path": address, "target": "#list", "swap": "outerHTML"})
    return response


@require_safe
@never_cache
def panel(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    context = {
        "account": account,
        "folder_name": folder,
        "history": histories.history_of(account.user),
        "people": suggestions.people(account, folder),
        "operators": suggestions.operators(),
    }
    return render(request, "mailbox/_search_panel.html", context)


@require_POST
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """One of: keep=…, forget=…, all=…, keeps=on|off."""
    user, asked = request.user, request.POST
    if "keep" in asked:
        histories.keep(user, asked["keep"])  # type: ignore[arg-type]
    elif "forget" in asked:
        histories.forget(user, asked["forget"])  # type: ignore[arg-type]
    elif "all" in asked:
        histories.forget_all(user)  # type: ignore[arg-type]
    elif asked.get("keeps") in ("on", "off"):
        histories.switch(user, on=asked["keeps"] == "on")  # type: ignore[arg-type]
    else:
        return HttpResponseBadRequest()
    return HttpResponse(status=204) if wants_fragment(request) else redirect("mailbox:home")


@require_POST
@never_cache
def act(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    """As acts.act, with messages of several folders: one act with one way back."""
    account = account_of(request, account_id)
    form = HitsForm(request.POST)
    if not form.is_valid():
        words = [str(word) for word in form.non_field_errors()]
        if not words:
            return HttpResponseBadRequest()
        messages.error(request, words[0])
    asked = form.cleaned_data
    with open_mailbox(account) as mailbox:
        if form.is_valid():
            _perform(request, account, mailbox, selections(asked["uid"], mailbox.folders()), asked)
        page, q = asked.get("page") or 1, asked.get("q") or ""
        if not wants_fragment(request):
            return redirect(folder_url(account.pk, folder) + list_suffix(page, q))
        listing = live(mailbox, folder, page, query_of(q))
    context = list_context(account, listing, q, asked.get("open"))
    context["closed"] = form.is_valid() and asked["action"] not in FLAGS
    return count_again(render(request, "mailbox/_acted.html", context), account)


def _perform(
    request: HttpRequest,
    account: Account,
    mailbox: Mailbox,
    chosen: Iterable[Selection],
    asked: dict[str, str],
) -> None:
    """What can't be done in one folder is done in the others all the same."""
    done: list[Done] = []
    for selection in chosen:
        try:
            done.append(_done(mailbox, selection, asked["action"], asked["target"]))
        except FolderRefused as refusal:
            messages.error(request, str(refusal))
        except (NoSuchFolder, StaleReference):
            messages.error(request, _("“%(folder)s” has changed; search again.") % {"folder": selection.folder})
    if done:
        tell(request, account, *done, said=told_as_one(mailbox, done))


def _done(mailbox: Mailbox, chosen: Selection, action: str, target: str) -> Done:
    return mark_and_tell(mailbox, chosen, action)[1] if action in FLAGS else perform(mailbox, chosen, action, target)
