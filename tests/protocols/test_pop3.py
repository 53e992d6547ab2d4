"""POP3: messages octet for octet, whatever they are (P6), servers that do wrong (P4, P5, P7), and a real Dovecot."""

import hashlib
import itertools
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.conftest import LOGIN
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.scripted import QUICK, Peer, Script, anywhere, scripted
from webmail.protocols.endpoint import BearerToken, Credentials, Endpoint, Password, Security
from webmail.protocols.errors import LoginRefused, MailServerError, Rejected, Unreachable
from webmail.protocols.pop3 import DotUnstuffer, Maildrop, UidlEntry, open_maildrop


def stuffed(content: bytes, newline: bytes = b"\r\n") -> bytes:
    """A message as a server sends it (RFC 1939, 3): a dot that begins a line is doubled, a line of a dot ends it."""
    lines = b"" if not content else content if content.endswith(newline) else content + newline
    dotted = lines.replace(newline + b".", newline + b"..")
    return (b"." if dotted.startswith(b".") else b"") + dotted + b"." + newline


def unstuffed(wire: bytes, cuts: list[int], newline: bytes = b"\r\n") -> tuple[bytes, bytes]:
    """What the unstuffer makes of `wire`, cut at these places, up to the end; and what is left after it."""
    places = sorted({0, len(wire), *(cut % (len(wire) + 1) for cut in cuts)})
    unstuffer = DotUnstuffer(newline)
    content = b""
    for start, end in itertools.pairwise(places):
        content += unstuffer.feed(wire[start:end])
        if unstuffer.ended:
            return content, unstuffer.rest + wire[end:]
    raise AssertionError("no end was found")


nasty = st.lists(
    st.sampled_from(
        [b"\r\n", b"\n", b"\r", b".", b"..", b"\r\n.", b"\n.\n", b"\r\n.\r", b"\0", b"a", b"\xff", b".\r\n"]
    ),
    max_size=30,
).map(b"".join)


@given(
    content=nasty | st.binary(max_size=200),
    cuts=st.lists(st.integers(0, 10_000), max_size=12),
    after=st.binary(max_size=5),
)
@settings(max_examples=400, deadline=None)
def test_stuffing_is_undone_wherever_it_is_cut(content: bytes, cuts: list[int], after: bytes) -> None:
    complete = content if not content or content.endswith(b"\r\n") else content + b"\r\n"
    assert unstuffed(stuffed(content) + after, cuts) == (complete, after)


@given(content=nasty, cuts=st.lists(st.integers(0, 10_000), max_size=12))
@settings(max_examples=200, deadline=None)
def test_servers_that_end_lines_with_lf_alone(content: bytes, cuts: list[int]) -> None:
    text = content.replace(b"\r", b"")
    complete = text if not text or text.endswith(b"\n") else text + b"\n"
    assert unstuffed(stuffed(text, b"\n"), cuts, b"\n") == (complete, b"")


# -- scripted servers


def maildrop_of(
    *messages: bytes, uidl: list[str] | str | None = None, listed: list[str] | None = None, **answers: str
) -> Script:
    """A server with these messages. `uidl` replaces its UIDL answer, `listed` that of LIST, `answers` are
    status lines by verb."""

    def play(peer: Peer) -> None:
        peer.say(answers.pop("greeting", "+OK hello"))
        while True:
            verb, *words = peer.hear().decode("utf-8", "replace").split(" ")
            if verb in answers:
                peer.say(answers[verb])
            elif verb == "CAPA":
                peer.say("+OK", "USER", "UIDL", "TOP", ".")
            elif verb == "UIDL":
                lines = (
                    uidl if isinstance(uidl, list) else [f"{number + 1} u{number}" for number in range(len(messages))]
                )
                peer.say(*([uidl] if isinstance(uidl, str) else ["+OK", *lines, "."]))
            elif verb == "LIST":
                sizes = [f"{number + 1} {len(content)}" for number, content in enumerate(messages)]
                peer.say("+OK", *(listed or sizes), ".")
            elif verb == "RETR":
                peer.send(b"+OK follows\r\n" + stuffed(messages[int(words[0]) - 1]))
            elif verb == "QUIT":
                peer.say("+OK bye")
                return
            else:
                peer.say("+OK")

    return play


Opened = Callable[[Script], Maildrop]


@pytest.fixture
def opened() -> Iterator[Opened]:
    contexts = []

    def open_with(script: Script) -> Maildrop:
        context = scripted(script)
        contexts.append(context)
        endpoint = context.__enter__().endpoint(Security.NONE)
        return open_maildrop(endpoint, LOGIN, guard=anywhere, timeouts=QUICK)

    yield open_with
    for context in contexts:
        context.__exit__(None, None, None)


