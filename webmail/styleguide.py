"""The parts of the interface on one page, /styleguide/, for whoever builds on them; only with DEBUG (urls.py).

tokens.css, the sprite and the product's own templates → styleguide/styleguide.html. Nothing is drawn for this page
alone: what looks wrong here is wrong in the product. tests/test_styleguide.py holds every class of components.css to
be on it.
"""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from webmail.mailbox.rows import STATES, Row, furniture

STATIC = Path(settings.BASE_DIR) / "static"
TOKEN = re.compile(r"^\s+(--[\w-]+):\s*([^;]+);", re.MULTILINE)
SYMBOL = re.compile(r'<symbol id="([\w-]+)"')
ROWS: tuple[dict[str, Any], ...] = (
    {"who": "Jonas Weber", "subject": "Linen samples and delivery", "when": "09:52"},
    {"who": "Camille Roux", "subject": "Proofs of the autumn booklet", "when": "Mon", "unread": True, "clip": True},
    {"who": "Yuki Tanaka", "subject": "Re: Bindery", "when": "12 Oct", "answered": True, "starred": True},
    {"who": "The paper mill", "subject": "This month’s sheets", "when": "9 Oct", "is_machine": True, "forwarded": True},
    {"who": "Pia Lindqvist", "subject": "Open at the moment", "when": "8 Oct", "current": True},
    {"who": "Nobody yet", "subject": "An unfinished mail", "when": "7 Oct", "draft": True},
)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    tokens = TOKEN.findall((STATIC / "css" / "tokens.css").read_text().partition("@media")[0])
    context = {
        "colours": [name for name, value in tokens if value.startswith("#")],
        "others": [(name, value) for name, value in tokens if not value.startswith("#")],
        "icons": SYMBOL.findall((STATIC / "img" / "icons.svg").read_text()),
        "rows": [_row(number, values) for number, values in enumerate(ROWS, 1)],
        "furniture": furniture(get_language() or ""),
        "kinds": ("", "ok", "warn", "danger"),
    }
    return render(request, "styleguide/styleguide.html", context)


def _row(number: int, values: dict[str, Any]) -> Row:
    """As rows.py hands it to mailbox/_row.html."""
    states = dict.fromkeys(STATES, False)
    texts = {"uid": str(number), "url": "#rows", "pick": values["subject"], "moment": "", "iso": "", "hue": str(number)}
    initials = "".join(word[0] for word in values["who"].split()[:2])
    return Row(**{**states, **texts, "initials": initials, **values})  # type: ignore[typeddict-item]
