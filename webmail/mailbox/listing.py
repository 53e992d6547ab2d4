"""What a list page shows: the live page, or the last known one while the live one is asked for.

A list is asked for → first(): a server that lately was quick is waited for, though not for long where a known page is
at hand (known.py); of one that was slow, or whose last answer never came, the known page is shown at once. The page
then says so and asks once more by itself: now(). Without script a link does that: insisted(). A server that refuses the
password is no reason for a known page: that is for its person to mend. Nothing is stored here.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import Account
from webmail.mailbox.base import Folder, Mailbox, Page
from webmail.mailbox.opening import answers_soon, last_known, may_sign_in_unasked, open_mailbox
from webmail.mailbox.query import Query
from webmail.protocols.errors import LoginRefused, Unreachable

PATIENCE = 1.5  # seconds for the server, while there is a known page to show
UNDECIDED = {"timeout", "silent", "pool"}  # it may still answer, given more time


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list and the folders around it. `loaded` is None for a live one, else when it was; `problem` then is
    why there is no live one, if that is known."""

    page: Page
    folders: list[Folder]
    loaded: datetime | None = None
    problem: Unreachable | None = None


def live(mailbox: Mailbox, folder: str, number: int, query: Query | None = None) -> Listing:
    page = mailbox.list_messages(folder, number, query)
    return Listing(page, mailbox.folders())


def now(account: Account, folder: str, number: int, query: Query | None = None) -> Listing:
    """The live page, however long it takes."""
    with open_mailbox(account) as mailbox:
        return live(mailbox, folder, number, query)


def unasked(account: Account, folder: str, number: int, query: Query | None = None) -> Listing:
    """The live page, for a list that asks by itself. Raises what refused the last sign-in, until its person mends it:
    three tries in a row lock many a mailbox."""
    if not may_sign_in_unasked(account):
        raise LoginRefused("The last sign-in was refused: nobody signs in unasked.", reason=account.incoming_error)
    return now(account, folder, number, query)


def first(account: Account, folder: str, number: int, query: Query | None = None) -> Listing:
    """What is shown to somebody who comes to this list. Raises as Mailbox.list_messages where nothing is known."""
    if query or account.is_pop or not may_sign_in_unasked(account):
        return now(account, folder, number, query)
    if not _expected_soon(account):
        return _recalled(account, folder, number) or now(account, folder, number)
    if not last_known(account).has(folder, number):
        with open_mailbox(account, strange=True) as mailbox:
            return live(mailbox, folder, number)
    try:
        with open_mailbox(account, patience=PATIENCE) as mailbox:
            return live(mailbox, folder, number)
    except Unreachable as error:
        known = _recalled(account, folder, number)
        if known is None:
            return now(account, folder, number)
        return known if error.reason in UNDECIDED else replace(known, problem=error)


def insisted(account: Account, folder: str, number: int, query: Query | None = None) -> Listing:
    """For somebody who asks for the live page; if there is none, the known one with the reason."""
    try:
        return now(account, folder, number, query)
    except Unreachable as error:
        known = None if query or account.is_pop else _recalled(account, folder, number)
        if known is None:
            raise
        return replace(known, problem=error)


def beside(account: Account, mailbox: Mailbox, folder: str, number: int, query: Query | None = None) -> Listing:
    """What is shown beside an open message."""
    if query or answers_soon(account):
        return live(mailbox, folder, number, query)
    return _recalled(account, folder, number) or live(mailbox, folder, number)


def _expected_soon(account: Account) -> bool:
    return not account.incoming_error and answers_soon(account)


def _recalled(account: Account, folder: str, number: int) -> Listing | None:
    known = last_known(account).recall(folder, number)
    return Listing(known.page, known.folders, known.loaded) if known else None
