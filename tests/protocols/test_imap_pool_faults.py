"""The pool over servers that limit, forget, renumber and stay silent."""

import contextlib
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.protocols.conftest import open_quickly
from tests.protocols.pooled import Opener, any_folder, eventually, forbidden, open_patiently
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.proxy import CuttingProxy
from tests.servers.scripted import Peer, anywhere, scripted
from webmail.protocols import imap_pool, wire
from webmail.protocols.endpoint import Endpoint, Password, Security
from webmail.protocols.errors import Unreachable
from webmail.protocols.imap import ImapSession, open_session
from webmail.protocols.imap_pool import ImapPool


@pytest.fixture
def pool() -> Iterator[ImapPool]:
    made = ImapPool(max_per_key=2, idle_seconds=60, max_total=10)
    yield made
    made.close()


def opener_of(user: MailUser, endpoint: Endpoint) -> Opener:
    return lambda: open_session(endpoint, Password(user.address, user.password), guard=anywhere)


# -- what lies idle


def test_idle_ones_end_though_nobody_comes_any_more(pool: ImapPool, any_opener: Opener) -> None:
    pool.idle_seconds = pool.spare_seconds = 0.3
    with pool.lease("ann", any_opener) as hers, pool.lease("bob", any_opener) as his:
        pass
    assert eventually(lambda: hers.broken and his.broken)
    assert not pool.holds("ann")


def test_the_thread_that_ends_them_ends_too_and_comes_back(pool: ImapPool, any_opener: Opener) -> None:
    def sweepers() -> int:
        return sum(thread.name == "IMAP sessions" for thread in threading.enumerate())

    others = sweepers()
    pool.idle_seconds = pool.spare_seconds = 0.2
    for _ in range(2):
        with pool.lease("ann", any_opener):
            pass
        assert sweepers() == others + 1
        assert eventually(lambda: sweepers() == others)


def test_the_second_of_an_account_ends_before_the_first(pool: ImapPool, any_opener: Opener) -> None:
    pool.spare_seconds = 0.3
    with pool.lease("ann", any_opener) as one, pool.lease("ann", any_opener) as two:
        pass
    assert eventually(lambda: one.broken or two.broken)
    time.sleep(0.5)
    assert (one.broken, two.broken) == (False, True), "the one that came back last stays"


def test_a_server_has_a_limit_of_its_own(pool: ImapPool, any_opener: Opener) -> None:
    pool.max_per_server = 2
    with pool.lease("elsewhere", any_opener, server="far") as other:
        pass
    kept = []
    for key in "abc":
        with pool.lease(key, any_opener, server="near") as session:
            kept.append(session)
    assert [session.broken for session in (other, *kept)] == [False, True, False, False]


# -- limits of the server


class LimitedDovecot(DovecotForTests):
    """Takes one connection of each user and address."""

    def command(self) -> list[str]:
        command = super().command()
        config = self.run / "dovecot.conf"
        text = config.read_text()
        assert "mail_max_userip_connections = 200" in text
        config.write_text(text.replace("mail_max_userip_connections = 200", "mail_max_userip_connections = 1"))
        return command


@pytest.fixture(scope="module")
def limited() -> Iterator[DovecotForTests]:
    server = LimitedDovecot()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def limited_opener(limited: DovecotForTests) -> Opener:
    endpoint = Endpoint(limited.host, limited.ports["imaps"], Security.TLS, ca_pem=limited.ca_pem)
    return opener_of(limited.new_user(), endpoint)


