"""An opened message: its page and the frame's document.

page → iframe src → body(): a document of its own with its own policy (confined.py).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from webmail.mailbox.base import MessageRef
from webmail.mailbox.listing import beside
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.pane import written
from webmail.mailbox.presented import present
from webmail.mailbox.tools import list_suffix
from webmail.mailbox.views import account_of, wants_fragment
from webmail.mailbox.views.confined import confine, shown_to
from webmail.mailbox.views.lists import (
    list_context,
    mark_of,
    message_context,
    page_number,
    query_of,
    query_text,
)


@require_safe
@never_cache
def message(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    """With htmx the reading pane alone; otherwise the whole page, its list beside it."""
    account = account_of(request, account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    number, q = page_number(request), query_text(request)
    fragment = wants_fragment(request) and request.htmx.target == "message"  # type: ignore[attr-defined]
    with open_mailbox(account) as mailbox:
        opened = mailbox.get_message(ref)
        shown = shown_to(request, mailbox, account, opened)
        if fragment:
            context = message_context(account, mailbox, folder, number, q)
        else:
            listing = beside(account, mailbox, folder, number, query_of(q))
            context = list_context(account, listing, q, open_uid=uid)
            context["mark"] = mark_of(request, account, listing)
        context |= present(account, mailbox, opened, shown, list_suffix(number, q))
    pane = written(request, context)
    return HttpResponse(pane) if fragment else render(request, "mailbox/message.html", context | {"pane": pane})


@require_safe
@never_cache
def body(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    """The document of the frame: washed HTML and nothing else. The page around it has just shown that the message is
    there, so where this process knows that, the mail server is not asked again: for some seconds a frame may show what
    another program deletes meanwhile, as the page around it does."""
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        opened = mailbox.lately_opened(MessageRef(folder, uidvalidity, uid))
        shown = shown_to(request, mailbox, account, opened)
    return confine(request, render(request, "mailbox/body.html", {"shown": shown}), account, opened, shown)
