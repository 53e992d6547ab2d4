"""A person's own name, language, time zone, appearance and password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from accounts import people
from accounts.forms.profile import OwnPasswordForm, ProfileForm
from accounts.models import User
from accounts.requests import SignedInRequest

SHOWS_EVERYWHERE = {"language", "theme", "name"}


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """With JavaScript each change is saved at once; without, by a button."""
    # A fresh copy: a form that fails must not change the name in this very page.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method != "POST" or not form.is_valid():
        fragment = "accounts/_profile_form.html" if request.htmx else "accounts/profile.html"
        return render(request, fragment, {"form": form})
    form.save()
    return _saved(request, form, person)


def _saved(request: SignedInRequest, form: ProfileForm, person: User) -> HttpResponse:
    if request.htmx and not SHOWS_EVERYWHERE & set(form.changed_data):
        return render(request, "accounts/_profile_form.html", {"form": form, "saved": True})
    with translation.override(person.language or translation.get_language()):
        messages.success(request, _("Saved"))
    return HttpResponseClientRefresh() if request.htmx else redirect("accounts:profile")


class ChangePassword(PasswordChangeView):
    """Django's own: asks for the old one, keeps this session and ends all others."""

    template_name = "accounts/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("accounts:profile")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        if not people.change_own_password(form.user, form.cleaned_data["new_password1"]):
            logout(self.request)
            return redirect("accounts:sign_in")
        update_session_auth_hash(self.request, form.user)
        messages.success(self.request, _("Your password is changed. Other devices are signed out."))
        return redirect(self.get_success_url())


password = ChangePassword.as_view()
