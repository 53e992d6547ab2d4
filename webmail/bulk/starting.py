"""The click: all messages of a folder, or all that a search finds in it, become a job.

start() → the uids as the server numbers them now (one search) → Job and Batches, in one transaction (jobs.freeze) → a
bell. The same asked for twice while it runs is one job. A crash before the commit leaves nothing, one after it a job
that the sweep finds.
"""

from django.utils.translation import gettext as _

from accounts.models import Account
from webmail.bulk import jobs, tasks
from webmail.bulk.models import Act, Job, State
from webmail.celery import ring
from webmail.mailbox.acts import TARGETS, folder_for
from webmail.mailbox.base import Folder, FolderRefused, Mailbox, Role, StaleReference
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.query import parse
from webmail.mailbox.side import folder_label

ACTS = ("read", "unread", "star", "unstar", "archive", "trash", "junk", "move", "delete")
NARROWED = {"read": "is:unread", "unread": "is:read", "star": "is:unstarred", "unstar": "is:starred"}
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
        words = f"{q} {NARROWED.get(act, '')}".strip()
        if running := _running(account, here, kind, goal):
            return running
        validity, uids = mailbox.find(here.name, parse(words) if words else None)
    if uidvalidity not in (None, validity):
        raise StaleReference(folder)
    job = _job(account, here, kind, goal)
    job.uidvalidity = validity
    jobs.freeze(job, uids)
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


def _running(account: Account, here: Folder, act: Act, goal: Folder | None) -> Job | None:
    same = account.jobs.filter(folder=here.name, act=act, target=goal.name if goal else "", undoes=None)
    found: Job | None = same.filter(state__in=[State.WAITING, State.RUNNING], stopping=False).first()
    return found


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
