"""The manifest, the worker and the session's state, as browsers ask for them."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings

from accounts.models import User
from webmail.installable import views
from webmail.installable.reader import reader_of


def manifest(client: Client, **headers: str) -> dict[str, object]:
    response = client.get("/manifest.webmanifest", headers=headers)
    assert response["Content-Type"] == "application/manifest+json"
    described: dict[str, object] = json.loads(response.content)
    return described


@pytest.mark.django_db
def test_manifest(client: Client) -> None:
    found = manifest(client)
    assert (found["start_url"], found["scope"], found["display"], found["lang"]) == ("/", "/", "standalone", "en")
    assert [one["name"] for one in found["shortcuts"]] == ["Compose", "Inbox"]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_manifest_speaks_the_language_of_the_person(alice_client: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(language="fr")
    found = manifest(alice_client, accept_language="en")
    assert found["lang"] == "fr"
    assert [one["name"] for one in found["shortcuts"]] == ["Écrire", "Boîte de réception"]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_icons_are_of_the_sizes_they_claim(client: Client) -> None:
    icons = manifest(client)["icons"]
    assert [one.get("purpose") for one in icons] == [None, None, "maskable"]  # type: ignore[attr-defined]
    for one in icons:  # type: ignore[attr-defined]
        name = re.sub(r"\.[0-9a-f]{12}\.", ".", one["src"]).removeprefix("/static/")
        with open(finders.find(name), "rb") as file:  # type: ignore[arg-type]
            head = file.read(24)
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert f"{int.from_bytes(head[16:20])}x{int.from_bytes(head[20:24])}" == one["sizes"]


@pytest.mark.django_db
def test_worker_is_served_from_the_root_and_looked_for_each_time(client: Client) -> None:
    response = client.get("/worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    build = json.loads(response.content.decode().splitlines()[0].removeprefix("const BUILD = ").removesuffix(";"))
    assert set(build["pages"]) == {"en", "fr"}
    assert "You are offline" in build["pages"]["en"]
    assert "Vous êtes hors ligne" in build["pages"]["fr"]
    assert (build["home"], build["signOut"]) == ("/", "/sign-out/")


def test_worker_changes_with_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    class Storage:
        hashed_files = {
            "css/a.css": "css/a.0123456789ab.css",
            "img/x.png": "img/x.0123456789ab.png",
            "admin/b.js": "b.js",
        }

    monkeypatch.setattr(views, "staticfiles_storage", Storage)
    assert views._files() == ["/static/css/a.0123456789ab.css"]


@pytest.mark.django_db
def test_session(client: Client, alice_client: Client, alice: User) -> None:
    said = alice_client.get("/session/").json()
    assert said["reader"] == reader_of(alice.pk)
    assert len(said["csrf"]) == 64
    assert client.get("/session/", headers={"hx-request": "true"}).status_code == 403


@pytest.mark.django_db
@override_settings(SITE_TITLE="Post")
def test_manifest_has_the_name_of_the_site(client: Client) -> None:
    assert manifest(client)["name"] == "Post"