def test_a_server_that_takes_one_connection_serves_all_by_it(pool: ImapPool, limited_opener: Opener) -> None:
    refused: list[str] = []
    begun, finished = threading.Event(), threading.Event()

    def opener() -> ImapSession:
        try:
            return limited_opener()
        except Unreachable as error:
            refused.append(error.reason)
            raise

    def look() -> int:
        with pool.lease("ann", opener, server="limited") as session:
            return session.select("INBOX").exists

    def look_long() -> None:
        with pool.lease("ann", opener, server="limited"):
            begun.set()
            finished.wait(20)

    with ThreadPoolExecutor(7) as threads:
        threads.submit(look_long)
        assert begun.wait(10)
        jobs = [threads.submit(look) for _ in range(6)]
        assert eventually(lambda: refused)
        finished.set()
        assert [job.result(20) for job in jobs] == [0] * 6
    assert refused == ["busy"], "what is known is not tried again"


def test_a_limit_is_not_believed_for_ever(
    pool: ImapPool, limited_opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_pool, "LIMITED_SECONDS", 1.0)
    tries: list[int] = []

    def opener() -> ImapSession:
        tries.append(1)
        return limited_opener()

    def look() -> None:
        with pytest.raises(Unreachable), pool.lease("ann", opener, timeout=0.1):
            pass

    with pool.lease("ann", opener):
        look()
        look()
        assert len(tries) == 2
        time.sleep(1.0)
        look()
        assert len(tries) == 3


def test_an_idle_session_of_another_account_makes_room(pool: ImapPool) -> None:
    """A server that counts by address, whoever signs in."""
    standing = threading.Semaphore(1)

    def one_at_a_time(peer: Peer) -> None:
        if not standing.acquire(blocking=False):
            peer.say("* BYE [LIMIT] Too many connections from your address")
            return
        try:
            any_folder(peer)
        finally:
            standing.release()

    with scripted(one_at_a_time) as server:

        def opener() -> ImapSession:
            return open_quickly(server.endpoint(Security.NONE))

        with pool.lease("ann", opener, server="small") as hers:
            with pytest.raises(Unreachable) as caught, pool.lease("bob", opener, server="small"):
                pass
            assert caught.value.reason == "busy", "hers is in use"
        with pool.lease("bob", opener, server="small") as his:
            assert his.select("INBOX").exists == 3
        assert hers.broken


# -- lines that are cut


@pytest.fixture
def forgetful(dovecot: DovecotForTests, monkeypatch: pytest.MonkeyPatch) -> Iterator[CuttingProxy]:
    """A firewall between us and the real server."""
    monkeypatch.setattr(wire, "UNHEARD_SECONDS", 0.8)
    proxy = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    yield proxy
    proxy.close()


def test_a_forgotten_line_is_lost_and_takes_the_other_with_it(
    pool: ImapPool, forgetful: CuttingProxy, user: MailUser
) -> None:
    opener = opener_of(user, Endpoint(forgetful.host, forgetful.port, Security.NONE))
    with pool.lease("ann", opener) as one, pool.lease("ann", opener) as two:
        one.select("INBOX")
        two.select("INBOX")
    forgetful.fall_silent()
    begun = time.monotonic()
    with pytest.raises(Unreachable) as caught, pool.lease("ann", forbidden) as kept:
        kept.noop()
    assert caught.value.reason == "lost", "so that it is done again on another one"
    assert time.monotonic() - begun < 15, "the time limit of an answer is 30 seconds"
    assert one.broken
    assert two.broken
    with pool.lease("ann", opener) as fresh:
        assert fresh.select("INBOX").exists == 0


