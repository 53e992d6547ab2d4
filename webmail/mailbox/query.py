"""What a person types into the search box, as a value: "from:ann is:unread invoice" → Query → IMAP SEARCH keys.

Pure. Control characters never get past parse(), so that no search can carry a second IMAP command (RFC 9051, 9: a
quoted string holds no CR, LF or NUL). Words that look like a filter but are none ("re:zero", "before:soon") are
searched for as they stand.
"""

import re
from dataclasses import dataclass
from datetime import date

LONGEST = 500
_TERM = re.compile(r'(?:(\w+):)?(?:"([^"]*)"?|(\S+))')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Query:
    """All conditions hold at once. Texts match anywhere in the field, whatever the case; dates are those people
    see, `after` inclusive."""

    text: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    unread: bool | None = None
    starred: bool | None = None
    attachment: bool = False
    before: date | None = None
    after: date | None = None

    def __bool__(self) -> bool:
        return self != Query()


TEXT_FIELDS = {"from": "sender", "to": "to", "subject": "subject"}
STATES: dict[tuple[str, str], tuple[str, bool]] = {
    ("is", "unread"): ("unread", True),
    ("is", "read"): ("unread", False),
    ("is", "starred"): ("starred", True),
    ("is", "unstarred"): ("starred", False),
    ("has", "attachment"): ("attachment", True),
}


def parse(typed: str) -> Query:
    """Never raises; an empty text gives an empty, false Query."""
    texts: dict[str, list[str]] = {"text": [], "sender": [], "to": [], "subject": []}
    states: dict[str, bool] = {}
    dates: dict[str, date] = {}
    for match in _TERM.finditer(_CONTROL.sub(" ", typed)[:LONGEST]):
        name = (match[1] or "").lower()
        value = (match[2] if match[2] is not None else match[3]).strip()
        day = _day(value) if name in ("before", "after") else None
        if (name, value.lower()) in STATES:
            field, state = STATES[name, value.lower()]
            states[field] = state
        elif day:
            dates[name] = day
        elif name in TEXT_FIELDS and value:
            texts[TEXT_FIELDS[name]].append(value)
        elif value:
            texts["text"].append(f"{match[1]}:{value}" if match[1] else value)
    return Query(**{field: tuple(words) for field, words in texts.items()}, **states, **dates)  # type: ignore[arg-type]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def search_keys(query: Query) -> list[object]:
    """SEARCH keys (RFC 9051, 6.4.4), for ImapSession.search. IMAP has no key for attachments; the type of mail
    that carries files stands in."""
    keys: list[object] = []
    for key, words in (("FROM", query.sender), ("SUBJECT", query.subject), ("TEXT", query.text)):
        for word in words:
            keys += [key, word]
    for word in query.to:
        keys += ["OR", "TO", word, "CC", word]
    if query.unread is not None:
        keys.append("UNSEEN" if query.unread else "SEEN")
    if query.starred is not None:
        keys.append("FLAGGED" if query.starred else "UNFLAGGED")
    if query.attachment:
        keys += ["HEADER", "Content-Type", "multipart/mixed"]
    if query.before:
        keys += ["SENTBEFORE", query.before]
    if query.after:
        keys += ["SENTSINCE", query.after]
    return keys or ["ALL"]
