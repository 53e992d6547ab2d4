"""The folders of a mail server, as part of ImapMailbox.

folders() → the list of the last minute (webmail/mailbox/kept.py), else one LIST, kept. What is looked for and is not in
a kept list is looked for in a new one. Each change made here first sees the list of now, is done by the server, and
then makes the kept list void for every process; a crash before that leaves it as old as another program's change would.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import gettext as _

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
)
from webmail.mailbox.folders import Listed, arrange, below, delimiter_of, is_name
from webmail.mailbox.kept import Kept
from webmail.protocols.errors import Rejected, Unreachable
from webmail.protocols.imap import ImapSession
from webmail.protocols.imap_types import ListEntry

COUNTED_SINGLY = 100  # folders that get a STATUS each where the server lacks LIST-STATUS
MISSING = {"NONEXISTENT", "TRYCREATE"}  # RFC 5530

P = ParamSpec("P")
T = TypeVar("T")
Lease = Callable[[str | None], AbstractContextManager[ImapSession]]


def repeatable(read: Callable[P, T]) -> Callable[P, T]:
    """A kept session may have died unnoticed (a firewall forgot it, its folder was removed): then it is done again,
    once, as the pool closed the other idle ones with it. Only for methods that may run twice without harm."""

    @wraps(read)
    def run(*args: P.args, **options: P.kwargs) -> T:
        try:
            return read(*args, **options)
        except Unreachable as error:
            if error.reason != "lost":
                raise
        return read(*args, **options)

    return run


class ImapFolders(Mailbox):
    """`lease(folder)` lends a session of the account, one with this folder open where there is one; `kept` is the
    account's."""

    def __init__(self, lease: Lease, kept: Kept):
        self._lease = lease
        self._kept = kept
        self._folders: list[Folder] | None = None
        self._mark: str | None = None  # with which they are kept; None before the cache was asked
        self._listed = False  # by the server, within this mailbox's life

    def folders(self) -> list[Folder]:
        if self._folders is None:
            self._folders, self._mark = self._kept.folders()
        return self._folders if self._folders is not None else self._list()

    @repeatable
    def _list(self) -> list[Folder]:
        if self._mark is None:
            self._mark = self._kept.folders()[1]
        with self._lease(None) as session:
            listed = session.list_folders()
        return self._note(listed)

    def _note(self, listed: Iterable[ListEntry]) -> list[Folder]:
        folders = arrange(Listed(entry.name, entry.delimiter, entry.flags) for entry in listed)
        if folders != self._folders and self._mark is not None:
            self._kept.keep_folders(folders, self._mark)
        self._folders, self._listed = folders, True
        return folders

    def _forget(self) -> None:
        self._folders, self._mark, self._listed = None, None, False
        self._kept.forget_folders()

    def _folder_where(self, test: Callable[[Folder], bool]) -> Folder | None:
        found = super()._folder_where(test)
        if found is None and not self._listed:
            self._list()
            found = super()._folder_where(test)
        return found

    @repeatable
    def counts(self) -> dict[str, Counts]:
        if self._mark is None:
            self._folders, self._mark = self._kept.folders()
        with self._lease(None) as session:
            listed = session.list_status(("MESSAGES", "UNSEEN"))
            if listed is None:
                folders = self._note(session.list_folders())
                return _count_singly(session, [each.name for each in folders if each.selectable][:COUNTED_SINGLY])
        wanted = {each.name for each in self._note(entry for entry, _status in listed) if each.selectable}
        found = {spelled(entry.name): status for entry, status in listed if status}
        return {name: Counts(found[name].messages, found[name].unseen) for name in wanted if name in found}

    def space(self) -> Space | None:
        try:
            return self._space()
        except Rejected:  # a quota that can't be read is no reason to show no folders
            return None

    @repeatable
    def _space(self) -> Space | None:
        with self._lease(None) as session:
            quota = session.quota("INBOX")
        return Space(quota.used, quota.limit) if quota else None

    def create_folder(self, name: str) -> Folder:
        self._list()
        self._check_name(name)
        self._wake(None, news=False)
        with self._lease(None) as session, self._changing(name):
            self._subscribe_shown(session)
            session.create(name)
            session.subscribe(name)
        return self.folder(name)

    def rename_folder(self, name: str, new_name: str) -> Folder:
        self._list()
        folder = self.folder(name)
        if folder.role != Role.NONE:
            raise FolderRefused(_("This folder is needed for its purpose and keeps its name."))
        if folder.delimiter and new_name.startswith(name + folder.delimiter):
            raise FolderRefused(_("A folder can’t be moved into itself."))
        self._check_name(new_name)
        moved = [each for each in (folder, *below(self.folders(), folder)) if each.subscribed]
        self._wake(None, news=False)
        with self._lease(None) as session, self._changing(new_name):
            self._subscribe_shown(session)
            session.select("INBOX")  # servers hang up on whoever has the folder open
            session.rename(name, new_name)
            for each in moved:  # a subscription is to a name (RFC 9051, 6.3.7), and stays behind
                session.unsubscribe(each.name)
                session.subscribe(new_name + each.name.removeprefix(name))
        return self.folder(new_name)

    def delete_folder(self, name: str, *, with_all: bool = False) -> None:
        self._list()
        folder = self.folder(name)
        if folder.role != Role.NONE:
            raise FolderRefused(_("This folder is needed for its purpose and can’t be deleted."))
        within = below(self.folders(), folder)
        if within and not with_all:
            raise FolderNotEmpty(_("There are folders in this folder. Move or delete them first."))
        if any(each.role != Role.NONE for each in within):
            raise FolderRefused(_("A folder within it is needed for its purpose and can’t be deleted."))
        self._wake(None, news=False)
        with self._lease(None) as session, self._changing(name):
            # Servers hang up on whoever has the folder open, and tell of it what was known when it was looked at last.
            session.select("INBOX")
            if folder.selectable and not with_all and session.status(name).messages:
                raise FolderNotEmpty(_("There is still mail in this folder. Move or delete it first."))
            for each in (*reversed(within), folder):  # the inner ones first: a crash leaves no half of a tree
                _remove(session, each)

    def subscribe(self, name: str, on: bool) -> None:
        self.folder(name)
        self._wake(None, news=False)
        with self._lease(None) as session, self._changing(name):
            self._subscribe_shown(session)
            (session.subscribe if on else session.unsubscribe)(name)

    def _subscribe_shown(self, session: ImapSession) -> None:
        """Before a subscription: where nothing was chosen all is shown, and the first choice must hide nothing else."""
        listed = session.list_folders()
        by_name = {spelled(entry.name) for entry in listed if "\\Subscribed" in entry.flags}
        for folder in self._note(listed):
            if folder.subscribed and folder.name not in by_name:
                session.subscribe(folder.name)

    def _check_name(self, name: str) -> None:
        if not is_name(name, delimiter_of(self.folders())):
            raise FolderRefused(_("A folder name is one to 400 characters, without line breaks or empty levels."))
        if any(folder.name == spelled(name) for folder in self.folders()):
            raise FolderExists(name)

    @repeatable
    def _wake(self, folder: str | None, *, news: bool = True) -> None:
        """Before what must not run twice: the session that will be lent for it next is alive, or is replaced now; and
        has heard the news, unless they do not matter."""
        with self._lease(folder) as session:
            if news or not session.is_fresh():
                session.noop()

    @contextmanager
    def _target(self, folder: str) -> Iterator[None]:
        """A folder to put mail into that is not there."""
        try:
            yield
        except Rejected as refusal:
            if refusal.code in MISSING:
                self._forget()
                raise NoSuchFolder(folder) from refusal
            raise

    @contextmanager
    def _changing(self, name: str) -> Iterator[None]:
        """Around a change of folders, however far it comes. What a server says no to becomes a sentence; its own words
        at the end, as text."""
        try:
            yield
        except Rejected as refusal:
            if refusal.code == "ALREADYEXISTS":
                raise FolderExists(name) from refusal
            if refusal.code in MISSING:
                raise NoSuchFolder(name) from refusal
            words = _("The mail server refuses: %(reply)s") % {"reply": refusal.reply or refusal}
            raise FolderRefused(words) from refusal
        finally:
            self._forget()


def spelled(name: str) -> str:
    """INBOX is one folder in any case (RFC 9051, 5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name


def _remove(session: ImapSession, folder: Folder) -> None:
    """A level that is no folder of its own (\\Noselect) may have gone with the last one within it."""
    try:
        session.delete(folder.name)
    except Rejected as refusal:
        if folder.selectable or refusal.code not in {*MISSING, ""}:
            raise
    session.unsubscribe(folder.name)


def _count_singly(session: ImapSession, names: Iterable[str]) -> dict[str, Counts]:
    counted: dict[str, Counts] = {}
    for name in names:
        try:
            status = session.status(name)
        except Rejected:
            continue
        counted[name] = Counts(status.messages, status.unseen)
    return counted
