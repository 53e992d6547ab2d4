"""People, their mail accounts, and the record of who did what.

An Account is one row of settings for one mail address; incoming_endpoint() and its like are the only bridge from
these rows to the protocol library. `version` grows with each change of the settings: pooled sessions carry it in
their key, so that a session opened with old settings never serves the new ones.
"""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.fields import SecretField
from accounts.preferences import Preferences
from accounts.prepared import Prepared
from webmail.protocols.endpoint import Credentials, Endpoint, Password, Protocol, Security

no_control_characters = RegexValidator(
    r"^[^\x00-\x1f\x7f]*\Z", _("Line breaks and control characters are not allowed here.")
)
host_name = RegexValidator(
    r"^[^\s/:@\\\x00-\x1f\x7f\[\]]+\Z|^\[?[0-9a-fA-F:.]+\]?\Z",
    _("A server name looks like mail.example.org, without https:// or a path."),
)
PORT = [MinValueValidator(1), MaxValueValidator(65535)]


class User(AbstractUser, Preferences):
    """Somebody who signs in. `is_superuser` is the one mark of an admin; `is_staff` follows it, for Django's own
    admin pages.
    """

    # One name, as people write it themselves: not everybody has a first and a last one.
    first_name = last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=120, blank=True, validators=[no_control_characters])
    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        help_text=_("Letters, digits and @ . + - _"),
        validators=[AbstractUser.username_validator],
        error_messages={"unique": _("Somebody has this user name already.")},
    )
    email = models.EmailField(_("e-mail address"), blank=True)

    @property
    def label(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def mail_accounts(self) -> "list[Account]":
        """As `accounts`, for what happens with every request."""
        found = _accounts_of(self.pk)
        for account in found:
            account.user = self
        return found

    def save(self, *args: object, **options: object) -> None:
        self.is_staff = self.is_superuser
        super().save(*args, **options)  # type: ignore[arg-type]


class Account(models.Model):
    """One mail address: how its mail comes in (IMAP or POP3) and how it goes out (SMTP)."""

    class Incoming(models.TextChoices):
        IMAP = Protocol.IMAP.value, "IMAP"
        POP3 = Protocol.POP3.value, "POP3"

    class Encryption(models.TextChoices):
        TLS = Security.TLS.value, "TLS"
        STARTTLS = Security.STARTTLS.value, "STARTTLS"
        NONE = Security.NONE.value, _("None")

    class OutgoingLogin(models.TextChoices):
        SAME = "same", _("Same name and password as receiving")
        OWN = "own", _("Its own name and password")
        NONE = "none", _("No login")

    class PopPolicy(models.TextChoices):
        KEEP = "keep", _("Leave it on the server")
        AFTER = "after", _("Delete it from the server after some days")
        DELETE = "delete", _("Delete it from the server at once")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="accounts", verbose_name=_("person")
    )
    name = models.CharField(_("account name"), max_length=80, blank=True, validators=[no_control_characters])
    sender_name = models.CharField(_("your name"), max_length=120, blank=True, validators=[no_control_characters])
    address = models.EmailField(_("e-mail address"), max_length=254)
    signature = models.TextField(_("signature"), blank=True, max_length=4000)
    paused = models.BooleanField(_("paused: fetch nothing for now"), default=False)

    protocol = models.CharField(_("protocol"), max_length=4, choices=Incoming, default=Incoming.IMAP)
    incoming_host = models.CharField(_("server"), max_length=253, validators=[host_name])
    incoming_port = models.PositiveIntegerField(_("port"), default=993, validators=PORT)
    incoming_security = models.CharField(_("security"), max_length=8, choices=Encryption, default=Encryption.TLS)
    incoming_username = models.CharField(_("user name"), max_length=254, validators=[no_control_characters])
    incoming_password = SecretField()
    incoming_ca_pem = models.TextField(blank=True)
    incoming_fingerprint = models.CharField(max_length=64, blank=True)

    pop_policy = models.CharField(
        _("after a message is safely stored here"), max_length=6, choices=PopPolicy, default=PopPolicy.KEEP
    )
    pop_days = models.PositiveSmallIntegerField(_("days"), default=30, validators=[MinValueValidator(1)])
    pop_minutes = models.PositiveSmallIntegerField(
        _("check for new mail every (minutes)"), default=5, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )

    outgoing_host = models.CharField(_("server"), max_length=253, blank=True, validators=[host_name])
    outgoing_port = models.PositiveIntegerField(_("port"), default=465, validators=PORT)
    outgoing_security = models.CharField(_("security"), max_length=8, choices=Encryption, default=Encryption.TLS)
    outgoing_login = models.CharField(_("login"), max_length=4, choices=OutgoingLogin, default=OutgoingLogin.SAME)
    outgoing_username = models.CharField(_("user name"), max_length=254, blank=True, validators=[no_control_characters])
    outgoing_password = SecretField()
    outgoing_ca_pem = models.TextField(blank=True)
    outgoing_fingerprint = models.CharField(max_length=64, blank=True)

    # What the last use of each server said: a reason word of MailServerError, "" when all is well. Words for people:
    # probing.py.
    incoming_error = models.CharField(_("receiving error"), max_length=40, blank=True, editable=False)
    outgoing_error = models.CharField(_("sending error"), max_length=40, blank=True, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["created", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="one_account_per_address")]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name or self.address

    @property
    def is_pop(self) -> bool:
        return self.protocol == self.Incoming.POP3

    def incoming_endpoint(self) -> Endpoint:
        return Endpoint(
            self.incoming_host,
            self.incoming_port,
            Security(self.incoming_security),
            self.incoming_ca_pem,
            self.incoming_fingerprint,
        )

    def incoming_credentials(self) -> Credentials:
        """Raises WrongKey (fields.py)."""
        return Password(self.incoming_username, self.incoming_password.reveal())

    def outgoing_endpoint(self) -> Endpoint:
        return Endpoint(
            self.outgoing_host,
            self.outgoing_port,
            Security(self.outgoing_security),
            self.outgoing_ca_pem,
            self.outgoing_fingerprint,
        )

    def outgoing_credentials(self) -> Credentials | None:
        """None where the server wants no login; raises WrongKey (fields.py)."""
        if self.outgoing_login == self.OutgoingLogin.NONE:
            return None
        if self.outgoing_login == self.OutgoingLogin.SAME:
            return self.incoming_credentials()
        return Password(self.outgoing_username, self.outgoing_password.reveal())

    def save(self, *args: object, **options: object) -> None:
        """Counted by the database: two saves at once must not share a version, or one's sessions would serve the
        other's settings. A row that was removed meanwhile is not made again.
        """
        changed = not self._state.adding and not options.get("update_fields")
        if not changed:
            super().save(*args, **options)  # type: ignore[arg-type]
            return
        self.version = F("version") + 1
        with transaction.atomic():
            super().save(*args, **{**options, "force_update": True})  # type: ignore[arg-type]
            self.refresh_from_db(fields=["version"])


