"""Who may import when: one run per account, pauses, and an end to refused logins."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Account, User
from tests.popimport.imports import check, contents, let_time_pass, mail, sweep
from tests.servers.pop3 import HANG_UP, ScriptedPop3
from webmail.popimport import importer
from webmail.popimport.lease import LeaseLost, claim, due_accounts, lease_time, request_check
from webmail.popimport.models import MAX_REFUSALS, ImportState


def test_a_new_account_is_due(account: Account) -> None:
    assert due_accounts() == [account.pk]


@pytest.mark.parametrize("why_not", ["imap", "paused", "disabled", "not yet"])
def test_these_are_not_due(account: Account, why_not: str) -> None:
    due_accounts()
    if why_not == "imap":
        Account.objects.update(protocol="imap")
    elif why_not == "paused":
        Account.objects.update(paused=True)
    elif why_not == "disabled":
        User.objects.update(is_active=False)
    else:
        check(account)
    assert due_accounts() == []
    assert claim(account.pk) is None


def test_only_one_gets_the_lease(account: Account) -> None:
    request_check(account)
    assert claim(account.pk)
    assert claim(account.pk) is None
    assert due_accounts() == []


def test_a_lease_that_was_taken_over_stores_nothing(account: Account) -> None:
    request_check(account)
    lease = claim(account.pk)
    assert lease
    ImportState.objects.update(lease_token=uuid4())
    with pytest.raises(LeaseLost):
        lease.renew()
    lease.failed("storage")
    lease.give_up()
    assert ImportState.objects.get().lease_token
    assert ImportState.objects.get().last_error == ""


def test_the_lease_of_a_dead_worker_runs_out(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1))
    request_check(account)
    assert claim(account.pk)
    ImportState.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep()
    assert contents(account) == [mail(1)]


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_jumps(account: Account, days: int) -> None:
    """A lease and a next check that a clock a day off wrote don't block the account for a day."""
    check(account)
    jump = timedelta(days=days)
    ImportState.objects.update(lease_until=timezone.now() + lease_time() + jump, next_check=timezone.now() + 2 * jump)
    assert due_accounts() == [account.pk]


def test_the_same_bell_many_times_is_one_session(account: Account, pop3: ScriptedPop3) -> None:
    request_check(account)
    for _ in range(5):
        importer.run(account.pk)
    assert pop3.script.sessions == 1


def test_the_next_check_keeps_the_interval_with_some_spread(account: Account) -> None:
    state = check(account)
    assert state.last_checked
    pause = (state.next_check - state.last_checked).total_seconds()
    assert 0.9 * 300 <= pause <= 1.1 * 300


def test_errors_make_the_pause_grow_and_success_ends_it(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.override = lambda verb, argument: HANG_UP if verb == "LIST" else None
    pauses = []
    for _ in range(6):
        state = check(account)
        assert state.last_checked
        pauses.append((state.next_check - state.last_checked).total_seconds())
    assert pauses[0] < pauses[1] < pauses[2] < pauses[3] <= 3600 * 1.1
    account.refresh_from_db()
    assert account.incoming_error == "lost"
    pop3.script.override = lambda verb, argument: None
    assert check(account).failures == 0
    account.refresh_from_db()
    assert account.incoming_error == ""


def test_changed_settings_are_tried_at_once(account: Account) -> None:
    check(account)
    assert due_accounts() == []
    account.save()
    assert due_accounts() == [account.pk]


def test_wrong_password_stops_after_a_few_tries(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.password = "changed"
    for _ in range(10):
        sweep()
        request_check(account)
    assert pop3.script.logins == MAX_REFUSALS
    account.refresh_from_db()
    assert account.incoming_error == "credentials"
    assert ImportState.objects.get().is_stopped
    pop3.script.password = "secret"
    account.save()
    sweep()
    state = ImportState.objects.get()
    assert (state.last_error, state.is_stopped) == ("", False)


def test_a_new_wrong_password_gets_all_its_tries(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.password = "changed"
    for _ in range(2):
        for _ in range(10):
            sweep()
            let_time_pass()
        account.save()
    assert pop3.script.logins == 2 * MAX_REFUSALS


def test_maildrop_in_use_is_no_refusal(account: Account, pop3: ScriptedPop3) -> None:
    pop3.script.add(mail(1))
    with pop3.lock:
        for _ in range(MAX_REFUSALS + 1):
            state = check(account)
    assert (state.last_error, state.is_stopped, state.refusals) == ("busy", False, 0)
    check(account)
    assert contents(account) == [mail(1)]


@pytest.mark.parametrize(
    ("greeting", "reason"), [(b"-ERR busy\r\n", "busy"), (b"* OK imap\r\n", "wrong_protocol"), (b"", "silent")]
)
def test_odd_greetings(account: Account, pop3: ScriptedPop3, greeting: bytes, reason: str) -> None:
    pop3.script.override = lambda verb, argument: greeting if verb == "greeting" else None
    assert check(account).last_error == reason


def test_a_fault_of_ours_waits_its_turn(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(importer, "maildrop_of", broken)
    with pytest.raises(ZeroDivisionError):
        check(account)
    state = ImportState.objects.get()
    assert (state.last_error, state.lease_token) == ("failed", None)
    assert due_accounts() == []
