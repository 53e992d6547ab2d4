"""A search in people's words: what each of its conditions is called, what was not understood, how far it went."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils import formats
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from webmail.mailbox.base import Coverage, Folder
from webmail.mailbox.operators import spelled
from webmail.mailbox.query import Clause, Condition, Field, Query, Remark, Sort
from webmail.mailbox.side import folder_label
from webmail.templatetags.interface import file_size

_TEXTS = {
    Field.FROM: gettext_lazy("From: %(value)s"),
    Field.TO: gettext_lazy("To: %(value)s"),
    Field.CC: gettext_lazy("Cc: %(value)s"),
    Field.SUBJECT: gettext_lazy("Subject: %(value)s"),
    Field.BODY: gettext_lazy("In the text: %(value)s"),
    Field.FILENAME: gettext_lazy("File: %(value)s"),
    Field.BEFORE: gettext_lazy("Before %(value)s"),
    Field.AFTER: gettext_lazy("Since %(value)s"),
    Field.LARGER: gettext_lazy("Larger than %(value)s"),
    Field.SMALLER: gettext_lazy("Smaller than %(value)s"),
}
_STATES = {
    (Field.UNREAD, True): pgettext_lazy("messages", "Unread"),
    (Field.UNREAD, False): pgettext_lazy("messages", "Read"),
    (Field.STARRED, True): pgettext_lazy("messages", "Starred"),
    (Field.STARRED, False): pgettext_lazy("messages", "Not starred"),
    (Field.ANSWERED, True): pgettext_lazy("messages", "Answered"),
    (Field.ANSWERED, False): pgettext_lazy("messages", "Not answered"),
    (Field.ATTACHMENT, True): pgettext_lazy("messages", "With files"),
}
SORTS = {
    Sort.NEWEST: gettext_lazy("Newest first"),
    Sort.OLDEST: gettext_lazy("Oldest first"),
    Sort.FROM: gettext_lazy("By sender"),
    Sort.SUBJECT: gettext_lazy("By subject"),
    Sort.SIZE: gettext_lazy("Largest first"),
}
_EXAMPLES = {
    "before": "before:2026-01-31",
    "after": "after:2026-01-31",
    "older_than": "older_than:2w",
    "newer_than": "newer_than:7d",
    "larger": "larger:5M",
    "smaller": "smaller:300k",
    "is": "is:unread",
    "has": "has:attachment",
    "in": "in:all",
    "sort": "sort:oldest",
}


def label(clause: Clause) -> str:
    """ "From: ann", "Not “tea”", "From: ann or With files"."""
    either = pgettext("between alternatives", " or ")
    return either.join(map(_condition, clause.conditions))


def _condition(condition: Condition) -> str:
    words = _positive(condition.field, condition.value)
    return _("Not: %(condition)s") % {"condition": words} if condition.negated else words


def _positive(about: Field, value: str | bool | date | int) -> str:
    if isinstance(value, bool):
        return str(_STATES[about, value])
    if about is Field.TEXT:
        return _("“%(words)s”") % {"words": value}
    shown = value
    if isinstance(value, date):
        shown = formats.date_format(value, "SHORT_DATE_FORMAT")
    elif isinstance(value, int):
        shown = file_size(value)
    return str(_TEXTS[about]) % {"value": shown}


def remarks(query: Query) -> Iterator[str]:
    """What was not understood, or not quite done as it was asked."""
    yield from map(_remark, query.remarks)
    if any(condition.field is Field.FILENAME for condition in query.conditions):
        yield _("Names of files are looked for among all the words of a message.")


def _remark(remark: Remark) -> str:
    if remark.kind == "operator":
        words = _("There is no operator “%(name)s:”; “%(typed)s” was looked for as it stands.")
        return words % {"name": remark.typed.lstrip("-").partition(":")[0], "typed": remark.typed}
    name, _colon, value = _EXAMPLES[remark.kind].partition(":")
    language = get_language() or "en"
    example = spelled(f"{name}:{value}", language)
    if example == f"{name}:{value}":
        example = f"{spelled(name, language)}:{value}"
    words = _("“%(typed)s” was looked for as it stands: write it like %(example)s.")
    return words % {"typed": remark.typed, "example": example}


def coverage(found: Coverage) -> list[str]:
    """What was not done of what was asked."""
    said = []
    if found.missed:
        said.append(_("These folders could not be searched: %(folders)s.") % {"folders": _names(found.missed)})
    if found.cut:
        said.append(_("Only the newest 1,000 of each folder are listed."))
    if found.unordered:
        said.append(_("This list can’t be put into that order; the newest come first."))
    return said


def left_out(found: Coverage) -> str:
    if not found.left_out:
        return ""
    return _("%(folders)s left out.") % {"folders": _names(found.left_out)}


def _names(folders: Sequence[Folder]) -> str:
    return ", ".join(map(folder_label, folders))
