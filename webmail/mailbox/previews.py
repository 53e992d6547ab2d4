"""What of a file is shown in place, and of a message's source: read in one piece of a fixed size, judged by octets.

views/previews.preview → preview_of() → read_part(READ_LIMIT) → recognised() → text for the page itself, or the address
of embedded(), which judges the first octets of its own stream again. Nothing is stored.
"""

from dataclasses import dataclass

from webmail.mailbox.base import Mailbox, MessageRef
from webmail.mime.kinds import HEAD_LIMIT, Kind, recognised
from webmail.mime.text import decode_text, decode_transfer
from webmail.mime.types import Part
from webmail.mime.verbatim import verbatim

READ_LIMIT = HEAD_LIMIT // 3 * 4  # encoded octets
TEXT_LIMIT = 256 * 1024  # octets of a text
SOURCE_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Preview:
    """`kind` None: not to be shown. `text` of Kind.TEXT, not escaped; `is_cut`: there is more of it."""

    kind: Kind | None = None
    text: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A message as it stands, not escaped: its header block, and what follows the empty line."""

    header: str
    body: str
    is_cut: bool


def preview_of(mailbox: Mailbox, ref: MessageRef, part: Part) -> Preview:
    encoded = mailbox.read_part(ref, part, READ_LIMIT)
    octets = decode_transfer(encoded, part.encoding)
    shown = recognised(octets[:HEAD_LIMIT], part.content_type, part.filename)
    if shown is None or not shown.is_reasonable:
        return Preview()
    if shown.kind is not Kind.TEXT:
        return Preview(shown.kind)
    is_cut = len(encoded) >= READ_LIMIT or len(octets) > TEXT_LIMIT
    return Preview(Kind.TEXT, verbatim(decode_text(octets[:TEXT_LIMIT], part.charset)), is_cut)


def source_of(mailbox: Mailbox, ref: MessageRef) -> Source:
    octets = b""
    for chunk in mailbox.stream_raw(ref):
        octets += chunk
        if len(octets) > SOURCE_LIMIT:
            break
    text = verbatim(octets[:SOURCE_LIMIT].decode("utf-8", "replace"))
    header, _empty, body = text.partition("\n\n")
    return Source(header, body, len(octets) > SOURCE_LIMIT)
