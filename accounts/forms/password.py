"""A person's own password."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest

from accounts.forms.styling import StyledFormMixin


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
