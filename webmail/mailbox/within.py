"""A message within a message, opened in its place: its text, its own files, and the messages within it.

particulars() → a card for each, with who and what of its header → opened by a click: views/within.py → message_within
→ opened_within(), a Message of the same ref whose structure is the inner one's → the same shown_body(), files_of() and
particulars() as any message has: its sections are addressed within the whole mail. Nothing is stored but what shown.py
and kept.py keep. Its header is only what the outer sender says that another wrote: no consent and no trust follows from
it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Message, Summary
from webmail.mailbox.doubts import doubts_of, remarks, warnings
from webmail.mailbox.enclosures import enclosed_files
from webmail.mailbox.files import file_name, files_of
from webmail.mailbox.incomplete import missing
from webmail.mailbox.shown import Shown, part_url
from webmail.mime.headers import parse_headers
from webmail.mime.nested import NestedMessage, messages_within
from webmail.mime.types import Headers, Part

HEADERS_READ = 10  # for the cards of one message; the others tell who wrote them once they are opened
HEADER_LIMIT = 64 * 1024  # octets


@dataclass(frozen=True, slots=True)
class Card:
    """A message within, closed. `headers` are None where they were not read; `name` is that of the file it is."""

    name: str
    url: str  # where it opens
    headers: Headers | None = None


def cards(account: Account, mailbox: Mailbox, message: Message, suffix: str) -> Iterator[Card]:
    """`suffix`: the query string of the list that the message was opened from."""
    for number, nested in enumerate(messages_within(message.structure)):
        headers = _headers(mailbox, message, nested) if number < HEADERS_READ else None
        yield Card(file_name(nested.part), within_url(account, message, nested.part) + suffix, headers)


def within_url(account: Account, message: Message, part: Part) -> str:
    ref = message.ref
    return reverse("mailbox:within", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid, part.section])


def opened_within(mailbox: Mailbox, message: Message, nested: NestedMessage) -> Message:
    """The inner one, with the place and the time of arrival of the whole."""
    outer = message.summary
    headers = _headers(mailbox, message, nested)
    summary = Summary(
        message.ref, headers, frozenset(), outer.received, nested.part.size, bool(nested.body.attachments)
    )
    return Message(summary, nested.content, nested.body)


def _headers(mailbox: Mailbox, message: Message, nested: NestedMessage) -> Headers:
    """Without what seems to be a server's judgement: whoever attached the message may have written that too."""
    headers = parse_headers(mailbox.read_lasting(message.ref, nested.header, HEADER_LIMIT))
    return replace(headers, authentication=())


def present_within(
    account: Account, mailbox: Mailbox, message: Message, part: Part, shown: Shown, suffix: str
) -> dict[str, Any]:
    """Context of _within.html but for its particulars. `message` is the inner one (opened_within), `part` the
    message/rfc822 that it is."""
    ref = message.ref
    files = files_of(account, ref, message.body.attachments, suffix) + enclosed_files(account, mailbox, message, shown)
    doubts = doubts_of(account, message, shown)
    place = [account.pk, ref.folder, ref.uidvalidity, ref.uid]
    headers = message.headers
    people = (
        (_("From"), headers.sender),
        (_("Reply to"), headers.reply_to),
        (_("To"), headers.to),
        (_("Cc"), headers.cc),
    )
    return {
        "message": message,
        "people": [(label, persons) for label, persons in people if persons],
        "section": part.section,
        "shown": shown,
        "files": files,
        "files_size": sum(file.size for file in files),
        "body_url": f"{within_url(account, message, part)}body/",
        "raw_url": part_url(account, ref, part),
        "warnings": warnings(doubts),
        "remarks": remarks(doubts) + missing(message, shown),
        "pictures_url": reverse("mailbox:allow_pictures", args=place),
        "back_url": reverse("mailbox:message", args=place) + suffix,
    }
