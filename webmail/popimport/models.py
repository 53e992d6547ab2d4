"""What the import remembers: which messages it has seen (the journal), and how each account's checks stand.

The journal mirrors a maildrop (one login on one server). A row is written in the transaction that stores its message,
so that it says neither more nor less than the mailbox holds; importer.py tells the whole flow, journal.py how a listed
message finds its row.
"""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account

MAX_ATTEMPTS = 5
MAX_REFUSALS = 3


class Imported(models.Model):
    """One message of a maildrop: imported, or set aside (`failed`) because the server would not hand it out.

    `uidl` is "" where the server gives none that can be relied on. `size` is what the server's LIST said, which may
    differ from the octets stored. `occurrence` counts identical messages that the server lists side by side.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="imported", verbose_name=_("account"))
    maildrop = models.CharField(_("maildrop"), max_length=520)
    uidl = models.CharField("UIDL", max_length=200, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    occurrence = models.PositiveIntegerField(_("occurrence"), default=0)
    size = models.PositiveBigIntegerField(_("size"))
    imported_at = models.DateTimeField(_("imported"), null=True)
    deleted_remotely_at = models.DateTimeField(_("gone from the server"), null=True)
    failed = models.CharField(_("set aside because"), max_length=40, blank=True)
    reply = models.CharField(_("the server’s words"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "maildrop", "uidl", "sha256", "occurrence"], name="imported_exactly_once"
            )
        ]
        indexes = [models.Index(fields=["account", "sha256"], name="imported_content")]
        verbose_name = _("imported message")
        verbose_name_plural = _("imported messages")

    def __str__(self) -> str:
        return f"{self.maildrop} {self.uidl or self.sha256[:12]}"

    @property
    def given_up(self) -> bool:
        return self.attempts >= MAX_ATTEMPTS


class ImportState(models.Model):
    """One account's checks: who runs one now (the lease), when the next is due, what the last one said.

    `done` of `total` messages are fetched in the run that goes on, or were in the last one; `came` of them were new.
    All that is said of the last check holds for the settings it ran with, `checked_version`: changed settings are tried
    at once, and only they are after MAX_REFUSALS logins were refused.
    """

    account = models.OneToOneField(Account, models.CASCADE, related_name="import_state", verbose_name=_("account"))
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(_("running until"), null=True)
    last_checked = models.DateTimeField(_("last check"), null=True)
    next_check = models.DateTimeField(_("next check"), db_default=Now())
    last_error = models.CharField(_("last error"), max_length=40, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    refusals = models.PositiveIntegerField(_("logins refused in a row"), default=0)
    checked_version = models.PositiveIntegerField(_("settings checked"), null=True, editable=False)
    done = models.PositiveIntegerField(_("fetched"), default=0)
    total = models.PositiveIntegerField(_("to fetch"), default=0)
    came = models.PositiveIntegerField(_("new"), default=0)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return str(self.account)

    @property
    def is_running(self) -> bool:
        return self.lease_until is not None and self.lease_until > timezone.now()

    @property
    def is_stopped(self) -> bool:
        return self.refusals >= MAX_REFUSALS and self.checked_version == self.account.version

    def set_aside(self) -> "models.QuerySet[Imported, Any]":
        """Messages the server would not hand out."""
        return self.account.imported.filter(attempts__gt=0, imported_at=None)
