"""A draft's copy in the account's Drafts folder, so that other programs see it: the new one in first, then the old one
out, by its uid.

    saved draft → put(): append → remember where it is → delete what was there before, that message only
                                                         (RFC 4315, UID EXPUNGE)

A line that is cut anywhere leaves one copy or two, never none, and the row in our database is the draft whatever
happens to its copy. Of two saves at once the one that finds another's copy noted takes its own away again and begins
anew; one that finds the draft sent or thrown away meanwhile leaves no copy either.
"""

from django.utils import timezone

from accounts.fields import WrongKey
from accounts.models import Account
from accounts.wording import Explanation, explain
from webmail.compose.letters import copy_for_drafts, new_message_id
from webmail.compose.models import Draft, Outgoing
from webmail.mailbox.base import (
    Flag,
    FolderExists,
    FolderRefused,
    Mailbox,
    MessageRef,
    NoSuchFolder,
    NoSuchMessage,
    Role,
    StaleReference,
)
from webmail.mailbox.opening import may_sign_in_unasked, open_mailbox
from webmail.protocols.errors import MailServerError

DRAFTS_FOLDER = "Drafts"  # where the account has none
PLACE = ("mirror_account", "mirror_folder", "mirror_uidvalidity", "mirror_uid")
GONE = (NoSuchFolder, NoSuchMessage, StaleReference)


def put(draft: Draft) -> Explanation | None:
    """Write the draft's present state into its account's Drafts folder; why that was not possible, or None. While
    files are still to be fetched from the message it began from, nothing is done: that message may be the copy that
    would go."""
    if draft.carried:
        return None
    try:
        while not Outgoing.objects.filter(key=draft.pk).exists() and not _replaced(draft):
            draft.refresh_from_db()
    except Draft.DoesNotExist:
        return None
    except (MailServerError, WrongKey) as error:
        return explain(error)
    except (NoSuchFolder, FolderExists, FolderRefused) as error:
        return Explanation(str(error), "")
    return None


def _replaced(draft: Draft) -> bool:
    """The new copy in, the old one out; False when somebody else has done so meanwhile, or the draft is gone."""
    old_account, old_place = draft.mirror_account, draft.mirror
    with open_mailbox(draft.account) as mailbox:
        place = _append(mailbox, draft)
    replaced = _remember(draft, draft.account, place)
    _delete(*((old_account, old_place) if replaced else (draft.account, place)))
    return replaced


def remove(draft: Draft) -> None:
    """Take the copy off the server. Raises MailServerError, WrongKey."""
    _delete(draft.mirror_account, draft.mirror)
    while not _remember(draft, None, None) and (newer := Draft.objects.filter(pk=draft.pk).first()):
        draft = newer
        _delete(draft.mirror_account, draft.mirror)


def discard(draft: Draft) -> Explanation | None:
    """As remove(), with the reason instead of an exception."""
    try:
        remove(draft)
    except (MailServerError, WrongKey) as error:
        return explain(error)
    return None


def _append(mailbox: Mailbox, draft: Draft) -> MessageRef | None:
    """The new copy's place; looked up by its Message-ID where the server does not tell (no UIDPLUS)."""
    folder = mailbox.folder_by_role(Role.DRAFTS) or mailbox.create_folder(DRAFTS_FOLDER)
    message_id = new_message_id(draft.account.address)
    raw = copy_for_drafts(draft, message_id, timezone.localtime())
    place = mailbox.append(folder.name, raw, flags=[Flag.DRAFT, Flag.SEEN])
    return place or mailbox.find_message_id(folder.name, message_id)


def _remember(draft: Draft, account: Account | None, ref: MessageRef | None) -> bool:
    """Note where the copy is; False, and nothing is noted, unless it is still noted to be where this draft says."""
    known = {name: getattr(draft, name) for name in PLACE}
    uidvalidity, uid = (ref.uidvalidity, ref.uid) if ref else (None, None)
    now = dict(zip(PLACE, (account, ref.folder if ref else "", uidvalidity, uid), strict=True))
    unchanged = Draft.objects.filter(pk=draft.pk, **known)
    if known == now:  # most drafts are sent before they have a copy: nothing to write
        return unchanged.exists()
    if not unchanged.update(**now):
        return False
    for name, value in now.items():
        setattr(draft, name, value)
    return True


def _delete(account: Account | None, ref: MessageRef | None) -> None:
    if account is None or ref is None or not may_sign_in_unasked(account):
        return
    with open_mailbox(account) as mailbox:
        try:
            mailbox.delete(ref.folder, ref.uidvalidity, [ref.uid])
        except GONE:
            return  # somebody else removed it
