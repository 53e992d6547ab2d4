"""Fragments that are written without the engine, and what is made of them."""

from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from accounts.models import Account
from tests.mailbox.letters import plain
from tests.mailbox.test_messages import put, url
from webmail.mailbox.base import Folder, MessageRef, Role
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.patterns import fill
from webmail.mailbox.places import places_of
from webmail.mailbox.side import move_targets

NASTY = "<b>&\"' %s %(name)s %% \0name\0 {{ name }}"


def test_texts_are_put_in_as_the_engine_would() -> None:
    texts = {"name": NASTY, "address": mark_safe("<i>ready</i>")}
    written = fill("mailbox/_person.html", texts, has_name=True, beside=False)
    escaped = "&lt;b&gt;&amp;&quot;&#x27; %s %(name)s %% \0name\0 {{ name }}"
    assert written == f'<span><bdi>{escaped}</bdi> <bdi class="muted"><i>ready</i></bdi></span>\n'


def test_states_decide() -> None:
    texts = {"name": "", "address": "a@b.test"}
    beside = fill("mailbox/_person.html", texts, has_name=False, beside=True)
    assert beside == '<span class="addr"><bdi>a@b.test</bdi></span>\n'
    assert "muted" in fill("mailbox/_person.html", texts, has_name=False, beside=False)


def test_each_language_has_its_own() -> None:
    inbox, trash = Folder("INBOX", "INBOX", Role.INBOX), Folder("Trash", "Trash", Role.TRASH)
    for language, label in (("en", "Trash"), ("fr", "Corbeille"), ("en", "Trash")):
        with translation.override(language):
            assert f"<bdi>{label}</bdi>" in move_targets([inbox, trash], inbox)


def test_mail_goes_where_mail_may_be() -> None:
    inbox = Folder("INBOX", "INBOX", Role.INBOX)
    lines = move_targets([inbox, Folder("a<b", "a<b", depth=9), Folder("c", "c", selectable=False)], inbox)
    assert lines.count("<li>") == 1
    assert 'class="menu-item menu-depth-4" name="target" value="a&lt;b"' in lines


def test_places_are_those_of_the_addresses() -> None:
    for folder in ("INBOX", "a/0/b", "0", "Café %"):
        place = [7, folder, 12]
        found = places_of(7, MessageRef(folder, 12, 34))
        assert found.message == reverse("mailbox:message", args=[*place, 34])
        assert f"{found.message}body/" == reverse("mailbox:body", args=[*place, 34])
        assert f"{found.answers}reply/" == reverse("compose:reply", args=[*place, 34, "reply"])
        assert found.act == reverse("mailbox:act", args=place)


def test_nobody_gets_another_person_s_pane(
    alice_client: Client, bob_client: Client, alice_account: Account, bob_account: Account
) -> None:
    for turn in range(2):
        for client, account in ((alice_client, alice_account), (bob_client, bob_account)):
            with open_mailbox(account) as mailbox:
                ref = put(mailbox, plain(f"{NASTY[:6]} for {account.pk} {turn}"))
            page = client.get(url(account, ref)).content.decode()
            assert f"&lt;b&gt;&amp;&quot;&#x27; for {account.pk} {turn}" in page
            assert page.count("csrfmiddlewaretoken") >= 2
