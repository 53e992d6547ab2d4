"""Delivery reports, read receipts and protections in the reader's words."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webmail.mime.protection import Kind, Protection
from webmail.mime.report import Delivery, Disposition, Outcome, Reason, Receipt

OUTCOMES = {
    Outcome.FAILED: gettext_lazy("The message did not reach %(who)s."),
    Outcome.DELAYED: gettext_lazy("The message has not reached %(who)s yet. The server goes on trying."),
    Outcome.DELIVERED: gettext_lazy("The message was delivered to %(who)s."),
    Outcome.RELAYED: gettext_lazy("The message was passed on to the server of %(who)s, which confirms nothing."),
    Outcome.EXPANDED: gettext_lazy("The message was passed on to the members of %(who)s."),
    Outcome.UNKNOWN: gettext_lazy("The report does not say what became of the message to %(who)s."),
}
REASONS = {
    Reason.NO_SUCH_ADDRESS: gettext_lazy("There is no such address."),
    Reason.NO_SUCH_DOMAIN: gettext_lazy("There is no mail server of that name: look at what follows the @."),
    Reason.ADDRESS_MALFORMED: gettext_lazy("The address is not written as addresses are."),
    Reason.MOVED: gettext_lazy("The person has moved, and left no new address."),
    Reason.MAILBOX_DISABLED: gettext_lazy("The mailbox accepts no mail."),
    Reason.MAILBOX_FULL: gettext_lazy("The mailbox is full."),
    Reason.TOO_LARGE: gettext_lazy("The message is too large."),
    Reason.SERVER_FULL: gettext_lazy("The server has no room left."),
    Reason.NOT_REACHED: gettext_lazy("The server did not answer."),
    Reason.EXPIRED: gettext_lazy("It was tried for a long time, in vain."),
    Reason.LOOP: gettext_lazy("The message went round in circles between servers."),
    Reason.CONTENT: gettext_lazy("The server does not accept messages of this form."),
    Reason.SENDER_NOT_AUTHENTICATED: gettext_lazy("The server does not believe that the sender's domain sent it."),
    Reason.REFUSED: gettext_lazy("The server refused it by its own rules, perhaps as spam."),
}
RECEIPTS = {
    Disposition.DISPLAYED: gettext_lazy("The mail program of %(who)s says that your message was displayed."),
    Disposition.DELETED: gettext_lazy("The mail program of %(who)s says that your message was deleted."),
    Disposition.DISPATCHED: gettext_lazy("The mail program of %(who)s says that your message was passed on."),
    Disposition.PROCESSED: gettext_lazy("The mail program of %(who)s says that your message was processed."),
    Disposition.DENIED: gettext_lazy("%(who)s does not say whether your message was read."),
}


def delivery_line(delivery: Delivery) -> str:
    """What became of it and why, in sentences."""
    line = OUTCOMES[delivery.outcome] % {"who": delivery.recipient}
    if delivery.outcome in (Outcome.FAILED, Outcome.DELAYED) and delivery.reason in REASONS:
        line = f"{line} {REASONS[delivery.reason]}"
    if delivery.outcome == Outcome.DELAYED and delivery.retried_until:
        until = formats.date_format(timezone.localtime(delivery.retried_until), "DATETIME_FORMAT")
        line = f"{line} " + _("It gives up on %(moment)s.") % {"moment": until}
    return line


def receipt_line(receipt: Receipt) -> str:
    words = RECEIPTS.get(receipt.disposition, gettext_lazy("A read receipt of %(who)s that says nothing."))
    return words % {"who": receipt.recipient}


def protection_line(protection: Protection) -> str:
    """What it is, and that nobody looked whether it holds."""
    standard = {"standard": protection.standard.value or _("an unknown method")}
    if protection.kind == Kind.CERTIFICATES:
        return _("This message carries certificates.")
    if protection.kind == Kind.ENCRYPTED and protection.covers_all:
        return _("Encrypted with %(standard)s: it can only be read in a program that has your key.") % standard
    if protection.kind == Kind.ENCRYPTED:
        return _("A part is encrypted with %(standard)s. What stands around it may come from someone else.") % standard
    if not protection.is_readable:
        return (
            _("Signed with %(standard)s, in a form that can't be shown here. Save the message to read it.") % standard
        )
    if protection.covers_all:
        return _("Signed with %(standard)s. The signature was not checked.") % standard
    return _("Only a part is signed with %(standard)s, and the signature was not checked.") % standard
