"""Signing in, and the very first account of an installation."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, UsernameField
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms.styling import StyledFormMixin
from accounts.models import User


class SignInForm(StyledFormMixin, AuthenticationForm):
    """User name or e-mail address, and password. One sentence for all that can be wrong, so that nobody learns which
    names exist.
    """

    username = UsernameField(label=_("E-mail address or user name"), max_length=254)
    stay = forms.BooleanField(label=_("Stay signed in on this device"), required=False, initial=True)

    error_messages = {
        "invalid_login": _("The name or the password is not right. In the password, capital letters count."),
        "inactive": _("The name or the password is not right. In the password, capital letters count."),
    }

    def clean_username(self) -> str:
        """The user name behind an address, if exactly one person has it; what was typed otherwise."""
        typed = self.cleaned_data["username"]
        if "@" not in typed or User.objects.filter(username=typed).exists():
            return typed
        names = User.objects.filter(email__iexact=typed).values_list("username", flat=True)[:2]
        return names[0] if len(names) == 1 else typed


class FirstAdminForm(StyledFormMixin, BaseUserCreationForm):
    """Who sets the installation up: they become its first admin."""

    class Meta:
        model = User
        fields = ["name", "username", "email"]
        field_classes = {"username": UsernameField}
        labels = {"name": _("Your name"), "username": _("User name")}

    email = forms.EmailField(label=_("E-mail address"), required=False)

    def save(self, commit: bool = True) -> User:
        self.instance.is_superuser = True
        return super().save(commit)

    def clean(self) -> dict[str, Any] | None:
        if User.objects.exists():
            raise ValidationError(_("Somebody else was quicker: this installation has an admin now. Sign in instead."))
        return super().clean()
