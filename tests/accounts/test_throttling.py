"""Guessing is slowed down from wherever it comes; a stranger locks nobody out."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import User
from accounts.throttling import ADDRESS_LIMIT, KNOWN_BROWSER, NAME_LIMIT, client_address
from tests.people import PASSWORD

ELSEWHERE = "192.0.2.77"


def sign_in(client: Client, name: str, password: str = PASSWORD) -> int:
    return client.post("/sign-in/", {"username": name, "password": password}).status_code


def guesser(number: int) -> Client:
    return Client(REMOTE_ADDR=f"198.51.100.{number}")


@pytest.fixture
def flooded(alice: User) -> None:
    """Many addresses, each with one wrong password for alice."""
    assert [sign_in(guesser(number), "alice", "wrong") for number in range(NAME_LIMIT)] == [200] * NAME_LIMIT


def known_browser(person: str, address: str) -> Client:
    """Signed in once and out again, elsewhere."""
    client = Client()
    assert sign_in(client, person) == 302
    client.post("/sign-out/")
    moved = Client(REMOTE_ADDR=address)
    moved.cookies[KNOWN_BROWSER] = client.cookies[KNOWN_BROWSER].value
    return moved


@pytest.mark.usefixtures("flooded")
def test_many_addresses_at_one_name_are_slowed_down(bob: User) -> None:
    assert sign_in(guesser(200), "alice") == 429
    assert sign_in(guesser(200), "alice@example.org") == 429
    assert sign_in(guesser(200), "bob") == 302


def test_they_lock_nobody_out_of_a_known_browser(alice: User) -> None:
    at_home = known_browser("alice", ELSEWHERE)
    for number in range(NAME_LIMIT):
        sign_in(guesser(number), "alice", "wrong")
    assert sign_in(Client(REMOTE_ADDR=ELSEWHERE), "alice") == 429
    assert sign_in(at_home, "alice") == 302


@pytest.mark.usefixtures("flooded")
def test_a_known_browser_is_one_persons(bob: User) -> None:
    assert sign_in(known_browser("bob", ELSEWHERE), "alice") == 429
    forged = Client(REMOTE_ADDR=ELSEWHERE)
    forged.cookies[KNOWN_BROWSER] = "alice"
    assert sign_in(forged, "alice") == 429


def test_a_known_browser_may_not_guess_either(alice: User) -> None:
    thief = known_browser("alice", ELSEWHERE)
    assert [sign_in(thief, "alice", "wrong") for _ in range(9)] == [200] * 7 + [429] * 2


def test_one_address_with_many_names_is_slowed_down(alice: User, bob: User) -> None:
    colleague = known_browser("bob", ELSEWHERE)
    attacker = Client(REMOTE_ADDR=ELSEWHERE)
    tried = [sign_in(attacker, f"name-{number}", "wrong") for number in range(ADDRESS_LIMIT)]
    assert tried == [200] * ADDRESS_LIMIT
    assert sign_in(attacker, "alice") == 429
    assert sign_in(colleague, "bob") == 302, "who sits behind the same address"
    assert sign_in(Client(), "alice") == 302


def test_ones_own_account_does_not_reset_the_count(alice: User, bob: User) -> None:
    attacker = Client(REMOTE_ADDR=ELSEWHERE)
    for number in range(ADDRESS_LIMIT):
        sign_in(attacker, f"name-{number}", "wrong")
        if number % 10 == 5:
            assert sign_in(attacker, "bob") == 302
            attacker.post("/sign-out/")
    assert sign_in(attacker, "alice") == 429


@pytest.mark.usefixtures("flooded")
def test_the_pause_ends_in_time_however_often_somebody_knocks() -> None:
    stored = list(AccessAttempt.objects.values_list("pk", "failures_since_start", "attempt_time", "post_data"))
    assert [sign_in(guesser(number), "alice", "wrong") for number in range(30)] == [429] * 30
    assert stored == list(AccessAttempt.objects.values_list("pk", "failures_since_start", "attempt_time", "post_data"))
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(guesser(200), "alice") == 302


def test_guessing_the_old_password_is_paused_too(alice_client: Client) -> None:
    new = {"old_password": "wrong", "new_password1": "paper-and-ink", "new_password2": "paper-and-ink"}
    assert [alice_client.post("/settings/password/", new).status_code for _ in range(8)] == [200] * 7 + [429]
    assert alice_client.post("/settings/password/", {**new, "old_password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    ("behind_proxy", "peer", "forwarded", "address"),
    [
        (False, "203.0.113.5", "192.0.2.1", "203.0.113.5"),
        (True, "127.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        (True, "127.0.0.1", "", "127.0.0.1"),
        (True, "", "nonsense", None),
        (False, "", "", None),
        (False, "::ffff:203.0.113.5", "", "203.0.113.5"),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (False, "2001:db8:1:2:ffff::9", "", "2001:db8:1:2::"),
        (False, "fe80::1%eth0", "", "fe80::"),
    ],
)
def test_where_a_request_comes_from(
    settings: LazySettings, behind_proxy: bool, peer: str, forwarded: str, address: str | None
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


def test_behind_a_proxy_strangers_are_told_apart(settings: LazySettings, alice: User) -> None:
    """Or eight wrong passwords of anybody would lock alice out: all requests come from the proxy."""
    settings.BEHIND_PROXY = True
    stranger = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert [sign_in(stranger, "alice", "wrong") for _ in range(8)] == [200] * 7 + [429]
    assert sign_in(Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.9"), "alice") == 302
