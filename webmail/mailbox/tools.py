"""What the tools around a list lead to: parts of the folder, other orders, other pages, a search with a little more or
less in it."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from webmail.mailbox import search_words
from webmail.mailbox.query import Clause, Field, Query, Scope, Sort, clause_of, parse, written

FILTERS = (
    (Field.UNREAD, pgettext_lazy("messages", "Unread"), "mail"),
    (Field.STARRED, pgettext_lazy("messages", "Starred"), "star"),
    (Field.ATTACHMENT, pgettext_lazy("messages", "With files"), "clip"),
)
SCOPES = ((Scope.FOLDER, _("This folder")), (Scope.ALL, _("All folders")))


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to see a part of the folder, or all of it in another order; `suffix` is the query string that leads
    there."""

    label: str
    suffix: str
    current: bool = False
    name: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """What is said of a search, from its text alone. `chips` lead to the search without them."""

    chips: list[Filter]
    scopes: list[Filter]
    remarks: list[str]
    clear: str  # leads to all mail of the folder, in this order
    everywhere: str  # leads to all folders, "" where they are searched
    anywhere: str  # to the spam folder and the trash too, likewise


def filters(q: str) -> list[Filter]:
    """On and off by one click each; what else is searched for stays. `q` is what is searched for now."""
    query = parse(q)
    return [_toggle(query, about, str(label), icon) for about, label, icon in FILTERS]


def _toggle(query: Query, about: Field, label: str, icon: str) -> Filter:
    clause = clause_of(about, True, _language())
    on = clause in query.clauses
    others = tuple(each for each in query.clauses if each != clause)
    return Filter(label, _suffix(replace(query, clauses=others if on else (*others, clause))), on, about.value, icon)


def orders(q: str) -> list[Filter]:
    query = parse(q)
    return [
        Filter(str(label), _suffix(replace(query, sort=sort)), sort is query.sort)
        for sort, label in search_words.SORTS.items()
    ]


def order(q: str) -> Sort:
    return parse(q).sort


def searched(q: str) -> Searched | None:
    """None for a list that nothing narrows."""
    query = parse(q)
    if not query.clauses and query.scope is Scope.FOLDER:
        return None
    wide = query.scope is not Scope.FOLDER
    return Searched(
        chips=[Filter(search_words.label(clause), _suffix(_without(query, clause))) for clause in query.clauses],
        scopes=[
            Filter(str(label), _suffix(replace(query, scope=scope)), wide is (scope is not Scope.FOLDER))
            for scope, label in SCOPES
        ],
        remarks=list(search_words.remarks(query)),
        clear=_suffix(Query(sort=query.sort)),
        everywhere="" if wide else _suffix(replace(query, scope=Scope.ALL)),
        anywhere="" if query.scope is Scope.ANYWHERE else _suffix(replace(query, scope=Scope.ANYWHERE)),
    )


def _without(query: Query, clause: Clause) -> Query:
    return replace(query, clauses=tuple(each for each in query.clauses if each is not clause))


def _suffix(query: Query) -> str:
    return list_suffix(1, written(query.clauses, query.scope, query.sort, _language())) or "?"


def _language() -> str:
    return get_language() or "en"


def list_suffix(page: int, q: str) -> str:
    """The query string that leads back to this page of this list."""
    asked = {name: value for name, value in (("q", q), ("page", page if page > 1 else "")) if value}
    return f"?{urlencode(asked)}" if asked else ""
