"""The state machine by itself: leases, fences, what a crash leaves, what people decide."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from tests.compose.letters import queued, written
from webmail.compose import decisions, letters, outbox, recovery
from webmail.compose.models import Content, Draft, Outgoing, State
from webmail.protocols.smtp import Refusal


def claimed(account: Account) -> Outgoing:
    outgoing = outbox.claim(queued(account).pk)
    assert outgoing
    return outgoing


def let_the_lease_run_out(outgoing: Outgoing) -> None:
    Outgoing.objects.filter(pk=outgoing.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def state_of(outgoing: Outgoing) -> str:
    return Outgoing.objects.get(pk=outgoing.pk).state


def test_one_draft_is_one_row(alice_account: Account) -> None:
    draft = written(alice_account)
    first, second = (outbox.enqueue(draft, letters.freeze(draft)) for _ in range(2))
    assert first == second
    assert Content.objects.count() == 1


def test_only_one_claim_holds(alice_account: Account) -> None:
    outgoing = queued(alice_account)
    assert [bool(outbox.claim(outgoing.pk)) for _ in range(3)] == [True, False, False]
    assert outbox.claim(outgoing.pk + 1) is None


def test_nothing_is_claimed_before_its_time(alice_account: Account) -> None:
    outgoing = queued(alice_account)
    Outgoing.objects.update(not_before=timezone.now() + timedelta(hours=1))
    assert outbox.due() == []
    assert outbox.claim(outgoing.pk) is None
    assert decisions.try_now(outgoing)
    assert outbox.due() == [outgoing.pk]


def test_a_worker_that_died_before_the_dot(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    recovery.recover()
    assert state_of(outgoing) == State.SENDING
    let_the_lease_run_out(outgoing)
    recovery.recover()
    assert state_of(outgoing) == State.QUEUED
    assert outbox.claim(outgoing.pk)


def test_a_worker_that_dies_of_a_mail_each_time(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    Outgoing.objects.update(attempts=3)
    let_the_lease_run_out(outgoing)
    recovery.recover()
    assert outbox.due() == []
    long_ago = timezone.now() - timedelta(hours=49)
    Outgoing.objects.update(not_before=long_ago, queued_at=long_ago)
    again = outbox.claim(outgoing.pk)
    assert again
    let_the_lease_run_out(again)
    recovery.recover()
    assert state_of(outgoing) == State.FAILED


def test_a_worker_that_died_after_the_dot(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    outbox.dot_sent(outgoing)
    let_the_lease_run_out(outgoing)
    recovery.recover()
    assert state_of(outgoing) == State.UNKNOWN
    assert outbox.due() == []
    assert outbox.claim(outgoing.pk) is None


def test_a_worker_that_died_while_filing(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    outbox.dot_sent(outgoing)
    outbox.accepted(outgoing, {})
    filing = outbox.claim_filing(outgoing.pk)
    assert filing
    assert outbox.claim_filing(outgoing.pk) is None
    let_the_lease_run_out(filing)
    assert outbox.due() == [outgoing.pk]
    again = outbox.claim_filing(outgoing.pk)
    assert again
    with pytest.raises(outbox.LeaseLost):
        outbox.filed(filing)
    outbox.filed(again)
    assert state_of(outgoing) == State.FILED


def test_a_slow_worker_must_not_send_the_dot(alice_account: Account) -> None:
    slow = claimed(alice_account)
    let_the_lease_run_out(slow)
    recovery.recover()
    other = outbox.claim(slow.pk)
    assert other
    with pytest.raises(outbox.LeaseLost):
        outbox.dot_sent(slow)
    for write in (lambda: outbox.accepted(slow, {}), lambda: outbox.failed(slow, "rejected")):
        with pytest.raises(outbox.LeaseLost):
            write()
    outbox.dot_sent(other)


def test_a_slow_answer_still_counts(alice_account: Account) -> None:
    """Taken for dead after the dot, but it was only the server that took its time."""
    slow = claimed(alice_account)
    outbox.dot_sent(slow)
    let_the_lease_run_out(slow)
    recovery.recover()
    assert state_of(slow) == State.UNKNOWN
    outbox.accepted(slow, {})
    assert state_of(slow) == State.SENT


def test_an_answer_after_a_person_decided_does_not(alice_account: Account) -> None:
    slow = claimed(alice_account)
    outbox.dot_sent(slow)
    let_the_lease_run_out(slow)
    recovery.recover()
    assert decisions.send_again(slow)
    with pytest.raises(outbox.LeaseLost):
        outbox.retry_later(slow, "rejected")


def test_a_large_mail_has_a_short_lease_that_is_renewed(alice_account: Account, settings: Settings) -> None:
    """A worker that dies with it is soon replaced; one that gets on keeps it."""
    settings.OUTBOX_LEASE_SECONDS = 10
    outgoing = queued(alice_account)
    Outgoing.objects.update(size=30 * 2**20)
    claim = outbox.claim(outgoing.pk)
    assert claim
    assert claim.lease_until
    assert claim.lease_until < timezone.now() + timedelta(seconds=11)
    let_the_lease_run_out(claim)
    outbox.renew(claim)
    recovery.recover()
    assert state_of(claim) == State.SENDING
    let_the_lease_run_out(claim)
    recovery.recover()
    with pytest.raises(outbox.LeaseLost):
        outbox.renew(claim)


def test_filing_a_large_mail_is_left_the_time_it_needs(alice_account: Account, settings: Settings) -> None:
    """While it is on its way into the folder nothing renews the lease, and a second worker would not find it there."""
    settings.OUTBOX_LEASE_SECONDS = 10
    outgoing = claimed(alice_account)
    outbox.accepted(outgoing, {})
    Outgoing.objects.update(size=30 * 2**20)
    claim = outbox.claim_filing(outgoing.pk)
    assert claim
    assert claim.lease_until
    assert claim.lease_until > timezone.now() + timedelta(minutes=30)


def test_cancel_or_claim_one_of_both_wins(alice_account: Account) -> None:
    outgoing = queued(alice_account)
    assert decisions.cancel(outgoing)
    assert outbox.claim(outgoing.pk) is None
    taken = claimed(alice_account)
    assert not decisions.cancel(taken)
    assert not decisions.take_back(taken)
    assert state_of(taken) == State.SENDING


def test_a_cancelled_mail_is_a_draft_again(alice_account: Account) -> None:
    outgoing = queued(alice_account)
    decisions.cancel(outgoing)
    assert Draft.objects.get().pk == outgoing.key
    assert not Content.objects.exists()


@pytest.mark.parametrize(
    "decide", [decisions.arrived, decisions.send_again, decisions.try_again, decisions.remove, decisions.dismiss]
)
def test_people_decide_only_what_is_theirs_to_decide(alice_account: Account, decide) -> None:  # type: ignore[no-untyped-def]
    assert not decide(queued(alice_account))
    assert not decide(claimed(alice_account))


def test_a_refused_mail_is_thrown_away_with_its_draft(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    outbox.failed(outgoing, "rejected")
    assert decisions.remove(outgoing)
    assert not Outgoing.objects.exists()
    assert not Draft.objects.exists()


def test_filing_ends_with_a_person(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    outbox.accepted(outgoing, {"x@example.org": Refusal(550, "nobody", True)})
    Outgoing.objects.update(accepted_at=timezone.now() - timedelta(hours=49))
    filing = outbox.claim_filing(outgoing.pk)
    assert filing
    outbox.filing_later(filing, "refused")
    assert outbox.due() == []
    assert decisions.dismiss(outgoing)
    assert state_of(outgoing) == State.FILED
    assert not Content.objects.exists()


def test_rows_go_after_a_month(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    outbox.accepted(outgoing, {})
    filing = outbox.claim_filing(outgoing.pk)
    assert filing
    outbox.filed(filing)
    recovery.forget_old()
    assert Outgoing.objects.exists()
    Outgoing.objects.update(queued_at=timezone.now() - timedelta(days=31))
    recovery.forget_old()
    assert not Outgoing.objects.exists()


def test_an_account_removed_while_the_server_takes_the_mail(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    outbox.dot_sent(outgoing)
    alice_account.delete()
    outbox.accepted(outgoing, {"bob@example.org": Refusal(451, "later", False)})
    recovery.recover()
    rest = Outgoing.objects.exclude(pk=outgoing.pk).get()
    assert (state_of(outgoing), rest.state, rest.last_error) == (State.SENT, State.FAILED, "account_gone")


def test_sent_mail_of_a_removed_account_waits_for_nobody(alice_account: Account) -> None:
    outgoing = claimed(alice_account)
    outbox.accepted(outgoing, {})
    alice_account.delete()
    recovery.recover()
    row = Outgoing.objects.get()
    assert (row.state, row.last_error, row.not_before) == (State.SENT, "account_gone", None)


def second_account(account: Account) -> Account:
    other = Account.objects.get(pk=account.pk)
    other.pk, other.address, other._state.adding = None, "other@example.org", True
    other.save()
    return other


@pytest.mark.parametrize("refused", [False, True])
def test_waiting_mail_keeps_its_draft_when_its_account_is_removed(alice_account: Account, refused: bool) -> None:
    other = second_account(alice_account)
    outgoing = claimed(alice_account) if refused else queued(alice_account)
    if refused:
        outbox.failed(outgoing, "rejected")
    written(alice_account, subject="only begun")
    alice_account.delete()
    recovery.recover()
    outgoing.refresh_from_db()
    assert outgoing.state == State.FAILED
    assert [(draft.pk, draft.account, draft.subject) for draft in Draft.objects.all()] == [
        (outgoing.key, other, "Hello")
    ]
    assert decisions.take_back(outgoing)


def test_drafts_go_with_the_last_account_and_with_their_person(alice_account: Account, bob_account: Account) -> None:
    queued(alice_account)
    bobs = queued(bob_account)
    second_account(bob_account)
    alice_account.delete()
    assert [draft.pk for draft in Draft.objects.all()] == [bobs.key]
    bob_account.user.delete()
    assert not Draft.objects.exists()


def test_one_server_gets_only_some_of_the_workers(alice_account: Account, bob_account: Account) -> None:
    """A server that keeps us waiting holds up its own mail, nobody else's."""
    Account.objects.filter(pk=bob_account.pk).update(outgoing_host="another.test")
    taken = [claimed(alice_account) for _ in range(outbox.AT_A_SERVER)]
    waiting, others = queued(alice_account), queued(bob_account)
    assert outbox.claim(waiting.pk) is None
    assert outbox.due() == [others.pk]
    assert outbox.claim(others.pk)
    outbox.retry_later(taken[0], "timeout")
    assert outbox.claim(waiting.pk)
