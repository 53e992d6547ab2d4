"""An opened message as the values its templates write."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Folder, Mailbox, Message, Role
from webmail.mailbox.consent import domain_of, is_credible, sender_of
from webmail.mailbox.dates import clock, in_zone, words_of
from webmail.mailbox.doubts import doubts_of, remarks, warnings
from webmail.mailbox.enclosures import enclosed_files
from webmail.mailbox.files import files_of
from webmail.mailbox.incomplete import missing
from webmail.mailbox.particulars import Particulars, particulars
from webmail.mailbox.places import places_of
from webmail.mailbox.shown import Shown
from webmail.mailbox.side import folder_url
from webmail.mime.types import Address


def present(account: Account, mailbox: Mailbox, message: Message, shown: Shown, suffix: str) -> dict[str, Any]:
    """What pane.py and _above.html write. `suffix` is the query string of the list it was opened from."""
    ref = message.ref
    here = mailbox.folder(ref.folder)
    places = places_of(account.pk, ref)
    files = files_of(account, ref, message.body.attachments, suffix) + enclosed_files(account, mailbox, message, shown)
    doubts = doubts_of(account, message, shown)
    told = particulars(account, mailbox, message, shown, suffix)
    return {
        "message": message,
        "shown": shown,
        "subject": message.headers.subject or _("(no subject)"),
        "particulars": None if told == Particulars() else told,
        "files": files,
        "files_url": f"{places.message}files/",
        "files_size": sum(file.size for file in files),
        "warnings": warnings(doubts),
        "remarks": remarks(doubts) + missing(message, shown),
        **_pictures(message, shown, here),
        "pictures_url": f"{places.message}pictures/",
        "raw_url": f"{places.message}raw/",
        "place": places.message,
        "answers": places.answers,
        "act_url": places.act,
        "suffix": suffix,
        "back_url": folder_url(account.pk, ref.folder) + suffix,
        "folder": here,
        "in_trash": here.role == Role.TRASH,
        "in_junk": here.role == Role.JUNK,
    }


def _pictures(message: Message, shown: Shown, here: Folder) -> dict[str, str]:
    """Of whom pictures may be allowed, where there are any."""
    if not shown.blocked_images:
        return {}
    sender = sender_of(message) if is_credible(message, here) else ""
    return {"pictures_sender": sender, "pictures_domain": domain_of(message)}


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


def moments(message: Message) -> tuple[str, str]:
    """Day and time where the reader is: as people say it, and in full."""
    zone, language = timezone.get_current_timezone(), get_language() or ""
    today, local = timezone.localdate(timezone=zone), in_zone(message.summary.date, zone)
    words, time = words_of(local.date(), today, language), clock(local.hour, local.minute, language)
    full = f"{words.before}{time}{words.after}"
    return (_("Today, %(time)s") % {"time": time} if local.date() == today else full), full
