from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models.signals import pre_save
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import people
from accounts.models import Account, AuditEntry, User
from accounts.signals import account_closed
from accounts.urls import urlpatterns
from tests.people import PASSWORD

PATHS = ["/" + str(pattern.pattern) for pattern in urlpatterns if str(pattern.pattern).startswith("people/")]
NEW = {
    "name": "Dora",
    "username": "dora",
    "email": "dora@example.org",
    "password1": "paper-and-ink",
    "password2": "paper-and-ink",
}


def path_to(act: str, person: User) -> str:
    return reverse(f"accounts:{act}", args=[person.pk])


def last_act() -> tuple[str, str, str]:
    entry = AuditEntry.objects.first()
    assert entry
    return entry.actor_name, entry.action, entry.subject


@pytest.fixture
def account(alice: User) -> Account:
    return Account.objects.create(user=alice, address="alice@mail.test", incoming_host="h", incoming_username="a")


@pytest.mark.parametrize("path", PATHS)
def test_there_is_nothing_here_for_others(alice_client: Client, bob: User, path: str) -> None:
    path = path.replace("<int:person_id>", str(bob.pk))
    assert alice_client.get(path).status_code == 404
    assert alice_client.post(path).status_code == 404
    bob.refresh_from_db()
    assert bob.is_active


@pytest.mark.parametrize("path", PATHS)
def test_forms_from_another_site_are_refused(charlie: User, bob: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(charlie, backend="accounts.backends.PersonBackend")
    assert client.post(path.replace("<int:person_id>", str(bob.pk))).status_code == 403


def test_the_list(charlie_client: Client, alice: User, account: Account) -> None:
    Account.objects.update(incoming_error="credentials")
    page = charlie_client.get("/people/").content.decode()
    assert "alice@example.org" in page
    assert "1 account with an error" in page
    assert "charlie@example.org" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "ALI"}, {"alice"}),
        ({"q": "@example.org"}, {"alice", "bob", "charlie"}),
        ({"q": "mail.test"}, {"alice"}),
        ({"show": "admins"}, {"charlie"}),
        ({"show": "error"}, {"alice"}),
        ({"show": "disabled"}, {"bob"}),
        ({"show": "nonsense", "page": "x"}, {"alice", "bob", "charlie"}),
        ({"q": "%"}, set()),
    ],
)
def test_search(charlie_client: Client, account: Account, bob: User, query: dict[str, str], found: set[str]) -> None:
    Account.objects.update(outgoing_error="timeout")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    page = charlie_client.get("/people/", query).context["page"]
    assert {person.username for person in page} == found


def test_a_long_list_has_pages(charlie_client: Client) -> None:
    User.objects.bulk_create(User(username=f"person{number:03}") for number in range(120))
    page = charlie_client.get("/people/", {"page": "2", "q": "person"})
    assert "51 to 100 of 120" in page.content.decode()
    assert "?page=3&amp;q=person" in page.content.decode()


def test_the_list_costs_as_many_queries_for_many_people(
    charlie_client: Client, django_assert_max_num_queries: object
) -> None:
    User.objects.bulk_create(User(username=f"person{number:03}") for number in range(60))
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        charlie_client.get("/people/")


def test_add(charlie_client: Client) -> None:
    assert charlie_client.post("/people/add/", NEW).url == "/people/"  # type: ignore[attr-defined]
    dora = User.objects.get(username="dora")
    assert dora.check_password("paper-and-ink")
    assert not dora.is_superuser
    assert last_act() == ("charlie", "person_created", "dora")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "a b"),
        ("username", "charlie"),
        ("email", "CHARLIE@example.org"),
        ("password2", "other"),
        ("email", "x"),
    ],
)
def test_bad_people_are_refused(charlie_client: Client, field: str, value: str) -> None:
    page = charlie_client.post("/people/add/", {**NEW, field: value})
    assert "field-error" in page.content.decode()
    assert User.objects.count() == 1


def test_change(charlie_client: Client, alice: User) -> None:
    typed = {
        "name": "Alice B.",
        "username": "alice2",
        "email": "",
        "is_superuser": "on",
        "password": "x",
        "is_active": "",
    }
    assert charlie_client.post(path_to("person_change", alice), typed).status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.username, alice.is_superuser, alice.is_active) == ("Alice B.", "alice2", False, True)
    assert alice.check_password(PASSWORD)


