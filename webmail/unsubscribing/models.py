"""The journal of who was asked to take a person off a list: one row for each message and way (asking.py)."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account


class Way(models.TextChoices):
    ONE_CLICK = "one_click", _("by a request of this server")  # RFC 8058
    MAIL = "mail", _("by mail")
    PAGE = "page", _("on a page of the sender’s")  # never in the journal: it happens in the reader's browser


class State(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ASKING = "asking", _("being asked")
    DONE = "done", _("asked")
    FAILED = "failed", _("failed")


class Unsubscription(models.Model):
    """`key` tells the message and what it asks for (offers.py). `address` is what is asked by POST, empty once that is
    over: it names the reader to whoever knows it. `outgoing_key` is the key of the mail in the outbox."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="unsubscriptions")
    key = models.CharField(max_length=64)
    way = models.CharField(max_length=9, choices=Way)
    whom = models.CharField(max_length=320)
    address = models.TextField(blank=True)
    outgoing_key = models.UUIDField(null=True, editable=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(null=True, db_default=Now())
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="one_unsubscription_of_a_message")]
        indexes = [models.Index(fields=["state", "not_before"], name="unsubscription_due")]
        verbose_name = _("unsubscription")
        verbose_name_plural = _("unsubscriptions")

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
