"""Messages within a message: forwarded ones, returned ones, those of a digest (RFC 2046, 5.2).

messages_within(root) reads the structure alone. Who wrote such a message stands in its header, which is a section of
its own on both roads: `nested.header` may be asked of any mailbox, then parse_headers() reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from webmail.mime.structure import choose_body
from webmail.mime.types import Body, Part

MESSAGES_LIMIT = 100


@dataclass(frozen=True, slots=True)
class NestedMessage:
    """`part` is the message/rfc822 itself, which can be saved; `header` what to read for parse_headers(); `body` what
    of it is shown, its files, and with messages_within(content) what it holds itself."""

    part: Part
    header: Part
    content: Part
    body: Body


def messages_within(root: Part) -> tuple[NestedMessage, ...]:
    """The messages that are parts of this one, in their order, not those within them; at most MESSAGES_LIMIT. A message
    that was cut out of the structure (too deep, or without octets) is a file only."""
    return tuple(_nested(part) for part in islice(_messages(root), MESSAGES_LIMIT))


def message_within(root: Part, section: str) -> NestedMessage | None:
    """The one at this section, however deep; None where there is no message that could be opened."""
    part = root.find(section)
    if part is None or part.content_type != "message/rfc822" or not part.children:
        return None
    return _nested(part)


def _nested(part: Part) -> NestedMessage:
    content = part.children[0]
    header = Part(f"{part.section}.HEADER", "text/rfc822-headers")
    return NestedMessage(part, header, content, choose_body(content))


def _messages(part: Part) -> Iterator[Part]:
    if part.content_type == "message/rfc822":
        if part.children:
            yield part
    elif part.content_type != "multipart/encrypted":
        for child in part.children:
            yield from _messages(child)
