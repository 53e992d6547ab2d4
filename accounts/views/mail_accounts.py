"""A person's own mail accounts: list, add, change, test, remove. Every row is asked for through
request.user.accounts.
"""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, probing
from accounts.forms.mail_account import AccountForm
from accounts.forms.styling import StyledFormMixin
from accounts.models import Account
from accounts.requests import SignedInRequest
from accounts.servers import PORTS_FOR_SCRIPT, suggest

secrets_stay_out_of_reports = sensitive_post_parameters("incoming_password", "outgoing_password")


class AddressForm(StyledFormMixin, forms.Form):
    """The first step of adding an account."""

    address = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email", "autofocus": True}),
    )


@require_safe
def account_list(request: SignedInRequest) -> HttpResponse:
    return render(request, "accounts/account_list.html", {"accounts": request.user.accounts.all()})


@secrets_stay_out_of_reports
@require_http_methods(["GET", "HEAD", "POST"])
def account_add(request: SignedInRequest) -> HttpResponse:
    """First the address alone, then the form filled in from what is known about its domain."""
    if request.method == "POST":
        return _save(request, AccountForm(request.POST, user=request.user))
    asked = AddressForm(request.GET if "address" in request.GET else None)
    if not asked.is_valid():
        return render(request, "accounts/account_add.html", {"form": asked})
    found = suggest(asked.cleaned_data["address"], request.user.name)
    return _page(request, AccountForm(user=request.user, initial=found.initial), found=found)


@secrets_stay_out_of_reports
@require_http_methods(["GET", "HEAD", "POST"])
def account_change(request: SignedInRequest, account_id: int) -> HttpResponse:
    account = get_object_or_404(request.user.accounts, pk=account_id)
    form = AccountForm(request.POST or None, user=request.user, instance=account)
    return _save(request, form) if request.method == "POST" else _page(request, form)


@secrets_stay_out_of_reports
@require_POST
def account_test(request: SignedInRequest, account_id: int | None = None) -> HttpResponse:
    """Try the settings as typed, saved or not; nothing but the verdict on unchanged settings is stored."""
    account = get_object_or_404(request.user.accounts, pk=account_id) if account_id else None
    form = AccountForm(request.POST, user=request.user, instance=account)
    if not form.is_valid():
        return _doctor(request, form)
    examinations = _examined(request, form.account_as_typed())
    if not examinations:
        return _doctor(request, form, notice=_("Those were many tests in a short time. Wait a minute, then try again."))
    if account and not form.servers_changed:
        probing.remember(account, examinations)
    return _doctor(request, form, examinations=examinations, verdict=probing.verdict(examinations))


@require_http_methods(["GET", "HEAD", "POST"])
def account_remove(request: SignedInRequest, account_id: int) -> HttpResponse:
    account = get_object_or_404(request.user.accounts, pk=account_id)
    if request.method != "POST":
        return render(request, "accounts/account_remove.html", {"account": account})
    with transaction.atomic():
        audit.record(request.user, "account_removed", account.address)
        account.delete()
    messages.success(request, _("The account %(address)s was removed.") % {"address": account.address})
    return redirect("accounts:account_list")


# -- saving ----------------------------------------------------------------------------------------------------------


def _save(request: SignedInRequest, form: AccountForm) -> HttpResponse:
    """Also saves what does not work: then the account is marked, and the page says what is wrong."""
    if not form.is_valid():
        return _page(request, form)
    is_new, test_it = not form.stored.pk, form.servers_changed
    with transaction.atomic():
        account = form.save()
        audit.record(request.user, "account_added" if is_new else "account_changed", account.address)
    examinations = _examined(request, account) if test_it else []
    if not examinations:
        messages.success(request, _("Saved"))
        return redirect("accounts:account_change", account.pk)
    probing.remember(account, examinations)
    return _tell(request, account, examinations, is_new)


def _examined(request: SignedInRequest, account: Account) -> list[probing.Examination]:
    """Nothing if it is not the person's turn."""
    with probing.turn(request.user) as may_test:
        return probing.examine_account(account) if may_test else []


def _tell(
    request: SignedInRequest, account: Account, examinations: list[probing.Examination], is_new: bool
) -> HttpResponse:
    if any(examination.reason for examination in examinations):
        messages.warning(request, " ".join([_("Saved, but not working yet."), probing.verdict(examinations)]))
        return redirect("accounts:account_change", account.pk)
    messages.success(request, " ".join([_("Saved."), probing.verdict(examinations)]))
    return redirect("mailbox:home") if is_new else redirect("accounts:account_change", account.pk)


# -- pages -----------------------------------------------------------------------------------------------------------


def _doctor(request: SignedInRequest, form: AccountForm, **found: Any) -> HttpResponse:
    """Only the doctor's column for a script, the whole page without one."""
    if request.htmx:
        return render(request, "accounts/_doctor.html", {**_context(form), **found})
    return _page(request, form, **found)


def _page(request: SignedInRequest, form: AccountForm, **more: Any) -> HttpResponse:
    return render(request, "accounts/account_change.html", {**_context(form), **more})


def _context(form: AccountForm) -> dict[str, Any]:
    saved = form.stored if form.stored.pk else None
    return {
        "form": form,
        "account": saved,
        "examinations": probing.last_known(saved) if saved else [],
        "ports": json.dumps(PORTS_FOR_SCRIPT),
    }
