"""Both catalogues hold every sentence of the interface, translated and certain; and they hold nothing else.

What the extraction of messages can't see is looked for here: sentences inside f-strings, words of a template outside
its tags. French keeps its typography: spaces that never break, its own apostrophe and quotation marks.
"""

import ast
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
TAG_OR_COMMENT = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->", re.DOTALL)
WORDS_OF_NO_LANGUAGE = {"IMAP", "POP3", "SMTP", "Message-ID"}
NOT_FRENCH = {
    "a space that breaks before a sign": re.compile(r" [:;?!»](?:\s|$)|« "),
    "no space before a sign": re.compile(r"[^\s\u00a0\u202f/][;?!»](?:\s|$)|\w:(?:\s|$)"),
    "a straight apostrophe": re.compile(r"\w'\w"),
    "an English quotation mark": re.compile("[“”]"),
    "an exclamation mark": re.compile(r"!(?!\w)"),
    "a word of another glossary": re.compile(r"\b(?:courriels?|e-?mails?|pourriels?|spams?)\b", re.IGNORECASE),
}

# Words that French spells as English does, each looked at.
# fmt: off
SAME_IN_FRENCH = {
    "Actions", "Admin", "Admins", "Date", "Menu", "Message", "Messages", "Pages", "admins", "message", "occurrence",
    "Source", "port", "signature",
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_and_certain(language: str) -> None:
    unsure = [entry.msgid for entry in catalogue(language) if entry.fuzzy or not all(translations(entry))]
    assert unsure == []


def test_french_is_french() -> None:
    english = [entry.msgid for entry in catalogue("fr") if entry.msgstr == entry.msgid and len(entry.msgid) > 3]
    assert sorted(set(english) - SAME_IN_FRENCH) == []


@pytest.mark.parametrize("fault", NOT_FRENCH)
def test_french_keeps_its_typography(fault: str) -> None:
    texts = [text for entry in catalogue("fr") for text in translations(entry)]
    assert [text for text in texts if NOT_FRENCH[fault].search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language: str) -> None:
    for entry in catalogue(language):
        wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        for text in filter(None, translations(entry)):
            assert set(PLACEHOLDER.findall(text)) <= wanted, entry.msgid
            if not entry.msgid_plural:
                assert set(PLACEHOLDER.findall(text)) == wanted, entry.msgid


def test_english_says_what_the_code_says() -> None:
    """Its catalogue gives it its plurals; a sentence differs nowhere."""
    changed = [entry.msgid for entry in catalogue("en") if not entry.msgid_plural and entry.msgstr != entry.msgid]
    assert changed == []


def test_no_sentence_hides_in_an_f_string() -> None:
    names = {"_", "gettext", "ngettext", "pgettext", "gettext_lazy", "ngettext_lazy", "pgettext_lazy"}
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for folder in ("accounts", "webmail")
        for path in (ROOT / folder).rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names
    ]
    assert hidden == []


# The style guide is for developers and speaks English alone.
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if path.stem != "styleguide")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    source = re.sub(r"\{% (comment|blocktranslate)\b.*?\{% end\1 %\}", "", path.read_text(), flags=re.DOTALL)
    source = TAG_OR_COMMENT.sub("", source)
    shown = re.findall(r">([^<>]*)<", source) + re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"', source)
    words = {word for text in shown for word in re.findall(r"[A-Za-z][\w-]{2,}", text)}
    assert words - WORDS_OF_NO_LANGUAGE - {"Shift", "Ctrl", "Enter"} == set()
