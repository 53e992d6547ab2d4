"""Slowing down who guesses passwords, without letting a stranger lock anybody out.

A failed sign-in → django-axes stores one row of (name, address) → the next try is refused (429, error_pages.locked_out)
where, in the last quarter of an hour,
- this name failed AXES_FAILURE_LIMIT times from this address, or
- any names failed ADDRESS_LIMIT times from this address: one guesser with a list of names, or
- this name failed NAME_LIMIT times from anywhere: many guessers at one name.
The last two do not hold for a browser in which this very person has signed in before: remember_browser() leaves a
signed cookie, so that neither a flood of guesses at their name nor a bad neighbour behind the same address keeps them
out. Refused tries count for nothing, so a pause ends on time however often somebody knocks.
"""

import ipaddress
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse

from accounts.models import User

ADDRESS_LIMIT = NAME_LIMIT = 40
KNOWN_BROWSER = "known_browser"
KNOWN_SECONDS = 180 * 24 * 3600
_SALT = "accounts.throttling.known_browser"


class SignInThrottle(AxesDatabaseHandler):
    """settings.AXES_HANDLER; the limit of one name from one address is axes' own."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        name = (credentials or {}).get("username") or ""
        if super().is_locked(request, credentials):
            return True
        return not is_known_browser(request, name) and self._is_flooded(request, name)

    def _is_flooded(self, request: HttpRequest, name: str) -> bool:
        address = Q(ip_address=request.axes_ip_address)  # type: ignore[attr-defined]
        recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
        failures = Sum("failures_since_start", default=0)
        return (
            recent.filter(address).aggregate(failures=failures)["failures"] >= ADDRESS_LIMIT
            or recent.filter(username=name).aggregate(failures=failures)["failures"] >= NAME_LIMIT
        )


def is_known_browser(request: HttpRequest, name: str) -> bool:
    try:
        known = signing.loads(request.COOKIES.get(KNOWN_BROWSER, ""), salt=_SALT, max_age=KNOWN_SECONDS)
    except signing.BadSignature:
        return False
    return bool(name) and known == name


def remember_browser(response: HttpResponse, person: User) -> None:
    """After a sign-in. It stays when they sign out, proves nothing but this, and opens nothing."""
    response.set_cookie(
        KNOWN_BROWSER,
        signing.dumps(person.get_username(), salt=_SALT),
        max_age=KNOWN_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def client_address(request: HttpRequest) -> str | None:
    """settings.AXES_CLIENT_IP_CALLABLE: where a request comes from; of IPv6 the /64, all of which one customer has.

    What our own proxy saw is the last entry of X-Forwarded-For; the others are the client's to make up.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or seen
    try:
        address = ipaddress.ip_address(seen.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network(f"{address}/64", strict=False).network_address)
