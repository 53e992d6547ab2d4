"""Who signs in finds their mail session open: the first list costs no login of its own."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from celery.signals import worker_ready
from django.test import Client
from django.urls import reverse

from accounts.fields import Secret
from accounts.models import Account, User
from deploy.ports import free_port
from tests.people import PASSWORD
from tests.protocols.pooled import no_thread
from tests.servers.proxy import CuttingProxy
from tests.servers.scripted import Peer, scripted
from webmail.mailbox import ahead, opening
from webmail.mailbox.opening import close_sessions, has_session, open_mailbox
from webmail.protocols.imap_pool import ImapPool

pytestmark = pytest.mark.django_db(transaction=True)  # the thread sees what is committed, as in a process


@pytest.fixture
def watched(alice_account: Account, dovecot) -> Iterator[CuttingProxy]:
    """Alice's account through a proxy that sees what the server is asked."""
    proxy = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    _save(alice_account, incoming_host=proxy.host, incoming_port=proxy.port, incoming_security="none")
    yield proxy
    close_sessions(alice_account.pk)
    proxy.close()


@pytest.fixture(autouse=True)
def _threads_end() -> Iterator[None]:
    """Before the tables are emptied."""
    yield
    assert eventually(lambda: not _threads())


def eventually(condition: Callable[[], object], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def sign_in() -> Client:
    client = Client()
    response = client.post(reverse("accounts:sign_in"), {"username": "alice", "password": PASSWORD})
    assert response.status_code == 302
    return client


def come(account: Account) -> None:
    """As at a sign-in, without its writes: two writers at once are too many for the tests' database in memory."""
    ahead.open_for(account.user)


def logins(proxy: CuttingProxy) -> int:
    return sum(command in ("LOGIN", "AUTHENTICATE") for command in proxy.commands)


def _save(account: Account, **fields: object) -> None:
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == ahead.NAME]


def inbox(account: Account) -> str:
    return reverse("mailbox:folder", args=[account.pk, "INBOX"])


def test_the_first_list_uses_the_session_of_the_sign_in(alice_account: Account, watched: CuttingProxy) -> None:
    client = sign_in()
    assert eventually(lambda: "SELECT" in watched.commands and not _threads())
    before = list(watched.commands)
    assert client.get(inbox(alice_account)).status_code == 200
    assert logins(watched) == 1
    assert "SELECT" not in watched.commands[len(before) :], "the inbox is open already"


def test_the_list_that_follows_at_once_waits_for_that_session(alice_account: Account, watched: CuttingProxy) -> None:
    client = sign_in()
    assert client.get("/", follow=True).status_code == 200
    assert logins(watched) == 1


def test_the_way_in_opens_the_session_of_whoever_comes_back(
    alice_client: Client, alice_account: Account, watched: CuttingProxy
) -> None:
    assert not has_session(alice_account)
    alice_client.get("/")
    assert eventually(lambda: has_session(alice_account) and not _threads())
    alice_client.get("/")
    assert alice_client.get(inbox(alice_account)).status_code == 200
    assert logins(watched) == 1


def test_a_refused_password_is_tried_once_and_noted(alice_account: Account, watched: CuttingProxy) -> None:
    _save(alice_account, incoming_password=Secret.seal("wrong"))
    for _ in range(3):
        come(alice_account)
        assert eventually(lambda: not _threads())
        alice_account.refresh_from_db()
        assert alice_account.incoming_error == "credentials"
    assert logins(watched) == 1


def test_a_dead_server_is_noted_and_holds_up_no_sign_in(alice: User, alice_account: Account, settings) -> None:
    settings.MAIL_CONNECT_TIMEOUT = 4
    with scripted(Peer.hang) as silent:
        _save(alice_account, incoming_host=silent.host, incoming_port=silent.port)
        for _ in range(3):
            sign_in()
        assert len(_threads()) == 1, "all are signed in, and it is still being opened, once"
        assert eventually(lambda: not _threads())
    assert silent.connections == 1
    alice_account.refresh_from_db()
    assert alice_account.incoming_error in ("silent", "timeout")


def test_a_server_that_is_back_is_noted_too(alice_account: Account, watched: CuttingProxy) -> None:
    Account.objects.filter(pk=alice_account.pk).update(incoming_error="refused")
    come(alice_account)
    assert eventually(lambda: not _threads())
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == ""


def test_what_is_kept_says_nothing_about_the_server(alice_account: Account, watched: CuttingProxy) -> None:
    """Else pages would sign in by themselves again with a password that was refused."""
    with open_mailbox(alice_account) as mailbox:
        folders = mailbox.folders()
    Account.objects.filter(pk=alice_account.pk).update(incoming_error="credentials")
    alice_account.refresh_from_db()
    with open_mailbox(alice_account) as mailbox:
        assert mailbox.folders() == folders
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == "credentials"
    with open_mailbox(alice_account) as mailbox:
        mailbox.list_messages("INBOX")
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == ""


def test_no_more_threads_than_a_few(alice: User, alice_account: Account, settings) -> None:
    settings.MAIL_CONNECT_TIMEOUT = 2
    with scripted(Peer.hang) as one, scripted(Peer.hang) as two, scripted(Peer.hang) as three:
        for number, server in enumerate([one, two, three] * 3):
            Account.objects.create(
                user=alice,
                address=f"{number}@example.org",
                incoming_host=server.host,
                incoming_port=server.port,
                incoming_username="x",
                incoming_password=Secret.seal("x"),
            )
        come(alice_account)
        assert len(_threads()) <= ahead.MOST
        assert eventually(lambda: not _threads())


def test_a_sign_in_needs_no_thread(alice_account: Account, watched: CuttingProxy, monkeypatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    come(alice_account)
    monkeypatch.undo()
    assert logins(watched) == 0


def test_an_error_stays_in_the_thread(alice_account: Account, settings) -> None:
    settings.MAIL_SECRET_KEYS = ["B" * 43 + "="]
    come(alice_account)
    assert eventually(lambda: not _threads())
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == "wrong_key"


def test_no_server_there(alice_account: Account) -> None:
    _save(alice_account, incoming_port=free_port())
    come(alice_account)
    assert eventually(lambda: not _threads())
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == "refused"


@pytest.mark.parametrize("fields", [{"paused": True}, {"incoming_error": "credentials"}])
def test_what_rests_is_left_alone(alice_account: Account, watched: CuttingProxy, fields: dict[str, object]) -> None:
    _save(alice_account, **fields)
    sign_in()
    assert eventually(lambda: not _threads())
    assert watched.commands == []


def test_mail_that_is_kept_here_needs_no_session(alice_pop_account: Account) -> None:
    sign_in()
    assert not _threads()


def test_a_change_of_settings_ends_the_session(alice_account: Account, watched: CuttingProxy) -> None:
    client = sign_in()
    assert eventually(lambda: has_session(alice_account) and not _threads())
    _save(alice_account, name="Work")
    assert not has_session(alice_account)
    assert client.get(inbox(alice_account)).status_code == 200
    assert logins(watched) == 2


def test_a_worker_keeps_its_sessions_briefly(
    alice_account: Account, watched: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_pool", ImapPool())  # this process is no worker
    monkeypatch.setattr(opening, "WORKER_SECONDS", 0.2)
    worker_ready.send(sender=None)
    with opening.open_mailbox(alice_account) as mailbox:
        assert mailbox.list_messages("INBOX").total == 0
    assert eventually(lambda: not has_session(alice_account))
