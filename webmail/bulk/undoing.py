"""The way back of a job: a job as well, over the messages that the first one moved or marked.

undo() → one row more for this job, which the database allows once (Job.undoes) → batches of the places where its
messages are now → the same worker. So an undo is shown, stopped and resumed like any job. What left its place since is
passed over and told of. Nothing else is ever touched: of flags only those that the job itself turned.
"""

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Account
from webmail.bulk import jobs, tasks
from webmail.bulk.models import Act, Job, Stage, State, uids_of
from webmail.celery import ring
from webmail.mailbox import journal

INVERSE = {Act.READ: Act.UNREAD, Act.UNREAD: Act.READ, Act.STAR: Act.UNSTAR, Act.UNSTAR: Act.STAR, Act.MOVE: Act.MOVE}


def undo(account: Account, job: Job) -> Job | None:
    """The job that takes this one back; None where there is nothing to take back, or no longer."""
    if not can_undo(job) or job.account_version != account.version:
        return None
    back = _opposite(account, job)
    try:
        with transaction.atomic():
            back.save(force_insert=True)
            jobs.add_batches(back, _places(job, back))
            back.total = sum(back.batches.values_list("number", flat=True))
            back.save(update_fields=["total"])
            Job.objects.filter(pk=job.pk).update(dismissed=True)
    except IntegrityError:
        return None
    ring(tasks.run, back.pk)
    return back


def can_undo(job: Job) -> bool:
    """As far as the job itself tells; undo() knows."""
    fresh = job.created > timezone.now() - jobs.KEPT
    begun = job.is_over and job.changed > 0
    return begun and fresh and job.act != Act.DELETE and job.undoes_id is None and not hasattr(job, "undoing")


def latest(account: Account) -> Job | None:
    """What `z` takes back, if it is later than the last act of the journal (webmail/mailbox/journal.py)."""
    young = timezone.now() - journal.YOUNG
    over = account.jobs.filter(state__in=[State.DONE, State.STOPPED, State.FAILED], undoes=None, undoing=None)
    job: Job | None = over.filter(changed__gt=0, created__gte=young).exclude(act=Act.DELETE).first()
    if job and account.acts.filter(undone=None, part_of=None, done__gt=job.created).exists():
        return None
    return job


def _opposite(account: Account, job: Job) -> Job:
    moves = job.act == Act.MOVE
    return Job(
        account=account,
        account_version=account.version,
        act=INVERSE[Act(job.act)],
        folder=job.target if moves else job.folder,
        folder_label=job.target_label if moves else job.folder_label,
        uidvalidity=(_validity(job) or 0) if moves else job.uidvalidity,
        target=job.folder if moves else "",
        target_label=job.folder_label if moves else "",
        undoes=job,
    )


def _validity(job: Job) -> int | None:
    """The target's, as it was last: what was put there under an earlier one is not there any more."""
    done = job.batches.filter(stage=Stage.DONE).exclude(changed_validity=None)
    return done.order_by("-start").values_list("changed_validity", flat=True).first()


def _places(job: Job, back: Job) -> Iterator[list[int]]:
    done = job.batches.filter(stage=Stage.DONE).exclude(changed="")
    if job.act == Act.MOVE:
        done = done.filter(changed_validity=back.uidvalidity)
    for changed in done.values_list("changed", flat=True).iterator():
        yield uids_of(changed)
