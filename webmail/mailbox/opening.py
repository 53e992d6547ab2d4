"""open_mailbox(account): the only place that knows which class serves an account, and the owner of the pool of IMAP
sessions.

with open_mailbox(account) as mailbox → each method leases a session from the pool (webmail/protocols/imap_pool.py)
under the key (account, version of its settings), so that a session opened with old settings serves nobody;
account_closed drops them at once in this process. The pool opens no socket before it is used, so none is inherited by
a forked worker. How the last use ended is written to account.incoming_error: a person sees it beside the account, and
nothing signs in by itself with a password that was refused.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from accounts.connecting import guard, timeouts
from accounts.fields import WrongKey
from accounts.models import Account
from accounts.wording import reason_of
from webmail.mailbox.base import Mailbox
from webmail.mailbox.kept import Kept
from webmail.mailbox.known import LastKnown, RememberingMailbox
from webmail.mailbox.local_mailbox import LocalMailbox
from webmail.protocols.errors import MailServerError, Rejected
from webmail.protocols.imap import ImapSession, open_session
from webmail.protocols.imap_pool import ImapPool

PASSING = {"pool", "busy"}  # trouble that says nothing about the settings
HURRIED = {"timeout", "silent"}  # trouble that says nothing about a server that was given little time
LONGEST_WAIT = 10.0  # seconds for a session that others use
SIGN_IN_REFUSED = {"credentials", "app_password", "needs_tls", "disabled", "wrong_key"}

WORKER_SECONDS = 40.0  # longer than the pause between two saves of a draft

_pool = ImapPool()


@contextmanager
def open_mailbox(account: Account, *, patience: float | None = None, strange: bool = False) -> Iterator[Mailbox]:
    """The account's mailbox. MailServerError and WrongKey pass through, noted on the account. What a server has not
    answered after `patience` seconds is Unreachable, for whoever has something else to show. `strange`: what will be
    listed has no known page."""
    if account.is_pop:
        yield LocalMailbox(account)
        return
    until = None if patience is None else time.monotonic() + patience
    asked = False  # a list of folders that was kept says nothing about the server of now

    def lease(folder: str | None) -> AbstractContextManager[ImapSession]:
        nonlocal asked
        asked = True
        return _lease(account, folder, until)

    try:
        yield RememberingMailbox(
            lease,
            Kept(identity(account)),
            known=last_known(account),
            is_warm=lambda: _pool.has_idle(identity(account)),
            strange=strange,
        )
    except (MailServerError, WrongKey) as error:
        unsaid = PASSING | HURRIED if until else PASSING
        if not isinstance(error, Rejected) and reason_of(error) not in unsaid:
            _note(account, reason_of(error))
        raise
    else:
        if asked:
            _note(account, "")


def may_sign_in_unasked(account: Account) -> bool:
    """False after a refused sign-in, until a person opens the account again: three tries in a row lock many a
    mailbox."""
    return account.is_pop or account.incoming_error not in SIGN_IN_REFUSED


def open_ahead(account: Account) -> None:
    """Sign in and open the inbox before the first list asks for it; nothing where a session is at hand, or on its way.
    How it ended is noted on the account, as by open_mailbox. MailServerError and WrongKey pass through."""
    if has_session(account):
        return
    with open_mailbox(account):
        opened = _pool.open_ahead(identity(account), lambda: _sign_in(account), server=_server(account), folder="INBOX")
    if opened:
        _note(account, "")


def has_session(account: Account) -> bool:
    """Whether a session of this process is at hand, or on its way. Costs nothing."""
    return account.is_pop or _pool.holds(identity(account))


def answers_soon(account: Account) -> bool:
    """Whether the server has lately been quick, for the session that a list would get now."""
    return account.is_pop or not last_known(account).pace.is_slow(warm=_pool.has_idle(identity(account)))


def last_known(account: Account) -> LastKnown:
    return LastKnown(identity(account))


@contextmanager
def _lease(account: Account, folder: str | None, until: float | None = None) -> Iterator[ImapSession]:
    timeout = LONGEST_WAIT if until is None else max(0.0, until - time.monotonic())
    with _pool.lease(
        identity(account), lambda: _sign_in(account, until), server=_server(account), folder=folder, timeout=timeout
    ) as session:
        session.answer_by(until)
        try:
            yield session
        finally:
            session.answer_by(None)


def identity(account: Account) -> tuple[int, int, str, str]:
    """Whatever tells this account, in these settings, from all others: under it lie its sessions and all that is
    cached."""
    # Number and version alone would do, but a database that was made anew, or restored, gives them to other accounts.
    return account.pk, account.version, str(account.incoming_endpoint()), account.incoming_username


def _server(account: Account) -> tuple[str, int]:
    return account.incoming_host.lower(), account.incoming_port


def _sign_in(account: Account, until: float | None = None) -> ImapSession:
    limits = timeouts()
    if until is not None:
        limits = replace(limits, connect=min(limits.connect, max(0.05, until - time.monotonic())))
    endpoint, credentials = account.incoming_endpoint(), account.incoming_credentials()
    return open_session(endpoint, credentials, guard=guard(), timeouts=limits, until=until)


def _note(account: Account, reason: str) -> None:
    if account.incoming_error != reason:
        account.incoming_error = reason
        Account.objects.filter(pk=account.pk, version=account.version).update(incoming_error=reason)


def close_sessions(account_id: int) -> None:
    """Drop this process's sessions of an account, whatever version of its settings they were opened with."""
    _pool.drop(lambda key: key[0] == account_id)


def keep_briefly() -> None:
    """For a worker: its tasks come one by one, and where a server counts connections, the person's pages need them."""
    _pool.idle_seconds = WORKER_SECONDS