MESSAGES = {
    "plain": b"Subject: x\r\n\r\nhello\r\n",
    "bare LF": b"Subject: x\n\nhello\nworld\n\r\n",
    "bare CR": b"Subject: x\r\rhello\r\r\n",
    "NUL": b"Subject: x\r\n\r\na\0b\0\r\n",
    "8 bit": bytes(range(256)) * 3 + b"\r\n",
    "1 MB line": b"Subject: x\r\n\r\n" + b"y" * 1_000_000 + b"\r\n",
    "dot lines": b".\r\n..\r\n...\r\n.a\r\n\r\n.\r\n",
    "dots after bare LF": b"a\n.\nb\n..\n.\r\n",
    "no final CRLF": b"Subject: x\r\n\r\nhello",
    "empty": b"",
    "one dot": b".",
    "only line ends": b"\r\n\r\n\r\n",
    "10 MB": b"Subject: x\r\n\r\n" + b".0123456789abcdef\r\n" * 600_000,
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_come_octet_for_octet(opened: Opened, name: str) -> None:
    content = MESSAGES[name]
    sent = (
        content if not content or content.endswith(b"\r\n") else content + b"\r\n"
    )  # what RFC 1939 lets a server send
    received = hashlib.sha256()
    with opened(maildrop_of(b"first\r\n", content, b"last\r\n")) as maildrop:
        assert maildrop.retrieve(2, received.update) == len(sent)
        assert received.hexdigest() == hashlib.sha256(sent).hexdigest()
        last: list[bytes] = []
        maildrop.retrieve(3, last.append)
        assert b"".join(last) == b"last\r\n", "the session goes on where the message ended"


def test_memory_stays_flat(opened: Opened) -> None:
    pieces: list[int] = []
    with opened(maildrop_of(MESSAGES["10 MB"])) as maildrop:
        maildrop.retrieve(1, lambda piece: pieces.append(len(piece)))
    assert len(pieces) > 100
    assert max(pieces) < 200_000


@pytest.mark.parametrize(
    ("uidl", "expected"),
    [
        (None, ["u0", "u1"]),
        ("-ERR unknown command", [None, None]),
        (["1 a", "2 a"], ["a", "a"]),
        (["1 ", "2 b"], [None, "b"]),
        (["1", "2 b"], [None, "b"]),
        (["2 b"], [None, "b"]),
        ([], [None, None]),
        (["1 with space  in it", "2 " + "x" * 500], ["with space  in it", "x" * 500]),
        (["1 caf\u00e9", "2 b", "x y", "0 z", "-1 q", "99999999999999999999 w"], ["café", "b"]),
    ],
)
def test_any_uidl(opened: Opened, uidl: list[str] | str | None, expected: list[str | None]) -> None:
    with opened(maildrop_of(b"one\r\n", b"two!\r\n", uidl=uidl)) as maildrop:
        assert [entry for entry in maildrop.uidls() if entry.number < 3] == [
            UidlEntry(1, expected[0], 5),
            UidlEntry(2, expected[1], 6),
        ]


def test_any_size(opened: Opened) -> None:
    with opened(maildrop_of(b"one\r\n", listed=["1 lies", "2 -5", "3 77 octets", "4"])) as maildrop:
        assert [(entry.number, entry.uidl, entry.size) for entry in maildrop.uidls()] == [
            (1, "u0", 0), (2, None, 0), (3, None, 77), (4, None, 0),
        ]  # fmt: skip


def test_empty_maildrop(opened: Opened) -> None:
    with opened(maildrop_of()) as maildrop:
        assert maildrop.uidls() == []


def test_one_message_that_can_not_be_had(opened: Opened) -> None:
    with opened(maildrop_of(b"x\r\n", RETR="-ERR damaged")) as maildrop:
        with pytest.raises(Rejected) as caught:
            maildrop.retrieve(1, bytes)
        assert (caught.value.reply, caught.value.permanent) == ("damaged", True)
        assert len(maildrop.uidls()) == 1


def test_message_over_the_limit(opened: Opened) -> None:
    received = bytearray()
    with pytest.raises(Rejected) as caught, opened(maildrop_of(MESSAGES["10 MB"])) as maildrop:
        maildrop.retrieve(1, received.extend, limit=100_000)
    assert caught.value.reason == "too_large"
    assert len(received) <= 100_000


@pytest.mark.parametrize("number", [0, -1, 10**9, "1", "1\r\nDELE 2", None])
def test_a_number_is_a_number(opened: Opened, number: object) -> None:
    maildrop = opened(maildrop_of(b"x\r\n"))
    for call in (maildrop.delete, lambda n: maildrop.retrieve(n, bytes), lambda n: maildrop.top(n, 0)):
        with pytest.raises(ValueError, match="number"):
            call(number)  # type: ignore[arg-type]
    maildrop.abort()


# -- faults


def endless_message(peer: Peer) -> None:
    while True:
        peer.send(b"x" * 65_536)


def at(verb: str, last: Callable[[Peer], None]) -> Script:
    def play(peer: Peer) -> None:
        peer.say("+OK hello")
        while (spoken := peer.hear().decode().split(" ")[0]) != verb:
            peer.say(*(["+OK", "."] if spoken in ("CAPA", "LIST", "UIDL") else ["+OK"]))
        last(peer)

    return play


def drips(peer: Peer) -> None:
    peer.say("+OK")
    while True:
        peer.drip(b"x\r\n", pause=0.2)


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (lambda peer: None, "lost"),
        (lambda peer: peer.hang(), "timeout"),
        (lambda peer: peer.say("+OK", "half of it"), "lost"),
        (lambda peer: peer.send(b"+OK\r\nall but the end\r\n."), "lost"),
        (lambda peer: peer.say("who is there"), "lost"),
        (lambda peer: peer.send(b"+OK" + b"x" * 10_000), "lost"),
        (drips, "timeout"),
        (lambda peer: (peer.say("+OK"), peer.hang()), "timeout"),
    ],
    ids=["leaves", "hangs", "cut", "cut-at-dot", "garbage", "endless-line", "drips", "stops"],
)
def test_a_line_that_breaks_ends_in_time(opened: Opened, last: Callable[[Peer], None], reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(Unreachable) as caught, opened(at("RETR", last)) as maildrop:
        maildrop.retrieve(1, bytes, seconds=1.5)
    assert caught.value.reason == reason
    assert time.monotonic() - started < 4


def test_an_endless_message_ends(opened: Opened) -> None:
    def endless(peer: Peer) -> None:
        peer.say("+OK")
        endless_message(peer)

    with pytest.raises((Rejected, Unreachable)), opened(at("RETR", endless)) as maildrop:
        maildrop.retrieve(1, bytes, limit=5_000_000)


def test_an_endless_listing_ends(opened: Opened) -> None:
    def endless(peer: Peer) -> None:
        peer.say("+OK")
        while True:
            peer.send(b"1 5\r\n" * 10_000)

    started = time.monotonic()
    with pytest.raises(Unreachable), opened(at("LIST", endless)) as maildrop:
        maildrop.uidls()
    assert time.monotonic() - started < 5


# -- leaving


def verbs_heard(script: Script, act: Callable[[Maildrop], None]) -> list[bytes]:
    with scripted(script) as server:
        act(open_maildrop(server.endpoint(Security.NONE), LOGIN, guard=anywhere, timeouts=QUICK))
        time.sleep(0.05)
        return [line.split(b" ")[0] for line in bytes(server.clear).split(b"\r\n")[:-1]]


def test_quit_only_when_all_went_well() -> None:
    def well(maildrop: Maildrop) -> None:
        with maildrop:
            maildrop.delete(1)

    def badly(maildrop: Maildrop) -> None:
        maildrop.delete(1)
        with pytest.raises(KeyError), maildrop:
            raise KeyError

    assert verbs_heard(maildrop_of(b"x"), well)[-2:] == [b"DELE", b"QUIT"]
    assert verbs_heard(maildrop_of(b"x"), badly)[-1] == b"DELE"
    assert b"QUIT" not in verbs_heard(maildrop_of(b"x"), Maildrop.abort)


@pytest.mark.parametrize(("answer", "kind"), [("-ERR some not removed", Rejected), ("what", Unreachable)])
def test_a_quit_that_is_not_confirmed_is_told(opened: Opened, answer: str, kind: type) -> None:
    maildrop = opened(maildrop_of(b"x", QUIT=answer))
    with pytest.raises(kind):
        maildrop.quit()


def test_the_answer_of_quit_is_lost(opened: Opened) -> None:
    maildrop = opened(at("QUIT", lambda peer: None))
    with pytest.raises(Unreachable):
        maildrop.quit()


# -- login


def refused_login(script: Script, credentials: Credentials = LOGIN) -> MailServerError:
    with scripted(script) as server, pytest.raises(MailServerError) as caught:
        open_maildrop(server.endpoint(Security.NONE), credentials, guard=anywhere, timeouts=QUICK)
    assert LOGIN.secret not in f"{caught.value!r}{caught.value.reply}{caught.value.details}"
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        ("-ERR [AUTH] wrong", LoginRefused, "credentials"),
        ("-ERR wrong", LoginRefused, "credentials"),
        ("-ERR [AUTH] too many tries, try again", LoginRefused, "credentials"),
        ("-ERR Invalid user name or password, please try again", LoginRefused, "credentials"),
        ("-ERR Server busy, try again later", Unreachable, "busy"),
        ("-ERR [IN-USE] locked", Unreachable, "busy"),
        ("-ERR [LOGIN-DELAY] wait", Unreachable, "busy"),
        ("-ERR [SYS/TEMP] down", Unreachable, "busy"),
        ("-ERR maildrop already locked", Unreachable, "busy"),
        ("-ERR [AUTH] Application-specific password required", LoginRefused, "app_password"),
        (
            "-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
            LoginRefused,
            "needs_tls",
        ),
    ],
)
def test_what_a_refused_login_means(answer: str, kind: type, reason: str) -> None:
    for verb in ("USER", "PASS"):
        error = refused_login(maildrop_of(USER=answer) if verb == "USER" else maildrop_of(PASS=answer))
        assert (type(error), error.reason) == (kind, reason)


