"""What of a message is read besides its first text: the texts and pictures that follow it (mixed: text, picture, text).

choose_body → parts_beside(root, first, …) → Body.more → shown.py, which shows them in order below (or a picture above)
the first text. Reads the structure alone. Parts of an encrypted whole and messages within the message are never among
them, and each stays a document of its own: nothing of one part can swallow the next (EFAIL).
"""

from collections.abc import Collection, Iterator

from webmail.mime.types import Part

TEXTS_LIMIT, PICTURES_LIMIT = 8, 20
TEXT_OCTETS, NAMED_TEXT_OCTETS = 256 * 1024, 64 * 1024  # encoded; larger ones are files
PICTURE_OCTETS = 15 * 2**20

PICTURES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
_TEXTS = frozenset(("text/plain", "text/html"))
_NAMED_TEXTS = frozenset(("text/plain", "text/x-patch", "text/x-diff", "text/markdown"))


def parts_beside(root: Part, first: Collection[Part], hidden: Collection[str]) -> tuple[Part, ...]:
    """Further parts to be shown, in the order of the message. `first`: what is shown anyhow; `hidden`: sections of
    pictures that belong to a page."""
    found: list[Part] = []
    texts = pictures = 0
    for part in _readable(root, first):
        if part.section in hidden:
            continue
        if is_picture(part) and pictures < PICTURES_LIMIT:
            pictures += 1
            found.append(part)
        elif _is_text(part) and texts < TEXTS_LIMIT:
            texts += 1
            found.append(part)
    return tuple(found)


def is_picture(part: Part) -> bool:
    """One that its sender wants to be seen where it stands (RFC 2183, 2.1)."""
    return part.content_type in PICTURES and part.disposition == "inline" and 0 < part.size <= PICTURE_OCTETS


def is_shown_whole(part: Part) -> bool:
    """A text without a name: it needs not be offered as a file beside. Of HTML only the words are shown."""
    return part.content_type == "text/plain" and not part.filename


def _is_text(part: Part) -> bool:
    if part.filename:
        is_meant = part.content_type in _NAMED_TEXTS and part.disposition == "inline"
        return is_meant and 0 < part.size <= NAMED_TEXT_OCTETS
    return part.content_type in _TEXTS and part.disposition != "attachment" and 0 < part.size <= TEXT_OCTETS


def _readable(part: Part, first: Collection[Part]) -> Iterator[Part]:
    """Leaves in the order of the message, of alternatives one, of what is signed the content alone."""
    if part in first:
        return
    if not part.is_multipart:
        yield part
    elif part.content_type == "multipart/alternative":
        if not any(child in first for child in part.walk()):
            leaves = [leaf for child in part.children for leaf in _readable(child, first) if _is_text(leaf)]
            yield from leaves[:1]  # the plainest comes first (RFC 2046, 5.1.4)
    elif part.content_type in ("multipart/signed", "multipart/related"):
        yield from _readable(part.children[0], first)
    elif part.content_type != "multipart/encrypted":
        for child in part.children:
            yield from _readable(child, first)
