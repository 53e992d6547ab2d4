"""Pieces of pages that are written once and remembered: to write all furniture anew would cost a third of a page.

{% remembered template name=value … %} → html() → what is remembered for these values and this language, else the
template, rendered from them alone → the request's CSRF token in its place. As a piece can show nothing but its values,
nothing has to be forgotten, and nobody sees another person's. It lies in this process, bounded; a restart writes anew.
"""

import secrets
import sys
from collections.abc import Hashable, Mapping

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from webmail.mailbox.kept import Bounded

REMEMBERED_OCTETS = 2 * 2**20  # in this process: several hundred pieces
HOLE = secrets.token_hex(16)  # where a form's CSRF token goes; nobody can put this into a value

_remembered: Bounded[str] = Bounded(REMEMBERED_OCTETS)


def html(template: str, values: Mapping[str, Hashable], csrf_token: str) -> SafeString:
    """What this template makes of these values; it has no request, and no others."""
    key = (template, get_language(), *values.items())
    [known] = _remembered.get_many([key])
    return mark_safe((known or _write(template, values, key)).replace(HOLE, csrf_token))  # noqa: S308 (a template's)


def _write(template: str, values: Mapping[str, Hashable], key: Hashable) -> str:
    written = get_template(template).render({**values, "csrf_token": HOLE}).strip()
    _remembered.set(key, written, 2 * sys.getsizeof(written))  # the texts in it are in the key once more
    return written
