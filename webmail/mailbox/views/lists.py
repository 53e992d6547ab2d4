"""The list of a folder, the folder column, and the way in.

folder() → the live page, or the last known one (listing.py) with a mark in it; the mark asks for the same address with
`live` → _fresh(): the rows that replace it. What goes wrong then, middleware.py puts in the place of the mark.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from webmail.mailbox import listing as listings
from webmail.mailbox import query as queries
from webmail.mailbox import search_words
from webmail.mailbox.ahead import open_for
from webmail.mailbox.base import Mailbox, MessageRef, Page, Role
from webmail.mailbox.known import digest
from webmail.mailbox.listing import Listing
from webmail.mailbox.mark import Mark, place_of
from webmail.mailbox.middleware import trouble_of
from webmail.mailbox.news import notice
from webmail.mailbox.opening import may_sign_in_unasked, open_mailbox
from webmail.mailbox.places import places_of
from webmail.mailbox.query import Query, Sort
from webmail.mailbox.rows import days_of, look_of
from webmail.mailbox.side import entries, folded_of, folder_label, folder_url, move_targets
from webmail.mailbox.space import meter, space_of
from webmail.mailbox.tools import list_suffix
from webmail.mailbox.views import account_of, wants_fragment


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        nobody = not get_user_model().objects.exists()
        return redirect("accounts:first_admin" if nobody else "accounts:sign_in")
    account = request.user.accounts.first()
    if account is None:
        return redirect("accounts:account_add")
    open_for(request.user)
    return redirect("mailbox:folder", account.pk, "INBOX")


@require_safe
@never_cache
def folder(request: HttpRequest, account_id: int, folder: str) -> HttpResponse:
    account = account_of(request, account_id)
    number, q = page_number(request), query_text(request)
    asks_again = "live" in request.GET
    is_fresh = asks_again and wants_fragment(request)
    if is_fresh:
        asked_for = listings.unasked if "poll" in request.GET else listings.now
    else:
        asked_for = listings.insisted if asks_again else listings.first
    listing = asked_for(account, folder, number, query_of(q))
    if not q and listing.loaded is None:
        notice(account, listing.page)
    if is_fresh:
        return _fresh(request, account, listing, q)
    context = list_context(account, listing, q) | {"mark": mark_of(request, account, listing)}
    fragment = wants_fragment(request) and request.htmx.target == "list"  # type: ignore[attr-defined]
    return render(request, "mailbox/_list.html" if fragment else "mailbox/folder.html", context)


def _fresh(request: HttpRequest, account: Account, listing: Listing, q: str) -> HttpResponse:
    """The live rows in place of known ones. Those that show nothing new stay as they are; where the page itself
    became another, the whole list is replaced."""
    asked, page, polled = request.GET, listing.page, "poll" in request.GET
    if asked.get("have") == digest(page):
        if polled:
            return HttpResponse(status=204)
        response = render(request, "mailbox/_same.html")
        response["HX-Reswap"] = "none"
        return response
    same_place = asked.get("place") == place_of(page)
    opened = asked.get("open", "")
    context = list_context(account, listing, q, int(opened) if opened.isdecimal() else None)
    rows = "mailbox/_polled.html" if polled else "mailbox/_fresh.html"
    response = render(request, rows if same_place else "mailbox/_list.html", context)
    if not same_place:
        response["HX-Retarget"], response["HX-Reswap"] = "#list", "outerHTML"
    return count_again(response, account) if polled else response


def count_again(response: HttpResponse, account: Account, *more: str) -> HttpResponse:
    """Let the page ask for the folders of this account and their counts again; and what else it is to be told."""
    response["HX-Trigger"] = ", ".join([f"mail-changed-{account.pk}", *more])
    return response


@require_safe
@never_cache
def side(request: HttpRequest, account_id: int) -> HttpResponse:
    """The folders of one account with their counts; asked for by the page once it is shown."""
    account = account_of(request, account_id)
    if not may_sign_in_unasked(account):
        return render(request, "mailbox/_side_error.html", {"account": account})
    with open_mailbox(account) as mailbox:
        counts, folders = mailbox.counts(), mailbox.folders()
        space = space_of(account, mailbox)
    shown = entries(account.pk, folders, counts, request.GET.get("open", ""), folded_of(request))
    return render(request, "mailbox/_folders.html", {"account": account, "entries": shown, "meter": meter(space)})


def page_number(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return max(1, int(number)) if number.isdecimal() and len(number) < 9 else 1


def query_text(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[: queries.LONGEST]


def suffix_of(request: HttpRequest) -> str:
    """The query string that leads back to the list a message was opened from."""
    return list_suffix(page_number(request), query_text(request))


def query_of(q: str) -> Query | None:
    query = queries.parse(q)
    return query if query else None


def list_context(account: Account, listing: Listing, q: str, open_uid: int | None = None) -> dict[str, Any]:
    """What _list.html and the folder column show."""
    page, folders = listing.page, listing.folders
    here, suffix, wide = folder_url(account.pk, page.folder.name), list_suffix(page.number, q), page.coverage.wide
    query = queries.parse(q)
    look = look_of(account, page.folder, suffix, query.words, folders if wide else ())
    return {
        "account": account,
        "page": page,
        "folder": page.folder,
        "title": _("All folders") if wide else folder_label(page.folder),
        "q": q,
        "number": page.number,
        "folder_url": here,
        "search_url": reverse("mailbox:search", args=[account.pk, page.folder.name]),
        "list_url": here + suffix,
        "answers_url": "" if wide else _answers_url(account, page),
        "list_act_url": _act_url(account, page),
        "days": days_of(look, page, open_uid=open_uid, in_order=query.sort is Sort.NEWEST),
        "wide": wide,
        "check_url": reverse("popimport:check", args=[account.pk]) if account.is_pop else "",
        "older": list_suffix(page.number + 1, q) if page.has_next else "",
        "newer": (list_suffix(page.number - 1, q) or "?") if page.has_previous else "",
        "targets": move_targets(folders, None if wide else page.folder),
        "in_trash": page.folder.role == Role.TRASH and not wide,
        "in_junk": page.folder.role == Role.JUNK and not wide,
        "limits": search_words.coverage(page.coverage),
        "left_out": search_words.left_out(page.coverage),
        "open_account": account,
        "open_folders": folders,
        # Mail of a mail server comes unannounced; that of an import is announced (popimport/_status.html).
        "poll": None if q or account.is_pop else Mark.of(page, here, listing.loaded or timezone.now()),
    }


def _answers_url(account: Account, page: Page) -> str:
    """Where the addresses of answers to its messages begin."""
    return places_of(account.pk, MessageRef(page.folder.name, page.uidvalidity, 0)).answers.removesuffix("0/")


def _act_url(account: Account, page: Page) -> str:
    if page.coverage.wide:
        return reverse("mailbox:act_on_hits", args=[account.pk, page.folder.name])
    return reverse("mailbox:act", args=[account.pk, page.folder.name, page.uidvalidity])


def mark_of(request: HttpRequest, account: Account, listing: Listing) -> Mark | None:
    """For a list that is not the live one."""
    if listing.loaded is None:
        return None
    trouble = trouble_of(listing.problem, account, request) if listing.problem else None
    return Mark.of(listing.page, folder_url(account.pk, listing.page.folder.name), listing.loaded, trouble)


def message_context(account: Account, mailbox: Mailbox, folder: str, number: int, q: str) -> dict[str, Any]:
    """What the reading pane alone needs to know of the list it was opened from."""
    here = mailbox.folder(folder)
    return {"account": account, "number": number, "q": q, "targets": move_targets(mailbox.folders(), here)}
