"""What the folder column of every page needs: the person's accounts. Their folders come from the page itself or
from mailbox:side."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from webmail.mailbox.side import COLOURS


def side(request: HttpRequest) -> dict[str, object]:
    return {"side_accounts": SimpleLazyObject(lambda: _accounts(request))}


def _accounts(request: HttpRequest) -> list[dict[str, object]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [{"account": account, "colour": place % COLOURS + 1} for place, account in enumerate(user.accounts.all())]
