"""What a person does with messages: flags, moves, deletion. Each is one call on the mailbox and one sentence about
what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webmail.mailbox.base import Flag, Folder, FolderExists, FolderRefused, Mailbox, Role, Summary
from webmail.mailbox.side import folder_label

FLAGS: dict[str, tuple[tuple[Flag, ...], tuple[Flag, ...]]] = {
    "read": ((Flag.SEEN,), ()),
    "unread": ((), (Flag.SEEN,)),
    "star": ((Flag.FLAGGED,), ()),
    "unstar": ((), (Flag.FLAGGED,)),
}
TARGETS = {"archive": (Role.ARCHIVE, "Archive"), "junk": (Role.JUNK, "Junk"), "trash": (Role.TRASH, "Trash")}


@dataclass(frozen=True, slots=True)
class Selection:
    """Messages of one folder, as the page knew it."""

    folder: str
    uidvalidity: int
    uids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an act: a sentence for people, and what taking it back needs (journal.py). `moves` has of each
    message that was moved its new place, UIDVALIDITY and uid, or None where nobody can tell; of each whose flags are
    others now None. Empty for what can't be taken back."""

    said: str
    action: str
    chosen: Selection
    target: str = ""
    moves: Mapping[int, tuple[int, int] | None] = field(default_factory=dict)


def mark(mailbox: Mailbox, chosen: Selection, action: str) -> list[Summary]:
    """One of FLAGS; the rows as they are then."""
    add, remove = FLAGS[action]
    return mailbox.set_flags(chosen.folder, chosen.uidvalidity, chosen.uids, add=add, remove=remove)


def mark_and_tell(mailbox: Mailbox, chosen: Selection, action: str) -> tuple[list[Summary], Done]:
    """The same, as an act that can be taken back: from those alone that were not marked so already."""
    add, remove = FLAGS[action]
    before = mailbox.flags(chosen.folder, chosen.uidvalidity, chosen.uids)
    rows = mark(mailbox, chosen, action)
    was = ((row.ref.uid, before[row.ref.uid]) for row in rows if row.ref.uid in before)
    turned = [uid for uid, flags in was if not flags.issuperset(add) or flags.intersection(remove)]
    return rows, Done(_marked(len(turned), action), action, chosen, moves=dict.fromkeys(turned))


def _marked(number: int, action: str) -> str:
    """ "" where all were so already."""
    sentences = {
        "read": ngettext("%(number)d message marked as read.", "%(number)d messages marked as read.", number),
        "unread": ngettext("%(number)d message marked as unread.", "%(number)d messages marked as unread.", number),
        "star": ngettext("%(number)d message starred.", "%(number)d messages starred.", number),
        "unstar": ngettext("Star removed from %(number)d message.", "Star removed from %(number)d messages.", number),
    }
    return sentences[action] % {"number": number} if number else ""


def perform(mailbox: Mailbox, chosen: Selection, action: str, target: str = "") -> Done:
    """Do one of the others. Raises FolderRefused, with a sentence, for what can't be done."""
    if action == "delete":
        return Done(_delete(mailbox, chosen), action, chosen)
    goal = mailbox.folder(target) if action == "move" else folder_for(mailbox, *TARGETS[action])
    if goal.name == chosen.folder:
        raise FolderRefused(_("The mail is in this folder already."))
    moved = mailbox.move(chosen.folder, chosen.uidvalidity, chosen.uids, goal.name)
    places = {uid: (ref.uidvalidity, ref.uid) if ref else None for uid, ref in moved.items()}
    return Done(_moved(len(moved), goal), action, chosen, goal.name, places)


def told_as_one(mailbox: Mailbox, done: Sequence[Done]) -> str:
    """The sentence about one action on messages of several folders."""
    if len(done) == 1:
        return done[0].said
    action, number = done[0].action, sum(len(each.moves) for each in done)
    if action in FLAGS:
        return _marked(number, action)
    if action == "delete":
        return _deleted(sum(len(each.chosen.uids) for each in done))
    return _moved(number, mailbox.folder(done[0].target))


def _delete(mailbox: Mailbox, chosen: Selection) -> str:
    """For good, and only from the trash: everywhere else "delete" means the way there."""
    if mailbox.folder(chosen.folder).role != Role.TRASH:
        raise FolderRefused(_("Only mail in the trash can be deleted for good."))
    mailbox.delete(chosen.folder, chosen.uidvalidity, chosen.uids)
    return _deleted(len(chosen.uids))


def _deleted(number: int) -> str:
    return ngettext("%(number)d message deleted for good.", "%(number)d messages deleted for good.", number) % {
        "number": number
    }


def _moved(number: int, goal: Folder) -> str:
    if not number:
        return _("Nothing was moved: the mail is no longer in this folder.")
    return ngettext("%(number)d message moved to %(folder)s.", "%(number)d messages moved to %(folder)s.", number) % {
        "number": number,
        "folder": folder_label(goal),
    }


def folder_for(mailbox: Mailbox, role: Role, name: str) -> Folder:
    """The account's folder of this role; where it has none, one is made under its usual English name, which every
    program knows."""
    found = mailbox.folder_by_role(role)
    return found or _first_that_works(mailbox, [name, f"INBOX{_delimiter(mailbox)}{name}"])


def _first_that_works(mailbox: Mailbox, names: Sequence[str]) -> Folder:
    """Some servers keep every folder below INBOX and refuse others."""
    for attempt, name in enumerate(names, 1):
        try:
            return mailbox.create_folder(name)
        except FolderExists:
            return mailbox.folder(name)
        except FolderRefused:
            if attempt == len(names):
                raise
    raise AssertionError("names is never empty")


def _delimiter(mailbox: Mailbox) -> str:
    return next((folder.delimiter for folder in mailbox.folders() if folder.delimiter), "/")
