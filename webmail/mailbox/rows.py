"""List rows as HTML. Fifty rows of {% url %} and date filters would cost more than their FETCH, so a row is written
once from ready strings, and remembered.

days_of() → drawn() → for each message what is remembered, else row_of() → the pattern of mailbox/_row.html. What is
remembered depends on its look and its summary alone, which hold every value that is shown: another language, zone or
day, another person's account are another key; a changed flag is another summary, and then it is drawn anew. So nothing
has to be forgotten and nothing shows to anybody else. It lies in this process, bounded; a restart draws anew.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypedDict

from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.mailbox.base import Folder, MessageRef, Page, Role, Summary
from webmail.mailbox.dates import clock, in_zone, words_of
from webmail.mailbox.hits import key_of
from webmail.mailbox.kept import Bounded, octets_of
from webmail.mailbox.patterns import marks_of, pattern_of
from webmail.mailbox.places import places_of
from webmail.mailbox.side import folder_label
from webmail.mime.types import Address, Headers
from webmail.templatetags.interface import hue, icon, initials

REMEMBERED_OCTETS = 3 * 2**20  # in this process, about 1,000 rows: to draw fifty takes less than a millisecond
OWN = {Role.SENT, Role.DRAFTS}
FACES = 2000  # of people, remembered
TEXTS = ("uid", "url", "who", "subject", "pick", "when", "moment", "iso", "initials", "hue", "place")
STATES = ("is_machine", "unread", "starred", "answered", "forwarded", "draft", "clip", "current", "placed")
_BETWEEN = "\x1f"  # two texts; parsed headers have no control characters, and if one did: see _escaped
MARKED = ("who", "subject")  # where what was searched for is marked
_MACHINE = re.compile(r"(?:no-?reply|do-?not-?reply|mailer-daemon|postmaster|notifications?|newsletter)", re.IGNORECASE)


class Row(TypedDict):
    """One row, ready to write; a dict, as templates look there first. `who` is the sender, or in folders of own mail
    the recipients; `when` a short date, `moment` the whole one; `place` the folder, where rows are of several (`uid`
    is more than a number then: hits.py)."""

    uid: str
    url: str
    who: str
    subject: str
    pick: str
    when: str
    moment: str
    iso: str
    initials: str
    hue: str
    place: str
    is_machine: bool
    unread: bool
    starred: bool
    answered: bool
    forwarded: bool
    draft: bool
    clip: bool
    current: bool
    placed: bool


class Furniture(TypedDict):
    """The words and icons that every row shows."""

    pick: str
    unread: str
    draft: str
    replied: str
    forwarded: str
    with_attachment: str
    star: str
    reply_icon: SafeString
    forward_icon: SafeString
    clip_icon: SafeString
    star_icon: SafeString
    starred_icon: SafeString


class Shelf(NamedTuple):
    """A folder, as a row names it; `own`: of own mail."""

    name: str
    label: str
    own: bool


class Look(NamedTuple):
    """All that a row shows or leads to beside the message itself. `own`: in a folder of own mail; `suffix`: the query
    string that leads back to the list; `zone` and `today`: where the reader is (of one name there is one ZoneInfo);
    `words`: what was searched for; `shelves`: where rows are of several folders, these."""

    account_id: int
    own: bool
    suffix: str
    language: str
    zone: tzinfo
    today: date
    words: tuple[str, ...] = ()
    shelves: tuple[Shelf, ...] = ()

    @property
    def wide(self) -> bool:
        return bool(self.shelves)


class Drawn(NamedTuple):
    """A row's HTML in UTF-8, half as large as a string with one curly quote in it, its day and the heading it belongs
    under, and what it was drawn from."""

    day: date
    title: str
    html: bytes
    summary: Summary


@dataclass(frozen=True, slots=True)
class Day:
    """A stretch of time: its heading, "" where the rows are in no order of days, and the HTML of its rows."""

    title: str
    html: SafeString


_remembered: Bounded[Drawn] = Bounded(REMEMBERED_OCTETS)


def days_of(look: Look, page: Page, *, open_uid: int | None = None, in_order: bool = True) -> list[Day]:
    """The page's rows under a heading per stretch of time, if they are `in_order` of time."""
    rows = drawn(look, page.rows, MessageRef(page.folder.name, 0, open_uid) if open_uid else None)
    if in_order:
        # What people see goes first. A date that its sender made up, or mail that was moved here, is out of order.
        return _stretches(rows, [(row.day, row.title) for row in rows]) or _by_arrival(look, rows) or _one_stretch(rows)
    return _one_stretch(rows)


