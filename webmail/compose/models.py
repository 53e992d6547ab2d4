"""What is being written (Draft, Upload) and what is on its way (Outgoing, Content).

A Draft's id is made in the page that shows it; its row begins with the first POST. Sending freezes the mail into an
Outgoing whose `key` is that id, so that one draft is sent once. The draft and its files stay, locked, until the mail
is filed: a mail that was cancelled or refused is then simply a draft again. States and who may change them: outbox.py.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from accounts.prepared import Prepared
from webmail.mailbox.base import MessageRef

UPLOADS = "uploads"  # the folder of the file storage


class Mode(models.TextChoices):
    """How a mail began."""

    NEW = "", _("new")
    REPLY = "reply", _("reply")
    ALL = "all", _("reply to all")
    FORWARD = "forward", _("forward")
    EDIT = "edit", _("a draft that another program wrote")


class Sourced(models.Model):
    """A mail that began from another one: where that one lies."""

    mode = models.CharField(max_length=7, blank=True, choices=Mode, default=Mode.NEW)
    source_account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    source_folder = models.CharField(max_length=1000, blank=True)
    source_uidvalidity = models.PositiveBigIntegerField(null=True)
    source_uid = models.PositiveBigIntegerField(null=True)

    class Meta:
        abstract = True

    @property
    def source(self) -> MessageRef | None:
        if self.source_uidvalidity is None or self.source_uid is None:
            return None
        return MessageRef(self.source_folder, self.source_uidvalidity, self.source_uid)

    def source_fields(self) -> dict[str, Any]:
        """To hand on to another row."""
        names = ("mode", "source_account", "source_folder", "source_uidvalidity", "source_uid")
        return {name: getattr(self, name) for name in names}


def with_account(collector: Any, field: Any, drafts: Any, using: str) -> None:
    """Drafts go with their account, but not those whose mail waits or was refused: they become drafts of another
    account of their person, where there is one, so that the mail can still be edited and sent."""
    removed = {account.pk: account.user_id for account in collector.data.get(Account, ())}
    kept = Account.objects.filter(user__in=removed.values()).exclude(pk__in=removed).order_by("-created")
    others = {account.user_id: account.pk for account in kept} if User not in collector.data else {}
    states = [State.QUEUED, State.SENDING, State.FAILED, State.UNKNOWN]
    of_drafts = Outgoing.objects.filter(key__in=[draft.pk for draft in drafts], state__in=states)
    waiting = set(of_drafts.values_list("key", flat=True))
    going = []
    for draft in drafts:
        if draft.pk in waiting and (other := others.get(removed[draft.account_id])):
            collector.add_field_update(field, other, [draft])
        else:
            going.append(draft)
    models.CASCADE(collector, field, going, using)  # type: ignore[arg-type]  # takes any sequence


class Draft(Sourced):
    """A mail being written, as it was typed: addresses may be half-way. `mirror_…` is its copy in the account's Drafts
    folder."""

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(Account, with_account, related_name="drafts")
    to = models.TextField(blank=True)
    cc = models.TextField(blank=True)
    bcc = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)  # clean; empty where the mail is plain text (formatting.py)
    in_reply_to = models.TextField(blank=True)
    references = models.TextField(blank=True)  # Message-IDs, a space between two
    carried = models.JSONField(default=list)  # files of the source that are still to be fetched (carrying.py)
    mirror_account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    mirror_folder = models.CharField(max_length=1000, blank=True)
    mirror_uidvalidity = models.PositiveBigIntegerField(null=True)
    mirror_uid = models.PositiveBigIntegerField(null=True)
    saved_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=0)  # one more with each save; 0 is no row
    writer = models.CharField(max_length=32, blank=True)  # the page that saved it: it may do so again (drafts.Newer)

    class Meta:
        ordering = ["-saved_at"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def mirror(self) -> MessageRef | None:
        if self.mirror_uidvalidity is None or self.mirror_uid is None:
            return None
        return MessageRef(self.mirror_folder, self.mirror_uidvalidity, self.mirror_uid)


def upload_path(upload: "Upload", filename: str) -> str:
    """The name a person gave a file is never part of a path."""
    return f"{UPLOADS}/{upload.draft_id}/{uuid4().hex}"


class Upload(models.Model):
    """A file of one draft. The same file twice is one row, so that a form sent twice adds nothing; `key` is of the page
    that uploads it, so that a try whose answer was lost is found again."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="uploads")
    key = models.UUIDField(default=uuid4, editable=False)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=upload_path)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "filename", "sha256"], name="one_file_once_in_a_draft"),
            models.UniqueConstraint(fields=["draft", "key"], name="one_key_once_in_a_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.pk}"


@receiver(post_delete, sender=Upload)
def _remove_file(instance: Upload, **rest: object) -> None:
    transaction.on_commit(lambda: instance.file.storage.delete(str(instance.file.name)))


class Content(models.Model):
    """The octets of an outgoing mail, Bcc included, frozen when Send was pressed.

    In the database and not beside it, so that the commit which makes the mail wait also stores it: no crash can leave
    a row without its mail, a backup of the database is whole, and workers on other machines need no shared disk. In a
    table of its own, because SQLite writes a row anew, megabytes and all, for each change of its state. Removed once
    the mail is filed, or some days later where recipients were refused (recovery.forget_refused).
    """

    raw = models.BinaryField()

    class Meta:
        verbose_name = _("content")

    def __str__(self) -> str:
        return str(self.pk)


class State(models.TextChoices):
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent, not yet filed")
    FILED = "filed", _("sent")
    FAILED = "failed", _("refused")
    UNKNOWN = "unknown", _("outcome unknown")


class OutgoingRows(models.QuerySet["Outgoing"]):
    def shown(self) -> "OutgoingRows":
        """With what a page of them needs, in one query: see presented.py."""
        has_draft = models.Exists(Draft.objects.filter(pk=models.OuterRef("key")))
        return self.select_related("account").annotate(has_draft=has_draft, now=Now())


class Outgoing(Sourced):
    """One mail on its way. `recipients` is its envelope, one status each: [{"address", "status", "code", "text"}].

    `account` is None once the account was removed: then nothing is sent any more, and its person still sees why.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="outgoing", verbose_name=_("person")
    )
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="outgoing", verbose_name=_("account"))
    key = models.UUIDField(unique=True, editable=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.QUEUED)
    content = models.ForeignKey(Content, models.PROTECT, null=True, related_name="outgoing")
    size = models.PositiveBigIntegerField(_("size"))
    message_id = models.CharField("Message-ID", max_length=998)
    sender = models.CharField(_("sender"), max_length=320)
    recipients = models.JSONField(default=list)
    subject = models.TextField(blank=True)
    dated = models.DateTimeField()  # the Date field of the mail

    created = models.DateTimeField(_("created"), db_default=Now())
    queued_at = models.DateTimeField(db_default=Now())  # tries end some time after this
    not_before = models.DateTimeField(_("next try"), null=True, db_default=Now())  # None: not without a person
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(_("leased until"), null=True)
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    dot_sent_at = models.DateTimeField(_("handed over"), null=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    filed_at = models.DateTimeField(_("copy in Sent"), null=True)
    last_error = models.CharField(_("last error"), max_length=40, blank=True)
    last_reply = models.CharField(_("the server’s words"), max_length=300, blank=True)
    dismissed = models.BooleanField(default=False)  # once filed: nothing is left that its person should know

    has_draft: bool  # of shown(), like `now`, the database's
    now: datetime
    objects = OutgoingRows.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(fields=["state", "not_before"], name="outgoing_due"),
            models.Index(fields=["user", "created"], name="outgoing_of_a_person"),
        ]
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    def addresses(self, status: str) -> list[str]:
        return [recipient["address"] for recipient in self.recipients if recipient["status"] == status]

    @property
    def draft(self) -> Draft | None:
        """What it was frozen from, if that is still there."""
        return Draft.objects.filter(pk=self.key).first()


@receiver(post_delete, sender=Outgoing)
def _remove_content(instance: Outgoing, **rest: object) -> None:
    Content.objects.filter(pk=instance.content_id or 0, outgoing=None).delete()


class Status(models.TextChoices):
    """Of one recipient."""

    WAITING = "waiting", _("waiting")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


def drafts_of(user: User) -> "models.QuerySet[Draft]":
    return Draft.objects.filter(account__user=user).select_related("account")


def outgoing_of(user: User, key: UUID) -> Outgoing | None:
    """The mail that this draft of the person's has become."""
    return next(iter(_outgoing_of(user.pk, key)), None)


def is_strangers(user: User, key: UUID) -> bool:
    """Whether this id is a draft or a mail of somebody else."""
    drafts, outgoing = _any_draft(key), _any_outgoing(key)
    return bool((drafts and not _draft_of(user.pk, key)) or (outgoing and not _outgoing_of(user.pk, key)))


# Each POST of the compose page asks them.
_any_draft, _draft_of = Prepared(Draft, "id"), Prepared(Draft, "account__user", "id")
_any_outgoing, _outgoing_of = Prepared(Outgoing, "key"), Prepared(Outgoing, "user", "key")
