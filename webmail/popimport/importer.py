"""POP3 mail into the local mailbox, each message exactly once, whatever dies when.

Flow: claim the lease → log in → UIDL and LIST → compare with the journal → for each message not in it: RETR, streamed
to the store (fsynced), then message row and journal row in one transaction → DELE where the account's policy says so →
QUIT → once its +OK is there, mark those rows deleted → release the lease. POP3 removes nothing before QUIT (RFC 1939,
6), and no DELE is sent for a message whose commit is not on the disk, so at every instant a message is on the server or
here.

| the crash comes                 | what is left                  | what the next run does                   |
| before or during RETR           | at most a temporary file      | fetches the message                      |
| file stored, rows not committed | a file without a row          | fetches again, into the same file        |
| rows committed, DELE not sent   | here and on the server        | finds the row by its UIDL, sends DELE    |
| DELE sent, QUIT not             | the same: DELE is forgotten   | the same                                 |
| QUIT sent, its answer lost      | here, perhaps there           | listed: DELE again; else marks the row   |
| QUIT answered, rows not marked  | here only                     | not listed: marks the row as gone        |

A message the server refuses to hand out is set aside with its reason and tried again, last, at MAX_ATTEMPTS later
checks. One at which the line drops is tried last at every check. Trouble with our own disk ends the run with nothing
deleted; the next finds its place again.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.connecting import guard, timeouts
from accounts.fields import WrongKey
from accounts.models import Account
from accounts.wording import reason_of
from webmail.mailbox import local_store
from webmail.mailbox.base import Role
from webmail.mailbox.local_mailbox import add_message
from webmail.mailbox.local_store import Stored
from webmail.mailbox.models import LocalFolder
from webmail.popimport import lease as leases
from webmail.popimport.journal import Journal, Listed, maildrop_of, readable
from webmail.popimport.lease import Lease, LeaseLost
from webmail.popimport.models import MAX_ATTEMPTS, Imported
from webmail.protocols.errors import LoginRefused, MailServerError, Rejected
from webmail.protocols.pop3 import Maildrop, open_maildrop

log = logging.getLogger(__name__)

SESSION_SECONDS = (
    300  # then QUIT and go on in a new run: deletions take effect, and the task stays far under its visibility timeout
)
SLOWEST = 8 * 2**10  # octets per second
LONGEST_RETR = 1200


def run(account_id: int) -> None:
    """Import what is new, if the account is due and nobody else does. How it went is in its ImportState, not in an
    exception."""
    lease = leases.claim(account_id)
    if lease is None:
        return
    try:
        lease.succeeded(more=_session(lease))
    except LeaseLost:
        lease.give_up()
    except LoginRefused as error:
        lease.failed(error.reason, refused=True)
    except (MailServerError, WrongKey) as error:
        lease.failed(reason_of(error))
    except (OSError, OperationalError) as error:  # of the disk: those of the network come as MailServerError
        log.warning("The import of account %s can't store mail: %s", account_id, error)
        lease.failed("storage")
    except Exception:
        lease.failed("failed")  # a fault of ours waits its turn like any other
        raise


def _session(lease: Lease) -> bool:
    """One login; whether messages are left for another."""
    account = lease.account
    endpoint, credentials = account.incoming_endpoint(), account.incoming_credentials()
    with open_maildrop(endpoint, credentials, guard=guard(), timeouts=timeouts()) as maildrop:
        inbox = LocalFolder.objects.for_account(account, Role.INBOX)
        session = Session(lease, maildrop, Journal(account, maildrop_of(account)), inbox)
        session.fetch_all()
        lease.renew()  # what is marked goes at QUIT, the end of this block; LeaseLost drops the line instead
    session.settle()
    return session.left > 0


@dataclass(slots=True)
class Session:
    """A logged-in maildrop on its way into the inbox."""

    lease: Lease
    maildrop: Maildrop
    journal: Journal
    inbox: LocalFolder
    left: int = 0
    set_aside: int = 0
    marked: list[int] = field(default_factory=list)  # rows of messages DELE was said for

    def fetch_all(self) -> None:
        known, wanted = self.journal.compare(readable(self.maildrop.uidls()))
        self.left = len(wanted)
        self.lease.renew(total=self.left)
        for message, row in known:
            self.mark_if_due(message, row)
        ends = time.monotonic() + SESSION_SECONDS
        for message in wanted:
            if time.monotonic() > ends:
                break
            self.fetch(message)
            self.left -= 1

    def fetch(self, message: Listed) -> None:
        """One message: in the inbox afterwards, or set aside with its reason."""
        try:
            row = self.record(message, self.store(message))
        except (LeaseLost, OSError, OperationalError):
            raise
        except Rejected as error:
            over = error.reason == "too_large"  # it closed the line, and trying again would not make it smaller
            self.put_aside(message, error.reason, error.reply, attempts=MAX_ATTEMPTS if over else 1)
            if over:
                raise
        except MailServerError as error:
            self.put_aside(message, error.reason, error.reply, attempts=error.reason == "timeout")
            raise
        except Exception:  # one message that we can't take must not keep back those behind it
            log.exception("A message of account %s can't be imported", self.lease.account.pk)
            self.put_aside(message, "unreadable", attempts=1)
        else:
            self.mark_if_due(message, row)

    def store(self, message: Listed) -> Stored:
        """RETR, onto the disk."""
        seconds = min(120 + message.size / SLOWEST, LONGEST_RETR)
        with local_store.writing(self.lease.account.pk) as writer:

            def sink(chunk: bytes) -> None:
                self.lease.keep()
                writer.write(chunk)

            self.maildrop.retrieve(message.number, sink, seconds=seconds)
            return writer.finish()

    def record(self, message: Listed, stored: Stored) -> Imported:
        """The message's rows, in one transaction that also proves the lease; without it, the file goes too."""
        try:
            with transaction.atomic():
                row = self.journal.find(message, stored.sha256)
                is_new = row.pk is None
                self.lease.renew(done=F("done") + 1, came=F("came") + int(is_new))
                if is_new:
                    add_message(self.inbox, stored)
                    self.journal.add(row)
                self.journal.arrived(message)
        except LeaseLost:
            local_store.remove_unreferenced(self.lease.account.pk, stored.sha256)
            raise
        return row

    def put_aside(self, message: Listed, reason: str, reply: str = "", *, attempts: int) -> None:
        self.set_aside += 1
        with transaction.atomic():
            self.lease.renew(done=F("done") + 1)
            self.journal.set_aside(message, reason, reply, attempts=attempts)

    def mark_if_due(self, message: Listed, row: Imported) -> None:
        """DELE, if the policy says so. A server that refuses it keeps the message until the next check."""
        if not _is_due(self.lease.account, row):
            return
        self.lease.keep()
        try:
            self.maildrop.delete(message.number)
        except Rejected as error:
            log.warning("Account %s: DELE was refused: %s", self.lease.account.pk, error.reply)
        else:
            self.marked.append(row.pk)

    def settle(self) -> None:
        """QUIT was confirmed: write down what is gone from the server."""
        with transaction.atomic():
            self.lease.renew()
            self.journal.deleted(self.marked)
            if not self.left:
                self.journal.close(certain=not self.set_aside)


def _is_due(account: Account, row: Imported) -> bool:
    """Whether the policy wants this message off the server; what is not stored here never is."""
    if row.imported_at is None:
        return False
    if account.pop_policy == Account.PopPolicy.AFTER:
        return row.imported_at + timedelta(days=account.pop_days) <= timezone.now()
    return account.pop_policy == Account.PopPolicy.DELETE
