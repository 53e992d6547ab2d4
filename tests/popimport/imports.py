"""What the tests of the import do and look at."""

from django.utils import timezone

from accounts.models import Account
from webmail.mailbox.local_store import open_raw
from webmail.mailbox.models import LocalMessage
from webmail.popimport import importer
from webmail.popimport.lease import due_accounts, request_check
from webmail.popimport.models import ImportState


def check(account: Account) -> ImportState:
    """One check, now; how it went."""
    request_check(account)
    importer.run(account.pk)
    return ImportState.objects.select_related("account").get(account=account)


def contents(account: Account) -> list[bytes]:
    """Every message the account has here, sorted."""
    rows = LocalMessage.objects.filter(folder__account=account)
    return sorted(read(account, row.sha256) for row in rows)


def read(account: Account, sha256: str) -> bytes:
    with open_raw(account.pk, sha256) as file:
        return file.read()


def mail(number: int, extra: str = "") -> bytes:
    return f"Subject: mail {number}\r\nFrom: ann@example.org\r\n\r\nBody {number}{extra}\r\n".encode()


def sweep() -> None:
    """What beat does, without the queue."""
    for account_id in due_accounts():
        importer.run(account_id)


def let_time_pass() -> None:
    """Until the next check of every account."""
    ImportState.objects.update(next_check=timezone.now())
