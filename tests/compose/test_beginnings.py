"""Answers, forwarded mail, and drafts of other programs: what the page begins with, and what becomes of it."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.compose.letters import flags, place, stored, subjects, url
from tests.compose.test_writing import values
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer
from webmail.compose.models import Draft, Outgoing, Upload
from webmail.compose.tasks import deliver
from webmail.mime.headers import parse_headers

QUESTION = (
    b"From: Bob <bob@example.org>\r\nTo: %(alice)b, Carl <carl@example.org>\r\nCc: dora@example.org\r\n"
    b"Subject: Question\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\nMessage-ID: <question@example.org>\r\n"
    b"References: <first@example.org>\r\n\r\nWhy?\r\n"
)
WITH_FILES = (
    b"From: bob@example.org\r\nTo: %(alice)b\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"
    b"Message-ID: <files@example.org>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Look at <b>these</b></p><script>x()</script>\r\n"
    b"--b\r\nContent-Type: text/plain; name=one.txt\r\nContent-Disposition: attachment; filename=one.txt\r\n\r\nONE\r\n"
    b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=two.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n"
    b"--b--\r\n"
)


def received(dovecot: DovecotForTests, mail: MailUser, raw: bytes) -> tuple[str, int, int]:
    dovecot.deliver(mail.address, raw.replace(b"%(alice)b", mail.address.encode()))
    return place(dovecot, mail)


def begin(client: Client, account: Account, where: tuple[str, int, int], mode: str) -> dict[str, Any]:
    answer = client.get(reverse("compose:reply", args=[account.pk, *where, mode]))
    assert answer.status_code == 200
    return values(answer.content)


def test_it_works(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
) -> None:
    where = received(dovecot, alice_mail, QUESTION)
    page = begin(alice_client, alice_account, where, "reply")
    assert page["to"] == "Bob <bob@example.org>"
    assert page["subject"] == "Re: Question"
    assert page["text"].endswith("Bob wrote:\n> Why?")
    answer = alice_client.post(url(), page | {"action": "send"})
    assert answer["Location"] == reverse("mailbox:folder", args=[alice_account.pk, "INBOX"])
    deliver(Outgoing.objects.get().pk)
    headers = parse_headers(smtp_server.accepted[0].raw)
    assert headers.in_reply_to == "<question@example.org>"
    assert headers.references == ("<first@example.org>", "<question@example.org>")
    assert flags(dovecot, alice_mail) == [{b"\\Answered"}]


def test_an_answer_to_all(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    page = begin(alice_client, alice_account, received(dovecot, alice_mail, QUESTION), "all")
    assert page["to"] == "Bob <bob@example.org>"
    assert page["cc"] == "Carl <carl@example.org>, dora@example.org"


def test_the_signature_stands_above_the_quote(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    Account.objects.update(signature="Alice")
    text = begin(alice_client, alice_account, received(dovecot, alice_mail, QUESTION), "reply")["text"]
    assert text.index("-- \nAlice") < text.index("> Why?")


def test_opening_an_answer_changes_nothing(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    begin(alice_client, alice_account, received(dovecot, alice_mail, WITH_FILES), "forward")
    assert flags(dovecot, alice_mail) == [set()]
    assert not Draft.objects.exists()


def test_a_forwarded_mail_carries_its_files(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
) -> None:
    where = received(dovecot, alice_mail, WITH_FILES)
    page = begin(alice_client, alice_account, where, "forward")
    assert page["subject"] == "Fwd: Files"
    assert "Look at these" in page["text"]
    assert "x()" not in page["text"]
    fields = {**page, "to": "carl@example.org", "carried": ["2 one.txt", "3 two.pdf"]}
    alice_client.post(url(), fields | {"action": "send"})
    deliver(Outgoing.objects.get().pk)
    raw = smtp_server.accepted[0].raw
    assert b'filename="one.txt"' in raw
    assert b"JVBERi0=" in raw
    assert parse_headers(raw).in_reply_to == ""
    assert flags(dovecot, alice_mail) == [{b"$Forwarded"}]


def test_files_can_be_left_out(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    page = begin(alice_client, alice_account, received(dovecot, alice_mail, WITH_FILES), "forward")
    fields = {**page, "to": "carl@example.org", "carried": ["3 two.pdf"]}
    alice_client.post(url(), fields | {"action": "save"})
    assert [upload.filename for upload in Upload.objects.all()] == ["two.pdf"]


def test_files_wait_for_their_server(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    page = begin(alice_client, alice_account, received(dovecot, alice_mail, WITH_FILES), "forward")
    fields = {**page, "to": "carl@example.org", "text": "precious", "carried": ["2 one.txt", "3 two.pdf"]}
    draft_id = uuid4()
    with dovecot_away(alice_account):
        refused = alice_client.post(url(draft_id), fields | {"action": "send"})
    assert refused.status_code == 422
    assert Draft.objects.get().text == "precious"
    assert b"two.pdf" in refused.content
    assert alice_client.post(url(draft_id), fields | {"action": "send"}).status_code == 302
    assert Upload.objects.count() == 2


class dovecot_away:  # noqa: N801 - reads like what it does
    """The account's server does not answer meanwhile."""

    def __init__(self, account: Account):
        self.account = account

    def __enter__(self) -> None:
        Account.objects.filter(pk=self.account.pk).update(incoming_port=1, version=self.account.version + 1)

    def __exit__(self, *_: object) -> None:
        port = self.account.incoming_port
        Account.objects.filter(pk=self.account.pk).update(incoming_port=port, version=self.account.version)


