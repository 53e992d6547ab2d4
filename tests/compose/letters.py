"""What the tests of writing and sending have in common."""

from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse

from accounts.models import Account
from tests.servers.dovecot import DovecotForTests, MailUser
from webmail.compose import letters, outbox
from webmail.compose.models import Draft, Outgoing
from webmail.mime.headers import parse_headers


def written(account: Account, **fields: Any) -> Draft:
    """A saved draft of this account."""
    values = {"to": "bob@example.org", "subject": "Hello", "text": "How are you?", **fields}
    return Draft.objects.create(id=uuid4(), account=account, **values)


def queued(account: Account, **fields: Any) -> Outgoing:
    """A draft whose Send was pressed."""
    draft = written(account, **fields)
    return outbox.enqueue(draft, letters.freeze(draft))


def url(draft_id: UUID | None = None) -> str:
    return reverse("compose:draft", args=[draft_id or uuid4()])


def form(account: Account, action: str = "send", **fields: Any) -> dict[str, Any]:
    """What the compose page posts."""
    return {
        "account": account.pk,
        "to": "bob@example.org",
        "subject": "Hello",
        "text": "How are you?",
        "action": action,
        **fields,
    }


def stored(dovecot: DovecotForTests, mail: MailUser, folder: str) -> list[bytes]:
    """What a second client sees in a folder, oldest first."""
    with dovecot.imap(mail) as client:
        client.select_folder(folder, readonly=True)
        answers = client.fetch(client.search(), ["BODY.PEEK[]"]) if client.search() else {}
        return [answers[uid][b"BODY[]"] for uid in sorted(answers)]


def flags(dovecot: DovecotForTests, mail: MailUser, folder: str = "INBOX") -> list[set[bytes]]:
    with dovecot.imap(mail) as client:
        client.select_folder(folder, readonly=True)
        found = client.get_flags(client.search())
        return [set(found[uid]) - {b"\\Recent"} for uid in sorted(found)]


def subjects(raws: list[bytes]) -> list[str]:
    return [parse_headers(raw).subject for raw in raws]


def place(dovecot: DovecotForTests, mail: MailUser, folder: str = "INBOX") -> tuple[str, int, int]:
    """folder, uidvalidity and uid of the newest message."""
    with dovecot.imap(mail) as client:
        selected = client.select_folder(folder, readonly=True)
        return folder, selected[b"UIDVALIDITY"], client.search()[-1]
