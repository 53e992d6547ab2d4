"""SMTP submission: what goes over the line (M14), and that every outcome is told apart (S1 to S5)."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.conftest import LOGIN
from tests.servers.scripted import QUICK, Peer, Script, anywhere, scripted
from tests.servers.smtp import RecordingServer
from webmail.protocols.endpoint import BearerToken, Credentials, Endpoint, Password, Security
from webmail.protocols.errors import LoginRefused, MailServerError, OutcomeUnknown, Rejected, Unreachable
from webmail.protocols.smtp import Refusal, probe, submit, wire_form
from webmail.protocols.smtp_session import PIPELINED
from webmail.protocols.sockets import DEFAULT_TIMEOUTS, Timeouts

RAW = b"From: ann@demo.test\r\nSubject: x\r\n\r\nHello\r\n"
ANN, BOB, EVE = "ann@demo.test", "bob@demo.test", "eve@demo.test"


class Dot:
    """before_dot, counting its calls; raises `error` if given."""

    def __init__(self, error: Exception | None = None):
        self.calls = 0
        self.error = error

    def __call__(self) -> None:
        self.calls += 1
        if self.error:
            raise self.error


def endpoint_of(server: RecordingServer, security: Security) -> Endpoint:
    name = {Security.TLS: "submissions", Security.STARTTLS: "submission", Security.NONE: "plain"}[security]
    return Endpoint(server.host, server.ports[name], security, ca_pem=server.ca_pem)


def send(
    endpoint: Endpoint,
    *recipients: str,
    raw: bytes = RAW,
    dot: Callable[[], None] | None = None,
    login: Credentials | None = None,
    timeouts: Timeouts = QUICK,
) -> dict[str, Refusal]:
    return submit(
        endpoint, login, ANN, recipients or (BOB,), raw, guard=anywhere, timeouts=timeouts, before_dot=dot or Dot()
    )


# -- a real server


@pytest.mark.parametrize("security", list(Security))
def test_submit(smtp_server: RecordingServer, security: Security) -> None:
    smtp_server.add_user(LOGIN.username, LOGIN.secret)
    login = None if security is Security.NONE else LOGIN
    dot = Dot()
    assert send(endpoint_of(smtp_server, security), BOB, EVE, dot=dot, login=login) == {}
    assert dot.calls == 1
    (accepted,) = smtp_server.accepted
    assert accepted == (ANN, [BOB, EVE], RAW)
    assert smtp_server.logins == ([LOGIN.username] if login else [])


def test_wrong_password(smtp_server: RecordingServer) -> None:
    dot = Dot()
    with pytest.raises(LoginRefused) as caught:
        send(endpoint_of(smtp_server, Security.TLS), login=Password(ANN, "pässwörd"), dot=dot)
    assert caught.value.reason == "credentials"
    assert "pässwörd" not in f"{caught.value!r}{caught.value.reply}"
    assert (dot.calls, smtp_server.accepted) == (0, [])


def test_password_in_any_script(smtp_server: RecordingServer) -> None:
    smtp_server.add_user(ANN, "pässwörd-密码")
    assert send(endpoint_of(smtp_server, Security.TLS), login=Password(ANN, "pässwörd-密码")) == {}


def test_probe_sends_nothing(smtp_server: RecordingServer) -> None:
    smtp_server.add_user(LOGIN.username, LOGIN.secret)
    told = probe(endpoint_of(smtp_server, Security.STARTTLS), LOGIN, ANN, guard=anywhere, timeouts=QUICK)
    assert {"PLAIN", "LOGIN"} <= told.mechanisms
    assert "SIZE" in told.extensions
    assert told.size_limit
    assert smtp_server.accepted == []
    smtp_server.refuse(ANN, 553, "not yours", at="mail")
    with pytest.raises(Rejected) as caught:
        probe(endpoint_of(smtp_server, Security.STARTTLS), LOGIN, ANN, guard=anywhere, timeouts=QUICK)
    assert caught.value.code == 553


@pytest.mark.parametrize(("code", "permanent"), [(550, True), (451, False)])
def test_some_recipients_refused(smtp_server: RecordingServer, code: int, permanent: bool) -> None:
    smtp_server.refuse(EVE, code, "5.1.1 no such person")
    refused = send(endpoint_of(smtp_server, Security.NONE), BOB, EVE, BOB)
    assert refused == {EVE: Refusal(code, "5.1.1 no such person", permanent)}
    assert smtp_server.accepted[0].recipients == [BOB]


def test_all_recipients_refused(smtp_server: RecordingServer) -> None:
    smtp_server.refuse(BOB, 550)
    smtp_server.refuse(EVE, 451)
    dot = Dot()
    with pytest.raises(Rejected) as caught:
        send(endpoint_of(smtp_server, Security.NONE), BOB, EVE, dot=dot)
    assert not caught.value.permanent, "one of them may be taken later"
    refusals = caught.value.details["refusals"]
    assert {address: refusal.code for address, refusal in refusals.items()} == {BOB: 550, EVE: 451}  # type: ignore[attr-defined]
    assert dot.calls == 0


@pytest.mark.parametrize("stage", ["mail", "data", "dot"])
@pytest.mark.parametrize(("code", "permanent"), [(554, True), (550, True), (451, False), (452, False)])
def test_refused_at_each_stage(smtp_server: RecordingServer, stage: str, code: int, permanent: bool) -> None:
    smtp_server.refuse("*", code, "because of <b>this</b>", at=stage)
    dot = Dot()
    with pytest.raises(Rejected) as caught:
        send(endpoint_of(smtp_server, Security.NONE), dot=dot)
    assert (caught.value.code, caught.value.permanent) == (code, permanent)
    assert caught.value.reply == "because of <b>this</b>"
    assert dot.calls == (1 if stage == "dot" else 0)
    assert smtp_server.accepted == []


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "body"])
def test_line_lost_before_the_dot(smtp_server: RecordingServer, stage: str) -> None:
    smtp_server.drop("*", at=stage)
    dot = Dot()
    with pytest.raises(Unreachable) as caught:
        send(endpoint_of(smtp_server, Security.NONE), dot=dot, raw=RAW + b"x" * 70 * 50_000)
    assert caught.value.reason == "lost"
    assert (dot.calls, smtp_server.accepted) == (0, [])


@pytest.mark.parametrize("accepted", [True, False])
def test_line_lost_after_the_dot(smtp_server: RecordingServer, accepted: bool) -> None:
    smtp_server.drop_after_dot(accept=accepted)
    dot = Dot()
    with pytest.raises(OutcomeUnknown):
        send(endpoint_of(smtp_server, Security.NONE), dot=dot)
    assert dot.calls == 1
    assert len(smtp_server.accepted) == accepted


def test_no_answer_after_the_dot(smtp_server: RecordingServer) -> None:
    smtp_server.stall(seconds=10)
    started = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        send(endpoint_of(smtp_server, Security.NONE))
    assert time.monotonic() - started < 3, "QUICK waits a second; in earnest it is ten minutes"


def test_a_stop_before_the_dot_delivers_nothing(smtp_server: RecordingServer) -> None:
    with pytest.raises(KeyError):
        send(endpoint_of(smtp_server, Security.NONE), dot=Dot(KeyError("no longer ours")))
    time.sleep(0.1)
    assert smtp_server.accepted == []


def test_the_dot_comes_after_all_else() -> None:
    seen: list[bytes] = []

    def play(peer: Peer) -> None:
        answer(peer)
        peer.say("250 taken")
        peer.hear()
        peer.say("221 bye")

    with scripted(play) as server:

        def dot() -> None:
            time.sleep(0.1)
            seen.append(bytes(server.clear))

        send(server.endpoint(Security.NONE), dot=dot)
        assert seen[0].endswith(b"DATA\r\n" + RAW)
        assert bytes(server.clear).endswith(b"DATA\r\n" + RAW + b".\r\nQUIT\r\n")


# -- what goes over the line


def test_large_messages_come_whole(smtp_server: RecordingServer) -> None:
    raw = RAW + b".leading dot, and some more text to fill the line\r\n" * 200_000
    send(endpoint_of(smtp_server, Security.NONE), raw=raw, timeouts=DEFAULT_TIMEOUTS)
    assert smtp_server.accepted[0].raw == raw


nasty = st.lists(
    st.sampled_from([b"\r\n", b"\n", b"\r", b".", b"..", b"\n.\n", b"\r.\r", b"\r\n.\r\n", b"\0", b"a", b"\xff"]),
    max_size=30,
).map(b"".join)


@given(nasty | st.binary(max_size=300))
@settings(max_examples=400, deadline=None)
def test_nothing_within_a_message_can_end_it(raw: bytes) -> None:
    """No smuggling: by whatever a server takes for a line end, only our own dot is a line of its own (M14)."""
    form = b"".join(wire_form(raw))
    assert not raw or form.endswith(b"\r\n") or not raw.strip(b"\0")
    assert b"\0" not in form
    lines = form.split(b"\r\n")
    assert all(b"\r" not in line and b"\n" not in line for line in lines)
    assert all(line[:1] != b"." or line[:2] == b".." for line in lines)
    undone = b"\r\n".join(line.removeprefix(b".") for line in lines)
    normal = raw.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert undone in (normal, normal + b"\r\n")


def test_pieces_are_cut_at_line_ends() -> None:
    raw = (b".line\r\n" * 1000 + b"\r" + b"\n" * 500) * 100
    pieces = list(wire_form(raw))
    assert len(pieces) > 1
    assert b"".join(pieces) == b"".join(wire_form(raw[:0])) + raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(
        b"\n", b"\r\n"
    ).replace(b"\r\n.", b"\r\n..").replace(b".line", b"..line", 1)


BAD_ADDRESSES = [
    "a@b>\r\nRCPT TO:<x@y", "a@b\n", "a\r@b", "a\0@b", "a b@c", "<a@b>", "a@b> SIZE=1", "a@b\t", "a@b\u2028",
    "a\u00a0@b", "x" * 330 + "@b",
]  # fmt: skip


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_is_no_command(address: str) -> None:
    nowhere = Endpoint("127.0.0.1", 1, Security.NONE)
    for sender, recipients in ((address, [BOB]), (ANN, [address]), (ANN, [BOB, address])):
        with pytest.raises(ValueError, match="address"):
            submit(nowhere, None, sender, recipients, RAW, guard=anywhere, before_dot=Dot())
    with pytest.raises(ValueError, match="address"):
        probe(nowhere, None, address, guard=anywhere)


def test_progress_is_told_before_each_command_and_piece(smtp_server: RecordingServer) -> None:
    told: list[int] = []
    raw = RAW + (b"x" * 76 + b"\r\n") * 20_000
    submit(
        endpoint_of(smtp_server, Security.NONE),
        None,
        ANN,
        [BOB, EVE],
        raw,
        guard=anywhere,
        before_dot=lambda: told.append(-1),
        progress=lambda: told.append(len(smtp_server.accepted)),
    )
    assert len(told[: told.index(-1)]) >= 5 + len(raw) // 2**18, "EHLO, MAIL, two RCPT, DATA, and the pieces"
    assert smtp_server.accepted[0].raw == raw


@pytest.mark.parametrize("nth", [1, 3, 5, 6, 8])
def test_progress_that_raises_ends_it_before_the_dot(smtp_server: RecordingServer, nth: int) -> None:
    calls, dot = iter(range(1, 100)), Dot()

    def progress() -> None:
        if next(calls) == nth:
            raise KeyError("enough")

    endpoint, raw = endpoint_of(smtp_server, Security.NONE), RAW + b"x\r\n" * 400_000
    with pytest.raises(KeyError):
        submit(endpoint, None, ANN, [BOB, EVE], raw, guard=anywhere, before_dot=dot, progress=progress)
    assert (dot.calls, smtp_server.accepted) == (0, [])


@pytest.mark.parametrize("recipients", [[], [""]])
def test_somebody_must_get_it(recipients: list[str]) -> None:
    with pytest.raises(ValueError, match="recipient"):
        submit(Endpoint("127.0.0.1", 1, Security.NONE), None, ANN, recipients, RAW, guard=anywhere, before_dot=Dot())


@pytest.mark.parametrize("text", ["a\rb", "a\nb", "a\0b"])
def test_no_control_character_in_a_login(text: str) -> None:
    for login in (Password(text, "x"), Password("x", text), BearerToken("x", text)):
        with pytest.raises(ValueError, match="control"):
            send(Endpoint("127.0.0.1", 1, Security.NONE), login=login)


# -- scripted servers


def answer(peer: Peer, *extensions: str, **answers: str) -> None:
    """Answer until the dot has come."""
    peer.say(answers.get("greeting", "220 hello"))
    while True:
        verb = peer.hear().decode().split(" ")[0]
        if verb == "EHLO" and verb not in answers:
            peer.say(*(f"250-{line}" for line in ("hello", *extensions)), "250 HELP")
        elif verb == "DATA" and verb not in answers:
            peer.say("354 go on")
            while peer.hear() != b".":
                pass
            return
        else:
            peer.say(answers.get(verb, "250 fine"))


def server_with(*extensions: str, **answers: str) -> Script:
    def play(peer: Peer) -> None:
        answer(peer, *extensions, **answers)
        peer.say(answers.get("dot", "250 taken"))
        peer.hear()

    return play


def heard(script: Script, *recipients: str, raw: bytes = RAW, login: Credentials | None = None) -> bytes:
    with scripted(script) as server:
        send(server.endpoint(Security.NONE), *recipients, raw=raw, login=login)
        return bytes(server.clear)


def failure(script: Script, *recipients: str, raw: bytes = RAW, login: Credentials | None = None) -> MailServerError:
    with scripted(script) as server, pytest.raises(MailServerError) as caught:
        send(server.endpoint(Security.NONE), *recipients, raw=raw, login=login)
    return caught.value


def test_options_only_where_offered() -> None:
    raw = RAW + "schön\r\n".encode()
    assert b"MAIL FROM:<ann@demo.test>\r\n" in heard(server_with(), raw=raw)
    line = f"MAIL FROM:<ann@demo.test> SIZE={len(raw)} BODY=8BITMIME\r\n".encode()
    assert line in heard(server_with("SIZE 1000000", "8BITMIME", "SMTPUTF8"), raw=raw)
    assert b"BODY" not in heard(server_with("8BITMIME"))


def pipelining(*replies: str) -> Script:
    """A server that answers MAIL and all RCPT commands only once it has them all."""

    def play(peer: Peer) -> None:
        peer.say("220 ready")
        peer.hear()
        peer.say("250-mx.test", "250 PIPELINING")
        for _reply in replies:
            peer.hear()
        peer.say(*replies)
        if peer.hear() == b"DATA":
            peer.say("354 go on")
            while peer.hear() != b".":
                pass
            peer.say("250 taken")
        peer.hear()
        peer.say("221 bye")

    return play


def test_the_envelope_in_one_round_trip() -> None:
    with scripted(pipelining("250 ok", "250 ok", "550 nobody", "250 ok")) as server:
        assert send(server.endpoint(Security.NONE), BOB, EVE, ANN) == {EVE: Refusal(550, "nobody", True)}
        assert server.clear.count(b"RCPT TO") == 3


def test_a_refused_sender_in_one_round_trip() -> None:
    with (
        scripted(pipelining("451 not now", "503 no", "503 no")) as server,
        pytest.raises(Rejected) as caught,
    ):
        send(server.endpoint(Security.NONE), BOB, EVE)
    assert (caught.value.code, caught.value.reply) == (451, "not now")
    assert b"DATA" not in server.clear


def test_a_long_envelope_is_cut() -> None:
    """Commands and replies that fill the line both ways would wait for each other for ever."""
    many = [f"{number}@demo.test" for number in range(PIPELINED + 10)]

    def play(peer: Peer) -> None:
        peer.say("220 ready")
        peer.hear()
        peer.say("250-mx.test", "250 PIPELINING")
        for group in (PIPELINED, len(many) + 1 - PIPELINED):
            for _command in range(group):
                peer.hear()
            peer.say(*["250 ok"] * group)
        peer.hear()
        peer.say("452 enough")
        peer.hear()

    with scripted(play) as server, pytest.raises(Rejected):
        send(server.endpoint(Security.NONE), *many)
    assert server.clear.count(b"RCPT TO") == len(many)
    assert b"DATA\r\n" in server.clear


def test_addresses_of_other_scripts() -> None:
    assert b"RCPT TO:<a@xn--mller-kva.test>\r\n" in heard(server_with(), "a@müller.test")
    line = heard(server_with("SMTPUTF8"), "zoë@müller.test")
    assert b"SMTPUTF8\r\nRCPT TO:<" + "zoë@müller.test".encode() in line
    error = failure(server_with(), "zoë@demo.test")
    assert isinstance(error, Rejected)
    assert (error.reason, error.permanent) == ("smtputf8", True)


def test_message_over_the_servers_limit() -> None:
    error = failure(server_with("SIZE 1000"), raw=RAW + b"x" * 2000)
    assert isinstance(error, Rejected)
    assert (error.reason, error.permanent, error.details["limit"]) == ("too_large", True, 1000)


def test_old_server_without_ehlo() -> None:
    assert b"HELO [127.0.0.1]\r\n" in heard(server_with(EHLO="502 what"))


def test_greeting_in_many_lines() -> None:
    assert b"EHLO" in heard(server_with(greeting="220-hello\r\n220-and\r\n220 welcome"))


@pytest.mark.parametrize(
    ("answers", "kind", "told"),
    [
        ({"greeting": "421 no time"}, Unreachable, "busy"),
        ({"greeting": "450 later"}, Rejected, (450, False)),
        ({"greeting": "554 never"}, Rejected, (554, True)),
        ({"EHLO": "421 no time"}, Unreachable, "busy"),
        ({"EHLO": "550 no", "HELO": "550 no"}, Rejected, (550, True)),
        ({"MAIL": "421 no time"}, Unreachable, "busy"),
        ({"RCPT": "421 no time"}, Unreachable, "busy"),
        ({"DATA": "421 no time"}, Unreachable, "busy"),
        ({"dot": "421 no time"}, Rejected, (421, False)),
        ({"dot": "554 spam"}, Rejected, (554, True)),
        ({"dot": "what is this"}, OutcomeUnknown, "unknown"),
        ({"dot": "354 more"}, OutcomeUnknown, "unknown"),
        ({"MAIL": "250"}, None, None),
        ({"MAIL": "999 what"}, Unreachable, "lost"),
        ({"MAIL": "250 " + "x" * 5000}, Unreachable, "lost"),
    ],
)
def test_answers(answers: dict[str, str], kind: type | None, told: object) -> None:
    if kind is None:
        heard(server_with(**answers))
        return
    error = failure(server_with(**answers))
    assert type(error) is kind
    assert told == ((error.code, error.permanent) if isinstance(error, Rejected) else error.reason)


def test_refused_in_the_middle_of_a_message() -> None:
    """A server that says why and hangs up, while we still send."""

    def play(peer: Peer) -> None:
        peer.say("220 hello")
        while peer.hear() != b"DATA":
            peer.say("250 fine")
        peer.say("354 go on")
        peer.hear()
        peer.say("552 too much")
        peer.hang()

    error = failure(play, raw=RAW + b"x" * 70 * 1000)
    assert isinstance(error, Rejected)
    assert (error.code, error.permanent) == (552, True)


def test_a_yes_before_the_dot_is_none() -> None:
    def play(peer: Peer) -> None:
        peer.say("220 hello")
        while peer.hear() != b"DATA":
            peer.say("250 fine")
        peer.say("354 go on", "250 taken")
        peer.hang()

    assert isinstance(failure(play, raw=RAW + b"x" * 70 * 100_000), Unreachable)


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    "last", [lambda peer: None, lambda peer: peer.hang(), lambda peer: peer.drip(b"250-x\r\n" * 99, 0.1)]
)
def test_a_line_that_breaks_ends_in_time(verb: str, last: Callable[[Peer], None]) -> None:
    def play(peer: Peer) -> None:
        peer.say("220 hello")
        while not peer.hear().startswith(verb.encode()):
            peer.say("250 fine")
        last(peer)

    started = time.monotonic()
    assert isinstance(failure(play), Unreachable)
    assert time.monotonic() - started < 4


# -- login


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        ("535 5.7.8 wrong", LoginRefused, "credentials"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled", LoginRefused, "app_password"),
        ("534 5.7.9 Application-specific password required", LoginRefused, "app_password"),
        ("538 5.7.11 Encryption required", LoginRefused, "needs_tls"),
        ("530 Must issue a STARTTLS command first", LoginRefused, "needs_tls"),
        ("504 unknown", LoginRefused, "disabled"),
        ("454 4.7.0 Temporary authentication failure", Unreachable, "busy"),
        ("421 4.7.0 Too many errors", Unreachable, "busy"),
    ],
)
def test_what_a_refused_login_means(code: str, kind: type, reason: str) -> None:
    error = failure(server_with("AUTH PLAIN", AUTH=code), login=LOGIN)
    assert (type(error), error.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("extensions", "reason"), [([], "disabled"), (["STARTTLS"], "needs_tls"), (["AUTH CRAM-MD5"], "disabled")]
)
def test_no_way_to_log_in(extensions: list[str], reason: str) -> None:
    assert failure(server_with(*extensions), login=LOGIN).reason == reason


@pytest.mark.parametrize("announced", ["AUTH LOGIN", "AUTH=LOGIN"])
def test_the_old_login_mechanism(announced: str) -> None:
    def play(peer: Peer) -> None:
        peer.say("220 hello")
        peer.hear()
        peer.say("250-hello", f"250 {announced}")
        assert peer.hear() == b"AUTH LOGIN"
        peer.say("334 VXNlcm5hbWU6")
        peer.hear()
        peer.say("334 UGFzc3dvcmQ6")
        peer.hear()
        peer.say("535 wrong")

    assert failure(play, login=LOGIN).reason == "credentials"


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
@pytest.mark.parametrize("token", ["short", "long" * 500])
def test_token(mechanism: str, token: str) -> None:
    def play(peer: Peer) -> None:
        peer.say("220 hello")
        peer.hear()
        peer.say("250-hello", f"250 AUTH {mechanism} PLAIN")
        if len(peer.hear().split(b" ")) == 2:
            peer.say("334 ")
            peer.hear()
        peer.say("334 eyJzdGF0dXMiOiI0MDAifQ==")
        assert peer.hear() == b""
        peer.say("535 expired")

    assert failure(play, login=BearerToken(ANN, token)).reason == "credentials"
