"""Answers to invitations (RFC 6047): a mail to the organizer that a person reads and a calendar understands.

The card's button → views/invitations.py → answer(): the invitation is read again from the mail, its answer written
(mime/calendar_reply.py), frozen and enqueued under a key that the page has made and that the answer is part of: a
second click finds the first one's row. No draft is stored; from there on it is a mail like any other (outbox.py).
"""

from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from webmail.compose import letters, outbox
from webmail.compose.models import Draft, Mode, Outgoing
from webmail.compose.outbox import Frozen
from webmail.mailbox import invitation_words
from webmail.mailbox.base import Message
from webmail.mime.calendar import Answer, Attendee, Invitation
from webmail.mime.calendar_reply import invited, write_reply
from webmail.mime.compose import build
from webmail.mime.reply import thread_of
from webmail.mime.types import Address, Letter

SUBJECTS = {
    Answer.ACCEPTED: gettext_lazy("Accepted: %(event)s"),
    Answer.TENTATIVE: gettext_lazy("Perhaps: %(event)s"),
    Answer.DECLINED: gettext_lazy("Declined: %(event)s"),
}
SENTENCES = {
    Answer.ACCEPTED: gettext_lazy("%(who)s will come."),
    Answer.TENTATIVE: gettext_lazy("%(who)s may come."),
    Answer.DECLINED: gettext_lazy("%(who)s will not come."),
}


def answer(account: Account, message: Message, invitation: Invitation, given: Answer, key: UUID) -> Outgoing | None:
    """The mail on its way; None where the account is not asked, or can't send."""
    attendee = invited(invitation, account.address)
    if attendee is None or not letters.can_send(account):
        return None
    letter = _letter(account, message, invitation, attendee, given)
    date = timezone.localtime()
    message_id = letters.new_message_id(account.address)
    raw = build(letter, message_id=message_id, date=date, keep_bcc=True)
    recipients = tuple(person.address for person in letter.to)
    return outbox.enqueue(
        _draft(account, message, letter, uuid5(key, given)),
        Frozen(raw, message_id, date, account.address, recipients),
    )


def _letter(account: Account, message: Message, invitation: Invitation, attendee: Attendee, given: Answer) -> Letter:
    event = letters.CONTROL.sub(" ", invitation.summary) or _("(no subject)")
    sender, organizer = letters.sender_of(account), invitation.organizer or Address("", "")
    lines = [str(SENTENCES[given]) % {"who": sender.label}, "", event, invitation_words.when(invitation)]
    thread = tuple(filter(letters.MESSAGE_ID.fullmatch, thread_of(message.headers)))
    return Letter(
        sender=sender,
        to=(Address(letters.CONTROL.sub(" ", organizer.name), organizer.address),),
        subject=str(SUBJECTS[given]) % {"event": event},
        text="\n".join(lines).strip(),
        in_reply_to=thread[-1] if thread else "",
        references=thread,
        calendar_reply=write_reply(invitation, attendee, given, timezone.now()),
    )


def _draft(account: Account, message: Message, letter: Letter, key: UUID) -> Draft:
    """Never stored: enqueue() takes from it whose mail it is, and what it answers."""
    ref = message.ref
    return Draft(
        pk=key,
        account=account,
        subject=letter.subject,
        mode=Mode.REPLY,
        source_account=account,
        source_folder=ref.folder,
        source_uidvalidity=ref.uidvalidity,
        source_uid=ref.uid,
    )
