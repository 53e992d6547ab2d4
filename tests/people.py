"""The people of the tests: alice owns what a test looks at, bob is somebody else, charlie is an admin. Each signs in
with the same password.

Their mail accounts lie on the real servers: alice_account and bob_account over IMAP, alice_pop_account over POP3, all
sending over SMTP. What they send leaves at once: tests of taking it back say how long it waits.
"""

import pytest
from django.test import Client

from accounts.fields import Secret
from accounts.models import Account, User
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer

PASSWORD = "correct horse battery"


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", "alice@example.org", PASSWORD, undo_seconds=0)


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", "bob@example.org", PASSWORD, undo_seconds=0)


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_superuser("charlie", "charlie@example.org", PASSWORD)


@pytest.fixture
def alice_client(alice: User) -> Client:
    return _signed_in(alice)


@pytest.fixture
def bob_client(bob: User) -> Client:
    return _signed_in(bob)


@pytest.fixture
def charlie_client(charlie: User) -> Client:
    return _signed_in(charlie)


@pytest.fixture
def alice_mail(dovecot: DovecotForTests) -> MailUser:
    """The mailbox behind alice_account and alice_pop_account."""
    return dovecot.new_user("alice")


@pytest.fixture
def bob_mail(dovecot: DovecotForTests) -> MailUser:
    return dovecot.new_user("bob")


@pytest.fixture
def alice_account(alice: User, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer) -> Account:
    return new_account(alice, alice_mail, dovecot, smtp_server)


@pytest.fixture
def bob_account(bob: User, bob_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer) -> Account:
    return new_account(bob, bob_mail, dovecot, smtp_server)


@pytest.fixture
def alice_pop_account(
    alice: User, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer
) -> Account:
    return new_account(alice, alice_mail, dovecot, smtp_server, protocol="pop3")


def new_account(
    user: User,
    mail: MailUser,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
    *,
    protocol: str = "imap",
    **fields: object,
) -> Account:
    """A saved account on the real servers, over TLS; `fields` override the model's."""
    smtp_server.add_user(mail.address, mail.password)
    settings = {
        "address": mail.address,
        "protocol": protocol,
        "incoming_host": dovecot.host,
        "incoming_port": dovecot.ports["imaps" if protocol == "imap" else "pop3s"],
        "incoming_username": mail.address,
        "incoming_password": Secret.seal(mail.password),
        "incoming_ca_pem": dovecot.ca_pem,
        "outgoing_host": smtp_server.host,
        "outgoing_port": smtp_server.ports["submissions"],
        "outgoing_ca_pem": smtp_server.ca_pem,
    }
    return Account.objects.create(user=user, **{**settings, **fields})


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PersonBackend")
    return client
