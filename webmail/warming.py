"""What every web process needs sooner or later, done once before it is forked: then its processes share the memory, and
nobody's first click waits for it.

wsgi.py → warm() → every template compiled; a mail read and washed, which loads the tables that charsets are guessed by;
in each language a list, and a page through the whole middleware. It opens no connection and stores nothing. What fails
here is logged, and left to the first page that wants it.
"""

import ctypes
import logging
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from wsgiref.types import WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.utils import translation

from accounts.models import Account, User
from accounts.sessions import SessionStore
from webmail.celery import app as celery
from webmail.mailbox.base import Folder, MessageRef, Page, Role, Summary
from webmail.mailbox.listing import Listing
from webmail.mailbox.views.lists import list_context
from webmail.mime.charsets import load_tables
from webmail.mime.headers import parse_headers
from webmail.mime.sanitize import sanitize
from webmail.mime.structure import choose_body, from_bytes
from webmail.mime.text import decode_text

MAIL = """\
From: =?utf-8?q?Zo=C3=AB?= <zoe@example.org>
To: reader@example.org
Subject: =?iso-8859-1?q?caf=E9?=
Date: Mon, 06 Jul 2026 10:00:00 +0200
Content-Type: text/html

<style>p { color: #333 }</style><table><tr><td style="padding: 4px"><p>Déjà vu à Besançon, cœur et âme.</p>
<a href="https://example.org/"><img src="https://example.org/a.png" alt="" width="1" height="1"></a></td></tr></table>
""".encode("cp1252")

# mallopt(3)
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGE = 128 * 2**10  # octets: what is larger is given back at once, and so is as much at the heap's end

log = logging.getLogger(__name__)


def use_one_heap() -> None:
    """To be called before there are threads. glibc would give each of them a heap of its own, and each heap keeps what
    it once needed, the more the larger it was: a tenth of a process that serves sixteen. Other C libraries have no such
    heaps."""
    with suppress(AttributeError, OSError):
        set_option = ctypes.CDLL(None).mallopt
        for option, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, LARGE)):
            set_option(option, value)


def give_back() -> None:
    """All that was freed since, to the system: also what lies between values that stay."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def warm(application: WSGIApplication) -> None:
    try:
        _compile_templates()
        _read_mail()
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                _draw_list()
            _ask_for_nothing(application, language)
        _load_what_waits()
    except Exception:
        log.exception("Not all could be loaded ahead.")


def _compile_templates() -> None:
    """And keep them: Django's loader does."""
    for folder in engines["django"].engine.dirs:  # type: ignore[attr-defined]
        for path in sorted(Path(folder).rglob("*.html")):
            get_template(str(path.relative_to(folder)))


def _read_mail() -> None:
    load_tables()
    html = decode_text(MAIL.partition(b"\n\n")[2])
    sanitize(html, cid_url=lambda _content_id: None)


def _draw_list() -> None:
    account = Account(pk=0, user=User(pk=0), address="reader@example.org", incoming_host="example.org")
    folder = Folder("INBOX", "INBOX", Role.INBOX)
    page = Page(folder, 1, (_summary(folder),), 1, 1, 1)
    context = list_context(account, Listing(page, [folder, Folder("Archive", "Archive", Role.ARCHIVE)]), "")
    request = WSGIRequest(_environ("/"))
    request.user = account.user
    request.session = SessionStore()
    render_to_string("mailbox/_list.html", context, request)


def _summary(folder: Folder) -> Summary:
    body = choose_body(from_bytes(MAIL))
    headers = parse_headers(MAIL.partition(b"\n\n")[0])
    moment = datetime(2026, 7, 6, tzinfo=UTC)
    return Summary(MessageRef(folder.name, 1, 1), headers, frozenset(), moment, len(MAIL), bool(body.attachments))


def _ask_for_nothing(application: WSGIApplication, language: str) -> None:
    """For an address that there is none of: a whole page, that needs no database."""
    answer = application(_environ("/there/is/nothing/here/", language), lambda *_: lambda _: None)
    for _piece in answer:
        pass
    getattr(answer, "close", lambda: None)()


def _environ(path: str, language: str = "") -> WSGIEnvironment:
    host = next(iter(settings.ALLOWED_HOSTS), "localhost").removeprefix(".").replace("*", "localhost")
    environ: WSGIEnvironment = {"PATH_INFO": path, "HTTP_HOST": host, "HTTP_ACCEPT_LANGUAGE": language}
    setup_testing_defaults(environ)
    proxy = settings.SECURE_PROXY_SSL_HEADER
    return environ | {"wsgi.url_scheme": "https", "wsgi.input": BytesIO()} | (dict([proxy]) if proxy else {})


def _load_what_waits() -> None:
    """Modules that are imported where they are first used."""
    str(Account.objects.filter(pk=0).query)  # the compiler of queries
    "ü.example".encode("idna")
    celery.finalize()
    _ = celery.amqp.router  # type: ignore[attr-defined]
