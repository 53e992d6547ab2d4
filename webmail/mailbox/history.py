"""What a person searched for lately, to be searched for again.

mailbox-search.js, when somebody has sent off a search → keep() → one row for each person: the newest KEPT texts, newest
first, or none where that person wants none kept. The row is locked while it changes, so that two windows lose nothing
of each other. Nobody else sees it; it goes with its person.
"""

from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from webmail.mailbox.models import SearchHistory
from webmail.mailbox.query import LONGEST

KEPT = 10

Change = Callable[[SearchHistory], None]


def history_of(user: User) -> SearchHistory:
    """Unsaved where nothing was kept yet."""
    return SearchHistory.objects.filter(user=user).first() or SearchHistory(user=user)


def keep(user: User, text: str) -> None:
    wanted = " ".join(text.replace("\0", " ").split())[:LONGEST]

    def note(history: SearchHistory) -> None:
        if history.keeps and wanted:
            history.searches = [wanted, *(each for each in history.searches if each != wanted)][:KEPT]

    _change(user, note)


def forget(user: User, text: str) -> None:
    def drop(history: SearchHistory) -> None:
        history.searches = [each for each in history.searches if each != text]

    _change(user, drop)


def forget_all(user: User) -> None:
    def drop(history: SearchHistory) -> None:
        history.searches = []

    _change(user, drop)


def switch(user: User, *, on: bool) -> None:
    """Whether searches are kept from now on; off, those kept so far are forgotten."""

    def turn(history: SearchHistory) -> None:
        history.keeps = on
        history.searches = history.searches if on else []

    _change(user, turn)


def _change(user: User, change: Change) -> None:
    with transaction.atomic():
        SearchHistory.objects.get_or_create(user=user)
        history = SearchHistory.objects.select_for_update().get(user=user)
        change(history)
        history.save()
