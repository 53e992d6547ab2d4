"""Tags that every template may use: icons of the one sprite, and the look of an avatar."""

import re
import zlib

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

MIRRORED = {"send", "reply", "reply-all", "forward", "logout", "back", "next", "previous"}


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """One icon of static/img/icons.svg, hidden from assistive technology: the text beside it or an aria-label names
    it."""
    classes = "icon" + (" icon-16" if size == 16 else "") + (" icon-dir" if name in MIRRORED else "")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("img/icons.svg"), name
    )


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
