"""The states of a job on a whole folder, and who may change them.

                    claim           no batch is left
    start ──▶ WAITING ──▶ RUNNING ──────────────────▶ DONE
               ▲  ▲          │ │ │
               │  └──────────┘ │ └─ stop (a person), after the batch that is begun ─▶ STOPPED
               │  no server, its turn is over,
               │  or its worker died           └─ the server says no, the folder is gone ─▶ FAILED
               └───────────────── go on (a person) ─────────────────────────────────────────┘

What is to be done is frozen in batches when a person asks for it: what arrives later stays where it is. A batch is
BEGUN, with what its messages are known by, before the server hears of it, and DONE with what came of it; so a crash
leaves at most one batch of which nobody knows how far it came, and recovering.py looks at both folders before it goes
on. Whoever works on a job holds a lease, and each write repeats its token: one that was taken for dead writes nothing
more (LeaseLost). Of an account one job runs at a time, which the database sees to. All times are the database's. Redis
only rings: due() finds what waits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Account, User
from webmail.bulk.models import Batch, Job, Stage, State, uids_of, written

BATCH = 4000  # messages
KEPT = timedelta(days=1)  # as long as an act of the journal can be taken back
GIVE_UP_AFTER = timedelta(days=1)
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0  # seconds between two tries
AT_ONCE = 100  # rows a sweep rings for
RELEASED: dict[str, Any] = {"lease_token": None, "lease_until": None}


class LeaseLost(Exception):
    """The job is somebody else's by now, or gone: go on with nothing."""


def freeze(job: Job, uids: Sequence[int]) -> None:
    """Write a new job over these messages of its folder, in one transaction."""
    job.total = len(uids)
    if not uids:
        job.state, job.ended = State.DONE, timezone.now()
    pieces = (uids[start : start + BATCH] for start in range(0, len(uids), BATCH))
    with transaction.atomic():
        job.save(force_insert=True)
        add_batches(job, pieces)


def add_batches(job: Job, pieces: Iterable[Sequence[int]]) -> None:
    start = 0
    for piece in pieces:
        Batch.objects.create(job=job, start=start, number=len(piece), uids=written(piece))
        start += len(piece)


# -- claiming --------------------------------------------------------------------------------------------------------


def claim(job_id: int) -> Job | None:
    """The right to work on a job, for a while. None unless exactly this call got it, and no other job of its account
    runs."""
    token = uuid4()
    values = {"state": State.RUNNING, "lease_token": token, "lease_until": Now() + _lease()}
    try:
        with transaction.atomic():
            if not _due().filter(pk=job_id).update(**values):
                return None
    except IntegrityError:
        return None
    return Job.objects.select_related("account").filter(pk=job_id, lease_token=token).first()


def due() -> list[int]:
    """Jobs to ring for, also those that a dead worker left behind; oldest first."""
    return list(_due().order_by("created", "pk").values_list("pk", flat=True)[:AT_ONCE])


def next_of(account_id: int) -> int | None:
    """What the account has waited for longest."""
    return _due().filter(account=account_id).order_by("created", "pk").values_list("pk", flat=True).first()


def _due() -> QuerySet[Job]:
    active = Exists(User.objects.filter(accounts=OuterRef("account"), is_active=True))
    waiting = Q(state=State.WAITING, not_before__lte=Now())
    left_behind = Q(state=State.RUNNING, lease_until__lte=Now())
    return Job.objects.filter(active, waiting | left_behind)


def _lease() -> timedelta:
    return timedelta(seconds=settings.BULK_LEASE_SECONDS)


# -- a worker's side -------------------------------------------------------------------------------------------------


def take(job: Job, most: int) -> Batch | None:
    """The next of a job's batches, one that is begun first; of one that is not, at most so many messages: the others
    become a batch of their own. Raises LeaseLost."""
    open_ones = job.batches.exclude(stage=Stage.DONE)
    batch: Batch | None = open_ones.filter(stage=Stage.BEGUN).first() or open_ones.first()
    if batch and batch.stage == Stage.WAITING and batch.number > most:
        uids = uids_of(batch.uids)
        with transaction.atomic():
            renew(job)
            _split(job, batch, uids[:most], uids[most:])
    return batch


def _split(job: Job, batch: Batch, first: Sequence[int], rest: Sequence[int], **values: Any) -> None:
    if rest:
        Batch.objects.create(job=job, start=batch.start + len(first), number=len(rest), uids=written(rest))
    _write(batch, number=len(first), uids=written(first), **values)


def renew(job: Job) -> None:
    """Still at it; `job.stopping` is as its person wants it then. Raises LeaseLost."""
    _hold(job, lease_until=Now() + _lease())
    job.stopping = Job.objects.values_list("stopping", flat=True).get(pk=job.pk)


