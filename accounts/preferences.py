"""What each person may set for themselves: columns of their own row, which every request reads anyway.

A page of the settings (views/preferences.py) → one column of User → who acts by it: middleware.py the language, the
zone and the form of dates, base.html the theme, webmail/mailbox reading and keys, webmail/compose writing. Nothing of
this is cached; it holds from the next request on. How a window is divided belongs to the device (static/js/layout.js).
"""

from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def known_time_zone(name: str) -> None:
    if name and name not in available_timezones():
        raise ValidationError(_("This time zone is not known."))


class Preferences(models.Model):
    class Theme(models.TextChoices):
        SYSTEM = "", _("Like the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class DateForm(models.TextChoices):
        """The value is the second part of a language's code, under which its formats lie (webmail/formats)."""

        OF_LANGUAGE = "", _("As the language has it")
        ISO = "iso", "2026-01-31, 14:05"
        AMERICAN = "us", _("1/31/2026, 2:05 PM")

    class AfterAct(models.TextChoices):
        NEXT = "next", _("The next, older message")
        PREVIOUS = "previous", _("The previous, newer message")
        LIST = "list", _("None: back to the list")

    class QuotePlace(models.TextChoices):
        BELOW = "below", _("Below what I write")
        ABOVE = "above", _("Above what I write")

    NEVER = -1
    READ_AFTER = [
        (0, _("At once")),
        (2, _("After 2 seconds")),
        (5, _("After 5 seconds")),
        (NEVER, pgettext_lazy("mark as read", "Never by itself")),
    ]
    UNDO_SECONDS = [
        (0, _("Leave at once")),
        (5, _("Wait 5 seconds")),
        (10, _("Wait 10 seconds")),
        (20, _("Wait 20 seconds")),
        (30, _("Wait 30 seconds")),
    ]
    language = models.CharField(_("language"), max_length=10, blank=True, choices=settings.LANGUAGES)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[known_time_zone])
    date_form = models.CharField(_("dates"), max_length=4, blank=True, choices=DateForm, default=DateForm.OF_LANGUAGE)
    theme = models.CharField(_("appearance"), max_length=8, blank=True, choices=Theme, default=Theme.SYSTEM)

    read_after = models.SmallIntegerField(_("mark as read"), choices=READ_AFTER, default=0)  # seconds, or NEVER
    after_act = models.CharField(_("afterwards open"), max_length=8, choices=AfterAct, default=AfterAct.NEXT)
    quote_place = models.CharField(_("quoted text"), max_length=5, choices=QuotePlace, default=QuotePlace.BELOW)
    undo_seconds = models.PositiveSmallIntegerField(_("undo sending"), choices=UNDO_SECONDS, default=10)

    single_keys = models.BooleanField(_("Shortcuts of a single key"), default=True)
    keys = models.JSONField(_("keys"), blank=True, default=dict)  # {command: [keys, …]}, what differs from keys.py
    wants_hints = models.BooleanField(_("hints for beginners"), default=True)

    class Meta:
        abstract = True

    @property
    def own_keys(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """`keys` as what they depend on is remembered under (webmail/mailbox/remembered.py)."""
        return tuple((command, tuple(keys)) for command, keys in sorted(self.keys.items()))
