"""The type of a request where somebody is signed in: all of them, but for views marked login_not_required."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """Only for annotations: LoginRequiredMiddleware lets nobody else through, HtmxMiddleware adds `htmx`."""

    user: User
    htmx: HtmxDetails
