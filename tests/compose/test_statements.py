"""Statements whose SQL is kept: each call has its own values, and the ORM's conditions hold."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, models
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tests.compose.letters import queued
from webmail.compose.models import Outgoing, State
from webmail.compose.statements import Given, Statement

ROW, TOKEN = Given("row", models.BigIntegerField()), Given("token", models.UUIDField())
SPAN, PEOPLE = Given("span", models.DurationField()), Given("people", models.JSONField())
PERSON = {"address": "ö%s'\"@example.org", "status": "waiting", "code": None, "text": "100 % \\ {}"}


def test_each_call_changes_its_own_row(alice_account: Account) -> None:
    first, second = queued(alice_account), queued(alice_account)
    change = Statement.to_update(
        Outgoing.objects.filter(pk=ROW, state=State.QUEUED),
        lease_token=TOKEN,
        recipients=PEOPLE,
        lease_until=Now() + SPAN,
    )
    token = uuid4()
    with CaptureQueriesContext(connection) as queries:
        assert change.changed(row=first.pk, token=token, people=[PERSON], span=timedelta(seconds=90)) == 1
    assert len(queries) == 1
    assert change.changed(row=second.pk, token=None, people=[], span=timedelta(days=2)) == 1
    assert change.changed(row=second.pk + 1, token=token, people=[], span=timedelta(0)) == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.lease_token, first.recipients) == (token, [PERSON])
    assert (second.lease_token, second.recipients) == (None, [])
    assert first.lease_until
    assert second.lease_until
    between = second.lease_until - first.lease_until
    assert timedelta(days=1) < between < timedelta(days=2)


def test_conditions_hold_at_the_moment_of_the_call(alice_account: Account) -> None:
    outgoing = queued(alice_account)
    read = Statement.to_read(Outgoing.objects.filter(pk=ROW, not_before__lte=Now()).values_list("pk", "subject"))
    assert read.first(row=outgoing.pk) == (outgoing.pk, "Hello")
    Outgoing.objects.update(not_before=Now() + timedelta(hours=1))
    assert read.first(row=outgoing.pk) is None


def test_a_value_that_is_not_given(alice_account: Account) -> None:
    with pytest.raises(KeyError):
        Statement.to_read(Outgoing.objects.filter(pk=ROW)).first()
