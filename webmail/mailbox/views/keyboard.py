"""The settings page of the keyboard."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import SignedInRequest
from webmail.mailbox.forms import KeyboardForm


@require_http_methods(["GET", "HEAD", "POST"])
def keyboard(request: SignedInRequest) -> HttpResponse:
    """With JavaScript the switch is saved at once; without, by a button."""
    person = User.objects.get(pk=request.user.pk)
    form = KeyboardForm(request.POST if request.method == "POST" else None, instance=person)
    saved = form.is_valid()
    if saved:
        form.save()
    if saved and not request.htmx:
        return redirect("mailbox:keyboard")
    fragment = "mailbox/_keyboard_form.html" if request.htmx else "mailbox/keyboard.html"
    return render(request, fragment, {"form": form, "saved": saved})
