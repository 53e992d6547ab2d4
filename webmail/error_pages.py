"""The pages of what can't be shown: a sentence, what to do now, never a trace."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def error_page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """One look for all of them. A person who is signed in gets the way back to the mail. Where a script asked for part
    of a page, that stays as it is, and a toast tells."""
    if request.headers.get("HX-Request"):
        response = render(request, "mailbox/_toast.html", {"title": title, "text": text}, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
        return response
    return render(request, "error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request,
        400,
        _("This address or form could not be understood"),
        _("Go back, load the page again, then try once more."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    text = _(
        "The page was open too long, or it asks for something only an admin may do. Load it again, then try once more."
    )
    return error_page(request, 403, _("This is not allowed"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("It may have been moved or deleted, here or on another device, or it belongs to somebody else.")
    return error_page(request, 404, _("There is nothing here"), text)


def server_error(request: HttpRequest) -> HttpResponse:
    text = _("The fault is ours and was written to the log. Nothing that you had saved or sent is lost.")
    return error_page(request, 500, _("Something broke on this page"), text)


def locked_out(request: HttpRequest, credentials: object = None, *args: object) -> HttpResponse:
    """django-axes: too many wrong passwords; see accounts/throttling.py."""
    text = _(
        "There were too many wrong passwords. Wait a quarter of an hour and try again, or ask an admin for a new one."
    )
    return error_page(request, 429, _("Signing in is paused"), text)
