"""A message within a message: opened in its card, or, without script, on a page of its own; and its frame's document.

Its pictures from elsewhere load as the reader allowed for the whole mail: the sender that the inner header names is not
the one who sent it.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from webmail.mailbox.base import Message, MessageRef
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.particulars import particulars
from webmail.mailbox.views import account_of, wants_fragment
from webmail.mailbox.views.confined import confine, shown_to
from webmail.mailbox.views.lists import list_suffix, page_number, query_text
from webmail.mailbox.within import opened_within, present_within
from webmail.mime.nested import NestedMessage, message_within


@require_safe
@never_cache
def within(
    request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int, section: str
) -> HttpResponse:
    account = account_of(request, account_id)
    number, q = page_number(request), query_text(request)
    suffix = list_suffix(number, q)
    with open_mailbox(account) as mailbox:
        outer = mailbox.get_message(MessageRef(folder, uidvalidity, uid))
        nested = _nested(outer, section)
        inner = opened_within(mailbox, outer, nested)
        shown = shown_to(request, mailbox, account, outer, inner)
        context = present_within(account, mailbox, inner, nested.part, shown, suffix)
        context["particulars"] = particulars(account, mailbox, inner, shown, suffix)
    fragment = wants_fragment(request)
    context |= {"account": account, "outer": outer, "number": number, "q": q}
    return render(request, "mailbox/_within.html" if fragment else "mailbox/within.html", context)


@require_safe
@never_cache
def within_body(
    request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int, section: str
) -> HttpResponse:
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        outer = mailbox.get_message(MessageRef(folder, uidvalidity, uid))
        inner = opened_within(mailbox, outer, _nested(outer, section))
        shown = shown_to(request, mailbox, account, outer, inner)
    return confine(request, render(request, "mailbox/body.html", {"shown": shown}), account, outer, shown)


def _nested(outer: Message, section: str) -> NestedMessage:
    nested = message_within(outer.structure, section)
    if nested is None:
        raise Http404
    return nested
