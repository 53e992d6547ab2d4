"""A person's own keys: what may be one, who would lose it, and what is stored.

views/keyboard.py → change() → User.keys, {command: [keys, …]} of what differs from keys.GROUPS. One key is one command,
and no key is the first of another’s sequence; who takes a key that another command has says so twice. What does not fit
the table, by an older version or by hand, does nothing, and is gone with the next change.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from webmail.mailbox.keys import SHORTCUTS, Own, Shortcut

MOST = 3  # keys of one command
_NAMED = "Arrow(?:Up|Down|Left|Right)|Delete|Backspace|Insert|Home|End|Page(?:Up|Down)|F(?:[1-9]|1[0-2])"
_SIGN = r"[^\s\x00-\x1f\x7fA-Z]"
_CHORD = re.compile(
    rf"(?:Shift\+)?(?:{_SIGN}|{_NAMED})(?: (?:Shift\+)?{_SIGN})?|Control\+(?:Shift\+)?(?:{_SIGN}|{_NAMED}|Enter)"
)
# What browsers keep for themselves, or a page must leave to them: copying, closing, finding, printing, reloading.
_OF_BROWSERS = re.compile(r"Control\+(?:Shift\+)?[acflnpqrtvwxz0-9+-]|F(?:5|11|12)")
FIXED = frozenset({"Enter", "Escape", "Control+a"})  # mean the same in every program


def is_key(keys: str) -> bool:
    """Whether it may be chosen."""
    return len(keys) <= 40 and bool(_CHORD.fullmatch(keys)) and not _OF_BROWSERS.fullmatch(keys)


def keys_of(command: str, own: Own) -> tuple[str, ...]:
    return dict(own).get(command, SHORTCUTS[command].keys)


def losers(own: Own, command: str, keys: str) -> list[Shortcut]:
    """The other commands that would lose a key to this one."""
    return [
        each for each in SHORTCUTS.values() if each.command != command and _clashing(keys_of(each.command, own), keys)
    ]


def _clashing(have: Iterable[str], keys: str) -> list[str]:
    """The same, or the first key of the other's sequence."""
    return [each for each in have if each == keys or each.split(" ")[0] == keys or keys.split(" ")[0] == each]


def change(own: Own, command: str, old: str, new: str) -> dict[str, list[str]]:
    """What is to be stored once `new` stands in the place of `old`. Either may be "": then a key is added, or taken
    away. Others lose what they have of it."""
    have = [keys for keys in keys_of(command, own) if not (new and keys != old and _clashing([keys], new))]
    if old in have:
        have[have.index(old)] = new
    elif new:
        have.append(new)
    chosen = {**dict(own), command: tuple(dict.fromkeys(filter(None, have)))}
    for loser in losers(own, command, new) if new else ():
        lost = _clashing(keys_of(loser.command, own), new)
        chosen[loser.command] = tuple(keys for keys in keys_of(loser.command, own) if keys not in lost)
    return stored(chosen)


def reset(own: Own, command: str) -> dict[str, list[str]]:
    """As it is for everybody; what others have of these keys by now, they keep."""
    taken = [keys for other, chosen in own if other != command for keys in chosen]
    keys = tuple(each for each in SHORTCUTS[command].keys if not _clashing(taken, each))
    return stored({**dict(own), command: keys})


def stored(chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Only what differs from the table."""
    return {command: list(keys) for command, keys in chosen.items() if tuple(keys) != SHORTCUTS[command].keys}


def sound(keys: object) -> dict[str, list[str]]:
    """What was stored, without what the table of today has no place for."""
    pairs = keys.items() if isinstance(keys, dict) else ()
    return dict(_sound(pairs))


def _sound(pairs: Iterable[tuple[object, object]]) -> Iterator[tuple[str, list[str]]]:
    for command, chosen in pairs:
        if command in SHORTCUTS and isinstance(chosen, list):
            fixed = SHORTCUTS[str(command)].keys
            yield str(command), [keys for keys in chosen if isinstance(keys, str) and (is_key(keys) or keys in fixed)]
