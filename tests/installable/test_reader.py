"""Each answer says who reads: what a device keeps is kept and forgotten by it."""

import pytest
from django.test import Client

from accounts.models import Account, User
from tests.people import PASSWORD
from webmail.installable.reader import reader_of

pytestmark = pytest.mark.django_db


def test_people_differ_and_stay_who_they_are(alice: User, bob: User) -> None:
    assert reader_of(alice.pk) == reader_of(alice.pk) != reader_of(bob.pk)


def test_nobody_is_said_as_well(client: Client) -> None:
    assert client.get("/sign-in/")["X-Reader"] == "nobody"
    assert client.get("/worker.js")["X-Reader"] == "nobody"


def test_signing_in_and_out(client: Client, alice: User) -> None:
    form = {"username": alice.username, "password": PASSWORD, "stay": "on"}
    assert client.post("/sign-in/", form)["X-Reader"] == reader_of(alice.pk)
    assert client.get("/outbox/")["X-Reader"] == reader_of(alice.pk)
    assert client.post("/sign-out/")["X-Reader"] == "nobody"


def test_who_does_not_stay_is_passing(client: Client, alice: User) -> None:
    client.post("/sign-in/", {"username": alice.username, "password": PASSWORD})
    assert client.get("/outbox/")["X-Reader"] == reader_of(alice.pk) + "; passing"


def test_pages_know_it_too(alice_client: Client, alice_account: Account, alice: User, client: Client) -> None:
    assert f'<meta name="reader" content="{reader_of(alice.pk)}">' in alice_client.get("/outbox/").content.decode()
    assert '<meta name="reader" content="">' in client.get("/sign-in/").content.decode()
