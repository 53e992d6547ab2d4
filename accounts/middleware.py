"""Who is asked to sign in; and for each request of a person: their language, their time zone, no trace left behind."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from accounts.devices import note_use


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Leads to the sign-in page. A part of a page is no place for it: there the whole page is loaded again, and led."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=403, headers={"HX-Refresh": "true"})
        return super().handle_no_permission(request, view_func)


class PreferencesMiddleware:
    """Who is signed in overrules what the browser asks for (LocaleMiddleware), and leaves no page in its cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        note_use(request.session)
        language = user.language or translation.get_language()
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        # The form of dates is a variant of the language: each place that keeps texts under their language keeps them
        # apart by itself, and every format is found there (webmail/formats).
        variant = f"{language}-{user.date_form}" if user.date_form else language
        with translation.override(variant), timezone.override(ZoneInfo(user.time_zone) if user.time_zone else None):
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        # What a person sees is for nobody who has the browser after them; a view may know better (pictures of a mail).
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
