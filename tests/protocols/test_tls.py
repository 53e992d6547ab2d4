"""Encryption as chosen, or nothing (W5, W6 of the security checklist): no secret is sent in clear."""

import base64
import hashlib
import ssl
from collections.abc import Callable

import pytest

from deploy.certificates import Certificate
from tests.protocols.conftest import LOGIN, open_quickly
from tests.servers.scripted import QUICK, Peer, Script, anywhere, scripted
from webmail.protocols import pop3, smtp
from webmail.protocols.endpoint import Credentials, Endpoint, Protocol, Security
from webmail.protocols.errors import LoginRefused, MailServerError, TlsRefused, Unreachable

SECRETS = (
    LOGIN.secret.encode(),
    base64.b64encode(LOGIN.secret.encode()).rstrip(b"="),
    base64.b64encode(f"\0{LOGIN.username}\0{LOGIN.secret}".encode())[:20],
    LOGIN.username.encode(),
)


def open_pop3(endpoint: Endpoint, credentials: Credentials = LOGIN) -> None:
    pop3.open_maildrop(endpoint, credentials, guard=anywhere, timeouts=QUICK).abort()


def send(endpoint: Endpoint, credentials: Credentials = LOGIN) -> None:
    smtp.probe(endpoint, credentials, "ann@demo.test", guard=anywhere, timeouts=QUICK)


def open_imap(endpoint: Endpoint) -> None:
    open_quickly(endpoint).close()


OPENERS: dict[Protocol, Callable[[Endpoint], None]] = {
    Protocol.IMAP: open_imap,
    Protocol.POP3: open_pop3,
    Protocol.SMTP: send,
}

# -- scripts, one for each protocol: greet, offer or not, and what happens at the command that should encrypt


def imap_script(
    offer: str = " STARTTLS", answer: str = "OK begin", greeting: str = "* OK hello", then: bytes = b""
) -> Script:
    def play(peer: Peer) -> None:
        peer.say(greeting)
        while True:
            tag, verb = peer.hear().decode().split(" ")[:2]
            if verb == "CAPABILITY":
                peer.say(f"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN{offer}", f"{tag} OK done")
            elif verb == "STARTTLS":
                peer.send(f"{tag} {answer}\r\n".encode() + then)
                go_on(peer, answer.startswith("OK"))
            else:
                peer.say(f"{tag} OK [CAPABILITY IMAP4rev1] fine")

    return play


def pop3_script(offer: str = "STLS", answer: str = "+OK begin", then: bytes = b"") -> Script:
    def play(peer: Peer) -> None:
        peer.say("+OK hello")
        while True:
            verb = peer.hear().decode().split(" ")[0]
            if verb == "CAPA":
                peer.say("+OK", "SASL PLAIN", offer, ".")
            elif verb == "STLS":
                peer.send(f"{answer}\r\n".encode() + then)
                go_on(peer, answer.startswith("+OK"))
            elif verb == "AUTH":
                peer.say("+ ")
            else:
                peer.say("+OK fine")

    return play


def smtp_script(offer: str = "STARTTLS", answer: str = "220 begin", then: bytes = b"") -> Script:
    def play(peer: Peer) -> None:
        peer.say("220 hello")
        while True:
            verb = peer.hear().decode().split(" ")[0]
            if verb == "EHLO":
                peer.say("250-hello", f"250-{offer}", "250 AUTH PLAIN LOGIN")
            elif verb == "STARTTLS":
                peer.send(f"{answer}\r\n".encode() + then)
                go_on(peer, answer.startswith("220"))
            else:
                peer.say("235 fine" if verb == "AUTH" else "250 fine")

    return play


def go_on(peer: Peer, encrypted: bool) -> None:
    if encrypted:
        peer.start_tls()


def refused(
    script: Script, protocol: Protocol, security: Security, certificate: Certificate | None = None, **options: object
) -> MailServerError:
    """Open against the script; what was raised. No secret was seen in clear."""
    with scripted(script, certificate=certificate, tls=bool(options.pop("tls", False))) as server:
        trust = {key: str(value) for key, value in options.items()}
        with pytest.raises((TlsRefused, Unreachable, LoginRefused)) as caught:
            OPENERS[protocol](server.endpoint(security, **trust))
        assert not any(secret in server.clear for secret in SECRETS), bytes(server.clear)
        assert not any(secret in server.under_tls for secret in SECRETS), bytes(server.under_tls)
    return caught.value