def begin(job: Job, batch: Batch, **known: Any) -> None:
    """The server is about to hear of this batch; `known` are columns of it. Raises LeaseLost."""
    with transaction.atomic():
        renew(job)
        _write(batch, stage=Stage.BEGUN, **known)


def done(job: Job, batch: Batch, changed: int, back: Iterable[int], validity: int | None = None) -> None:
    """So many messages were changed, and these can be taken back. Raises LeaseLost."""
    with transaction.atomic():
        _hold(job, **_passed(batch.number, changed))
        _write(batch, **_ended(back, validity))
    renew(job)


def settled(
    job: Job, batch: Batch, over: Sequence[int], rest: Sequence[int], changed: int, back: Iterable[int], validity: int
) -> None:
    """As done, of a batch of which only the messages `over` are dealt with: the `rest` is still to be done."""
    with transaction.atomic():
        _hold(job, **_passed(len(over), changed))
        if over:
            _split(job, batch, over, rest, **_ended(back, validity))
        else:
            _write(batch, uids=written(rest), number=len(rest), stage=Stage.WAITING, present="", arrivals=[])
    renew(job)


def _passed(number: int, changed: int) -> dict[str, Any]:
    return {
        "passed": F("passed") + number,
        "changed": F("changed") + changed,
        "attempts": 0,
        "lease_until": Now() + _lease(),
    }


def _ended(back: Iterable[int], validity: int | None) -> dict[str, Any]:
    return {
        "stage": Stage.DONE,
        "present": "",
        "arrivals": [],
        "changed": written(back),
        "changed_validity": validity,
    }


def _write(batch: Batch, **values: Any) -> None:
    for name, value in values.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(values))


def rest(job: Job) -> None:
    """Let others have their turn. Raises LeaseLost."""
    _hold(job, state=State.WAITING, not_before=Now(), **RELEASED)


def finish(job: Job) -> None:
    """Nothing is left to do, or nothing more is wanted. Raises LeaseLost."""
    left = job.batches.exclude(stage=Stage.DONE).exists()
    _hold(job, state=State.STOPPED if left else State.DONE, ended=timezone.now(), not_before=None, **RELEASED)


def retry_later(job: Job, reason: str) -> None:
    """Another try may help. Raises LeaseLost."""
    if timezone.now() > job.created + GIVE_UP_AFTER:
        fail(job, reason)
        return
    pause = timedelta(seconds=min(FIRST_PAUSE * 2 ** min(job.attempts, 20), LONGEST_PAUSE))
    values = {"state": State.WAITING, "not_before": Now() + pause, "attempts": job.attempts + 1, "reason": reason}
    _hold(job, **values, **RELEASED)


def fail(job: Job, reason: str, reply: str = "") -> None:
    """Only a person can help. Raises LeaseLost."""
    values = {"state": State.FAILED, "reason": reason, "reply": reply[:300], "ended": timezone.now()}
    _hold(job, not_before=None, **values, **RELEASED)


def _hold(job: Job, **values: Any) -> None:
    if not Job.objects.filter(pk=job.pk, state=State.RUNNING, lease_token=job.lease_token).update(**values):
        raise LeaseLost


# -- a person's side -------------------------------------------------------------------------------------------------


def stop(job: Job) -> None:
    """What is done stays done. At once where nothing is begun, else after that; nothing happens to one that is over."""
    waiting = Job.objects.filter(pk=job.pk, state=State.WAITING)
    begun = Exists(Batch.objects.filter(job=OuterRef("pk"), stage=Stage.BEGUN))
    if waiting.filter(~begun).update(state=State.STOPPED, ended=timezone.now(), not_before=None):
        return
    Job.objects.filter(pk=job.pk, state__in=[State.WAITING, State.RUNNING]).update(stopping=True)
    waiting.update(not_before=Now())


def go_on(job: Job) -> bool:
    """Try once more what failed."""
    values: Mapping[str, Any] = {"state": State.WAITING, "reason": "", "reply": "", "ended": None, "attempts": 0}
    failed = Job.objects.filter(pk=job.pk, state=State.FAILED, undoing=None)
    return bool(failed.update(not_before=Now(), stopping=False, created=timezone.now(), **values))


def dismiss(job: Job) -> None:
    """Its person has seen how it ended."""
    Job.objects.filter(pk=job.pk, state__in=[State.DONE, State.STOPPED, State.FAILED]).update(dismissed=True)


def of(account: Account, job_id: int) -> Job | None:
    found: Job | None = account.jobs.filter(pk=job_id).first()
    return found


def prune() -> None:
    """What can't be taken back any more."""
    Job.objects.filter(ended__lt=timezone.now() - KEPT, undoing=None).delete()
