"""Pages about a message and its files beside the reading pane: a file shown in place, its octets for that page, the
source, the message as it is printed.

preview() is a page of ours: text stands in it, escaped; all else is embedded from embedded(), which gives out pictures,
PDF, sound and film alone, under the type that their octets have (webmail/mime/kinds.py). No markup of a mail ever has
the site's origin here: an address that is opened alone shows the same, or nothing. printed() is a document like the
frame's (confined.py), with a head of ours above the mail's own box, which no rule of the mail reaches.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Account
from webmail.mailbox.base import Message, MessageRef
from webmail.mailbox.enclosures import enclosed_files
from webmail.mailbox.files import decoded_size, file_name, files_of
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.previews import preview_of, source_of
from webmail.mailbox.ranges import Piece, piece_of
from webmail.mailbox.shown import part_url
from webmail.mailbox.views import account_of
from webmail.mailbox.views.confined import confine, shown_to
from webmail.mailbox.views.files import begun, name_file, part_of, streamed
from webmail.mailbox.views.lists import suffix_of
from webmail.mime.kinds import HEAD_LIMIT, Kind, claimed, recognised
from webmail.mime.types import Part

# No `sandbox`: viewers of PDF may inherit it and show nothing. A PDF is no document of our origin: `nosniff` leaves it
# to a viewer, and what script it holds sees neither this site nor its cookies.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


@require_safe
@never_cache
def preview(
    request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int, section: str
) -> HttpResponse:
    """A file in place, with the ways to those beside it; one that can't be shown says so."""
    account = account_of(request, account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    with open_mailbox(account) as mailbox:
        opened = mailbox.get_message(ref)
        part = part_of(opened, section)
        shown = preview_of(mailbox, ref, part)
    url = part_url(account, ref, part)
    context = _around(request, account, opened) | _beside(request, account, opened, part)
    context |= {"preview": shown, "name": file_name(part), "size": decoded_size(part), "save_url": url}
    return render(request, "mailbox/preview.html", context | {"embedded_url": f"{url}embedded/"})


@require_safe
@never_cache
def embedded(
    request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int, section: str
) -> HttpResponseBase:
    """The octets of a picture, PDF, sound or film, to be embedded in a page of ours; of all else 404."""
    account = account_of(request, account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    with open_mailbox(account) as mailbox:
        part = part_of(mailbox.get_message(ref), section)
        # We give no validator that an If-Range could match (RFC 9110, 13.1.5).
        asked = "" if "If-Range" in request.headers else request.headers.get("Range", "")
        if piece := piece_of(mailbox, ref, part, asked):
            return _partial(piece, part)
        first, chunks = begun(mailbox.stream_part(ref, part), HEAD_LIMIT)
    shown = recognised(first[:HEAD_LIMIT], part.content_type, part.filename)
    if shown is None or shown.kind is Kind.TEXT or not shown.is_reasonable:
        raise Http404
    response = streamed(chunks, shown.content_type)
    if shown.kind is Kind.PDF:
        response["Content-Security-Policy"] = PDF_POLICY
        response["X-Frame-Options"] = "SAMEORIGIN"
    return _inline(response, part)


def _partial(piece: Piece, part: Part) -> HttpResponseBase:
    if piece.start == piece.stop:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{piece.size}"})
    response = streamed(piece.chunks, piece.content_type)
    response.status_code = 206
    response["Content-Range"] = f"bytes {piece.start}-{piece.stop - 1}/{piece.size}"
    response["Content-Length"] = str(piece.stop - piece.start)
    return _inline(response, part)


def _inline(response: HttpResponseBase, part: Part) -> HttpResponseBase:
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    name_file(response, file_name(part), saved=False)
    return response


@require_safe
@never_cache
def source(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    """The message as it came, header and body, as text."""
    account = account_of(request, account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    with open_mailbox(account) as mailbox:
        opened = mailbox.get_message(ref)
        found = source_of(mailbox, ref)
    return render(request, "mailbox/source.html", _around(request, account, opened) | {"source": found})


@require_safe
@never_cache
def printed(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    """Header, text and the names of the files on white paper. The reading pane's page has it printed
    (static/js/mailbox-print.js), for which its sandbox lets dialogs open; without a script nothing else can."""
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        opened = mailbox.get_message(MessageRef(folder, uidvalidity, uid))
        shown = shown_to(request, mailbox, account, opened)
        files = files_of(account, opened.ref, opened.body.attachments)
        files += enclosed_files(account, mailbox, opened, shown)
    context = _around(request, account, opened) | {"shown": shown, "files": files}
    response = render(request, "mailbox/printed.html", context)
    return confine(request, response, account, opened, shown, " allow-modals")


def _around(request: HttpRequest, account: Account, opened: Message) -> dict[str, Any]:
    """The way back to the message, as it was opened from its list."""
    ref = opened.ref
    place = [account.pk, ref.folder, ref.uidvalidity, ref.uid]
    back_url = reverse("mailbox:message", args=place) + suffix_of(request)
    return {"account": account, "message": opened, "back_url": back_url, "raw_url": reverse("mailbox:raw", args=place)}


def _beside(request: HttpRequest, account: Account, opened: Message, part: Part) -> dict[str, str]:
    """Addresses of the previews before and after this one, "" at the ends."""
    parts = [one for one in opened.body.attachments if claimed(one.content_type, one.filename)]
    urls = [f"{part_url(account, opened.ref, one)}preview/{suffix_of(request)}" for one in parts]
    if part not in parts:
        return {"former_url": "", "next_url": ""}
    at = parts.index(part)
    return {"former_url": urls[at - 1] if at else "", "next_url": urls[at + 1] if at + 1 < len(urls) else ""}
