"""Processes that die anywhere in a job on two thousand messages, and lines that do: counted at the server, by another
client, each message is in one of the two folders, once."""

import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from deploy import product
from tests.compose.visitor import Visitor
from tests.mailbox.letters import plain
from tests.servers.live import Live, Person
from webmail.bulk.models import State

NUMBER = 2000
KILLS = 6


@pytest.fixture
def unhurried(live: Live) -> Iterator[Live]:
    """The product without its own worker: those of this test come and go."""
    usual = dict(live.environment)
    live.kill("worker")
    live.environment |= {"BULK_LEASE_SECONDS": "0.2"}  # so that the next one takes over at once
    yield live
    live.environment.clear()
    live.environment |= usual
    live.start_worker()


@pytest.fixture
def anna(unhurried: Live) -> Person:
    """With two thousand messages in her inbox, some of them alike but for their Message-ID."""
    anna = unhurried.new_person("anna")
    with unhurried.dovecot.imap(anna.mail) as client:
        letters = [b"Message-ID: <%d@many.test>\r\n" % each + plain(f"letter {each // 3}") for each in range(NUMBER)]
        client.multiappend("INBOX", letters)
    return anna


def held(live: Live, person: Person, folder: str) -> Counter[bytes]:
    """The Message-IDs of a folder."""
    with live.dovecot.imap(person.mail) as client:
        client.select_folder(folder, readonly=True)
        uids = client.search()
        found = client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]) if uids else {}
    return Counter(
        re.search(rb"<\d+@many.test>", value)[0]  # type: ignore[index]
        for items in found.values()
        for name, value in items.items()
        if name.startswith(b"BODY")
    )


def spawn(live: Live, *arguments: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bulk.worker", *map(str, arguments)], env=live.environment, cwd=product.ROOT
    )


def killed(live: Live, points: random.Random) -> None:
    """Somewhere: before a statement to the database, or while the server is asked. One that was done before is none."""
    spawn(live, points.randint(6, 40), points.choice([0, 0, 3, 10, 30])).wait(90)


def until_over(live: Live) -> None:
    """By two at once."""
    live.environment |= {"BULK_LEASE_SECONDS": "20"}
    for process in [spawn(live), spawn(live)]:
        assert process.wait(90) == 0
    assert {state for (state,) in live.rows("SELECT state FROM bulk_job")} == {State.DONE}


def whole(live: Live, person: Person) -> tuple[int, int]:
    """How many are in the inbox and in the archive; none is missing, none there twice."""
    inbox, archive = held(live, person, "INBOX"), held(live, person, "Archive")
    counted = inbox + archive
    assert set(counted.values()) == {1}
    assert len(counted) == NUMBER
    return inbox.total(), archive.total()


def archive_all(tab: Visitor) -> None:
    account = re.search(r"/mail/(\d+)/INBOX/", tab.get("/"))
    assert account
    tab.post(f"/mail/{account[1]}/INBOX/all/", action="archive")


@pytest.mark.timeout(300)  # some twenty processes start one after the other
def test_killed_at_many_points_each_message_is_in_one_folder(unhurried: Live, anna: Person) -> None:
    tab = Visitor(unhurried, anna)
    archive_all(tab)
    points = random.Random(5)
    for _time in range(KILLS):
        killed(unhurried, points)
    whole_or_twice(unhurried, anna)
    until_over(unhurried)
    assert whole(unhurried, anna) == (0, NUMBER)
    [(job, account)] = unhurried.rows("SELECT id, account_id FROM bulk_job WHERE undoes_id IS NULL")
    tab.post(f"/jobs/{account}/{job}/undo/")
    unhurried.environment |= {"BULK_LEASE_SECONDS": "0.2"}
    for _time in range(KILLS // 2):
        killed(unhurried, points)
    until_over(unhurried)
    assert whole(unhurried, anna) == (NUMBER, 0)


def whole_or_twice(live: Live, person: Person) -> None:
    """Right after a death a server may be about to remove what it has copied; nothing may be missing at any time."""
    assert len(held(live, person, "Archive") + held(live, person, "INBOX")) == NUMBER
