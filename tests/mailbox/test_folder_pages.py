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


def test_rename_and_move(alice_client, account, box):
    for name in ("Old", "Old/Below", "Other"):
        box.create_folder(name)
    assert 'value="Old"' in alice_client.get(url("rename", account, "Old")).content.decode()
    response = alice_client.post(url("rename", account, "Old"), {"name": "New", "parent": "Other"})
    assert response.headers["Location"] == reverse("mailbox:folder", args=[account.pk, "Other/New"])
    assert {"Other/New", "Other/New/Below"} <= set(names(box))


def test_rename_onto_another(alice_client, account, box):
    box.create_folder("One")
    box.create_folder("Two")
    response = alice_client.post(url("rename", account, "One"), {"name": "Two", "parent": ""})
    assert "There is a folder of this name already." in response.content.decode()


def test_delete(alice_client, account, box):
    box.create_folder("Empty")
    assert alice_client.get(url("delete", account, "Empty")).status_code == 200
    assert "Empty" in names(box)
    alice_client.post(url("delete", account, "Empty"))
    assert "Empty" not in names(box)


def test_delete_keeps_mail(alice_client, account, box):
    box.create_folder("Full")
    box.append("Full", PLAIN)
    response = alice_client.post(url("delete", account, "Full"))
    assert response.status_code == 409
    assert "There is still mail in this folder." in response.content.decode()
    assert "Full" in names(box)


@pytest.mark.parametrize("page", ["rename", "delete"])
def test_a_folder_with_a_role_stays(alice_client, account, box, page):
    response = alice_client.post(url(page, account, "Trash"), {"name": "Bin", "parent": ""}, follow=True)
    assert "is needed for its purpose" in response.content.decode()
    assert "Trash" in names(box)


@pytest.mark.parametrize("page", ["rename", "delete"])
def test_a_folder_that_is_not_there(alice_client, account, page):
    assert alice_client.get(url(page, account, "Nowhere")).status_code == 404


@pytest.mark.parametrize(("page", "more"), [("create", []), ("rename", ["Work"]), ("delete", ["Work"])])
def test_stranger(bob_client, alice_account, page, more):
    assert bob_client.get(url(page, alice_account, *more)).status_code == 404
    assert bob_client.post(url(page, alice_account, *more), {"name": "x"}).status_code == 404
