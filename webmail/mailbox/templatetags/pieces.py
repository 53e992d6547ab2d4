"""Pieces of pages that are written once (webmail/mailbox/remembered.py), and what the templates of such pieces ask for
themselves."""

from collections.abc import Hashable
from dataclasses import replace
from urllib.parse import quote

from django.template import Library
from django.template.context import Context
from django.utils.safestring import SafeString

from webmail.mailbox import column, keys, tools
from webmail.mailbox import remembered as pieces
from webmail.mailbox.patterns import fill, marks_of

register = Library()


@register.simple_tag(takes_context=True)
def folder_column(context: Context) -> SafeString:
    """The column of every page. A page of the mailbox has open_account, open_folders and folder in its context; on
    others all folders are loaded once the page is shown."""
    request, account, folder = context["request"], context.get("open_account"), context.get("folder")
    if account is None:
        return column.html(request)
    return column.html(request, account, context["open_folders"], folder.name if folder else "")


@register.simple_tag(takes_context=True)
def remembered(context: Context, template: str, **values: Hashable) -> SafeString:
    """What this template shows of these values; of the page around it, it knows nothing."""
    return pieces.html(template, values, str(context.get("csrf_token", "")))


BAR = ("folder_url", "list_url", "check_url", "search_url", "q", "csrf_token")


@register.simple_tag(takes_context=True)
def list_bar(context: Context) -> SafeString:
    """Over a list: search, and the way to new mail."""
    account, q = context["account"], context["q"]
    texts = {name: context.get(name, "") for name in BAR} | {"account_id": account.pk}
    texts["form_url"] = context["search_url"] + (f"?q={quote(q, safe='')}" if q else "")
    return fill("mailbox/_list_bar.html", texts, own_keys=account.user.own_keys, checks=bool(context["check_url"]))


@register.simple_tag
def list_ways(q: str, folder_url: str) -> SafeString:
    """The parts of a folder and the orders of its list, beside what is searched for."""
    filters, orders = tools.filters(q), tools.orders(q)
    addresses = {f"way{at}": folder_url + way.suffix for at, way in enumerate(filters + orders)}
    marks = iter(marks_of(addresses).values())
    ways = [tuple(replace(way, suffix=next(marks)) for way in some) for some in (filters, orders)]
    return fill("mailbox/_list_ways.html", addresses, filters=ways[0], orders=ways[1])


@register.simple_tag
def searched(q: str) -> tools.Searched | None:
    return tools.searched(q)


@register.simple_tag
def key_groups(own: keys.Own = ()) -> tuple[keys.Group, ...]:
    """The table of keys, with a person's own."""
    return keys.groups(own)


@register.simple_tag
def key(command: str, own: keys.Own = ()) -> str:
    """The first key of a command, as a keyboard shows it."""
    return keys.first_key(command, own)


@register.simple_tag
def changed_keys(own: keys.Own = ()) -> set[str]:
    """The commands whose keys a person has changed."""
    return {command for command, _keys in own}
