"""A job on many messages of a folder, and the messages it was frozen over (jobs.py has the states)."""

from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Account
from webmail.protocols.imap_parse import parse_set, uid_sets

MOST = 2**31


class Act(models.TextChoices):
    READ = "read"
    UNREAD = "unread"
    STAR = "star"
    UNSTAR = "unstar"
    MOVE = "move"
    DELETE = "delete"  # for good


class State(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Stage(models.TextChoices):
    WAITING = "waiting"
    BEGUN = "begun"  # the server may have been told
    DONE = "done"


class Job(models.Model):
    """`total` messages were frozen, `passed` of them are dealt with; of these `changed` were moved, marked or deleted,
    the others were gone or marked so already. `undoes` is the job that this one takes back. `reason` is why it failed:
    a word of webmail/bulk/presented.py or accounts/wording.py, `reply` the server's own."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="jobs")
    account_version = models.PositiveIntegerField()  # an account that is set up anew may be another mailbox
    act = models.CharField(max_length=6, choices=Act)
    folder = models.TextField()
    folder_label = models.TextField(blank=True)
    uidvalidity = models.PositiveBigIntegerField()
    target = models.TextField(blank=True)
    target_label = models.TextField(blank=True)
    undoes = models.OneToOneField("self", models.CASCADE, null=True, related_name="undoing")
    total = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    stopping = models.BooleanField(default=False)
    reason = models.CharField(max_length=40, blank=True)
    reply = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True)
    dismissed = models.BooleanField(default=False)
    not_before = models.DateTimeField(null=True, db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(fields=["state", "not_before"], name="bulk_due"),
            models.Index(fields=["account", "-created"], name="bulk_latest"),
        ]
        constraints = [
            # Two that move the same message would copy it twice.
            models.UniqueConstraint(fields=["account"], condition=models.Q(state="running"), name="bulk_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.act} {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in (State.DONE, State.STOPPED, State.FAILED)


class Batch(models.Model):
    """Some of a job's messages, from the `start`th on. Sets of uids are written as in IMAP, "1:3,7". While it is begun:
    `present` are those that were there, `arrivals` when each of them arrived; what comes into the target is numbered
    from `next_uid` of `next_validity` on. Then `changed` is what can be taken back: new uids in the target, of
    `changed_validity`; or those in the folder whose flags are others now."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="batches")
    start = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    uids = models.TextField()
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.WAITING)
    present = models.TextField(blank=True)
    arrivals = models.JSONField(default=list)
    next_validity = models.PositiveBigIntegerField(null=True)
    next_uid = models.PositiveBigIntegerField(null=True)
    changed = models.TextField(blank=True)
    changed_validity = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["job", "start"], name="bulk_batch_once")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.start}+{self.number}"


def written(uids: Iterable[int]) -> str:
    """As a set, "1:3,7", ascending."""
    return ",".join(piece.decode("ascii") for piece in uid_sets(uids))


def uids_of(text: str) -> list[int]:
    return parse_set(text.encode("ascii"), MOST) if text else []
