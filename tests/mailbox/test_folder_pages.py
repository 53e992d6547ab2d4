"""Creating, renaming and deleting folders."""

import pytest
from django.urls import reverse

from tests.mailbox.letters import PLAIN


def names(box):
    box._folders = None  # what this mailbox listed before the page changed it
    return [folder.name for folder in box.folders()]


def url(name, account, *more):
    return reverse(f"mailbox:folder_{name}", args=[account.pk, *more])


def test_create(alice_client, account, box):
    assert alice_client.get(url("create", account)).status_code == 200
    response = alice_client.post(url("create", account), {"name": "Été & co", "parent": ""})
    assert response.headers["Location"] == reverse("mailbox:folder", args=[account.pk, "Été & co"])
    assert "Été & co" in names(box)


def test_create_inside(alice_client, account, box):
    box.create_folder("Clients")
    alice_client.post(url("create", account), {"name": "2026", "parent": "Clients"})
    assert "Clients/2026" in names(box)


@pytest.mark.parametrize("name", ["", "  ", "a/b", "x\r\ny", "Drafts", "inbox"])
def test_name_that_is_none(alice_client, account, box, name):
    before = names(box)
    response = alice_client.post(url("create", account), {"name": name, "parent": ""})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert names(box) == before


def test_parent_that_is_not_there(alice_client, account):
    assert alice_client.post(url("create", account), {"name": "x", "parent": "Nowhere"}).status_code == 422


def test_rename(alice_client, account, box):
    for name in ("Up", "Up/Old", "Up/Old/Below"):
        box.create_folder(name)
    assert 'value="Old"' in alice_client.get(url("rename", account, "Up/Old")).content.decode()
    response = alice_client.post(url("rename", account, "Up/Old"), {"name": "New"})
    assert response.headers["Location"] == reverse("mailbox:folder", args=[account.pk, "Up/New"])
    assert {"Up/New", "Up/New/Below"} <= set(names(box))


def test_rename_to_the_same(alice_client, account, box):
    box.create_folder("Old")
    assert alice_client.post(url("rename", account, "Old"), {"name": "Old"}).status_code == 302
    assert "Old" in names(box)


@pytest.mark.parametrize("name", ["", "a/b", "Drafts"])
def test_rename_to_what_is_no_name(alice_client, account, box, name):
    box.create_folder("Old")
    assert alice_client.post(url("rename", account, "Old"), {"name": name}).status_code == 422
    assert "Old" in names(box)


def test_rename_onto_another(alice_client, account, box):
    box.create_folder("One")
    box.create_folder("Two")
    response = alice_client.post(url("rename", account, "One"), {"name": "Two"})
    assert "There is a folder of this name already." in response.content.decode()


def test_move(alice_client, account, box):
    for name in ("Old", "Old/Below", "Other"):
        box.create_folder(name)
    shown = alice_client.get(url("move", account, "Old")).content.decode()
    assert 'value="Other"' in shown
    assert 'value="Old/Below"' not in shown
    response = alice_client.post(url("move", account, "Old"), {"parent": "Other"})
    assert response.headers["Location"] == reverse("mailbox:folder", args=[account.pk, "Other/Old"])
    assert {"Other/Old", "Other/Old/Below"} <= set(names(box))
    alice_client.post(url("move", account, "Other/Old"), {"parent": ""})
    assert {"Old", "Old/Below"} <= set(names(box))


def test_move_into_itself(alice_client, account, box):
    box.create_folder("Old")
    box.create_folder("Old/Below")
    assert alice_client.post(url("move", account, "Old"), {"parent": "Old/Below"}).status_code == 422


@pytest.mark.parametrize("page", ["rename", "move", "delete"])
def test_a_folder_with_a_role_stays(alice_client, account, box, page):
    response = alice_client.post(url(page, account, "Trash"), {"name": "Bin", "parent": ""}, follow=True)
    assert "is needed for its purpose" in response.content.decode()
    assert "Trash" in names(box)


@pytest.mark.parametrize("page", ["rename", "move", "delete"])
def test_a_folder_that_is_not_there(alice_client, account, page):
    assert alice_client.get(url(page, account, "Nowhere")).status_code == 404


PAGES = [("list", []), ("create", []), *((name, ["Work"]) for name in ("menu", "rename", "move", "delete", "empty"))]
ACTS = [("read", ["Work"]), ("shown", ["Work"]), ("back", ["Trash/Work", "Work"])]


@pytest.mark.parametrize(("page", "more"), PAGES)
def test_stranger(bob_client, alice_account, page, more):
    assert bob_client.get(url(page, alice_account, *more)).status_code == 404


@pytest.mark.parametrize(("page", "more"), [*PAGES[1:2], *PAGES[3:], *ACTS])
def test_stranger_who_acts(bob_client, alice_account, page, more):
    assert bob_client.post(url(page, alice_account, *more), {"name": "x"}).status_code == 404


@pytest.mark.parametrize(("page", "more"), ACTS)
def test_looking_changes_nothing(alice_client, alice_account, page, more):
    assert alice_client.get(url(page, alice_account, *more)).status_code == 405


def test_list(alice_client, account, box):
    box.create_folder("Clients & co")
    box.append("Clients & co", PLAIN)
    shown = alice_client.get(url("list", account)).content.decode()
    assert "Clients &amp; co" in shown
    assert "1 message, 1 unread" in shown
    assert url("rename", account, "Clients & co") in shown
    assert url("rename", account, "Trash") not in shown
    assert url("empty", account, "Trash") in shown
    assert url("empty", account, "INBOX") not in shown


def test_menu(alice_client, account, box):
    box.create_folder("Own")
    own = alice_client.get(url("menu", account, "Own")).content.decode()
    assert all(url(name, account, "Own") in own for name in ("read", "rename", "move", "empty", "delete"))
    assert (url("shown", account, "Own") in own) is not account.is_pop
    inbox = alice_client.get(url("menu", account, "INBOX")).content.decode()
    assert url("read", account, "INBOX") in inbox
    assert not any(url(name, account, "INBOX") in inbox for name in ("rename", "move", "empty", "delete", "shown"))


def test_dialog(alice_client, account, box):
    """The form alone; what it says after its act, and that the column is to be asked for again."""
    box.create_folder("Old")
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/mail/{account.pk}/INBOX/"}
    shown = alice_client.get(url("rename", account, "Old"), headers=headers).content.decode()
    assert "<html" not in shown
    assert 'value="Old"' in shown
    refused = alice_client.post(url("rename", account, "Old"), {"name": "a/b"}, headers=headers)
    assert refused.status_code == 422
    response = alice_client.post(url("rename", account, "Old"), {"name": "New"}, headers=headers)
    assert "The folder is now called New." in response.content.decode()
    assert f"mail-changed-{account.pk}" in response.headers["HX-Trigger"]
    assert "folders-changed" in response.headers["HX-Trigger"]


@pytest.mark.parametrize("open_folder", ["Old", "Old/Below"])
def test_the_open_folder_gets_another_name(alice_client, account, box, open_folder):
    box.create_folder("Old")
    box.create_folder("Old/Below")
    shown = reverse("mailbox:folder", args=[account.pk, open_folder])
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{shown}"}
    response = alice_client.post(url("rename", account, "Old"), {"name": "New"}, headers=headers)
    assert response.headers["HX-Redirect"] == reverse("mailbox:folder", args=[account.pk, "New"])
