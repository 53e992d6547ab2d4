"""An opened message: its page, the frame's document, its files, its source.

page → iframe src → body(): a document of its own with its own policy. Three walls stand between a mail and the
reader's session: the washed HTML (webmail/mime/sanitize.py), the frame's sandbox, and this policy, which also holds
when the address is opened alone.
"""

import re
from collections.abc import Iterator
from itertools import chain

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Message, MessageRef
from webmail.mailbox.consent import allows_pictures
from webmail.mailbox.enclosures import read_enclosed
from webmail.mailbox.files import file_name, sniffed_picture
from webmail.mailbox.listing import beside
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.presented import present
from webmail.mailbox.shown import Shown, shown_body
from webmail.mailbox.views import account_of, wants_fragment
from webmail.mailbox.views.lists import (
    list_context,
    list_suffix,
    mark_of,
    message_context,
    page_number,
    query_of,
    query_text,
)
from webmail.mime.parameters import safe_filename

SANDBOX = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
PLAIN_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")
ACTIVE_TYPE = re.compile(r"html|xml|svg|script|ecmascript|multipart/|x-shockwave")


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
    _guard(response)
    return response


def _shown(request: HttpRequest, mailbox: Mailbox, account: Account, opened: Message) -> Shown:
    def consents() -> bool:
        return allows_pictures(request, account.pk, opened, mailbox.folder(opened.ref.folder))

    return shown_body(mailbox, account, opened, consents=consents)


@require_safe
@never_cache
def part(
    request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int, section: str
) -> HttpResponseBase:
    """One file of a message. Pictures that are pictures by their bytes are shown, all else is saved."""
    account = account_of(request, account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    with open_mailbox(account) as mailbox:
        opened = mailbox.get_message(ref)
        found = opened.structure.find(section)
        if found is None or found.is_multipart:
            raise Http404
        first, chunks = _begun(mailbox.stream_part(ref, found))
    picture = sniffed_picture(first)
    response = _streamed(chunks, picture or _saved_type(found.content_type))
    _name(response, file_name(found), saved=not picture)
    return response


@require_safe
@never_cache
def enclosed(
    request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int, section: str, number: int
) -> HttpResponseBase:
    """A file within a part (enclosures.py): always saved, whatever it claims to be."""
    account = account_of(request, account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    with open_mailbox(account) as mailbox:
        found = mailbox.get_message(ref).structure.find(section)
        files = read_enclosed(mailbox, ref, found) if found else ()
    if number >= len(files):
        raise Http404
    file = files[number]
    response = _streamed(iter((file.content,)), _saved_type(file.content_type))
    _name(response, file.filename or _("attachment"), saved=True)
    return response


@require_safe
@never_cache
def raw(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponseBase:
    """The message as it is stored, as a file."""
    account = account_of(request, account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    with open_mailbox(account) as mailbox:
        subject = mailbox.get_message(ref).headers.subject
        _first, chunks = _begun(mailbox.stream_raw(ref))
    response = _streamed(chunks, "message/rfc822")
    name = safe_filename(subject[:80]) or _("message")
    _name(response, f"{name}.eml", saved=True)
    return response


def _begun(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The stream, its first bytes read: what goes wrong until then becomes a page instead of a broken file."""
    first = b""
    for chunk in chunks:
        first = chunk
        if first:
            break
    return first, chain((first,), chunks)


def _streamed(chunks: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    _guard(response)
    return response


def _guard(response: HttpResponseBase) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["X-DNS-Prefetch-Control"] = "off"


def _name(response: HttpResponseBase, name: str, *, saved: bool) -> None:
    """The name as RFC 6266 wants it, made by Django, whatever characters a mail put into it."""
    if header := content_disposition_header(saved, name):
        response["Content-Disposition"] = header


def _saved_type(declared: str) -> str:
    """The declared type helps a phone choose a program; one that a browser might run is not passed on."""
    if PLAIN_TYPE.fullmatch(declared) and not ACTIVE_TYPE.search(declared):
        return declared
    return "application/octet-stream"
