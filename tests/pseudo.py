"""Languages that nobody speaks, made while the tests run: every sentence longer and in brackets.

catalogues(folder) writes them; a product whose DJANGO_SETTINGS_MODULE is this file, with PSEUDO_LOCALES naming that
folder, has two languages. "en" is English in brackets, with 40 % more letters: what stands outside of brackets on a
page is hard-coded, what is cut has too little room. "ar" is the same from right to left.
"""

import os
import re
from importlib.resources import files
from pathlib import Path

import polib

from webmail.settings import *  # noqa: F403

LANGUAGES = [("en", "English"), ("ar", "Right to left")]  # type: ignore[list-item]
LOCALE_PATHS = [Path(os.environ.get("PSEUDO_LOCALES", "/nowhere"))]

ROOT = Path(__file__).resolve().parent.parent
MORE = 0.4
FILLING = "ëxträ löng "


def catalogues(folder: Path) -> None:
    """Of the product's own sentences, and of Django's that it shows."""
    own = polib.pofile(str(ROOT / "webmail" / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    django = polib.pofile(str(files("django.contrib.auth").joinpath("locale/en/LC_MESSAGES/django.po")))
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    known: set[tuple[str, str]] = set()
    for entry in (*own, *django):
        if entry.obsolete or (entry.msgctxt or "", entry.msgid) in known:
            continue
        known.add((entry.msgctxt or "", entry.msgid))
        made.append(_stretched(entry))
    for language, _name in LANGUAGES:
        target = folder / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True)
        made.save_as_mofile(str(target))


def _stretched(entry: polib.POEntry) -> polib.POEntry:
    same = {"msgid": entry.msgid, "msgctxt": entry.msgctxt}
    if entry.msgid_plural:
        texts = {0: stretched(entry.msgid), 1: stretched(entry.msgid_plural)}
        return polib.POEntry(**same, msgid_plural=entry.msgid_plural, msgstr_plural=texts)
    return polib.POEntry(**same, msgstr=stretched(entry.msgid))


def stretched(text: str) -> str:
    """ "Move to" → "[Move to ëxt]": placeholders stay as they are, and a name of a key does not become a word."""
    letters = len(re.sub(r"%\(\w+\)[sd]|%[sd]|<[^>]*>", "", text))
    more = (FILLING * (1 + letters // len(FILLING)))[: round(letters * MORE)].strip()
    head, tail = (text[0], "") if text.startswith("\n") else ("", "")
    tail = "\n" if text.endswith("\n") else tail
    return f"{head}[{text.strip(chr(10))}{' ' + more if more else ''}]{tail}"
