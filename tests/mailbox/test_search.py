"""Searching from the list: filters and chips, all folders, orders, acts on what was found, recent searches."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from accounts.models import Account
from tests.mailbox.letters import PLAIN, plain, with_file
from tests.mailbox.test_lists import HTMX, folder_url
from webmail.mailbox import history
from webmail.mailbox.hits import key_of, selections
from webmail.mailbox.models import SearchHistory
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.query import parse
from webmail.mailbox.tools import Searched, filters, orders, searched


def asked(suffix: str) -> str:
    """The search that a link leads to."""
    return parse_qs(urlsplit(suffix).query).get("q", [""])[0]


def said(q: str) -> Searched:
    found = searched(q)
    assert found
    return found


# -- links


def test_a_filter_is_one_click_on_and_off():
    assert [(each.current, asked(each.suffix)) for each in filters("")] == [
        (False, "is:unread"),
        (False, "is:starred"),
        (False, "has:attachment"),
    ]
    on = filters("from:ann is:unread in:all")
    assert [each.current for each in on] == [True, False, False]
    assert asked(on[0].suffix) == "from:ann in:all"
    assert asked(on[1].suffix) == "from:ann is:unread is:starred in:all"
    assert filters("is:unread")[0].suffix == "?", "all mail, not this page again"


def test_a_chip_leads_to_the_search_without_it():
    found = said('from:ann OR from:ben -"blue cups" after:2026-01-31 larger:5M sort:size')
    assert [(chip.label, asked(chip.suffix)) for chip in found.chips] == [
        ("From: ann or From: ben", '-"blue cups" after:2026-01-31 larger:5M sort:size'),
        ("Not: “blue cups”", "from:ann OR from:ben after:2026-01-31 larger:5M sort:size"),
        ("Since 31 Jan 2026", 'from:ann OR from:ben -"blue cups" larger:5M sort:size'),
        ("Larger than 5.0 MB", 'from:ann OR from:ben -"blue cups" after:2026-01-31 sort:size'),
    ]
    assert asked(found.clear) == "sort:size"
    assert searched("sort:size") is None


def test_where_to_search():
    here = said("tea")
    assert [(each.current, asked(each.suffix)) for each in here.scopes] == [(True, "tea"), (False, "tea in:all")]
    wide = said("tea in:all")
    assert [(each.current, asked(each.suffix)) for each in wide.scopes] == [(False, "tea"), (True, "tea in:all")]
    assert (wide.everywhere, asked(wide.anywhere)) == ("", "tea in:anywhere")
    assert said("tea in:anywhere").anywhere == ""


def test_orders():
    assert [asked(each.suffix) for each in orders("tea")] == [
        *("tea", "tea sort:oldest", "tea sort:from", "tea sort:subject", "tea sort:size"),
    ]
    assert [each.current for each in orders("sort:size")] == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("form:ann", "There is no operator “form:”"),
        ("-form:ann", "There is no operator “form:”"),
        ("before:soon", "write it like before:2026-01-31"),
        ("is:odd", "write it like is:unread"),
        ("filename:plan", "Names of files are looked for"),
    ],
)
def test_what_was_not_understood_is_told(typed, words):
    [remark] = said(typed).remarks
    assert words in remark


# -- pages


def test_a_search_is_told_on_its_page(alice_client, account, box):
    box.append("INBOX", PLAIN)
    page = alice_client.get(folder_url(account, query="?q=subject:tea+form:x")).content.decode()
    for words in ("Subject: tea", "There is no operator", "No mail matches this search", "Search all folders"):
        assert words in page
    found = alice_client.get(folder_url(account, query="?q=subject:tea")).content.decode()
    assert "<mark>Tea</mark> at four" in found


def test_all_folders_on_one_page(alice_client, account, box):
    box.append("INBOX", plain("Cups one"))
    box.append("Archive", plain("Cups two"))
    box.append("Trash", plain("Cups three"))
    page = alice_client.get(folder_url(account, query="?q=subject:cups+in:all")).content.decode()
    assert ["one" in page, "two" in page, "three" in page] == [True, True, False]
    assert page.count("row-place") == 2
    assert "Spam, Trash left out." in page
    assert "in%3Aanywhere" in page
    there_too = alice_client.get(folder_url(account, query="?q=subject:cups+in:anywhere")).content.decode()
    assert "three" in there_too
    assert "left out" not in there_too


def test_an_order_has_no_headings(alice_client, account, box):
    box.append("INBOX", PLAIN)
    assert 'role="columnheader"' in alice_client.get(folder_url(account)).content.decode()
    ordered = alice_client.get(folder_url(account, query="?q=sort:subject")).content.decode()
    assert "Tea at four" in ordered
    assert 'role="columnheader"' not in ordered


def test_a_message_opened_from_all_folders_has_its_list_beside_it(alice_client, account, box):
    box.append("INBOX", plain("Cups one"))
    box.append("Archive", plain("Cups two"))
    page = alice_client.get(folder_url(account, query="?q=subject:cups+in:all")).content.decode()
    link = next(unescape(href) for href in re.findall(r'href="([^"]+)"', page) if "/Archive/" in href and "q=" in href)
    opened = alice_client.get(link).content.decode()
    assert "Cups one" in opened
    assert (
        opened.count('aria-current="true" hx') + len(re.findall(r'id="row-\S+" [^>]*aria-current="true"', opened)) == 1
    )


def test_mail_that_is_read_meanwhile_moves_no_other_to_another_page(alice_client, account, box):
    for number in range(60):
        box.append("INBOX", plain(f"number {number}."))
    unread = parse("is:unread")
    first = box.list_messages("INBOX", 1, unread)
    box.set_flags("INBOX", first.uidvalidity, [row.ref.uid for row in first.rows[:20]], add=("\\Seen",))
    with open_mailbox(account) as later:
        second = later.list_messages("INBOX", 2, unread)
        assert [row.headers.subject for row in second.rows] == [f"number {number}." for number in range(9, -1, -1)]
        again = later.list_messages("INBOX", 1, unread)
    assert again.total == 40


# -- acts on hits


def keys(page: str) -> list[str]:
    return re.findall(r'name="uid" value="([^"]+)"', page)


def test_an_act_on_hits_of_several_folders(alice_client, account, box):
    box.append("INBOX", plain("Cups one"))
    box.append("Sent", plain("Cups two"))
    page = alice_client.get(folder_url(account, query="?q=subject:cups+in:all")).content.decode()
    [act] = re.findall(r'id="acts" method="post" action="([^"]+)"', page)
    chosen = {"action": "archive", "uid": keys(page), "q": "subject:cups in:all", "page": 1}
    answer = alice_client.post(act, chosen, headers=HTMX).content.decode()
    assert answer.count("2 messages moved to Archive.") == 1
    assert answer.count("row-place") == 2, "they are found in their new place"
    assert box.list_messages("Archive").total == 2
    assert box.list_messages("INBOX").total == box.list_messages("Sent").total == 0


def star_in_two_folders(client, account, box, other="Sent") -> str:
    """The way back of the toast."""
    for folder in ("INBOX", other):
        box.append(folder, plain("Cups"))
    page = client.get(folder_url(account, query="?q=subject:cups+in:all")).content.decode()
    chosen = {"action": "star", "uid": keys(page), "q": "subject:cups in:all"}
    answer = client.post(reverse("mailbox:act_on_hits", args=[account.pk, "INBOX"]), chosen, headers=HTMX)
    assert "2 messages starred." in answer.content.decode()
    [back] = re.findall(r'hx-post="(/[^"]*undo/[^"]*)"', answer.content.decode().split('id="toasts"')[1])
    return back


def starred(box) -> int:
    return sum(box.list_messages(folder).rows[0].flagged for folder in ("INBOX", "Sent"))


@pytest.mark.parametrize("by_key", [False, True])
def test_what_was_done_in_several_folders_is_one_act(alice_client, account, box, by_key):
    back = star_in_two_folders(alice_client, account, box)
    assert starred(box) == 2
    way = reverse("bulk:undo_last", args=[account.pk]) if by_key else back
    assert "Undone for 2 messages." in alice_client.post(way, headers=HTMX).content.decode()
    assert starred(box) == 0
    assert "There is nothing to undo" in alice_client.post(way, headers=HTMX).content.decode()


def test_mail_of_several_folders_is_back_in_each(alice_client, account, box):
    box.append("INBOX", plain("Cups one"))
    box.append("Sent", plain("Cups two"))
    page = alice_client.get(folder_url(account, query="?q=subject:cups+in:all")).content.decode()
    act = reverse("mailbox:act_on_hits", args=[account.pk, "INBOX"])
    alice_client.post(act, {"action": "archive", "uid": keys(page)}, headers=HTMX)
    answer = alice_client.post(reverse("mailbox:undo_last", args=[account.pk]), headers=HTMX).content.decode()
    assert "2 messages are back in their folders." in answer
    assert box.list_messages("INBOX").total == box.list_messages("Sent").total == 1


def test_a_folder_that_is_gone_leaves_the_others_their_way_back(alice_client, account, box):
    box.create_folder("Shelf")
    back = star_in_two_folders(alice_client, account, box, "Shelf")
    box.delete_folder("Shelf", with_all=True)
    answer = alice_client.post(back, headers=HTMX).content.decode()
    assert "Undone for 1 message. Not undone for 1" in answer
    assert not box.list_messages("INBOX").rows[0].flagged


def test_a_star_on_a_hit(alice_client, account, box):
    box.append("Archive", plain("Cups two"))
    page = alice_client.get(folder_url(account, query="?q=subject:cups+in:all")).content.decode()
    [key] = keys(page)
    act = reverse("mailbox:act_on_hits", args=[account.pk, "INBOX"])
    sent = alice_client.post(act, {"one": f"star {key}", "q": "subject:cups in:all"})
    assert sent.headers["Location"] == folder_url(account, query="?q=subject%3Acups+in%3Aall")
    assert box.list_messages("Archive").rows[0].flagged


def test_what_is_no_hit_is_refused(alice_client, account, box):
    box.append("INBOX", PLAIN)
    act = reverse("mailbox:act_on_hits", args=[account.pk, "INBOX"])
    for uid in ("1", "1-2-xyz", "../1", "1-2-0123456789ab\n"):
        assert alice_client.post(act, {"action": "trash", "uid": uid}, headers=HTMX).status_code == 400
    gone = {"action": "trash", "uid": "1-2-0123456789ab"}  # of no folder that is here
    assert alice_client.post(act, gone, headers=HTMX).status_code == 200
    assert box.list_messages("INBOX").total == 1


def test_a_stranger_s_hits(bob_client, alice_account: Account):
    place = [alice_account.pk, "INBOX"]
    assert bob_client.post(reverse("mailbox:act_on_hits", args=place), {"action": "read"}).status_code == 404
    for name in ("search", "search_panel"):
        assert bob_client.get(reverse(f"mailbox:{name}", args=place)).status_code == 404


def test_hits_by_folder(account, box):
    box.append("INBOX", PLAIN)
    box.append("Archive", PLAIN)
    refs = [box.list_messages(folder).rows[0].ref for folder in ("INBOX", "Archive")]
    found = selections(map(key_of, refs), box.folders())
    assert [(each.folder, each.uidvalidity, each.uids) for each in found] == [
        (ref.folder, ref.uidvalidity, [ref.uid]) for ref in refs
    ]


# -- the form


def test_the_form_writes_the_search(alice_client, alice_account):
    address = reverse("mailbox:search", args=[alice_account.pk, "INBOX"])
    fields = {"sender": "Ann Lee", "to": "ben", "words": 'tea "blue cups"', "without": "coffee", "scope": "all"}
    fields |= {"after": "2026-01-31", "larger": "5", "attachment": "on"}
    typed = 'from:"Ann Lee" to:ben tea "blue cups" -coffee after:2026-01-31 has:attachment larger:5000000 in:all'
    plain_answer = alice_client.get(address, fields)
    assert asked(plain_answer.headers["Location"]) == typed
    with_script = alice_client.get(address, fields, headers=HTMX)
    assert with_script.status_code == 204
    assert "from%3A%22Ann+Lee%22" in with_script.headers["HX-Location"]
    again = alice_client.get(address, {"q": typed}).content.decode()
    for value in ('value="Ann Lee"', 'value="ben"', 'value="2026-01-31"', 'value="5"'):
        assert value in again
    assert 'value="tea &quot;blue cups&quot; -coffee"' in again


def test_a_form_with_mistakes_says_so(alice_client, alice_account):
    address = reverse("mailbox:search", args=[alice_account.pk, "INBOX"])
    page = alice_client.get(address, {"after": "soon", "scope": "here"}).content.decode()
    assert "field-error" in page


# -- what is offered


def test_what_is_offered(alice, alice_client, account, box):
    box.append("INBOX", PLAIN)
    box.append("INBOX", with_file())
    alice_client.get(folder_url(account))
    history.keep(alice, "blue cups")
    page = alice_client.get(reverse("mailbox:search_panel", args=[account.pk, "INBOX"])).content.decode()
    for words in ("Ann Lee", "ben@example.org", "has:attachment", "blue cups"):
        assert words in page
    alice.language = "fr"
    alice.save()
    french = alice_client.get(reverse("mailbox:search_panel", args=[account.pk, "INBOX"])).content.decode()
    assert 'data-typed="avec:fichier"' in french


def test_recent_searches(alice, alice_client):
    def tell(**values: str) -> int:
        return alice_client.post(reverse("mailbox:search_history"), values, headers=HTMX).status_code

    for number in range(12):
        assert tell(keep=f"search {number}") == 204
    tell(keep="search  7")
    kept = SearchHistory.objects.get(user=alice).searches
    assert kept == ["search 7", *(f"search {number}" for number in (11, 10, 9, 8, 6, 5, 4, 3, 2))]
    tell(forget="search 9")
    assert "search 9" not in SearchHistory.objects.get(user=alice).searches
    tell(all="on")
    assert SearchHistory.objects.get(user=alice).searches == []
    tell(keep="secret")
    tell(keeps="off")
    tell(keep="more")
    assert SearchHistory.objects.get(user=alice).searches == []
    assert tell() == 400


def test_whose_searches(alice, bob, bob_client):
    history.keep(alice, "mine")
    bob_client.post(reverse("mailbox:search_history"), {"all": "on"}, headers=HTMX)
    assert history.history_of(alice).searches == ["mine"]
    assert history.history_of(bob).searches == []
