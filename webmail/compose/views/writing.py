"""The pages where mail is written. GET shows and changes nothing; the first POST stores the draft, whose id the page
has made."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account, User
from accounts.wording import Explanation
from webmail.celery import ring
from webmail.compose import beginnings, drafts, letters, mirroring, outbox, uploading
from webmail.compose.beginnings import Beginning
from webmail.compose.carrying import CarriedFile, pending
from webmail.compose.forms import ComposeForm, ConversionForm, initial_of
from webmail.compose.models import Draft, Mode, Outgoing, drafts_of, outgoing_of
from webmail.compose.presented import announce
from webmail.compose.scheduling import LeavingForm
from webmail.compose.tasks import deliver
from webmail.compose.uploading import Received, receive_files
from webmail.compose.views import framing
from webmail.mailbox.base import MessageRef

CHOICES = {"mine": drafts.keep_mine, "theirs": drafts.keep_theirs}
KEEP = "keep"  # to save the row alone: its copy on the mail server need not follow each pause of a writer


@require_safe
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """An empty mail; `to`, `cc`, `subject`, `body` or a whole `mailto` fill it in, `account` says who writes."""
    account = _writing_account(request)
    if account is None:
        return redirect("accounts:account_add")
    return _begin(request, beginnings.new(account, request.GET.dict()))


@require_safe
@never_cache
def reply(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int, mode: str) -> HttpResponse:
    """An answer to a message, the message passed on, or a draft of the Drafts folder to go on with."""
    account = get_object_or_404(_user(request).accounts, pk=account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    if mode == Mode.EDIT and (draft := drafts.of_message(account, ref)):
        return framing.to_draft(request, draft)
    return _begin(request, beginnings.from_message(account, ref, Mode(mode)))


@require_POST
def convert(request: HttpRequest) -> HttpResponse:
    """`html` as plain text or `text` as formatted text, for the page's switch: the plain text is the one that would be
    sent. Stores nothing."""
    form = ConversionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    return HttpResponse(form.converted(), content_type="text/plain; charset=utf-8")


@csrf_exempt  # asked for in _draft, once the upload's limit stands: to look for the token is to read the whole form
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A stored draft; POST with `action` keep, save, send, discard, or after Newer mine or theirs; `remove` names the
    keys of files to take out."""
    if request.method != "POST":
        return _stored(request, draft_id)
    request.receiving = receive_files(request)  # type: ignore[attr-defined]
    return _draft(request, draft_id)


def _stored(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    user = _user(request)
    if sent := outgoing_of(user, draft_id):
        return framing.left(request) if framing.is_framed(request) else redirect("compose:outgoing", sent.pk)
    found = get_object_or_404(drafts_of(user), pk=draft_id)
    return _page(request, draft_id, ComposeForm(user, initial=initial_of(found)), found, _("Draft"))


@csrf_protect
def _draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    user = _user(request)
    drafts.refuse_strangers(user, draft_id)
    action = request.POST.get("action", "")
    if sent := outgoing_of(user, draft_id):
        return _already_sent(request, sent, action)
    if action == "discard":
        return _discard(request, draft_id)
    form = ComposeForm(user, request.POST, initial={})
    if not form.is_valid():
        return _page(request, draft_id, form, drafts_of(user).filter(pk=draft_id).first(), _("Draft"), status=422)
    uploading.remove(user, draft_id, request.POST.getlist("remove"))
    files: list[Received] = request.FILES.getlist("files")  # type: ignore[assignment]
    fits = letters.fits(user, draft_id, files)
    if action in CHOICES and (stored := drafts_of(user).filter(pk=draft_id).first()):
        return _chosen(request, *CHOICES[action](stored, form))
    try:
        kept, trouble = drafts.save(user, draft_id, form, files if fits else [], to_be_sent=action == "send")
    except drafts.Newer as newer:
        return _newer(request, form, newer.draft)
    if not fits or request.receiving.exceeded:  # type: ignore[attr-defined]
        drafts.settle(kept)
        form.add_error(None, letters.too_large() if fits else letters.not_added())
        return _page(request, draft_id, form, kept, _("Draft"), status=422)
    if action == "send":
        return _send(request, form, kept, trouble)
    return _saved(request, kept, trouble)


def _send(request: HttpRequest, form: ComposeForm, kept: Draft, trouble: list[Explanation]) -> HttpResponse:
    prefetch_related_objects([kept], "uploads")
    leaving = LeavingForm(request.POST)
    found = letters.problems(kept) | leaving.problems()
    if found:
        drafts.settle(kept)
        for field, sentences in found.items():
            for sentence in sentences:
                form.add_error(field if field in form.fields else None, sentence)
        _warn(request, trouble)
        return _page(request, kept.pk, form, kept, _("Draft"), status=422)
    outgoing = outbox.enqueue(kept, letters.freeze(kept, leaving.leaves), leaving.leaves or _time_to_undo(request))
    ring(deliver, outgoing.pk)
    return _to_the_mail(request, outgoing)


def _time_to_undo(request: HttpRequest) -> timedelta:
    return timedelta(seconds=_user(request).undo_seconds)


def _saved(request: HttpRequest, kept: Draft, trouble: list[Explanation]) -> HttpResponse:
    if request.POST.get("action") != KEEP and (failed := mirroring.put(kept)):
        trouble = [*trouble, failed]
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "compose/_saved.html", {"draft": kept, "trouble": trouble})
    _warn(request, trouble)
    return framing.to_draft(request, kept)


