"""What makes the product an application of a phone or a desk: its manifest, its service worker, and whether a session
still lasts.

worker() serves worker.js behind one line of what it can't know: the build's files under their hashed names, and a page
for each language that is shown where there is no network. A new build is another text, which is how browsers notice.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie, vary_on_headers

from webmail.installable.reader import reader_of

PAPER, INK = "#fdfcf9", "#3549c3"  # --paper-list and --ink of tokens.css
SOURCE = Path(__file__).with_name("worker.js")
OURS = ("css/", "js/", "img/")


@login_not_required
@require_safe
@vary_on_cookie
@vary_on_headers("Accept-Language")
def manifest(request: HttpRequest) -> HttpResponse:
    """W3C Web Application Manifest, in the person's language: browsers ask for it with their cookie."""
    described = {
        "id": "/",
        "name": settings.SITE_TITLE,
        "short_name": settings.SITE_TITLE,
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("mailbox:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": INK,
        "categories": ["productivity", "communication"],
        "icons": list(_icons()),
        "shortcuts": [
            {"name": _("Compose"), "url": reverse("compose:new"), "icons": [_icon("icon-192", 192)]},
            {"name": _("Inbox"), "url": reverse("mailbox:home"), "icons": [_icon("icon-192", 192)]},
        ],
        # A link to an address, and a text that another application shares, begin a mail.
        "protocol_handlers": [{"protocol": "mailto", "url": reverse("compose:new") + "?mailto=%s"}],
        "share_target": {
            "action": reverse("compose:new"),
            "method": "GET",
            "params": {"title": "subject", "text": "body"},
        },
    }
    return JsonResponse(described, content_type="application/manifest+json")


def _icons() -> Iterable[dict[str, str]]:
    yield _icon("icon-192", 192)
    yield _icon("icon-512", 512)
    yield _icon("icon-maskable", 512) | {"purpose": "maskable"}


def _icon(name: str, size: int) -> dict[str, str]:
    return {"src": static(f"img/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png"}


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """From the root, so that all pages are within its scope. The browser asks again each time it looks for news."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and a token for forms of a page whose session has ended and begun anew. 403 for nobody, to
    those who ask as a part of a page."""
    return JsonResponse({"reader": reader_of(request.user.pk), "csrf": get_token(request)})  # type: ignore[arg-type]


@cache
def _worker() -> str:
    """The same for everybody, as long as this process lives."""
    build = {
        "files": [*_files(), *(icon["src"] for icon in _icons())],
        "pages": {language: _offline_page(language) for language, _name in settings.LANGUAGES},
        "home": reverse("mailbox:home"),
        "signOut": reverse("accounts:sign_out"),
    }
    return f"const BUILD = {json.dumps(build)};\n{SOURCE.read_text()}"


def _files() -> list[str]:
    """The stylesheets, scripts and pictures of the pages, where collectstatic has given them names of their own."""
    hashed: dict[str, str] = getattr(staticfiles_storage, "hashed_files", {})
    names = sorted(set(hashed.values()))
    wanted = [name for name in names if (name.startswith(OURS) and not name.endswith(".png")) or "htmx-2.min" in name]
    return [settings.STATIC_URL + name for name in wanted]


def _offline_page(language: str) -> str:
    with translation.override(language):
        return render_to_string("installable/offline.html", {"site_title": settings.SITE_TITLE})
