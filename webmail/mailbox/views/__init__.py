"""Pages of the mailbox. Each view is: this person's account, one call on its mailbox, a page. Mail errors:
middleware.py."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import Account
from accounts.requests import accounts_of


def account_of(request: HttpRequest, account_id: int) -> Account:
    """This person's account; anybody else's is a 404."""
    for account in accounts_of(request):
        if account.pk == account_id:
            return account
    raise Http404


def wants_fragment(request: HttpRequest) -> bool:
    """A part of the page is enough; going back in history needs the whole of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def guard(response: HttpResponseBase) -> None:
    """What comes from a mail is what its type says and nothing else, and tells no other place that it is read."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["X-DNS-Prefetch-Control"] = "off"
