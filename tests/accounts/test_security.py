"""A person's password, and where they are signed in."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.devices import RENEWED_SECONDS, device_of
from accounts.models import AuditEntry, User
from tests.people import PASSWORD

NEW = {"old_password": PASSWORD, "new_password1": "paper-and-ink", "new_password2": "paper-and-ink"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0 Safari/537.36 Edg/140.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


def sign_in(person: User, user_agent: str = FIREFOX) -> Client:
    """Another device of theirs."""
    client = Client(headers={"User-Agent": user_agent})
    signed_in = client.post("/sign-in/", {"username": person.username, "password": PASSWORD, "stay": "on"})
    assert signed_in.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        (IPHONE, "Safari, iPhone"),
        ("curl/8.0", ""),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_a_device_has_a_name(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


def test_sessions_are_listed_and_one_is_signed_out(alice: User, bob: User) -> None:
    here, phone, strange = sign_in(alice), sign_in(alice, IPHONE), sign_in(bob, EDGE)
    page = here.get("/settings/security/")
    this, other = page.context["sessions"]
    assert (this.device, this.is_this) == ("Firefox, Linux", True)
    assert (other.device, other.is_this) == ("Safari, iPhone", False)
    assert other.used is not None
    assert "Edge" not in page.content.decode()
    for session in Session.objects.all():
        assert session.session_key not in page.content.decode()
    here.post("/settings/security/", {"end": other.handle})
    assert (is_in(here), is_in(phone), is_in(strange)) == (True, False, True)
    assert AuditEntry.objects.get(action="sessions_ended").detail == "1"


def test_all_others_are_signed_out(alice: User, bob: User) -> None:
    here, *others = [sign_in(alice) for _ in range(3)]
    strange = sign_in(bob)
    here.post("/settings/security/", {"end": "others"})
    assert is_in(here)
    assert is_in(strange)
    assert not any(map(is_in, others))


@pytest.mark.parametrize("end", ["", "nonsense", "0" * 20])
def test_what_names_no_session_of_theirs_ends_none(alice: User, bob: User, end: str) -> None:
    here, phone, strange = sign_in(alice), sign_in(alice, IPHONE), sign_in(bob)
    theirs = strange.get("/settings/security/").context["sessions"][0].handle
    for handle in (end, theirs):
        here.post("/settings/security/", {"end": handle})
    assert (is_in(here), is_in(phone), is_in(strange)) == (True, True, True)


def test_its_last_use_is_written_down_once_an_hour(alice: User) -> None:
    here = sign_in(alice)
    session = here.session
    session["used"] -= RENEWED_SECONDS + 10
    session.save()
    before = session["used"]
    assert is_in(here)
    renewed = here.session["used"]
    assert renewed >= before + RENEWED_SECONDS
    stored = Session.objects.get(pk=here.session.session_key).session_data
    assert is_in(here)
    assert Session.objects.get(pk=here.session.session_key).session_data == stored


def test_a_new_password_keeps_this_session_and_ends_the_others(alice_client: Client, alice: User) -> None:
    other = Client()
    other.force_login(alice, backend="accounts.backends.PersonBackend")
    assert alice_client.post("/settings/password/", NEW).url == "/settings/security/"  # type: ignore[attr-defined]
    assert is_in(alice_client)
    assert not is_in(other)
    assert AuditEntry.objects.get().action == "password_changed"


def test_a_new_password_needs_the_old_one(alice_client: Client, alice: User) -> None:
    assert alice_client.post("/settings/password/", {**NEW, "old_password": "wrong"}).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_strangers_are_asked_to_sign_in(client: Client, alice: User) -> None:
    for path in ("/settings/", "/settings/password/", "/settings/security/", "/settings/search/"):
        assert client.get(path).url == f"/sign-in/?next={path}"  # type: ignore[attr-defined]
