"""A folder's name as a segment of a URL, there and back."""

from urllib.parse import quote, unquote, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from webmail.mailbox.converters import FolderConverter
from webmail.mailbox.folders import addressable

NAMES = [
    "INBOX",
    "Clients/Exhibition 2024",
    "a/b/c",
    "/",
    "//",
    "?",
    "what?",
    "#1",
    "100%",
    "%2F",
    "%2e%2e",
    ".",
    "..",
    "...",
    ".hidden",
    "ends.",
    "a.b.c",
    " leading",
    "trailing ",
    "two  spaces",
    "+",
    "a+b&c=d;e,f",
    "~",
    "~2F",
    "a~b",
    "back\\slash",
    '"quotes"',
    "<b>",
    "été à la mer",
    "Ame\u0301lie",
    "Amélie",
    "Å",
    "\u212b",
    "日本語",
    "العربية",
    "🎉",
    "\u200bzero width",
    "tab\tinside",
    "x" * 300,
]
converter = FolderConverter()


@pytest.mark.parametrize("name", NAMES)
def test_there_and_back(name):
    url = reverse("mailbox:folder", args=[7, name])
    assert resolve(unquote(url)).kwargs == {"account_id": 7, "folder": name}


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_or_proxy_changes_nothing(name):
    """Whatever is normalised on the way: percent-encoding undone and done again, dot segments, Unicode forms."""
    segment = converter.to_url(name)
    assert "/" not in segment
    assert unquote(segment) == segment
    assert segment not in {"", ".", ".."}
    assert segment == segment.strip()
    url = f"https://mail.example.org/mail/7/{quote(segment)}/"
    assert unquote(urlsplit(url).path.split("/")[3]) == segment
    assert converter.to_python(segment) == name


def test_readable():
    assert converter.to_url("Clients/Été 2024") == "Clients~2FÉté 2024"


@given(st.text(min_size=1, max_size=50).filter(addressable))
def test_any_name(name):
    assert converter.to_python(converter.to_url(name)) == name


@pytest.mark.parametrize("segment", ["~", "~2", "~zz", "a~", "~FF", "~0D~0A", "~00", "line\r\nbreak", "~ED~A0~80"])
def test_what_is_no_name_is_404(segment):
    with pytest.raises(Resolver404):
        resolve(f"/mail/7/{segment}/")
