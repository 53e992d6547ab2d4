"""The doctor at real servers: each layer that can fail, and what is shown of it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.core.cache import cache
from pytest_django import Settings

from accounts import probing
from accounts.fields import Secret
from accounts.models import Account, User
from accounts.probing import Layer, Outcome, Step
from tests.servers.dovecot import DovecotForTests
from tests.servers.scripted import Peer, scripted
from tests.servers.smtp import RecordingServer
from webmail.protocols.endpoint import Security


def steps(account: Account, side: str = "incoming") -> list[Step]:
    return next(examined for examined in probing.examine_account(account) if examined.side == side).steps


def failed(account: Account, side: str = "incoming") -> Step:
    return next(step for step in steps(account, side) if step.outcome is Outcome.FAILED)


def changed(account: Account, **fields: Any) -> Account:
    for name, value in fields.items():
        setattr(account, name, value)
    return account


def may_test(user: User) -> bool:
    with probing.turn(user) as answer:
        return answer


@pytest.mark.parametrize(
    ("listener", "security", "order"),
    [
        ("imaps", "tls", "find connect encrypt greet sign_in use"),
        ("imap", "starttls", "find connect greet encrypt sign_in use"),
        ("imap", "none", "find connect greet sign_in use"),
    ],
)
def test_imap_passes_every_layer(
    alice_account: Account, dovecot: DovecotForTests, listener: str, security: str, order: str
) -> None:
    account = changed(alice_account, incoming_port=dovecot.ports[listener], incoming_security=security)
    found = steps(account)
    assert " ".join(step.layer for step in found) == order
    assert {step.outcome for step in found} == {Outcome.OK}
    assert found[-1].sentence == "6 folders"
    assert all(step.milliseconds is not None for step in found[:2])


@pytest.mark.parametrize(("listener", "security"), [("pop3s", "tls"), ("pop3", "starttls"), ("pop3", "none")])
def test_pop3_counts_messages(
    alice_pop_account: Account, dovecot: DovecotForTests, listener: str, security: str
) -> None:
    dovecot.deliver(alice_pop_account.address, b"Subject: one\r\n\r\nbody\r\n")
    account = changed(alice_pop_account, incoming_port=dovecot.ports[listener], incoming_security=security)
    assert [step.outcome for step in steps(account)] == [Outcome.OK] * (5 if security == "none" else 6)
    assert steps(account)[-1].sentence.startswith("1 message on the server")


@pytest.mark.parametrize(("listener", "security"), [("submissions", "tls"), ("submission", "starttls")])
def test_sending_is_tried_without_sending(
    alice_account: Account, smtp_server: RecordingServer, listener: str, security: str
) -> None:
    account = changed(alice_account, outgoing_port=smtp_server.ports[listener], outgoing_security=security)
    assert {step.outcome for step in steps(account, "outgoing")} == {Outcome.OK}
    assert smtp_server.logins == [account.address]
    assert smtp_server.accepted == []


def test_no_login_has_no_step_for_it(alice_account: Account, smtp_server: RecordingServer) -> None:
    account = changed(
        alice_account, outgoing_port=smtp_server.ports["plain"], outgoing_security="none", outgoing_login="none"
    )
    assert [step.layer for step in steps(account, "outgoing")] == ["find", "connect", "greet", "use"]
    assert probing.verdict(probing.examine_account(account)) == "Receiving and sending work."


def test_a_wrong_password_stops_at_signing_in(alice_account: Account) -> None:
    account = changed(alice_account, incoming_password=Secret.seal("wrong"))
    step = failed(account)
    assert (step.layer, step.reason) == (Layer.SIGN_IN, "credentials")
    assert [step.outcome for step in steps(account)][-1] is Outcome.SKIPPED


def test_an_unknown_authority_stops_at_encryption(alice_account: Account) -> None:
    step = failed(changed(alice_account, incoming_ca_pem=""))
    assert (step.layer, step.reason) == (Layer.ENCRYPT, "unknown_issuer")
    assert "password was not sent" in step.sentence


def test_another_certificate_than_the_pinned_one(alice_account: Account) -> None:
    step = failed(changed(alice_account, incoming_fingerprint="ab" * 32))
    assert (step.layer, step.reason) == (Layer.ENCRYPT, "changed")


def test_tls_on_a_port_without_it(alice_account: Account, dovecot: DovecotForTests) -> None:
    step = failed(changed(alice_account, incoming_port=dovecot.ports["imap"]))
    assert step.layer is Layer.ENCRYPT


def test_a_name_that_does_not_exist(alice_account: Account) -> None:
    step = failed(changed(alice_account, incoming_host="no-such-host.invalid"))
    assert (step.layer, step.reason) == (Layer.FIND, "name")


def test_an_address_that_is_not_allowed(alice_account: Account, settings: Settings) -> None:
    settings.MAIL_ALLOWED_HOSTS = []
    found = steps(alice_account)
    assert found[0].outcome is Outcome.OK
    assert (found[1].outcome, found[1].reason) == (Outcome.FAILED, "not_allowed")


def test_a_key_that_is_gone(alice_account: Account) -> None:
    step = failed(changed(alice_account, incoming_password=Secret("damaged")))
    assert (step.layer, step.reason) == (Layer.SIGN_IN, "wrong_key")


def test_a_refused_sender(alice_account: Account, smtp_server: RecordingServer) -> None:
    smtp_server.refuse(alice_account.address, 550, "5.7.1 BANNER not yours", at="mail")
    step = failed(alice_account, "outgoing")
    assert step.layer is Layer.USE
    assert "BANNER" not in step.sentence


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def other_service(greeting: bytes) -> Iterator[int]:
    """Something that is no mail server; serves every connection until the end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection:
                connection.sendall(greeting)
                with suppress(ConnectionResetError):
                    connection.recv(100)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_closed_and_other_ports_read_alike_and_show_no_banner(alice_account: Account) -> None:
    """No port scan by error text: W2 of the security checklist."""
    bare = changed(alice_account, incoming_security=Security.NONE.value)
    closed = failed(changed(bare, incoming_port=closed_port()))
    with other_service(b"SSH-2.0-SecretBanner\r\n") as port:
        other = failed(changed(bare, incoming_port=port))
    assert closed.name == other.name
    assert "SecretBanner" not in other.sentence
    assert closed.milliseconds is None
    assert other.milliseconds is None


