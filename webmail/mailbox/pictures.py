"""Pictures from elsewhere: they come through this server, so that nobody outside learns who reads, where and with what.

shown.py, with the reader's consent → picture_url() signs each address for this person and message → the frame's
document asks for it → views/pictures.py → fetched(): a seat, web.fetch under its own address guard, picture_of, which
says what it is by its octets → served as that, or not at all. Nothing is stored here; the browser keeps it for a day.
Where no seat gets free in a moment the browser is asked to come again, so that slow hosts hold no more threads than
there are seats; and a host that made us wait is left alone for a minute.
"""

import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Account
from webmail.mailbox.base import MessageRef
from webmail.mime.pictures import Picture, picture_of
from webmail.protocols.web import NotFetched, fetch, web_only

SIGNED_SECONDS = 26 * 3600  # longer than a washed body is kept with such addresses in it (shown.CACHED_SECONDS)
ADDRESS_LIMIT = 2_000  # octets: signed and within a URL, they must fit into a request's first line
SIZE_LIMIT = 10 * 2**20  # octets
FETCH_SECONDS = 8.0
SEATS = 3  # pictures fetched at once, of the 16 threads that serve pages in each process
SEAT_SECONDS = 0.25  # how long one waits for a seat
SULKING_SECONDS = 60.0

_seats = threading.BoundedSemaphore(SEATS)
_slow: dict[str, float] = {}  # until when a host is left alone, on the monotonic clock


@dataclass(frozen=True, slots=True)
class Fetched:
    """`picture` is None where there is nothing to show: `reason` then says why, "seats" for "come again"."""

    content: bytes = b""
    picture: Picture | None = None
    reason: str = ""


def picture_url(account: Account, ref: MessageRef, address: str) -> str | None:
    """What stands for `address` in a mail's document; None for one that is too long."""
    if len(address.encode("utf-8", "replace")) > ADDRESS_LIMIT:
        return None
    token = signing.dumps(address, salt=_salt(account, ref), compress=True)
    return reverse("mailbox:remote", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid, token])


def signed_address(token: str, account: Account, ref: MessageRef) -> str | None:
    """The address that picture_url() signed for this person and message; None for any other, or an old one."""
    try:
        address: str = signing.loads(token, salt=_salt(account, ref), max_age=SIGNED_SECONDS)
    except signing.BadSignature:
        return None
    return address


def _salt(account: Account, ref: MessageRef) -> str:
    return f"picture\0{account.user_id}\0{account.pk}\0{ref.folder}\0{ref.uidvalidity}\0{ref.uid}"


def fetched(address: str) -> Fetched:
    """The picture at an address of the web, or why there is none. Never raises."""
    host = _host(address)
    if _slow.get(host, 0) > time.monotonic():
        return Fetched(reason="timeout")
    if not _seats.acquire(timeout=SEAT_SECONDS):
        return Fetched(reason="seats")
    try:
        content = fetch(
            address, guard=web_only(settings.PICTURES_ALLOWED_HOSTS), limit=SIZE_LIMIT, seconds=FETCH_SECONDS
        )
    except NotFetched as error:
        if error.reason == "timeout":
            _leave_alone(host)
        return Fetched(reason=error.reason)
    finally:
        _seats.release()
    picture = picture_of(content)
    if picture is None or not picture.is_reasonable:
        return Fetched(reason="type")
    return Fetched(content, picture)


def _host(address: str) -> str:
    """With its port; "" where there is none to be found."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _leave_alone(host: str) -> None:
    now = time.monotonic()
    for gone in [host for host, until in list(_slow.items()) if until <= now]:
        _slow.pop(gone, None)
    _slow[host] = now + SULKING_SECONDS
