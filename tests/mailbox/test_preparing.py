"""New mail is washed by a worker before anybody opens it."""

import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest
import redis
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.compose.visitor import Visitor
from tests.mailbox.letters import plain
from tests.protocols.pooled import no_thread
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.live import Live
from tests.servers.proxy import CuttingProxy
from webmail.mailbox import news, preparing
from webmail.mailbox.base import MessageRef

BODY = "<p>" + "Pears are ripe. " * 4000 + "</p>"


def letter(subject: str = "Pears", html: str = BODY) -> bytes:
    return plain(subject, text=html).replace(b"text/plain", b"text/html")


@pytest.fixture
def queue(redis_servers: tuple[redis.Redis, redis.Redis]) -> Callable[[], int]:
    """How many bells wait for the worker that works ahead."""
    news._newest.clear()
    return lambda: redis_servers[0].llen("ahead")  # type: ignore[return-value]


def eventually(condition: Callable[[], object], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def refs(dovecot: DovecotForTests, mail: MailUser) -> list[MessageRef]:
    with dovecot.imap(mail) as client:
        uidvalidity = client.select_folder("INBOX", readonly=True)[b"UIDVALIDITY"]
        return [MessageRef("INBOX", uidvalidity, uid) for uid in client.search()]


def prepare(account: Account, *wanted: MessageRef, version: int | None = None) -> None:
    first = wanted[0]
    uids = [ref.uid for ref in wanted]
    preparing.prepare(account.pk, version or account.version, first.folder, first.uidvalidity, uids)


def opened(client: Client, account: Account, ref: MessageRef) -> str:
    address = reverse("mailbox:body", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid])
    return client.get(address).content.decode()


def test_opening_fetches_nothing_of_a_prepared_body(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, line: CuttingProxy
) -> None:
    dovecot.deliver(alice_mail.address, letter())
    dovecot.deliver(alice_mail.address, letter("Plums"))
    pears, plums = refs(dovecot, alice_mail)
    prepare(alice_account, pears)
    line.sent = 0
    assert "Pears are ripe" in opened(alice_client, alice_account, pears)
    assert line.sent < len(BODY) / 10
    assert "Pears are ripe" in opened(alice_client, alice_account, plums)
    assert line.sent > len(BODY)


def test_preparing_reads_nothing_twice_and_marks_nothing(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, line: CuttingProxy
) -> None:
    dovecot.deliver(alice_mail.address, letter())
    prepare(alice_account, *refs(dovecot, alice_mail))
    line.sent = 0
    prepare(alice_account, *refs(dovecot, alice_mail))
    assert line.sent < len(BODY) / 10
    with dovecot.imap(alice_mail) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("UNSEEN") == [1]


def test_plain_text_is_left_for_later(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, line: CuttingProxy
) -> None:
    dovecot.deliver(alice_mail.address, plain(text="Pears are ripe.\r\n" * 4000))
    prepare(alice_account, *refs(dovecot, alice_mail))
    assert line.sent < 20_000  # its beginning comes with every structure


def test_a_message_that_went_hides_no_other(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, line: CuttingProxy
) -> None:
    dovecot.deliver(alice_mail.address, letter())
    [ref] = refs(dovecot, alice_mail)
    prepare(alice_account, MessageRef(ref.folder, ref.uidvalidity, 4711), ref)
    line.sent = 0
    assert "Pears are ripe" in opened(alice_client, alice_account, ref)
    assert line.sent < len(BODY) / 10


@pytest.mark.parametrize("case", ["removed", "changed", "paused", "left", "refused"])
def test_accounts_that_are_not_asked(
    case: str, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, line: CuttingProxy
) -> None:
    dovecot.deliver(alice_mail.address, letter())
    found = refs(dovecot, alice_mail)
    match case:
        case "removed":
            Account.objects.filter(pk=alice_account.pk).delete()
        case "changed":
            Account.objects.filter(pk=alice_account.pk).update(version=alice_account.version + 1)
        case "paused":
            Account.objects.filter(pk=alice_account.pk).update(paused=True)
        case "left":
            alice_account.user.is_active = False
            alice_account.user.save()
        case "refused":
            Account.objects.filter(pk=alice_account.pk).update(incoming_error="credentials")
    prepare(alice_account, *found)
    assert line.commands == []


@pytest.mark.parametrize("gone", ["folder", "uidvalidity", "server"])
def test_trouble_is_no_error(
    gone: str, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, line: CuttingProxy
) -> None:
    dovecot.deliver(alice_mail.address, letter())
    [ref] = refs(dovecot, alice_mail)
    if gone == "server":
        line.close()
    folder = "Nowhere" if gone == "folder" else ref.folder
    prepare(alice_account, MessageRef(folder, ref.uidvalidity + (gone == "uidvalidity"), ref.uid))


# -- which mail is new


def test_a_list_rings_once_for_its_new_mail(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, queue: Callable
) -> None:
    inbox = reverse("mailbox:folder", args=[alice_account.pk, "INBOX"])
    dovecot.deliver(alice_mail.address, letter())
    alice_client.get(inbox)
    assert eventually(lambda: queue() == 1)
    alice_client.get(inbox)
    dovecot.deliver(alice_mail.address, letter("Plums"))
    alice_client.get(inbox + "?q=plums")
    alice_client.get(inbox)
    assert eventually(lambda: queue() == 2)
    time.sleep(0.1)
    assert queue() == 2


def test_read_and_large_mail_is_left_alone(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, queue: Callable
) -> None:
    dovecot.deliver(alice_mail.address, letter())
    dovecot.deliver(alice_mail.address, letter("Large", "<p>large</p>" * 50_000))
    with dovecot.imap(alice_mail) as client:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Seen"])
    alice_client.get(reverse("mailbox:folder", args=[alice_account.pk, "INBOX"]))
    assert eventually(lambda: not news._ringing.locked())
    assert queue() == 0


def test_the_list_does_not_wait_for_a_broker_that_is_down(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    queue: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held: list[object] = []

    def hang(*asked: object, seconds: float) -> None:
        held.append(asked)
        eventually(lambda: not held)

    monkeypatch.setattr(news, "publish", hang)
    dovecot.deliver(alice_mail.address, letter())
    inbox = reverse("mailbox:folder", args=[alice_account.pk, "INBOX"])
    for _ in range(3):
        assert b"Pears" in alice_client.get(inbox).content
    assert len(held) == 1
    held.clear()
    assert eventually(lambda: not news._ringing.locked())


def test_a_list_needs_no_thread(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    queue: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inbox = reverse("mailbox:folder", args=[alice_account.pk, "INBOX"])
    alice_client.get(inbox)
    dovecot.deliver(alice_mail.address, letter())
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    assert b"Pears" in alice_client.get(inbox).content
    monkeypatch.undo()
    dovecot.deliver(alice_mail.address, letter("Plums"))
    alice_client.get(inbox)
    assert eventually(lambda: queue() == 1)


# -- the running product


def test_a_worker_prepares_what_a_list_shows(live: Live) -> None:
    anna = live.new_person("anna")
    live.dovecot.deliver(anna.mail.address, letter())
    with closing(redis.Redis.from_url(live.cache.url)) as cache:
        before = cache.keys("*shown:*")
        visitor = Visitor(live, anna)
        assert "Pears" in visitor.get("/")
        assert eventually(lambda: cache.keys("*shown:*") != before)
