"""What may be asked for a whole folder."""

from django import forms
from django.utils.translation import gettext_lazy as _

from webmail.bulk.starting import ACTS


class StartForm(forms.Form):
    """An act on all of a folder that the search `q` finds; `empty` deletes for good."""

    action = forms.ChoiceField(choices=[(name, name) for name in ACTS], required=False)
    empty = forms.BooleanField(required=False)
    target = forms.CharField(max_length=2000, required=False, strip=False)
    page = forms.IntegerField(min_value=1, max_value=10**8, required=False)
    q = forms.CharField(max_length=500, required=False)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if data.get("empty"):
            data.update(action="delete", target="", q="")
        elif data.get("target") and not data.get("action"):
            data["action"] = "move"
        if not self.errors and not data.get("action"):
            raise forms.ValidationError(_("Choose what to do."))
        if data.get("action") == "move" and not data.get("target"):
            raise forms.ValidationError(_("Choose the folder to move to."))
        return data