def test_a_server_that_only_thinks_long_is_waited_for(pool: ImapPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its system acknowledges what its program has not read yet."""
    monkeypatch.setattr(wire, "UNHEARD_SECONDS", 0.3)

    def thinks(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello")
        for lines in ([], ["* CAPABILITY IMAP4rev1"]):
            peer.say(*lines, peer.hear().split(b" ")[0] + b" OK done")
        time.sleep(1.5)
        peer.answer_imap(SELECT=["* 3 EXISTS"])

    with scripted(thinks) as server:
        endpoint = server.endpoint(Security.NONE)
        with pool.lease("ann", lambda: open_patiently(endpoint)):
            pass
        with pool.lease("ann", forbidden) as kept:
            assert kept.select("INBOX").exists == 3


def test_a_folder_numbered_anew_is_seen_at_the_next_opening(
    pool: ImapPool, dovecot: DovecotForTests, imap_endpoint: Endpoint, user: MailUser
) -> None:
    opener = opener_of(user, imap_endpoint)
    with dovecot.imap(user) as other, pool.lease("ann", opener) as session:
        other.create_folder("Work")
        old = session.select_if_needed("Work").uidvalidity
        session.select("INBOX")
        other.delete_folder("Work")
        time.sleep(1.1)  # UIDVALIDITY is a time in seconds
        other.create_folder("Work")
        new = session.select_if_needed("Work", old).uidvalidity
        assert new != old


# -- whose it is


def test_no_message_is_ever_shown_to_another(
    dovecot: DovecotForTests, imap_endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five people, eight threads, two sessions for each and six in all, some of which break at any moment: whoever
    reads a message finds their own name in it (I11)."""
    monkeypatch.setattr(imap_pool, "PATIENCE", 20.0)
    monkeypatch.setattr(imap_pool, "SHORT_PATIENCE", 20.0)
    pool = ImapPool(max_per_key=2, max_total=6, idle_seconds=0.2, spare_seconds=0.1)
    people = [dovecot.new_user(name) for name in ("ann", "bob", "cid", "dan", "eve")]
    for person in people:
        dovecot.deliver(person.address, f"Subject: for {person.address}\r\n\r\nx\r\n".encode())
    read: list[tuple[str, bytes]] = []

    def visit(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(40):
            person = chance.choice(people)
            with pool.lease(person, opener_of(person, imap_endpoint), server="dovecot", timeout=30) as session:
                session.select_if_needed(chance.choice(["INBOX", "INBOX", "Sent"]))
                session.select_if_needed("INBOX")
                read.extend((person.address, row.header) for row in session.rows(range(1, 10)))
                match chance.randrange(12):
                    case 0:
                        session.close()
                    case 1:
                        pool.drop(lambda key: key == chance.choice(people))
                    case 2:
                        time.sleep(0.15)

    with ThreadPoolExecutor(8) as threads:
        for job in [threads.submit(visit, seed) for seed in range(8)]:
            job.result(60)
    pool.close()
    assert len(read) == 8 * 40
    assert [address for address, header in read if f"for {address}".encode() not in header] == []


def test_one_that_was_dropped_while_it_was_opened_serves_nobody_else(pool: ImapPool, any_opener: Opener) -> None:
    def opener() -> ImapSession:
        opened = any_opener()
        pool.drop(lambda key: key == "ann")
        return opened

    assert pool.open_ahead("ann", opener)
    assert not pool.holds("ann")


def test_a_fork_in_the_middle_of_a_lease_leaves_the_parents_line_alone(pool: ImapPool, any_opener: Opener) -> None:
    with pool.lease("ann", any_opener) as lent:
        lent.select("INBOX")
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:  # pragma: no cover
            verdict = b"x"
            try:
                verdict = b"y" if lent.broken and not pool.holds("ann") else b"n"
            finally:
                os.write(writing, verdict)
                os._exit(0)
        os.close(writing)
        assert os.read(reading, 1) == b"y"
        os.close(reading)
        os.waitpid(child, 0)
        assert lent.noop()
    with pool.lease("ann", forbidden) as kept:
        assert kept is lent


def test_many_accounts_leave_no_lines_behind(any_opener: Opener) -> None:
    before = sockets()
    pool = ImapPool(max_total=3, idle_seconds=0.2, spare_seconds=0.2)
    for number in range(300):
        with pool.lease(("account", number), any_opener, server=("server", number)):
            pass
    assert eventually(lambda: sockets() <= before)


def sockets() -> int:
    """Of this process."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            count += str(descriptor.readlink()).startswith("socket:")
    return count