@pytest.mark.parametrize(
    ("protocol", "script"),
    [
        (Protocol.IMAP, imap_script()),
        (Protocol.POP3, pop3_script()),
        (Protocol.SMTP, smtp_script()),
    ],
)
def test_secrets_only_under_tls(protocol: Protocol, script: Script, certificate: Certificate) -> None:
    with scripted(script, certificate=certificate) as server:
        OPENERS[protocol](server.endpoint(Security.STARTTLS))
        assert any(secret in server.under_tls for secret in SECRETS)
        assert not any(secret in server.clear for secret in SECRETS)


@pytest.mark.parametrize(
    ("protocol", "script"),
    [
        (Protocol.IMAP, imap_script(offer="")),
        (Protocol.IMAP, imap_script(answer="NO not today")),
        (Protocol.IMAP, imap_script(answer="BAD what")),
        (Protocol.IMAP, imap_script(greeting="* PREAUTH welcome")),
        (Protocol.POP3, pop3_script(offer="TOP", answer="-ERR unknown")),
        (Protocol.POP3, pop3_script(answer="-ERR not today")),
        (Protocol.SMTP, smtp_script(offer="SIZE 1000")),
        (Protocol.SMTP, smtp_script(answer="454 not today")),
        (Protocol.SMTP, smtp_script(answer="502 what")),
    ],
    ids=["imap-stripped", "imap-no", "imap-bad", "imap-preauth", "pop3-stripped", "pop3-err", "smtp-stripped",
         "smtp-454", "smtp-502"],
)  # fmt: skip
def test_encryption_that_is_not_to_be_had_ends_it(protocol: Protocol, script: Script, certificate: Certificate) -> None:
    error = refused(script, protocol, Security.STARTTLS, certificate)
    assert isinstance(error, TlsRefused)
    assert error.reason == "not_offered"


@pytest.mark.parametrize(
    ("protocol", "script"),
    [
        (Protocol.IMAP, imap_script(then=b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")),
        (Protocol.POP3, pop3_script(then=b"+OK injected\r\n")),
        (Protocol.SMTP, smtp_script(then=b"250 injected\r\n")),
    ],
)
def test_words_before_the_handshake_are_never_used(
    protocol: Protocol, script: Script, certificate: Certificate
) -> None:
    error = refused(script, protocol, Security.STARTTLS, certificate)
    assert isinstance(error, TlsRefused)
    assert error.reason == "injected"


def test_capabilities_of_before_are_forgotten(certificate: Certificate) -> None:
    """An attacker's list of before the handshake must not choose how we log in, or what the session believes later."""

    def play(peer: Peer) -> None:
        peer.say("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=XOAUTH2 MOVE EVIL] hello")
        peer.say(peer.hear().split(b" ")[0] + b" OK begin")
        peer.start_tls()
        peer.answer_imap(CAPABILITY=["* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR"])

    with scripted(play, certificate=certificate) as server:
        session = open_quickly(server.endpoint(Security.STARTTLS))
        assert session.capabilities == {"IMAP4REV1", "AUTH=PLAIN", "SASL-IR"}
        assert b"AUTHENTICATE PLAIN " in server.under_tls
        session.close()


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
class TestCertificates:
    def refuse(self, protocol: Protocol, security: Security, certificate: Certificate, **trust: str) -> TlsRefused:
        script = {Protocol.IMAP: imap_script(), Protocol.POP3: pop3_script(), Protocol.SMTP: smtp_script()}[protocol]
        error = refused(script, protocol, security, certificate, tls=security is Security.TLS, **trust)
        assert isinstance(error, TlsRefused)
        return error

    def test_unknown_issuer(self, protocol: Protocol, security: Security, certificate: Certificate) -> None:
        error = self.refuse(protocol, security, certificate, ca_pem="")
        assert error.reason == "unknown_issuer"
        assert error.details["fingerprint"] == fingerprint(certificate)
        assert error.details["names"] == ("localhost", "127.0.0.1")
        assert error.details["not_after"] > error.details["not_before"]  # type: ignore[operator]

    def test_expired(self, protocol: Protocol, security: Security, expired: Certificate) -> None:
        error = self.refuse(protocol, security, expired)
        assert error.reason == "expired"
        assert error.details["fingerprint"] == fingerprint(expired)

    def test_wrong_name(self, protocol: Protocol, security: Security, misnamed: Certificate) -> None:
        error = self.refuse(protocol, security, misnamed)
        assert error.reason == "name_mismatch"
        assert error.details["names"] == ("mail.other.test",)

    def test_other_than_the_pinned_one(
        self, protocol: Protocol, security: Security, certificate: Certificate, expired: Certificate
    ) -> None:
        error = self.refuse(protocol, security, certificate, fingerprint=fingerprint(expired))
        assert error.reason == "changed"
        assert error.details["fingerprint"] == fingerprint(certificate)

    def test_the_pinned_one(self, protocol: Protocol, security: Security, expired: Certificate) -> None:
        """Whatever its name and dates: that is what a person decided."""
        script = {Protocol.IMAP: imap_script(), Protocol.POP3: pop3_script(), Protocol.SMTP: smtp_script()}[protocol]
        with scripted(script, certificate=expired, tls=security is Security.TLS) as server:
            OPENERS[protocol](server.endpoint(security, fingerprint=fingerprint(expired)))
            assert any(secret in server.under_tls for secret in SECRETS)


def fingerprint(certificate: Certificate) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.cert.read_text())).hexdigest()


