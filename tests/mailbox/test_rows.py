"""What a list row says; and that a remembered row is never another one's."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import get_template
from django.utils import timezone, translation

from accounts.models import Account
from webmail.mailbox.base import Flag, Folder, MessageRef, Page, Role, Summary
from webmail.mailbox.rows import (
    STATES,
    TEXTS,
    Row,
    days_of,
    drawn,
    furniture,
    is_machine,
    look_of,
    who_line,
    written,
)
from webmail.mime.types import Address, Headers


def test_who_line():
    assert who_line((Address("Ann", "a@x.test"), Address("", "b@x.test"))) == "Ann, b@x.test"
    assert who_line(()) == "(no sender)"
    assert who_line((), own=True) == "(no recipient)"
    assert who_line(tuple(Address(f"n{number}", "") for number in range(9))) == "n0, n1, n2, n3, n4 …"


def test_machines():
    assert is_machine(Headers(sender=(Address("Shop", "no-reply@shop.test"),)))
    assert is_machine(Headers(sender=(Address("List", "ann@x.test"),), list_id="<list.x.test>"))
    assert not is_machine(Headers(sender=(Address("Ann", "ann@x.test"),)))


LETTER = Summary(
    MessageRef("INBOX", 7, 1234),
    Headers(subject="Tea", sender=(Address("Ann", "ann@x.test"),), to=(Address("Zoe", "zoe@x.test"),)),
    frozenset[str](),
    datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
    size=400,
    has_attachments=False,
)


@pytest.fixture(autouse=True)
def _a_monday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 23, 14, 0, tzinfo=UTC))


INBOX = Folder("INBOX", "INBOX", Role.INBOX)


def rows(*summaries, account_id=1, role=Role.INBOX, suffix="", words=(), shelves=(), **options):
    """The rows' HTML and headings, of a list that was shown before with nothing changed."""
    page = Page(Folder("INBOX", "INBOX", role), 7, summaries or (LETTER,), 1, 1)
    days_of(look_of(Account(pk=1), INBOX, ""), Page(INBOX, 7, (LETTER,), 1, 1))
    look = look_of(Account(pk=account_id), page.folder, suffix, words, shelves)
    return "".join(day.title + day.html for day in days_of(look, page, **options))


def test_a_row_is_drawn_once():
    look = look_of(Account(pk=1), Folder("INBOX", "INBOX", Role.INBOX), "")
    assert drawn(look, [LETTER])[0] is drawn(look, [replace(LETTER)])[0]


def test_mail_with_many_recipients_takes_no_more_memory():
    look = look_of(Account(pk=1), Folder("INBOX", "INBOX", Role.INBOX), "")
    many = tuple(Address(f"{number}" * 200, f"{number}" * 320) for number in range(6))
    large = replace(LETTER, headers=replace(LETTER.headers, to=many, cc=many, bcc=many))
    first = drawn(look, [large])[0]
    drawn(look, [replace(large, ref=replace(large.ref, uid=uid)) for uid in range(10_000, 11_500)])
    assert drawn(look, [large])[0] is not first


def test_numbers_that_programs_read_stay_bare():
    with translation.override("fr"):
        assert 'data-uid="1234"' in rows()


def test_a_changed_flag_shows():
    assert 'aria-pressed="true"' not in rows()
    assert 'aria-pressed="true"' in rows(replace(LETTER, flags=frozenset({Flag.FLAGGED})))
    assert "is-unread" in rows()
    assert "is-unread" not in rows(replace(LETTER, flags=frozenset({Flag.SEEN})))
    assert "Replied." in rows(replace(LETTER, flags=frozenset({Flag.ANSWERED})))


def test_a_flag_that_is_taken_back_shows():
    starred = replace(LETTER, flags=frozenset({Flag.FLAGGED}))
    assert [rows(letter).count('aria-pressed="true"') for letter in (starred, LETTER, starred)] == [1, 0, 1]


