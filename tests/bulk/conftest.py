"""Both kinds of mailbox, and a worker's turn in this process."""

from collections.abc import Callable

import pytest

from accounts.models import Account
from tests.mailbox.letters import plain
from webmail.bulk import jobs, recovering, running, undoing
from webmail.bulk.models import Batch, Job
from webmail.mailbox.base import Mailbox


@pytest.fixture
def work() -> Callable[[], None]:
    """What workers do until nothing is due."""

    def run() -> None:
        while due := jobs.due():
            for job_id in due:
                job = jobs.claim(job_id)
                assert job is not None
                running.run(job)

    return run


def fill(mailbox: Mailbox, number: int, folder: str = "INBOX") -> None:
    for each in range(number):
        mailbox.append(folder, plain(f"letter {each}"))


def subjects(mailbox: Mailbox, folder: str) -> list[str]:
    return sorted(row.headers.subject for row in mailbox.list_messages(folder).rows)


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here no server goes on with what nobody waits for: to look twice at folders takes no second."""
    monkeypatch.setattr(recovering, "PAUSE", 0.01)


def claimed(job: Job) -> Job:
    found = jobs.claim(job.pk)
    assert found is not None
    return found


def taken(job: Job, most: int) -> Batch:
    found = jobs.take(job, most)
    assert found is not None
    return found


def taken_back(account: Account, job: Job) -> Job:
    """The job that does it."""
    found = undoing.undo(account, fresh(job))
    assert found is not None
    return found
