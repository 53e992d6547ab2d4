"""One mail over a real SMTP server into a real Dovecot: every outcome ends in the state that it should."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, User
from tests.compose.letters import flags, place, queued, stored, subjects
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer
from webmail.compose import decisions, delivery, outbox, recovery
from webmail.compose.models import Content, Draft, Outgoing, State
from webmail.compose.tasks import deliver, prune_outbox, sweep_outbox


def now_due(outgoing: Outgoing) -> Outgoing:
    Outgoing.objects.filter(pk=outgoing.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    return outgoing


def delivered(outgoing: Outgoing) -> Outgoing:
    """The row after the task has run."""
    deliver(outgoing.pk)
    outgoing.refresh_from_db()
    return outgoing


def statuses(outgoing: Outgoing) -> dict[str, str]:
    return {each["address"]: each["status"] for each in outgoing.recipients}


def test_it_works(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer
) -> None:
    outgoing = delivered(queued(alice_account, cc="Carl <carl@example.org>", bcc="boss@example.org"))
    assert outgoing.state == State.FILED
    sent = smtp_server.accepted[0]
    assert sent.sender == alice_account.address
    assert sent.recipients == ["bob@example.org", "carl@example.org", "boss@example.org"]
    assert b"boss" not in sent.raw
    assert b"How are you?" in sent.raw
    copies = stored(dovecot, alice_mail, "Sent")
    assert len(copies) == 1
    assert b"Bcc: boss@example.org" in copies[0]
    assert flags(dovecot, alice_mail, "Sent") == [{b"\\Seen"}]
    assert statuses(outgoing) == dict.fromkeys(sent.recipients, "accepted")
    assert not Content.objects.exists()
    assert not Draft.objects.exists()


def test_a_pop_account_files_its_copy_here(alice_pop_account: Account, smtp_server: RecordingServer) -> None:
    outgoing = delivered(queued(alice_pop_account))
    assert outgoing.state == State.FILED
    assert len(smtp_server.accepted) == 1
    assert delivery.found_in_sent(outgoing)


def test_the_same_task_five_times(alice_account: Account, smtp_server: RecordingServer) -> None:
    outgoing = queued(alice_account)
    for _ in range(5):
        deliver(outgoing.pk)
    assert len(smtp_server.accepted) == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_refusal_for_now_is_tried_again(alice_account: Account, smtp_server: RecordingServer, stage: str) -> None:
    smtp_server.refuse("*", 451, "4.7.1 come back later", at=stage)
    outgoing = delivered(queued(alice_account))
    assert outgoing.state == State.QUEUED
    assert outgoing.attempts == 1
    assert outgoing.not_before
    assert outgoing.not_before > timezone.now() + timedelta(seconds=30)
    assert "come back later" in outgoing.last_reply
    deliver(outgoing.pk)
    assert smtp_server.connections == 1
    smtp_server.rules.replies.clear()
    assert delivered(now_due(outgoing)).state == State.FILED
    assert len(smtp_server.accepted) == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_refusal_for_good_is_not(alice_account: Account, smtp_server: RecordingServer, stage: str) -> None:
    smtp_server.refuse("*", 550, "5.7.1 we do not like this", at=stage)
    outgoing = delivered(queued(alice_account))
    assert outgoing.state == State.FAILED
    assert "we do not like this" in outgoing.last_reply
    assert Draft.objects.get().pk == outgoing.key
    assert not outbox.due()


def test_a_wrong_password_is_tried_once(alice_account: Account, smtp_server: RecordingServer) -> None:
    smtp_server.users[alice_account.address] = "changed"
    outgoing = delivered(queued(alice_account))
    assert (outgoing.state, outgoing.last_error) == (State.FAILED, "credentials")
    alice_account.refresh_from_db()
    assert alice_account.outgoing_error == "credentials"
    smtp_server.users[alice_account.address] = alice_account.incoming_password.reveal()
    assert decisions.try_again(outgoing)
    assert delivered(outgoing).state == State.FILED
    alice_account.refresh_from_db()
    assert alice_account.outgoing_error == ""


def test_a_server_that_is_gone_is_tried_again(alice_account: Account, smtp_server: RecordingServer) -> None:
    smtp_server.stop()
    outgoing = delivered(queued(alice_account))
    assert (outgoing.state, outgoing.last_error) == (State.QUEUED, "refused")
    smtp_server.start()
    assert delivered(now_due(outgoing)).state == State.FILED


def test_pauses_grow_and_end(alice_account: Account, smtp_server: RecordingServer) -> None:
    smtp_server.refuse("*", 421, "busy", at="mail")
    outgoing = queued(alice_account)
    pauses = []
    for _ in range(4):
        delivered(now_due(outgoing))
        assert outgoing.not_before
        pauses.append((outgoing.not_before - timezone.now()).total_seconds())
    assert pauses == sorted(pauses)
    assert pauses[3] > 5 * pauses[0]
    Outgoing.objects.update(queued_at=timezone.now() - timedelta(hours=49))
    assert delivered(now_due(outgoing)).state == State.FAILED


def test_lost_before_the_dot_is_sent_once_in_the_end(alice_account: Account, smtp_server: RecordingServer) -> None:
    smtp_server.drop_before_dot()
    # Larger than what fits into the sockets' buffers: a short mail may be on the line, dot and all, before we can know.
    outgoing = delivered(queued(alice_account, text="A long story. " * 500_000))
    assert outgoing.state == State.QUEUED
    smtp_server.rules.replies.clear()
    assert delivered(now_due(outgoing)).state == State.FILED
    assert len(smtp_server.accepted) == 1


@pytest.mark.parametrize("accept", [True, False])
def test_lost_after_the_dot_is_for_a_person(alice_account: Account, smtp_server: RecordingServer, accept: bool) -> None:
    smtp_server.drop_after_dot(accept=accept)
    outgoing = delivered(queued(alice_account))
    assert outgoing.state == State.UNKNOWN
    for _ in range(3):
        sweep_outbox()
        deliver(outgoing.pk)
    assert len(smtp_server.accepted) == int(accept)
    assert smtp_server.connections == 1


def test_no_answer_after_the_dot_is_for_a_person(
    alice_account: Account, smtp_server: RecordingServer, settings: Settings
) -> None:
    settings.OUTBOX_ANSWER_SECONDS = 0.3
    smtp_server.stall(at="answer")
    assert delivered(queued(alice_account)).state == State.UNKNOWN
    assert len(smtp_server.accepted) == 1


def test_a_person_says_that_it_arrived(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer
) -> None:
    smtp_server.drop_after_dot()
    outgoing = delivered(queued(alice_account))
    assert delivery.found_in_sent(outgoing) is False
    assert decisions.arrived(outgoing)
    assert delivered(outgoing).state == State.FILED
    assert subjects(stored(dovecot, alice_mail, "Sent")) == ["Hello"]
    assert len(smtp_server.accepted) == 1


def test_a_person_sends_it_again_under_the_same_message_id(
    alice_account: Account, smtp_server: RecordingServer
) -> None:
    smtp_server.drop_after_dot()
    outgoing = delivered(queued(alice_account))
    smtp_server.rules.replies.clear()
    assert decisions.send_again(outgoing)
    assert delivered(outgoing).state == State.FILED
    first, second = smtp_server.accepted
    assert first.raw == second.raw
    assert outgoing.message_id.encode() in first.raw


def test_some_recipients_are_refused(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer
) -> None:
    smtp_server.refuse("never@example.org", 550, "5.1.1 nobody")
    smtp_server.refuse("later@example.org", 451, "4.2.0 greylisted")
    outgoing = delivered(queued(alice_account, to="good@example.org, never@example.org, later@example.org"))
    assert outgoing.state == State.FILED
    assert not outgoing.dismissed
    assert statuses(outgoing) == {"good@example.org": "accepted", "never@example.org": "refused"}
    rest = Outgoing.objects.exclude(pk=outgoing.pk).get()
    assert (rest.state, statuses(rest)) == (State.QUEUED, {"later@example.org": "waiting"})
    smtp_server.rules.replies.clear()
    assert delivered(now_due(rest)).state == State.FILED
    assert [each.recipients for each in smtp_server.accepted] == [["good@example.org"], ["later@example.org"]]
    assert smtp_server.accepted[0].raw == smtp_server.accepted[1].raw
    assert len(stored(dovecot, alice_mail, "Sent")) == 1
    assert Content.objects.count() == 1  # for who was refused for good
    assert decisions.dismiss(outgoing)
    assert not Content.objects.exists()


def test_reports_are_asked_for_where_the_server_offers_them(
    alice_account: Account, smtp_server: RecordingServer
) -> None:
    smtp_server.offers_dsn = True
    outgoing = delivered(queued(alice_account, to="a+b=c@example.org"))
    assert outgoing.state == State.FILED
    asked = ["RET=HDRS", f"ENVID={outgoing.key.hex}"]
    assert smtp_server.dsn_parameters == [*asked, "NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;a+2Bb+3Dc@example.org"]
    assert smtp_server.accepted[0].recipients == ["a+b=c@example.org"]


def test_only_the_refused_are_tried_again(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer
) -> None:
    smtp_server.refuse("full@example.org", 552, "5.2.2 full")
    smtp_server.refuse("tpyo@example.org", 550, "5.1.1 nobody")
    outgoing = delivered(queued(alice_account, to="good@example.org, tpyo@example.org", bcc="full@example.org"))
    smtp_server.rules.replies.clear()
    rest = decisions.try_refused(outgoing, ["typo@example.org", "full@example.org", "GOOD@example.org"])
    assert rest
    assert decisions.try_refused(outgoing) is None  # the second click
    assert delivered(rest).state == State.FILED
    first, second = smtp_server.accepted
    assert first.recipients == ["good@example.org"]
    assert second.recipients == ["typo@example.org", "full@example.org"]
    assert first.raw == second.raw
    assert b"full@example.org" not in second.raw
    outgoing.refresh_from_db()
    assert statuses(outgoing) == {"good@example.org": "accepted"}
    assert len(stored(dovecot, alice_mail, "Sent")) == 1
    assert not Content.objects.exists()


def test_nobody_is_sent_a_mail_twice_who_has_it(alice_account: Account, smtp_server: RecordingServer) -> None:
    smtp_server.refuse("never@example.org", 550, "5.1.1 nobody")
    outgoing = delivered(queued(alice_account, to="good@example.org, never@example.org"))
    assert decisions.try_refused(outgoing, ["good@example.org"]) is None
    assert len(Outgoing.objects.all()) == 1
    again = decisions.try_refused(outgoing)
    assert again
    assert delivered(again).state == State.FAILED
    smtp_server.rules.replies.clear()
    assert decisions.try_again(again)
    assert delivered(again).state == State.FILED
    assert [each.recipients for each in smtp_server.accepted] == [["good@example.org"], ["never@example.org"]]


def test_nothing_is_kept_beyond_its_time(
    alice_account: Account, smtp_server: RecordingServer, settings: Settings
) -> None:
    settings.OUTBOX_REFUSED_DAYS = 7
    smtp_server.refuse("never@example.org", 550, "5.1.1 nobody")
    delivered(queued(alice_account, to="good@example.org"))
    assert not Content.objects.exists()
    outgoing = delivered(queued(alice_account, to="good@example.org", bcc="never@example.org"))
    waiting = queued(alice_account)
    for days, kept in ((6, 2), (8, 1)):
        Outgoing.objects.filter(pk=outgoing.pk).update(accepted_at=timezone.now() - timedelta(days=days))
        prune_outbox()
        assert Content.objects.count() == kept
    outgoing.refresh_from_db()
    assert decisions.try_refused(outgoing) is None
    waiting.refresh_from_db()
    assert waiting.content


def test_refused_for_good_and_for_now(alice_account: Account, smtp_server: RecordingServer) -> None:
    smtp_server.refuse("never@example.org", 550, "5.1.1 nobody")
    smtp_server.refuse("later@example.org", 451, "4.2.0 greylisted")
    outgoing = delivered(queued(alice_account, to="never@example.org, later@example.org"))
    assert outgoing.state == State.QUEUED
    assert statuses(outgoing) == {"never@example.org": "refused", "later@example.org": "waiting"}
    smtp_server.rules.replies.clear()
    assert delivered(now_due(outgoing)).state == State.FILED
    assert smtp_server.accepted[0].recipients == ["later@example.org"]
    assert statuses(outgoing) == {"never@example.org": "refused", "later@example.org": "accepted"}


def test_the_copy_waits_for_its_server(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer
) -> None:
    Account.objects.update(incoming_port=1)
    outgoing = delivered(queued(alice_account))
    assert (outgoing.state, outgoing.last_error) == (State.SENT, "refused")
    Account.objects.update(incoming_port=dovecot.ports["imaps"])
    assert delivered(now_due(outgoing)).state == State.FILED
    assert len(smtp_server.accepted) == 1
    assert len(stored(dovecot, alice_mail, "Sent")) == 1


def test_a_copy_that_is_there_is_not_stored_twice(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer
) -> None:
    outgoing = queued(alice_account)
    assert outgoing.content
    with dovecot.imap(alice_mail) as client:  # as a server that stores by itself, or an APPEND whose answer was lost
        client.append("Sent", bytes(outgoing.content.raw))
    assert delivered(outgoing).state == State.FILED
    assert len(stored(dovecot, alice_mail, "Sent")) == 1


def test_without_a_folder_for_sent_mail_one_is_made(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    with dovecot.imap(alice_mail) as client:
        client.delete_folder("Sent")
    assert delivered(queued(alice_account)).state == State.FILED
    assert len(stored(dovecot, alice_mail, "Sent")) == 1


@pytest.mark.parametrize(
    ("mode", "flag"), [("reply", b"\\Answered"), ("all", b"\\Answered"), ("forward", b"$Forwarded")]
)
def test_the_original_is_marked_once_the_answer_is_sent(
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
    mode: str,
    flag: bytes,
) -> None:
    dovecot.deliver(alice_mail.address, b"Subject: question\r\n\r\nWhy?\r\n")
    folder, uidvalidity, uid = place(dovecot, alice_mail)
    source = {"source_account": alice_account, "source_folder": folder, "source_uidvalidity": uidvalidity}
    smtp_server.refuse("*", 451)
    outgoing = delivered(queued(alice_account, mode=mode, source_uid=uid, **source))
    assert flags(dovecot, alice_mail) == [set()]
    smtp_server.rules.replies.clear()
    assert delivered(now_due(outgoing)).state == State.FILED
    assert flags(dovecot, alice_mail) == [{flag}]


def test_an_original_that_is_gone_does_no_harm(alice_account: Account) -> None:
    source = {"source_account": alice_account, "source_folder": "Nowhere", "source_uidvalidity": 1}
    assert delivered(queued(alice_account, mode="reply", source_uid=1, **source)).state == State.FILED


def disable(account: Account) -> None:
    User.objects.filter(pk=account.user_id).update(is_active=False)


def pull_the_account(account: Account) -> None:
    account.delete()


@pytest.mark.parametrize("leave", [disable, pull_the_account])
def test_who_has_left_sends_nothing(
    alice_account: Account, smtp_server: RecordingServer, leave: Callable[[Account], None]
) -> None:
    outgoing = queued(alice_account)
    leave(alice_account)
    sweep_outbox()
    deliver(outgoing.pk)
    assert smtp_server.connections == 0
    outgoing.refresh_from_db()
    expected = State.QUEUED if outgoing.account_id else State.FAILED
    assert outgoing.state == expected


def test_disabled_in_the_middle_of_the_message(
    alice_account: Account, smtp_server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last look is just before the dot."""
    outgoing = outbox.claim(queued(alice_account).pk)
    assert outgoing
    disable(alice_account)
    delivery.send(outgoing)
    assert smtp_server.connections == 1
    assert smtp_server.accepted == []


