"""ImapMailbox over a real Dovecot: the contract, and what is IMAP's own."""

import time
from contextlib import nullcontext

import pytest

from accounts.models import Account
from tests.mailbox.contract import MailboxContract
from tests.mailbox.letters import PLAIN, plain
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.proxy import CuttingProxy
from webmail.mailbox.base import Mailbox, MessageRef, NoSuchMessage, StaleReference
from webmail.mailbox.imap_mailbox import ImapMailbox
from webmail.mailbox.opening import open_mailbox
from webmail.protocols.imap import ImapSession


@pytest.fixture
def mailbox(alice_account: Account):
    with open_mailbox(alice_account) as mailbox:
        yield mailbox


class TestImapMailbox(MailboxContract):
    uidvalidity_tick = 1.1  # Dovecot takes the second


class Counting:
    """A lease that notes which sessions were lent and how many round trips each has made."""

    def __init__(self, mailbox: ImapMailbox):
        self._inner = mailbox._lease
        self.sessions: dict[int, ImapSession] = {}
        mailbox._lease = self.lease

    def lease(self, folder):
        lent = self._inner(folder)
        return _Noting(lent, self.sessions)

    def round_trips(self) -> int:
        return sum(session.round_trips for session in self.sessions.values())


class _Noting:
    def __init__(self, lent, sessions):
        self.lent, self.sessions = lent, sessions

    def __enter__(self):
        session = self.lent.__enter__()
        self.sessions[id(session)] = session
        return session

    def __exit__(self, *error):
        return self.lent.__exit__(*error)


def _round_trips(mailbox: ImapMailbox, work) -> int:
    counting = Counting(mailbox)
    work()  # afterwards a session is open, and what never changes is kept
    before = counting.round_trips()
    mailbox._folders = None  # as for a new request
    work()
    return counting.round_trips() - before


def test_a_list_page_takes_one_round_trip(mailbox: ImapMailbox):
    for number in range(60):
        mailbox.append("INBOX", plain(f"n{number}"))
    assert _round_trips(mailbox, lambda: mailbox.list_messages("INBOX")) == 1
    assert _round_trips(mailbox, lambda: mailbox.list_messages("INBOX", 2)) == 1


@pytest.mark.parametrize(("octets", "limit", "expected"), [(20, 2**20, 1), (40_000, 10_000, 1), (40_000, 2**20, 2)])
def test_a_message_is_opened_in_one_round_trip_unless_its_text_is_long(
    mailbox: ImapMailbox, octets: int, limit: int, expected: int
):
    words = bytes(ord("a") + place % 26 for place in range(octets))
    mailbox.append("INBOX", b"Subject: s\r\n\r\n" + words)
    counting = Counting(mailbox)
    ref = mailbox.list_messages("INBOX").rows[0].ref
    before = counting.round_trips()
    text = mailbox.get_message(ref).body.text
    assert text
    assert mailbox.read_part(ref, text, limit) == words[:limit]
    assert counting.round_trips() - before == expected


def test_a_file_of_megabytes_costs_an_opening_nothing(line: CuttingProxy, mailbox: ImapMailbox):
    mailbox.append("INBOX", b"Content-Type: application/pdf\r\n\r\n" + b"x" * 3_000_000)
    ref = mailbox.list_messages("INBOX").rows[0].ref
    line.forget()
    assert mailbox.get_message(ref).body.attachments
    assert line.sent < 20_000


def test_mail_that_came_meanwhile_is_listed_and_opened(
    mailbox: Mailbox, dovecot: DovecotForTests, alice_mail: MailUser
):
    assert mailbox.list_messages("INBOX").total == 0
    dovecot.deliver(alice_mail.address, plain("fresh"))
    page = mailbox.list_messages("INBOX")
    assert [row.headers.subject for row in page.rows] == ["fresh"]
    dovecot.deliver(alice_mail.address, plain("fresher"))
    # Its uid is known from elsewhere before this session has heard of it.
    assert (
        mailbox.get_message(MessageRef("INBOX", page.uidvalidity, page.rows[0].ref.uid + 1)).headers.subject
        == "fresher"
    )


def test_what_another_client_expunged_is_gone(mailbox: Mailbox, dovecot: DovecotForTests, alice_mail: MailUser):
    mailbox.append("INBOX", plain("one"))
    mailbox.append("INBOX", plain("two"))
    two, one = (row.ref for row in mailbox.list_messages("INBOX").rows)
    other = dovecot.imap(alice_mail)
    other.select_folder("INBOX")
    other.delete_messages([one.uid])
    other.uid_expunge([one.uid])
    with pytest.raises(NoSuchMessage):
        mailbox.get_message(one)
    assert [row.ref for row in mailbox.list_messages("INBOX").rows] == [two]


def test_folder_that_another_client_removed_and_made_again(
    mailbox: Mailbox, dovecot: DovecotForTests, alice_mail: MailUser
):
    """A pooled session may have the old folder open still."""
    mailbox.create_folder("Work")
    mailbox.append("Work", plain("old"))
    ref = mailbox.list_messages("Work").rows[0].ref
    other = dovecot.imap(alice_mail)
    time.sleep(1.1)
    other.delete_folder("Work")
    other.create_folder("Work")
    with pytest.raises((StaleReference, NoSuchMessage)):
        mailbox.get_message(ref)
    page = mailbox.list_messages("Work")
    assert page.rows == ()
    assert page.uidvalidity != ref.uidvalidity


def test_a_session_that_is_behind_reads_and_flags_what_another_has_listed(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
):
    with open_mailbox(alice_account) as mailbox, open_mailbox(alice_account) as late:
        assert isinstance(mailbox, ImapMailbox)
        assert isinstance(late, ImapMailbox)
        mailbox.list_messages("INBOX")
        with mailbox._lease("INBOX") as behind:  # the list is drawn by a second session meanwhile
            late._lease = lambda folder: nullcontext(behind)
            dovecot.deliver(alice_mail.address, PLAIN)
            [row] = mailbox.list_messages("INBOX").rows
            message = mailbox.get_message(row.ref)
            assert message.body.text
            assert late.read_part(row.ref, message.body.text)
            dovecot.deliver(alice_mail.address, plain("later"))
            later = mailbox.list_messages("INBOX").rows[0].ref
            [starred] = late.set_flags("INBOX", later.uidvalidity, [later.uid], add=["\\Flagged"])
    assert starred.flagged
    with dovecot.imap(alice_mail) as other:
        other.select_folder("INBOX")
        assert b"\\Flagged" in other.get_flags([later.uid])[later.uid]


def test_a_folder_that_another_client_emptied_is_deleted(
    mailbox: Mailbox, dovecot: DovecotForTests, alice_mail: MailUser
):
    """A session that has the folder open counts what it knew when it looked last."""
    mailbox.create_folder("Emptied")
    mailbox.append("Emptied", plain("one"))
    assert mailbox.list_messages("Emptied").rows
    other = dovecot.imap(alice_mail)
    other.select_folder("Emptied")
    other.delete_messages([1])
    other.uid_expunge([1])
    mailbox.delete_folder("Emptied")
    assert not other.folder_exists("Emptied")
