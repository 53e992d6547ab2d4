"""The folder column: what it says, and that a remembered one is never another one's."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w{64})"')


def column(client, path):
    """The column of a page that was shown before."""
    client.get(path)
    page = client.get(path).content.decode()
    return page[page.index('id="folders"') : page.index('<main id="main"')]


@pytest.fixture
def inbox(alice_account):
    return reverse("mailbox:folder", args=[alice_account.pk, "INBOX"])


def test_it_works(alice_client, alice_account, inbox):
    shown = column(alice_client, inbox)
    assert alice_account.label in shown
    assert "Trash" in shown
    assert f'href="{inbox}" aria-current="page"' in shown
    assert f"{reverse('mailbox:side', args=[alice_account.pk])}?open=INBOX" in shown
    assert "\0" not in shown


def test_the_open_folder_is_marked(alice_client, alice_account, inbox):
    column(alice_client, inbox)
    trash = reverse("mailbox:folder", args=[alice_account.pk, "Trash"])
    shown = column(alice_client, trash)
    assert f'href="{trash}" aria-current="page"' in shown
    assert f'href="{inbox}" aria-current="page"' not in shown


def test_the_outbox_is_marked(alice_client, alice_account, inbox):
    marked = f'href="{reverse("compose:outbox")}" aria-current="page"'
    assert marked not in column(alice_client, inbox)
    assert marked in column(alice_client, reverse("compose:outbox"))
    assert marked not in column(alice_client, inbox)


def test_a_new_folder_shows(alice_client, alice_account, inbox):
    assert "Clients" not in column(alice_client, inbox)
    alice_client.post(reverse("mailbox:folder_create", args=[alice_account.pk]), {"name": "Clients", "parent": ""})
    assert "Clients" in column(alice_client, inbox)


def test_another_language_shows(alice, alice_client, inbox):
    assert "Compose" in column(alice_client, inbox)
    alice.language = "fr"
    alice.save()
    assert "Compose" not in column(alice_client, inbox)


def test_another_name_shows(alice, alice_client, alice_account, inbox):
    column(alice_client, inbox)
    alice.name = "Alice Arden"
    alice.save()
    Account.objects.filter(pk=alice_account.pk).update(name="Post")
    shown = column(alice_client, inbox)
    assert "Alice Arden" in shown
    assert "<bdi>Post</bdi>" in shown


def test_an_error_shows_and_goes(alice_client, alice_account, inbox):
    column(alice_client, inbox)
    Account.objects.filter(pk=alice_account.pk).update(outgoing_error="credentials")
    assert "Can’t send" in column(alice_client, inbox)
    Account.objects.filter(pk=alice_account.pk).update(outgoing_error="")
    assert "Can’t send" not in column(alice_client, inbox)


def test_who_became_admin_sees_it(alice, alice_client, inbox):
    assert reverse("accounts:people") not in column(alice_client, inbox)
    alice.is_superuser = True
    alice.save()
    assert reverse("accounts:people") in column(alice_client, inbox)


def test_somebody_else_sees_their_own(alice_client, bob_client, alice_account, bob_account, inbox):
    column(alice_client, inbox)
    shown = column(bob_client, reverse("mailbox:folder", args=[bob_account.pk, "INBOX"]))
    assert "bob" in shown
    assert alice_account.label not in shown
    assert f"/{alice_account.pk}/" not in shown


def test_each_page_has_its_own_token(alice, alice_account, inbox):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="accounts.backends.PersonBackend")
    [one], [other] = (TOKEN.findall(column(client, inbox)) for _ in range(2))
    assert one != other
    assert client.post(reverse("accounts:sign_out"), {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert client.post(reverse("accounts:sign_out"), {"csrfmiddlewaretoken": one}).status_code == 302
    assert client.get(inbox).status_code == 302
