"""How much space an account's mail takes up, beside its folders.

The column asks for folders and counts (views/lists.py) → space_of(): the answer of the last minutes, in the cache, else
one question more to the mailbox, kept under the account and the version of its settings. What this process heard last
is on the page from its first moment (near()), so that nothing below it jumps. The cache may be lost at any time: then
it is asked for again.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Space
from webmail.mailbox.kept import Bounded, digested, get_many, set_many
from webmail.mailbox.opening import identity
from webmail.templatetags.interface import file_size

SECONDS = 300
REMEMBERED = 2_000  # accounts, in this process
HIGH = 90  # per cent, from which on it is a warning

_near: Bounded[Space | None] = Bounded(REMEMBERED)


@dataclass(frozen=True, slots=True)
class Meter:
    """The space as the column shows it: `percent` is None where there is no limit."""

    said: str
    percent: int | None
    high: bool


def space_of(account: Account, mailbox: Mailbox) -> Space | None:
    key = _key(account)
    match get_many([key]).get(key):
        case [int(used), (int() | None) as limit]:
            space: Space | None = Space(used, limit)
        case []:
            space = None
        case _:
            space = mailbox.space()
            set_many({key: [space.used, space.limit] if space else []}, SECONDS)
    _near.set(identity(account), space, 1)
    return space


def near(account: Account) -> Space | None:
    """What this process heard last. Costs nothing."""
    [space] = _near.get_many([identity(account)])
    return space


def forget(account: Account) -> None:
    """After mail was deleted for good."""
    set_many({_key(account): None}, 1)


def meter(space: Space | None) -> Meter | None:
    if space is None:
        return None
    if space.limit is None:
        return Meter(_("%(size)s used") % {"size": file_size(space.used)}, None, False)
    percent = min(100, 100 * space.used // space.limit)
    words = {"size": file_size(space.used), "limit": file_size(space.limit)}
    return Meter(_("%(size)s of %(limit)s used") % words, percent, percent >= HIGH)


def _key(account: Account) -> str:
    return f"space:{digested(chr(0).join(map(str, identity(account))))}"
