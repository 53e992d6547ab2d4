"""The files of a message, one by one, and the message itself as a file. None is ever run in the reader's session: see
_streamed() and _saved_type()."""

import re
from collections.abc import Iterator
from itertools import chain

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from webmail.mailbox.base import MessageRef
from webmail.mailbox.enclosures import read_enclosed
from webmail.mailbox.files import file_name, sniffed_picture
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.views import account_of, guard
from webmail.mime.parameters import safe_filename

PLAIN_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")
ACTIVE_TYPE = re.compile(r"html|xml|svg|script|ecmascript|multipart/|x-shockwave")


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
    guard(response)
    return response


def _name(response: HttpResponseBase, name: str, *, saved: bool) -> None:
    """The name as RFC 6266 wants it, made by Django, whatever characters a mail put into it."""
    if header := content_disposition_header(saved, name):
        response["Content-Disposition"] = header


def _saved_type(declared: str) -> str:
    """The declared type helps a phone choose a program; one that a browser might run is not passed on."""
    if PLAIN_TYPE.fullmatch(declared) and not ACTIVE_TYPE.search(declared):
        return declared
    return "application/octet-stream"
