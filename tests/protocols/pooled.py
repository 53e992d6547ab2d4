"""What the tests of the pool share: openers, threads, patience."""

import threading
import time
from collections.abc import Callable

from tests.servers.scripted import Peer, anywhere
from webmail.protocols.endpoint import Endpoint, Password
from webmail.protocols.imap import ImapSession, open_session
from webmail.protocols.sockets import Timeouts

Opener = Callable[[], ImapSession]


def any_folder(peer: Peer) -> None:
    """A script: three messages are in whatever is opened."""
    peer.say("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello")
    peer.answer_imap(CAPABILITY=["* CAPABILITY IMAP4rev1"], SELECT=["* 3 EXISTS"])


def forbidden() -> ImapSession:
    raise AssertionError("no new session was needed")


def open_patiently(endpoint: Endpoint) -> ImapSession:
    timeouts = Timeouts(connect=5, banner=5, read=5, answer=5)
    return open_session(endpoint, Password("ann", "secret"), guard=anywhere, timeouts=timeouts)


def no_thread(*_asked: object) -> None:
    """In the place of Thread.start: the system has none left."""
    raise RuntimeError("can't start new thread")


def started(work: Callable[[], object], times: int) -> list[threading.Thread]:
    threads = [threading.Thread(target=work, daemon=True) for _ in range(times)]
    for thread in threads:
        thread.start()
    return threads


def eventually(condition: Callable[[], object], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())
