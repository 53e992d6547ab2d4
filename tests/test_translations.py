"""Both catalogues hold every sentence of the interface, translated and certain; and they hold nothing else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "fr")
CODE = ("accounts", "webmail", "templates", "static/js", "manage.py")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

# Words that French spells as English does, each looked at.
# fmt: off
SAME_IN_FRENCH = {
    "Action", "Actions", "Admin", "Administration", "Admins", "admins", "occurrence", "Menu", "Pages", "Archive", "Archives", "Conversation", "Date", "Description", "Destination",
    "Français", "IMAP", "Message", "Messages", "Notifications", "Options", "POP3", "Page", "Port", "Protection", "SMTP",
    "STARTTLS", "Signature", "TLS", "Type", "Version", "Webmail", "image", "images", "message", "messages", "port",
    "signature",
}
# fmt: on


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "webmail" / "locale" / language / "LC_MESSAGES" / "django.po"))


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.fixture(scope="module")
def sentences_of_the_code(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """(context, msgid) of everything the code marks for translation."""
    folder = tmp_path_factory.mktemp("messages")
    for name in CODE:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.po", "*.mo", "__pycache__"))
        elif source.exists():
            shutil.copy(source, target)
    (folder / "webmail" / "locale").mkdir(exist_ok=True)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "en", "--verbosity", "0"]
    done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = polib.pofile(str(folder / "webmail" / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    return {(entry.msgctxt or "", entry.msgid) for entry in made}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_in_the_catalogue(language: str, sentences_of_the_code: set[tuple[str, str]]) -> None:
    there = {(entry.msgctxt or "", entry.msgid) for entry in catalogue(language) if not entry.obsolete}
    assert sorted(sentences_of_the_code - there) == [], "missing: make messages, then translate"
    assert sorted(there - sentences_of_the_code) == [], "no longer in the code: make messages"


def test_french_is_complete_and_certain() -> None:
    unsure = [entry.msgid for entry in catalogue("fr") if entry.fuzzy or not all(translations(entry))]
    assert unsure == []


def test_french_is_french() -> None:
    english = [entry.msgid for entry in catalogue("fr") if entry.msgstr == entry.msgid and len(entry.msgid) > 3]
    assert sorted(set(english) - SAME_IN_FRENCH) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language: str) -> None:
    for entry in catalogue(language):
        wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        for text in filter(None, translations(entry)):
            assert set(PLACEHOLDER.findall(text)) <= wanted, entry.msgid
            if not entry.msgid_plural:
                assert set(PLACEHOLDER.findall(text)) == wanted, entry.msgid


def test_english_says_what_the_code_says() -> None:
    """Its catalogue exists for plurals and dates; a sentence differs nowhere."""
    changed = [entry.msgid for entry in catalogue("en") if entry.msgstr not in ("", entry.msgid)]
    assert changed == []
