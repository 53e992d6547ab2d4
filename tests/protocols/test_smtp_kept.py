"""SMTP sessions that serve one mail after the other: faster, and never less certain."""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from contextlib import closing

import pytest

from tests.protocols.conftest import LOGIN
from tests.protocols.pooled import no_thread
from tests.protocols.test_smtp import ANN, BOB, EVE, RAW, Dot, endpoint_of
from tests.servers.proxy import CuttingProxy
from tests.servers.scripted import QUICK, Peer, Script, anywhere, scripted
from tests.servers.smtp import RecordingServer
from webmail.protocols import wire
from webmail.protocols.endpoint import Endpoint, Security
from webmail.protocols.errors import OutcomeUnknown, Rejected, Unreachable
from webmail.protocols.smtp import Refusal, Submission, submit
from webmail.protocols.smtp_kept import KeptSessions
from webmail.protocols.sockets import DEFAULT_TIMEOUTS, Timeouts

Kept = KeptSessions[Submission]


def send(
    endpoint: Endpoint,
    kept: Kept,
    *recipients: str,
    key: Hashable = "ann",
    dot: Callable[[], None] | None = None,
    raw: bytes = RAW,
    timeouts: Timeouts = QUICK,
) -> dict[str, Refusal]:
    login = LOGIN if endpoint.security is Security.TLS else None
    before_dot, to = dot or Dot(), recipients or (BOB,)
    return submit(
        endpoint, login, ANN, to, raw, guard=anywhere, timeouts=timeouts, before_dot=before_dot, kept=kept.of(key)
    )


@pytest.fixture
def endpoint(smtp_server: RecordingServer) -> Endpoint:
    smtp_server.add_user(LOGIN.username, LOGIN.secret)
    return endpoint_of(smtp_server, Security.TLS)


