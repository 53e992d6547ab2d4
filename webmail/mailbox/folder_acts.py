"""What a person does with a whole folder. Each is a few calls on the mailbox, and one sentence about what was done.

views/folder_acts.py → delete(), bring_back(), empty(), read_all() → the mailbox, at once; what is too much for one
request becomes a job there. A folder that holds anything is deleted by a new name within the trash, and brought back by
its old one: one RENAME each (RFC 9051, 6.3.6), so that a crash leaves it whole, here or there. What is taken out of an
own folder goes to the trash and into the journal of acts; out of trash and spam it goes for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webmail.mailbox import query as queries
from webmail.mailbox.acts import Done, Selection, folder_for, mark_and_tell, perform
from webmail.mailbox.base import Folder, FolderExists, FolderNotEmpty, FolderRefused, Mailbox, Role
from webmail.mailbox.folders import below, full_name
from webmail.mailbox.side import folder_label

EMPTIED_FOR_GOOD = {Role.TRASH, Role.JUNK}
ATTEMPTS = 100  # at a name that is free


@dataclass(frozen=True, slots=True)
class Deleted:
    """A sentence, and where the folder is now: its own name where it is nowhere, "" where nothing brings it back."""

    said: str
    now: str


def is_in_trash(mailbox: Mailbox, folder: Folder) -> bool:
    trash = mailbox.folder_by_role(Role.TRASH)
    return trash is not None and folder in below(mailbox.folders(), trash)


def can_be_emptied(folder: Folder) -> bool:
    return folder.selectable and (folder.role == Role.NONE or folder.role in EMPTIED_FOR_GOOD)


def goes_for_good(mailbox: Mailbox, folder: Folder) -> bool:
    """Whether what is taken out of this folder has no way back."""
    return folder.role in EMPTIED_FOR_GOOD or is_in_trash(mailbox, folder)


def delete(mailbox: Mailbox, folder: Folder) -> Deleted:
    """Raises FolderRefused for what can't be deleted, or can't be kept in the trash."""
    if is_in_trash(mailbox, folder):
        mailbox.delete_folder(folder.name, with_all=True)
        return Deleted(_("The folder %(name)s was deleted for good.") % {"name": folder.label}, "")
    if any(each.role != Role.NONE for each in below(mailbox.folders(), folder)):
        raise FolderRefused(_("A folder within it is needed for its purpose and can’t be deleted."))
    try:
        mailbox.delete_folder(folder.name)
    except FolderNotEmpty:
        return _to_trash(mailbox, folder)
    return Deleted(_("The folder %(name)s was deleted.") % {"name": folder.label}, folder.name)


def _to_trash(mailbox: Mailbox, folder: Folder) -> Deleted:
    trash = folder_for(mailbox, Role.TRASH, "Trash")
    try:
        moved = mailbox.rename_folder(folder.name, _free_name(mailbox.folders(), trash.name, folder.label))
    except FolderRefused as refusal:
        words = _("It holds mail, and the trash of this account takes no folders. Empty it first, then delete it.")
        raise FolderRefused(f"{words} {refusal}") from refusal
    words = _("The folder %(name)s was moved to %(trash)s.")
    return Deleted(words % {"name": folder.label, "trash": folder_label(trash)}, moved.name)


def _free_name(folders: Sequence[Folder], parent: str, label: str) -> str:
    taken = {folder.name for folder in folders}
    tries = (label, *(f"{label} ({number})" for number in range(2, ATTEMPTS)))
    for name in (full_name(folders, parent, each) for each in tries):
        if name not in taken:
            return name
    raise FolderExists(label)


def bring_back(mailbox: Mailbox, now: str, original: str) -> Folder:
    """A deleted folder, from where it is now. NoSuchFolder, FolderExists and FolderRefused pass through."""
    return mailbox.create_folder(original) if now == original else mailbox.rename_folder(now, original)


def empty(mailbox: Mailbox, folder: Folder) -> Done:
    """All that is in the folder now; what comes in meanwhile stays. Of the trash, the folders in it too."""
    if not can_be_emptied(folder):
        raise FolderRefused(_("Only own folders, the trash and spam can be emptied."))
    chosen = chosen_in(mailbox, folder)
    if not goes_for_good(mailbox, folder):
        return perform(mailbox, chosen, "trash") if chosen.uids else Done(_nothing(), "trash", chosen)
    if chosen.uids:
        mailbox.delete(chosen.folder, chosen.uidvalidity, chosen.uids)
    emptied = _remove_within(mailbox, folder) if folder.role == Role.TRASH else 0
    return Done(_emptied(len(chosen.uids), emptied), "delete", chosen)


def chosen_in(mailbox: Mailbox, folder: Folder, q: str = "") -> Selection:
    """All messages of a folder as it is now, or those that a search finds."""
    uidvalidity, uids = mailbox.find(folder.name, queries.parse(q) if q else None)
    return Selection(folder.name, uidvalidity, uids)


def _remove_within(mailbox: Mailbox, folder: Folder) -> int:
    within = [each for each in below(mailbox.folders(), folder) if each.role == Role.NONE]
    outermost = [each for each in within if not any(each in below(within, other) for other in within)]
    for each in outermost:
        mailbox.delete_folder(each.name, with_all=True)
    return len(within)


def _emptied(messages: int, folders: int) -> str:
    if not messages and not folders:
        return _nothing()
    words = ngettext("%(number)d message deleted for good.", "%(number)d messages deleted for good.", messages)
    said = words % {"number": messages} if messages else ""
    words = ngettext("%(number)d folder deleted for good.", "%(number)d folders deleted for good.", folders)
    return f"{said} {words % {'number': folders}}".strip() if folders else said


def _nothing() -> str:
    return _("The folder is empty already.")


def read_all(mailbox: Mailbox, folder: Folder) -> Done:
    chosen = chosen_in(mailbox, folder, "is:unread")
    if not chosen.uids:
        return Done(_("All messages are read already."), "read", chosen)
    return mark_and_tell(mailbox, chosen, "read")[1]