def test_both_sides_are_told_apart(alice_account: Account) -> None:
    account = changed(alice_account, outgoing_ca_pem="")
    assert probing.verdict(probing.examine_account(account)) == "Receiving works. Sending does not."
    account = changed(account, incoming_ca_pem="")
    assert probing.verdict(probing.examine_account(account)) == "Neither receiving nor sending works yet."


def test_steps_come_one_by_one(alice_account: Account) -> None:
    coming = probing.examine(probing.targets(alice_account)[0])
    assert next(coming).layer is Layer.FIND
    assert next(coming).layer is Layer.CONNECT


def test_the_outcome_is_remembered(alice_account: Account) -> None:
    broken = changed(alice_account, incoming_ca_pem="")
    broken.save()
    probing.remember(broken, probing.examine_account(broken))
    account = Account.objects.get()
    assert (account.incoming_error, account.outgoing_error) == ("unknown_issuer", "")
    known = probing.last_known(account)
    assert [step.layer for step in known[0].steps if step.outcome is Outcome.FAILED] == [Layer.ENCRYPT]
    assert known[1].reason == ""


def test_an_outcome_of_older_settings_is_not_remembered(alice_account: Account) -> None:
    broken = changed(Account.objects.get(), incoming_ca_pem="")
    examinations = probing.examine_account(broken)
    alice_account.save()
    probing.remember(broken, examinations)
    assert Account.objects.get().incoming_error == ""


def test_somebody_may_test_a_dozen_times_a_minute(alice: User, bob: User) -> None:
    answers = [may_test(alice) for _ in range(3 * probing.TESTS_PER_MINUTE)]
    assert answers.count(True) in (probing.TESTS_PER_MINUTE, 2 * probing.TESTS_PER_MINUTE)  # two, if the minute turned
    assert may_test(bob)


def test_one_test_at_a_time(alice: User, bob: User) -> None:
    """Each keeps a thread of the web server busy, and a server of their own may drag it out."""
    with probing.turn(alice) as first:
        assert first
        assert not may_test(alice)
        assert not may_test(alice), "a refused one does not end the first"
        assert may_test(bob)
    assert may_test(alice)


def test_a_server_that_drags_out_every_step_ends_in_time(
    alice_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drags(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello")
        while True:
            tag = peer.hear().split(b" ")[0]
            for _ in range(4):
                time.sleep(0.2)
                peer.say("* OK wait")
            peer.say(tag + b" OK done")

    monkeypatch.setitem(probing.PATIENCE, "whole", 1.5)
    with scripted(drags) as server:
        account = changed(alice_account, incoming_host=server.host, incoming_port=server.port, outgoing_host="")
        started = time.monotonic()
        step = failed(changed(account, incoming_security="none"))
    assert step.reason == "timeout"
    assert time.monotonic() - started < 2.5


def test_a_cache_that_is_down_stops_nobody(alice: User, settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{closed_port()}/0",
        }
    }
    assert cache.__class__  # the proxy follows the settings
    assert may_test(alice)
