"""What people did with messages, kept for a day, so that it can be taken back: once, and nothing but that.

perform() or mark_and_tell() of acts.py → Done → note(): an Act of a new key, written once the answer is on its way
(afterwards.py: a commit waits for the disk) → the toast's button or `z` → claim(): one UPDATE → take_back(): the way
back, at the mail server. A crash between act and row leaves an act without undo, and so does one between claim and way
back. Where the server can't be asked, the claim is given back. An action on messages of several folders is an Act for
each folder; the first one stands for all of them, and is what is claimed.

Nothing wrong is ever undone: a message is named by folder, UIDVALIDITY and uid of where it went. One that left that
place, in whatever way, is passed over and told of. Of flags only those are turned back that the act itself turned.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from webmail.mailbox import afterwards
from webmail.mailbox.acts import FLAGS, Done
from webmail.mailbox.base import FolderRefused, Mailbox, NoSuchFolder, StaleReference
from webmail.mailbox.models import Act
from webmail.mailbox.side import folder_label

KEPT = timedelta(days=1)
YOUNG = timedelta(minutes=10)  # what `z` takes back, without a toast to say what that is

log = logging.getLogger(__name__)


def note(account: Account, *done: Done) -> UUID | None:
    """The key to take all of this back by; None where there is nothing to take back."""
    first: UUID | None = None
    for each in filter(_has_way_back, done):
        key = uuid4()
        afterwards.do(partial(_write, key, first, account, each))
        first = first or key
    return first


def _has_way_back(done: Done) -> bool:
    return bool(done.moves) and (not done.target or any(done.moves.values()))


def _write(key: UUID, part_of: UUID | None, account: Account, done: Done) -> None:
    """An undo that can't be kept is no reason to fail: the act itself is done."""
    act = Act(
        key=key,
        part_of_id=part_of,
        account=account,
        account_version=account.version,
        action=done.action,
        folder=done.chosen.folder,
        uidvalidity=done.chosen.uidvalidity,
        target=done.target,
        moves=[[uid, *(place or (None, None))] for uid, place in done.moves.items()],
    )
    try:
        act.save(force_insert=True)
    except DatabaseError:
        log.warning("An act was not written into the journal: it has no undo.", exc_info=True)


def claim(account: Account, key: UUID | None = None) -> Act | None:
    """This act, or the account's last one; from now on it can't be claimed again. None where there is nothing to
    take back, or no longer."""
    since = timezone.now() - (KEPT if key else YOUNG)
    open_acts = account.acts.filter(undone=None, part_of=None, account_version=account.version, done__gte=since)
    act: Act | None = (open_acts.filter(pk=key) if key else open_acts).first()
    if act and account.acts.filter(pk=act.pk, undone=None).update(undone=timezone.now()):
        return act
    return None


@dataclass(frozen=True, slots=True)
class Undone:
    """How many messages are as they were, and what to say of it."""

    number: int
    said: str


def take_back(act: Act, mailbox: Mailbox) -> Undone:
    """Of a claimed act and its parts. Raises what the mailbox raises, and what is left can be claimed again then. A
    folder that is gone or refuses keeps only its own part from coming back."""
    left, number, refusals = [act, *act.parts.all()], 0, []
    whole = sum(len(each.moves) for each in left)
    try:
        for each in left:
            try:
                number += _flags_back(each, mailbox) if each.action in FLAGS else _back_to_folder(each, mailbox)
            except (FolderRefused, NoSuchFolder, StaleReference) as refusal:
                refusals.append(refusal)
            else:
                _settle(each)
        if len(refusals) == len(left):
            raise refusals[0]
    except Exception:
        Act.objects.filter(pk=act.pk).update(undone=None)
        raise
    return Undone(number, _with_rest(_said(left, number, mailbox), number, whole))


def _settle(act: Act) -> None:
    """One part of several has come back: it is not tried again with those that could not."""
    if act.part_of_id or act.parts.exists():
        Act.objects.filter(pk=act.pk).update(moves=[])


def _flags_back(act: Act, mailbox: Mailbox) -> int:
    added, removed = FLAGS[act.action]
    uids = [uid for uid, _validity, _uid in act.moves]
    return len(mailbox.set_flags(act.folder, act.uidvalidity, uids, add=removed, remove=added)) if uids else 0


def _back_to_folder(act: Act, mailbox: Mailbox) -> int:
    places: dict[int, list[int]] = defaultdict(list)
    for _uid, uidvalidity, uid in act.moves:
        if uidvalidity is not None:
            places[uidvalidity].append(uid)
    return sum(len(mailbox.move(act.target, validity, uids, act.folder)) for validity, uids in places.items())


def _said(acts: Sequence[Act], number: int, mailbox: Mailbox) -> str:
    if not number:
        return ""
    values = {"number": number}
    if acts[0].action in FLAGS:
        return ngettext("Undone for %(number)d message.", "Undone for %(number)d messages.", number) % values
    if len({each.folder for each in acts}) > 1:
        return (
            ngettext(
                "%(number)d message is back in its folder.", "%(number)d messages are back in their folders.", number
            )
            % values
        )
    said = ngettext("%(number)d message is back in %(folder)s.", "%(number)d messages are back in %(folder)s.", number)
    return said % {"number": number, "folder": folder_label(mailbox.folder(acts[0].folder))}


def _with_rest(said: str, number: int, of: int) -> str:
    """The sentence, and what is to be said of those that were passed over."""
    if not number:
        return _("Nothing could be undone: the mail was moved or deleted since, or nobody can tell where it is.")
    if number == of:
        return said
    rest = ngettext(
        "Not undone for %(number)d: it was moved or deleted since, or nobody can tell where it is.",
        "Not undone for %(number)d: they were moved or deleted since, or nobody can tell where they are.",
        of - number,
    ) % {"number": of - number}
    return f"{said} {rest}"


def prune() -> None:
    """What is too old to be taken back."""
    Act.objects.filter(done__lt=timezone.now() - KEPT).delete()