def eventually(condition: Callable[[], object], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def test_a_second_mail_needs_no_second_login(endpoint: Endpoint, smtp_server: RecordingServer) -> None:
    kept, dot = Kept(), Dot()
    send(endpoint, kept, BOB, dot=dot)
    send(endpoint, kept, EVE, dot=dot)
    assert [mail.recipients for mail in smtp_server.accepted] == [[BOB], [EVE]]
    assert (smtp_server.connections, smtp_server.logins, dot.calls) == (1, [LOGIN.username], 2)


def test_nobody_elses_session(endpoint: Endpoint, smtp_server: RecordingServer) -> None:
    kept = Kept()
    send(endpoint, kept, key=(1, "version 1"))
    send(endpoint, kept, key=(1, "version 2"))
    assert smtp_server.connections == 2


def test_a_session_is_lent_to_one_at_a_time(endpoint: Endpoint, smtp_server: RecordingServer) -> None:
    kept = Kept()

    def meanwhile() -> None:
        send(endpoint, kept, EVE)

    send(endpoint, kept)
    send(endpoint, kept, dot=meanwhile)
    assert smtp_server.connections == 2
    assert sorted(mail.recipients for mail in smtp_server.accepted) == [[BOB], [BOB], [EVE]]


def test_nothing_of_a_mail_is_kept_with_its_session(endpoint: Endpoint) -> None:
    """A mail may have many megabytes."""

    class Mail:
        def progress(self) -> None:
            """As a worker's, which knows the whole mail."""

    kept, mail = Kept(), Mail()
    gone = weakref.ref(mail)
    kept_for, before_dot = kept.of("ann"), Dot()
    submit(
        endpoint,
        LOGIN,
        ANN,
        (BOB,),
        RAW,
        guard=anywhere,
        timeouts=QUICK,
        before_dot=before_dot,
        progress=mail.progress,
        kept=kept_for,
    )
    del mail
    gc.collect()
    assert gone() is None
    assert kept.take("ann")


def test_a_mail_that_was_taken_does_not_fail_for_want_of_a_thread(
    endpoint: Endpoint, smtp_server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept()
    assert send(endpoint, kept, dot=lambda: monkeypatch.setattr(threading.Thread, "start", no_thread)) == {}
    monkeypatch.undo()
    assert kept.take("ann") is None, "nothing would end it"
    send(endpoint, kept)
    assert kept.take("ann")
    assert len(smtp_server.accepted) == 2


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("code", [451, 550])
def test_a_session_that_takes_no_more_mail_is_replaced(
    endpoint: Endpoint, smtp_server: RecordingServer, stage: str, code: int
) -> None:
    """A refusal counts only where a new session repeats it."""
    kept, dot = Kept(), Dot()
    send(endpoint, kept)
    smtp_server.refuse(EVE if stage == "rcpt" else "*", code, at=stage)
    with pytest.raises(Rejected) as caught:
        send(endpoint, kept, EVE, dot=dot)
    assert (caught.value.code, smtp_server.connections, dot.calls) == (code, 2, 0)


def test_a_refusal_of_the_message_is_final(endpoint: Endpoint, smtp_server: RecordingServer) -> None:
    kept, dot = Kept(), Dot()
    send(endpoint, kept)
    smtp_server.refuse("*", 554, at="dot")
    with pytest.raises(Rejected):
        send(endpoint, kept, dot=dot)
    assert (smtp_server.connections, dot.calls) == (1, 1)


def test_a_server_that_was_restarted(endpoint: Endpoint, smtp_server: RecordingServer) -> None:
    kept, dot = Kept(), Dot()
    send(endpoint, kept)
    smtp_server.stop()
    smtp_server.start()
    send(endpoint, kept, dot=dot)
    assert (len(smtp_server.accepted), smtp_server.connections, dot.calls) == (2, 2, 1)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_line_that_breaks_before_the_message(endpoint: Endpoint, smtp_server: RecordingServer, stage: str) -> None:
    kept, dot = Kept(), Dot()
    send(endpoint, kept)
    smtp_server.drop("*", at=stage)
    with pytest.raises(Unreachable):
        send(endpoint, kept, EVE, dot=dot)
    assert (smtp_server.connections, dot.calls) == (2, 0)


def test_a_line_that_breaks_within_the_message_is_not_tried_again(
    endpoint: Endpoint, smtp_server: RecordingServer
) -> None:
    kept, dot = Kept(), Dot()
    send(endpoint, kept)
    smtp_server.drop_before_dot()
    with pytest.raises(Unreachable):
        send(endpoint, kept, dot=dot, raw=RAW + b"x" * 70 * 50_000)
    assert (smtp_server.connections, dot.calls) == (1, 0)


@pytest.mark.parametrize("accept", [True, False])
def test_after_the_dot_nothing_is_repeated(endpoint: Endpoint, smtp_server: RecordingServer, accept: bool) -> None:
    kept, dot = Kept(), Dot()
    send(endpoint, kept)
    smtp_server.drop_after_dot(accept=accept)
    with pytest.raises(OutcomeUnknown):
        send(endpoint, kept, dot=dot)
    assert (len(smtp_server.accepted), smtp_server.connections, dot.calls) == (1 + accept, 1, 1)


def test_a_stop_before_the_dot_ends_the_session(endpoint: Endpoint, smtp_server: RecordingServer) -> None:
    kept = Kept()
    send(endpoint, kept)
    with pytest.raises(KeyError):
        send(endpoint, kept, dot=Dot(KeyError("no longer ours")))
    send(endpoint, kept, EVE)
    assert [mail.recipients for mail in smtp_server.accepted] == [[BOB], [EVE]]
    assert smtp_server.connections == 2


def test_a_line_that_a_firewall_forgot(smtp_server: RecordingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "UNHEARD_SECONDS", 0.8)
    kept, dot = Kept(), Dot()
    with closing(CuttingProxy((smtp_server.host, smtp_server.ports["plain"]))) as line:
        endpoint = Endpoint(line.host, line.port, Security.NONE)
        send(endpoint, kept, timeouts=DEFAULT_TIMEOUTS)
        line.fall_silent()
        begun = time.monotonic()
        send(endpoint, kept, EVE, dot=dot, timeouts=DEFAULT_TIMEOUTS)
    assert time.monotonic() - begun < 15, "the time limit of an answer is 30 seconds"
    assert [mail.recipients for mail in smtp_server.accepted] == [[BOB], [EVE]]
    assert dot.calls == 1


# -- servers of a few lines


def mails(peer: Peer, after_each: str = "") -> None:
    """Take mail after mail; say something unasked after each."""
    peer.say("220 ready")
    while (verb := peer.hear().split(b" ")[0]) != b"QUIT":
        if verb == b"DATA":
            peer.say("354 go on")
            while peer.hear() != b".":
                pass
            peer.say("250 taken", *([after_each] if after_each else []))
        else:
            peer.say("250 fine")
    peer.say("221 bye")


def sent(script: Script, *keys: Hashable, kept: Kept, pause: float = 0.1) -> tuple[int, bytes]:
    """Connections, and what the server heard, after one mail for each key."""
    with scripted(script) as server:
        for key in keys:
            send(server.endpoint(Security.NONE), kept, key=key)
            time.sleep(pause)
        return server.connections, bytes(server.clear)


def test_who_says_goodbye_is_believed() -> None:
    """An unasked reply would be taken for the answer to the next command."""
    assert sent(lambda peer: mails(peer, "421 too long idle"), 1, 1, kept=Kept())[0] == 2


def test_an_idle_session_says_goodbye() -> None:
    kept = Kept(seconds=0.2)
    with scripted(mails) as server:
        send(server.endpoint(Security.NONE), kept)
        assert b"QUIT" not in server.clear
        assert eventually(lambda: server.clear.endswith(b"QUIT\r\n"))
        send(server.endpoint(Security.NONE), kept)
        assert server.connections == 2
        assert eventually(lambda: server.clear.count(b"QUIT") == 2), "the timer starts anew"


def test_not_too_many_are_kept() -> None:
    kept = Kept(most=2)
    assert sent(mails, 1, 2, 3, 2, 3, kept=kept)[0] == 3
    assert sent(mails, 4, 5, kept=kept)[0] == 2


def test_a_mail_begins_without_what_came_before() -> None:
    _connections, heard = sent(mails, 1, 1, kept=Kept())
    assert heard.count(b"EHLO") == 1
    assert heard.count(b"MAIL FROM") == heard.count(b"DATA") == 2
