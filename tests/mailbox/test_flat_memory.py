"""Large files through the running product: its memory stays flat, and opening a message fetches none of them."""

import tracemalloc
from base64 import encodebytes
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.test import Client

from accounts.models import Account
from tests.bench.processes import members, proportional_bytes
from tests.compose.visitor import Visitor
from tests.mime.specimens.writing import file, message, multipart, text
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.live import Live
from tests.servers.proxy import CuttingProxy
from webmail.mailbox import local_store
from webmail.mailbox.local_mailbox import add_message
from webmail.mailbox.models import LocalFolder
from webmail.mailbox.opening import open_mailbox

MB = 2**20
LARGE, GROWTH = 100 * MB, 20 * MB
LINE = b"A" * 76 + b"\r\n"  # 57 octets of nothing
OPENING = 100_000  # octets from the mail server to open a message: structure, text, the list beside it


def with_large_file(amount: int) -> bytes:
    """A message with a file of about so many octets, all NUL."""
    head, tail = message("Large", multipart("mixed", text("words"), file("video/x-raw", b"?"))).split(
        encodebytes(b"?")[:-1]
    )
    return head + LINE * (amount // 57) + tail


class Watched:
    """The web server's memory, looked at again and again while something streams."""

    def __init__(self, live: Live):
        self.processes = members(live.processes["web"].pid)
        self.before = self.now()
        self.most = 0

    def now(self) -> int:
        return sum(map(proportional_bytes, self.processes))

    def look(self) -> None:
        self.most = max(self.most, self.now() - self.before)


def taken(visitor: Visitor, address: str, watched: Watched) -> int:
    """Octets of the answer, none of which are kept."""
    amount = 0
    with visitor.opener.open(visitor.live.url + address, timeout=60) as answer:
        while chunk := answer.read(8 * MB):
            amount += len(chunk)
            watched.look()
    return amount


@pytest.fixture
def reading(live: Live) -> tuple[Visitor, str]:
    """(somebody, the address of their message with 100 MB), after the like of 1 MB has gone through every process."""
    person = live.new_person("large")
    with live.dovecot.imap(person.mail) as client:
        for amount in (MB, LARGE):
            client.append("INBOX", with_large_file(amount))
        uidvalidity = client.select_folder("INBOX")[b"UIDVALIDITY"]
    visitor = Visitor(live, person)
    inbox = visitor.get("/").partition("/INBOX/")[0].rpartition('"')[2]
    place = f"{inbox}/INBOX/{uidvalidity}/"
    for _ in range(6):
        for name in ("", "part/2/", "files/"):
            taken(visitor, f"{place}1/{name}", Watched(live))
    return visitor, f"{place}2/"


def test_a_download_of_100_mb_takes_less_than_20_of_memory(reading: tuple[Visitor, str], live: Live) -> None:
    visitor, place = reading
    for name in ("part/2/", "files/", "raw/"):
        watched = Watched(live)
        assert taken(visitor, place + name, watched) > LARGE - MB
        assert watched.most < GROWTH, f"{name} took {watched.most // MB} MB"


@pytest.fixture
def place(alice_account: Account, dovecot: DovecotForTests, alice_mail: MailUser, line: CuttingProxy) -> str:
    """The address of a message with 30 MB, read over `line`."""
    with dovecot.imap(alice_mail) as client:
        client.append("INBOX", with_large_file(30 * MB))
        uidvalidity = client.select_folder("INBOX")[b"UIDVALIDITY"]
    return f"/mail/{alice_account.pk}/INBOX/{uidvalidity}/1/"


def test_opening_fetches_no_file(place: str, alice_client: Client, line: CuttingProxy) -> None:
    page = alice_client.get(place).content.decode()
    assert "words" in page
    assert "part/2/" in page
    assert line.sent < OPENING


@pytest.mark.parametrize("name", ["part/2/preview/", "source/"])
def test_a_page_about_it_fetches_its_beginning(place: str, alice_client: Client, line: CuttingProxy, name: str) -> None:
    assert alice_client.get(place + name).status_code == 200
    assert line.sent < OPENING + MB


@contextmanager
def at_most(octets: int) -> Iterator[None]:
    """Of memory, over what there was."""
    tracemalloc.start()
    try:
        yield
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < octets, f"it took {most // 1024} KB"


@pytest.mark.parametrize("name", ["", "part/2/", "files/", "raw/", "source/", "part/2/preview/"])
def test_local_mail_is_read_from_its_file(alice_pop_account: Account, alice_client: Client, name: str) -> None:
    stored = local_store.store(alice_pop_account.pk, with_large_file(20 * MB))
    with open_mailbox(alice_pop_account) as mailbox:
        mailbox.folders()
    inbox = LocalFolder.objects.get(account=alice_pop_account, name="INBOX")
    with at_most(4 * MB):
        message = add_message(inbox, stored)
    address = f"/mail/{alice_pop_account.pk}/INBOX/{inbox.uidvalidity}/{message.uid}/{name}"
    alice_client.get(address)  # what is loaded once
    with at_most(4 * MB):
        answer = alice_client.get(address)
        assert answer.status_code == 200
        amount = sum(map(len, answer)) if answer.streaming else 0
    assert amount > 14 * MB or name not in ("part/2/", "files/", "raw/")