def test_line_ends_and_dots_cannot_end_the_message_early(alice_account: Account, smtp_server: RecordingServer) -> None:
    text = "one\n.\nMAIL FROM:<evil@example.org>\r.\r\n.\r\nend"
    delivered(queued(alice_account, text=text))
    assert len(smtp_server.accepted) == 1
    assert b"\r\n.\r\nMAIL FROM:<evil@example.org>\r\n.\r\n.\r\nend" in smtp_server.accepted[0].raw


def test_the_draft_goes_only_when_all_is_done(alice_account: Account, smtp_server: RecordingServer) -> None:
    outgoing = queued(alice_account)
    draft = Draft.objects.get()
    smtp_server.refuse("*", 550)
    delivered(outgoing)
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert decisions.take_back(outgoing)
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert not Outgoing.objects.exists()
    assert not Content.objects.exists()


def test_who_lost_the_lease_stops_before_the_message(
    alice_account: Account, smtp_server: RecordingServer, settings: Settings
) -> None:
    """A worker that was taken for dead notices with its next command, not after the last of 25 MB."""
    settings.OUTBOX_LEASE_SECONDS = 0
    claim = outbox.claim(queued(alice_account).pk)
    assert claim
    recovery.recover()
    smtp_server.stall(seconds=5, at="mail")
    started = time.monotonic()
    delivery.send(claim)
    assert time.monotonic() - started < 4
    assert smtp_server.accepted == []
    claim.refresh_from_db()
    assert claim.state == State.QUEUED