def test_disabling_ends_sessions_at_once(
    charlie_client: Client,
    alice_client: Client,
    bob_client: Client,
    alice: User,
    account: Account,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    closed: list[int] = []
    listen = lambda account_id, **rest: closed.append(account_id)  # noqa: E731
    account_closed.connect(listen)
    key = alice_client.session.session_key
    with django_capture_on_commit_callbacks(execute=True):
        charlie_client.post(path_to("person_disable", alice))
    account_closed.disconnect(listen)
    assert closed == [account.pk]
    assert not Session.objects.filter(pk=key).exists()
    assert alice_client.get("/settings/").status_code == 302
    assert bob_client.get("/settings/").status_code == 200
    assert Client().post("/sign-in/", {"username": "alice", "password": PASSWORD}).status_code == 200
    assert last_act() == ("charlie", "person_disabled", "alice")


def test_enabling_lets_in_again(charlie_client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    charlie_client.post(path_to("person_enable", alice))
    assert Client().post("/sign-in/", {"username": "alice", "password": PASSWORD}).status_code == 302


def test_deleting_takes_everything(
    charlie_client: Client,
    alice_client: Client,
    alice: User,
    account: Account,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    closed: list[int] = []
    listen = lambda account_id, **rest: closed.append(account_id)  # noqa: E731
    account_closed.connect(listen)
    path = path_to("person_delete", alice)
    assert "can’t be undone" in charlie_client.get(path).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        charlie_client.post(path)
    account_closed.disconnect(listen)
    assert closed == [account.pk]
    assert not Account.objects.exists()
    assert alice_client.get("/settings/").status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == ("person_deleted", "alice", "alice@mail.test")


def test_who_deletes_themselves_is_still_named_in_the_log(charlie: User, alice: User) -> None:
    people.make_admin(charlie, alice)
    people.delete(charlie, User.objects.get(pk=charlie.pk))
    assert last_act() == ("charlie", "person_deleted", "charlie")


@pytest.mark.parametrize(
    ("act", "page"),
    [("person_disable", "/sign-in/"), ("person_delete", "/sign-in/"), ("person_unmake_admin", "/settings/")],
)
def test_an_admin_may_step_down(charlie_client: Client, charlie: User, alice: User, act: str, page: str) -> None:
    people.make_admin(charlie, alice)
    response = charlie_client.post(path_to(act, charlie), follow=True)
    assert response.redirect_chain == [(page, 302)]
    assert response.status_code == 200
    assert not User.objects.filter(username="charlie", is_active=True, is_superuser=True).exists()


def test_a_new_password_signs_out_and_ends_the_pause(charlie_client: Client, alice_client: Client, alice: User) -> None:
    guesser = Client()
    for _ in range(9):
        guesser.post("/sign-in/", {"username": "alice", "password": "wrong"})
    new = {"new_password1": "paper-and-ink", "new_password2": "paper-and-ink"}
    charlie_client.post(path_to("person_password", alice), new)
    assert alice_client.get("/settings/").status_code == 302
    assert guesser.post("/sign-in/", {"username": "alice", "password": "paper-and-ink"}).status_code == 302
    assert last_act() == ("charlie", "password_set", "alice")


def test_an_admin_who_sets_their_own_password_stays(charlie_client: Client, charlie: User) -> None:
    new = {"new_password1": "paper-and-ink", "new_password2": "paper-and-ink"}
    charlie_client.post(path_to("person_password", charlie), new)
    assert charlie_client.get("/people/").status_code == 200


def test_a_weak_password_is_refused(charlie_client: Client, alice: User) -> None:
    page = charlie_client.post(path_to("person_password", alice), {"new_password1": "a", "new_password2": "a"})
    assert "too short" in page.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_make_and_unmake_admin(charlie_client: Client, alice_client: Client, alice: User) -> None:
    charlie_client.post(path_to("person_make_admin", alice))
    assert alice_client.get("/people/").status_code == 200
    assert alice_client.get("/admin/").status_code == 200
    charlie_client.post(path_to("person_unmake_admin", alice))
    assert alice_client.get("/people/").status_code == 404
    assert alice_client.get("/admin/", follow=True).status_code == 404
    assert last_act() == ("charlie", "admin_unmade", "alice")


@pytest.mark.parametrize("act", ["person_disable", "person_unmake_admin", "person_delete"])
def test_the_last_admin_stays(charlie_client: Client, charlie: User, alice: User, act: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True, is_active=False)
    page = charlie_client.post(path_to(act, charlie), follow=True)
    assert "last admin" in page.content.decode()
    charlie.refresh_from_db()
    assert (charlie.is_superuser, charlie.is_active) == (True, True)
    assert not AuditEntry.objects.exists()


def test_two_admins_can_not_remove_each_other(charlie: User, alice: User) -> None:
    people.make_admin(charlie, alice)
    people.disable(charlie, alice)
    with pytest.raises(ValidationError):
        people.disable(alice, charlie)


def test_wrong_methods(charlie_client: Client, alice: User) -> None:
    for act in ("person_disable", "person_enable", "person_make_admin", "person_unmake_admin", "person_password"):
        assert charlie_client.get(path_to(act, alice)).status_code == 405
    assert charlie_client.post("/people/").status_code == 405


def test_somebody_who_does_not_exist(charlie_client: Client) -> None:
    assert charlie_client.get("/people/999/").status_code == 404
    assert charlie_client.post("/people/999/delete/").status_code == 404


def test_names_are_shown_as_text(charlie_client: Client, alice: User, account: Account) -> None:
    User.objects.filter(pk=alice.pk).update(name="<script>x</script>", email="<b>@example.org")
    Account.objects.update(address="<i>@example.org")
    for path in ("/people/", path_to("person_change", alice), path_to("person_delete", alice)):
        page = charlie_client.get(path).content.decode()
        assert not any(tag in page for tag in ("<script>x", "<b>@", "<i>@"))


def test_the_page_of_a_person_shows_no_secrets(charlie_client: Client, alice: User, account: Account) -> None:
    page = charlie_client.get(path_to("person_change", alice)).content.decode()
    assert "alice@mail.test" in page
    assert alice.password not in page


# -- what an admin does while somebody else's form is on its way -----------------------------------------------------


@pytest.fixture
def disabled_meanwhile(bob: User, bob_client: Client, charlie_client: Client) -> Iterator[None]:
    """Bob, an admin until now, is demoted and disabled after a request has read his row and before it writes it."""

    def act(instance: User, **rest: object) -> None:
        User.objects.filter(pk=bob.pk).update(is_active=False, is_superuser=False)

    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    pre_save.connect(act, sender=User)
    yield
    pre_save.disconnect(act, sender=User)


@pytest.mark.usefixtures("disabled_meanwhile")
def test_a_profile_on_its_way_enables_nobody(bob_client: Client, bob: User) -> None:
    bob_client.post("/settings/", {"name": "Bob", "language": "", "time_zone": "", "theme": ""})
    bob.refresh_from_db()
    assert (bob.name, bob.is_active, bob.is_superuser) == ("Bob", False, False)


@pytest.mark.usefixtures("disabled_meanwhile")
def test_another_admins_form_on_its_way_enables_nobody(charlie_client: Client, bob: User) -> None:
    charlie_client.post(path_to("person_change", bob), {"name": "Bob", "username": "bob", "email": "b@example.org"})
    bob.refresh_from_db()
    assert (bob.name, bob.is_active, bob.is_superuser) == ("Bob", False, False)


@pytest.mark.parametrize("act", ["disabled", "given another password"])
def test_a_password_on_its_way_undoes_nothing(
    bob_client: Client, bob: User, charlie: User, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing the new password takes a third of a second: time enough for an admin."""
    hashed = User.set_password

    def slowly(person: User, password: str) -> None:
        monkeypatch.setattr(User, "set_password", hashed)
        victim = User.objects.get(pk=bob.pk)
        people.disable(charlie, victim) if act == "disabled" else people.set_password(charlie, victim, "of-the-admin")
        hashed(person, password)

    monkeypatch.setattr(User, "set_password", slowly)
    typed = {"old_password": PASSWORD, "new_password1": "paper-and-ink", "new_password2": "paper-and-ink"}
    bob_client.post("/settings/password/", typed)
    bob.refresh_from_db()
    assert not bob.check_password("paper-and-ink")
    assert bob.is_active == (act != "disabled")
    assert bob_client.get("/settings/").status_code == 302


def test_a_change_that_can_not_be_recorded_is_not_made(
    charlie_client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**row: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(AuditEntry.objects, "create", refuse)
    with pytest.raises(DatabaseError):
        charlie_client.post(path_to("person_change", alice), {"name": "A", "username": "renamed", "email": ""})
    alice.refresh_from_db()
    assert alice.username == "alice"
