"""Requests where somebody is signed in (all of them, but for views marked login_not_required): their type, and the
person's accounts."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import Account, User


class SignedInRequest(HttpRequest):
    """Only for annotations: LoginRequiredMiddleware lets nobody else through, HtmxMiddleware adds `htmx`."""

    user: User
    htmx: HtmxDetails


def accounts_of(request: HttpRequest) -> list[Account]:
    """This person's mail accounts, read once for each request; none of a stranger's."""
    known: list[Account] | None = getattr(request, "_accounts", None)
    if known is None:
        known = request.user.mail_accounts() if request.user.is_authenticated else []
        request._accounts = known  # type: ignore[attr-defined]
    return known
