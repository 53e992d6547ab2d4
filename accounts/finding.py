"""Looking for a setting by any word of it.

Each room tells of its settings: register(source) at start-up → find() asks all sources for what this person has →
entries whose label, page, hint or synonyms, in any language of the site, hold every word that was typed; those with a
hit in the label first. Nothing is stored.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.sections import APPEARANCE, SECTIONS, Words

LONGEST = 100  # characters of a question
AMOUNT = 12


class Entry(NamedTuple):
    """One thing to set: where it is, and what it is found by beside its label and its page's name."""

    label: Words
    page: Words
    url: str
    words: tuple[Words, ...] = ()


Source = Callable[[User], Iterable[Entry]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """A decorator."""
    _sources.append(source)
    return source


def find(person: User, asked: str) -> list[Entry]:
    """At most AMOUNT, best first."""
    wanted = _plain(asked).split()
    if not wanted:
        return []
    entries = [entry for source in _sources for entry in source(person)]
    found = [entry for entry in entries if all(_begins(word, _all_words(entry)) for word in wanted)]
    found.sort(key=lambda entry: not all(_begins(word, _plain(str(entry.label))) for word in wanted))
    return found[:AMOUNT]


def _begins(word: str, text: str) -> bool:
    """Whether a word of the text begins so."""
    return f" {word}" in f" {text}"


def _all_words(entry: Entry) -> str:
    """In every language of the site: people type what they know a thing as."""
    texts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts += [str(text) for text in (entry.label, entry.page, *entry.words)]
    return _plain(" ".join(texts))


def _plain(text: str) -> str:
    """Small letters without accents, words with one blank between."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", bare.casefold()))


@register
def _preferences(person: User) -> Iterator[Entry]:
    for section in SECTIONS.values():
        page = reverse(f"accounts:{section.name}")
        for setting in section.settings:
            yield Entry(setting.label, section.title, f"{page}#{setting.anchor}", (setting.hint, setting.words))


@register
def _layout(person: User) -> Iterator[Entry]:
    words = pgettext_lazy("search words", "reading pane, density, compact, spacing, split, layout, folder column")
    yield Entry(_("How the window is divided"), APPEARANCE.title, f"{reverse('accounts:appearance')}#layout", (words,))


@register
def _security(person: User) -> Iterator[Entry]:
    page, words = reverse("accounts:security"), pgettext_lazy("search words", "sign out, log out, devices, theft, lost")
    yield Entry(_("Password"), _("Security"), reverse("accounts:password"), (_("Change your password"),))
    yield Entry(_("Where you are signed in"), _("Security"), f"{page}#sessions", (words,))


@register
def _accounts(person: User) -> Iterator[Entry]:
    yield Entry(_("Add an account"), _("Accounts"), reverse("accounts:account_add"), (_NEW_ACCOUNT,))
    for account in person.mail_accounts():
        page = reverse("accounts:account_change", args=[account.pk])
        yield Entry(_("Your name, address and signature"), account.label, f"{page}#identity", (_IDENTITY,))
        yield Entry(_("Receiving"), account.label, f"{page}#receiving", (_SERVERS,))
        yield Entry(_("Sending"), account.label, f"{page}#sending", (_SERVERS,))
        yield Entry(_("Connection doctor"), account.label, f"{page}#doctor", (_DOCTOR,))


_NEW_ACCOUNT = pgettext_lazy("search words", "new mailbox, another address, IMAP, POP3, import")
_IDENTITY = pgettext_lazy("search words", "identity, sender, from, footer")
_SERVERS = pgettext_lazy("search words", "server, host, port, password, IMAP, POP3, SMTP, TLS, certificate")
_DOCTOR = pgettext_lazy("search words", "test, error, problem, does not work")
