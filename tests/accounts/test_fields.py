import pytest
from cryptography.fernet import Fernet
from django.db import connection
from pytest_django import Settings

from accounts.fields import Secret, WrongKey
from accounts.models import Account, User


def stored_text(account: Account) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT incoming_password FROM accounts_account WHERE id = %s", [account.pk])
        return str(cursor.fetchone()[0])


def account_of(user: User, **fields: object) -> Account:
    return Account.objects.create(
        user=user, address="a@example.org", incoming_host="h", incoming_username="a", **fields
    )


def test_a_password_is_encrypted_at_rest_and_comes_back(alice: User) -> None:
    account = account_of(alice, incoming_password=Secret.seal("pässword\"'"))
    assert "ssword" not in stored_text(account)
    assert Account.objects.get().incoming_password.reveal() == "pässword\"'"


def test_no_password_is_false_and_stored_as_nothing(alice: User) -> None:
    account = account_of(alice)
    assert not Account.objects.get().incoming_password
    assert stored_text(account) == ""


def test_it_never_shows_itself() -> None:
    secret = Secret.seal("swordfish")
    for text in (str(secret), repr(secret), f"{secret}", repr({"password": secret})):
        assert "swordfish" not in text
        assert secret.token not in text


def test_text_in_clear_is_refused(alice: User) -> None:
    with pytest.raises(TypeError, match="takes a Secret"):
        account_of(alice, incoming_password="swordfish")


def test_another_key_raises_wrong_key_at_reveal_and_not_before(alice: User, settings: Settings) -> None:
    account_of(alice, incoming_password=Secret.seal("swordfish"))
    settings.MAIL_SECRET_KEYS = [Fernet.generate_key().decode()]
    loaded = Account.objects.get()
    with pytest.raises(WrongKey) as error:
        loaded.incoming_credentials()
    assert "swordfish" not in str(error.value)


def test_an_older_key_still_opens(settings: Settings) -> None:
    secret = Secret.seal("swordfish")
    settings.MAIL_SECRET_KEYS = [Fernet.generate_key().decode(), *settings.MAIL_SECRET_KEYS]
    assert secret.reveal() == "swordfish"
    assert secret.rotated().token != secret.token


def test_a_damaged_secret_raises_wrong_key() -> None:
    with pytest.raises(WrongKey):
        Secret("not a token").reveal()


def test_values_of_the_model_hide_it_too(alice: User) -> None:
    account_of(alice, incoming_password=Secret.seal("swordfish"))
    assert "swordfish" not in repr(list(Account.objects.values()))
