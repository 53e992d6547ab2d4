"""Files that are no parts of their own: uuencode and yEnc within a text, all that winmail.dat holds.

present() → enclosed_files(): those of the shown text are known from it (shown.py), a winmail.dat of some size is opened
when the message is; a larger one, or one too many, stays the file it is. A download reads the part again and takes one
file out of it: nothing is stored, and memory holds one part of at most SAVED_LIMIT octets. entries_of() → zipped.py:
the same files as the cards, after those that are parts.
"""

from collections.abc import Iterator
from functools import partial
from itertools import chain

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Message, MessageRef
from webmail.mailbox.files import File, decoded_size, file_card, file_name
from webmail.mailbox.shown import Shown
from webmail.mailbox.zipped import Entry
from webmail.mime.enclosed import split_text
from webmail.mime.text import decode_transfer
from webmail.mime.tnef import is_tnef, read_tnef
from webmail.mime.types import Attachment, Part

OPENED_LIMIT = 2 * 2**20  # encoded octets of all winmail.dat that are looked into when a message is opened
SAVED_LIMIT = 40 * 2**20  # encoded octets of a part that a file is taken out of


def enclosed_files(account: Account, mailbox: Mailbox, message: Message, shown: Shown) -> list[File]:
    """Their cards, in the order of the message."""
    return list(_cards(account, mailbox, message, shown))


def _cards(account: Account, mailbox: Mailbox, message: Message, shown: Shown) -> Iterator[File]:
    part = message.body.text
    if part and shown.is_text:
        for number, (name, size) in enumerate(shown.enclosed):
            yield _card(account, message.ref, part, number, name, size)
    for part in _opened_parts(message):
        for number, file in enumerate(read_enclosed(mailbox, message.ref, part)):
            yield _card(account, message.ref, part, number, file.filename, len(file.content))


def _opened_parts(message: Message) -> Iterator[Part]:
    """The winmail.dat that are looked into."""
    left = OPENED_LIMIT
    for part in message.body.attachments:
        if is_tnef(part.content_type, part.filename) and part.size <= left:
            left -= part.size
            yield part


def entries_of(mailbox: Mailbox, message: Message) -> Iterator[Entry]:
    """All files of the message for a zip, under their names in the reader's language of now. A part that holds others
    is read when their turn comes, so memory holds one such part."""
    attachments = [
        Entry(file_name(part), decoded_size(part), partial(mailbox.stream_part, message.ref, part))
        for part in message.body.attachments
    ]
    return chain(attachments, _enclosed_entries(mailbox, message, _("attachment")))


def _enclosed_entries(mailbox: Mailbox, message: Message, nameless: str) -> Iterator[Entry]:
    words = [message.body.text] if message.body.text and not message.body.html else []
    for part in (*words, *_opened_parts(message)):
        for file in read_enclosed(mailbox, message.ref, part):
            yield Entry(file.filename or nameless, len(file.content), partial(iter, (file.content,)))


def _card(account: Account, ref: MessageRef, part: Part, number: int, name: str, size: int) -> File:
    place = [account.pk, ref.folder, ref.uidvalidity, ref.uid, part.section, number]
    return file_card(name or _("attachment"), reverse("mailbox:enclosed", args=place), size, "application/octet-stream")


def read_enclosed(mailbox: Mailbox, ref: MessageRef, part: Part) -> tuple[Attachment, ...]:
    """The files within this part, () for a part of another kind or one that is too large."""
    is_wrapped = is_tnef(part.content_type, part.filename)
    if part.size > SAVED_LIMIT or not (is_wrapped or part.content_type == "text/plain"):
        return ()
    octets = decode_transfer(mailbox.read_part(ref, part, SAVED_LIMIT), part.encoding)
    if not is_wrapped:
        return split_text(octets).files
    opened = read_tnef(octets)
    return opened.files if opened else ()
