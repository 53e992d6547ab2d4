"""The folders of the local store, as part of LocalMailbox.

A folder is a row (models.LocalFolder). Each change is one transaction; the files of messages that went with a folder
are removed after its commit (local_store.py). A crash before the commit leaves everything as it was.
"""

from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox import local_store
from webmail.mailbox.base import (
    Counts,
    Folder,
    FolderExists,
    FolderNotEmpty,
    FolderRefused,
    Mailbox,
    NoSuchFolder,
    Role,
    Space,
    StaleReference,
)
from webmail.mailbox.folders import Listed, arrange, is_name
from webmail.mailbox.models import LocalFolder, LocalMessage

DELIMITER = "/"


class LocalTree(Mailbox):
    """The half of LocalMailbox that knows folders."""

    def __init__(self, account: Account):
        self._account = account
        LocalFolder.objects.ensure_defaults(account)

    def folders(self) -> list[Folder]:
        rows = LocalFolder.objects.filter(account=self._account)
        return arrange(Listed(row.name, DELIMITER, _special_use(row)) for row in rows)

    def counts(self) -> dict[str, Counts]:
        rows = LocalFolder.objects.filter(account=self._account)
        counted = rows.annotate(total=Count("messages"), unread=Count("messages", filter=Q(messages__seen=False)))
        return {row.name: Counts(row.total, row.unread) for row in counted}

    def space(self) -> Space | None:
        used = LocalMessage.objects.filter(folder__account=self._account).aggregate(octets=Sum("size"))["octets"]
        return Space(used or 0)

    def subscribe(self, name: str, on: bool) -> None:
        raise FolderRefused(_("All folders of this account are shown."))

    def create_folder(self, name: str) -> Folder:
        _check_name(name)
        try:
            with transaction.atomic():
                LocalFolder.objects.create(account=self._account, name=name)
        except IntegrityError:
            raise FolderExists(name) from None
        return self.folder(name)

    def rename_folder(self, name: str, new_name: str) -> Folder:
        _check_name(new_name)
        row = self._row(name)
        if row.role != Role.NONE:
            raise FolderRefused(_("This folder is needed for its purpose and keeps its name."))
        if new_name.startswith(name + DELIMITER):
            raise FolderRefused(_("A folder can’t be moved into itself."))
        with transaction.atomic():
            moved = [row, *self._below(name)]
            wanted = {each.pk: new_name + each.name[len(name) :] for each in moved}
            taken = LocalFolder.objects.filter(account=self._account, name__in=wanted.values()).exclude(pk__in=wanted)
            if taken.exists():
                raise FolderExists(new_name)
            for each in moved:
                _check_name(wanted[each.pk])
                LocalFolder.objects.filter(pk=each.pk).update(name=wanted[each.pk])
        return self.folder(new_name)

    def delete_folder(self, name: str, *, with_all: bool = False) -> None:
        row = self._row(name)
        if row.role != Role.NONE:
            raise FolderRefused(_("This folder is needed for its purpose and can’t be deleted."))
        with transaction.atomic():
            # The lock of take_uids: nothing comes in between the look and the end.
            list(LocalFolder.objects.select_for_update().filter(account=self._account).order_by("pk"))
            doomed = [row, *self._below(name)]
            if not with_all:
                self._check_empty(row, doomed)
            contents = set(LocalMessage.objects.filter(folder__in=doomed).values_list("sha256", flat=True))
            LocalFolder.objects.filter(pk__in=[each.pk for each in doomed]).delete()
            for sha256 in contents:
                transaction.on_commit(partial(local_store.remove_unreferenced, self._account.pk, sha256))

    def _check_empty(self, row: LocalFolder, doomed: list[LocalFolder]) -> None:
        if len(doomed) > 1:
            raise FolderNotEmpty(_("There are folders in this folder. Move or delete them first."))
        if row.messages.exists():
            raise FolderNotEmpty(_("There is still mail in this folder. Move or delete it first."))

    def _below(self, name: str) -> list[LocalFolder]:
        rows = LocalFolder.objects.filter(account=self._account)
        return [row for row in rows if row.name.startswith(name + DELIMITER)]

    def _row(self, name: str, uidvalidity: int | None = None) -> LocalFolder:
        if name.upper() == "INBOX":
            name = "INBOX"
        row = LocalFolder.objects.filter(account=self._account, name=name).first()
        if row is None:
            raise NoSuchFolder(name)
        if uidvalidity not in (None, row.uidvalidity):
            raise StaleReference(name)
        return row


def _special_use(row: LocalFolder) -> frozenset[str]:
    return frozenset() if row.role in (Role.NONE, Role.INBOX) else frozenset({f"\\{row.role}"})


def _check_name(name: str) -> None:
    if not is_name(name, DELIMITER):
        raise FolderRefused(_("A folder name is one to 400 characters, without line breaks or empty levels."))
    if name.upper() == "INBOX":
        raise FolderExists(name)
