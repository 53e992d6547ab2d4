import pytest
from django.test import Client
from django.urls import reverse

from accounts.finding import find
from accounts.models import User
from accounts.sections import SECTIONS

YOU = {"name": "Alice B.", "language": "fr", "time_zone": "Europe/Paris", "date_form": ""}
HTMX = {"HX-Request": "true"}
CHANGES = [
    ("profile", "time_zone", "Europe/Paris"),
    ("profile", "date_form", "iso"),
    ("appearance", "theme", "dark"),
    ("reading", "read_after", "5"),
    ("reading", "read_after", "-1"),
    ("reading", "after_act", "list"),
    ("writing", "quote_place", "above"),
    ("writing", "undo_seconds", "30"),
]


def test_a_page_is_saved(alice_client: Client, alice: User) -> None:
    assert alice_client.post("/settings/", YOU).url == "/settings/"  # type: ignore[attr-defined]
    alice.refresh_from_db()
    assert {name: getattr(alice, name) for name in YOU} == YOU


def test_a_page_wears_it(alice_client: Client) -> None:
    alice_client.post("/settings/", YOU)
    alice_client.post("/settings/appearance/", {"theme": "dark"})
    page = alice_client.get("/settings/")
    assert page.headers["Content-Language"] == "fr"
    assert '<html lang="fr" dir="ltr" data-theme="dark"' in page.content.decode()


@pytest.mark.parametrize(("section", "name", "value"), CHANGES)
def test_one_change_at_a_time_is_answered_with_its_part_and_a_tick(
    alice_client: Client, alice: User, section: str, name: str, value: str
) -> None:
    response = alice_client.post(reverse(f"accounts:{section}"), {"only": name, name: value}, headers=HTMX)
    shown = response.content.decode()
    assert shown.count('class="setting"') == 1
    assert f'id="setting-{name}"' in shown
    assert "#check" in shown
    alice.refresh_from_db()
    assert str(getattr(alice, name)) == value


def test_one_change_leaves_the_others_as_they_are(alice_client: Client, alice: User) -> None:
    """Another tab may have changed them since this one was loaded."""
    User.objects.filter(pk=alice.pk).update(after_act="list")
    stale = {"only": "read_after", "read_after": "2", "after_act": "next"}
    alice_client.post("/settings/reading/", stale, headers=HTMX)
    alice.refresh_from_db()
    assert (alice.read_after, alice.after_act) == (2, "list")


def test_what_shows_everywhere_loads_the_page_again(alice_client: Client) -> None:
    response = alice_client.post("/settings/", {"only": "language", "language": "fr"}, headers=HTMX)
    assert response.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("profile", "language", "tlh"),
        ("profile", "time_zone", "Mars/Phobos"),
        ("profile", "name", "a\nb"),
        ("profile", "date_form", "../x"),
        ("appearance", "theme", "pink"),
        ("reading", "read_after", "3"),
        ("reading", "after_act", ""),
        ("writing", "quote_place", "beside"),
        ("writing", "undo_seconds", "31"),
    ],
)
def test_bad_values_are_refused_beside_the_field(
    alice_client: Client, alice: User, section: str, field: str, value: str
) -> None:
    before = getattr(alice, field)
    response = alice_client.post(reverse(f"accounts:{section}"), {"only": field, field: value}, headers=HTMX)
    assert response.status_code == 200
    assert "field-error" in response.content.decode()
    assert "#check" not in response.content.decode()
    alice.refresh_from_db()
    assert getattr(alice, field) == before


@pytest.mark.parametrize("section", SECTIONS)
def test_nobody_promotes_themselves(alice_client: Client, alice: User, section: str) -> None:
    intruding = {"is_superuser": "on", "is_staff": "on", "username": "root", "password": "x", "id": "1", "keys": "{}"}
    for only in ("", "is_superuser", "password"):
        alice_client.post(reverse(f"accounts:{section}"), {**YOU, **intruding, "only": only})
    found = User.objects.get(pk=alice.pk)
    assert (found.is_superuser, found.is_staff, found.username) == (False, False, alice.username)
    assert found.password == alice.password


@pytest.mark.parametrize(
    ("language", "date_form", "wanted"),
    [
        ("en", "", "1 January 2026"),
        ("en", "iso", "2026-01-01"),
        ("en", "us", "January 1, 2026"),
        ("fr", "us", "1/1/2026"),
    ],
)
def test_dates_are_written_as_chosen(
    alice_client: Client, alice: User, language: str, date_form: str, wanted: str
) -> None:
    User.objects.filter(pk=alice.pk).update(language=language, date_form=date_form, time_zone="UTC")
    alice.picture_consents.create(sender="ann@example.org")
    alice.picture_consents.update(given="2026-01-01T12:00:00Z")
    page = alice_client.get("/settings/pictures/")
    assert wanted in page.content.decode()
    assert f'<html lang="{language}"' in page.content.decode()
    assert page.headers["Content-Language"] == language


def test_a_hint_is_shown_until_it_was_read(alice_client: Client, alice: User, alice_account) -> None:
    inbox = f"/mail/{alice_account.pk}/INBOX/"
    assert 'class="hint-card"' in alice_client.get(inbox).content.decode()
    assert alice_client.post("/settings/hints/", headers=HTMX).content == b""
    alice.refresh_from_db()
    assert not alice.wants_hints
    assert 'class="hint-card"' not in alice_client.get(inbox).content.decode()


# -- search ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("dark", "/settings/appearance/#setting-theme"),
        ("Sombre", "/settings/appearance/#setting-theme"),  # the other language's word
        ("time zone", "/settings/#setting-time_zone"),
        ("fuseau", "/settings/#setting-time_zone"),
        ("quote reply", "/settings/writing/#setting-quote_place"),
        ("seen", "/settings/reading/#setting-read_after"),
        ("devices", "/settings/security/#sessions"),
        ("mot de passe", "/settings/password/"),
        ("density", "/settings/appearance/#layout"),
        ("caviardage", ""),
    ],
)
def test_a_setting_is_found_by_its_words(alice: User, asked: str, found: str) -> None:
    urls = [entry.url for entry in find(alice, asked)]
    assert found in urls if found else urls == []


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_every_setting_is_found_by_its_label(alice: User, alice_client: Client, section) -> None:
    page = alice_client.get(reverse(f"accounts:{section.name}")).content.decode()
    for setting in section.settings:
        first = find(alice, str(setting.label))[0]
        assert first.url.endswith(f"#{setting.anchor}")
        assert f'id="{setting.anchor}"' in page


def test_an_account_is_found_by_its_owner_alone(alice: User, bob: User, alice_account) -> None:
    assert any(f"/accounts/{alice_account.pk}/" in entry.url for entry in find(alice, "signature"))
    assert not any("/accounts/1" in entry.url for entry in find(bob, "signature"))


def test_the_search_is_a_page_and_a_part_of_one(alice_client: Client) -> None:
    page = alice_client.get("/settings/search/", {"q": "dark"}).content.decode()
    part = alice_client.get("/settings/search/", {"q": "dark"}, headers=HTMX).content.decode()
    assert "<html" in page
    assert "<html" not in part
    for shown in (page, part):
        assert 'href="/settings/appearance/#setting-theme"' in shown
    assert "&lt;b&gt;" in alice_client.get("/settings/search/", {"q": "<b>" + "x" * 500}).content.decode()
