"""The folders of an account for the folder column and the menu that moves mail: what a person calls each, its icon, its
place."""

import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import islice, takewhile

from django.http import HttpRequest
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
LONGEST_COOKIE = 2_000
_FOLDED = re.compile(r"\b(?:a\d{1,10}|f[0-9a-f]{8})\b", re.ASCII)
TARGETS_OCTETS = 2**20  # of menus, in this process

_remembered: Bounded[SafeString] = Bounded(TARGETS_OCTETS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One folder of the column. `badge` is the unread number, in Drafts the number of drafts; `own` may be renamed
    and deleted. `key` names it in the cookie that tells what is folded up; `parent`: folders follow that are within it,
    `below` of their messages are unread; `ends` has as many things as levels end after it."""

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
    key: str
    menu_url: str
    parent: bool = False
    folded: bool = False
    below: int = 0
    ends: range = range(0)


def folder_label(folder: Folder) -> str:
    """In the reader's language for folders with a role, as its owner named it otherwise."""
    return str(ROLE_LABELS.get(folder.role, folder.label))


@lru_cache(maxsize=1024)
def folder_url(account_id: int, name: str) -> str:
    """Remembered: a column has as many as there are folders."""
    return reverse("mailbox:folder", args=[account_id, name])


@lru_cache(maxsize=1024)
def _menu_url(account_id: int, name: str) -> str:
    return reverse("mailbox:folder_menu", args=[account_id, name])


@lru_cache(maxsize=1024)
def fold_key(account_id: int, name: str) -> str:
    return "f" + blake2b(f"{account_id}\0{name}".encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def folded_of(request: HttpRequest) -> frozenset[str]:
    """What is folded up on this device: accounts as "a" and their number, folders as fold_key(). A cookie that
    mailbox-folders.js writes, so that the page comes as it was left."""
    return frozenset(_FOLDED.findall(request.COOKIES.get("folded", "")[:LONGEST_COOKIE]))


def entries(
    account_id: int,
    folders: Iterable[Folder],
    counts: Mapping[str, Counts] | None = None,
    current: str = "",
    folded: Collection[str] = (),
) -> list[Entry]:
    """The folders that their owner wants to see, as a tree of lists: each but the last of a level is followed by its
    children or its neighbour."""
    shown = seen(list(folders), current)
    flat = [_entry(account_id, folder, (counts or {}).get(folder.name), current) for folder in shown]
    return [_in_tree(flat, place, folded) for place in range(len(flat))]


def seen(folders: Sequence[Folder], current: str = "") -> list[Folder]:
    """Those that are subscribed, the open one, and whatever stands above them."""
    wanted: list[Folder] = []
    depth = 0  # of the last wanted one: what stands before it on a lower level is above it
    for folder in reversed(folders):
        if folder.subscribed or folder.name == current or folder.depth < depth:
            wanted.append(folder)
            depth = folder.depth
        elif folder.depth == 0:
            depth = 0
    return wanted[::-1]


def _in_tree(flat: Sequence[Entry], place: int, folded: Collection[str]) -> Entry:
    entry = flat[place]
    after = flat[place + 1].depth if place + 1 < len(flat) else 0
    if after <= entry.depth:
        return replace(entry, ends=range(entry.depth - after))
    within = takewhile(lambda each: each.depth > entry.depth, islice(flat, place + 1, None))
    below = sum(each.badge for each in within if each.bold)
    return replace(entry, parent=True, folded=entry.key in folded, below=below)


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
        key=fold_key(account_id, folder.name),
        menu_url=_menu_url(account_id, folder.name),
    )


def move_targets(folders: Iterable[Folder], current: Folder | None) -> SafeString:
    """The lines of the menu that moves mail out of `current`, or out of several. Remembered: no two pages in a row show
    others."""
    key = (get_language(), tuple(folders), current.name if current else "")
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
