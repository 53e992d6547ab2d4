"""POST only: actions on messages, and their way back. Without JavaScript they lead back to the list, what has no way
back by a page that asks first; with htmx the answer is the list's new rows, after a change of flags the changed rows
alone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Account
from webmail.mailbox import journal
from webmail.mailbox.acts import FLAGS, Done, Selection, mark, mark_and_tell, perform
from webmail.mailbox.base import FolderRefused, Mailbox, Summary
from webmail.mailbox.forms import ActForm
from webmail.mailbox.listing import live
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.query import Query, Scope
from webmail.mailbox.rows import furniture, look_of, row_of
from webmail.mailbox.tools import list_suffix
from webmail.mailbox.views import account_of, wants_fragment
from webmail.mailbox.views.folders import folder_context
from webmail.mailbox.views.lists import count_again, list_context, query_of


@require_POST
@never_cache
def act(request: HttpRequest, account_id: int, folder: str, uidvalidity: int) -> HttpResponse:
    account = account_of(request, account_id)
    if _goes_unasked(request):
        return _question(request, account, folder)
    if "empty" in request.POST or ("everything" in request.POST and "one" not in request.POST):
        # of the whole folder: a worker does it
        return redirect("bulk:start", account_id, folder, uidvalidity, preserve_request=True)
    form = ActForm(request.POST)
    if not form.is_valid():
        return _not_understood(request, form, account, folder)
    asked = form.cleaned_data
    chosen = Selection(folder, uidvalidity, asked["uid"])
    with open_mailbox(account) as mailbox:
        if asked["action"] in FLAGS:
            rows = _mark(request, account, mailbox, chosen, asked)
            if wants_fragment(request) and _stay(asked, chosen, rows):
                return _changed_rows(request, account, mailbox, folder, asked, rows)
        else:
            _perform(request, account, mailbox, chosen, asked)
        if not wants_fragment(request):
            return redirect(_list_url(account, folder, asked))
        listing = live(mailbox, folder, asked["page"] or 1, query_of(asked["q"]))
    context = list_context(account, listing, asked["q"], asked["open"])
    context["closed"] = asked["action"] not in FLAGS
    return count_again(render(request, "mailbox/_acted.html", context), account)


def _goes_unasked(request: HttpRequest) -> bool:
    """Whether mail would go for good, and nobody was asked: a script does that before it sends the form, and says
    `sure` where it sends it by itself."""
    asked = request.POST
    if wants_fragment(request) or "sure" in asked:
        return False
    one = asked.get("one", "")
    return one.startswith("delete ") or (not one and ("empty" in asked or asked.get("action") == "delete"))


def _question(request: HttpRequest, account: Account, folder: str) -> HttpResponse:
    """A page that sends the same form again once somebody is sure."""
    asked = request.POST
    if "empty" in asked:
        return redirect("mailbox:folder_empty", account.pk, folder)
    with open_mailbox(account) as mailbox:
        context = folder_context(account, mailbox, mailbox.folder(folder))
    fields = [(name, value) for name, values in asked.lists() if name != "csrfmiddlewaretoken" for value in values]
    number = 0 if "everything" in asked else 1 if asked.get("one") else len(asked.getlist("uid"))
    return render(request, "mailbox/for_good.html", {**context, "fields": fields, "number": number})


def _mark(
    request: HttpRequest, account: Account, mailbox: Mailbox, chosen: Selection, asked: dict[str, Any]
) -> list[Summary]:
    """What the page does by itself when a message is opened is nobody's act: it is neither told of nor taken back."""
    if asked["quiet"]:
        return mark(mailbox, chosen, asked["action"])
    rows, done = mark_and_tell(mailbox, chosen, asked["action"])
    tell(request, account, done)
    return rows


def _perform(
    request: HttpRequest, account: Account, mailbox: Mailbox, chosen: Selection, asked: dict[str, Any]
) -> None:
    if not chosen.uids:
        return
    if asked["opened"]:
        mark(mailbox, chosen, "read")  # opened and moved away before the page could say that it was read
    try:
        done = perform(mailbox, chosen, asked["action"], asked["target"])
    except FolderRefused as refusal:
        messages.error(request, str(refusal))
        return
    tell(request, account, done)


def tell(request: HttpRequest, account: Account, *done: Done, said: str = "") -> None:
    """A toast, with the way back where there is one (_toasts.html)."""
    key = journal.note(account, *done)
    way_back = reverse("mailbox:undo", args=[account.pk, key]) if key else ""
    if words := said or done[0].said:
        messages.success(request, words, extra_tags=way_back)


@require_POST
@never_cache
def undo(request: HttpRequest, account_id: int, key: UUID | None = None) -> HttpResponse:
    """Take back this act, or the account's last one; once. With htmx the toasts alone: the page asks for its list
    again (mailbox-list.js)."""
    account = account_of(request, account_id)
    act = journal.claim(account, key)
    if act is None:
        messages.warning(request, _("There is nothing to undo, or it was undone already."))
    else:
        with open_mailbox(account) as mailbox:
            undone = journal.take_back(act, mailbox)
        (messages.success if undone.number else messages.warning)(request, undone.said)
    if not wants_fragment(request):
        return redirect("mailbox:folder", account.pk, act.folder if act else "INBOX")
    return count_again(render(request, "mailbox/_undone.html"), account, "undone")


def _stay(asked: dict[str, Any], chosen: Selection, rows: Sequence[Summary]) -> bool:
    """Whether the list holds what it did: what a search finds may be other messages now, and some may be gone."""
    return asked["quiet"] or (not asked["q"] and len(rows) == len(set(chosen.uids)))


def _changed_rows(
    request: HttpRequest,
    account: Account,
    mailbox: Mailbox,
    folder: str,
    asked: dict[str, Any],
    rows: Sequence[Summary],
) -> HttpResponse:
    """Nothing but the rows whose flags are others now. To ask the server what else is new in the folder would cost
    more than the change; the list does that by itself each minute."""
    query, suffix = query_of(asked["q"]) or Query(), list_suffix(asked["page"] or 1, asked["q"])
    wide = query.scope is not Scope.FOLDER
    look = look_of(account, mailbox.folder(folder), suffix, query.words, mailbox.folders() if wide else ())
    # What the page does by itself when a message is opened does not say which one is open: it is that one.
    shown = [row_of(look, row, is_open=asked["quiet"] or row.ref.uid == asked["open"]) for row in rows]
    context = {"rows": shown, "furniture": furniture(look.language), "quiet": asked["quiet"]}
    response = render(request, "mailbox/_changed.html", context)
    response["HX-Reswap"] = "none"  # each row says itself where it belongs
    return count_again(response, account)


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
