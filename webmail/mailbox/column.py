"""The folder column's HTML, written once and remembered.

{% folder_column %} → html() → what is remembered for this Column, else mailbox/_side.html from its values alone → the
request's CSRF token in its place. A Column holds every value that is shown, so nothing has to be forgotten, and nobody
sees another person's. It lies in this process, bounded; a restart writes anew.
"""

import sys
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.models import Account
from accounts.requests import accounts_of
from webmail.mailbox.base import Folder
from webmail.mailbox.kept import Bounded
from webmail.mailbox.side import COLOURS, entries

REMEMBERED_OCTETS = 2**20  # in this process: fifty columns of usual length
HOLE = "\0csrf\0"  # where a form's CSRF token goes: no name of anything has control characters


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


class Column(NamedTuple):
    """All that a column shows. `open_id`: the account whose folders are known, 0 for none; `current`: the open folder's
    name."""

    language: str
    person: Person
    accounts: tuple[Line, ...]
    open_id: int
    folders: tuple[Folder, ...]
    current: str
    at_outbox: bool


_remembered: Bounded[str] = Bounded(REMEMBERED_OCTETS)


def html(
    request: HttpRequest, open_account: Account | None = None, folders: Iterable[Folder] = (), current: str = ""
) -> SafeString:
    """`folders` are those of `open_account`."""
    column = Column(
        get_language() or "",
        _person(request),
        tuple(_lines(request)),
        open_account.pk if open_account else 0,
        tuple(folders),
        current,
        getattr(request.resolver_match, "view_name", "") == "compose:outbox",
    )
    [known] = _remembered.get_many([column])
    return mark_safe((known or _write(column)).replace(HOLE, get_token(request)))  # noqa: S308 (a template's own output)


def _person(request: HttpRequest) -> Person:
    user = request.user
    return Person(user.username, user.label, user.is_superuser) if user.is_authenticated else Person("", "", False)


def _lines(request: HttpRequest) -> Iterable[Line]:
    for place, account in enumerate(accounts_of(request)):
        errors = bool(account.incoming_error), bool(account.outgoing_error)
        yield Line(account.pk, account.label, place % COLOURS + 1, *errors)


def _write(column: Column) -> str:
    opened = next((account for account in column.accounts if account.pk == column.open_id), None)
    values = {
        "side_accounts": column.accounts,
        "at_outbox": column.at_outbox,
        "user": column.person,
        "site_title": settings.SITE_TITLE,
        "csrf_token": HOLE,
        "open_account": opened,
        "open_folder": column.current,
        "open_entries": entries(column.open_id, column.folders, current=column.current),
    }
    written = get_template("mailbox/_side.html").render(values)
    _remembered.set(column, written, 2 * sys.getsizeof(written))  # its text is in the key once more
    return written
