"""Sessions that the pool opens before anybody needs them, and who comes meanwhile."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.protocols.pooled import Opener, eventually, forbidden, open_patiently, started
from tests.servers.scripted import Peer, scripted
from webmail.protocols import imap_pool
from webmail.protocols.endpoint import Security
from webmail.protocols.errors import LoginRefused, Unreachable
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_pool import ImapPool


@pytest.fixture
def pool() -> Iterator[ImapPool]:
    made = ImapPool()
    yield made
    made.close()


def test_opened_ahead_it_serves_the_first(pool: ImapPool, any_opener: Opener) -> None:
    opened = pool.open_ahead("ann", any_opener, folder="INBOX")
    with pool.lease("ann", forbidden, folder="INBOX") as session:
        assert session is opened
        assert session.selected
        assert session.selected.folder == "INBOX"


def test_where_there_is_one_none_is_opened_ahead(pool: ImapPool, any_opener: Opener) -> None:
    with pool.lease("ann", any_opener):
        assert pool.open_ahead("ann", forbidden) is None
    assert pool.open_ahead("ann", forbidden) is None


def test_who_comes_while_it_is_opened_waits_for_that_one(pool: ImapPool, any_opener: Opener) -> None:
    gate = threading.Event()
    opened: list[ImapSession | None] = []

    def slow() -> ImapSession:
        gate.wait(10)
        return any_opener()

    def look() -> None:
        with pool.lease("ann", forbidden) as session:
            opened.append(session)

    ahead = started(lambda: opened.append(pool.open_ahead("ann", slow)), 1)
    assert eventually(lambda: pool.holds("ann"))
    looking = started(look, 1)
    time.sleep(imap_pool.SHORT_PATIENCE + 0.3)
    assert opened == [], "longer than others would hope"
    gate.set()
    for thread in ahead + looking:
        thread.join(10)
    assert len(opened) == 2
    assert opened[0] is opened[1]


def test_who_comes_after_one_that_could_not_wait_waits_for_it_too(
    pool: ImapPool, any_opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that has something else to show waits briefly; then it asks for the live list."""
    monkeypatch.setattr(imap_pool, "PATIENCE", 0.2)
    gate = threading.Event()

    def slow() -> ImapSession:
        gate.wait(10)
        return any_opener()

    ahead = started(lambda: pool.open_ahead("ann", slow), 1)
    assert eventually(lambda: pool.holds("ann"))
    with pytest.raises(Unreachable), pool.lease("ann", forbidden, timeout=0.1):
        pass
    threading.Timer(0.6, gate.set).start()
    with pool.lease("ann", forbidden) as session:
        assert not session.broken
    ahead[0].join(10)


def test_who_waits_shares_a_refusal(pool: ImapPool) -> None:
    """A second wrong password would be a step towards a locked mailbox."""
    gate, tries, told = threading.Event(), [], []

    def refused() -> ImapSession:
        tries.append(1)
        gate.wait(10)
        raise LoginRefused("no", reason="credentials", reply="[AUTHENTICATIONFAILED]")

    def look(enter: Callable[[], object]) -> None:
        try:
            enter()
        except LoginRefused as error:
            told.append((error.reason, error.reply))

    def lease() -> None:
        with pool.lease("ann", refused):
            pass

    ahead = started(lambda: look(lambda: pool.open_ahead("ann", refused)), 1)
    assert eventually(lambda: tries)
    looking = started(lambda: look(lease), 1)
    time.sleep(0.2)
    gate.set()
    for thread in ahead + looking:
        thread.join(10)
    assert told == [("credentials", "[AUTHENTICATIONFAILED]")] * 2
    assert tries == [1]
    with pytest.raises(LoginRefused):
        lease()
    assert tries == [1, 1], "later, somebody who asks is served anew"


def test_nothing_is_opened_ahead_at_a_server_that_keeps_two_waiting(pool: ImapPool) -> None:
    with scripted(Peer.hang) as silent:
        endpoint = silent.endpoint(Security.NONE)

        def ask() -> None:
            with (
                contextlib.suppress(Unreachable),
                pool.lease(object(), lambda: open_patiently(endpoint), server="silent"),
            ):
                pass

        started(ask, 2)
        assert eventually(lambda: silent.connections == 2)
        with pytest.raises(Unreachable) as caught:
            pool.open_ahead("ann", forbidden, server="silent")
        assert caught.value.reason == "pool"