_accounts_of = Prepared(Account, "user_id")


class Preset(models.Model):
    """An admin's settings for a mail domain: who adds an address of that domain finds the form filled in."""

    domain = models.CharField(_("mail domain"), max_length=253, unique=True)
    protocol = models.CharField(_("protocol"), max_length=4, choices=Account.Incoming, default=Account.Incoming.IMAP)
    incoming_host = models.CharField(_("receiving server"), max_length=253, validators=[host_name])
    incoming_port = models.PositiveIntegerField(_("port"), default=993, validators=PORT)
    incoming_security = models.CharField(
        _("security"), max_length=8, choices=Account.Encryption, default=Account.Encryption.TLS
    )
    outgoing_host = models.CharField(_("sending server"), max_length=253, validators=[host_name])
    outgoing_port = models.PositiveIntegerField(_("port"), default=465, validators=PORT)
    outgoing_security = models.CharField(
        _("security"), max_length=8, choices=Account.Encryption, default=Account.Encryption.TLS
    )
    full_address_login = models.BooleanField(_("the user name is the whole address"), default=True)

    class Meta:
        ordering = ["domain"]
        verbose_name = _("preset")
        verbose_name_plural = _("presets")

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        # The form looks for another preset of the same domain after this.
        self.domain = self.domain.strip().lower().lstrip("@")

    def save(self, *args: object, **options: object) -> None:
        self.clean()
        super().save(*args, **options)  # type: ignore[arg-type]


class AuditEntry(models.Model):
    """One act of an admin, or of a person on their own sign-in. Written once, never changed; names are copied so that
    they outlive the rows.
    """

    at = models.DateTimeField(_("time"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(_("by whom"), max_length=150)
    action = models.CharField(_("act"), max_length=40)
    subject = models.CharField(_("to whom or what"), max_length=254)
    detail = models.CharField(_("details"), max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.action} {self.subject}"
