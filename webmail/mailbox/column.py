"""The folder column's HTML, written once and remembered.

{% folder_column %} → html() → mailbox/_side.html, written from a Column alone and remembered under it (remembered.py).
A Column holds every value that is shown, and nothing else.
"""

from collections.abc import Collection, Hashable, Iterable
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

from accounts.models import Account
from accounts.requests import accounts_of
from webmail.mailbox import remembered
from webmail.mailbox.base import Folder, Space
from webmail.mailbox.keys import Own
from webmail.mailbox.side import COLOURS, Entry, entries, folded_of
from webmail.mailbox.space import Meter, meter, near


class Person(NamedTuple):
    username: str
    label: str
    is_superuser: bool


class Line(NamedTuple):
    """An account as the column names it; in `colour` 1 to COLOURS."""

    pk: int
    label: str
    colour: int
    incoming_error: bool
    outgoing_error: bool
    folded: bool


class Column(NamedTuple):
    """All that a column shows. `open_id`: the account whose folders are known, 0 for none; `current`: the open folder's
    name; `own_keys`: of this person (keys.py); `folded`: what is folded up on this device (side.py)."""

    person: Person
    accounts: tuple[Line, ...]
    open_id: int
    folders: tuple[Folder, ...]
    current: str
    at_outbox: bool
    own_keys: Own
    folded: frozenset[str]
    space: Space | None

    @property
    def entries(self) -> list[Entry]:
        return entries(self.open_id, self.folders, current=self.current, folded=self.folded)

    @property
    def meter(self) -> Meter | None:
        return meter(self.space)


def html(
    request: HttpRequest, open_account: Account | None = None, folders: Iterable[Folder] = (), current: str = ""
) -> SafeString:
    """`folders` are those of `open_account`."""
    folded = folded_of(request)
    column = Column(
        _person(request),
        tuple(_lines(request, folded)),
        open_account.pk if open_account else 0,
        tuple(folders),
        current,
        getattr(request.resolver_match, "view_name", "") == "compose:outbox",
        getattr(request.user, "own_keys", ()),
        folded,
        near(open_account) if open_account else None,
    )
    values: dict[str, Hashable] = {"column": column, "user": column.person, "site_title": settings.SITE_TITLE}
    return remembered.html("mailbox/_side.html", values, get_token(request))


def _person(request: HttpRequest) -> Person:
    user = request.user
    return Person(user.username, user.label, user.is_superuser) if user.is_authenticated else Person("", "", False)


def _lines(request: HttpRequest, folded: Collection[str]) -> Iterable[Line]:
    for place, account in enumerate(accounts_of(request)):
        errors = bool(account.incoming_error), bool(account.outgoing_error)
        yield Line(account.pk, account.label, place % COLOURS + 1, *errors, f"a{account.pk}" in folded)
