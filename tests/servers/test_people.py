"""The people the other tests stand on."""

import pytest
from django.test import Client

from accounts.models import Account, User
from tests.servers.dovecot import DovecotForTests, MailUser


def test_three_people(alice: User, bob: User, charlie: User) -> None:
    assert (alice.is_superuser, bob.is_superuser, charlie.is_superuser) == (False, False, True)


def test_account_names_real_servers(alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests) -> None:
    assert alice_account.incoming_endpoint().port == dovecot.ports["imaps"]
    assert alice_account.incoming_credentials().username == alice_mail.address


def test_pop_account(alice_pop_account: Account, dovecot: DovecotForTests) -> None:
    assert alice_pop_account.is_pop
    assert alice_pop_account.incoming_endpoint().port == dovecot.ports["pop3s"]


@pytest.mark.django_db
def test_clients_are_signed_in(alice_client: Client, alice: User) -> None:
    assert alice_client.session["_auth_user_id"] == str(alice.pk)
