"""What is typed into the search box."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from webmail.mailbox.query import (
    Clause,
    Condition,
    Field,
    Query,
    Remark,
    Scope,
    Sort,
    clause_of,
    parse,
    search_keys,
    written,
)
from webmail.protocols.imap_parse import search_argument


def all_of(*conditions: tuple) -> Query:
    """Each (field, value) or (field, value, True) for a negated one."""
    return Query(tuple(Clause((Condition(*each),)) for each in conditions))


@pytest.fixture(autouse=True)
def _a_monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 14, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Query()),
        ("   ", Query()),
        ("tea", all_of((Field.TEXT, "tea"))),
        ("blue cups", all_of((Field.TEXT, "blue"), (Field.TEXT, "cups"))),
        ('"blue cups" tea', all_of((Field.TEXT, "blue cups"), (Field.TEXT, "tea"))),
        ("from:ann", all_of((Field.FROM, "ann"))),
        ("from: ann", all_of((Field.FROM, "ann"))),
        (
            'FROM:"Ann Lee" to:ben subject:tea',
            all_of((Field.FROM, "Ann Lee"), (Field.TO, "ben"), (Field.SUBJECT, "tea")),
        ),
        ("cc:zoe body:cups filename:plan", all_of((Field.CC, "zoe"), (Field.BODY, "cups"), (Field.FILENAME, "plan"))),
        ("de:ann à:ben objet:thé", all_of((Field.FROM, "ann"), (Field.TO, "ben"), (Field.SUBJECT, "thé"))),
        ("a\u0300:ben", all_of((Field.TO, "ben"))),
        (
            "is:unread has:attachment is:starred",
            all_of((Field.UNREAD, True), (Field.ATTACHMENT, True), (Field.STARRED, True)),
        ),
        ("est:non-lu avec:fichier", all_of((Field.UNREAD, True), (Field.ATTACHMENT, True))),
        ("is:read is:unstarred", all_of((Field.UNREAD, False), (Field.STARRED, False))),
        ("is:answered", all_of((Field.ANSWERED, True))),
        ("-from:ann -tea", all_of((Field.FROM, "ann", True), (Field.TEXT, "tea", True))),
        ('-"blue cups"', all_of((Field.TEXT, "blue cups", True))),
        ("-is:unread", all_of((Field.UNREAD, True, True))),
        ("e-mail -", all_of((Field.TEXT, "e-mail"), (Field.TEXT, "-"))),
        (
            "before:2026-01-31 after:2025-12",
            all_of((Field.BEFORE, date(2026, 1, 31)), (Field.AFTER, date(2025, 12, 1))),
        ),
        ("after:2026/1/2 avant:2027", all_of((Field.AFTER, date(2026, 1, 2)), (Field.BEFORE, date(2027, 1, 1)))),
        ("after:yesterday", all_of((Field.AFTER, date(2026, 11, 22)))),
        ("older_than:2w newer_than:1y", all_of((Field.BEFORE, date(2026, 11, 9)), (Field.AFTER, date(2025, 11, 23)))),
        ("plus_vieux:3j", all_of((Field.BEFORE, date(2026, 11, 20)))),
        ("larger:5M smaller:300kb", all_of((Field.LARGER, 5_000_000), (Field.SMALLER, 300_000))),
        ("larger:9999999999g", all_of((Field.LARGER, 2**32 - 1))),
        ('"open end', all_of((Field.TEXT, "open end"))),
        ('""', Query()),
        ("OR", Query()),
        ("in:all", Query(scope=Scope.ALL)),
        ("dans:partout tri:taille", Query(scope=Scope.ANYWHERE, sort=Sort.SIZE)),
        ("sort:newest in:here", Query()),
    ],
)
def test_parse(typed, query):
    assert parse(typed) == query
    assert parse(typed).remarks == ()


def test_one_of_several():
    [clause, other] = parse("from:ann OR to:ben OU tea unread").clauses
    assert clause.conditions == (Condition(Field.FROM, "ann"), Condition(Field.TO, "ben"), Condition(Field.TEXT, "tea"))
    assert other.typed == "unread"
    assert parse('"OR" tea') == all_of((Field.TEXT, "OR"), (Field.TEXT, "tea"))


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("before:soon", "before"),
        ("after:2026-02-31", "after"),
        ("older_than:99999y", "older_than"),
        ("larger:big", "larger"),
        ("is:odd", "is"),
        ("has:fun", "has"),
        ("in:nowhere", "in"),
        ("sort:colour", "sort"),
        ("form:ann", "operator"),
        ("re:zero", "operator"),
    ],
)
def test_what_is_not_understood_is_searched_for_as_it_stands_and_told(typed, kind):
    query = parse(typed)
    assert query == all_of((Field.TEXT, typed))
    assert query.remarks == (Remark(kind, typed),)


def test_an_address_of_the_web_is_no_mistake():
    assert parse("https://example.org").remarks == ()
    assert parse("from:").remarks == ()


def test_a_query_without_conditions_is_false():
    assert not parse(" ")
    assert parse("is:read")
    assert parse("sort:oldest")


@given(st.text(max_size=200))
def test_whatever_is_typed_makes_one_harmless_command(typed):
    query = parse(typed)
    for condition in query.conditions:
        assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in str(condition.value))
    segments = search_argument(search_keys(query))
    assert not any(octet in b"\r\n\0" for segment in segments for octet in segment)


TERMS = st.sampled_from(
    ["from:ann", '-"blue cups"', "OR", "tea", "is:unread", "in:all", "sort:size", "x:y", '"OR"', ":", "-"]
)


@given(st.one_of(st.text(max_size=80), st.lists(TERMS, max_size=8).map(" ".join)), st.sampled_from(["en", "fr"]))
def test_what_is_written_again_means_the_same(typed, language):
    query = parse(typed)
    assert parse(written(query.clauses, query.scope, query.sort, language)) == query


@pytest.mark.parametrize(
    ("about", "value", "english", "french"),
    [
        (Field.UNREAD, True, "is:unread", "est:non-lu"),
        (Field.FROM, "Ann Lee", 'from:"Ann Lee"', 'de:"Ann Lee"'),
        (Field.TEXT, "-tea", '"-tea"', '"-tea"'),
        (Field.AFTER, date(2026, 1, 2), "after:2026-01-02", "après:2026-01-02"),
        (Field.LARGER, 5_000_000, "larger:5000000", "plus_grand:5000000"),
    ],
)
def test_one_condition_as_it_is_typed(about, value, english, french):
    for language, typed in (("en", english), ("fr", french)):
        clause = clause_of(about, value, language)
        assert clause.typed == typed
        assert parse(typed).clauses == (clause,)


def test_search_keys():
    query = parse("from:ann to:ben is:unread has:attachment after:2026-01-02 tea larger:1k is:answered")
    assert search_keys(query) == [
        *("FROM", "ann", "OR", "TO", "ben", "CC", "ben", "UNSEEN", "HEADER", "Content-Type", "multipart/mixed"),
        *("SENTSINCE", date(2026, 1, 2), "TEXT", "tea", "LARGER", 1000, "ANSWERED"),
    ]
    assert search_keys(parse("-is:starred a OR b OR c")) == [
        *("NOT", ["FLAGGED"], "OR", ["TEXT", "a"], ["OR", ["TEXT", "b"], ["TEXT", "c"]]),
    ]
    assert search_keys(Query()) == ["ALL"]


def test_words_that_a_row_may_show():
    assert parse("from:ann -ben tea body:x is:unread").words == ("ann", "tea")
