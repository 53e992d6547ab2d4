"""What there is to set about reading mail and the keyboard, for the search in the settings (accounts/finding.py)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.finding import Entry, register
from accounts.models import User
from webmail.mailbox.keys import SHORTCUTS

_PICTURES = pgettext_lazy("search words", "images, remote content, tracking, privacy, always allowed, senders, domains")
_KEPT = pgettext_lazy("search words", "offline, cache, without a network, stored, forget")
_SHORTCUTS = pgettext_lazy("search words", "hotkeys, keyboard shortcuts, letters, dictation, off")
_KEY = pgettext_lazy("search words", "key, shortcut, hotkey")


@register
def _reading(person: User) -> Iterator[Entry]:
    page = reverse("mailbox:pictures")
    yield Entry(_("Pictures in mail"), _("Privacy"), page, (_PICTURES,))
    yield Entry(_("Mail on this device"), _("Privacy"), f"{page}#kept", (_KEPT,))


@register
def _keys(person: User) -> Iterator[Entry]:
    page = reverse("mailbox:keyboard")
    yield Entry(_("Shortcuts of a single key"), _("Keyboard"), f"{page}#single-keys", (_SHORTCUTS,))
    for shortcut in SHORTCUTS.values():
        yield Entry(shortcut.label, _("Keyboard"), f"{page}#key-{shortcut.command}", (_KEY,))
