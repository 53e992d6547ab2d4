"""What the tests of the protocols share: certificates of every kind, and sessions on the real Dovecot."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from deploy import certificates
from deploy.certificates import Certificate
from tests.protocols.pooled import Opener, any_folder
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.scripted import QUICK, anywhere, scripted
from webmail.protocols.endpoint import Credentials, Endpoint, Password, Security
from webmail.protocols.imap import ImapSession, open_session

LOGIN = Password("ann@demo.test", "s3cret-of-ann")


def open_quickly(endpoint: Endpoint, credentials: Credentials = LOGIN) -> ImapSession:
    """A session with short time limits, for servers that do wrong."""
    return open_session(endpoint, credentials, guard=anywhere, timeouts=QUICK)


@pytest.fixture
def any_opener() -> Iterator[Opener]:
    """Of sessions on a scripted server with three messages in whatever folder is opened."""
    with scripted(any_folder) as server:
        yield lambda: open_quickly(server.endpoint(Security.NONE))


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    """The protocols know no Redis: starting one would only cost time."""


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificates.create(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    start = datetime.now(UTC) - timedelta(days=30)
    return certificates.create(tmp_path_factory.mktemp("expired"), start=start, validity=timedelta(days=10))


@pytest.fixture(scope="session")
def misnamed(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificates.create(tmp_path_factory.mktemp("misnamed"), names=("mail.other.test",))


@pytest.fixture
def user(dovecot: DovecotForTests) -> MailUser:
    return dovecot.new_user()


@pytest.fixture
def imap_endpoint(dovecot: DovecotForTests) -> Endpoint:
    return Endpoint(dovecot.host, dovecot.ports["imaps"], Security.TLS, ca_pem=dovecot.ca_pem)


@pytest.fixture
def opener(imap_endpoint: Endpoint, user: MailUser) -> Callable[[], ImapSession]:
    return lambda: open_session(imap_endpoint, Password(user.address, user.password), guard=anywhere)


@pytest.fixture
def session(opener: Callable[[], ImapSession]) -> Iterator[ImapSession]:
    opened = opener()
    yield opened
    opened.close()
