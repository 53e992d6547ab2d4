"""What is typed into the search box."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mailbox.query import Query, parse, search_keys
from webmail.protocols.imap_parse import search_argument


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Query()),
        ("   ", Query()),
        ("tea", Query(text=("tea",))),
        ("blue cups", Query(text=("blue", "cups"))),
        ('"blue cups" tea', Query(text=("blue cups", "tea"))),
        ("from:ann", Query(sender=("ann",))),
        ('FROM:"Ann Lee" to:ben subject:tea', Query(sender=("Ann Lee",), to=("ben",), subject=("tea",))),
        ("is:unread has:attachment is:starred", Query(unread=True, starred=True, attachment=True)),
        ("is:read is:unstarred", Query(unread=False, starred=False)),
        (
            "before:2026-01-31 after:2025-12-01",
            Query(before=date(2026, 1, 31), after=date(2025, 12, 1)),
        ),
        ("before:soon", Query(text=("before:soon",))),
        ("re:zero is:odd", Query(text=("re:zero", "is:odd"))),
        ("from:", Query(text=("from:",))),
        ('"open end', Query(text=("open end",))),
        ('""', Query()),
    ],
)
def test_parse(typed, query):
    assert parse(typed) == query


def test_a_query_without_conditions_is_false():
    assert not parse(" ")
    assert parse("is:read")


@given(st.text(max_size=200))
def test_whatever_is_typed_makes_one_harmless_command(typed):
    query = parse(typed)
    for words in (query.text, query.sender, query.to, query.subject):
        assert not any(ord(letter) < 32 or ord(letter) == 127 for word in words for letter in word)
    segments = search_argument(search_keys(query))
    assert not any(octet in b"\r\n\0" for segment in segments for octet in segment)


def test_search_keys():
    query = parse("from:ann to:ben is:unread has:attachment after:2026-01-02 tea")
    assert search_keys(query) == [
        *("FROM", "ann", "TEXT", "tea", "OR", "TO", "ben", "CC", "ben", "UNSEEN"),
        *("HEADER", "Content-Type", "multipart/mixed", "SENTSINCE", date(2026, 1, 2)),
    ]
    assert search_keys(Query()) == ["ALL"]