def foreign_draft(dovecot: DovecotForTests, mail: MailUser) -> tuple[str, int, int]:
    """As another program leaves it."""
    with dovecot.imap(mail) as client:
        client.append("Drafts", WITH_FILES.replace(b"%(alice)b", b"carl@example.org"), [b"\\Draft"])
    return place(dovecot, mail, "Drafts")


def test_a_draft_of_another_program_is_gone_on_with(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    where = foreign_draft(dovecot, alice_mail)
    address = reverse("compose:reply", args=[alice_account.pk, *where, "edit"])
    page = alice_client.get(address)
    fields: dict[str, Any] = values(page.content)
    assert (fields["to"], fields["subject"], fields["text"]) == ("carl@example.org", "Files", "Look at these")
    draft_url = page.content.decode().split('action="/compose/')[1].split('"')[0]
    fields |= {"carried": ["2 one.txt", "3 two.pdf"], "subject": "Better", "action": "save"}
    alice_client.post(f"/compose/{draft_url}", fields)
    copies = stored(dovecot, alice_mail, "Drafts")
    assert subjects(copies) == ["Better"]
    assert b"two.pdf" in copies[0]
    there = reverse("compose:reply", args=[alice_account.pk, *place(dovecot, alice_mail, "Drafts"), "edit"])
    assert alice_client.get(there)["Location"] == f"/compose/{draft_url}"


def test_two_tabs_edit_one_draft(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    address = reverse("compose:reply", args=[alice_account.pk, *foreign_draft(dovecot, alice_mail), "edit"])
    first, second = (alice_client.get(address).context["draft_id"] for _ in range(2))
    assert first == second


def test_a_foreign_draft_stays_while_its_files_cannot_be_fetched(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    page = begin(alice_client, alice_account, foreign_draft(dovecot, alice_mail), "edit")
    fields = {**page, "carried": ["2 one.txt"], "action": "save"}
    with dovecot_away(alice_account):
        alice_client.post(url(), fields)
    assert len(stored(dovecot, alice_mail, "Drafts")) == 1


@pytest.mark.parametrize("mode", ["reply", "all", "forward", "edit"])
def test_a_message_that_is_gone(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, mode: str
) -> None:
    folder, uidvalidity, uid = received(dovecot, alice_mail, QUESTION)
    gone = reverse("compose:reply", args=[alice_account.pk, folder, uidvalidity, uid + 1, mode])
    stale = reverse("compose:reply", args=[alice_account.pk, folder, uidvalidity + 1, uid, mode])
    nowhere = reverse("compose:reply", args=[alice_account.pk, "No/such?", uidvalidity, uid, mode])
    assert [alice_client.get(each).status_code for each in (gone, stale, nowhere)] == [404, 409, 404]


def test_an_unknown_mode(alice_client: Client, alice_account: Account) -> None:
    assert alice_client.get(f"/compose/{alice_account.pk}/INBOX/1/1/bounce/").status_code == 404
