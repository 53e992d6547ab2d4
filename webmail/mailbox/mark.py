"""The mark under a list that is not the live one: when it was loaded, and why it is still shown.

A known page is written (views/lists.py) with its mark, which asks for the live page at once; when that fails,
middleware.py writes the mark anew, from what the asking told of itself.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import formats, timezone

from webmail.mailbox.base import Page
from webmail.mailbox.known import digest

if TYPE_CHECKING:
    from webmail.mailbox.middleware import Trouble


@dataclass(frozen=True, slots=True)
class Mark:
    """`url` asks for the live list. `have` and `place` name what is shown, for its answer to compare. `trouble` is why
    there is no live list, if that is known."""

    moment: datetime
    url: str
    have: str
    place: str
    trouble: "Trouble | None" = None

    @classmethod
    def of(cls, page: Page, list_url: str, loaded: datetime, trouble: "Trouble | None" = None) -> Self:
        """`list_url` leads to the first page of this list."""
        number = {"page": page.number} if page.number > 1 else {}
        query = urlencode({**number, "live": int(loaded.timestamp())})
        return cls(loaded, f"{list_url}?{query}", digest(page), place_of(page), trouble)

    @classmethod
    def asked(cls, request: HttpRequest, trouble: "Trouble") -> Self:
        """The one whose asking this request is."""
        told = request.GET
        query = urlencode({name: told[name] for name in ("page", "live") if name in told})
        have, place = told.get("have", ""), told.get("place", "")
        return cls(_moment(told["live"]), f"{request.path}?{query}", have, place, trouble)

    @property
    def loaded(self) -> str:
        """Time, and day unless it is today, where the reader is."""
        local = timezone.localtime(self.moment)
        if local.date() == timezone.localdate():
            return formats.time_format(local, "TIME_FORMAT")
        return formats.date_format(local, "SHORT_DATETIME_FORMAT")

    @property
    def helps_to_wait(self) -> bool:
        return self.trouble is not None and self.trouble.status == 503


def place_of(page: Page) -> str:
    """What the page around the rows depends on."""
    return f"{page.uidvalidity}.{page.number}"


def _moment(seconds: str) -> datetime:
    age_of_time = timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < 11 else timedelta()
    return datetime(1970, 1, 1, tzinfo=UTC) + age_of_time