def test_other_mail_under_the_same_number_shows():
    assert "Coffee" in rows(replace(LETTER, headers=replace(LETTER.headers, subject="Coffee")))


def test_another_language_shows():
    assert "Unread." in rows()
    with translation.override("fr"):
        french = rows()
    assert "Unread." not in french
    assert "Aujourd" in french


def test_another_zone_shows():
    assert ">09:05<" in rows()
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert ">18:05<" in rows()


def test_midnight_shows(monkeypatch):
    assert rows().startswith("Today")
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC))
    tomorrow = rows()
    assert tomorrow.startswith("Yesterday")
    assert ">Mon<" in tomorrow


def test_the_way_back_shows():
    assert "/7/1234/?page=2" in rows(suffix="?page=2")
    assert "/7/1234/?page=2" not in rows()


def test_the_open_row_shows():
    assert "aria-current" in rows(open_uid=1234)
    assert "aria-current" not in rows()


def test_own_mail_shows_its_recipient():
    assert "Zoe" in rows(role=Role.SENT)
    assert "Zoe" not in rows()


def test_two_accounts_with_the_same_mail():
    assert "/mail/1/INBOX/7/1234/" in rows()
    other = rows(account_id=2)
    assert "/mail/2/INBOX/7/1234/" in other
    assert "/mail/1/" not in other


@pytest.mark.parametrize("states", [(), STATES, *((state,) for state in STATES)])
def test_a_row_is_what_its_template_writes(states):
    evil = """<b>&amp;"'{x}%s""" + "\0who\0"
    row = dict.fromkeys(TEXTS, evil) | {state: state in states for state in STATES}
    with translation.override("fr"):
        context = {"row": row, "furniture": furniture("fr")}
        assert written(cast("Row", row), "fr") == get_template("mailbox/_row.html").render(context)


def titles(*moments, received=None, **options):
    """Headings over letters of these days of November 2026."""
    letters = [
        replace(
            LETTER,
            ref=replace(LETTER.ref, uid=number + 1),
            headers=replace(LETTER.headers, date=datetime(2026, 11, day, 12, tzinfo=UTC)),
            received=datetime(2026, 11, received[number] if received else day, 12, tzinfo=UTC),
        )
        for number, day in enumerate(moments)
    ]
    page = Page(INBOX, 7, tuple(letters), 1, len(letters))
    return [day.title for day in days_of(look_of(Account(pk=1), INBOX, ""), page, **options)]


def test_headings_while_the_days_fall_in_order():
    assert titles(23, 23, 22, 20, 18, 2) == ["Today", "Yesterday", "Last week", "Earlier this month"]
    assert titles(18, 20, 17) == ["Last week"], "what is in disorder under one heading does no harm"


def test_one_date_that_its_sender_made_up_moves_no_heading():
    assert titles(23, 2, 22, received=(23, 23, 22)) == ["Today", "Yesterday"]


def test_no_headings_where_nothing_is_in_order():
    assert titles(22, 23, 22) == [""]
    assert titles(23, 22, in_order=False) == [""]
    assert titles() == []


def test_what_was_searched_for_is_marked():
    found = rows(replace(LETTER, headers=replace(LETTER.headers, subject="<Tea> & tea")), words=("tea", "&", "nn"))
    assert "&lt;<mark>Tea</mark>&gt; <mark>&amp;</mark> <mark>tea</mark>" in found
    assert "A<mark>nn</mark>" in found
    assert "<mark>" not in rows()


def test_rows_of_several_folders_name_theirs():
    sent = Folder("Sent items", "Sent items", Role.SENT)
    elsewhere = replace(LETTER, ref=MessageRef("Sent items", 7, 1234))
    found = rows(LETTER, elsewhere, shelves=(INBOX, sent), open_uid=1234)
    assert ["Inbox" in found, ">Sent<" in found, "Zoe" in found] == [True, True, True]
    assert found.count('aria-current="true"') == 1, "of two messages with one number one is open"
    assert len(set(re.findall(r'id="row-([^"]+)"', found))) == 2
