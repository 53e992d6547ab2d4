"""Jobs on whole folders, over both mailboxes: what was there when they were asked for, and nothing else; taken back as
a whole; ended by a person, by a folder that is another one, by an account that is."""

from collections.abc import Sequence

import pytest

from accounts.models import Account
from tests.bulk.conftest import claimed, fill, fresh, subjects, taken, taken_back
from tests.mailbox.letters import plain
from tests.servers.dovecot import DovecotForTests
from tests.servers.terse import terse
from webmail.bulk import jobs, presented, running, starting, undoing
from webmail.bulk.models import Batch, Job, State, uids_of, written
from webmail.mailbox.base import FolderRefused, StaleReference
from webmail.mailbox.models import LocalFolder
from webmail.mailbox.opening import close_sessions, open_mailbox


def test_a_set_is_short_and_comes_back():
    uids = [*range(1, 1001), 2000, 4294967295]
    assert written(uids) == "1:1000,2000,4294967295"
    assert uids_of(written(uids)) == uids
    assert (written([]), uids_of("")) == ("", [])


def test_all_is_moved_and_comes_back(account, box, work):
    fill(box, 3)
    job = starting.start(account, "INBOX", "archive")
    assert (job.total, job.state) == (3, State.WAITING)
    box.append("INBOX", plain("came later"))
    work()
    assert (fresh(job).state, fresh(job).changed, fresh(job).passed) == (State.DONE, 3, 3)
    assert subjects(box, "INBOX") == ["came later"]
    assert len(subjects(box, "Archive")) == 3
    back = taken_back(account, job)
    work()
    assert (fresh(back).state, fresh(back).changed) == (State.DONE, 3)
    assert (len(subjects(box, "INBOX")), subjects(box, "Archive")) == (4, [])
    assert undoing.undo(account, fresh(job)) is None


def test_what_a_search_finds(account, box, work):
    fill(box, 3)
    box.append("INBOX", plain("another"))
    job = starting.start(account, "INBOX", "trash", q="subject:letter")
    work()
    assert fresh(job).changed == 3
    assert subjects(box, "INBOX") == ["another"]


@pytest.mark.parametrize(("act", "flags"), [("read", ["\\Seen"]), ("star", ["\\Flagged"])])
def test_flags_are_as_they_were(account, box, work, act, flags):
    fill(box, 3)
    validity, uids = box.find("INBOX")
    box.flag("INBOX", validity, uids[:1], add=flags)
    job = starting.start(account, "INBOX", act)
    work()
    assert (fresh(job).total, fresh(job).changed) == (2, 2)  # one was so already
    assert all(flags[0] in each.flags for each in box.census("INBOX", validity, uids).values())
    taken_back(account, job)
    work()
    assert [flags[0] in each.flags for _uid, each in sorted(box.census("INBOX", validity, uids).items())] == [
        True,
        False,
        False,
    ]


def test_trash_and_spam_are_emptied_for_good_and_nothing_else(account, box, work):
    for folder in ("Trash", "Junk", "INBOX"):
        fill(box, 2, folder)
    for folder in ("Trash", "Junk"):
        job = starting.start(account, folder, "delete")
        work()
        assert (fresh(job).state, fresh(job).changed, subjects(box, folder)) == (State.DONE, 2, [])
        assert not undoing.can_undo(fresh(job))
        assert undoing.undo(account, fresh(job)) is None
    with pytest.raises(FolderRefused):
        starting.start(account, "INBOX", "delete")
    assert len(subjects(box, "INBOX")) == 2


def test_nothing_to_do(account, box, work):
    job = starting.start(account, "INBOX", "read")
    assert (job.state, job.total) == (State.DONE, 0)
    with pytest.raises(FolderRefused):
        starting.start(account, "INBOX", "move", target="INBOX")


def test_asked_for_twice_is_one_job(account, box, work):
    fill(box, 2)
    assert starting.start(account, "INBOX", "archive").pk == starting.start(account, "INBOX", "archive").pk
    work()
    assert len(subjects(box, "Archive")) == 2


def test_another_search_meanwhile_is_done_too(account, box, work):
    fill(box, 2)
    box.append("INBOX", plain("another"))
    first = starting.start(account, "INBOX", "archive", q="subject:letter")
    second = starting.start(account, "INBOX", "archive")
    assert (first.total, second.total) == (2, 1), "what the first one has is left to it"
    work()
    assert subjects(box, "INBOX") == []
    assert len(subjects(box, "Archive")) == 3


