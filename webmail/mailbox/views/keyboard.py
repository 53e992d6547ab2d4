"""The settings page of the keyboard: the switch, and a person's own keys."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from webmail.mailbox import keymap
from webmail.mailbox.forms import KeyboardForm, KeyForm
from webmail.mailbox.keys import SHORTCUTS, Own, printed


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
    fragment = "mailbox/_keyboard_form.html" if request.htmx and form.is_bound else "mailbox/keyboard.html"
    return render(request, fragment, {"form": form, "saved": saved})


@require_POST
def keyboard_keys(request: SignedInRequest) -> HttpResponse:
    """Give a command another key, one more or one less; all as they were, of one command or of every one."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _table(request, {"command": request.POST.get("command", ""), "errors": form.non_field_errors()})
    asked = form.cleaned_data
    own, command, new = request.user.own_keys, asked["command"], asked["new"]
    losers = keymap.losers(own, command, new) if asked["action"] == "change" and new else []
    if losers and not asked["take"]:
        return _table(request, {**asked, "losers": losers, "key": printed(new), "label": SHORTCUTS[command].label})
    _store(request.user, _chosen(own, asked))
    return _table(request, {"command": command, "saved": True})


def _chosen(own: Own, asked: dict[str, str]) -> dict[str, list[str]]:
    match asked["action"]:
        case "change":
            return keymap.change(own, asked["command"], asked["old"], asked["new"])
        case "reset":
            return keymap.reset(own, asked["command"])
        case _:
            return {}


def _store(person: User, keys: dict[str, list[str]]) -> None:
    User.objects.filter(pk=person.pk).update(keys=keymap.sound(keys))
    person.keys = keymap.sound(keys)


def _table(request: SignedInRequest, asked: dict[str, Any]) -> HttpResponse:
    """Without a script the whole page, which says what it says of the switch too."""
    context = {"asked": asked, "form": KeyboardForm(instance=request.user)}
    return render(request, "mailbox/_keymap.html" if request.htmx else "mailbox/keyboard.html", context)
