"""Searches of mail that lives here: a query over LocalMessage's columns, in SQL.

Files have no column for their names, and copies none of their own: names are looked for in the text, who had a copy
among all recipients.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Account
from webmail.mailbox.base import PAGE_SIZE, Role, number_of
from webmail.mailbox.kept import Kept
from webmail.mailbox.models import LocalFolder, LocalMessage
from webmail.mailbox.query import Condition, Field, Query, Scope, Sort

_COLUMNS: dict[Field, Sequence[str]] = {
    Field.FROM: ("sender",),
    Field.TO: ("recipients",),
    Field.CC: ("recipients",),
    Field.SUBJECT: ("subject",),
    Field.BODY: ("text",),
    Field.TEXT: ("subject", "sender", "recipients", "text"),
    Field.FILENAME: ("text", "subject"),
}
_ORDERS: dict[Sort, Sequence[str]] = {
    Sort.NEWEST: ("-uid",),
    Sort.OLDEST: ("uid",),
    Sort.FROM: ("sender", "-uid"),
    Sort.SUBJECT: ("subject", "-uid"),
    Sort.SIZE: ("-size", "-uid"),
}
_WIDE_ORDERS: dict[Sort, Sequence[str]] = {
    Sort.NEWEST: ("-received", "-pk"),
    Sort.OLDEST: ("received", "pk"),
    Sort.FROM: ("sender", "-received", "-pk"),
    Sort.SUBJECT: ("subject", "-received", "-pk"),
    Sort.SIZE: ("-size", "-received", "-pk"),
}
LEFT_OUT = (Role.JUNK, Role.TRASH)


def found(account: Account, folder: LocalFolder, query: Query) -> QuerySet[LocalMessage]:
    """What the query finds in this folder, or in the account's, in its order; each message with its folder."""
    orders = _ORDERS if query.scope is Scope.FOLDER else _WIDE_ORDERS
    return _searched(account, folder, query.scope).filter(conditions(query)).order_by(*orders[query.sort])


def _searched(account: Account, folder: LocalFolder, scope: Scope) -> QuerySet[LocalMessage]:
    messages = LocalMessage.objects.filter(folder__account=account).select_related("folder").defer("text")
    if scope is Scope.FOLDER:
        return messages.filter(folder=folder)
    return messages.exclude(folder__role__in=LEFT_OUT) if scope is Scope.ALL else messages


def page_of(account: Account, folder: LocalFolder, query: Query, page: int) -> tuple[list[LocalMessage], int, int]:
    """Messages, the number of the page they are on, and how many there are in all. Where flags are asked for, the
    first page keeps what was found for those that follow: mail is read meanwhile. What was moved out of where it was
    searched is gone from there, and would have the number of another message."""
    messages = found(account, folder, query)
    if not query.asks_for_flags:
        total = messages.count()
        number = number_of(page, total)
        return list(messages[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]), number, total
    kept, asked = Kept((account.pk, account.version, "local")), repr(query)
    known = kept.found(folder.name, folder.uidvalidity, asked) if page > 1 else None
    keys = known[1] if known else list(messages.values_list("pk", flat=True))
    kept.keep_found(folder.name, folder.uidvalidity, asked, [], keys)
    number = number_of(page, len(keys))
    wanted = keys[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    there = _searched(account, folder, query.scope).in_bulk(wanted)
    return [there[key] for key in wanted if key in there], number, len(keys)


def conditions(query: Query) -> Q:
    """The query over LocalMessage's columns."""
    matching = Q()
    for clause in query.clauses:
        matching &= reduce(or_, map(_holds, clause.conditions))
    return matching


def _holds(condition: Condition) -> Q:
    holds = _matches(condition.field, condition.value)
    return ~holds if condition.negated else holds


def _matches(about: Field, value: str | bool | date | int) -> Q:
    match about, value:
        case (Field.ATTACHMENT, _):
            return Q(has_attachments=True)
        case (Field.UNREAD, _):
            return Q(seen=not value)
        case (Field.STARRED, _):
            return Q(flagged=value)
        case (Field.ANSWERED, _):
            return Q(answered=value)
        case (Field.BEFORE, date()):
            return Q(date__lt=_midnight(value))
        case (Field.AFTER, date()):
            return Q(date__gte=_midnight(value))
        case (Field.LARGER, _):
            return Q(size__gt=value)
        case (Field.SMALLER, _):
            return Q(size__lt=value)
    within = reduce(or_, (Q(**{f"{column}__contains": str(value).casefold()}) for column in _COLUMNS[about]))
    return within & Q(has_attachments=True) if about is Field.FILENAME else within


def _midnight(day: date) -> datetime:
    """The beginning of this day where the reader is; a day at the edge of the calendar has one too."""
    try:
        return timezone.make_aware(datetime.combine(day, time()))
    except OverflowError:
        return datetime.combine(day, time(), UTC)
