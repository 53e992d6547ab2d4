"""From a draft as it was typed to the mail as it is sent: addresses read strictly, files read in, octets frozen.

A draft may hold anything; what can't be sent is told in sentences (problems), never mended silently. The mail's
Message-ID and Date are made here, once, and frozen with it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.models import Account, User
from accounts.prepared import Prepared
from webmail.compose.models import Draft, Upload
from webmail.compose.outbox import Frozen
from webmail.compose.uploading import Received
from webmail.mime.compose import build, wire_address
from webmail.mime.headers import parse_addresses
from webmail.mime.types import Address, Attachment, Letter

MOST_RECIPIENTS = 500
DATE = re.compile(rb"^Date: [^\r\n]*", re.MULTILINE)
CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
TEXTS = ("to", "cc", "bcc", "subject")

_uploads_of = Prepared(Upload, "draft__account__user", "draft")


def problems(draft: Draft) -> dict[str, list[str]]:
    """What keeps this draft from being sent, in sentences, by the field to mend ("" for none); empty when nothing
    does."""
    found: dict[str, list[str]] = {}
    for field in TEXTS:
        if CONTROL.search(getattr(draft, field)):
            found[field] = [_("Line breaks and control characters are not allowed here.")]
    for field in ("to", "cc", "bcc"):
        if field not in found and (bad := _unusable(getattr(draft, field))):
            found[field] = [_("This is not an e-mail address: %(text)s") % {"text": each[:100]} for each in bad]
    if found:
        return found
    recipients = envelope(draft)
    if not recipients:
        return {"to": [_("Enter at least one recipient.")]}
    if len(recipients) > MOST_RECIPIENTS:
        text = _("A mail can go to at most %(count)s people at a time.") % {"count": MOST_RECIPIENTS}
        return {"to": [text]}
    return _account_problems(draft.account) or _file_problems(draft)


def can_send(account: Account) -> bool:
    return bool(account.outgoing_host)


def _account_problems(account: Account) -> dict[str, list[str]]:
    if can_send(account):
        return {}
    return {
        "account": [_("This account has no server for sending. Enter one in its settings, or choose another account.")]
    }


def _file_problems(draft: Draft) -> dict[str, list[str]]:
    if draft.carried:
        return {"files": [_("Not all files of the original mail could be fetched. Try again, or leave them out.")]}
    return {"files": [too_large()]} if total_size(draft) > settings.UPLOAD_LIMIT else {}


def fits(user: User, draft_id: UUID, files: Sequence[Received]) -> bool:
    """Whether a draft may get these files too; asked before any is stored, so that nobody fills the disk."""
    if not files:
        return True
    before = sum(upload.size for upload in _uploads_of(user.pk, draft_id))
    return before + sum(file.size or 0 for file in files) <= settings.UPLOAD_LIMIT


def total_size(draft: Draft) -> int:
    return sum(upload.size for upload in draft.uploads.all())


def too_large() -> str:
    limit = number_format(settings.UPLOAD_LIMIT // 2**20)
    return _("The files of a mail can have %(limit)s MB in all. Take some out.") % {"limit": limit}


def not_added() -> str:
    limit = number_format(settings.UPLOAD_LIMIT // 2**20)
    return _("The files picked last were not added: the files of a mail can have %(limit)s MB in all.") % {
        "limit": limit
    }


def envelope(draft: Draft) -> list[str]:
    """Everybody who gets the mail, each once, in the order of the fields. Raises nothing: call problems() first."""
    addresses = (address.address for field in (draft.to, draft.cc, draft.bcc) for address in parse_addresses(field))
    return list({address.lower(): address for address in addresses}.values())


def _unusable(text: str) -> list[str]:
    return [_spelled(address) for address in parse_addresses(text) if not _is_meant(address, text)]


def _spelled(address: Address) -> str:
    return " ".join(filter(None, [address.name, address.address]))


def _is_meant(address: Address, text: str) -> bool:
    """A reader of mail makes the best of "a@exa mple.org"; a writer must not send to a@exa."""
    in_angles = f"<{address.address}>".replace(" ", "") in text.replace(" ", "")
    return _is_usable(address) and (not address.name or in_angles or "(" in text)


def is_usable(text: str) -> bool:
    """Whether this is one bare address, as an envelope has it."""
    found = parse_addresses(text)
    return [each.address for each in found] == [text] and "@" in text and _is_usable(found[0])


def _is_usable(address: Address) -> bool:
    try:
        wire_address(address.address)
    except ValueError:
        return False
    return True


def freeze(draft: Draft, leaves: datetime | None = None) -> Frozen:
    """The octets and the envelope, with the date at which the mail `leaves` (scheduling.py), or now. Raises ValueError
    where problems() would have said something."""
    date = leaves or timezone.localtime()
    message_id = new_message_id(draft.account.address)
    raw = build(letter_of(draft), message_id=message_id, date=date, keep_bcc=True)
    return Frozen(raw, message_id, date, draft.account.address, tuple(envelope(draft)))


def redated(raw: bytes, date: datetime) -> bytes:
    """The same mail with another Date, which build() writes on one line."""
    header, end, body = raw.partition(b"\r\n\r\n")
    written = b"Date: " + format_datetime(date).encode("ascii")
    return DATE.sub(written, header, count=1) + end + body


def copy_for_drafts(draft: Draft, message_id: str, date: datetime) -> bytes:
    """The draft as other programs shall see it. What is no address yet, or could break the header, is left out."""
    letter = letter_of(draft)
    to, cc, bcc = (tuple(filter(_is_usable, people)) for people in (letter.to, letter.cc, letter.bcc))
    safe = replace(letter, subject=CONTROL.sub(" ", letter.subject), to=to, cc=cc, bcc=bcc)
    return build(safe, message_id=message_id, date=date, keep_bcc=True)


def new_message_id(sender: str) -> str:
    """Tells nothing about the machine or the moment (RFC 5322, 3.6.4)."""
    domain = wire_address(sender).rpartition("@")[2].strip("[]")
    return f"<{uuid4().hex}@{domain}>"


def letter_of(draft: Draft) -> Letter:
    account = draft.account
    return Letter(
        sender=sender_of(account),
        to=parse_addresses(draft.to),
        cc=parse_addresses(draft.cc),
        bcc=parse_addresses(draft.bcc),
        subject=draft.subject,
        text=draft.text,
        html=draft.html,
        in_reply_to=draft.in_reply_to if MESSAGE_ID.fullmatch(draft.in_reply_to) else "",
        references=tuple(filter(MESSAGE_ID.fullmatch, draft.references.split())),
        attachments=tuple(_attachments(draft.uploads.all())),
    )


def sender_of(account: Account) -> Address:
    name = account.sender_name or account.user.get_full_name()
    return Address(CONTROL.sub(" ", name), account.address)


def _attachments(uploads: Iterable[Upload]) -> Iterable[Attachment]:
    for upload in uploads:
        with upload.file.open("rb") as file:
            yield Attachment(upload.filename, upload.content_type, file.read())