@pytest.mark.parametrize(
    ("protocol", "script"),
    [(Protocol.IMAP, imap_script()), (Protocol.POP3, pop3_script()), (Protocol.SMTP, smtp_script())],
)
def test_tls_on_a_port_that_starts_unencrypted(protocol: Protocol, script: Script) -> None:
    error = refused(script, protocol, Security.TLS)
    assert isinstance(error, TlsRefused)
    assert error.reason == "plain"


@pytest.mark.parametrize("protocol", list(Protocol))
def test_plain_on_a_port_that_expects_tls(protocol: Protocol, certificate: Certificate) -> None:
    error = refused(lambda peer: peer.hang(), protocol, Security.NONE, certificate, tls=True)
    assert isinstance(error, Unreachable)
    assert error.reason == "silent"


@pytest.mark.parametrize("protocol", list(Protocol))
def test_handshake_that_hangs(protocol: Protocol) -> None:
    error = refused(lambda peer: peer.hang(), protocol, Security.TLS)
    assert isinstance(error, Unreachable)
    assert error.reason == "timeout"


def test_trusted_certificate_that_is_none() -> None:
    error = refused(lambda peer: None, Protocol.IMAP, Security.TLS, ca_pem="no certificate")
    assert isinstance(error, TlsRefused)
    assert error.reason == "certificate"


@pytest.mark.parametrize(
    ("protocol", "greeting", "speaks"),
    [
        (Protocol.IMAP, "+OK ready", "pop3"),
        (Protocol.IMAP, "220 mail ESMTP", "smtp"),
        (Protocol.IMAP, "SSH-2.0-OpenSSH_9.2", ""),
        (Protocol.POP3, "* OK ready", "imap"),
        (Protocol.POP3, "220 mail ESMTP", "smtp"),
        (Protocol.SMTP, "* OK ready", "imap"),
        (Protocol.SMTP, "+OK ready", "pop3"),
        (Protocol.SMTP, "SSH-2.0-OpenSSH_9.2", ""),
    ],
)
def test_wrong_protocol(protocol: Protocol, greeting: str, speaks: str) -> None:
    def play(peer: Peer) -> None:
        peer.say(greeting)
        peer.hang()

    error = refused(play, protocol, Security.NONE)
    assert isinstance(error, Unreachable)
    assert (error.reason, error.details["speaks"]) == ("wrong_protocol", speaks)
    assert error.reply == "", "what a stranger's service says is not shown"
