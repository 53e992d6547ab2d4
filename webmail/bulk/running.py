"""A worker does a job, batch by batch.

tasks.run → jobs.claim → run() → for each batch: what is there of it (one round trip) → jobs.begin → the act (one round
trip for up to 4000 messages where the server can MOVE) → jobs.done with the new places. A batch that somebody else
began is settled first (recovering.py). After TURN seconds others have their turn. How many messages a batch has follows
from how long the server takes for them, so that progress is seen and a stop is heard.
"""

import logging
import time
from contextlib import suppress

from accounts.fields import WrongKey
from accounts.wording import reason_of
from webmail.bulk import jobs, recovering
from webmail.bulk.models import Act, Batch, Job, Stage, uids_of, written
from webmail.mailbox.acts import FLAGS
from webmail.mailbox.base import Mailbox, NoSuchFolder, Presence, StaleReference
from webmail.mailbox.opening import open_mailbox
from webmail.protocols.errors import MailServerError, Rejected, Unreachable

TURN = 20.0  # seconds
FIRST, LEAST, MOST = 250, 10, jobs.BATCH  # messages at once
SOON, LONG = 1.0, 4.0  # seconds: less than that, and the next batch may be larger; more, and it is smaller

log = logging.getLogger(__name__)


def run(job: Job) -> bool:
    """Whether there is more to be done at once. Of a claimed job."""
    try:
        return _attempt(job)
    except jobs.LeaseLost:
        log.info("Job %s is somebody else's by now.", job.pk)
    except (MailServerError, WrongKey) as error:
        with suppress(jobs.LeaseLost):
            _note(job, error)
    except (StaleReference, NoSuchFolder) as error:
        with suppress(jobs.LeaseLost):
            jobs.fail(job, "stale" if isinstance(error, StaleReference) else "no_folder")
    return False


def _note(job: Job, error: MailServerError | WrongKey) -> None:
    passing = isinstance(error, Unreachable) or (isinstance(error, Rejected) and not error.permanent)
    if passing:
        jobs.retry_later(job, reason_of(error))
    else:
        jobs.fail(job, reason_of(error), error.reply if isinstance(error, Rejected) else "")


def _attempt(job: Job) -> bool:
    if job.account.version != job.account_version:
        jobs.fail(job, "changed_account")
        return False
    with open_mailbox(job.account) as mailbox:
        return _Run(job, mailbox).work()


class _Run:
    """One worker's turn at a job. `next_place`: from where on the target numbers what comes; known after a first
    batch."""

    def __init__(self, job: Job, mailbox: Mailbox):
        self.job, self.mailbox = job, mailbox
        self.size = LEAST if job.attempts else FIRST
        self.next_place: tuple[int, int] | None = None

    def work(self) -> bool:
        end = time.monotonic() + TURN
        jobs.renew(self.job)
        while batch := jobs.take(self.job, self.size):
            if batch.stage == Stage.WAITING and self.job.stopping:
                break
            self._do(batch)
            if time.monotonic() > end:
                jobs.rest(self.job)
                return True
        jobs.finish(self.job)
        return False

    def _do(self, batch: Batch) -> None:
        started = time.monotonic()
        if batch.stage == Stage.BEGUN:
            recovering.settle(self.job, batch, self.mailbox)
            return
        uids = uids_of(batch.uids)
        there = self.mailbox.census(self.job.folder, self.job.uidvalidity, uids)
        match self.job.act:
            case Act.MOVE:
                self._move(batch, there)
            case Act.DELETE:
                self._delete(batch, there)
            case _:
                self._mark(batch, there)
        self._adapt(time.monotonic() - started)

    def _adapt(self, seconds: float) -> None:
        if seconds < SOON:
            self.size = min(self.size * 2, MOST)
        elif seconds > LONG:
            self.size = max(self.size // 2, LEAST)

    def _mark(self, batch: Batch, there: dict[int, Presence]) -> None:
        add, remove = FLAGS[self.job.act]
        turned = [uid for uid, each in there.items() if not each.flags.issuperset(add) or each.flags & set(remove)]
        jobs.begin(self.job, batch, present=written(turned))
        if turned:
            self.mailbox.flag(self.job.folder, self.job.uidvalidity, turned, add=add, remove=remove)
        jobs.done(self.job, batch, len(turned), turned)

    def _delete(self, batch: Batch, there: dict[int, Presence]) -> None:
        jobs.begin(self.job, batch, present=written(there))
        if there:
            self.mailbox.delete(self.job.folder, self.job.uidvalidity, list(there))
        jobs.done(self.job, batch, len(there), ())

    def _move(self, batch: Batch, there: dict[int, Presence]) -> None:
        if not there:
            jobs.done(self.job, batch, 0, ())
            return
        validity, following = self.next_place or self.mailbox.next_place(self.job.target)
        present = sorted(there)
        jobs.begin(
            self.job,
            batch,
            present=written(present),
            arrivals=[there[uid].arrived for uid in present],
            next_validity=validity,
            next_uid=following,
        )
        try:
            places = self.mailbox.move(self.job.folder, self.job.uidvalidity, present, self.job.target)
        except Rejected:
            with suppress(MailServerError):  # how far it came must be known where it ends here
                recovering.settle(self.job, batch, self.mailbox)
            raise
        refs = [ref for ref in places.values() if ref]
        if len(refs) < len(present):  # the server does not tell of all
            recovering.settle(self.job, batch, self.mailbox, at_rest=True)
            self.next_place = None
            return
        self.next_place = refs[0].uidvalidity, max(ref.uid for ref in refs) + 1
        jobs.done(self.job, batch, len(refs), (ref.uid for ref in refs), refs[0].uidvalidity)