@pytest.mark.parametrize("q", ["subject:letter OR", '"letter', "subject:letter sort:size"])
def test_marks_no_more_and_no_less_than_the_search_finds(account, box, work, q):
    fill(box, 2)
    box.append("INBOX", plain("another"))
    starting.start(account, "INBOX", "read", q=q)
    work()
    assert [row.headers.subject for row in box.list_messages("INBOX").rows if not row.seen] == ["another"]


@pytest.mark.parametrize("q", ["in:all", "subject:letter in:anywhere", "letter dans:tout"])
def test_a_search_in_all_folders_is_no_job(account, box, q):
    fill(box, 2)
    with pytest.raises(FolderRefused):
        starting.start(account, "INBOX", "trash", q=q)
    assert not Job.objects.exists()


def test_one_at_a_time_in_an_account_and_one_worker_at_a_job(account, box):
    fill(box, 2)
    first, second = starting.start(account, "INBOX", "archive"), starting.start(account, "INBOX", "star")
    mine = claimed(first)
    assert jobs.claim(first.pk) is None
    assert jobs.claim(second.pk) is None
    running.run(mine)
    assert jobs.next_of(account.pk) == second.pk


def test_who_was_taken_for_dead_writes_nothing_more(account, box):
    fill(box, 2)
    job = starting.start(account, "INBOX", "archive")
    first = claimed(job)
    Job.objects.update(lease_until="2000-01-01T00:00Z")
    second = claimed(job)
    running.run(first)
    assert subjects(box, "Archive") == []
    running.run(second)
    assert len(subjects(box, "Archive")) == 2


def test_stopped_halfway_keeps_what_is_done_and_takes_it_back(account, box, work):
    fill(box, 6)
    job = claimed(starting.start(account, "INBOX", "archive"))
    run = running._Run(job, box)
    run._do(taken(job, 2))
    jobs.stop(job)
    assert run.work() is False
    assert (fresh(job).state, fresh(job).passed, fresh(job).changed) == (State.STOPPED, 2, 2)
    assert len(subjects(box, "INBOX")) == 4
    taken_back(account, job)
    work()
    assert len(subjects(box, "INBOX")) == 6


def test_stopped_before_it_began(account, box, work):
    fill(box, 2)
    job = starting.start(account, "INBOX", "archive")
    jobs.stop(job)
    assert fresh(job).state == State.STOPPED
    work()
    assert len(subjects(box, "INBOX")) == 2
    assert not undoing.can_undo(fresh(job))


def test_a_folder_that_was_numbered_anew_stops_it_with_words(alice_pop_account, work):
    with open_mailbox(alice_pop_account) as box:
        fill(box, 2)
        job = starting.start(alice_pop_account, "INBOX", "archive")
        LocalFolder.objects.filter(name="INBOX").update(uidvalidity=4711)
        work()
        assert (fresh(job).state, fresh(job).reason) == (State.FAILED, "stale")
        assert "numbered the messages" in presented.card_of(fresh(job)).said
        assert len(subjects(box, "INBOX")) == 2
        with pytest.raises(StaleReference):
            starting.start(alice_pop_account, "INBOX", "archive", uidvalidity=1)


def test_a_folder_that_is_gone(account, box, work):
    fill(box, 2)
    box.create_folder("Goal")
    job = starting.start(account, "INBOX", "move", target="Goal")
    box.delete_folder("Goal")
    work()
    assert (fresh(job).state, fresh(job).reason) == (State.FAILED, "no_folder")
    assert len(subjects(box, "INBOX")) == 2
    box.create_folder("Goal")
    assert jobs.go_on(job)
    work()
    assert len(subjects(box, "Goal")) == 2


def test_an_account_that_was_set_up_anew(account, box, work):
    fill(box, 1)
    job = starting.start(account, "INBOX", "archive")
    Account.objects.filter(pk=account.pk).update(version=account.version + 1)
    work()
    assert fresh(job).reason == "changed_account"
    account.refresh_from_db()
    assert undoing.undo(account, fresh(job)) is None


def test_what_left_its_place_is_passed_over_and_told_of(account, box, work):
    fill(box, 3)
    job = starting.start(account, "INBOX", "archive")
    work()
    validity, uids = box.find("Archive")
    box.move("Archive", validity, uids[:1], "Junk")
    back = taken_back(account, job)
    work()
    card = presented.card_of(fresh(back))
    assert card.said == "2 messages are back in Inbox."
    assert card.more.startswith("Not undone for 1")


