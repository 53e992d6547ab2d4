"""A piece of a sound or film, as players ask for it (RFC 9110, 14): from the middle, without what comes before.

embedded() → piece_of() → the body's first and last octets, two short reads → its layout (webmail/mime/layout.py) → the
lines that hold the piece. Where the layout is not known or not as it seemed at first, the whole is given as ever;
where it shows only on the way that it is not, the answer breaks off.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from webmail.mailbox.base import Mailbox, MessageRef
from webmail.mime.kinds import Kind, recognised
from webmail.mime.layout import PROBE, Layout, Misplaced, layout_of
from webmail.mime.text import decode_transfer
from webmail.mime.types import Part

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Octets `start` to before `stop` of `size`; none, where what was asked for lies behind the end."""

    content_type: str
    start: int
    stop: int
    size: int
    chunks: Iterator[bytes]


def piece_of(mailbox: Mailbox, ref: MessageRef, part: Part, asked: str) -> Piece | None:
    """`asked`: a Range header. None where the whole is to be given: another file, several ranges, an odd layout."""
    span = _ONE_RANGE.fullmatch(asked)
    if not span or not (span[1] or span[2]):
        return None
    head = mailbox.read_part(ref, part, PROBE)
    shown = recognised(decode_transfer(head, part.encoding), part.content_type, part.filename)
    if shown is None or shown.kind not in (Kind.AUDIO, Kind.VIDEO):
        return None
    tail = b"".join(mailbox.stream_encoded(ref, part, max(part.size - PROBE, 0), part.size + 1))
    layout = layout_of(part.encoding, part.size, head, tail) if len(tail) == min(part.size, PROBE) else None
    if layout is None:
        return None
    start, stop = _resolved(span[1], span[2], layout.size)
    chunks = _begun(mailbox, ref, part, layout, start, stop) if start < stop else iter(())
    return Piece(shown.content_type, start, stop, layout.size, chunks) if chunks else None


def _begun(
    mailbox: Mailbox, ref: MessageRef, part: Part, layout: Layout, start: int, stop: int
) -> Iterator[bytes] | None:
    """The piece, its first chunk read; None where that shows already that the lines are others."""
    chunks = layout.decode(mailbox.stream_encoded(ref, part, *layout.place(start, stop)), start, stop)
    try:
        first = next(chunks, b"")
    except Misplaced:
        return None
    return chain((first,), chunks)


def _resolved(first: str, last: str, size: int) -> tuple[int, int]:
    """From where to before where; (size, size) for what can't be satisfied."""
    if not first:
        return max(size - int(last), 0), size
    start, stop = int(first), min(int(last) + 1, size) if last else size
    return (start, stop) if start < stop else (size, size)
