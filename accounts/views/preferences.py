"""The pages of a person's settings (sections.py), and the search over all of them.

With JavaScript each setting is saved by itself as soon as it is changed: its own part of the page comes back, with a
tick or with what is wrong. Without, a button saves the page.
"""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts import finding
from accounts.forms.preferences import PreferencesForm, form_of
from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.sections import APPEARANCE, READING, WRITING, YOU, Section

SHOWS_EVERYWHERE = {"language", "name"}  # of the theme, accounts-appearance.js sees to it


@require_http_methods(["GET", "HEAD", "POST"])
def _section(request: SignedInRequest, section: Section) -> HttpResponse:
    # A fresh copy: a form that fails must not change the name in this very page.
    person = User.objects.get(pk=request.user.pk)
    only = request.POST.get("only", "")
    form = form_of(section, only if only in section.names else "")(request.POST or None, instance=person)
    if form.is_valid():
        form.save()
        return _saved(request, section, form)
    return _page(request, section, form)


def _page(request: SignedInRequest, section: Section, form: PreferencesForm, saved: bool = False) -> HttpResponse:
    template = "accounts/_saved_setting.html" if request.htmx and form.is_bound else "accounts/preferences.html"
    return render(request, template, {"section": section, "form": form, "saved": saved})


def _saved(request: SignedInRequest, section: Section, form: PreferencesForm) -> HttpResponse:
    if request.htmx and not SHOWS_EVERYWHERE & set(form.changed_data):
        return _page(request, section, form, saved=True)
    with translation.override(form.instance.language or translation.get_language()):
        messages.success(request, _("Saved"))
    return HttpResponseClientRefresh() if request.htmx else redirect(f"accounts:{section.name}")


profile = partial(_section, section=YOU)
appearance = partial(_section, section=APPEARANCE)
reading = partial(_section, section=READING)
writing = partial(_section, section=WRITING)


@require_POST
def hints(request: SignedInRequest) -> HttpResponse:
    """What a beginner is told is read, and not shown again."""
    User.objects.filter(pk=request.user.pk).update(wants_hints=False)
    return HttpResponse() if request.htmx else redirect("mailbox:home")


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """What is found, as a page, or as the list below the field for a script."""
    asked = request.GET.get("q", "")[: finding.LONGEST]
    context = {"q": asked, "found": finding.find(request.user, asked)}
    return render(request, "accounts/_found.html" if request.htmx else "accounts/search.html", context)
