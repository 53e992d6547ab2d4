"""LocalMailbox: the contract, and what becomes of the files."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tests.mailbox.contract import MailboxContract
from tests.mailbox.letters import PLAIN, plain
from webmail.mailbox import local_store
from webmail.mailbox.base import Flag, Mailbox, NoSuchMessage
from webmail.mailbox.models import LocalMessage
from webmail.mailbox.opening import open_mailbox


@pytest.fixture
def mailbox(alice_pop_account: Account):
    with open_mailbox(alice_pop_account) as mailbox:
        yield mailbox


class TestLocalMailbox(MailboxContract):
    pass


def _file(account: Account, raw: bytes):
    message = LocalMessage.objects.filter(folder__account=account).latest("pk")
    path = local_store.path_of(account.pk, message.sha256)
    assert path.read_bytes() == raw
    return path


def test_the_same_content_twice_is_one_file_and_two_messages(mailbox: Mailbox, alice_pop_account: Account):
    mailbox.append("INBOX", PLAIN)
    mailbox.append("INBOX", PLAIN)
    assert mailbox.list_messages("INBOX").total == 2
    path = _file(alice_pop_account, PLAIN)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_the_file_goes_with_the_last_message(
    mailbox: Mailbox, alice_pop_account: Account, django_capture_on_commit_callbacks
):
    for _ in range(2):
        mailbox.append("Trash", PLAIN)
    two, one = (row.ref for row in mailbox.list_messages("Trash").rows)
    path = _file(alice_pop_account, PLAIN)
    with django_capture_on_commit_callbacks(execute=True):
        mailbox.delete("Trash", one.uidvalidity, [one.uid])
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        mailbox.delete("Trash", two.uidvalidity, [two.uid])
    assert not path.exists()


def test_a_lost_file_is_a_message_that_is_gone(mailbox: Mailbox, alice_pop_account: Account):
    mailbox.append("INBOX", PLAIN)
    [row] = mailbox.list_messages("INBOX").rows
    _file(alice_pop_account, PLAIN).unlink()
    with pytest.raises(NoSuchMessage):
        mailbox.get_message(row.ref)
    assert mailbox.list_messages("INBOX").total == 1


def test_the_account_takes_its_files_along(
    mailbox: Mailbox, alice_pop_account: Account, django_capture_on_commit_callbacks
):
    mailbox.append("INBOX", PLAIN)
    folder = local_store.account_folder(alice_pop_account.pk)
    assert folder.exists()
    with django_capture_on_commit_callbacks(execute=True):
        alice_pop_account.delete()
    assert not folder.exists()


def test_uids_are_never_given_twice(mailbox: Mailbox):
    first = mailbox.append("Trash", plain("one"))
    assert first is not None
    mailbox.delete("Trash", first.uidvalidity, [first.uid])
    second = mailbox.append("Trash", plain("two"))
    assert second is not None
    assert second.uid > first.uid


@pytest.mark.parametrize("act", ["flag", "move"])
def test_many_at_once_are_few_queries(mailbox: Mailbox, act: str):
    for number in range(20):
        mailbox.append("INBOX", plain(f"number {number}"))
    page = mailbox.list_messages("INBOX")
    uids = [row.ref.uid for row in page.rows]
    with CaptureQueriesContext(connection) as queries:
        if act == "flag":
            mailbox.set_flags("INBOX", page.uidvalidity, uids, add=[Flag.SEEN, "$Mine"])
        else:
            assert len(mailbox.move("INBOX", page.uidvalidity, uids, "Archive")) == 20
    assert len(queries) < 12, [q["sql"][:150] for q in queries]
    if act == "flag":
        assert all({Flag.SEEN, "$Mine"} <= row.flags for row in mailbox.list_messages("INBOX").rows)
    else:
        assert mailbox.list_messages("Archive").total == 20


def test_reading_a_thousand_parts_is_light_work(mailbox: Mailbox):
    part = b"--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    ref = mailbox.append("INBOX", head + part * 5_000 + b"--b--\r\n")
    assert ref is not None
    message = mailbox.get_message(ref)
    started = time.process_time()
    assert all(mailbox.read_part(ref, one) == b"x" for one in message.structure.children[::5])
    assert time.process_time() - started < 8
