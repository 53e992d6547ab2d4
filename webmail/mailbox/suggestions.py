"""What the search box offers while somebody types: recent searches, people, operators.

The box has the focus → views/search.py panel() → offers(): all of it in one answer, of which mailbox-search.js shows
what fits the words. People are those of the pages that were shown last (known.py, or this database), so that nothing
is asked of a mail server for them; where nothing is known there are none. Nothing is stored here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from webmail.mailbox.base import Summary
from webmail.mailbox.opening import last_known, open_mailbox
from webmail.mailbox.operators import spelled
from webmail.mime.types import Address
from webmail.templatetags.interface import hue, initials

PEOPLE = 60
OPERATORS = (
    ("from:", _("who wrote it")),
    ("to:", _("who received it")),
    ("subject:", _("words of the subject")),
    ("body:", _("words of the text")),
    ("has:attachment", _("with files")),
    ("filename:", _("name of a file")),
    ("is:unread", _("not read yet")),
    ("is:starred", _("with a star")),
    ("is:answered", _("answered already")),
    ("after:", _("since a day, as 2026-01-31")),
    ("before:", _("before a day, as 2026-01-31")),
    ("newer_than:", _("of the last days, as 7d, 2w, 1y")),
    ("older_than:", _("older than, as 6m, 1y")),
    ("larger:", _("larger than, as 5M")),
    ("smaller:", _("smaller than, as 300k")),
    ("in:all", _("in all folders")),
    ("in:anywhere", _("spam and trash too")),
    ("sort:oldest", _("oldest first")),
    ("sort:from", _("by sender")),
    ("sort:subject", _("by subject")),
    ("sort:size", _("largest first")),
)


@dataclass(frozen=True, slots=True)
class Operator:
    typed: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody; `typed` is what the search names them by."""

    label: str
    typed: str
    initials: str
    hue: int


def operators() -> list[Operator]:
    language = get_language() or "en"
    return [Operator(_spelled(typed, language), str(meaning)) for typed, meaning in OPERATORS]


def _spelled(typed: str, language: str) -> str:
    name, _colon, value = typed.partition(":")
    return spelled(typed, language) if value else f"{spelled(name, language)}:"


def people(account: Account, folder: str) -> list[Known]:
    """Of the first pages of this folder and the inbox."""
    found: dict[str, Known] = {}
    for row in _rows(account, folder):
        for person in _of(row):
            if "@" in person.address and '"' not in person.address:
                found.setdefault(person.address.lower(), _known(person))
    return list(found.values())[:PEOPLE]


def _rows(account: Account, folder: str) -> Iterator[Summary]:
    for name in dict.fromkeys((folder, "INBOX")):
        if account.is_pop:
            with open_mailbox(account) as mailbox:
                yield from mailbox.list_messages(name).rows
        elif known := last_known(account).recall(name, 1):
            yield from known.page.rows


def _of(row: Summary) -> Iterable[Address]:
    return row.headers.sender + row.headers.to + row.headers.cc


def _known(person: Address) -> Known:
    return Known(person.label, person.address, initials(person.label), hue(person.address))
