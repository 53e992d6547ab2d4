"""Prepared queries find what the ORM finds, and every request what is there by then."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, User
from accounts.prepared import Prepared
from tests.people import new_account
from webmail.compose.models import Draft

pytestmark = pytest.mark.django_db


def test_the_same_rows_in_the_same_order(alice, bob, dovecot, smtp_server):
    for person in (alice, bob, alice):
        new_account(person, dovecot.new_user("one"), dovecot, smtp_server)
    for person in (alice, bob):
        found = person.mail_accounts()
        assert found == list(person.accounts.all())
        assert [account.incoming_password.reveal() for account in found] == [
            account.incoming_password.reveal() for account in person.accounts.all()
        ]


def test_an_account_knows_its_person_without_a_query(alice, alice_account, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [account.user.username for account in alice.mail_accounts()] == [alice.username]


def test_nothing_is_kept(alice):
    of_number = Prepared(User, "id")
    assert of_number(alice.pk) == [alice]
    User.objects.filter(pk=alice.pk).update(name="Alice Anew")
    assert of_number(alice.pk)[0].name == "Alice Anew"
    assert of_number(0) == []
    assert Prepared(Account, "user_id")(alice.pk) == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}])
def test_a_person_who_may_no_longer(alice, alice_client, change):
    page = reverse("accounts:account_list")
    assert alice_client.get(page).status_code == 200
    User.objects.filter(pk=alice.pk).update(**change)
    assert alice_client.get(page).status_code == 302


def test_a_session_that_is_over(alice_client):
    page = reverse("accounts:account_list")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert alice_client.get(page).status_code == 302


def test_a_session_that_was_ended(alice_client):
    page = reverse("accounts:account_list")
    assert alice_client.get(page).status_code == 200
    Session.objects.all().delete()
    assert alice_client.get(page).status_code == 302


def test_several_values_stand_in_the_order_of_their_fields(alice, bob):
    named = Prepared(User, "username", "id")
    assert named(alice.username, alice.pk) == [alice]
    assert named(alice.username, bob.pk) == []


def test_a_value_may_be_a_uuid(alice_account):
    drafts = [Draft.objects.create(pk=uuid4(), account=alice_account) for _ in range(2)]
    assert Prepared(Draft, "account__user", "id")(alice_account.user_id, drafts[1].pk) == drafts[1:]
    assert Prepared(Draft, "id")(uuid4()) == []
