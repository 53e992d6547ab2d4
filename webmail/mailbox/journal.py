"""What people did with messages, kept for a day, so that it can be taken back: once, and nothing but that.

perform() or mark_and_tell() of acts.py → Done → note(): an Act of a new key, written once the answer is on its way
(afterwards.py: a commit waits for the disk) → the toast's button or `z` → claim(): one UPDATE → take_back(): the way
back, at the mail server. A crash between act and row leaves an act without undo, and so does one between claim and way
back. Where the server can't be asked, the claim is given back.

Nothing wrong is ever undone: a message is named by folder, UIDVALIDITY and uid of where it went. One that left that
place, in whatever way, is passed over and told of. Of flags only those are turned back that the act itself turned.
"""

import logging
from collections import defaultdict
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
from webmail.mailbox.base import Mailbox
from webmail.mailbox.models import Act
from webmail.mailbox.side import folder_label

KEPT = timedelta(days=1)
YOUNG = timedelta(minutes=10)  # what `z` takes back, without a toast to say what that is

log = logging.getLogger(__name__)


def note(account: Account, done: Done) -> UUID | None:
    """The key to take this back by; None where there is nothing to take back."""
    if not done.moves or (done.target and not any(done.moves.values())):
        return None
    key = uuid4()
    afterwards.do(partial(_write, key, account, done))
    return key


def _write(key: UUID, account: Account, done: Done) -> None:
    """An undo that can't be kept is no reason to fail: the act itself is done."""
    act = Act(
        key=key,
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
    open_acts = account.acts.filter(undone=None, account_version=account.version, done__gte=since)
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
    """Of a claimed act. Raises what the mailbox raises, and the act can be claimed again then."""
    try:
        if act.action in FLAGS:
            return _flags_back(act, mailbox)
        return _back_to_folder(act, mailbox)
    except Exception:
        Act.objects.filter(pk=act.pk).update(undone=None)
        raise


def _flags_back(act: Act, mailbox: Mailbox) -> Undone:
    added, removed = FLAGS[act.action]
    uids = [uid for uid, _validity, _uid in act.moves]
    number = len(mailbox.set_flags(act.folder, act.uidvalidity, uids, add=removed, remove=added))
    said = ngettext("Undone for %(number)d message.", "Undone for %(number)d messages.", number) % {"number": number}
    return Undone(number, _with_rest(said, number, len(uids)))


def _back_to_folder(act: Act, mailbox: Mailbox) -> Undone:
    places: dict[int, list[int]] = defaultdict(list)
    for _uid, uidvalidity, uid in act.moves:
        if uidvalidity is not None:
            places[uidvalidity].append(uid)
    number = sum(len(mailbox.move(act.target, validity, uids, act.folder)) for validity, uids in places.items())
    said = ngettext(
        "%(number)d message is back in %(folder)s.", "%(number)d messages are back in %(folder)s.", number
    ) % {"number": number, "folder": folder_label(mailbox.folder(act.folder))}
    return Undone(number, _with_rest(said, number, len(act.moves)))


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
