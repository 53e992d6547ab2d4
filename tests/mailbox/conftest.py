"""Both kinds of mailbox for tests of pages."""

from collections.abc import Iterator

import pytest

from accounts.models import Account
from tests.servers.dovecot import DovecotForTests
from tests.servers.proxy import CuttingProxy
from webmail.mailbox.opening import close_sessions


@pytest.fixture
def line(alice_account: Account, dovecot: DovecotForTests) -> Iterator[CuttingProxy]:
    """Between alice_account and its server, where what passes is counted."""
    proxy = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    alice_account.incoming_host, alice_account.incoming_port = proxy.host, proxy.port
    alice_account.incoming_security = "none"
    alice_account.save()
    yield proxy
    close_sessions(alice_account.pk)
    proxy.close()
