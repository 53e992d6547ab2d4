"""Unread mail that a list shows for the first time, so that a worker prepares it (preparing.py).

A live list → notice() → a thread rings for tasks.prepare: no page waits for a broker. What was noticed is remembered in
this process alone; after a restart, or beside another process, a bell is rung once too often, and the worker finds that
nothing is left to do. A bell that is lost leaves messages that are prepared when they are opened.
"""

import threading

from accounts.models import Account
from webmail.celery import publish
from webmail.mailbox.base import Page, Role
from webmail.mailbox.kept import Bounded
from webmail.mailbox.tasks import prepare

MOST = 10  # messages of a list
LARGEST = 500_000  # octets of a message
PAUSE_SECONDS = 1.0  # the list itself goes first
FOLDERS = 20_000  # whose newest message is remembered
LEFT_ALONE = {Role.DRAFTS, Role.SENT, Role.JUNK, Role.TRASH}

_newest: Bounded[int] = Bounded(FOLDERS)  # uid by folder
_ringing = threading.Lock()


def notice(account: Account, page: Page) -> None:
    """Have the new messages of a live list prepared. Never fails, and takes no time worth mentioning."""
    if page.number > 1 or page.folder.role in LEFT_ALONE or not page.rows:
        return
    place = (account.pk, account.version, page.folder.name, page.uidvalidity)
    known, newest = _newest.get_many([place])[0] or 0, max(row.ref.uid for row in page.rows)
    # One thread at a time, as a broker that hangs may hold it for seconds; the next list brings what this one leaves.
    if newest <= known or not _ringing.acquire(blocking=False):
        return
    _newest.set(place, newest, 1)
    uids = [row.ref.uid for row in page.rows if row.ref.uid > known and not row.seen and row.size <= LARGEST]
    try:
        threading.Thread(target=_ring, args=(*place, uids[:MOST]), name="ringing", daemon=True).start()
    except RuntimeError:  # no thread is to be had
        _ringing.release()


def _ring(account_id: int, version: int, folder: str, uidvalidity: int, uids: list[int]) -> None:
    try:
        if uids:
            publish(prepare, account_id, version, folder, uidvalidity, uids, seconds=PAUSE_SECONDS)
    finally:
        _ringing.release()
