import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from tests.people import PASSWORD

PROFILE = {"name": "Alice B.", "language": "fr", "time_zone": "Europe/Paris", "theme": "dark"}


def test_it_is_saved(alice_client: Client, alice: User) -> None:
    assert alice_client.post("/settings/", PROFILE).url == "/settings/"  # type: ignore[attr-defined]
    alice.refresh_from_db()
    assert (alice.name, alice.language, alice.time_zone, alice.theme) == ("Alice B.", "fr", "Europe/Paris", "dark")


def test_a_page_wears_it(alice_client: Client) -> None:
    alice_client.post("/settings/", PROFILE)
    page = alice_client.get("/settings/")
    assert page.headers["Content-Language"] == "fr"
    assert '<html lang="fr" dir="ltr" data-theme="dark">' in page.content.decode()


def test_one_change_at_a_time_is_answered_with_the_form_alone(alice_client: Client, alice: User) -> None:
    quiet = {**PROFILE, "name": "", "language": "", "theme": ""}
    response = alice_client.post("/settings/", quiet, headers={"HX-Request": "true"})
    assert response.content.decode().startswith("<form")
    alice.refresh_from_db()
    assert alice.time_zone == "Europe/Paris"


def test_what_shows_everywhere_loads_the_page_again(alice_client: Client) -> None:
    response = alice_client.post("/settings/", PROFILE, headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("field", "value"), [("language", "tlh"), ("time_zone", "Mars/Phobos"), ("theme", "pink"), ("name", "a\nb")]
)
def test_bad_values_are_refused(alice_client: Client, alice: User, field: str, value: str) -> None:
    response = alice_client.post("/settings/", {**PROFILE, field: value})
    assert response.status_code == 200
    assert "field-error" in response.content.decode()
    alice.refresh_from_db()
    assert alice.name == ""


def test_nobody_promotes_themselves(alice_client: Client, alice: User) -> None:
    intruding = {
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
        "username": "root",
        "password": "x",
        "id": "1",
    }
    alice_client.post("/settings/", {**PROFILE, **intruding})
    before, alice = alice, User.objects.get(pk=alice.pk)
    assert (alice.is_superuser, alice.is_staff, alice.is_active) == (False, False, True)
    assert (alice.username, alice.password) == (before.username, before.password)


def test_a_new_password_keeps_this_session_and_ends_the_others(alice_client: Client, alice: User) -> None:
    other = Client()
    other.force_login(alice, backend="accounts.backends.PersonBackend")
    new = {"old_password": PASSWORD, "new_password1": "paper-and-ink", "new_password2": "paper-and-ink"}
    assert alice_client.post("/settings/password/", new).url == "/settings/"  # type: ignore[attr-defined]
    assert alice_client.get("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302
    assert AuditEntry.objects.get().action == "password_changed"


def test_a_new_password_needs_the_old_one(alice_client: Client, alice: User) -> None:
    new = {"old_password": "wrong", "new_password1": "paper-and-ink", "new_password2": "paper-and-ink"}
    assert alice_client.post("/settings/password/", new).status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_strangers_are_asked_to_sign_in(client: Client, alice: User) -> None:
    for path in ("/settings/", "/settings/password/", "/settings/accounts/"):
        assert client.get(path).url == f"/sign-in/?next={path}"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path", ["/settings/", "/settings/accounts/", "/people/", "/nothing/", "/settings/accounts/9/"]
)
def test_no_page_stays_in_the_browser_after_signing_out(charlie_client: Client, path: str) -> None:
    assert "no-store" in charlie_client.get(path).headers["Cache-Control"]
