"""A job in words, for its card on every page of the mailbox (bulk/_jobs.html)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.wording import explain_reason
from webmail.bulk import undoing
from webmail.bulk.models import Act, Job, State
from webmail.templatetags.interface import grouped

SHOWN = timedelta(minutes=1)  # after a good end


@dataclass(frozen=True, slots=True)
class Card:
    """`said` is what is or was done, `more` what is to be said besides."""

    job: Job
    said: str
    more: str = ""
    can_undo: bool = False

    @property
    def moves(self) -> bool:
        return not self.job.is_over

    @property
    def has_failed(self) -> bool:
        return self.job.state == State.FAILED


def shown_to(user: User) -> list[Card]:
    """What runs, what has just ended, and what ended otherwise than it should; the latest first."""
    now = timezone.now()
    lately = Q(state=State.DONE, ended__gte=now - SHOWN) | Q(state__in=[State.STOPPED, State.FAILED])
    running = Q(state__in=[State.WAITING, State.RUNNING])
    found = Job.objects.filter(running | lately, account__user=user, dismissed=False)
    return [card_of(job) for job in found.select_related("account", "undoing")[:5]]


def ended(user: User, watched: Iterable[int], cards: Iterable[Card], told: Sequence[int]) -> list[Job]:
    """Of the jobs that a page watches, those that are over by now; and of its cards, those of whose end it has not been
    told: a short job is over before the page has seen it move."""
    over = [State.DONE, State.STOPPED, State.FAILED]
    found = list(Job.objects.filter(pk__in=list(watched)[:20], account__user=user, state__in=over))
    lately = timezone.now() - SHOWN
    news = (card.job for card in cards if card.job.ended and card.job.ended >= lately and card.job.pk not in told)
    return found + [job for job in news if job not in found and job.is_over]


def card_of(job: Job) -> Card:
    can_undo = undoing.can_undo(job)
    match job.state:
        case State.FAILED:
            return Card(job, _failed(job), _so_far(job), can_undo)
        case State.STOPPED:
            return Card(job, _("Stopped."), _so_far(job), can_undo)
        case State.DONE:
            return Card(job, _done(job), _not_undone(job), can_undo)
    return Card(job, _("Stopping…") if job.stopping else _doing(job), _progress(job))


def _doing(job: Job) -> str:
    if job.undoes_id:
        return _("Undoing…")
    sentences = {
        Act.READ: _("Marking messages as read…"),
        Act.UNREAD: _("Marking messages as unread…"),
        Act.STAR: _("Starring messages…"),
        Act.UNSTAR: _("Removing stars…"),
        Act.MOVE: _("Moving messages to %(folder)s…") % {"folder": job.target_label},
        Act.DELETE: _("Deleting messages for good…"),
    }
    return sentences[Act(job.act)]


def _progress(job: Job) -> str:
    numbers = _("%(passed)s of %(total)s") % {"passed": grouped(job.passed), "total": grouped(job.total)}
    return f"{numbers}. {explain_reason(job.reason).title}. " + _("It is tried again.") if job.reason else numbers


def _done(job: Job) -> str:
    number, values = job.changed, {"number": grouped(job.changed), "folder": job.target_label}
    if not number:
        return _("There was nothing to do.")
    if job.undoes_id and job.act == Act.MOVE:
        said = ngettext(
            "%(number)s message is back in %(folder)s.", "%(number)s messages are back in %(folder)s.", number
        )
    elif job.undoes_id:
        said = ngettext("Undone for %(number)s message.", "Undone for %(number)s messages.", number)
    else:
        said = _sentence(Act(job.act), number)
    return said % values


def _sentence(act: Act, number: int) -> str:
    match act:
        case Act.READ:
            return ngettext("%(number)s message marked as read.", "%(number)s messages marked as read.", number)
        case Act.UNREAD:
            return ngettext("%(number)s message marked as unread.", "%(number)s messages marked as unread.", number)
        case Act.STAR:
            return ngettext("%(number)s message starred.", "%(number)s messages starred.", number)
        case Act.UNSTAR:
            return ngettext("Star removed from %(number)s message.", "Star removed from %(number)s messages.", number)
        case Act.MOVE:
            return ngettext(
                "%(number)s message moved to %(folder)s.", "%(number)s messages moved to %(folder)s.", number
            )
        case Act.DELETE:
            return ngettext("%(number)s message deleted for good.", "%(number)s messages deleted for good.", number)


def _not_undone(job: Job) -> str:
    missing = job.undoes.changed - job.changed if job.undoes else 0
    if missing <= 0:
        return ""
    return ngettext(
        "Not undone for %(number)s: it was moved or deleted since, or nobody can tell where it is.",
        "Not undone for %(number)s: they were moved or deleted since, or nobody can tell where they are.",
        missing,
    ) % {"number": grouped(missing)}


def _so_far(job: Job) -> str:
    done = _done(job) if job.changed else _("Nothing was changed.")
    left = _("%(number)s were left as they were.") % {"number": grouped(job.total - job.passed)}
    return f"{done} {left}" if job.total > job.passed else done


def _failed(job: Job) -> str:
    own = {
        "stale": _("The mail server numbered the messages of “%(folder)s” anew, so nothing more was done."),
        "no_folder": _("A folder is gone: “%(folder)s”, or where its mail was to go."),
        "changed_account": _("The account was set up anew, so nothing more was done in “%(folder)s”."),
    }
    if job.reason in own:
        return own[job.reason] % {"folder": job.folder_label}
    words = f"{explain_reason(job.reason).title}."
    if not job.reply:
        return words
    said = _("The mail server says: %(reply)s") % {"reply": job.reply}
    return f"{words} {said}"
