"""The line to the IMAP server is cut at each step: a sent mail is filed once, and a draft always has a copy."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Account
from tests.compose.letters import queued, stored, subjects, written
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.proxy import CuttingProxy, Do
from tests.servers.smtp import RecordingServer
from webmail.compose import mirroring
from webmail.compose.models import Outgoing, State
from webmail.compose.tasks import deliver
from webmail.mailbox.opening import close_sessions

STEPS = [("LIST", 1), ("SELECT", 1), ("UID", 1), ("APPEND", 1)]


@pytest.fixture
def proxy(dovecot: DovecotForTests) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    yield proxy
    proxy.close()


@pytest.fixture
def account(alice_account: Account, proxy: CuttingProxy) -> Account:
    """Of alice, on Dovecot behind the proxy."""
    alice_account.incoming_port, alice_account.incoming_security = proxy.port, Account.Encryption.NONE
    alice_account.save()
    return alice_account


@pytest.mark.parametrize("do", [Do.CUT, Do.LOSE_ANSWER])
@pytest.mark.parametrize(("verb", "nth"), STEPS)
def test_a_sent_mail_is_filed_once(
    account: Account,
    proxy: CuttingProxy,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
    do: Do,
    verb: str,
    nth: int,
) -> None:
    outgoing = queued(account)
    proxy.at(verb, do, nth=nth)
    deliver(outgoing.pk)
    outgoing.refresh_from_db()
    assert outgoing.state == State.SENT
    proxy.forget()
    Outgoing.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    deliver(outgoing.pk)
    outgoing.refresh_from_db()
    assert outgoing.state == State.FILED
    assert len(smtp_server.accepted) == 1
    assert subjects(stored(dovecot, alice_mail, "Sent")) == ["Hello"]


@pytest.mark.parametrize("do", [Do.CUT, Do.LOSE_ANSWER])
@pytest.mark.parametrize(("verb", "nth"), [*STEPS, ("UID", 2)])
def test_a_draft_always_has_a_copy(
    account: Account,
    proxy: CuttingProxy,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    do: Do,
    verb: str,
    nth: int,
) -> None:
    draft = written(account)
    assert mirroring.put(draft) is None
    close_sessions(account.pk)
    proxy.at(verb, do, nth=nth)
    draft.subject = "Better"
    draft.save()
    mirroring.put(draft)
    assert 1 <= len(stored(dovecot, alice_mail, "Drafts")) <= 2
    proxy.forget()
    draft.refresh_from_db()
    draft.subject = "Best"
    draft.save()
    assert mirroring.put(draft) is None
    copies = subjects(stored(dovecot, alice_mail, "Drafts"))
    assert copies[-1] == "Best"
    assert len(copies) <= 2


def test_other_peoples_deletions_stay(account: Account, alice_mail: MailUser, dovecot: DovecotForTests) -> None:
    """What another program marked \\Deleted in Drafts is not ours to expunge (RFC 4315)."""
    with dovecot.imap(alice_mail) as client:
        client.append("Drafts", b"Subject: marked\r\n\r\n", [b"\\Deleted"])
    draft = written(account)
    for _ in range(2):
        assert mirroring.put(draft) is None
    assert subjects(stored(dovecot, alice_mail, "Drafts")) == ["marked", "Hello"]
