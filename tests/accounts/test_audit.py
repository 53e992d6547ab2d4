from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import audit
from accounts.models import Account, AuditEntry, User
from accounts.signals import account_closed


def test_an_entry_outlives_its_people(alice: User, bob: User) -> None:
    audit.record(alice, "person_disabled", bob.username)
    alice.delete()
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.subject) == (None, "alice", "bob")


def test_nothing_typed_forges_a_line(alice: User) -> None:
    audit.record(alice, "x", "bob\r\n2026-01-01 admin: \x1b[2J" + "y" * 1000, "z" * 1000)
    entry = AuditEntry.objects.get()
    assert "\n" not in entry.subject
    assert "\x1b" not in entry.subject
    assert len(entry.subject) <= 254


def test_account_closed_tells_of_changes_and_deletion_and_not_of_creation(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    closed: list[int] = []
    listen = lambda account_id, **rest: closed.append(account_id)  # noqa: E731
    account_closed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        account = Account.objects.create(user=alice, address="a@b.test", incoming_host="h", incoming_username="a")
    assert closed == []
    with django_capture_on_commit_callbacks(execute=True):
        account.save()
    with django_capture_on_commit_callbacks(execute=True):
        account_id = account.pk
        alice.delete()
    account_closed.disconnect(listen)
    assert closed == [account_id, account_id]


def test_account_closed_waits_for_the_commit(
    alice: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    account = Account.objects.create(user=alice, address="a@b.test", incoming_host="h", incoming_username="a")
    with django_capture_on_commit_callbacks() as waiting, transaction.atomic():
        account.save()
    assert len(waiting) == 1
