"""What the mailbox pages accept, field by field."""

import unicodedata
from collections.abc import Collection

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.saving import OwnColumnsMixin
from accounts.models import User
from webmail.mailbox.consent import Scope
from webmail.mailbox.keymap import FIXED, is_key
from webmail.mailbox.keys import SHORTCUTS

MAX_UIDS = 1000
ACTIONS = ("read", "unread", "star", "unstar", "archive", "trash", "junk", "move", "delete")


class UidsField(forms.TypedMultipleChoiceField):
    """Message numbers as decimal digits; which exist is the mailbox's to know."""

    def valid_value(self, value: object) -> bool:
        return str(value).isdecimal() and len(str(value)) <= 10


class ActForm(forms.Form):
    """An action on messages of one folder. `one` is the button of a single row, "star 123"; it goes before the
    selection."""

    action = forms.ChoiceField(choices=[(name, name) for name in ACTIONS], required=False)
    one = forms.RegexField(rf"\A(?:{'|'.join(ACTIONS)}) \d{{1,10}}\Z", required=False)
    uid = UidsField(coerce=int, required=False)
    target = forms.CharField(max_length=2000, required=False, strip=False)
    page = forms.IntegerField(min_value=1, max_value=10**8, required=False)
    q = forms.CharField(max_length=500, required=False)
    open = forms.IntegerField(min_value=1, max_value=2**32 - 1, required=False)
    opened = forms.BooleanField(required=False)
    quiet = forms.BooleanField(required=False)

    def number(self, uid: str) -> object:
        """What the field `uid` makes of this."""
        return int(uid)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data  # no page of ours sends this: it needs no words
        if data.get("one"):
            action, uid = data["one"].split()
            data.update(action=action, uid=[self.number(uid)])
        elif data.get("target") and not data.get("action"):
            data["action"] = "move"
        if not data.get("action"):
            raise forms.ValidationError(_("Choose what to do."))
        if data["action"] == "move" and not data.get("target"):
            raise forms.ValidationError(_("Choose the folder to move to."))
        if len(data.get("uid", ())) > MAX_UIDS:
            raise forms.ValidationError(_("Select at most 1000 messages at a time."))
        return data


class PicturesForm(forms.Form):
    """Which pictures from elsewhere may load, and what to go back to: the list beside the message, or a message within
    it."""

    scope = forms.ChoiceField(choices=[(scope.value, scope.value) for scope in Scope])
    page = forms.IntegerField(min_value=1, max_value=10**8, required=False)
    q = forms.CharField(max_length=500, required=False)
    section = forms.RegexField(r"^\d+(\.\d+){0,100}\Z", max_length=400, required=False)


class FolderForm(forms.Form):
    """The name of a folder: its last level; the level above it is chosen beside it. Of a folder that is there, one of
    the two is asked for."""

    name = forms.CharField(label=_("Name"), max_length=200)
    parent = forms.ChoiceField(label=_("Inside"), required=False)

    def __init__(
        self,
        *args: object,
        parents: list[tuple[str, str]],
        asked: Collection[str] = ("name", "parent"),
        **options: object,
    ):
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["parent"].choices = [("", _("No folder, at the top")), *parents]  # type: ignore[attr-defined]
        self.fields = {name: field for name, field in self.fields.items() if name in asked}

    def clean_name(self) -> str:
        """One spelling of what looks the same (RFC 9051, 5.1)."""
        return unicodedata.normalize("NFC", self.cleaned_data["name"])


class KeyboardForm(OwnColumnsMixin, forms.ModelForm):
    class Meta:
        model = User
        fields = ["single_keys"]
        widgets = {"single_keys": forms.CheckboxInput({"role": "switch", "aria-describedby": "single-keys-hint"})}


class KeyForm(forms.Form):
    """Of one command: the key `old` becomes `new` (keymap.py), to `take` from another if need be; or `less` goes."""

    action = forms.ChoiceField(choices=[(name, name) for name in ("change", "reset", "reset-all")])
    command = forms.ChoiceField(choices=[(name, name) for name in SHORTCUTS], required=False)
    old = forms.CharField(max_length=40, required=False)
    new = forms.CharField(max_length=40, required=False)
    less = forms.CharField(max_length=40, required=False)
    take = forms.BooleanField(required=False)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if self.errors or data["action"] == "reset-all":
            return data
        if data["less"]:
            data.update(old=data["less"], new="")
        if not data["command"] or data["old"] in FIXED:
            raise forms.ValidationError(_("This key can’t be changed."))
        if data["new"] and not is_key(data["new"]):
            raise forms.ValidationError(_("This key belongs to the browser. Choose another one."))
        return data
