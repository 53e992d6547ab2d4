"""Where somebody is signed in: each web session, told by its device and its last use.

Signing in → note_device() writes the browser's name and the time into the session, which is stored anyway →
PreferencesMiddleware renews the time at most once an hour, so that a page costs no write → live_sessions() opens all
live sessions, as their rows name nobody, and keeps the person's own. A session's key never leaves the server: a page
names a session by a keyed hash of it.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import audit
from accounts.models import User

RENEWED_SECONDS = 3600
_DEVICE, _USED = "device", "used"

# The first that fits; who pretends to be another comes before it. Names of products, the same in every language.
PROGRAMS = {"Edg": "Edge", "OPR": "Opera", "Firefox|FxiOS": "Firefox", "Chrome|CriOS": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X|Macintosh": "macOS",
    "Linux|X11": "Linux",
}


class LiveSession(NamedTuple):
    """`device` is "" where nothing is known of it; `used`: at most RENEWED_SECONDS before its last use."""

    handle: str
    device: str
    used: datetime | None
    is_this: bool


def device_of(user_agent: str) -> str:
    """ "Firefox, Linux": what a User-Agent says (RFC 9110, 10.1.5), as far as it is known."""
    found = [_first(names, user_agent) for names in (PROGRAMS, SYSTEMS)]
    return ", ".join(filter(None, found))


def _first(names: dict[str, str], text: str) -> str:
    return next((name for pattern, name in names.items() if re.search(pattern, text)), "")


@receiver(user_logged_in)
def note_device(request: HttpRequest, **rest: object) -> None:
    request.session[_DEVICE] = device_of(request.META.get("HTTP_USER_AGENT", ""))
    request.session[_USED] = int(time.time())


def note_use(session: SessionBase) -> None:
    if time.time() - session.get(_USED, 0) > RENEWED_SECONDS:
        session[_USED] = int(time.time())


def live_sessions(person: User, this_key: str) -> list[LiveSession]:
    """This one first, then the latest used."""
    found = [_told(session, this_key) for session in sessions_of(person)]
    return sorted(found, key=lambda each: (not each.is_this, -(each.used.timestamp() if each.used else 0)))


def _told(session: Session, this_key: str) -> LiveSession:
    data, key = session.get_decoded(), session.session_key
    used = datetime.fromtimestamp(data[_USED], UTC) if _USED in data else None
    return LiveSession(_handle(key), data.get(_DEVICE, ""), used, constant_time_compare(key, this_key))


def end(person: User, this_key: str, handle: str = "") -> int:
    """Sign out the session of this handle, or all, but never the one of `this_key`; how many."""
    others = [session.pk for session in sessions_of(person) if session.pk != this_key]
    chosen = [key for key in others if not handle or constant_time_compare(_handle(key), handle)]
    if not chosen:
        return 0
    with transaction.atomic():
        number = Session.objects.filter(pk__in=chosen).delete()[0]
        audit.record(person, "sessions_ended", person.username, str(number))
    return number


def sessions_of(person: User) -> Iterator[Session]:
    """Those that are live: each has to be opened, as their rows name nobody."""
    live = Session.objects.filter(expire_date__gt=timezone.now())
    return (session for session in live.iterator() if session.get_decoded().get(SESSION_KEY) == str(person.pk))


def _handle(session_key: str) -> str:
    return salted_hmac("accounts.devices", session_key, algorithm="sha256").hexdigest()[:20]