def _by_arrival(look: Look, rows: Sequence[Drawn]) -> list[Day] | None:
    days = [in_zone(row.summary.received, look.zone).date() for row in rows]
    return _stretches(rows, [(day, words_of(day, look.today, look.language).heading) for day in days])


def _stretches(rows: Sequence[Drawn], days: Sequence[tuple[date, str]]) -> list[Day] | None:
    """None where a heading would stand above an older one."""
    found: list[Day] = []
    end = 0
    for title, together in groupby(days, key=itemgetter(1)):
        start, end = end, end + len(list(together))
        if start and days[start][0] > days[start - 1][0]:
            return None
        found.append(Day(title, _joined(rows[start:end])))
    return found


def _one_stretch(rows: Sequence[Drawn]) -> list[Day]:
    return [Day("", _joined(rows))] if rows else []


def _joined(rows: Sequence[Drawn]) -> SafeString:
    return mark_safe(b"".join([row.html for row in rows]).decode())  # noqa: S308 (escaped by written)


def look_of(
    account: Account, folder: Folder, suffix: str, words: tuple[str, ...] = (), shelves: Iterable[Folder] = ()
) -> Look:
    """`shelves`: the folders of the account, for a list of several."""
    zone, language = timezone.get_current_timezone(), get_language() or ""
    named = tuple(Shelf(each.name, folder_label(each), each.role in OWN) for each in shelves)
    return Look(account.pk, folder.role in OWN, suffix, language, zone, timezone.localdate(timezone=zone), words, named)


def drawn(look: Look, summaries: Sequence[Summary], opened: MessageRef | None = None) -> list[Drawn]:
    """In the language and the zone of this moment, which `look` names."""
    uid, folder = (opened.uid, opened.folder) if opened else (0, "")
    keys = [
        (look, ref.folder, ref.uidvalidity, ref.uid, ref.uid == uid and ref.folder == folder)
        for ref in (summary.ref for summary in summaries)
    ]
    remembered = _remembered.get_many(keys)
    return [
        # To compare summaries is quick, to make a key of one is not.
        row if row and row.summary == summary else _draw(key, look, summary, is_open=key[-1])
        for key, summary, row in zip(keys, summaries, remembered, strict=True)
    ]


def _draw(key: Hashable, look: Look, summary: Summary, *, is_open: bool) -> Drawn:
    html = written(row_of(look, summary, is_open=is_open), look.language, look.words).encode("utf-8", "replace")
    day = in_zone(summary.date, look.zone).date()
    made = Drawn(day, words_of(day, look.today, look.language).heading, html, summary)
    _remembered.set(key, made, len(html) + octets_of(summary))
    return made


def written(row: Row, language: str, words: tuple[str, ...] = ()) -> str:
    """What mailbox/_row.html writes of this row, with these words marked in it."""
    pattern = _pattern(language, *[bool(row[state]) for state in STATES])  # type: ignore[literal-required]
    texts = _escaped([row[name] for name in TEXTS])  # type: ignore[literal-required]
    if words:
        texts |= {name: marked(row[name], words) for name in MARKED}  # type: ignore[literal-required]
    return pattern % texts