def test_greeting_that_refuses() -> None:
    assert refused_login(maildrop_of(greeting="-ERR too many connections")).reason == "busy"


def test_token() -> None:
    def play(peer: Peer) -> None:
        peer.say("+OK hello")
        peer.hear()
        peer.say("+OK", "SASL XOAUTH2 PLAIN", ".")
        assert peer.hear() == b"AUTH XOAUTH2"
        peer.say("+ ")
        peer.hear()
        peer.say("+ eyJzdGF0dXMiOiI0MDAifQ==")
        assert peer.hear() == b""
        peer.say("-ERR [AUTH] expired")

    assert refused_login(play, BearerToken("ann@demo.test", "t0ken")).reason == "credentials"
    assert refused_login(maildrop_of(), BearerToken("ann@demo.test", "t0ken")).reason == "disabled"


@pytest.mark.parametrize("text", ["a\rb", "a\nb", "a\0b"])
def test_no_control_character_in_a_login(text: str) -> None:
    for credentials in (Password(text, "x"), Password("x", text), BearerToken("x", text)):
        with pytest.raises(ValueError, match="control"):
            open_maildrop(Endpoint("127.0.0.1", 1, Security.NONE), credentials, guard=anywhere, timeouts=QUICK)


# -- a real server


@pytest.mark.parametrize(
    ("security", "port"), [(Security.TLS, "pop3s"), (Security.STARTTLS, "pop3"), (Security.NONE, "pop3")]
)
def test_dovecot(dovecot: DovecotForTests, user: MailUser, security: Security, port: str) -> None:
    endpoint = Endpoint(dovecot.host, dovecot.ports[port], security, ca_pem=dovecot.ca_pem)
    credentials = Password(user.address, user.password)
    for number in range(3):
        dovecot.deliver(user.address, b"Subject: %d\r\n\r\n.dot\r\n\xff\r\n" % number)
    with open_maildrop(endpoint, credentials, guard=anywhere) as maildrop:
        first = maildrop.uidls()
        assert len({entry.uidl for entry in first}) == 3
        content = bytearray()
        assert maildrop.retrieve(2, content.extend) == first[1].size
        assert content.endswith(b"Subject: 1\r\n\r\n.dot\r\n\xff\r\n")
        assert maildrop.top(2, 0).endswith(b"Subject: 1\r\n\r\n")
        maildrop.delete(2)
    with open_maildrop(endpoint, credentials, guard=anywhere) as maildrop:
        second = maildrop.uidls()
        assert [entry.uidl for entry in second] == [first[0].uidl, first[2].uidl]
        with pytest.raises(Rejected):
            maildrop.retrieve(3, bytes)


def test_dovecot_refuses(dovecot: DovecotForTests, user: MailUser) -> None:
    endpoint = Endpoint(dovecot.host, dovecot.ports["pop3s"], Security.TLS, ca_pem=dovecot.ca_pem)
    with pytest.raises(LoginRefused) as caught:
        open_maildrop(endpoint, Password(user.address, "pässwörd"), guard=anywhere)
    assert caught.value.reason == "credentials"
