"""popimport:check, the button."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from tests.popimport.imports import check
from webmail.popimport import views
from webmail.popimport.lease import due_accounts

HTMX = {"HX-Request": "true"}


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What was rung; the queue itself is tested with real workers (test_kill.py)."""
    rung: list[tuple] = []
    monkeypatch.setattr(views, "ring", lambda task, *arguments: rung.append((task.name, *arguments)))
    return rung


def test_it_works(account: Account, alice_client: Client, bells: list[tuple]) -> None:
    check(account)
    assert due_accounts() == []
    response = alice_client.post(reverse("popimport:check", args=[account.pk]))
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("mailbox:folder", args=[account.pk, "INBOX"])
    assert due_accounts() == [account.pk]
    assert bells == [("webmail.popimport.tasks.import_account", account.pk)]


def test_on_the_page_it_answers_with_the_fragment(account: Account, alice_client: Client, bells: list[tuple]) -> None:
    response = alice_client.post(reverse("popimport:check", args=[account.pk]), headers=HTMX)
    assert f'id="import-{account.pk}"' in response.text
    assert "every 2s" in response.text
    assert len(bells) == 1


def test_stranger(account: Account, bob_client: Client, bells: list[tuple]) -> None:
    assert bob_client.post(reverse("popimport:check", args=[account.pk])).status_code == 404
    assert bells == []


def test_nobody(account: Account, client: Client, bells: list[tuple]) -> None:
    response = client.post(reverse("popimport:check", args=[account.pk]))
    assert response.headers["Location"].startswith(reverse("accounts:sign_in"))
    assert bells == []


def test_bad_id(alice_client: Client) -> None:
    assert alice_client.post(reverse("popimport:check", args=[999])).status_code == 404


def test_imap_account(account: Account, alice_client: Client) -> None:
    Account.objects.update(protocol="imap")
    assert alice_client.post(reverse("popimport:check", args=[account.pk])).status_code == 404


def test_wrong_method(account: Account, alice_client: Client, bells: list[tuple]) -> None:
    assert alice_client.get(reverse("popimport:check", args=[account.pk])).status_code == 405
    assert bells == []


def test_a_stopped_account_stays_stopped(account: Account, alice_client: Client, bells: list[tuple]) -> None:
    state = check(account)
    type(state).objects.update(refusals=3, last_error="credentials", next_check=timezone.now())
    response = alice_client.post(reverse("popimport:check", args=[account.pk]), headers=HTMX)
    assert "disabled" in response.text
    assert due_accounts() == []
