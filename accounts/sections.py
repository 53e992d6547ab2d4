"""The pages of the settings, and each single setting by the words people look for it with.

SECTIONS → views/preferences.py shows a section's columns of User, one by one → finding.py searches the same table.
`words` are what else somebody might type for it, in the reader's language; the search looks at those of every language.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = str | Promise


class Setting(NamedTuple):
    """`name`: the column of User (preferences.py)."""

    name: str
    label: Words
    hint: Words
    words: Words

    @property
    def anchor(self) -> str:
        return f"setting-{self.name}"


class Section(NamedTuple):
    """`name`: its address is accounts:<name>."""

    name: str
    title: Words
    icon: str
    settings: tuple[Setting, ...]

    @property
    def names(self) -> list[str]:
        return [setting.name for setting in self.settings]


YOU = Section(
    "profile",
    _("You and your language"),
    "user",
    (
        Setting(
            "name",
            _("Your name"),
            _("How this site greets you. What recipients see is set with each account."),
            pgettext_lazy("search words", "first name, surname, profile"),
        ),
        Setting(
            "language",
            _("Language"),
            _("Of this site; mail stays as it was written."),
            pgettext_lazy("search words", "translation, English, French, locale"),
        ),
        Setting(
            "time_zone",
            _("Time zone"),
            _("In which the dates of mail are shown."),
            pgettext_lazy("search words", "clock, hour, country, GMT, UTC, summer time"),
        ),
        Setting(
            "date_form",
            _("Dates and times"),
            "",
            pgettext_lazy("search words", "date format, 12 hours, 24 hours, AM, PM, calendar"),
        ),
    ),
)
APPEARANCE = Section(
    "appearance",
    _("Appearance"),
    "theme",
    (
        Setting(
            "theme",
            _("Theme"),
            _("The button at the foot of the folder column changes it on one device alone."),
            pgettext_lazy("search words", "dark mode, night, light, colours, contrast"),
        ),
    ),
)
READING = Section(
    "reading",
    _("Reading"),
    "mail-open",
    (
        Setting(
            "read_after",
            _("Mark an opened message as read"),
            _("Whatever you choose, you can mark it yourself at any time."),
            pgettext_lazy("search words", "unread, seen, automatically, seconds, delay"),
        ),
        Setting(
            "after_act",
            _("After archiving, moving or deleting, open"),
            _("Where list and message are seen side by side."),
            pgettext_lazy("search words", "next message, previous, advance, delete, return"),
        ),
    ),
)
WRITING = Section(
    "writing",
    _("Writing"),
    "compose",
    (
        Setting(
            "quote_place",
            _("Place of the quoted text in a reply"),
            _("The signature stands right below your own words."),
            pgettext_lazy("search words", "quote, answer, top posting, bottom posting, original"),
        ),
        Setting(
            "undo_seconds",
            _("When you press Send, mail shall"),
            _("As long as it waits you can take it back, from any page, even if you closed this one meanwhile."),
            pgettext_lazy("search words", "undo send, take back, recall, delay, seconds"),
        ),
    ),
)
SECTIONS = {section.name: section for section in (YOU, APPEARANCE, READING, WRITING)}
