"""Who is asked to sign in; and for each request of a person: their language, their time zone, no trace left behind."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers


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
        language = user.language or translation.get_language()
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        with translation.override(language), timezone.override(ZoneInfo(user.time_zone) if user.time_zone else None):
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        # What a person sees is for nobody who has the browser after them; a view may know better (pictures of a mail).
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
