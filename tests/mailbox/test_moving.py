"""Moves over a real Dovecot, on a line that notes which commands were sent: one where the server has just answered, and
none that is said before a line which may have died was tried."""

from collections.abc import Callable

import pytest

from accounts.models import Account
from tests.mailbox.letters import plain
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.proxy import CuttingProxy, Do
from webmail.mailbox.base import MessageRef, Page
from webmail.mailbox.opening import close_sessions, open_mailbox
from webmail.protocols import imap, imap_conversation
from webmail.protocols.errors import Unreachable

MOVE = ["UID"]


@pytest.fixture
def inbox(alice_account: Account, line: CuttingProxy, dovecot: DovecotForTests, alice_mail: MailUser) -> Page:
    """As a session has just seen it, with two messages."""
    for subject in ("one", "two"):
        dovecot.deliver(alice_mail.address, plain(subject))
    with open_mailbox(alice_account) as mailbox:
        mailbox.folders()
        page = mailbox.list_messages("INBOX")
    line.forget()
    return page


@pytest.fixture
def moved(alice_account: Account, inbox: Page) -> Callable[..., dict[int, MessageRef | None]]:
    """Moves these messages of the inbox into the trash."""

    def move(*uids: int) -> dict[int, MessageRef | None]:
        with open_mailbox(alice_account) as mailbox:
            return mailbox.move("INBOX", inbox.uidvalidity, uids, "Trash")

    return move


def test_a_move_is_one_command_where_the_server_has_just_answered(inbox, line, moved):
    [two, one] = [row.ref.uid for row in inbox.rows]
    assert list(moved(one, two)) == [one, two]
    assert line.commands == MOVE


def test_a_line_that_was_silent_is_tried_first(inbox, line, moved, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imap_conversation, "FRESH_SECONDS", 0.0)
    assert list(moved(inbox.rows[0].ref.uid)) == [inbox.rows[0].ref.uid]
    assert line.commands == ["NOOP", *MOVE]


def test_a_message_that_the_session_has_not_heard_of_is_moved(inbox, line, moved, dovecot, alice_mail):
    dovecot.deliver(alice_mail.address, plain("three"))
    [two, one] = [row.ref.uid for row in inbox.rows]
    assert sorted(moved(one, two + 1)) == [one, two + 1]
    assert line.commands == [*MOVE, "NOOP", *MOVE]


def test_what_is_gone_is_not_moved(inbox, moved):
    newest = inbox.rows[0].ref.uid
    assert list(moved(newest)) == [newest]
    assert moved(newest) == {}


def test_without_uidplus_the_news_come_first(alice_account, inbox, line, moved, monkeypatch: pytest.MonkeyPatch):
    """Its answer does not tell which messages it passed over. Where this one went it tells nevertheless."""
    learn = imap.GuardedClient.learn_capabilities
    monkeypatch.setattr(imap.GuardedClient, "learn_capabilities", lambda client: learn(client) - {"UIDPLUS"})
    close_sessions(alice_account.pk)
    newest = inbox.rows[0].ref.uid
    [place] = moved(newest, 4711).values()
    assert line.commands[-4:] == ["NOOP", "UID", "STATUS", *MOVE]
    with open_mailbox(alice_account) as mailbox:
        assert [row.ref for row in mailbox.list_messages("Trash").rows] == [place]


@pytest.mark.parametrize("do", [Do.CUT, Do.LOSE_ANSWER])
def test_a_move_without_an_answer_is_not_said_again(alice_account, inbox, line, moved, do):
    line.at("UID", do)
    with pytest.raises(Unreachable):
        moved(inbox.rows[0].ref.uid)
    assert line.commands == MOVE
    line.forget()
    with open_mailbox(alice_account) as mailbox:
        there = [mailbox.list_messages(folder).total for folder in ("INBOX", "Trash")]
    assert there == ([2, 0] if do is Do.CUT else [1, 1])
