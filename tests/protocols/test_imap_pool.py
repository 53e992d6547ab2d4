"""The pool: sessions are kept, lent once, never across keys, and dropped when anything is wrong with them."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.protocols.conftest import open_quickly
from tests.protocols.pooled import Opener, any_folder, forbidden, no_thread, open_patiently, started
from tests.servers.dovecot import DovecotForTests
from tests.servers.scripted import Peer, ScriptedServer, anywhere, scripted
from webmail.protocols import imap_pool
from webmail.protocols.endpoint import Endpoint, Password, Security
from webmail.protocols.errors import Rejected, Unreachable
from webmail.protocols.imap import ImapSession, open_session
from webmail.protocols.imap_pool import SHORT_PATIENCE, TRUSTED, ImapPool


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted(any_folder) as listening:
        yield listening


@pytest.fixture
def opener(server: ScriptedServer) -> Callable[[], ImapSession]:
    return lambda: open_quickly(server.endpoint(Security.NONE))


@pytest.fixture
def pool() -> Iterator[ImapPool]:
    made = ImapPool(max_per_key=2, idle_seconds=60, max_total=4)
    yield made
    made.close()


def test_a_session_is_kept_for_the_next(pool: ImapPool, opener: Opener) -> None:
    with pool.lease("ann", opener) as first:
        first.select("INBOX")
    with pool.lease("ann", forbidden) as second:
        assert second is first
        assert second.selected


def test_a_session_is_kept_where_no_thread_is_to_be_had(
    pool: ImapPool, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pool.lease("ann", opener) as first:
        monkeypatch.setattr(threading.Thread, "start", no_thread)
    with pool.lease("ann", forbidden) as second:
        assert second is first
        monkeypatch.undo()
    assert pool._sweeper, "what lies idle is closed some day all the same"


def test_no_session_serves_two_keys(pool: ImapPool, opener: Opener) -> None:
    with pool.lease("ann", opener) as hers:
        pass
    with pool.lease("bob", opener) as his:
        assert his is not hers


def test_users_never_meet_on_a_real_server(pool: ImapPool, dovecot: DovecotForTests, imap_endpoint: Endpoint) -> None:
    """Many threads, two people, one pool: everybody sees their own mail alone (I11)."""
    people = [dovecot.new_user(name) for name in ("ann", "bob")]
    for person in people:
        dovecot.deliver(person.address, f"Subject: for {person.address}\r\n\r\nx\r\n".encode())
    wrong: list[bytes] = []

    def read(person: object) -> None:
        credentials = Password(person.address, person.password)  # type: ignore[attr-defined]
        for _ in range(20):
            with pool.lease(person, lambda: open_session(imap_endpoint, credentials, guard=anywhere)) as session:
                session.select_if_needed("INBOX")
                wrong.extend(
                    row.header for row in session.rows(range(1, 10)) if credentials.username.encode() not in row.header
                )

    threads = [threading.Thread(target=read, args=(person,)) for person in people * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_one_with_the_folder_open_comes_first(pool: ImapPool, opener: Opener) -> None:
    with pool.lease("ann", opener) as one, pool.lease("ann", opener) as two:
        one.select("INBOX")
        two.select("Sent")
    for folder, session in (("INBOX", one), ("Sent", two), ("INBOX", one)):
        with pool.lease("ann", forbidden, folder=folder) as leased:
            assert leased is session


def test_limit_of_a_key(pool: ImapPool, opener: Opener) -> None:
    with pool.lease("ann", opener), pool.lease("ann", opener):
        started = time.monotonic()
        with pytest.raises(Unreachable) as caught, pool.lease("ann", opener, timeout=0.2):
            pass
        assert caught.value.reason == "pool"
        assert 0.15 < time.monotonic() - started < 1
        with pool.lease("bob", opener):
            pass


def test_waiting_ends_when_one_comes_back(pool: ImapPool, opener: Opener) -> None:
    with pool.lease("ann", opener), pool.lease("ann", opener):
        leased: list[ImapSession] = []

        def wait() -> None:
            with pool.lease("ann", forbidden, timeout=5) as session:
                leased.append(session)

        waiter = threading.Thread(target=wait)
        waiter.start()
        time.sleep(0.1)
        assert not leased
    waiter.join(5)
    assert leased


def test_limit_of_all_makes_room_from_idle_ones(pool: ImapPool, opener: Opener) -> None:
    kept = []
    for key in range(4):
        with pool.lease(key, opener) as session:
            kept.append(session)
    with pool.lease("fifth", opener):
        assert [session.broken for session in kept] == [True, False, False, False]


def test_idle_ones_are_closed_on_next_use(pool: ImapPool, opener: Opener) -> None:
    pool.idle_seconds = 0.1
    with pool.lease("ann", opener) as first:
        pass
    time.sleep(0.2)
    with pool.lease("bob", opener):
        assert first.broken


@pytest.mark.parametrize("error", [Unreachable("gone"), OSError("gone"), TimeoutError()])
def test_a_broken_one_is_dropped(pool: ImapPool, opener: Opener, error: Exception) -> None:
    with pytest.raises(type(error)), pool.lease("ann", opener) as first:
        raise error
    with pool.lease("ann", opener) as second:
        assert first.broken
        assert second is not first


@pytest.mark.parametrize("error", [Rejected("no"), ValueError("x"), KeyError("x")])
def test_other_errors_keep_it(pool: ImapPool, opener: Opener, error: Exception) -> None:
    with pytest.raises(type(error)), pool.lease("ann", opener) as first:
        raise error
    with pool.lease("ann", forbidden) as second:
        assert second is first


def test_a_failed_opening_gives_its_place_back(pool: ImapPool, opener: Opener) -> None:
    def fails() -> ImapSession:
        raise Unreachable("no")

    for _ in range(5):
        with pytest.raises(Unreachable, match="no"), pool.lease("ann", fails):
            pass
    with pool.lease("ann", opener):
        pass


def test_one_that_the_server_closed_is_replaced_before_it_is_lent(pool: ImapPool) -> None:
    def leaves_after_login(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello")
        for lines in ([], ["* CAPABILITY IMAP4rev1"]):
            peer.say(*lines, peer.hear().split(b" ")[0] + b" OK done")
        peer.say("* BYE idle for too long")

    with scripted(leaves_after_login, any_folder) as server:
        with pool.lease("ann", lambda: open_quickly(server.endpoint(Security.NONE))) as first:
            pass
        time.sleep(0.1)
        with pool.lease("ann", lambda: open_quickly(server.endpoint(Security.NONE))) as second:
            assert second is not first
            assert second.select("INBOX").exists == 3


def test_a_server_restart_costs_nobody_an_error(
    pool: ImapPool, dovecot: DovecotForTests, imap_endpoint: Endpoint
) -> None:
    user = dovecot.new_user()

    def login() -> ImapSession:
        return open_session(imap_endpoint, Password(user.address, user.password), guard=anywhere)

    with pool.lease("ann", login) as first:
        first.select("INBOX")
    dovecot.stop()
    dovecot.start()
    with pool.lease("ann", login) as second:
        assert second is not first
        assert second.select("INBOX").exists == 0


def test_drop_closes_idle_and_lent_ones(pool: ImapPool, opener: Opener) -> None:
    with pool.lease("ann", opener) as lent:
        with pool.lease("ann", opener) as idle, pool.lease("bob", opener) as others:
            pass
        pool.drop(lambda key: key == "ann")
        assert idle.broken
        assert not lent.broken, "its owner may finish"
        assert not others.broken
    with pytest.raises(Unreachable):
        lent.noop()
    with pool.lease("ann", opener) as new:
        assert new not in (lent, idle)


def test_a_fork_starts_empty_and_leaves_the_parents_alone(pool: ImapPool, opener: Opener) -> None:
    with pool.lease("ann", opener) as session:
        session.select("INBOX")
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:  # pragma: no cover
        verdict = b"x"
        try:
            with pool.lease("ann", opener) as fresh:
                verdict = b"y" if fresh is not session and fresh.select("INBOX").exists == 3 else b"n"
        finally:
            os.write(writing, verdict)
            os._exit(0)
    os.close(writing)
    assert os.read(reading, 1) == b"y"
    os.close(reading)
    os.waitpid(child, 0)
    with pool.lease("ann", forbidden) as kept:
        assert kept is session
        assert kept.noop().exists == 3  # type: ignore[union-attr]


# -- one server, many threads


def test_at_a_silent_server_two_wait_and_the_others_are_told_at_once(pool: ImapPool) -> None:
    refused: list[float] = []
    keys = iter(range(100))

    def ask() -> None:
        begun = time.monotonic()
        with contextlib.suppress(Unreachable):
            try:
                with pool.lease(next(keys), lambda: open_patiently(silent.endpoint(Security.NONE)), server="silent"):
                    pass
            except Unreachable as error:
                if error.reason == "pool":
                    refused.append(time.monotonic() - begun)
                raise

    with scripted(Peer.hang) as silent:
        waiting = started(ask, 12)
        time.sleep(SHORT_PATIENCE + 0.5)
        assert silent.connections == 2
        assert len(refused) == 8, "two hope for those two places, whoever came at the same time has given up"
        started(ask, 5)
        time.sleep(0.3)
        assert sorted(refused)[4] < 0.2, "whoever came later did not wait at all"
        assert sum(thread.is_alive() for thread in waiting) == 4


def test_a_silent_server_is_not_in_the_way_of_another(pool: ImapPool, opener: Opener) -> None:
    with scripted(Peer.hang) as silent:

        def ask() -> None:
            with (
                contextlib.suppress(Unreachable),
                pool.lease(object(), lambda: open_patiently(endpoint), server="silent"),
            ):
                pass

        endpoint = silent.endpoint(Security.NONE)
        started(ask, 3)
        begun = time.monotonic()
        with pool.lease("ann", opener, server="good"):
            assert time.monotonic() - begun < 1


def test_more_are_let_to_a_server_that_answers(pool: ImapPool, opener: Opener) -> None:
    pool.max_total = 20
    with pool.lease("ann", opener, server="good"):
        pass
    with contextlib.ExitStack() as leases:
        for key in range(TRUSTED):
            leases.enter_context(pool.lease(key, opener, server="good"))
        with pytest.raises(Unreachable), pool.lease("one more", forbidden, server="good", timeout=0.1):
            pass


def test_waiting_goes_on_while_others_come_and_go(
    pool: ImapPool, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow server that gets on is no dead one: everybody is served, however long the queue is."""
    monkeypatch.setattr(imap_pool, "PATIENCE", 0.4)
    served: list[int] = []

    def ask() -> None:
        with pool.lease("ann", opener):
            time.sleep(0.1)
            served.append(1)

    for thread in started(ask, 20):
        thread.join(10)
    assert len(served) == 20