# -- what a crash leaves


def begun(account: Account, box, *, moved: Sequence[int] = (), copied: Sequence[int] = ()) -> Job:
    """A job whose worker died after the server had done so much of its batch."""
    job = claimed(starting.start(account, "INBOX", "archive"))
    batch = taken(job, 100)
    there = box.census("INBOX", job.uidvalidity, uids_of(batch.uids))
    validity, following = box.next_place("Archive")
    arrivals = [there[uid].arrived for uid in sorted(there)]
    known = {"present": written(there), "arrivals": arrivals, "next_validity": validity, "next_uid": following}
    jobs.begin(job, batch, **known)
    uids = sorted(there)
    rows = {row.ref.uid: row for row in box.list_messages("INBOX").rows}
    for each in copied:
        raw = b"".join(box.stream_raw(rows[uids[each]].ref))
        box.append("Archive", raw, received=rows[uids[each]].received)
    box.move("INBOX", job.uidvalidity, [uids[each] for each in moved], "Archive")
    Job.objects.update(lease_until="2000-01-01T00:00Z")
    return job


@pytest.mark.parametrize(
    ("moved", "copied"),
    [([], []), ([0, 1, 2, 3], []), ([1, 2], []), ([], [0, 1, 2, 3]), ([], [2]), ([0], [3])],
    ids=["nothing", "all", "some", "all copied", "one copied", "one moved, one copied"],
)
@pytest.mark.parametrize("alike", [False, True], ids=["four letters", "twins"])
def test_none_is_lost_and_none_twice(account, box, work, moved, copied, alike):
    raws = [plain("twin")] * 4 if alike else [plain(f"letter {each}") for each in range(4)]
    for raw in raws:
        box.append("INBOX", raw)
    expected = subjects(box, "INBOX")
    job = begun(account, box, moved=moved, copied=copied)
    work()
    assert (fresh(job).state, fresh(job).changed, fresh(job).passed) == (State.DONE, 4, 4)
    assert (subjects(box, "INBOX"), subjects(box, "Archive")) == ([], expected)
    taken_back(account, job)
    work()
    assert (subjects(box, "INBOX"), subjects(box, "Archive")) == (expected, [])


def test_stopped_while_nobody_knew_how_far_it_came(account, box, work):
    fill(box, 4)
    job = begun(account, box, moved=[0], copied=[1])
    jobs.stop(job)
    work()
    assert (fresh(job).state, fresh(job).changed) == (State.STOPPED, 2)
    assert (len(subjects(box, "INBOX")), len(subjects(box, "Archive"))) == (2, 2)


@pytest.fixture(params=["MOVE", "UIDPLUS COPYUID", "MOVE UIDPLUS COPYUID"])
def poor(request: pytest.FixtureRequest, alice_account: Account, dovecot: DovecotForTests):
    """Alice's account on a server that says none of these words."""
    with terse(dovecot.host, dovecot.ports["imap"], *request.param.split()) as port:
        alice_account.incoming_host, alice_account.incoming_port = "127.0.0.1", port
        alice_account.incoming_security = "none"
        alice_account.save()
        yield alice_account
        close_sessions(alice_account.pk)


def test_a_server_that_tells_little(poor, work):
    with open_mailbox(poor) as box:
        fill(box, 5)
        for _time in range(2):
            box.append("INBOX", plain("twin"))
        box.append("Archive", plain("letter 1"))  # was there before: nobody's to move
        job = starting.start(poor, "INBOX", "archive")
        work()
        assert (fresh(job).state, fresh(job).changed) == (State.DONE, 7)
        assert (subjects(box, "INBOX"), len(subjects(box, "Archive"))) == ([], 8)
        taken_back(poor, job)
        work()
        assert (len(subjects(box, "INBOX")), subjects(box, "Archive")) == (7, ["letter 1"])


def test_old_jobs_are_forgotten(account, box, work):
    fill(box, 1)
    job = starting.start(account, "INBOX", "star")
    work()
    jobs.prune()
    assert Batch.objects.exists()
    Job.objects.filter(pk=job.pk).update(ended="2000-01-01T00:00Z")
    jobs.prune()
    assert not Job.objects.exists()
