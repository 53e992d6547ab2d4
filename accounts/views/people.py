"""The people page, for admins. For everybody else there is nothing here (404)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts import people as acts
from accounts.forms.people import NewPasswordForm, NewPersonForm, PersonForm
from accounts.models import Account, User
from accounts.requests import SignedInRequest

PEOPLE_PER_PAGE = 50
WITH_ERROR = ~Q(accounts__incoming_error="") | ~Q(accounts__outgoing_error="")
SHOWN = {
    "": Q(),
    "error": Q(accounts__isnull=False) & WITH_ERROR,
    "disabled": Q(is_active=False),
    "admins": Q(is_superuser=True),
}

View = Callable[..., HttpResponse]


def for_admins(view: View) -> View:
    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@for_admins
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    words, shown = request.GET.get("q", "").strip()[:200], request.GET.get("show", "")
    page = Paginator(_found(words, shown), PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "words": words, "shown": shown if shown in SHOWN else "", "figures": _figures()}
    return render(request, "accounts/people.html", context)


def _found(words: str, shown: str) -> QuerySet[User]:
    matching = Q(username__icontains=words) | Q(name__icontains=words) | Q(email__icontains=words)
    matching |= Q(accounts__address__icontains=words)
    ids = User.objects.filter(matching & SHOWN.get(shown, Q())).values("pk")
    return (
        User.objects.filter(pk__in=ids)
        .annotate(account_count=Count("accounts"), error_count=Count("accounts", filter=WITH_ERROR))
        .order_by("username")
    )


def _figures() -> dict[str, int]:
    accounts = Account.objects.all()
    return {
        "people": User.objects.count(),
        "admins": User.objects.filter(is_superuser=True, is_active=True).count(),
        "disabled": User.objects.filter(is_active=False).count(),
        "accounts": accounts.count(),
        "errors": accounts.exclude(incoming_error="", outgoing_error="").count(),
    }


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: SignedInRequest) -> HttpResponse:
    form = NewPersonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/person_add.html", {"form": form})
    person = form.save(commit=False)
    acts.create(request.user, person)
    messages.success(request, _("%(name)s may sign in now.") % {"name": person.label})
    return redirect("accounts:people")


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def person_change(request: SignedInRequest, person_id: int) -> HttpResponse:
    person = _person(person_id)
    form = PersonForm(request.POST or None, instance=_person(person_id))
    if request.method != "POST" or not form.is_valid():
        return _person_page(request, person, form=form)
    with transaction.atomic():
        changed = form.save()
        audit.record(request.user, "person_changed", changed.username, ", ".join(form.changed_data))
    messages.success(request, _("Saved"))
    return redirect("accounts:person_change", person_id)


@for_admins
@require_POST
def person_password(request: SignedInRequest, person_id: int) -> HttpResponse:
    person = _person(person_id)
    form = NewPasswordForm(person, request.POST)
    if not form.is_valid():
        return _person_page(request, person, password_form=form)
    acts.set_password(request.user, person, form.cleaned_data["new_password1"])
    if person == request.user:
        update_session_auth_hash(request, person)
    messages.success(request, _("%(name)s has a new password and is signed out everywhere.") % {"name": person.label})
    return redirect("accounts:person_change", person_id)


def _act(change: Callable[[User, User], None], done: Callable[[], str]) -> View:
    """A view that does one thing to a person; the last admin's refusal comes back as a sentence."""

    @for_admins
    @require_POST
    def act(request: SignedInRequest, person_id: int) -> HttpResponse:
        person = _person(person_id)
        try:
            change(request.user, person)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return redirect("accounts:person_change", person_id)
        return _done(request, done() % {"name": person.label}, redirect("accounts:person_change", person_id))

    return act


person_disable = _act(acts.disable, lambda: _("%(name)s can’t sign in any more and is signed out everywhere."))
person_enable = _act(acts.enable, lambda: _("%(name)s may sign in again."))
person_make_admin = _act(acts.make_admin, lambda: _("%(name)s is an admin now."))
person_unmake_admin = _act(acts.unmake_admin, lambda: _("%(name)s is not an admin any more."))


@for_admins
@require_http_methods(["GET", "HEAD", "POST"])
def person_delete(request: SignedInRequest, person_id: int) -> HttpResponse:
    person = _person(person_id)
    if request.method != "POST":
        return render(request, "accounts/person_delete.html", {"person": person})
    said = _("%(name)s was deleted.") % {"name": person.label}
    try:
        acts.delete(request.user, person)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("accounts:person_change", person_id)
    return _done(request, said, redirect("accounts:people"))


def _done(request: SignedInRequest, said: str, page: HttpResponse) -> HttpResponse:
    """Admins may do all this to themselves; then there may be no session left to be told in, or no such page."""
    me = User.objects.filter(pk=request.user.pk, is_active=True).first()
    if not me:
        logout(request)
        return redirect("accounts:sign_in")
    messages.success(request, said)
    return page if me.is_superuser else redirect("accounts:profile")


def _person(person_id: int) -> User:
    return get_object_or_404(User, pk=person_id)


def _person_page(request: SignedInRequest, person: User, **forms: Any) -> HttpResponse:
    context = {"person": person, "form": PersonForm(instance=person), "password_form": NewPasswordForm(person), **forms}
    return render(request, "accounts/person_change.html", context)
