"""The texts of a message as HTML of the page: the one that is shown first, and what else is read below it.

shown.py → escaped() for a text/plain; pieces_beside() reads each further part (mime/further.py), a round trip each, and
only mail that has some pays for it. Every piece is a document of its own, escaped alone; of HTML that is not the
message's first, its words are shown, and the part stays among the files. What is kept is shown.py's to decide.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Message
from webmail.mime.further import TEXT_OCTETS, is_picture
from webmail.mime.reply import is_forwarded
from webmail.mime.text import Rendered, decode_text, decode_transfer, html_to_text, render_text
from webmail.mime.types import Part


@dataclass(slots=True)
class Beside:
    """`pieces` in the order of the message, as JSON has them: [kind, section, html or name], the kind being "text",
    "words" (of HTML) or "picture"; the first `before` of them stand above the first text."""

    pieces: list[list[str]] = field(default_factory=list)
    before: int = 0
    doubts: list[list[Any]] = field(default_factory=list)


def escaped(account: Account, message: Message, part: Part, octets: bytes) -> Rendered:
    """A plain text, transfer encoding undone, with its quotes folded."""
    params = dict(part.params)
    return render_text(
        decode_text(octets, part.charset),
        flowed=params.get("format", "").lower() == "flowed",
        delsp=params.get("delsp", "").lower() == "yes",
        fold=_("Show quoted text"),
        folds_original=not is_forwarded(message.headers.subject),
        known=known_hosts(account, message),
    )


def known_hosts(account: Account, message: Message) -> tuple[str, ...]:
    """Those that a link may be made to resemble: the sender's and the reader's."""
    return tuple(address.rpartition("@")[2] for address in (message.sender.address, account.address))


def pieces_beside(mailbox: Mailbox, account: Account, message: Message, used: Collection[str]) -> Beside:
    """All that is read besides the first text; `used`: sections of pictures that its HTML shows already."""
    found = Beside()
    order = [part.section for part in message.structure.walk()]
    first = message.body.html or message.body.text
    for part in message.body.more:
        if part.section in used:
            continue
        found.pieces.append(_piece(mailbox, account, message, part, found))
        found.before += first is not None and order.index(part.section) < order.index(first.section)
    return found


def _piece(mailbox: Mailbox, account: Account, message: Message, part: Part, found: Beside) -> list[str]:
    if is_picture(part):
        return ["picture", part.section, part.filename]
    octets = decode_transfer(mailbox.read_part(message.ref, part, TEXT_OCTETS), part.encoding)
    if part.content_type == "text/html":
        words = html_to_text(decode_text(octets, part.charset))
        return ["words", part.section, render_text(words, known=known_hosts(account, message)).html]
    rendered = escaped(account, message, part, octets)
    found.doubts += [doubt.values for doubt in rendered.doubts]
    return ["text", part.section, rendered.html]
