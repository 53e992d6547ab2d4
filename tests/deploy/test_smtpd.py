"""The demo's submission server: no mail is lost or doubled where one of several mailboxes is full."""

import asyncio

import pytest
from aiosmtpd.smtp import Envelope

from deploy.smtpd import DemoHandler, PasswordFiles
from tests.servers.dovecot import DovecotForTests, MailUser

RAW = b"From: a@demo.test\r\nSubject: to both\r\n\r\n" + b"x" * 5000 + b"\r\n"


@pytest.fixture
def full(dovecot: DovecotForTests) -> MailUser:
    """Whose mailbox has no room."""
    user = dovecot.new_user("full")
    entry = dovecot.data / "users" / user.address
    entry.write_text(entry.read_text().rstrip("\n") + "userdb_quota_rule=*:storage=1K\n")
    return user


def submit(dovecot: DovecotForTests, sender: str, *recipients: str) -> str:
    envelope = Envelope()
    envelope.mail_from, envelope.content, envelope.rcpt_tos = sender, RAW, list(recipients)
    handler = DemoHandler("demo.test", dovecot.ports["lmtp"], PasswordFiles(dovecot.data / "users"))
    return asyncio.run(handler.handle_DATA(None, None, envelope))  # type: ignore[arg-type]


def subjects(dovecot: DovecotForTests, user: MailUser) -> list[bytes]:
    with dovecot.imap(user) as client:
        client.select_folder("INBOX")
        fetched = client.fetch(client.search(), ["BODY.PEEK[HEADER.FIELDS (SUBJECT)]"])
        return [
            next(value.strip() for key, value in row.items() if key.startswith(b"BODY")) for row in fetched.values()
        ]


@pytest.mark.parametrize("full_first", [True, False])
def test_one_of_two_mailboxes_is_full(dovecot: DovecotForTests, full: MailUser, full_first: bool) -> None:
    sender, other = dovecot.new_user("sender"), dovecot.new_user("other")
    recipients = [full.address, other.address] if full_first else [other.address, full.address]
    assert submit(dovecot, sender.address, *recipients).startswith("250")
    assert subjects(dovecot, other) == [b"Subject: to both"]
    assert subjects(dovecot, full) == []
    assert subjects(dovecot, sender) == [b"Subject: Undelivered mail"]


def test_all_are_full(dovecot: DovecotForTests, full: MailUser) -> None:
    sender = dovecot.new_user("sender")
    assert submit(dovecot, sender.address, full.address).startswith("55")
    assert subjects(dovecot, sender) == []


def test_a_report_that_finds_no_room_brings_no_mail_twice(dovecot: DovecotForTests, full: MailUser) -> None:
    other = dovecot.new_user("other")
    assert submit(dovecot, full.address, other.address, full.address).startswith("250")
    assert subjects(dovecot, other) == [b"Subject: to both"]


def test_a_report_of_a_report_is_not_sent(dovecot: DovecotForTests, full: MailUser) -> None:
    other = dovecot.new_user("other")
    assert submit(dovecot, "", other.address, full.address).startswith("250")
    assert subjects(dovecot, other) == [b"Subject: to both"]
