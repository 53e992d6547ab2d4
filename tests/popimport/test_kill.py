"""Real processes: a Celery worker is killed in mid-import, bells are doubled, workers compete."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery

from deploy import product
from tests.popimport.imports import mail
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.live import Live
from tests.servers.proxy import CuttingProxy, Do

MAILS = 5
COUNT = """SELECT count(*) FROM mailbox_localmessage m JOIN mailbox_localfolder f ON m.folder_id = f.id
           WHERE f.account_id = ?"""
JOURNAL = "SELECT uidl, deleted_remotely_at FROM popimport_imported WHERE account_id = ?"
CHECKED = "SELECT 1 FROM popimport_importstate WHERE account_id = ? AND last_checked IS NOT NULL"


class Installation(Live):
    """The product without web server and beat; time limits are short, so that a dead worker's lease soon runs out."""

    def __init__(self, dovecot: DovecotForTests):
        super().__init__(dovecot)
        self.environment |= {"MAIL_CONNECT_TIMEOUT": "2", "MAIL_READ_TIMEOUT": "2"}
        self.queue = Celery(broker=self.broker.url)

    def start(self) -> None:
        (self.folder / "data").mkdir()
        self.start_redis()
        self.manage("migrate", "--verbosity", "0")

    def start_worker(self, name: str = "worker") -> None:
        self._spawn(name, product.worker())

    def stop(self) -> None:
        self.queue.close()
        super().stop()

    def ring(self, task: str, *arguments: int) -> None:
        self.queue.send_task(f"webmail.popimport.tasks.{task}", args=arguments)

    def add_pop_account(self, user: MailUser, port: int, policy: str = "delete") -> int:
        name = user.address.partition("@")[0]
        self.manage("add_user", name, "--email", user.address, "--password-stdin", standard_input="correct horse\n")
        incoming = f"pop3+insecure://{user.address.replace('@', '%40')}@127.0.0.1:{port}"
        options = ["--email", user.address, "--incoming", incoming, "--outgoing", "smtp+insecure://127.0.0.1:25"]
        self.manage("add_account", name, *options, "--password-stdin", standard_input=user.password + "\n")
        self.rows("UPDATE accounts_account SET pop_policy = ? WHERE address = ?", policy, user.address)
        return self.rows("SELECT id FROM accounts_account WHERE address = ?", user.address)[0][0]

    def messages(self, account_id: int) -> int:
        return self.rows(COUNT, account_id)[0][0]

    def journal(self, account_id: int) -> list[tuple]:
        return self.rows(JOURNAL, account_id)

    def files(self, account_id: int) -> list[Path]:
        return list((self.folder / "data" / "mail" / str(account_id)).rglob("*.eml"))


@pytest.fixture(scope="module")
def installation(dovecot: DovecotForTests) -> Iterator[Installation]:
    running = Installation(dovecot)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def owner(dovecot: DovecotForTests) -> MailUser:
    user = dovecot.new_user()
    for number in range(MAILS):
        dovecot.deliver(user.address, mail(number))
    return user


def until(condition: Callable[[], object], *, meanwhile: Callable[[], object] = lambda: None) -> None:
    deadline = time.monotonic() + 45
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        meanwhile()
        time.sleep(0.3)


def on_server(dovecot: DovecotForTests, user: MailUser) -> int:
    with dovecot.imap(user) as client:
        return client.select_folder("INBOX", readonly=True)[b"EXISTS"]


@pytest.mark.parametrize(("verb", "nth", "here"), [("RETR", 3, 2), ("DELE", 1, 1), ("DELE", 4, 4), ("QUIT", 1, 5)])
def test_worker_killed(
    installation: Installation,
    dovecot: DovecotForTests,
    owner: MailUser,
    proxy: CuttingProxy,
    verb: str,
    nth: int,
    here: int,
) -> None:
    """The proxy holds the command back; at that moment the worker dies as in a power cut."""
    account = installation.add_pop_account(owner, proxy.port)
    proxy.at(verb, Do.HOLD, nth=nth)
    installation.start_worker()
    installation.ring("sweep_imports")
    until(proxy.held.is_set)
    installation.kill("worker")
    assert installation.messages(account) == len(installation.journal(account)) == here
    proxy.forget()
    assert on_server(dovecot, owner) == MAILS

    installation.start_worker()
    until(
        lambda: len(installation.journal(account)) >= MAILS and all(gone for _, gone in installation.journal(account)),
        meanwhile=lambda: installation.ring("sweep_imports"),
    )
    installation.kill("worker")
    assert on_server(dovecot, owner) == 0
    assert installation.messages(account) == len(installation.journal(account)) == MAILS
    assert len(installation.files(account)) == MAILS


def test_five_bells_and_two_workers_make_one_import(
    installation: Installation, dovecot: DovecotForTests, owner: MailUser, proxy: CuttingProxy
) -> None:
    account = installation.add_pop_account(owner, proxy.port, policy="keep")
    for _ in range(5):
        installation.ring("import_account", account)
    installation.start_worker("first")
    installation.start_worker("second")
    until(lambda: installation.rows(CHECKED, account))
    time.sleep(1)  # for a second import that should not come
    installation.kill("first")
    installation.kill("second")
    assert proxy.commands.count("QUIT") == 1
    assert installation.messages(account) == len(installation.journal(account)) == MAILS
    assert on_server(dovecot, owner) == MAILS
