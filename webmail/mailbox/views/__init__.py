"""Pages of the mailbox. Each view is: this person's account, one call on its mailbox, a page. Mail errors:
middleware.py."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import Account


def account_of(request: HttpRequest, account_id: int) -> Account:
    """This person's account; anybody else's is a 404."""
    return get_object_or_404(request.user.accounts, pk=account_id)  # type: ignore[union-attr]


def wants_fragment(request: HttpRequest) -> bool:
    """A part of the page is enough; going back in history needs the whole of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
