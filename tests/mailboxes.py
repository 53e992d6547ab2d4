"""Both kinds of mailbox, for the tests of whatever works on either."""

from collections.abc import Iterator

import pytest

from accounts.models import Account
from webmail.mailbox.base import Mailbox
from webmail.mailbox.opening import open_mailbox


@pytest.fixture(params=["imap", "local"])
def account(request: pytest.FixtureRequest) -> Account:
    """Alice's account, once over IMAP, once over the local store."""
    found: Account = request.getfixturevalue("alice_account" if request.param == "imap" else "alice_pop_account")
    return found


@pytest.fixture
def box(account: Account) -> Iterator[Mailbox]:
    """The mailbox behind `account`."""
    with open_mailbox(account) as mailbox:
        yield mailbox
