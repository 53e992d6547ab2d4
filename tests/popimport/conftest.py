"""An account over a scripted POP3 server, and one over a real Dovecot behind a proxy that cuts."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from accounts.fields import Secret
from accounts.models import Account, User
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.pop3 import PASSWORD, USERNAME, ScriptedPop3
from tests.servers.proxy import CuttingProxy


@pytest.fixture
def pop3() -> Iterator[ScriptedPop3]:
    server = ScriptedPop3()
    yield server
    server.stop()


@pytest.fixture
def account(alice: User, pop3: ScriptedPop3, settings: Settings) -> Account:
    """Of alice, on the scripted server."""
    settings.MAIL_READ_TIMEOUT = 2
    settings.MAIL_BANNER_TIMEOUT = 0.5
    return plain_account(alice, USERNAME, PASSWORD, pop3.port)


@pytest.fixture(scope="session")
def _proxy(dovecot: DovecotForTests) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy((dovecot.host, dovecot.ports["pop3"]))
    yield proxy
    proxy.close()


@pytest.fixture
def proxy(_proxy: CuttingProxy) -> Iterator[CuttingProxy]:
    yield _proxy
    _proxy.forget()


@pytest.fixture
def proxied(alice: User, alice_mail: MailUser, proxy: CuttingProxy) -> Account:
    """Of alice, on Dovecot behind the proxy."""
    return plain_account(alice, alice_mail.address, alice_mail.password, proxy.port)


def plain_account(user: User, username: str, password: str, port: int, **fields: object) -> Account:
    return Account.objects.create(
        user=user,
        address=username,
        protocol="pop3",
        incoming_host="127.0.0.1",
        incoming_port=port,
        incoming_security="none",
        incoming_username=username,
        incoming_password=Secret.seal(password),  # type: ignore[misc]
        **fields,
    )
