"""Tags that every template may use: icons of the one sprite, and the look of an avatar."""

import re
import zlib
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

MIRRORED = {"send", "reply", "reply-all", "forward", "logout", "back", "next", "previous"}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 20) -> SafeString:
    """One icon of static/img/icons.svg, hidden from assistive technology: the text beside it or an aria-label names
    it."""
    classes = "icon" + (" icon-16" if size == 16 else "") + (" icon-dir" if name in MIRRORED else "")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("img/icons.svg"), name
    )


@register.filter
def language_tag(code: str) -> str:
    """The language alone, as HTML names it: "en" for "en-iso", English with other dates (webmail/formats)."""
    return code.partition("-")[0]


@register.filter
def hue(address: str) -> int:
    """The colour of an address's avatar, 0 to 7: the same for ever, in any spelling."""
    return zlib.crc32(address.strip().lower().encode()) % 8


@register.filter
def initials(label: str) -> str:
    """One or two letters of a name; of an address, its first letter."""
    words = [word for word in re.split(r"[\s.,_\"'()<>-]+", label.split("@")[0]) if word and word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + words[-1][0]).upper() if len(words) > 1 else words[0][0].upper()


@register.filter
def grouped(number: int) -> str:
    """12,345 as the reader's language writes it. Not for every number: ids in addresses and forms stay bare."""
    return number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def file_size(octets: int) -> str:
    """The size of a file in the units that people know: thousands, as disks and providers count."""
    if octets < 1000:
        return ngettext("%(number)s byte", "%(number)s bytes", octets) % {"number": octets}
    if octets < 999_500:
        return _("%(number)s kB") % {"number": number_format(round(octets / 1e3))}
    if octets < 999_500_000:
        return _("%(number)s MB") % {"number": number_format(round(octets / 1e6, 1), 1)}
    return _("%(number)s GB") % {"number": number_format(round(octets / 1e9, 1), 1)}


@register.filter
def split_parts(text: str) -> list[str]:
    """ "a,b" as a list, for the examples of the style guide."""
    return text.split(",")
