import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts import people
from accounts.models import AuditEntry, User
from tests.people import PASSWORD

SIGN_IN = "/sign-in/"
WRONG = "The name or the password is not right."


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> object:
    return client.post(SIGN_IN, {"username": username, "password": password, "stay": "on", **more})


@pytest.mark.parametrize("name", ["alice", "alice@example.org", "Alice@Example.ORG"])
def test_sign_in_by_name_or_address(client: Client, alice: User, name: str) -> None:
    response = sign_in(client, name)
    assert response.status_code == 302  # type: ignore[attr-defined]
    assert response.url == reverse("mailbox:home")  # type: ignore[attr-defined]
    assert client.get("/settings/").status_code == 200


def test_an_address_of_two_people_signs_nobody_in(client: Client, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(email="alice@example.org")
    assert WRONG in sign_in(client, "alice@example.org").content.decode()  # type: ignore[attr-defined]


def test_the_same_words_for_all_that_is_wrong(client: Client, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    for name, password in (("alice", "wrong"), ("nobody", PASSWORD), ("bob", PASSWORD), ("x@example.org", "wrong")):
        response = sign_in(client, name, password)
        assert response.status_code == 200  # type: ignore[attr-defined]
        assert WRONG in response.content.decode()  # type: ignore[attr-defined]


def test_guessing_is_paused_for_names_that_exist_and_that_do_not(alice: User) -> None:
    for name in ("alice", "nobody"):
        client = Client()
        answers = [sign_in(client, name, f"wrong-{number}").status_code for number in range(10)]  # type: ignore[attr-defined]
        assert answers == [200] * 7 + [429] * 3
        assert sign_in(client, name).status_code == 429  # type: ignore[attr-defined]
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, "alice").status_code == 302  # type: ignore[attr-defined]


def test_a_name_and_its_address_are_counted_together(client: Client, alice: User) -> None:
    for number in range(8):
        sign_in(client, "alice" if number % 2 else "alice@example.org", "wrong")
    assert sign_in(client, "alice").status_code == 429  # type: ignore[attr-defined]


def test_the_session_gets_a_new_key(client: Client, alice: User) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key or ""
    client.cookies["sessionid"] = planted
    sign_in(client, "alice")
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()


def test_the_cookie_is_not_for_scripts_and_other_sites(client: Client, alice: User) -> None:
    sign_in(client, "alice")
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_stay_signed_in_only_when_asked(client: Client, alice: User) -> None:
    sign_in(client, "alice")
    assert not client.session.get_expire_at_browser_close()
    sign_in(client, "alice", stay="")
    client.post("/sign-out/")
    client.post(SIGN_IN, {"username": "alice", "password": PASSWORD})
    assert client.session.get_expire_at_browser_close()


@pytest.mark.parametrize(
    "next_page", ["//evil.test/", "/\\evil.test", "https:evil.test", "https://evil.test", "javascript:x"]
)
def test_next_leads_nowhere_else(client: Client, alice: User, next_page: str) -> None:
    assert sign_in(client, "alice", next=next_page).url == reverse("mailbox:home")  # type: ignore[attr-defined]


def test_next_leads_to_where_somebody_wanted_to_go(client: Client, alice: User) -> None:
    wanted = client.get("/settings/accounts/")
    assert wanted.status_code == 302
    assert sign_in(client, "alice", next="/settings/accounts/").url == "/settings/accounts/"  # type: ignore[attr-defined]


def test_sign_out_ends_the_session_on_the_server(alice_client: Client) -> None:
    key = alice_client.session.session_key
    assert alice_client.get("/sign-out/").status_code == 405
    assert alice_client.post("/sign-out/").status_code == 302
    assert not Session.objects.filter(pk=key).exists()
    assert alice_client.get("/settings/").status_code == 302


def test_forms_without_a_token_are_refused(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="accounts.backends.PersonBackend")
    for path in ("/sign-out/", SIGN_IN, "/language/", "/settings/", "/settings/password/"):
        assert client.post(path).status_code == 403, path
    assert client.get("/settings/").status_code == 200


@pytest.mark.django_db
def test_the_page_speaks_french_when_asked(client: Client) -> None:
    User.objects.create_user("somebody")
    assert client.post("/language/", {"language": "fr", "next": SIGN_IN}).url == SIGN_IN  # type: ignore[attr-defined]
    assert 'lang="fr"' in client.get(SIGN_IN).content.decode()
    assert client.post("/language/", {"language": "fr", "next": "//evil.test"}).url == "/"  # type: ignore[attr-defined]


# -- first start -----------------------------------------------------------------------------------------------------

FIRST = {
    "name": "Ada",
    "username": "ada",
    "email": "ada@example.org",
    "password1": "paper-and-ink",
    "password2": "paper-and-ink",
}


@pytest.mark.django_db
def test_the_first_visitor_becomes_the_admin(client: Client) -> None:
    assert client.get(SIGN_IN).url == "/first-start/"  # type: ignore[attr-defined]
    assert client.get("/first-start/").status_code == 200
    assert client.post("/first-start/", FIRST).url == reverse("mailbox:home")  # type: ignore[attr-defined]
    ada = User.objects.get()
    assert (ada.is_superuser, ada.is_staff, ada.email) == (True, True, "ada@example.org")
    assert client.get("/people/").status_code == 200
    assert AuditEntry.objects.get().action == "first_admin"


def test_nobody_becomes_the_admin_later(client: Client, alice: User) -> None:
    assert client.get("/first-start/").url == SIGN_IN  # type: ignore[attr-defined]
    assert client.post("/first-start/", FIRST).url == SIGN_IN  # type: ignore[attr-defined]
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.django_db
def test_of_two_who_are_first_one_wins() -> None:
    """Both forms were valid before either was saved."""
    ada, eve = User(username="ada"), User(username="eve")
    assert people.create_first_admin(ada)
    assert not people.create_first_admin(eve)
    assert User.objects.get() == ada


@pytest.mark.django_db
def test_a_weak_first_password_is_refused(client: Client) -> None:
    response = client.post("/first-start/", {**FIRST, "password1": "ada", "password2": "ada"})
    assert "too short" in response.content.decode()
    assert not User.objects.exists()
