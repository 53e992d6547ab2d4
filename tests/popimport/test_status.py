"""popimport:status, the fragment that follows an import."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format

from accounts.models import Account
from tests.popimport.imports import check, mail
from tests.servers.pop3 import ScriptedPop3
from webmail.popimport.lease import request_check
from webmail.popimport.models import Imported, ImportState


def text(client: Client, account: Account, query: str = "") -> str:
    response = client.get(reverse("popimport:status", args=[account.pk]) + query)
    assert response.status_code == 200
    return " ".join(response.text.split())


def test_before_the_first_check(account: Account, alice_client: Client) -> None:
    assert "Checking for new mail" in text(alice_client, account)
    request_check(account)
    assert "Checking for new mail" in text(alice_client, account)


def test_what_came(account: Account, alice_client: Client, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1), mail(2))
    check(account)
    page = text(alice_client, account)
    assert "2 new messages</b>" in page
    assert "every 60s" in page


def test_progress_has_numbers(account: Account, alice_client: Client) -> None:
    state = check(account)
    ImportState.objects.filter(pk=state.pk).update(
        lease_until=timezone.now() + timedelta(minutes=1), done=341, total=1280
    )
    page = text(alice_client, account)
    assert "<b>341 of 1280</b> messages fetched" in page
    assert '<progress value="341" max="1280"' in page
    assert "every 2s" in page


def test_an_error_says_what_to_do(account: Account, alice_client: Client, pop3: ScriptedPop3) -> None:
    pop3.script.password = "changed"
    for _ in range(3):
        check(account)
    page = text(alice_client, account)
    assert "The user name or password was not accepted." in page
    assert "until the account settings are saved again" in page


def test_messages_set_aside_are_counted(account: Account, alice_client: Client, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1), mail(2))
    pop3.script.override = lambda verb, argument: b"-ERR\r\n" if verb == "RETR" else None
    check(account)
    assert "2 messages could not be fetched" in text(alice_client, account)


def test_paused(account: Account, alice_client: Client) -> None:
    Account.objects.update(paused=True)
    assert "This account is paused" in text(alice_client, account)


def test_the_list_hears_of_new_mail_once(account: Account, alice_client: Client, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1))
    check(account)
    address = reverse("popimport:status", args=[account.pk])
    seen = ImportState.objects.get().last_checked
    assert seen
    assert alice_client.get(f"{address}?seen=0").headers["HX-Trigger"] == "mail-came"
    assert "HX-Trigger" not in alice_client.get(f"{address}?seen={date_format(seen, 'Uu')}").headers
    # The first time, the page around it says when it was drawn.
    before, after = seen - timedelta(milliseconds=1), seen + timedelta(milliseconds=1)
    assert alice_client.get(f"{address}?since={date_format(before, 'Uu')}").headers["HX-Trigger"] == "mail-came"
    assert "HX-Trigger" not in alice_client.get(f"{address}?since={date_format(after, 'Uu')}").headers
    assert "HX-Trigger" not in alice_client.get(f"{address}?since=soon").headers


def test_a_server_cannot_speak_html(account: Account, alice_client: Client, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1), uidl="<script>")
    pop3.script.override = lambda verb, argument: b"-ERR <script>x()</script>\r\n" if verb == "RETR" else None
    check(account)
    assert "<script" not in text(alice_client, account)


def test_stranger(account: Account, bob_client: Client) -> None:
    assert bob_client.get(reverse("popimport:status", args=[account.pk])).status_code == 404


def test_wrong_method(account: Account, alice_client: Client) -> None:
    assert alice_client.post(reverse("popimport:status", args=[account.pk])).status_code == 405


@pytest.mark.parametrize("model", [Imported, ImportState])
def test_admin_lists_can_only_be_read(
    account: Account, charlie_client: Client, pop3: ScriptedPop3, model: type
) -> None:
    pop3.script.add(mail(1))
    check(account)
    name = f"admin:popimport_{model.__name__.lower()}"
    assert charlie_client.get(reverse(f"{name}_changelist")).status_code == 200
    row = model.objects.get()  # type: ignore[attr-defined]
    page = charlie_client.get(reverse(f"{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert 'name="_save"' not in page.text
    assert charlie_client.get(reverse(f"{name}_add")).status_code == 403
    assert charlie_client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
