"""The folders of an account for the folder column and the menu that moves mail: what a person calls each, its icon, its
place."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from webmail.mailbox.base import Counts, Folder, Role
from webmail.mailbox.kept import Bounded

ROLE_LABELS = {
    Role.INBOX: _("Inbox"),
    Role.DRAFTS: _("Drafts"),
    Role.SENT: _("Sent"),
    Role.ARCHIVE: pgettext_lazy("folder", "Archive"),
    Role.JUNK: pgettext_lazy("folder", "Spam"),
    Role.TRASH: _("Trash"),
}
ROLE_ICONS = {
    Role.INBOX: "inbox",
    Role.DRAFTS: "draft",
    Role.SENT: "send",
    Role.ARCHIVE: "archive",
    Role.JUNK: "spam",
    Role.TRASH: "trash",
}
UNREAD_MATTERS = {Role.INBOX, Role.NONE, Role.JUNK, Role.ARCHIVE}
COLOURS = 6
DEEPEST = 4
TARGETS_OCTETS = 2**20  # of menus, in this process

_remembered: Bounded[SafeString] = Bounded(TARGETS_OCTETS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One folder of the column. `badge` is the unread number, in Drafts the number of drafts; `own` may be renamed
    and deleted."""

    name: str
    label: str
    url: str
    icon: str
    depth: int
    badge: int
    bold: bool
    current: bool
    selectable: bool
    own: bool


def folder_label(folder: Folder) -> str:
    """In the reader's language for folders with a role, as its owner named it otherwise."""
    return str(ROLE_LABELS.get(folder.role, folder.label))


@lru_cache(maxsize=1024)
def folder_url(account_id: int, name: str) -> str:
    """Remembered: a column has as many as there are folders."""
    return reverse("mailbox:folder", args=[account_id, name])


def entries(
    account_id: int, folders: Iterable[Folder], counts: Mapping[str, Counts] | None = None, current: str = ""
) -> list[Entry]:
    return [_entry(account_id, folder, (counts or {}).get(folder.name), current) for folder in folders]


def _entry(account_id: int, folder: Folder, counts: Counts | None, current: str) -> Entry:
    unread = counts.unread if counts and folder.role in UNREAD_MATTERS else 0
    badge = counts.total if counts and folder.role == Role.DRAFTS else unread
    return Entry(
        name=folder.name,
        label=folder_label(folder),
        url=folder_url(account_id, folder.name) if folder.selectable else "",
        icon=ROLE_ICONS.get(folder.role, "folder"),
        depth=min(folder.depth, DEEPEST),
        badge=badge,
        bold=bool(unread) and folder.role != Role.JUNK,
        current=folder.name == current,
        selectable=folder.selectable,
        own=folder.role == Role.NONE,
    )


def move_targets(folders: Iterable[Folder], current: Folder) -> SafeString:
    """The lines of the menu that moves mail out of `current`. Remembered: no two pages in a row show others."""
    key = (get_language(), tuple(folders), current.name)
    [known] = _remembered.get_many([key])
    return known or _write_targets(key)


def _write_targets(key: tuple[str | None, tuple[Folder, ...], str]) -> SafeString:
    _language, folders, current = key
    targets = [
        {"name": each.name, "label": folder_label(each), "depth": min(each.depth, DEEPEST)}
        for each in folders
        if each.selectable and each.name != current
    ]
    written = mark_safe(get_template("mailbox/_targets.html").render({"targets": targets}))  # noqa: S308 (a template's)
    _remembered.set(key, written, 2 * sys.getsizeof(written))  # the folders are in the key once more
    return written
