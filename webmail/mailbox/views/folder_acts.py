"""What is done with a whole folder, and its way back. GET asks, POST does; what has a way back is not asked for first.
A job does what is too much for one request (webmail/bulk), under the same form: 307 sends it there."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from webmail.mailbox import folder_acts, journal, space
from webmail.mailbox.acts import Done
from webmail.mailbox.base import Folder, FolderExists, FolderRefused, Mailbox, NoSuchFolder, Role
from webmail.mailbox.folders import below
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.side import folder_label
from webmail.mailbox.views import account_of, wants_fragment
from webmail.mailbox.views.folders import done, folder_context, refused
from webmail.mailbox.views.lists import count_again

LARGEST = 1000  # messages that one request does something with
AGAIN = "undone"  # the event at which a list asks for its rows again


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder_delete(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        current = mailbox.folder(folder)
        if current.role != Role.NONE:
            return refused(request, account, current)
        for_good = folder_acts.is_in_trash(mailbox, current)
        if request.method != "POST":
            counts = mailbox.counts().get(current.name)
            context = {"for_good": for_good, "total": counts.total if counts else 0}
            return _question(request, "mailbox/folder_delete.html", account, mailbox, current, context)
        try:
            deleted = folder_acts.delete(mailbox, current)
        except FolderRefused as refusal:
            return _refusal(request, account, current, refusal)
    space.forget(account)
    back = reverse("mailbox:folder_back", args=[account.pk, deleted.now, current.name]) if deleted.now else ""
    messages.success(request, deleted.said, extra_tags=back)
    return done(request, account, current.name, "INBOX")


@require_POST
@never_cache
def folder_back(request: HttpRequest, account_id: int, folder: str, original: str) -> HttpResponse:
    """Undo a deletion. Nothing is remembered for it: it is a change of a name."""
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        try:
            there = folder_acts.bring_back(mailbox, folder, original)
        except NoSuchFolder:
            messages.warning(request, _("The folder is no longer where it was put."))
        except FolderExists:
            messages.warning(request, _("There is a folder of this name again: it stays where it is."))
        except FolderRefused as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("The folder %(name)s is back.") % {"name": there.label})
            return done(request, account, folder, there.name)
    return done(request, account, "", "INBOX")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder_empty(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        current = mailbox.folder(folder)
        for_good = folder_acts.goes_for_good(mailbox, current)
        counts = mailbox.counts().get(current.name)
        total = counts.total if counts else 0
        if request.method != "POST":
            within = len(below(mailbox.folders(), current)) if current.role == Role.TRASH else 0
            context = {"for_good": for_good, "total": total, "within": within}
            return _question(request, "mailbox/folder_empty.html", account, mailbox, current, context)
        if total > LARGEST and not (for_good and (current.role == Role.NONE or below(mailbox.folders(), current))):
            return _as_job(account, current)
        try:
            emptied = folder_acts.empty(mailbox, current)
        except FolderRefused as refusal:
            return _refusal(request, account, current, refusal)
    space.forget(account)
    return _told(request, account, current, emptied)


@require_POST
@never_cache
def folder_read(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        current = mailbox.folder(folder)
        counts = mailbox.counts().get(current.name)
        if counts and counts.unread > LARGEST:
            return _as_job(account, current)
        read = folder_acts.read_all(mailbox, current)
    return _told(request, account, current, read)


@require_POST
@never_cache
def folder_shown(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    """Whether it is in the column."""
    account = account_of(request, account_id)
    on = bool(request.POST.get("on"))
    with open_mailbox(account) as mailbox:
        current = mailbox.folder(folder)
        try:
            mailbox.subscribe(current.name, on)
        except FolderRefused as refusal:
            return _refusal(request, account, current, refusal)
    words = _("The folder %(name)s is in the column.") if on else _("The folder %(name)s is hidden. Its mail stays.")
    messages.success(request, words % {"name": folder_label(current)})
    if not wants_fragment(request):
        return redirect("mailbox:folder_list", account.pk)
    return done(request, account, "", current.name)


def _as_job(account: Account, current: Folder) -> HttpResponse:
    """The form says which act, in the words of bulk:start; POST stays POST (RFC 9110, 15.4.8)."""
    response = HttpResponse(status=307)
    response["Location"] = reverse("bulk:start", args=[account.pk, current.name])
    return response


def _told(request: HttpRequest, account: Account, current: Folder, act: Done) -> HttpResponse:
    key = journal.note(account, act)
    way_back = reverse("mailbox:undo", args=[account.pk, key]) if key else ""
    messages.success(request, act.said, extra_tags=way_back)
    if not wants_fragment(request):
        return redirect("mailbox:folder", account.pk, current.name)
    # A list that is looked at may be this folder's, or the one where its mail went.
    response = count_again(render(request, "mailbox/_undone.html"), account, AGAIN, "folders-changed")
    response["HX-Reswap"] = "none"
    return response


def _refusal(request: HttpRequest, account: Account, current: Folder, refusal: FolderRefused) -> HttpResponse:
    messages.error(request, str(refusal))
    return done(request, account, "", current.name)


def _question(
    request: HttpRequest,
    template: str,
    account: Account,
    mailbox: Mailbox,
    current: Folder,
    more: Mapping[str, object],
) -> HttpResponse:
    """As a page, or as what a dialog holds: then the template's form alone (its name with "_" before it)."""
    fragment = wants_fragment(request)
    context = {**folder_context(account, mailbox, current), **more, "in_dialog": fragment}
    return render(request, template.replace("/", "/_") if fragment else template, context)
