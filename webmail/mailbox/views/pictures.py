"""Pictures from elsewhere: letting them load, fetching them for the reader's browser, and taking the consent back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from webmail.mailbox.base import MessageRef
from webmail.mailbox.consent import Scope, allow_pictures
from webmail.mailbox.forms import PicturesForm
from webmail.mailbox.models import PictureConsent
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.pictures import fetched, signed_address
from webmail.mailbox.tools import list_suffix
from webmail.mailbox.views import account_of

KEPT_SECONDS = 24 * 3600
COME_AGAIN_LIMIT = 15  # browsers follow 20


@require_POST
def allow(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int) -> HttpResponse:
    """The banner's buttons; htmx follows to the reading pane, a form to the page."""
    account = account_of(request, account_id)
    form = PicturesForm(request.POST)
    with open_mailbox(account) as mailbox:
        message = mailbox.get_message(MessageRef(folder, uidvalidity, uid))
    if form.is_valid():
        allow_pictures(request, account_id, message, Scope(form.cleaned_data["scope"]))
    suffix = list_suffix(form.cleaned_data.get("page") or 1, form.cleaned_data.get("q") or "")
    section = form.cleaned_data.get("section")
    place = [account_id, folder, uidvalidity, uid]
    url = reverse("mailbox:within", args=[*place, section]) if section else reverse("mailbox:message", args=place)
    return HttpResponse(status=303, headers={"Location": url + suffix})


@require_safe
def remote(request: HttpRequest, account_id: int, folder: str, uidvalidity: int, uid: int, token: str) -> HttpResponse:
    """One picture at an address that was signed for this person and message."""
    account = account_of(request, account_id)
    address = signed_address(token, account, MessageRef(folder, uidvalidity, uid))
    if address is None:
        raise Http404
    found = fetched(address)
    if found.reason == "seats":
        return _come_again(request)
    if found.picture is None:
        return _guarded(HttpResponse(status=502, content_type="text/plain", headers={"Cache-Control": "no-store"}))
    response = HttpResponse(found.content, content_type=found.picture.content_type)
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}, immutable"
    response["Content-Disposition"] = "inline"
    return _guarded(response)


def _come_again(request: HttpRequest) -> HttpResponse:
    """All seats are taken: a browser that comes again waits in line behind pages that need no seat."""
    asked = request.GET.get("again", "")
    times = int(asked) + 1 if asked.isdecimal() and len(asked) < 3 else 1
    if times > COME_AGAIN_LIMIT:
        return _guarded(HttpResponse(status=503, content_type="text/plain", headers={"Cache-Control": "no-store"}))
    response = HttpResponse(status=307, headers={"Location": f"{request.path}?{urlencode({'again': times})}"})
    response["Cache-Control"] = "no-store"
    return _guarded(response)


def _guarded(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: HttpRequest) -> HttpResponse:
    """Whose pictures load without asking, in the settings; each can be taken back."""
    consents = PictureConsent.objects.filter(user=request.user.pk)
    if request.method != "POST":
        return render(request, "mailbox/pictures.html", {"consents": consents})
    number = request.POST.get("consent", "")
    get_object_or_404(consents, pk=number if number.isdecimal() and len(number) < 19 else 0).delete()
    messages.success(request, _("Pictures of this sender wait for you again."))
    return redirect("mailbox:pictures")
