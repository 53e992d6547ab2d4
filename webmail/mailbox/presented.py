"""An opened message as the values its template writes."""

from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Message, Role
from webmail.mailbox.consent import domain_of, is_credible, sender_of
from webmail.mailbox.doubts import doubts_of, remarks, warnings
from webmail.mailbox.enclosures import enclosed_files
from webmail.mailbox.files import files_of
from webmail.mailbox.particulars import particulars
from webmail.mailbox.rows import is_machine
from webmail.mailbox.shown import Shown
from webmail.mailbox.side import folder_label, folder_url
from webmail.mime.types import Address


def present(account: Account, mailbox: Mailbox, message: Message, shown: Shown, suffix: str) -> dict[str, Any]:
    """Context of _message.html. `suffix` is the query string of the list it was opened from."""
    ref, headers = message.ref, message.headers
    here = mailbox.folder(ref.folder)
    files = files_of(account, ref, message.body.attachments, suffix) + enclosed_files(account, mailbox, message, shown)
    doubts = doubts_of(account, message, shown)
    place = [account.pk, ref.folder, ref.uidvalidity]
    return {
        "message": message,
        "shown": shown,
        "particulars": particulars(account, mailbox, message, shown),
        "sender": message.sender,
        "more_senders": headers.sender[1:],
        "is_machine": is_machine(headers),
        "is_known": bool(message.sender.address),
        "to_line": to_line(account, headers.to + headers.cc + headers.bcc),
        "moment": moment(message),
        "files": files,
        "files_url": reverse("mailbox:all_files", args=[*place, ref.uid]),
        "files_size": sum(file.size for file in files),
        "body_url": reverse("mailbox:body", args=[*place, ref.uid]),
        "raw_url": reverse("mailbox:raw", args=[*place, ref.uid]),
        "print_url": reverse("mailbox:printed", args=[*place, ref.uid]) + suffix,
        "source_url": reverse("mailbox:source", args=[*place, ref.uid]) + suffix,
        "warnings": warnings(doubts),
        "remarks": remarks(doubts),
        "pictures_url": reverse("mailbox:allow_pictures", args=[*place, ref.uid]),
        "pictures_sender": sender_of(message) if is_credible(message, here) else "",
        "pictures_domain": domain_of(message),
        "act_url": reverse("mailbox:act", args=place),
        "back_url": folder_url(account.pk, ref.folder) + suffix,
        "folder": here,
        "folder_title": folder_label(here),
        "in_trash": here.role == Role.TRASH,
        "in_junk": here.role == Role.JUNK,
    }


def to_line(account: Account, people: tuple[Address, ...]) -> str:
    """“to me, Anna and 3 others”."""
    if not people:
        return _("no recipient is named")
    own = account.address.lower()
    labels = [_("me") if person.address.lower() == own else person.label for person in people[:2]]
    line, more = _("to %(people)s") % {"people": ", ".join(labels)}, len(people) - 2
    if more <= 0:
        return line
    words = ngettext("%(line)s and %(number)d more", "%(line)s and %(number)d more", more)
    return words % {"line": line, "number": more}


def moment(message: Message) -> str:
    """Day and time where the reader is."""
    try:
        local = timezone.localtime(message.summary.date)
    except (OverflowError, ValueError):
        local = message.summary.date
    if local.date() == timezone.localdate():
        return _("Today, %(time)s") % {"time": formats.time_format(local, "TIME_FORMAT")}
    return formats.date_format(local, "DATETIME_FORMAT")
