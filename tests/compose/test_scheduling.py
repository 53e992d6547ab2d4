"""Mail that waits: to be taken back, or for the time that its person chose. The count of the recording server is the
verdict."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, User
from tests.compose.letters import form, url
from tests.servers.smtp import RecordingServer
from webmail.compose import outbox, patience
from webmail.compose.models import Draft, Outgoing, State
from webmail.compose.scheduling import choices, moment
from webmail.compose.tasks import deliver
from webmail.mime.headers import parse_headers

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def slow(alice: User) -> User:
    """Alice, whose mail can be taken back for twenty seconds."""
    alice.undo_seconds = 20
    alice.save()
    return alice


def pass_time(outgoing: Outgoing) -> None:
    Outgoing.objects.filter(pk=outgoing.pk).update(not_before=Now(), queued_at=Now())


def act(client: Client, action: str) -> str:
    outgoing = Outgoing.objects.get()
    return client.post(reverse("compose:act", args=[outgoing.pk]), {"action": action}, follow=True).content.decode()


def send(client: Client, account: Account, **fields: Any) -> str:
    return client.post(url(), form(account, **fields), follow=True).content.decode()


def test_a_mail_is_taken_back_with_its_file(
    alice_client: Client, alice_account: Account, slow: User, smtp_server: RecordingServer
) -> None:
    page = send(alice_client, alice_account, files=SimpleUploadedFile("plan.txt", b"north"))
    assert "Sending in 20 s" in page or "Sending in 19 s" in page  # a slow machine
    assert "data-undo" in page
    outgoing = Outgoing.objects.get()
    deliver(outgoing.pk)
    assert outbox.due() == []
    composer = act(alice_client, "edit")
    assert "How are you?" in composer
    assert "plan.txt" in composer
    deliver(outgoing.pk)
    assert not Outgoing.objects.exists()
    assert smtp_server.accepted == []


def test_it_leaves_when_nobody_takes_it_back(
    alice_client: Client, alice_account: Account, slow: User, smtp_server: RecordingServer
) -> None:
    send(alice_client, alice_account)
    outgoing = Outgoing.objects.get()
    pass_time(outgoing)
    assert outbox.due() == [outgoing.pk]
    deliver(outgoing.pk)
    deliver(outgoing.pk)
    assert len(smtp_server.accepted) == 1
    assert "something else happened" in act(alice_client, "edit")
    assert len(smtp_server.accepted) == 1


def test_a_mail_leaves_later(alice_client: Client, alice_account: Account, smtp_server: RecordingServer) -> None:
    leaves = timezone.localtime() + timedelta(days=1)
    page = send(alice_client, alice_account, later_own=leaves.strftime("%Y-%m-%dT%H:%M"))
    assert "Leaves tomorrow at" in page
    outgoing = Outgoing.objects.get()
    assert outgoing.not_before == outgoing.queued_at == outgoing.dated == leaves.replace(second=0, microsecond=0)
    assert outgoing.content
    assert parse_headers(bytes(outgoing.content.raw)).date == outgoing.dated
    deliver(outgoing.pk)
    assert smtp_server.accepted == []
    listed = alice_client.get(reverse("compose:outbox")).content.decode()
    assert "Leaves tomorrow" in listed
    assert all(f'value="{name}"' in listed for name in ("send_now", "edit", "cancel"))


def test_send_now_writes_the_present_date(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    later = timezone.localtime() + timedelta(days=20)
    send(alice_client, alice_account, later_own=later.strftime("%Y-%m-%dT%H:%M"))
    message_id = Outgoing.objects.get().message_id
    act(alice_client, "send_now")
    deliver(Outgoing.objects.get().pk)
    (mail,) = smtp_server.accepted
    header = parse_headers(mail.raw)
    assert header.message_id == message_id
    assert header.date
    assert abs(header.date - timezone.now()) < timedelta(minutes=5)
    assert mail.raw.count(b"Date: ") == 1


def test_a_canceled_one_is_a_draft_again(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    later = timezone.localtime() + timedelta(days=3)
    send(alice_client, alice_account, later_own=later.strftime("%Y-%m-%dT%H:%M"))
    act(alice_client, "cancel")
    assert Draft.objects.get().text == "How are you?"
    assert smtp_server.accepted == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"later": "2020-01-01T08:00"}, "has passed"),
        ({"later_own": "2199-01-01T08:00"}, "a year at most"),
        ({"later": "own"}, "Enter the day and the time"),
        ({"later": "soon"}, "Enter a day and a time"),
        ({"later": "9999-12-31T23:59"}, "a year at most"),
        ({"later": "0001-01-01T00:00"}, "has passed"),
    ],
)
def test_what_no_mail_can_wait_for(
    alice_client: Client, alice_account: Account, fields: dict[str, str], words: str
) -> None:
    answer = alice_client.post(url(), form(alice_account, **fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Outgoing.objects.exists()
    assert Draft.objects.get().text == "How are you?"


def test_where_clocks_change() -> None:
    with timezone.override(PARIS):
        assert moment("2027-03-28T02:30").isoformat() == "2027-03-28T03:30:00+02:00"  # skipped
        assert moment("2026-10-25T02:30").astimezone(UTC).hour == 0  # the first of two
        with pytest.raises(ValidationError):
            moment("2027-02-30T02:30")


@pytest.mark.parametrize(
    ("now", "values"),
    [
        (datetime(2026, 11, 24, 9, 0, tzinfo=PARIS), ["2026-11-24T18:00", "2026-11-25T08:00", "2026-11-30T08:00"]),
        (datetime(2026, 11, 24, 17, 5, tzinfo=PARIS), ["2026-11-25T08:00", "2026-11-30T08:00"]),
        (datetime(2026, 11, 29, 9, 0, tzinfo=PARIS), ["2026-11-29T18:00", "2026-11-30T08:00"]),
        (datetime(2026, 11, 30, 9, 0, tzinfo=PARIS), ["2026-11-30T18:00", "2026-12-01T08:00", "2026-12-07T08:00"]),
    ],
)
def test_what_is_offered(now: datetime, values: list[str]) -> None:
    with timezone.override(PARIS):
        assert [choice.value for choice in choices(now)] == values


def test_a_workers_clock_changes_nothing(
    alice_client: Client,
    alice_account: Account,
    slow: User,
    smtp_server: RecordingServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    smtp_server.refuse("*", 451, "4.7.1 later", at="rcpt")
    send(alice_client, alice_account)
    outgoing = Outgoing.objects.get()
    with monkeypatch.context() as clock:
        for years in (-30, 30):
            wrong = timezone.now() + timedelta(days=365 * years)
            clock.setattr(timezone, "now", lambda wrong=wrong: wrong)
            deliver(outgoing.pk)
            assert outbox.due() == []
    pass_time(outgoing)
    with monkeypatch.context() as clock:
        wrong = timezone.now() + timedelta(days=365)
        clock.setattr(timezone, "now", lambda: wrong)
        deliver(outgoing.pk)
    outgoing.refresh_from_db()
    assert outgoing.state == State.QUEUED  # one try, and 48 hours are not over
    assert outgoing.attempts == 1
    assert outgoing.not_before
    assert outgoing.not_before < timezone.now() + timedelta(hours=1)


def test_tries_end_48_hours_after_the_time_that_was_chosen(alice_client: Client, alice_account: Account) -> None:
    later = timezone.localtime() + timedelta(days=9)
    send(alice_client, alice_account, later_own=later.strftime("%Y-%m-%dT%H:%M"))
    outgoing = Outgoing.objects.get()
    Outgoing.objects.update(created=timezone.now() - timedelta(days=9), queued_at=timezone.now())
    assert not patience.is_over(outgoing, "queued_at")
    Outgoing.objects.update(queued_at=timezone.now() - timedelta(hours=49))
    assert patience.is_over(outgoing, "queued_at")
