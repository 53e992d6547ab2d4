"""A search as a form with fields, for whoever does not know the operators: text → fields → text."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from webmail.mailbox.forms import ACTIONS, ActForm
from webmail.mailbox.hits import KEY
from webmail.mailbox.query import LONGEST, Clause, Field, Query, Scope, clause_of, parse, written

MEGABYTE = 1_000_000
TEXTS = {"sender": Field.FROM, "to": Field.TO, "subject": Field.SUBJECT}
STATES = {"attachment": Field.ATTACHMENT, "unread": Field.UNREAD, "starred": Field.STARRED}
DATES = {"after": Field.AFTER, "before": Field.BEFORE}
SIZES = {"larger": Field.LARGER, "smaller": Field.SMALLER}


class _DateInput(forms.DateInput):
    input_type = "date"


class SearchForm(forms.Form):
    sender = forms.CharField(label=_("From"), max_length=LONGEST, required=False)
    to = forms.CharField(label=_("To"), max_length=LONGEST, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=LONGEST, required=False)
    words = forms.CharField(label=_("Has the words"), max_length=LONGEST, required=False)
    without = forms.CharField(label=_("Without the words"), max_length=LONGEST, required=False)
    after = forms.DateField(label=_("Since"), required=False, widget=_DateInput)
    before = forms.DateField(label=_("Before"), required=False, widget=_DateInput)
    larger = forms.IntegerField(label=_("Larger than, MB"), min_value=1, max_value=4000, required=False)
    smaller = forms.IntegerField(label=_("Smaller than, MB"), min_value=1, max_value=4000, required=False)
    attachment = forms.BooleanField(label=_("With files"), required=False)
    unread = forms.BooleanField(label=_("Unread"), required=False)
    starred = forms.BooleanField(label=_("Starred"), required=False)
    scope = forms.ChoiceField(
        label=_("Where"),
        choices=[
            (Scope.FOLDER.value, _("This folder")),
            (Scope.ALL.value, _("All folders but spam and trash")),
            (Scope.ANYWHERE.value, _("All folders")),
        ],
        required=False,
    )

    @property
    def rows(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in STATES]

    @property
    def checks(self) -> list[forms.BoundField]:
        return [self[name] for name in STATES]

    def text(self) -> str:
        """What to type for it; of a valid form."""
        scope = Scope(self.cleaned_data["scope"] or Scope.FOLDER)
        return written(self._clauses(), scope, language=get_language() or "en")[:LONGEST]

    def _clauses(self) -> Iterator[Clause]:
        asked, language = self.cleaned_data, get_language() or "en"
        for name, about in TEXTS.items():
            if asked[name]:
                yield clause_of(about, asked[name], language)
        yield from parse(asked["words"]).clauses
        for clause in parse(asked["without"]).clauses:
            yield Clause((), f"-{clause.typed.removeprefix('-')}")
        for name, about in (DATES | STATES).items():
            if asked[name]:
                yield clause_of(about, asked[name], language)
        for name, about in SIZES.items():
            if asked[name]:
                yield clause_of(about, asked[name] * MEGABYTE, language)


def fields_of(query: Query) -> dict[str, Any]:
    """Initial values of the form; what has no field of its own is among the words."""
    found: dict[str, Any] = {"scope": query.scope.value}
    words: list[str] = []
    for clause in query.clauses:
        name, value = _field_of(clause)
        if name and name not in found:
            found[name] = value
        else:
            words.append(clause.typed)
    return found | {"words": " ".join(words)}


def _field_of(clause: Clause) -> tuple[str, Any]:
    condition = clause.conditions[0]
    if len(clause.conditions) > 1 or condition.negated:
        return "", None
    names = {about: name for name, about in (TEXTS | DATES | SIZES | STATES).items()}
    value: Any = condition.value
    if condition.field in SIZES.values():
        return (names[condition.field], value // MEGABYTE) if value % MEGABYTE == 0 and value else ("", None)
    if condition.field in DATES.values():
        return names[condition.field], value.isoformat()  # as the browser's field reads it
    return ("", None) if value is False else (names.get(condition.field, ""), value)


class KeysField(forms.MultipleChoiceField):
    """Messages of several folders (hits.py)."""

    def valid_value(self, value: object) -> bool:
        return bool(KEY.fullmatch(str(value)))


class HitsForm(ActForm):
    """An action on messages of several folders; `one` is "star 12-7-0123456789ab"."""

    one = forms.RegexField(rf"\A(?:{'|'.join(ACTIONS)}) {KEY.pattern}\Z", required=False)
    uid = KeysField(required=False)  # type: ignore[assignment]

    def number(self, uid: str) -> object:
        return uid
