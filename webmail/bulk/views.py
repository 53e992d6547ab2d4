"""Jobs on whole folders: begun, watched from any page of the mailbox, stopped, taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from webmail.bulk import jobs as states
from webmail.bulk import presented, starting, tasks, undoing
from webmail.bulk.forms import StartForm
from webmail.bulk.models import Job
from webmail.celery import ring
from webmail.mailbox.base import FolderRefused
from webmail.mailbox.listing import now
from webmail.mailbox.views import account_of, acts, wants_fragment
from webmail.mailbox.views.lists import list_context, query_of

STARTED = "job-started"  # the event at which a page asks for the cards


@require_POST
@never_cache
def start(request: HttpRequest, account_id: int, folder: str, uidvalidity: int | None = None) -> HttpResponse:
    """Everything in a folder, or all that a search finds in it. To the list's form with htmx: its rows, as they are
    then; to anything else: only the event. Without JavaScript the page of the jobs."""
    account = account_of(request, account_id)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _not_understood(request, form)
    asked = form.cleaned_data
    try:
        starting.start(account, folder, asked["action"], target=asked["target"], q=asked["q"], uidvalidity=uidvalidity)
    except FolderRefused as refusal:
        messages.error(request, str(refusal))
    if not wants_fragment(request):
        return redirect("bulk:jobs")
    if request.htmx.target != "rows":  # type: ignore[attr-defined]
        return _tell(render(request, "mailbox/_undone.html"), STARTED, _changed(account))
    listing = now(account, folder, asked["page"] or 1, query_of(asked["q"]))
    context = list_context(account, listing, asked["q"])
    return _tell(render(request, "mailbox/_acted.html", context), STARTED, _changed(account))


def _not_understood(request: HttpRequest, form: StartForm) -> HttpResponse:
    words = [str(word) for word in form.non_field_errors()]
    if not words or wants_fragment(request):
        return HttpResponseBadRequest()
    messages.error(request, words[0])
    return redirect("bulk:jobs")


@require_safe
@never_cache
def jobs(request: HttpRequest) -> HttpResponse:
    """The cards of all jobs: a fragment of every page, which asks again while one moves; a page without JavaScript."""
    assert request.user.is_authenticated  # noqa: S101 - the middleware lets nobody else in
    cards = presented.shown_to(request.user)
    context = {
        "cards": cards,
        "watched": ",".join(str(card.job.pk) for card in cards if card.moves),
        "told": ",".join(str(card.job.pk) for card in cards if not card.moves),
    }
    if not wants_fragment(request):
        return render(request, "bulk/jobs.html", context)
    response = render(request, "bulk/_jobs.html", context)
    watched, told = (_numbers(request.GET.get(name, "")) for name in ("watched", "told"))
    over = presented.ended(request.user, watched, cards, told)
    if over:
        _tell(response, *(_changed(job.account) for job in over), "undone")
    return response


@require_POST
@never_cache
def stop(request: HttpRequest, account_id: int, job_id: int) -> HttpResponse:
    job = _job(request, account_id, job_id)
    states.stop(job)
    ring(tasks.run, job.pk)
    return _cards(request, job.account)


@require_POST
@never_cache
def undo(request: HttpRequest, account_id: int, job_id: int) -> HttpResponse:
    job = _job(request, account_id, job_id)
    return _undone(request, job.account, job)


def _undone(request: HttpRequest, account: Account, job: Job) -> HttpResponse:
    if undoing.undo(account, job) is None:
        messages.warning(request, _("There is nothing to undo, or it was undone already."))
    return _cards(request, account)


@require_POST
@never_cache
def undo_last(request: HttpRequest, account_id: int, key: UUID | None = None) -> HttpResponse:
    """What the key `z` asks for where no toast offers a way back: the last job, or the last act if that is later."""
    account = account_of(request, account_id)
    job = undoing.latest(account)
    return _undone(request, account, job) if job else acts.undo(request, account_id)


@require_POST
@never_cache
def go_on(request: HttpRequest, account_id: int, job_id: int) -> HttpResponse:
    job = _job(request, account_id, job_id)
    if states.go_on(job):
        ring(tasks.run, job.pk)
    return _cards(request, job.account)


@require_POST
@never_cache
def dismiss(request: HttpRequest, account_id: int, job_id: int) -> HttpResponse:
    job = _job(request, account_id, job_id)
    states.dismiss(job)
    return _cards(request, job.account)


def _job(request: HttpRequest, account_id: int, job_id: int) -> Job:
    job = states.of(account_of(request, account_id), job_id)
    if job is None:
        raise Http404
    return job


def _cards(request: HttpRequest, account: Account) -> HttpResponse:
    """What was said, and the event at which the page asks for the cards."""
    if not wants_fragment(request):
        return redirect("bulk:jobs")
    return _tell(render(request, "mailbox/_undone.html"), STARTED, _changed(account))


def _changed(account: Account) -> str:
    """The event at which a page asks for the folders of this account and their counts again."""
    return f"mail-changed-{account.pk}"


def _tell(response: HttpResponse, *events: str) -> HttpResponse:
    """Let the page ask anew for what these events are about."""
    response["HX-Trigger"] = ", ".join(dict.fromkeys(events))
    return response


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",") if word.isdecimal() and len(word) < 19]
