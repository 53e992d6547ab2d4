"""What an admin types about people."""

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm, SetPasswordForm, UsernameField
from django.utils.translation import gettext_lazy as _

from accounts.forms.saving import OwnColumnsMixin
from accounts.forms.styling import StyledFormMixin
from accounts.models import User


class UniqueEmailMixin:
    """An address that another person signs in with can't be taken, in whatever case it is written."""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]  # type: ignore[attr-defined]
        others = User.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody else has this address already."))
        return email


class NewPersonForm(StyledFormMixin, UniqueEmailMixin, BaseUserCreationForm):
    """Also behind `manage.py add_user`."""

    class Meta:
        model = User
        fields = ["name", "username", "email", "is_superuser"]
        field_classes = {"username": UsernameField}
        labels = {
            "name": _("Name"),
            "username": _("User name"),
            "email": _("E-mail address"),
            "is_superuser": _("Admin"),
        }
        help_texts = {"is_superuser": _("May manage people and the server. Nobody’s mail becomes visible by it.")}


class PersonForm(StyledFormMixin, UniqueEmailMixin, OwnColumnsMixin, forms.ModelForm):
    class Meta:
        model = User
        fields = ["name", "username", "email"]
        field_classes = {"username": UsernameField}
        labels = {"name": _("Name"), "username": _("User name"), "email": _("E-mail address")}


class NewPasswordForm(StyledFormMixin, SetPasswordForm):
    """An admin sets it; the person is told by the admin, not by us."""
