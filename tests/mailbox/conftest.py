"""Both kinds of mailbox for tests of pages."""

import pytest

from accounts.models import Account
from webmail.mailbox.opening import open_mailbox


@pytest.fixture(params=["imap", "local"])
def account(request: pytest.FixtureRequest) -> Account:
    """Alice's account, once over IMAP, once over the local store."""
    found: Account = request.getfixturevalue("alice_account" if request.param == "imap" else "alice_pop_account")
    return found


@pytest.fixture
def box(account: Account):
    """The mailbox behind `account`."""
    with open_mailbox(account) as mailbox:
        yield mailbox
