"""The files of a message, one by one, and the message itself as a file. None is ever run in the reader's session: see
streamed() and _saved_type()."""

import re
from collections.abc import Iterator
from itertools import chain

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from webmail.mailbox.base import Message, MessageRef
from webmail.mailbox.enclosures import entries_of, read_enclosed
from webmail.mailbox.files import file_name, sniffed_picture
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.views import account_of, guard
from webmail.mailbox.zipped import zipped
from webmail.mime.parameters import safe_filename
from webmail.mime.types import Part

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
        found = part_of(mailbox.get_message(ref), section)
        first, chunks = begun(mailbox.stream_part(ref, found))
    picture = sniffed_picture(first)
    response = streamed(chunks, picture or _saved_type(found.content_type))
    name_file(response, file_name(found), saved=not picture)
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
    response = streamed(iter((file.content,)), _saved_type(file.content_type))
    name_file(response, file.filename or _("attachment"), saved=True)
    return response


@require_safe
@never_cache
def raw(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponseBase:
    """The message as it is stored, as a file."""
    account = account_of(request, account_id)
    ref = MessageRef(folder, uidvalidity, uid)
    with open_mailbox(account) as mailbox:
        opened = mailbox.get_message(ref)
        _first, chunks = begun(mailbox.stream_raw(ref))
    response = streamed(chunks, "message/rfc822")
    name = _name_of(opened) or _("message")
    name_file(response, f"{name}.eml", saved=True)
    return response


@require_safe
@never_cache
def all_files(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponseBase:
    """All files of a message as one zip (zipped.py)."""
    account = account_of(request, account_id)
    with open_mailbox(account) as mailbox:
        opened = mailbox.get_message(MessageRef(folder, uidvalidity, uid))
        moment = timezone.localtime(opened.summary.received)
        _first, chunks = begun(zipped(entries_of(mailbox, opened), moment))
    response = streamed(chunks, "application/zip")
    name = _name_of(opened) or _("files")
    name_file(response, f"{name}.zip", saved=True)
    return response


def part_of(opened: Message, section: str) -> Part:
    """The file under this section, or 404."""
    found = opened.structure.find(section)
    if found is None or found.is_multipart:
        raise Http404
    return found


def _name_of(opened: Message) -> str:
    return safe_filename(opened.headers.subject[:80])


def begun(chunks: Iterator[bytes], amount: int = 1) -> tuple[bytes, Iterator[bytes]]:
    """(the first `amount` octets or some more, the whole stream): what goes wrong until then becomes a page instead of
    a broken file."""
    first = b""
    while len(first) < amount and (chunk := next(chunks, None)) is not None:
        first += chunk
    return first, chain((first,), chunks)


def streamed(chunks: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    guard(response)
    return response


def name_file(response: HttpResponseBase, name: str, *, saved: bool) -> None:
    """The name as RFC 6266 wants it, made by Django, whatever characters a mail put into it."""
    if header := content_disposition_header(saved, name):
        response["Content-Disposition"] = header


def _saved_type(declared: str) -> str:
    """The declared type helps a phone choose a program; one that a browser might run is not passed on."""
    if PLAIN_TYPE.fullmatch(declared) and not ACTIVE_TYPE.search(declared):
        return declared
    return "application/octet-stream"
