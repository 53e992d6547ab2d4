"""Two pages on one draft: none writes over the other without being told, and no text is lost. And the page in a window
over the mailbox."""

import re
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.compose.letters import form
from webmail.compose.models import Draft, Outgoing

PAGE, OTHER = uuid4().hex, uuid4().hex
HTMX = {"HX-Request": "true"}


def begun(client: Client, account: Account) -> str:
    """The address of a draft that one page has saved."""
    address = reverse("compose:draft", args=[uuid4()])
    first = form(account, action="keep", subject="First", version=0, writer=PAGE)
    assert client.post(address, first, headers=HTMX).status_code == 200
    return address


def texts() -> list[str]:
    return sorted(Draft.objects.values_list("subject", flat=True))


def test_a_page_saves_again_without_an_answer(alice_client: Client, alice_account: Account) -> None:
    address = begun(alice_client, alice_account)
    again = form(alice_account, action="keep", subject="Again", version=0, writer=PAGE)
    assert alice_client.post(address, again, headers=HTMX).status_code == 200
    assert texts() == ["Again"]


def test_what_is_newer_is_not_written_over(alice_client: Client, alice_account: Account) -> None:
    address = begun(alice_client, alice_account)
    page = alice_client.get(address).content.decode()
    assert re.search(r'name="version" value="1"', page)
    second = form(alice_account, action="keep", subject="Second", version=1, writer=OTHER)
    assert alice_client.post(address, second, headers=HTMX).status_code == 200
    late = form(alice_account, action="save", subject="Late", version=0, writer=PAGE)
    refused = alice_client.post(address, late, headers=HTMX)
    assert refused.status_code == 409
    assert "Go on with mine" in refused.content.decode()
    assert texts() == ["Second"]
    sent = alice_client.post(address, {**late, "action": "send"})
    assert sent.status_code == 409
    assert 'value="Late"' in sent.content.decode()
    assert not Outgoing.objects.exists()


def test_either_text_goes_on_and_the_other_is_kept(alice_client: Client, alice_account: Account) -> None:
    for choice, goes_on in (("mine", "Mine"), ("theirs", "First")):
        Draft.objects.all().delete()
        address = begun(alice_client, alice_account)
        mine = form(alice_account, action=choice, subject="Mine", version=0, writer=OTHER)
        answer = alice_client.post(address, mine, follow=True)
        assert answer.redirect_chain == [(address, 302)]
        assert "kept as a draft of its own" in answer.content.decode()
        assert texts() == ["First", "Mine"]
        assert Draft.objects.get(pk=address.split("/")[2]).subject == goes_on


def test_strangers_choose_nothing(bob_client: Client, alice_client: Client, alice_account: Account) -> None:
    address = begun(alice_client, alice_account)
    mine = form(alice_account, action="mine", subject="Mine", version=0, writer=OTHER)
    assert bob_client.post(address, mine).status_code == 404


def test_only_windows_of_this_site_may_frame_the_page(alice_client: Client, alice_account: Account) -> None:
    own = alice_client.get(reverse("compose:new"))
    assert own["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in own["Content-Security-Policy"]
    framed = alice_client.get(reverse("compose:new") + "?framed=1")
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert b'id="folders"' not in framed.content


def test_a_window_is_told_when_its_work_is_done(alice_client: Client, alice_account: Account) -> None:
    address = reverse("compose:draft", args=[uuid4()])
    sent = alice_client.post(address, form(alice_account, framed=1))
    assert b"data-left" in sent.content
    assert f'data-sent="{Outgoing.objects.get().key}"' in sent.content.decode()
    assert b"data-left" in alice_client.get(address + "?framed=1").content
    kept = alice_client.post(reverse("compose:draft", args=[uuid4()]), form(alice_account, action="save", framed=1))
    assert kept["Location"].endswith("?framed=1")
