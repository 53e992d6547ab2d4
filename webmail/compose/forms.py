"""The compose form. It refuses what can't be kept (control characters, other people's accounts); what can be kept but
not sent is told by letters.problems."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from webmail.compose import formatting
from webmail.compose.models import Draft, Mode
from webmail.mime.calendar_reply import ANSWERS
from webmail.mime.sanitize import clean_fragment
from webmail.mime.text import html_to_text

one_line = RegexValidator(
    "^[^\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*\\Z", _("Line breaks and control characters are not allowed here.")
)
CARRIED = re.compile(r"[1-9][0-9.]{0,60} [^\0-\x1f\x7f]{0,255}")
MOST_CARRIED = 100
WRITER = re.compile(r"[0-9a-f]{32}")
SOURCE = ("mode", "source_account", "source_folder", "source_uidvalidity", "source_uid")
THREAD = ("in_reply_to", "references")
WRITTEN = ("account", "to", "cc", "bcc", "subject", "text", "html")


def line(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=50_000, validators=[one_line], **options)


def hidden() -> forms.CharField:
    return forms.CharField(required=False, max_length=50_000, validators=[one_line], widget=forms.HiddenInput)


class PageField(forms.HiddenInput):
    """What a page says of itself: no browser fills it in with what stood in another one."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "off"})


def html_field() -> forms.CharField:
    """Formatted text."""
    too_long = {"max_length": _("The mail is too long for formatted text. Switch to plain text, or shorten it.")}
    limit = formatting.HTML_LIMIT
    return forms.CharField(
        label=_("Formatted text"),
        required=False,
        strip=False,
        max_length=limit,
        error_messages=too_long,
        widget=forms.Textarea,
    )


class AccountField(forms.ModelChoiceField):
    """One of the accounts of `person`, looked up by the query that is prepared for them."""

    person: User

    def to_python(self, value: Any) -> Account | None:
        if value in self.empty_values:
            return None
        for account in self.person.mail_accounts():
            if str(account.pk) == str(value):
                return account
        raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class ComposeForm(forms.Form):
    account = AccountField(Account.objects.none(), label=_("From"), empty_label=None)
    to = line(_("To"))
    cc = line(_("Cc"))
    bcc = line(_("Bcc"))
    subject = line(_("Subject"))
    text = forms.CharField(label=_("Text"), required=False, strip=False, max_length=1_000_000, widget=forms.Textarea)
    html = html_field()
    in_reply_to = hidden()
    references = hidden()
    mode = forms.ChoiceField(choices=Mode, required=False, widget=forms.HiddenInput)
    source_account = AccountField(Account.objects.none(), required=False, widget=forms.HiddenInput)
    source_folder = hidden()
    source_uidvalidity = forms.IntegerField(required=False, min_value=0, max_value=2**32 - 1, widget=forms.HiddenInput)
    source_uid = forms.IntegerField(required=False, min_value=0, max_value=2**32 - 1, widget=forms.HiddenInput)

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=PageField)
    writer = forms.RegexField(WRITER, required=False, max_length=32, widget=PageField)

    def __init__(self, user: User, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.initial = {"version": 0, "writer": uuid4().hex, **self.initial}
        for name in ("account", "source_account"):
            field: AccountField = self.fields[name]  # type: ignore[assignment]
            field.person, field.queryset = user, user.accounts.all()

    def clean(self) -> dict[str, Any]:
        """Formatted text is cleaned and brings its own plain text; without it, the plain text is the mail."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if html := values.get("html"):
            values["html"] = clean_fragment(html)
            values["text"] = html_to_text(values["html"])
        return values

    def carried(self) -> list[str]:
        """The files to take over that are still ticked."""
        chosen = self.data.getlist("carried")[:MOST_CARRIED] if hasattr(self.data, "getlist") else []
        return [value for value in chosen if CARRIED.fullmatch(value)]

    def written(self) -> dict[str, Any]:
        """What a person typed."""
        return {name: self.cleaned_data[name] for name in WRITTEN}

    def is_older_than(self, draft: Draft) -> bool:
        """Whether somebody else's page saved the draft after this one was shown. A page that names no version writes
        over whatever is there."""
        version = self.cleaned_data["version"]
        return version is not None and version != draft.version and self.cleaned_data["writer"] != draft.writer

    def begun(self) -> dict[str, Any]:
        """Where the mail came from: stored with the first POST and kept."""
        return {name: self.cleaned_data[name] for name in (*SOURCE, *THREAD)}


def initial_of(draft: Draft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in (*WRITTEN, *SOURCE, *THREAD)}
    return {**values, "version": draft.version, "account": draft.account_id, "source_account": draft.source_account_id}


class ConversionForm(forms.Form):
    """What the page's switch asks for: formatted text made plain, or plain text formatted."""

    text = forms.CharField(required=False, strip=False, max_length=formatting.TEXT_LIMIT)
    html = html_field()

    def converted(self) -> str:
        values = self.cleaned_data
        return html_to_text(values["html"]) if values["html"] else formatting.from_text(values["text"])


class AnswerForm(forms.Form):
    """An answer to the invitation in the part at `section`; `key` is of the page that asked."""

    answer = forms.ChoiceField(choices=[(answer.value, answer.value) for answer in ANSWERS])
    section = forms.CharField(max_length=400)
    key = forms.UUIDField()
