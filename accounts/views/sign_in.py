"""Signing in and out, and the first start of an empty installation."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.i18n import set_language

from accounts import people
from accounts.forms.sign_in import FirstAdminForm, SignInForm
from accounts.models import User
from accounts.throttling import remember_browser

BACKEND = "accounts.backends.PersonBackend"


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """Django's own: cycles the session's key, follows `next` only within this site, hides what was wrong."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not User.objects.exists():
            return redirect("accounts:first_admin")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if not form.cleaned_data["stay"]:
            self.request.session.set_expiry(0)
        remember_browser(response, form.get_user())
        return response


sign_in = SignIn.as_view()
sign_out = login_not_required(LogoutView.as_view())


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin(request: HttpRequest) -> HttpResponse:
    """Only while nobody exists; of two people who send the form at once, one wins and the other is asked to sign in."""
    if User.objects.exists():
        return redirect("accounts:sign_in")
    form = FirstAdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        admin = form.save(commit=False)
        if not people.create_first_admin(admin):
            return redirect("accounts:sign_in")
        login(request, admin, backend=BACKEND)
        response = redirect("mailbox:home")
        remember_browser(response, admin)
        return response
    return render(request, "accounts/first_admin.html", {"form": form})


@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """The language of whoever is not signed in, kept in a cookie. POST only; `next` within this site."""
    return set_language(request)


@login_not_required
@require_safe
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Django's admin has no sign-in of its own here; for those who are signed in but no admins there is nothing."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise Http404
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


def admin_password(request: HttpRequest) -> HttpResponse:
    return redirect("accounts:password")
