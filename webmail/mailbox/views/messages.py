"""An opened message: its page and the frame's document.

page → iframe src → body(): a document of its own with its own policy. Three walls stand between a mail and the
reader's session: the washed HTML (webmail/mime/sanitize.py), the frame's sandbox, and this policy, which also holds
when the address is opened alone.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Message, MessageRef
from webmail.mailbox.consent import allows_pictures
from webmail.mailbox.listing import beside
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.presented import present
from webmail.mailbox.shown import Shown, shown_body
from webmail.mailbox.views import account_of, guard, wants_fragment
from webmail.mailbox.views.lists import (
    list_context,
    list_suffix,
    mark_of,
    message_context,
    page_number,
    query_of,
    query_text,
)

SANDBOX = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"


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
        shown = _shown(request, mailbox, account, opened)
        if fragment:
            context = message_context(account, mailbox, folder, number, q)
        else:
            listing = beside(account, mailbox, folder, number, query_of(q))
            context = list_context(account, listing, q, open_uid=uid)
            context["mark"] = mark_of(request, account, listing)
        context |= present(account, mailbox, opened, shown, list_suffix(number, q))
    return render(request, "mailbox/_message.html" if fragment else "mailbox/message.html", context)


@require_safe
@never_cache
def body(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    """The document of the frame: washed HTML and nothing else."""
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        opened = mailbox.get_message(MessageRef(folder, uidvalidity, uid))
        shown = _shown(request, mailbox, account, opened)
    response = render(request, "mailbox/body.html", {"shown": shown})
    message_url = request.build_absolute_uri(reverse("mailbox:message", args=[account_id, folder, uidvalidity, uid]))
    pictures = f"{message_url}part/ {message_url}remote/" if shown.pictures else f"{message_url}part/"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        f"frame-ancestors 'self'; {SANDBOX}"
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    guard(response)
    return response


def _shown(request: HttpRequest, mailbox: Mailbox, account: Account, opened: Message) -> Shown:
    def consents() -> bool:
        return allows_pictures(request, account.pk, opened, mailbox.folder(opened.ref.folder))

    return shown_body(mailbox, account, opened, consents=consents)
