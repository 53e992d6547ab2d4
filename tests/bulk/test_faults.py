"""Lines that break, folders that are numbered anew, many messages: at a real mail server."""

import tracemalloc

import pytest

from accounts.models import Account
from tests.bulk.conftest import fill, fresh, subjects, taken_back
from tests.mailbox.letters import plain
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.proxy import CuttingProxy, Do
from webmail.bulk import jobs, starting
from webmail.bulk.models import Batch, Job, State
from webmail.mailbox.opening import close_sessions, open_mailbox


@pytest.fixture
def line(alice_account: Account, dovecot: DovecotForTests):
    """Between alice_account and its server, to be cut."""
    proxy = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    alice_account.incoming_host, alice_account.incoming_port = proxy.host, proxy.port
    alice_account.incoming_security = "none"
    alice_account.save()
    yield proxy
    close_sessions(alice_account.pk)
    proxy.close()


@pytest.mark.parametrize("do", [Do.CUT, Do.LOSE_ANSWER])
def test_a_line_that_breaks_anywhere(alice_account, line, work, do):
    """At each of a connection's commands: the job is tried again later, and goes on from what both folders show."""
    with open_mailbox(alice_account) as box:
        fill(box, 30)
    job = starting.start(alice_account, "INBOX", "archive")
    for nth in (1, 2, 3, 4):
        close_sessions(alice_account.pk)
        line.at("UID", do, nth=nth)
        work()
        Job.objects.filter(state=State.WAITING).update(not_before="2000-01-01T00:00Z")
    line.forget()
    work()
    assert (fresh(job).state, fresh(job).changed, fresh(job).passed) == (State.DONE, 30, 30)
    with open_mailbox(alice_account) as box:
        assert subjects(box, "INBOX") == []
        assert len(subjects(box, "Archive")) == len(set(subjects(box, "Archive"))) == 30
        taken_back(alice_account, job)
        work()
        assert len(subjects(box, "INBOX")) == 30


def test_a_folder_that_is_another_one_by_now(alice_account, dovecot, alice_mail: MailUser, work):
    with open_mailbox(alice_account) as box:
        box.create_folder("Reports")
        fill(box, 3, "Reports")
        job = starting.start(alice_account, "Reports", "trash")
        with dovecot.imap(alice_mail) as client:
            client.delete_folder("Reports")
            client.create_folder("Reports")
            client.append("Reports", plain("new"))
        work()
        assert (fresh(job).state, fresh(job).reason) == (State.FAILED, "stale")
        assert (subjects(box, "Reports"), subjects(box, "Trash")) == (["new"], [])


def test_twenty_thousand_are_held_in_little_memory(alice_pop_account, work):
    job = Job(
        account=alice_pop_account, account_version=alice_pop_account.version, act="star", folder="INBOX", uidvalidity=1
    )
    tracemalloc.start()
    jobs.freeze(job, range(1, 40_001, 2))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (job.total, Batch.objects.count()) == (20_000, 5)
    assert max(len(uids) for uids in Batch.objects.values_list("uids", flat=True)) < 28_000
    assert peak < 4 * 2**20
