"""Pages that create, rename and delete folders."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from webmail.mailbox.acts import own_name
from webmail.mailbox.base import Folder, FolderExists, FolderRefused, Mailbox, Role
from webmail.mailbox.forms import FolderForm
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.side import folder_label
from webmail.mailbox.views import account_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder_create(request: HttpRequest, account_id: int) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        form = FolderForm(request.POST or None, parents=_parents(mailbox), initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            name, parent = form.cleaned_data["name"], form.cleaned_data["parent"]
            made = _tried(form, lambda: mailbox.create_folder(own_name(mailbox, parent, name)))
            if made:
                messages.success(request, _("The folder %(name)s was created.") % {"name": made.label})
                return redirect("mailbox:folder", account.pk, made.name)
        return _form_page(request, account, mailbox, form, _("New folder"), _("Create"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder_rename(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        current = mailbox.folder(folder)
        if current.role != Role.NONE:
            return _refused(request, account, current)
        initial = {"name": current.label, "parent": _parent_of(mailbox, current)}
        parents = [each for each in _parents(mailbox) if each[0] != current.name]
        form = FolderForm(request.POST or None, parents=parents, initial=initial)
        if request.method == "POST" and form.is_valid():
            name, parent = form.cleaned_data["name"], form.cleaned_data["parent"]
            renamed = _tried(form, lambda: mailbox.rename_folder(folder, own_name(mailbox, parent, name)))
            if renamed:
                messages.success(request, _("The folder is now called %(name)s.") % {"name": renamed.label})
                return redirect("mailbox:folder", account.pk, renamed.name)
        return _form_page(request, account, mailbox, form, _("Rename or move a folder"), _("Save"), current)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder_delete(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        current = mailbox.folder(folder)
        if current.role != Role.NONE:
            return _refused(request, account, current)
        refusal = ""
        if request.method == "POST":
            try:
                mailbox.delete_folder(folder)
            except FolderRefused as error:
                refusal = str(error)
            else:
                messages.success(request, _("The folder %(name)s was deleted.") % {"name": current.label})
                return redirect("mailbox:folder", account.pk, "INBOX")
        context = _context(account, mailbox, current) | {"refusal": refusal}
    return render(request, "mailbox/folder_delete.html", context, status=409 if refusal else 200)


def _tried(form: FolderForm, change: Callable[[], Folder]) -> Folder | None:
    """What the mailbox refuses is said beside the field."""
    try:
        return change()
    except FolderExists:
        form.add_error("name", _("There is a folder of this name already."))
    except FolderRefused as refusal:
        form.add_error("name", str(refusal))
    return None


def _refused(request: HttpRequest, account: Account, current: Folder) -> HttpResponse:
    words = _("The folder %(name)s is needed for its purpose: it keeps its name and can’t be deleted.")
    messages.error(request, words % {"name": folder_label(current)})
    return redirect("mailbox:folder", account.pk, current.name)


def _parents(mailbox: Mailbox) -> list[tuple[str, str]]:
    # An em space per level: an <option> has no other way to be indented.
    return [(each.name, "\u2003" * each.depth + folder_label(each)) for each in mailbox.folders() if each.delimiter]


def _parent_of(mailbox: Mailbox, folder: Folder) -> str:
    parent = folder.name.rpartition(folder.delimiter)[0] if folder.delimiter else ""
    return parent if any(each.name == parent for each in mailbox.folders()) else ""


def _form_page(
    request: HttpRequest,
    account: Account,
    mailbox: Mailbox,
    form: FolderForm,
    title: str,
    button: str,
    current: Folder | None = None,
) -> HttpResponse:
    context = _context(account, mailbox, current) | {"form": form, "title": title, "button": button}
    return render(request, "mailbox/folder_form.html", context, status=422 if form.errors else 200)


def _context(account: Account, mailbox: Mailbox, current: Folder | None) -> dict[str, object]:
    return {
        "account": account,
        "folder": current,
        "folder_name": folder_label(current) if current else "",
        "open_account": account,
        "open_folders": mailbox.folders(),
    }
