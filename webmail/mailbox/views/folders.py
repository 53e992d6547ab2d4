"""Pages of folders: all of an account, a new one, another name or place. Each form is a page of its own, and with htmx
what a dialog holds (mailbox-folders.js)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from webmail.mailbox import folder_acts
from webmail.mailbox.base import Counts, Folder, FolderExists, FolderRefused, Mailbox, Role
from webmail.mailbox.folders import below, delimiter_of, full_name, parent_of
from webmail.mailbox.forms import FolderForm
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.side import DEEPEST, ROLE_ICONS, fold_key, folder_label
from webmail.mailbox.views import account_of, wants_fragment
from webmail.mailbox.views.lists import count_again

CHANGED = "folders-changed"  # tells the page that its menus of folders are old


@dataclass(frozen=True, slots=True)
class Choices:
    """A folder, and what may be done with it."""

    folder: Folder
    label: str
    icon: str
    key: str
    depth: int
    counts: Counts | None
    own: bool
    has_levels: bool
    can_be_emptied: bool
    for_good: bool  # what is taken out of it, or the folder itself, has no way back
    can_be_hidden: bool


def choices_of(account: Account, mailbox: Mailbox, folder: Folder, counts: Counts | None = None) -> Choices:
    own = folder.role == Role.NONE
    return Choices(
        folder,
        folder_label(folder),
        ROLE_ICONS.get(folder.role, "folder"),
        fold_key(account.pk, folder.name),
        min(folder.depth, DEEPEST),
        counts,
        own,
        bool(folder.delimiter),
        folder_acts.can_be_emptied(folder),
        folder_acts.goes_for_good(mailbox, folder),
        own and not account.is_pop,
    )


@require_safe
@never_cache
def folder_list(request: HttpRequest, account_id: int) -> HttpResponse:
    """All folders, hidden ones too."""
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        counts, folders = mailbox.counts(), mailbox.folders()
        rows = [choices_of(account, mailbox, each, counts.get(each.name)) for each in folders]
    context = {"account": account, "rows": rows, "open_account": account, "open_folders": folders}
    return render(request, "mailbox/folder_list.html", context)


@require_safe
@never_cache
def folder_menu(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    """What can be done with a folder of the column."""
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        row = choices_of(account, mailbox, mailbox.folder(folder))
    return render(request, "mailbox/_folder_menu.html", {"account": account, "row": row, "titled": True})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder_create(request: HttpRequest, account_id: int) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        folders = mailbox.folders()
        form = FolderForm(request.POST or None, parents=_parents(folders), initial=request.GET.dict())
        if made := _tried(request, form, lambda asked: mailbox.create_folder(full_name(folders, **_place(asked)))):
            messages.success(request, _("The folder %(name)s was created.") % {"name": made.label})
            return done(request, account, "", made.name)
        words = {"title": _("New folder"), "button": _("Create")}
        return _form_page(request, account, mailbox, form, words)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder_rename(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        current = mailbox.folder(folder)
        if current.role != Role.NONE:
            return refused(request, account, current)
        folders = mailbox.folders()
        form = FolderForm(request.POST or None, parents=[], asked=["name"], initial={"name": current.label})

        def rename(asked: dict[str, Any]) -> Folder:
            name = full_name(folders, _above(current), asked["name"])
            return current if name == current.name else mailbox.rename_folder(current.name, name)

        if renamed := _tried(request, form, rename):
            messages.success(request, _("The folder is now called %(name)s.") % {"name": renamed.label})
            return done(request, account, current.name, renamed.name)
        words = {"title": _("Rename a folder"), "button": _("Rename")}
        return _form_page(request, account, mailbox, form, words, current)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder_move(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        current = mailbox.folder(folder)
        if current.role != Role.NONE:
            return refused(request, account, current)
        folders = mailbox.folders()
        form = FolderForm(
            request.POST or None,
            parents=_parents(folders, without=current),
            asked=["parent"],
            initial={"parent": parent_of(folders, current)},
        )

        def move(asked: dict[str, Any]) -> Folder:
            name = full_name(folders, asked["parent"], current.label)
            return current if name == current.name else mailbox.rename_folder(current.name, name)

        if moved := _tried(request, form, move):
            messages.success(request, _("The folder %(name)s was moved.") % {"name": moved.label})
            return done(request, account, current.name, moved.name)
        words = {"title": _("Move a folder"), "button": _("Move")}
        return _form_page(request, account, mailbox, form, words, current)


def done(request: HttpRequest, account: Account, was: str, now: str, *events: str) -> HttpResponse:
    """After a change of folders: `now` is where to go from `was`, the folder's name before, "" for a new one. A page
    that shows neither that folder nor one within it stays."""
    target = reverse("mailbox:folder", args=[account.pk, now])
    if not wants_fragment(request):
        return redirect(target)
    shown = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    if was and shown.startswith(_addresses(account, was)):
        response = HttpResponse()
        response["HX-Redirect"] = target
        return response
    response = count_again(render(request, "mailbox/_undone.html"), account, CHANGED, *events)
    response["HX-Reswap"] = "none"
    return response


def _addresses(account: Account, name: str) -> tuple[str, str]:
    """How the addresses begin of what is in a folder, and in those within it."""
    own = reverse("mailbox:folder", args=[account.pk, name])
    return own, own.removesuffix("/") + "~"  # what stands between levels is escaped (converters.py)


def refused(request: HttpRequest, account: Account, current: Folder) -> HttpResponse:
    words = _("The folder %(name)s is needed for its purpose: it keeps its name and can’t be deleted.")
    messages.error(request, words % {"name": folder_label(current)})
    return done(request, account, "", current.name)


def folder_context(account: Account, mailbox: Mailbox, current: Folder | None) -> dict[str, object]:
    return {
        "account": account,
        "folder": current,
        "folder_name": folder_label(current) if current else "",
        "open_account": account,
        "open_folders": mailbox.folders(),
    }


def _tried(request: HttpRequest, form: FolderForm, change: Callable[[dict[str, Any]], Folder]) -> Folder | None:
    """What the mailbox refuses is said beside the field."""
    if request.method != "POST" or not form.is_valid():
        return None
    field = next(iter(form.fields))
    try:
        return change(form.cleaned_data)
    except FolderExists:
        form.add_error(field, _("There is a folder of this name already."))
    except FolderRefused as refusal:
        form.add_error(field, str(refusal))
    return None


def _place(asked: dict[str, Any]) -> dict[str, str]:
    return {"parent": asked["parent"], "label": asked["name"]}


def _above(folder: Folder) -> str:
    """The name up to the last level, whether a folder is called so or not: a new name leaves that as it is."""
    return folder.name.rpartition(folder.delimiter)[0] if folder.delimiter else ""


def _parents(folders: Sequence[Folder], without: Folder | None = None) -> list[tuple[str, str]]:
    if not delimiter_of(folders):
        return []
    inner = [without, *below(folders, without)] if without else []
    # An em space per level: an <option> has no other way to be indented.
    return [
        (each.name, "\u2003" * each.depth + folder_label(each))
        for each in folders
        if each.delimiter and each not in inner
    ]


def _form_page(
    request: HttpRequest,
    account: Account,
    mailbox: Mailbox,
    form: FolderForm,
    words: dict[str, str],
    current: Folder | None = None,
) -> HttpResponse:
    fragment = wants_fragment(request)
    context = folder_context(account, mailbox, current) | words | {"form": form, "in_dialog": fragment}
    template = "mailbox/_folder_form.html" if fragment else "mailbox/folder_form.html"
    return render(request, template, context, status=422 if form.errors else 200)
