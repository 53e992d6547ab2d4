"""Who reads on a device, in a word that says nothing about them.

ReaderMiddleware puts it on every response, the context processor into every page; the service worker (worker.js) and
the scripts of the page keep what they keep under it, and forget all where it becomes another. NOBODY is said as well:
a response without the header is not the product's own (a proxy's error page), and proves nothing.
"""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

HEADER = "X-Reader"
NOBODY = "nobody"
# Who did not tick "Stay signed in on this device" sits at somebody else's: nothing is kept there for later.
PASSING = "; passing"


@lru_cache(maxsize=10_000)
def reader_of(user_id: int) -> str:
    return salted_hmac("webmail.installable.reader", str(user_id), algorithm="sha256").hexdigest()[:32]


class ReaderMiddleware:
    """Behind the session and the person, before what answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers[HEADER] = _said(request)
        return response


def _said(request: HttpRequest) -> str:
    """After the answer: to sign in or out is done by then."""
    if not request.user.is_authenticated:
        return NOBODY
    return reader_of(request.user.pk) + (PASSING if _is_passing(request) else "")


def _is_passing(request: HttpRequest) -> bool:
    return request.session.get_expire_at_browser_close()


def reader(request: HttpRequest) -> dict[str, str | bool]:
    """A context processor: `reader` in each page, empty for nobody, and whether they are `passing`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"reader": "", "passing": False}
    return {"reader": reader_of(user.pk), "passing": _is_passing(request)}
