"""The mail sessions of somebody who signs in or comes back, opened before their first list asks for one.

Flow: user_logged_in (signals.py) or the way in (views/lists.py: home) → open_for(user) → for each IMAP account without
a session a thread of few → opening.open_ahead. No response waits for it; a list that comes meanwhile waits for that
very session, and shares its outcome. Only the note on the account is stored. Where a thread is missing or dies, the
list signs in by itself.
"""

import logging
import threading
from contextlib import suppress
from functools import partial

from django.contrib.auth.models import AnonymousUser
from django.db import connections, transaction

from accounts.fields import WrongKey
from accounts.models import Account, User
from accounts.wording import reason_of
from webmail.mailbox.opening import has_session, may_sign_in_unasked, open_ahead
from webmail.protocols.errors import MailServerError

MOST = 4  # threads at a time: a server that says nothing may hold each for many seconds
NAME = "opening ahead"

logger = logging.getLogger(__name__)
_starting = threading.Lock()


def open_for(user: User | AnonymousUser) -> None:
    """After the current transaction: a thread would not see its rows before."""
    if user.is_authenticated:
        transaction.on_commit(partial(_begin, user))


def _begin(user: User) -> None:
    for account in user.accounts.filter(protocol=Account.Incoming.IMAP, paused=False):
        if may_sign_in_unasked(account) and not has_session(account):
            _start(account)


def _start(account: Account) -> None:
    """Beyond the few, nothing is begun, and nothing waits in a queue until nobody needs it any more."""
    with _starting:
        if sum(thread.name == NAME for thread in threading.enumerate()) < MOST:
            with suppress(RuntimeError):  # no thread is to be had
                threading.Thread(target=_open, args=(account,), name=NAME, daemon=True).start()


def _open(account: Account) -> None:
    try:
        open_ahead(account)
    except (MailServerError, WrongKey) as error:
        logger.info("account %s could not be opened ahead: %s", account.pk, reason_of(error))
    except Exception:
        logger.exception("account %s could not be opened ahead", account.pk)
    finally:
        connections.close_all()