def _escaped(texts: list[str]) -> dict[str, str]:
    """All in one go: for fifty rows that is five hundred times less."""
    found = escape(_BETWEEN.join(texts)).split(_BETWEEN)
    if len(found) != len(texts):
        found = list(map(escape, texts))
    return dict(zip(TEXTS, found, strict=True))


def marked(text: str, words: tuple[str, ...]) -> str:
    """Escaped, the words in it within <mark>."""
    pieces = _any_of(words).split(text)  # every other one is a match
    return "".join(f"<mark>{escape(piece)}</mark>" if at % 2 else escape(piece) for at, piece in enumerate(pieces))


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"({'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})", re.IGNORECASE)


@lru_cache(maxsize=256)
def _pattern(language: str, *states: bool) -> str:
    """_row.html as it is for rows in these states, in the language of this moment, with %(name)s where its texts go.
    To let the engine write each row would cost three times as much as all else about it."""
    row = {**marks_of(TEXTS), **dict(zip(STATES, states, strict=True))}
    return pattern_of(get_template("mailbox/_row.html").render({"row": row, "furniture": furniture(language)}))


@lru_cache
def furniture(language: str) -> Furniture:
    """In the language of this moment, which `language` names."""
    return Furniture(
        pick=_("Select %(who)s: %(subject)s"),
        unread=_("Unread."),
        draft=_("Draft"),
        replied=_("Replied."),
        forwarded=_("Forwarded."),
        with_attachment=_("With attachment"),
        star=_("Star"),
        reply_icon=icon("reply", 16),
        forward_icon=icon("forward", 16),
        clip_icon=icon("clip", 16),
        star_icon=icon("star"),
        starred_icon=icon("star-on"),
    )


def row_of(look: Look, summary: Summary, *, is_open: bool) -> Row:
    headers, ref = summary.headers, summary.ref
    shelf = next((each for each in look.shelves if each.name == ref.folder), None)
    own = shelf.own if shelf else look.own
    people = (headers.to + headers.cc + headers.bcc) if own else headers.sender
    moment = in_zone(summary.date, look.zone)
    words, time = words_of(moment.date(), look.today, look.language), clock(moment.hour, moment.minute, look.language)
    who, subject = who_line(people, own=own), headers.subject or _("(no subject)")
    letters, colour = _face(people[0].label, people[0].address) if people else _face("", "")
    return Row(
        uid=key_of(ref) if look.wide else str(ref.uid),
        url=f"{places_of(look.account_id, ref).message}{look.suffix}",
        who=who,
        subject=subject,
        pick=furniture(look.language)["pick"] % {"who": who, "subject": subject},
        when=words.short or time,
        moment=f"{words.before}{time}{words.after}",
        iso=moment.isoformat(timespec="minutes"),
        initials=letters,
        hue=colour,
        place=shelf.label if shelf else "",
        is_machine=is_machine(headers),
        unread=not summary.seen,
        starred=summary.flagged,
        answered=summary.answered,
        forwarded=summary.forwarded,
        draft=summary.draft,
        clip=summary.has_attachments,
        current=is_open,
        placed=shelf is not None,
    )


@lru_cache(maxsize=FACES)
def _face(label: str, address: str) -> tuple[str, str]:
    """Initials and colour of somebody's avatar."""
    return initials(label), str(hue(address))


def who_line(people: Sequence[Address], *, own: bool = False) -> str:
    labels = list(_labels(people))
    if not labels:
        return _("(no recipient)") if own else _("(no sender)")
    return ", ".join(labels[:5]) + (" …" if len(labels) > 5 else "")


def _labels(people: Iterable[Address]) -> Iterator[str]:
    return (person.label for person in people if person.label)


def is_machine(headers: Headers) -> bool:
    """Lists and machines get a square avatar."""
    sender = headers.sender[0].address if headers.sender else ""
    return bool(headers.list_id) or bool(_MACHINE.match(sender.partition("@")[0]))
