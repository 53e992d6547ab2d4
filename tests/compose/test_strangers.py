"""Nobody sees, changes or takes over what belongs to somebody else: each address answers 404."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.compose.letters import form, place, queued, url, written
from tests.servers.dovecot import DovecotForTests, MailUser
from webmail.compose.models import Draft, Outgoing, State

ACTIONS = ["edit", "cancel", "try_now", "try_again", "send_again", "arrived", "delete", "dismiss"]


def test_drafts(bob_client: Client, bob_account: Account, alice_account: Account) -> None:
    draft = written(alice_account)
    assert bob_client.get(url(draft.pk)).status_code == 404
    for action in ("save", "send", "discard"):
        assert bob_client.post(url(draft.pk), form(bob_account, action, text="mine now")).status_code == 404
    draft.refresh_from_db()
    assert draft.text == "How are you?"
    assert draft.account == alice_account


def test_mail_on_its_way(bob_client: Client, bob_account: Account, alice_account: Account) -> None:
    outgoing = queued(alice_account)
    Draft.objects.all().delete()
    for name in ("outgoing", "state"):
        assert bob_client.get(reverse(f"compose:{name}", args=[outgoing.pk])).status_code == 404
    for action in ACTIONS:
        act = reverse("compose:act", args=[outgoing.pk])
        assert bob_client.post(act, {"action": action}).status_code == 404
    assert bob_client.get(url(outgoing.key)).status_code == 404
    assert bob_client.post(url(outgoing.key), form(bob_account)).status_code == 404
    assert "Hello" not in bob_client.get(reverse("compose:outbox")).content.decode()
    assert Outgoing.objects.get().state == State.QUEUED


def test_accounts(bob_client: Client, bob_account: Account, alice_account: Account) -> None:
    """Neither to send from nor to begin with."""
    page = bob_client.post(url(), form(alice_account))
    assert page.status_code == 422
    assert bob_client.get(reverse("compose:new"), {"account": alice_account.pk}).status_code == 404
    taken = form(bob_account, mode="reply", source_account=alice_account.pk, source_folder="INBOX", source_uid=1)
    assert bob_client.post(url(), taken).status_code == 422
    assert not Outgoing.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("mode", ["reply", "all", "forward", "edit"])
def test_messages(
    bob_client: Client,
    bob_account: Account,
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    mode: str,
) -> None:
    dovecot.deliver(alice_mail.address, b"Subject: private\r\n\r\nsecret\r\n")
    where = place(dovecot, alice_mail)
    answer = bob_client.get(reverse("compose:reply", args=[alice_account.pk, *where, mode]))
    assert answer.status_code == 404


def test_files(bob_client: Client, bob_account: Account, alice_account: Account) -> None:
    theirs = written(alice_account)
    upload = theirs.uploads.create(filename="a", content_type="text/plain", size=1, sha256="0" * 64, file="uploads/a")
    bob_client.post(url(uuid4()), form(bob_account, "save", remove=str(upload.pk)))
    assert theirs.uploads.exists()


@pytest.mark.parametrize("name", ["new", "outbox"])
def test_who_is_not_signed_in(client: Client, db: None, name: str) -> None:
    answer = client.get(reverse(f"compose:{name}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("accounts:sign_in"))


def test_who_is_not_signed_in_posts_nothing(client: Client, alice_account: Account) -> None:
    assert client.post(url(), form(alice_account))["Location"].startswith(reverse("accounts:sign_in"))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("asked", ["x", "-1", "99999999999999999999999", "1 OR 1=1", "\u0661"])
def test_odd_ids(alice_client: Client, alice_account: Account, asked: str) -> None:
    assert alice_client.get(reverse("compose:new"), {"account": asked}).status_code == 404
    assert alice_client.get("/outbox/99999999999999999999/").status_code == 404
