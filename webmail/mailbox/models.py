"""Mail that lives here: what POP3 accounts received, and the folders people made for it.

local_store.writing() → the raw file is on the disk → add_message() writes the row in the caller's transaction →
commit. A crash before the commit leaves a file that no row names (harmless: the same bytes take the same name again);
a row without its file can't come about, because add_message looks for the file under the same lock that removal takes
(local_store.py). The columns beside the raw file serve lists and search only; the file is the truth.
"""

from collections.abc import Iterable
from secrets import randbelow

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Account
from webmail.mailbox.base import Flag, Role

DEFAULT_FOLDERS = (
    ("INBOX", Role.INBOX),
    ("Drafts", Role.DRAFTS),
    ("Sent", Role.SENT),
    ("Archive", Role.ARCHIVE),
    ("Junk", Role.JUNK),
    ("Trash", Role.TRASH),
)


def new_uidvalidity() -> int:
    """Never the one of an earlier folder of that name (RFC 9051, 2.3.1.1): drawn, not counted, so that no memory
    of it is needed."""
    return randbelow(2**31 - 1) + 1


class LocalFolders(models.Manager["LocalFolder"]):
    def ensure_defaults(self, account: Account) -> None:
        """Create what is missing of the six default folders; harmless at any time, from several processes."""
        have = set(self.filter(account=account).exclude(role=Role.NONE).values_list("role", flat=True))
        missing = [
            LocalFolder(account=account, name=name, role=role) for name, role in DEFAULT_FOLDERS if role not in have
        ]
        if missing:
            self.bulk_create(missing, ignore_conflicts=True)

    def for_account(self, account: Account, role: Role) -> "LocalFolder":
        """The account's folder of this role, created when missing."""
        found = self.filter(account=account, role=role).first()
        if found is None:
            self.ensure_defaults(account)
            found = self.get(account=account, role=role)
        return found


class LocalFolder(models.Model):
    """One folder. `name` is its full path with "/" between the levels, as Mailbox spells it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="local_folders")
    name = models.CharField(max_length=400)
    role = models.CharField(max_length=8, default=Role.NONE, choices=[(role.value, role.name) for role in Role])
    uidvalidity = models.PositiveIntegerField(default=new_uidvalidity)
    uidnext = models.PositiveIntegerField(default=1)

    objects = LocalFolders()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="local_folder_name"),
            models.UniqueConstraint(fields=["account", "role"], condition=~models.Q(role="none"), name="local_role"),
        ]

    def __str__(self) -> str:
        return self.name

    def take_uids(self, amount: int) -> range:
        """The next `amount` uids of this folder, never given twice. Within a transaction; locks the folder's row
        till its end."""
        locked = LocalFolder.objects.select_for_update().get(pk=self.pk)
        uids = range(locked.uidnext, locked.uidnext + amount)
        LocalFolder.objects.filter(pk=self.pk).update(uidnext=uids.stop)
        return uids


class LocalMessage(models.Model):
    """One message in one folder. The same content may be there more than once, in one file."""

    folder = models.ForeignKey(LocalFolder, models.CASCADE, related_name="messages")
    uid = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    received = models.DateTimeField(default=timezone.now)

    seen = models.BooleanField(default=False)
    flagged = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    forwarded = models.BooleanField(default=False)
    draft = models.BooleanField(default=False)
    deleted = models.BooleanField(default=False)
    keywords = models.TextField(blank=True)  # other flags, a space between two

    header = models.BinaryField()  # the fields that Headers reads, as they arrived
    # For search, case-folded.
    subject = models.TextField(blank=True)
    sender = models.TextField(blank=True)
    recipients = models.TextField(blank=True)
    text = models.TextField(blank=True)  # the beginning of what is read
    date = models.DateTimeField()  # the one people see: of the header, else of the arrival
    message_id = models.CharField(max_length=998, blank=True, db_index=True)
    has_attachments = models.BooleanField(default=False)

    class Meta:
        ordering = ["-uid"]
        constraints = [models.UniqueConstraint(fields=["folder", "uid"], name="local_uid")]
        indexes = [models.Index(fields=["folder", "seen"], name="local_unread")]

    def __str__(self) -> str:
        return f"{self.folder_id}:{self.uid}"

    @property
    def flags(self) -> frozenset[str]:
        return frozenset(flag for flag, column in COLUMNS.items() if getattr(self, column)) | set(self.keywords.split())

    def change_flags(self, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """In memory; the caller saves."""
        flags = (self.flags | set(add)) - set(remove)
        for flag, column in COLUMNS.items():
            setattr(self, column, flag in flags)
        self.keywords = " ".join(sorted(flags - COLUMNS.keys()))


class PictureConsent(models.Model):
    """A person lets pictures load that a sender's mail names: `sender` is "ann@example.org", or "@example.org" for the
    whole domain, in lower case."""

    SENDER_LENGTH = 254

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="picture_consents")
    sender = models.CharField(max_length=SENDER_LENGTH)
    given = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["sender"]
        constraints = [models.UniqueConstraint(fields=["user", "sender"], name="one_consent_per_sender")]

    def __str__(self) -> str:
        return self.sender


class Act(models.Model):
    """What somebody did with messages, for a while, so that it can be taken back (journal.py). `moves` are [uid,
    UIDVALIDITY, uid] of where each was and where it is now, the latter two null where the server did not tell; after a
    change of flags those alone whose flags are others now, without a place. One click on messages of several folders
    is one act with parts, which have no undo of their own."""

    key = models.UUIDField(primary_key=True, editable=False)
    part_of = models.ForeignKey("self", models.CASCADE, null=True, editable=False, related_name="parts")
    account = models.ForeignKey(Account, models.CASCADE, related_name="acts")
    account_version = models.PositiveIntegerField()  # an account that is set up anew may be another mailbox
    action = models.CharField(max_length=8)
    folder = models.TextField()
    uidvalidity = models.PositiveBigIntegerField()
    target = models.TextField(blank=True)  # of moves
    moves = models.JSONField()
    done = models.DateTimeField(default=timezone.now)
    undone = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-done"]
        indexes = [models.Index(fields=["account", "-done"], name="latest_act")]

    def __str__(self) -> str:
        return f"{self.action} {self.folder}"


class SearchHistory(models.Model):
    """What a person searched for lately (history.py), the newest first; none where that person wants none kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="search_history"
    )
    keeps = models.BooleanField(default=True)
    searches = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.user_id)


COLUMNS: dict[str, str] = {
    Flag.SEEN: "seen",
    Flag.FLAGGED: "flagged",
    Flag.ANSWERED: "answered",
    Flag.FORWARDED: "forwarded",
    Flag.DRAFT: "draft",
    Flag.DELETED: "deleted",
}
