"""What a person types into the search box, as a value: "from:ann is:unread invoice" → Query → IMAP SEARCH keys.

parse() → clauses that all hold, each of alternatives of which one holds ("a OR b"), beside them where to look
(in:all) and in which order (sort:size). written() is the way back, so that a filter is a link to the same text with a
little more or less in it. Control characters never get past parse(), so that no search can carry a second IMAP command
(RFC 9051, 9: a quoted string holds no CR, LF or NUL). Words that look like an operator but are none ("re:zero",
"before:soon") are searched for as they stand, and told of. Names are known in English and French at once.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from django.utils import timezone

from webmail.mailbox.operators import ENGLISH, VALUES, spelled

LONGEST = 500
LARGEST = 2**32 - 1  # octets: a number of RFC 3501
_TERM = re.compile(r'(-)?(?:(\w+):)?(?:"([^"]*)"?|(\S+))')
_SPACED = re.compile(rf"(?<!\w)({'|'.join(ENGLISH)}):\s+(?=\S)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", re.ASCII)
_AGE = re.compile(r"(\d{1,4})([dwmyjsa])", re.ASCII)
_SIZE = re.compile(r"(\d{1,10})([kmg]?)[bo]?", re.ASCII)
_DAYS = {"d": 1, "j": 1, "w": 7, "s": 7, "m": 30, "y": 365, "a": 365}  # jours, semaines, mois, ans
_OCTETS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}  # as file sizes are written


class Field(StrEnum):
    """What a condition is about. With a text: TEXT to FILENAME; yes or no: ATTACHMENT to ANSWERED; a date: BEFORE and
    AFTER; octets: LARGER and SMALLER."""

    TEXT = "text"
    BODY = "body"
    FROM = "from"
    TO = "to"
    CC = "cc"
    SUBJECT = "subject"
    FILENAME = "filename"
    ATTACHMENT = "attachment"
    UNREAD = "unread"
    STARRED = "starred"
    ANSWERED = "answered"
    BEFORE = "before"
    AFTER = "after"
    LARGER = "larger"
    SMALLER = "smaller"


class Scope(StrEnum):
    """ALL: all folders but spam and trash; ANYWHERE: those too."""

    FOLDER = "here"
    ALL = "all"
    ANYWHERE = "anywhere"


class Sort(StrEnum):
    """By arrival, by sender and subject from A on, by size from the largest on."""

    NEWEST = "newest"
    OLDEST = "oldest"
    FROM = "from"
    SUBJECT = "subject"
    SIZE = "size"


SCOPES: dict[str, Scope] = {scope.value: scope for scope in Scope}
SORTS: dict[str, Sort] = {sort.value: sort for sort in Sort}
TEXT_FIELDS = {name: Field(name) for name in ("from", "to", "cc", "subject", "body", "filename")}
FLAGS = {Field.UNREAD, Field.STARRED, Field.ANSWERED}
STATES: dict[tuple[str, str], tuple[Field, bool]] = {
    ("is", "unread"): (Field.UNREAD, True),
    ("is", "read"): (Field.UNREAD, False),
    ("is", "starred"): (Field.STARRED, True),
    ("is", "unstarred"): (Field.STARRED, False),
    ("is", "answered"): (Field.ANSWERED, True),
    ("is", "unanswered"): (Field.ANSWERED, False),
    ("has", "attachment"): (Field.ATTACHMENT, True),
}
_STATE_NAMES = {state: f"{name}:{value}" for (name, value), state in STATES.items()}


@dataclass(frozen=True, slots=True)
class Condition:
    """Texts match anywhere in the field, whatever the case; dates are those people see, `AFTER` inclusive; LARGER and
    SMALLER do not include their number of octets."""

    field: Field
    value: str | bool | date | int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """Of these conditions one holds. `typed` is what says so, so that it can be left out or kept."""

    conditions: tuple[Condition, ...]
    typed: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Remark:
    """What was not understood, and so is searched for as it stands. `kind` is the operator whose value is none, or
    "operator" for a name that is none."""

    kind: str
    typed: str


@dataclass(frozen=True, slots=True)
class Query:
    """All clauses hold at once."""

    clauses: tuple[Clause, ...] = ()
    scope: Scope = Scope.FOLDER
    sort: Sort = Sort.NEWEST
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return self != Query()

    @property
    def conditions(self) -> list[Condition]:
        return [condition for clause in self.clauses for condition in clause.conditions]

    @property
    def asks_for_flags(self) -> bool:
        """Whether what it finds changes without mail coming or going."""
        return any(condition.field in FLAGS for condition in self.conditions)

    @property
    def words(self) -> tuple[str, ...]:
        """Texts that a row which was found may show."""
        shown = {Field.TEXT, Field.FROM, Field.TO, Field.CC, Field.SUBJECT}
        return tuple(str(each.value) for each in self.conditions if each.field in shown and not each.negated)


def parse(typed: str) -> Query:
    """Never raises; an empty text gives an empty, false Query. Ages are counted from today, where the reader is."""
    return _parsed(typed, timezone.localdate()) if typed else Query()


@lru_cache(maxsize=64)  # the tools around a list ask for the same one, each for itself
def _parsed(typed: str, today: date) -> Query:
    reading = _Reading(today)
    text = unicodedata.normalize("NFC", _CONTROL.sub(" ", typed)[:LONGEST])
    for term in _TERM.finditer(_SPACED.sub(r"\1:", text)):
        reading.take(term)
    return Query(tuple(reading.clauses), reading.scope, reading.sort, tuple(reading.remarks))


class _Reading:
    """Of one text, term by term."""

    def __init__(self, today: date):
        self.today = today
        self.clauses: list[Clause] = []
        self.remarks: list[Remark] = []
        self.scope, self.sort = Scope.FOLDER, Sort.NEWEST
        self._or = False  # before the next condition

    def take(self, term: re.Match[str]) -> None:
        minus, name, quoted, bare = term.groups()
        if not (minus or name) and bare in ("OR", "OU"):
            self._or = True
            return
        value = (quoted if quoted is not None else bare).strip()
        if not value:
            return
        operator = ENGLISH.get((name or "").lower(), "")
        word = VALUES.get(value.lower(), value.lower())
        if not minus and self._directs(operator, word):
            return
        before = (minus or "") + (f"{name}:" if name else "")
        typed = before + (f'"{value}"' if quoted is not None or before + value in ("OR", "OU") else value)
        meant = _meant(operator, value, word, self.today)
        if meant is None and name:
            self._remark(operator, name, value, typed)
        about, found = meant or (Field.TEXT, f"{name}:{value}" if name else value)
        self._add(Condition(about, found, bool(minus)), typed)

    def _directs(self, operator: str, word: str) -> bool:
        if operator == "in" and word in SCOPES:
            self.scope = SCOPES[word]
        elif operator == "sort" and word in SORTS:
            self.sort = SORTS[word]
        else:
            return False
        return True

    def _remark(self, operator: str, name: str, value: str, typed: str) -> None:
        if operator or not value.startswith("//"):  # an address of the web
            self.remarks.append(Remark(operator or "operator", typed))

    def _add(self, condition: Condition, typed: str) -> None:
        if self._or and self.clauses:
            last = self.clauses.pop()
            self.clauses.append(Clause((*last.conditions, condition), f"{last.typed} OR {typed}"))
        else:
            self.clauses.append(Clause((condition,), typed))
        self._or = False


def _meant(operator: str, value: str, word: str, today: date) -> tuple[Field, str | bool | date | int] | None:
    """None for what is no condition."""
    if operator in TEXT_FIELDS:
        return TEXT_FIELDS[operator], value
    if not operator:
        return None
    if state := STATES.get((operator, word)):
        return state
    if operator in ("before", "after") and (day := _day(word, today)):
        return Field(operator), day
    if operator in ("older_than", "newer_than") and (day := _days_ago(word, today)):
        return (Field.BEFORE if operator == "older_than" else Field.AFTER), day
    if operator in ("larger", "smaller") and (size := _SIZE.fullmatch(word)):
        return Field(operator), min(int(size[1]) * _OCTETS[size[2]], LARGEST)
    return None


def _day(word: str, today: date) -> date | None:
    """2026-01-31, 2026/01/31; 2026-01 and 2026 are their first days; today, yesterday."""
    if word in ("today", "yesterday"):
        return today - timedelta(days=word == "yesterday")
    match = _DATE.fullmatch(word)
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else None
    except ValueError:
        return None


def _days_ago(word: str, today: date) -> date | None:
    """Of "3d", "2w", "6m", "1y"."""
    match = _AGE.fullmatch(word)
    try:
        return today - timedelta(days=int(match[1]) * _DAYS[match[2]]) if match else None
    except OverflowError:
        return None


def written(
    clauses: Iterable[Clause], scope: Scope = Scope.FOLDER, sort: Sort = Sort.NEWEST, language: str = "en"
) -> str:
    """The text that parse() makes this of, its operators in this language where they are written anew."""
    words = [clause.typed for clause in clauses]
    if scope != Scope.FOLDER:
        words.append(spelled(f"in:{scope}", language))
    if sort != Sort.NEWEST:
        words.append(spelled(f"sort:{sort}", language))
    return " ".join(words)


def clause_of(about: Field, value: str | bool | date | int, language: str = "en") -> Clause:
    """One condition as it is typed."""
    condition = Condition(about, value)
    if isinstance(value, bool):
        return Clause((condition,), spelled(_STATE_NAMES[about, value], language))
    text = str(value).replace('"', " ").strip()
    if isinstance(value, str) and (
        not text.isprintable() or any(mark in text for mark in " :-") or text in ("OR", "OU")
    ):
        text = f'"{text}"'
    return Clause((condition,), text if about is Field.TEXT else f"{spelled(about, language)}:{text}")


def search_keys(query: Query) -> list[object]:
    """SEARCH keys (RFC 9051, 6.4.4), for ImapSession.search. IMAP has no key for attachments and their names; the type
    of mail that carries files stands in, and the text, of which names are a part."""
    keys: list[object] = []
    for clause in query.clauses:
        keys += _one_of([_keys_of(condition) for condition in clause.conditions])
    return keys or ["ALL"]


def _one_of(alternatives: Sequence[list[object]]) -> list[object]:
    if len(alternatives) == 1:
        return alternatives[0]
    return ["OR", alternatives[0], _one_of(alternatives[1:])]


_TEXT_KEYS = {Field.TEXT: "TEXT", Field.BODY: "BODY", Field.FROM: "FROM", Field.CC: "CC", Field.SUBJECT: "SUBJECT"}
_FLAG_KEYS = {Field.UNREAD: ("UNSEEN", "SEEN"), Field.STARRED: ("FLAGGED", "UNFLAGGED")}
_FLAG_KEYS |= {Field.ANSWERED: ("ANSWERED", "UNANSWERED")}
_VALUE_KEYS = {Field.BEFORE: "SENTBEFORE", Field.AFTER: "SENTSINCE", Field.LARGER: "LARGER", Field.SMALLER: "SMALLER"}
_WITH_FILES = ["HEADER", "Content-Type", "multipart/mixed"]


def _keys_of(condition: Condition) -> list[object]:
    keys = _positive_keys(condition)
    return ["NOT", keys] if condition.negated else keys


def _positive_keys(condition: Condition) -> list[object]:
    about, value = condition.field, condition.value
    if about in _TEXT_KEYS:
        return [_TEXT_KEYS[about], value]
    if about in _VALUE_KEYS:
        return [_VALUE_KEYS[about], value]
    if about in _FLAG_KEYS:
        return [_FLAG_KEYS[about][0 if value else 1]]
    if about is Field.TO:
        return ["OR", "TO", value, "CC", value]
    if about is Field.FILENAME:
        return [*_WITH_FILES, "TEXT", value]
    return list(_WITH_FILES)