def _newer(request: HttpRequest, form: ComposeForm, stored: Draft) -> HttpResponse:
    """The draft was saved elsewhere meanwhile: which text goes on is asked, and until then nothing is stored."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "compose/_newer.html", {"newer": stored}, status=409)
    return _page(request, stored.pk, form, stored, _("Draft"), status=409, newer=stored)


def _chosen(request: HttpRequest, draft: Draft, other: Draft) -> HttpResponse:
    for each in (draft, other):
        mirroring.put(each)
    words = _("The other text is kept as a draft of its own.")
    messages.success(
        request, format_html('<span data-sent="{}">{}</span>', draft.pk, words)
    )  # offline.js: nothing is left to keep
    return framing.to_draft(request, draft)


def _warn(request: HttpRequest, trouble: Iterable[Explanation]) -> None:
    for each in trouble:
        messages.warning(
            request, _("The draft is kept here. %(title)s. %(text)s") % {"title": each.title, "text": each.text}
        )


def _already_sent(request: HttpRequest, outgoing: Outgoing, action: str) -> HttpResponse:
    """The same form again: a double click, the back button, a save that came late."""
    if action == "send":
        return _to_the_mail(request, outgoing)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    messages.info(request, _("This mail was sent; it can’t be changed any more."))
    if framing.is_framed(request):
        return framing.left(request)
    return redirect("compose:outgoing", outgoing.pk)


def _discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    found = drafts_of(_user(request)).filter(pk=draft_id).first()
    if found and (trouble := drafts.discard(found)):
        text = _("The draft is gone here, but its copy on the server is not. %(title)s.") % {"title": trouble.title}
        messages.warning(request, text)
    elif found:
        messages.success(request, _("The draft was discarded."))
    if framing.is_framed(request):
        return framing.left(request)
    return redirect("mailbox:folder", found.account_id, "INBOX") if found else redirect("mailbox:home")


def _to_the_mail(request: HttpRequest, outgoing: Outgoing) -> HttpResponse:
    """Back to where the person was; a toast follows the mail from there."""
    announce(request, outgoing)
    if framing.is_framed(request):
        return framing.left(request)
    if outgoing.source_account_id and outgoing.source_folder:
        return redirect("mailbox:folder", outgoing.source_account_id, outgoing.source_folder)
    return redirect("mailbox:folder", outgoing.account_id, "INBOX") if outgoing.account_id else redirect("mailbox:home")


def _begin(request: HttpRequest, beginning: Beginning) -> HttpResponse:
    form = ComposeForm(_user(request), initial=beginning.initial)
    return _page(request, beginning.draft_id, form, None, beginning.title, beginning.carried, to_list=beginning.to_list)


def _page(
    request: HttpRequest,
    draft_id: UUID,
    form: ComposeForm,
    kept: Draft | None,
    title: str,
    carried: list[CarriedFile] | None = None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    if carried is None:
        carried = pending(kept) if kept else pending(Draft(carried=form.carried()))
    context: dict[str, Any] = {
        "draft_id": draft_id,
        "form": form,
        "draft": kept,
        "title": title,
        "carried": carried,
        "uploads": kept.uploads.all() if kept else [],
        "accounts": _user(request).accounts.all(),
        "upload_limit": settings.UPLOAD_LIMIT,
        "too_large": letters.too_large(),
        "leaving": LeavingForm(request.POST or None),
        **more,
    }
    return framing.show(request, "compose/compose.html", context, status)


def _writing_account(request: HttpRequest) -> Account | None:
    """The one that was asked for (404 if it is somebody else's), else the first that can send."""
    accounts = _user(request).accounts
    if asked := request.GET.get("account", ""):
        return get_object_or_404(accounts, pk=_number(asked))
    return next((account for account in accounts.all() if letters.can_send(account)), None) or accounts.first()


def _number(text: str) -> int:
    """0, which no row has, for anything else than a row's number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]
