"""What people set for themselves."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms.saving import OwnColumnsMixin
from accounts.forms.styling import StyledFormMixin
from accounts.models import User


def time_zone_choices() -> list[tuple[str, object]]:
    """Continents as groups: [("", "…"), ("Europe", [("Europe/Paris", "Paris"), …]), …], without the legacy names
    outside of them.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(available_timezones()):
        area, slash, city = zone.partition("/")
        if slash and area not in {"Etc", "posix", "right", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico"}:
            groups.setdefault(area, []).append((zone, city.replace("_", " ").replace("/", ", ")))
    return [("", _("Like the site")), ("UTC", "UTC"), *groups.items()]


class ProfileForm(StyledFormMixin, OwnColumnsMixin, forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme"]
        labels = {
            "name": _("Your name"),
            "language": _("Language"),
            "time_zone": _("Time zone"),
            "theme": _("Appearance"),
        }
        widgets = {"theme": forms.RadioSelect}

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Like the browser")), *settings.LANGUAGES]
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=time_zone_choices)
    theme = forms.ChoiceField(
        label=_("Appearance"), required=False, choices=User.Theme.choices, widget=forms.RadioSelect
    )


class OwnPasswordForm(StyledFormMixin, PasswordChangeForm):
    """Asks for the old password first, and counts wrong ones like those of a sign-in: whoever borrows a session must
    not be able to guess on.
    """

    def __init__(self, *args: Any, request: HttpRequest, **options: Any):
        super().__init__(*args, **options)
        self.request = request

    def clean_old_password(self) -> str:
        typed: str = self.cleaned_data["old_password"]
        person = authenticate(self.request, username=self.user.get_username(), password=typed)
        if not person:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        # As it was when it was found right, perhaps hashed anew just then: see people.change_own_password().
        self.user.password = person.password
        return typed
