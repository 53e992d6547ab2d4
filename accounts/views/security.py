"""A person's own password, and where they are signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import devices, people
from accounts.forms.password import OwnPasswordForm
from accounts.requests import SignedInRequest

OTHERS = "others"


@require_http_methods(["GET", "HEAD", "POST"])
def security(request: SignedInRequest) -> HttpResponse:
    """POST signs out one other device, by its handle, or all of them."""
    if request.method != "POST":
        live = devices.live_sessions(request.user, request.session.session_key or "")
        return render(request, "accounts/security.html", {"sessions": live})
    chosen = request.POST.get("end", "")
    number = devices.end(request.user, request.session.session_key or "", "" if chosen == OTHERS else chosen or "-")
    said = ngettext("%(number)s device was signed out.", "%(number)s devices were signed out.", number)
    messages.success(request, said % {"number": number})
    return redirect("accounts:security")


class ChangePassword(PasswordChangeView):
    """Django's own: asks for the old one, keeps this session and ends all others."""

    template_name = "accounts/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("accounts:security")

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
