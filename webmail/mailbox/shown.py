"""What of an opened message is shown: its text or its washed HTML, ready for a page, and what was left out of it.

view → shown_body() → cache, else read_part → decode → sanitize or render_text (texts.py) → cache. The same message,
part and policy give the same result for ever (uid and uidvalidity never name other octets), so the page and the frame
beside it fetch and wash once, and for new mail a worker does so before them (preparing.py). The cache may be lost or
down at any time: then it is done again.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

from accounts.models import Account
from webmail.mailbox.base import Mailbox, Message, MessageRef
from webmail.mailbox.kept import Bounded, digested, get_many, set_afterwards
from webmail.mailbox.opening import identity
from webmail.mailbox.pictures import picture_url
from webmail.mailbox.texts import escaped, known_hosts, pieces_beside
from webmail.mime.enclosed import split_text
from webmail.mime.incomplete import breaks_off
from webmail.mime.sanitize import sanitize
from webmail.mime.text import decode_text, decode_transfer
from webmail.mime.types import Part

READ_LIMIT = 2 * 2**20  # encoded octets of a body part
CACHED_SECONDS = 24 * 3600
CACHED_CHARACTERS = 2**20
NEAR_OCTETS, LARGEST_NEAR = 2 * 2**20, 512 * 2**10  # of this process: its frame follows a page
POLICY = 9  # grows when sanitize or render_text change what they let through


@dataclass(frozen=True, slots=True)
class Shown:
    """`html` is a whole body of washed HTML for the frame (is_text False), with the rules of its `style`, or escaped
    text for the page itself."""

    html: str = ""
    is_text: bool = True
    blocked_images: int = 0
    blocked_trackers: int = 0
    truncated: bool = False
    style: str = ""
    enclosed: Sequence[tuple[str, int]] = ()  # files within the text (enclosures.py): name and octets
    doubts: list[list[Any]] = field(default_factory=list)  # trust.Doubt, as JSON has it
    pictures: bool = False  # those from elsewhere are in it, by way of this server
    more: list[list[str]] = field(default_factory=list)  # texts.Beside.pieces
    before: int = 0  # of them stand above the text
    breaks_off: bool = False  # its encoding does
    damaged: bool = False  # a file within the text is

    @property
    def texts(self) -> list[str]:
        """All that may be long in it."""
        pieces = (text for piece in self.more for text in piece)
        said = (text for _kind, *texts in self.doubts for text in texts)
        return [self.html, self.style, *pieces, *said, *(name for name, _octets in self.enclosed)]

    @property
    def above(self) -> list[list[str]]:
        """Pieces that stand above the text."""
        return self.more[: self.before]

    @property
    def below(self) -> list[list[str]]:
        """Those that follow it."""
        return self.more[self.before :]

    @property
    def blocked_pictures(self) -> int:
        """Those that somebody could have seen."""
        return self.blocked_images - self.blocked_trackers

    @property
    def only_trackers(self) -> bool:
        """Every picture that was left out was one that nobody could have seen."""
        return 0 < self.blocked_images == self.blocked_trackers


process_shown: Bounded[Shown] = Bounded(NEAR_OCTETS)


def shown_body(
    mailbox: Mailbox, account: Account, message: Message, *, consents: Callable[[], bool] = lambda: False
) -> Shown:
    """`consents`: whether the reader lets pictures from elsewhere load (consent.py); asked only where there are any."""
    shown = _prepared(mailbox, account, message, pictures=False)
    if shown.blocked_pictures and consents():
        return _prepared(mailbox, account, message, pictures=True)
    return shown


def _prepared(mailbox: Mailbox, account: Account, message: Message, *, pictures: bool) -> Shown:
    body = message.body
    part = body.html or body.text or (body.more[0] if body.more else None)
    if part is None:
        return Shown()
    # A text holds words of ours, the label of what is folded.
    language = "" if body.html and not body.more else get_language()
    key = _key(account, message.ref, part, pictures, language)
    alone = not body.html and not body.more
    at_hand = alone and mailbox.is_at_hand(message.ref, part)  # the cache would take longer
    if (kept := _kept(key, near_only=at_hand)) is not None:
        return kept
    shown = _first(mailbox, account, message, part, pictures) if body.html or body.text else Shown()
    if body.more:
        shown = _with_more(shown, mailbox, account, message)
    _keep(key, shown)
    return shown


def _first(mailbox: Mailbox, account: Account, message: Message, part: Part, pictures: bool) -> Shown:
    raw = mailbox.read_part(message.ref, part, READ_LIMIT)
    octets = decode_transfer(raw, part.encoding)
    truncated = len(raw) >= READ_LIMIT
    if message.body.html:
        shown = _washed(account, message, decode_text(octets, part.charset), truncated, pictures)
    else:
        shown = _escaped(account, message, part, octets, truncated)
    return replace(shown, breaks_off=True) if not truncated and breaks_off(raw, part.encoding) else shown


def part_url(account: Account, ref: MessageRef, part: Part) -> str:
    return reverse("mailbox:part", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid, part.section])


def _washed(account: Account, message: Message, html: str, truncated: bool, pictures: bool) -> Shown:
    inline = {part.content_id: part for part in message.body.inline if part.content_id}

    def cid_url(content_id: str) -> str | None:
        part = inline.get(content_id)
        return part_url(account, message.ref, part) if part else None

    remote_url = partial(picture_url, account, message.ref) if pictures else None
    clean = sanitize(html, cid_url=cid_url, remote_url=remote_url, known=known_hosts(account, message))
    truncated = truncated or clean.truncated
    doubts = [doubt.values for doubt in clean.doubts]
    return Shown(
        clean.html,
        False,
        clean.blocked_images,
        clean.blocked_trackers,
        truncated,
        clean.style,
        doubts=doubts,
        pictures=pictures,
    )


def _escaped(account: Account, message: Message, part: Part, octets: bytes, truncated: bool) -> Shown:
    split = split_text(octets)
    rendered = escaped(account, message, part, split.text)
    doubts = [doubt.values for doubt in rendered.doubts]
    enclosed = tuple((file.filename, len(file.content)) for file in split.files)
    damaged = split.is_damaged and not truncated
    return Shown(rendered.html, truncated=truncated, enclosed=enclosed, doubts=doubts, damaged=damaged)


def _with_more(shown: Shown, mailbox: Mailbox, account: Account, message: Message) -> Shown:
    """What else is read of it, but for pictures that its HTML shows already."""
    sections = {part.section for part in message.body.inline}
    used = _sections_named(shown.html, account, message) & sections if sections else sections
    beside = pieces_beside(mailbox, account, message, used)
    return replace(shown, more=beside.pieces, before=beside.before, doubts=shown.doubts + beside.doubts)


def _sections_named(html: str, account: Account, message: Message) -> set[str]:
    """Of its parts those that the HTML loads, found in one look: a mail may hold thousands of pictures."""
    before, _, after = part_url(account, message.ref, Part("0", "")).rpartition("0")
    return {rest.partition(after)[0] for rest in html.split(before)[1:]}


def _key(account: Account, ref: MessageRef, part: Part, pictures: bool, language: str | None) -> str:
    # The prefix too: addresses of pictures are written into the HTML, and a worker may be set up without it.
    message = ref.folder, ref.uidvalidity, ref.uid, part.section
    place = get_script_prefix(), language, *identity(account), *message, pictures
    return f"shown:{POLICY}:{digested(chr(0).join(map(str, place)))}"


def _kept(key: str, *, near_only: bool) -> Shown | None:
    [near] = process_shown.get_many([key])
    if near or near_only:
        return near
    kept = get_many([key]).get(key)
    if not kept:
        return None
    try:
        found = Shown(**kept)
    except TypeError:  # what another version made of it
        return None
    _keep_near(key, found)
    return found


def _keep(key: str, shown: Shown) -> None:
    _keep_near(key, shown)
    if sum(map(len, shown.texts)) <= CACHED_CHARACTERS:
        set_afterwards({key: asdict(shown)}, CACHED_SECONDS)


def _keep_near(key: str, shown: Shown) -> None:
    octets = 1000 + sum(map(sys.getsizeof, shown.texts))
    if octets <= LARGEST_NEAR:
        process_shown.set(key, shown, octets)
