"""The click: all messages of a folder, or all that a search finds in it, become a job.

start() → the uids as the server numbers them now (one search) → Job and Batches, in one transaction (jobs.freeze) → a
bell. What a job of the same act has before it already is left to that one, so that a second click adds nothing. A crash
before the commit leaves nothing, one after it a job that the sweep finds.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.bulk import jobs, tasks
from webmail.bulk.models import Act, Batch, Job, State, uids_of
from webmail.celery import ring
from webmail.mailbox.acts import TARGETS, folder_for
from webmail.mailbox.base import Folder, FolderRefused, Mailbox, Role, StaleReference
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.query import Field, Query, Scope, clause_of, parse
from webmail.mailbox.side import folder_label

ACTS = ("read", "unread", "star", "unstar", "archive", "trash", "junk", "move", "delete")
NARROWED = {  # to those that are not so already
    "read": (Field.UNREAD, True),
    "unread": (Field.UNREAD, False),
    "star": (Field.STARRED, False),
    "unstar": (Field.STARRED, True),
}
EMPTIED = (Role.TRASH, Role.JUNK)


def start(
    account: Account, folder: str, act: str, *, target: str = "", q: str = "", uidvalidity: int | None = None
) -> Job:
    """One of ACTS, over all of the folder that the search `q` finds; `target` is a folder's name, for "move". Raises
    FolderRefused with a sentence, StaleReference where `uidvalidity` is no longer the folder's, and what the mailbox
    raises."""
    with open_mailbox(account) as mailbox:
        here = mailbox.folder(folder)
        goal = _goal(mailbox, here, act, target)
        kind = Act(act) if act in Act else Act.MOVE
        validity, uids = mailbox.find(here.name, _query(q, act))
    if uidvalidity not in (None, validity):
        raise StaleReference(folder)
    job = _job(account, here, kind, goal)
    job.uidvalidity = validity
    others = _running(job)
    taken = _before(others)
    left = [uid for uid in uids if uid not in taken]
    if others and not left:
        return others[0]
    jobs.freeze(job, left)
    ring(tasks.run, job.pk)
    return job


def _job(account: Account, here: Folder, act: Act, goal: Folder | None) -> Job:
    return Job(
        account=account,
        account_version=account.version,
        act=act,
        folder=here.name,
        folder_label=folder_label(here),
        target=goal.name if goal else "",
        target_label=folder_label(goal) if goal else "",
    )


def _query(q: str, act: str) -> Query | None:
    """What to look for in the one folder; None for all of it. A job has one folder: FolderRefused for a search that
    goes through others, whose hits are told by more than a number."""
    query = parse(q)
    if query.scope is not Scope.FOLDER:
        raise FolderRefused(_("A search in all folders can’t be acted on as a whole: search in one folder."))
    if act in NARROWED:  # as a value: in the text it would be drawn into an open quotation, or a last OR
        query = replace(query, clauses=(*query.clauses, clause_of(*NARROWED[act])))
    return query or None


def _running(job: Job) -> list[Job]:
    """Of the same act on the same folder."""
    alike = job.account.jobs.filter(folder=job.folder, uidvalidity=job.uidvalidity, act=job.act, target=job.target)
    return list(alike.filter(undoes=None, state__in=[State.WAITING, State.RUNNING], stopping=False))


def _before(others: Iterable[Job]) -> set[int]:
    """The messages that they were frozen over."""
    frozen = Batch.objects.filter(job__in=list(others)).values_list("uids", flat=True)
    return {uid for uids in frozen for uid in uids_of(uids)}


def _goal(mailbox: Mailbox, here: Folder, act: str, target: str) -> Folder | None:
    """Where messages are moved to."""
    if act == "delete" and here.role not in EMPTIED:
        raise FolderRefused(_("Only mail in the trash or in the spam folder can be deleted for good."))
    if act != "move" and act not in TARGETS:
        return None
    goal = mailbox.folder(target) if act == "move" else folder_for(mailbox, *TARGETS[act])
    if goal.name == here.name:
        raise FolderRefused(_("The mail is in this folder already."))
    return goal
