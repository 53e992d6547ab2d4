"""Mail errors become pages, in one place: what happened, with which account, what to do now. htmx gets the same as a
fragment.

NoSuchFolder, NoSuchMessage → 404 with the way back. StaleReference → 409, nothing was done, load the list again.
LoginRefused, WrongKey → 502, check your password. Other MailServerErrors → 502, or 503 where trying later helps.
A list that stands there while the live one is asked for stays: only its mark says what happened.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts.fields import WrongKey
from accounts.models import Account
from accounts.requests import accounts_of
from accounts.wording import explain, reason_of
from webmail.mailbox.base import FolderRefused, NoSuchFolder, NoSuchMessage, StaleReference
from webmail.mailbox.mark import Mark
from webmail.mailbox.opening import last_known
from webmail.mailbox.side import Entry, entries, folded_of
from webmail.protocols.errors import LoginRefused, MailServerError, Rejected, Unreachable


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as its page shows it. `art` names the picture, `link` is the one thing to do."""

    status: int
    art: str
    title: str
    text: str
    link: str
    link_text: str
    reply: str = ""


class MailErrorsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        account = _account_of(request)
        trouble = trouble_of(exception, account, request)
        if trouble is None:
            return None
        response = _answer(request, trouble, account)
        add_never_cache_headers(response)
        return response


def _account_of(request: HttpRequest) -> Account | None:
    """The account this address is about, if it is this person's."""
    account_id = request.resolver_match.kwargs.get("account_id") if request.resolver_match else None
    if account_id is None or not request.user.is_authenticated:
        return None
    return next((account for account in accounts_of(request) if account.pk == account_id), None)


def trouble_of(error: Exception, account: Account | None, request: HttpRequest) -> Trouble | None:
    """None for errors that are none of ours."""
    back = reverse("mailbox:folder", args=[account.pk, "INBOX"]) if account else reverse("mailbox:home")
    match error:
        case NoSuchFolder():
            text = _("It was removed or renamed, here or by another program.")
            return Trouble(404, "folder", _("This folder is gone"), text, back, _("Back to the inbox"))
        case NoSuchMessage():
            text = _("It was moved or deleted, here or by another program, while the list was open.")
            return Trouble(404, "message", _("This message is no longer here"), text, back, _("Back to the inbox"))
        case StaleReference():
            text = _("The mail server numbered its messages anew. Nothing was done; load the list again.")
            return Trouble(
                409, "message", _("The folder has changed"), text, _list_of(request, account), _("Load the list again")
            )
        case FolderRefused():
            return Trouble(409, "folder", _("This can’t be done with this folder"), str(error), back, _("Back"))
        case MailServerError() | WrongKey():
            return _server_trouble(error, account, request)
    return None


def _list_of(request: HttpRequest, account: Account | None) -> str:
    """The list of the folder that this address is about."""
    if account is None or request.resolver_match is None:
        return reverse("mailbox:home")
    return reverse("mailbox:folder", args=[account.pk, request.resolver_match.kwargs.get("folder", "INBOX")])


def _server_trouble(error: MailServerError | WrongKey, account: Account | None, request: HttpRequest) -> Trouble:
    words = explain(error)
    name = account.label if account else ""
    text = _("%(account)s: %(problem)s") % {"account": name, "problem": words.text} if name else words.text
    settings = reverse("accounts:account_change", args=[account.pk]) if account else reverse("accounts:account_list")
    if isinstance(error, LoginRefused | WrongKey):
        return Trouble(502, "password", words.title, text, settings, _("Check the password"))
    if isinstance(error, Unreachable) and reason_of(error) not in ("not_allowed", "name", "wrong_protocol"):
        # A link asks by GET, which the address of a button does not know.
        again = request.get_full_path() if request.method in ("GET", "HEAD") else _list_of(request, account)
        return Trouble(503, "server", words.title, text, again, _("Try again"), error.reply)
    link_text = _("Check the account’s settings")
    reply = error.reply if isinstance(error, Rejected) else ""
    return Trouble(502, "server", words.title, text, settings, link_text, reply)


def _answer(request: HttpRequest, trouble: Trouble, account: Account | None) -> HttpResponse:
    context = {"trouble": trouble, "account": account, "title": trouble.title, "text": trouble.text}
    htmx = getattr(request, "htmx", None)
    if not htmx or htmx.history_restore_request:
        return render(request, "mailbox/error.html", context, status=trouble.status)
    if request.method == "POST":
        response = render(request, "mailbox/_toast.html", context, status=trouble.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
        return response
    if "live" in request.GET:
        return _marked(request, trouble)
    if (htmx.target or "").startswith("side-"):  # the column is there; what it says is that the account is not
        return render(request, "mailbox/_side_error.html", context | {"entries": _known_entries(request, account)})
    return render(request, "mailbox/_error.html", context, status=trouble.status)


def _known_entries(request: HttpRequest, account: Account | None) -> list[Entry]:
    """Ways to the folders' last known lists."""
    if account is None:
        return []
    folders, current = last_known(account).folders(), request.GET.get("open", "")
    return entries(account.pk, folders, current=current, folded=folded_of(request))


def _marked(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    if trouble.status < 500:  # there is no such list any more: then the whole page says so
        response = HttpResponse(status=trouble.status)
        response["HX-Refresh"] = "true"
        return response
    mark = Mark.asked(request, trouble)
    response = render(request, "mailbox/_known.html", {"mark": mark}, status=trouble.status)
    response["HX-Retarget"], response["HX-Reswap"] = "#known", "innerHTML"
    return response
