"""One letter and where it lies.

A module of content makes Letters (what was written, when, by whom) → `written` turns one into bytes → `filed` puts
those bytes into somebody's folder, with the trace lines a delivered mail carries, as a Placed. Nothing is stored here.
"""

import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from deploy.demo import wire
from deploy.demo.people import Correspondent, Person

KEYWORDS = {
    "seen": "\\Seen",
    "answered": "\\Answered",
    "flagged": "\\Flagged",
    "draft": "\\Draft",
    "forwarded": "$Forwarded",
    "junk": "$Junk",
}
CALENDAR_OF_THE_DEMO = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Placed:
    """A message in a folder: `raw` with CRLF, IMAP `flags` and keywords, and an aware INTERNALDATE."""

    folder: str
    raw: bytes
    flags: tuple[str, ...]
    received: datetime


@dataclass(frozen=True)
class Attachment:
    """A file whose bytes are made when first needed."""

    name: str
    media_type: str
    content: Callable[[], bytes]
    content_id: str = ""

    def part(self) -> bytes:
        return wire.file_part(self.name, self.media_type, self.content(), self.content_id)


@dataclass(frozen=True)
class Letter:
    """What a person or a machine wrote. `files` with a content id are pictures of the HTML text."""

    sender: Correspondent
    to: tuple[Correspondent, ...]
    subject: str
    date: datetime
    text: str = ""
    html: str = ""
    cc: tuple[Correspondent, ...] = ()
    files: tuple[Attachment, ...] = ()
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    charset: str = "utf-8"
    transfer: str = "quoted-printable"
    header_encoding: str = "B"
    own_words: str = ""
    """The text without what it quotes, where the two differ: a quotation names the hour of what it quotes."""

    @property
    def message_id(self) -> str:
        """From the words and the place in the conversation, not of the clock: the same at any `now`, in all boxes."""
        people = " ".join(one.address for one in (self.sender, *self.to, *self.cc))
        seed = f"{people}\n{self.subject}\n{len(self.references)}\n{self.own_words or self.text}"
        return f"<{hashlib.sha256(seed.encode()).hexdigest()[:20]}@{self.sender.address.partition('@')[2]}>"


def moment(now: datetime, when: str) -> datetime:
    """What a script says for a time: 35m is 35 minutes ago, 3d 09:52 that hour three days ago.

    One calendar for everybody keeps replies in order.
    """
    if minutes := re.fullmatch(r"(\d+)m", when):
        return (now - timedelta(minutes=int(minutes[1]))).replace(microsecond=0)
    days, hour, minute = map(int, re.findall(r"\d+", when))
    day = now.astimezone(CALENDAR_OF_THE_DEMO) - timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=(days * 7 + minute) % 60, microsecond=0)


def flags(words: str) -> tuple[str, ...]:
    """IMAP flags and keywords for words of KEYWORDS."""
    return tuple(KEYWORDS[word] for word in words.split())


@lru_cache(maxsize=2048)
def written(letter: Letter) -> bytes:
    """The letter as its sender's client writes it: no trace lines yet, as in a Sent folder."""
    return wire.message(envelope(letter), body(letter))


def envelope(letter: Letter) -> list[tuple[str, str]]:
    """The header fields a client writes (RFC 5322 §3.6)."""

    def people(listed: tuple[Correspondent, ...]) -> str:
        return ",\r\n ".join(
            wire.mailbox(one.name, one.address, letter.charset, letter.header_encoding) for one in listed
        )

    local = letter.date.astimezone(ZoneInfo(letter.sender.time_zone))
    fields = [("Date", format_datetime(local)), ("From", people((letter.sender,))), ("To", people(letter.to))]
    if letter.cc:
        fields.append(("Cc", people(letter.cc)))
    fields += [
        ("Subject", wire.encoded_words(letter.subject, letter.charset, letter.header_encoding)),
        ("Message-ID", letter.message_id),
    ]
    if letter.references:
        fields += [("In-Reply-To", letter.references[-1]), ("References", "\r\n ".join(letter.references))]
    return fields + list(letter.headers)


def body(letter: Letter) -> bytes:
    """text, or text and HTML, with pictures beside the HTML and files around it all (RFC 2046 §5.1, RFC 2387)."""
    part = wire.text_part(letter.text, "plain", letter.charset, letter.transfer)
    if letter.html:
        rich = wire.text_part(letter.html, "html", letter.charset, letter.transfer)
        if pictures := [file.part() for file in letter.files if file.content_id]:
            rich = wire.multipart("related", [rich, *pictures], 'type="text/html"; ')
        part = wire.multipart("alternative", [part, rich]) if letter.text else rich
    attached = [file.part() for file in letter.files if not file.content_id]
    return wire.multipart("mixed", [part, *attached]) if attached else part


def filed(letter: Letter, person: Person, folder: str, words: str = "seen") -> Placed:
    """The letter in a folder of this person: as written if it is their own, else as delivered to them."""
    if letter.sender == person:
        return Placed(folder, written(letter), flags(words), letter.date)
    return delivered(written(letter), letter.sender, person, folder, letter.date, words)


def delivered(
    raw: bytes,
    sender: Correspondent,
    person: Person,
    folder: str,
    date: datetime,
    words: str = "",
    verdict: str = "pass",
) -> Placed:
    """Any message as it came in for this person, four seconds after it was sent."""
    domain = sender.address.partition("@")[2]
    received = date + timedelta(seconds=4)
    stamp = format_datetime(received.astimezone(ZoneInfo(person.time_zone)))
    queue_id = hashlib.sha256(raw[:2048] + person.address.encode()).hexdigest()[:10].upper()
    route = (
        f"from mx.{domain} (mx.{domain} [192.0.2.{len(raw) % 250 + 1}])\r\n (using TLSv1.3 with cipher "
        f"TLS_AES_256_GCM_SHA384)\r\n by mail.demo.test with ESMTPS id {queue_id}\r\n for <{person.address}>; {stamp}"
    )
    checks = (
        f"mail.demo.test; spf={verdict} smtp.mailfrom={domain};\r\n dkim={verdict} header.d={domain}; "
        f"dmarc={verdict} header.from={domain}"
    )
    fields = [("Return-Path", f"<{sender.address}>"), ("Delivered-To", person.address)]
    trace = wire.header_block([*fields, ("Received", route), ("Authentication-Results", checks)])
    return Placed(folder, trace + raw, flags(words), received)


def as_html(text: str) -> str:
    """Plain paragraphs as the HTML a desktop client would send along: quotations and signature kept apart."""
    blocks = []
    for block in text.split("\n\n"):
        lines = html.escape(block, quote=False)
        if block.startswith(">"):
            quoted = re.sub(r"(?m)^&gt; ?", "", lines).replace("\n", "<br>")
            blocks.append(
                f'<blockquote style="margin:0 0 0 2px;padding:0 0 0 12px;border-left:2px solid #b9b2a6;'
                f'color:#6b655c">{quoted}</blockquote>'
            )
        elif block.startswith("-- \n"):
            signature = lines.removeprefix("-- ").strip().replace("\n", "<br>")
            blocks.append(f'<p style="color:#8a8378;font-size:13px">{signature}</p>')
        else:
            blocks.append(f"<p>{lines.replace(chr(10), '<br>')}</p>")
    return (
        '<html><body style="font-family:Georgia,serif;font-size:15px;line-height:1.55;color:#2b2723">'
        f"{''.join(blocks)}</body></html>"
    )
