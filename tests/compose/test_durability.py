"""Commits that need not wait for the disk; every other one does."""

import pytest
from django.db import connection, transaction

from accounts.models import Account
from tests.compose.letters import queued
from webmail.compose import outbox
from webmail.compose.durability import carried_later
from webmail.compose.models import Outgoing, State

ASK = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
WAITS = {"sqlite": 2, "postgresql": "on"}


def waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ASK[connection.vendor])
        return bool(cursor.fetchone()[0] == WAITS[connection.vendor])


@pytest.mark.django_db(transaction=True)
def test_only_what_is_within_does_not_wait() -> None:
    with carried_later():
        assert not waits()
        assert connection.in_atomic_block
    assert waits()
    with pytest.raises(ZeroDivisionError), carried_later():
        raise ZeroDivisionError
    assert waits()
    with transaction.atomic(), carried_later():
        assert waits(), "what is around it decides"


@pytest.mark.django_db(transaction=True)
def test_after_a_claim_the_dot_waits_for_the_disk(alice_account: Account) -> None:
    claimed = outbox.claim(queued(alice_account).pk)
    assert claimed
    assert waits()
    outbox.dot_sent(claimed)
    assert Outgoing.objects.get().state == State.SENDING
