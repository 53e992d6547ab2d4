"""The bodies of new mail, ready before they are opened.

news.notice() → tasks.prepare → prepare() in a worker opens each message as a page would, and so keeps what a page then
finds: get_message its structure (kept.py), shown_body its washed HTML (shown.py). No flag is set, nothing else is
stored. Whatever fails, or dies between two messages, leaves some that are fetched and washed when they are opened.
"""

import logging
from collections.abc import Sequence

from accounts.fields import WrongKey
from accounts.models import Account
from accounts.wording import reason_of
from webmail.mailbox.base import Mailbox, MessageRef, NoSuchFolder, NoSuchMessage, StaleReference
from webmail.mailbox.opening import may_sign_in_unasked, open_mailbox
from webmail.mailbox.shown import shown_body
from webmail.protocols.errors import MailServerError

PATIENCE = 20.0  # seconds for all messages of a task: a slow server is asked by those who read

log = logging.getLogger(__name__)


def prepare(account_id: int, version: int, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
    """Nothing for an account that was removed, changed or paused since, or whose password was refused."""
    account = Account.objects.filter(pk=account_id, version=version, paused=False, user__is_active=True).first()
    if account is None or not may_sign_in_unasked(account):
        return
    try:
        with open_mailbox(account, patience=PATIENCE) as mailbox:
            for uid in uids:
                _prepare(mailbox, account, MessageRef(folder, uidvalidity, uid))
    except (MailServerError, WrongKey) as error:
        log.info("account %s: new mail is not prepared: %s", account_id, reason_of(error))
    except (NoSuchFolder, StaleReference):
        log.info("account %s: new mail is no longer where it was", account_id)


def _prepare(mailbox: Mailbox, account: Account, ref: MessageRef) -> None:
    """Only HTML is worth it: plain text costs little."""
    try:
        message = mailbox.get_message(ref)
        if message.body.html:
            shown_body(mailbox, account, message)
    except NoSuchMessage:
        return
