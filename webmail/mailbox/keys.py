"""The keyboard: every key of the product, named here and nowhere else.

GROUPS, changed by what a person has chosen (User.keys) → mailbox/_keys.html, the sheet behind `?` on every page with
the folder column → mailbox-keys.js, which reads keys and commands from that sheet, presses what says data-command="…"
and adds the key to its title. The settings page shows the same table, and changes it by keymap.py. Without
User.single_keys only keys that type no character are left.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Own = tuple[tuple[str, tuple[str, ...]], ...]  # (command, its keys): what a person has changed (User.own_keys)

KEY_NAMES: dict[str, str | Promise] = {
    "ArrowDown": "↓",
    "ArrowUp": "↑",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "Control": "Ctrl",
    "Shift": pgettext_lazy("key", "Shift"),
    "Enter": pgettext_lazy("key", "Enter"),
    "Escape": pgettext_lazy("key", "Esc"),
    "Delete": pgettext_lazy("key", "Delete"),
    "Backspace": pgettext_lazy("key", "Backspace"),
    "Insert": pgettext_lazy("key", "Insert"),
    "Home": pgettext_lazy("key", "Home"),
    "End": pgettext_lazy("key", "End"),
    "PageUp": pgettext_lazy("key", "Page up"),
    "PageDown": pgettext_lazy("key", "Page down"),
}


class Shortcut(NamedTuple):
    """`keys` are any of: names as the DOM's KeyboardEvent.key has them, small letters, "+" between those held together,
    a blank between those pressed one after the other."""

    command: str
    label: str | Promise
    keys: tuple[str, ...]

    @property
    def chords(self) -> list[tuple[str, str]]:
        """Each of `keys`, and how it is printed on a keyboard: [("Shift+i", "Shift+I"), …]."""
        return [(keys, printed(keys)) for keys in self.keys]


class Group(NamedTuple):
    title: str | Promise
    shortcuts: tuple[Shortcut, ...]


GROUPS = (
    Group(
        _("Moving about"),
        (
            Shortcut("next", _("Next message"), ("j", "ArrowDown")),
            Shortcut("previous", _("Previous message"), ("k", "ArrowUp")),
            Shortcut("open", _("Open"), ("o", "Enter")),
            Shortcut("back", _("Back to the list"), ("u",)),
            Shortcut("search", _("Search mail"), ("/",)),
            Shortcut("go-inbox", _("Go to the inbox"), ("g i",)),
            Shortcut("go-send", _("Go to sent mail"), ("g t",)),
            Shortcut("go-draft", _("Go to the drafts"), ("g d",)),
            Shortcut("go-folder", _("Choose a folder"), ("g f",)),
        ),
    ),
    Group(
        _("The open or selected messages"),
        (
            Shortcut("archive", _("Archive"), ("e", "y")),
            Shortcut("delete", _("Delete"), ("#", "Delete")),
            Shortcut("spam", _("Spam, or not spam"), ("!",)),
            Shortcut("move", _("Move to a folder"), ("v",)),
            Shortcut("star", _("Star"), ("s",)),
            Shortcut("read", _("Mark as read"), ("Shift+i",)),
            Shortcut("unread", _("Mark as unread"), ("Shift+u",)),
            Shortcut("select", _("Select"), ("x",)),
            Shortcut("select-all", _("Select all"), ("* a", "Control+a")),
            Shortcut("select-none", _("Select none"), ("* n", "Escape")),
            Shortcut("extend-next", _("Select the next one too"), ("Shift+j", "Shift+ArrowDown")),
            Shortcut("extend-previous", _("Select the one before it too"), ("Shift+k", "Shift+ArrowUp")),
            Shortcut("undo", _("Undo"), ("z",)),
        ),
    ),
    Group(
        _("Writing"),
        (
            Shortcut("compose", _("Compose"), ("c",)),
            Shortcut("reply", _("Reply"), ("r",)),
            Shortcut("reply-all", _("Reply to all"), ("a",)),
            Shortcut("forward", _("Forward"), ("f",)),
            Shortcut("send", _("Send"), ("Control+Enter",)),
            Shortcut("save", _("Save draft"), ("Control+s",)),
        ),
    ),
    Group(_("Help"), (Shortcut("help", _("Show the keys"), ("?",)),)),
)
SHORTCUTS = {shortcut.command: shortcut for group in GROUPS for shortcut in group.shortcuts}


def groups(own: Own = ()) -> tuple[Group, ...]:
    """The table with a person's own keys in it."""
    chosen = dict(own)
    if not chosen:
        return GROUPS
    return tuple(
        Group(title, tuple(each._replace(keys=chosen.get(each.command, each.keys)) for each in shortcuts))
        for title, shortcuts in GROUPS
    )


def first_key(command: str, own: Own = ()) -> str:
    """As a keyboard shows it; "" where a person took all keys away."""
    keys = dict(own).get(command, SHORTCUTS[command].keys)
    return printed(keys[0]) if keys else ""


def printed(keys: str) -> str:
    """As a keyboard shows them: "Ctrl+Enter", "G I"."""
    return " ".join("+".join(_name(key) for key in chord.split("+")) for chord in keys.split(" "))


def _name(key: str) -> str:
    return str(KEY_NAMES.get(key, key.upper()))
