"""What several tests of this room need."""

from typing import Any

import pytest

from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer


@pytest.fixture
def typed() -> dict[str, Any]:
    """The account form as a browser sends it; servers that nobody dials."""
    return {
        "name": "",
        "sender_name": "Alice",
        "address": "alice@example.org",
        "signature": "",
        "protocol": "imap",
        "incoming_host": "imap.example.org",
        "incoming_security": "tls",
        "incoming_port": "993",
        "incoming_username": "alice@example.org",
        "incoming_password": "swordfish",
        "incoming_ca_pem": "",
        "incoming_fingerprint": "",
        "pop_policy": "keep",
        "pop_days": "30",
        "pop_minutes": "5",
        "outgoing_host": "smtp.example.org",
        "outgoing_security": "tls",
        "outgoing_port": "465",
        "outgoing_login": "same",
        "outgoing_username": "",
        "outgoing_password": "",
        "outgoing_ca_pem": "",
        "outgoing_fingerprint": "",
    }


@pytest.fixture
def typed_real(
    typed: dict[str, Any], alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer
) -> dict[str, Any]:
    """The same for alice's mailbox on the real servers."""
    smtp_server.add_user(alice_mail.address, alice_mail.password)
    return {
        **typed,
        "address": alice_mail.address,
        "incoming_host": dovecot.host,
        "incoming_port": dovecot.ports["imaps"],
        "incoming_username": alice_mail.address,
        "incoming_password": alice_mail.password,
        "incoming_ca_pem": dovecot.ca_pem,
        "outgoing_host": smtp_server.host,
        "outgoing_port": smtp_server.ports["submissions"],
        "outgoing_ca_pem": smtp_server.ca_pem,
    }
