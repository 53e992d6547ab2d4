"""What is done with whole folders, and its way back."""

import re

import pytest
from django.urls import reverse

from tests.mailbox.letters import PLAIN
from tests.mailbox.test_folder_pages import names, url
from webmail.mailbox.base import Role
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.views import folder_acts

WAY_BACK = re.compile(r'action="(/(?:undo|folders)/[^"]+)" hx-post')


def said(response):
    return response.content.decode()


def way_back(response):
    """Of the toast that came last."""
    return [found for found in WAY_BACK.findall(said(response)) if "/back/" in found or found.startswith("/undo/")][-1]


def total(box, folder):
    return box.counts()[folder].total


@pytest.fixture
def tree(box):
    """Clients, with a message, and a folder within it that has another."""
    for name in ("Clients", "Clients/Été"):
        box.create_folder(name)
        box.append(name, PLAIN)
    return box


def test_delete_goes_to_the_trash_and_back(alice_client, account, tree):
    response = alice_client.post(url("delete", account, "Clients"), follow=True)
    assert "The folder Clients was moved to Trash." in said(response)
    assert {"Trash/Clients", "Trash/Clients/Été"} <= set(names(tree))
    assert total(tree, "Trash/Clients/Été") == 1
    response = alice_client.post(way_back(response), follow=True)
    assert "The folder Clients is back." in said(response)
    assert {"Clients", "Clients/Été"} <= set(names(tree))
    assert total(tree, "Clients") == total(tree, "Clients/Été") == 1


def test_delete_beside_one_of_that_name(alice_client, account, tree):
    alice_client.post(url("delete", account, "Clients"))
    tree._folders = None
    tree.create_folder("Clients")
    tree.append("Clients", PLAIN)
    response = alice_client.post(url("delete", account, "Clients"), follow=True)
    assert {"Trash/Clients", "Trash/Clients (2)"} <= set(names(tree))
    assert "is back" in said(alice_client.post(way_back(response), follow=True))
    assert {"Trash/Clients", "Clients"} <= set(names(tree))


def test_what_is_empty_is_deleted_at_once_and_can_come_back(alice_client, account, box):
    box.create_folder("Empty")
    response = alice_client.post(url("delete", account, "Empty"), follow=True)
    assert not [name for name in names(box) if "Empty" in name]
    alice_client.post(way_back(response))
    assert "Empty" in names(box)


def test_no_way_back_to_a_name_that_is_taken(alice_client, account, tree):
    response = alice_client.post(url("delete", account, "Clients"), follow=True)
    tree._folders = None
    tree.create_folder("Clients")
    assert "There is a folder of this name again" in said(alice_client.post(way_back(response), follow=True))
    assert {"Clients", "Trash/Clients"} <= set(names(tree))


def test_no_way_back_for_what_is_gone(alice_client, account, tree):
    response = alice_client.post(url("delete", account, "Clients"), follow=True)
    alice_client.post(url("delete", account, "Trash/Clients"))
    assert "no longer where it was put" in said(alice_client.post(way_back(response), follow=True))
    assert not [name for name in names(tree) if "Clients" in name]


def test_delete_for_good_from_the_trash(alice_client, account, tree):
    alice_client.post(url("delete", account, "Clients"))
    shown = said(alice_client.get(url("delete", account, "Trash/Clients")))
    assert "its 1 message are deleted for good" in shown
    response = alice_client.post(url("delete", account, "Trash/Clients"), follow=True)
    assert "The folder Clients was deleted for good." in said(response)
    assert not WAY_BACK.findall(said(response))
    assert not [name for name in names(tree) if "Clients" in name]
    assert "Trash" in names(tree)


@pytest.mark.parametrize(("folder", "label"), [("Trash", "Trash"), ("Junk", "Spam")])
def test_empty_for_good(alice_client, account, box, folder, label):
    for _ in range(3):
        box.append(folder, PLAIN)
    shown = said(alice_client.get(url("empty", account, folder)))
    assert f"Empty {label}" in shown
    assert "3 messages are deleted for good." in shown
    assert total(box, folder) == 3
    response = alice_client.post(url("empty", account, folder), {"action": "delete"}, follow=True)
    assert "3 messages deleted for good." in said(response)
    assert total(box, folder) == 0


def test_the_trash_is_emptied_with_its_folders(alice_client, account, tree):
    tree.append("Trash", PLAIN)
    alice_client.post(url("delete", account, "Clients"))
    assert "With them go 2 folders" in said(alice_client.get(url("empty", account, "Trash")))
    response = alice_client.post(url("empty", account, "Trash"), {"action": "delete"}, follow=True)
    assert "1 message deleted for good. 2 folders deleted for good." in said(response)
    assert [name for name in names(tree) if name.startswith("Trash")] == ["Trash"]


def test_an_own_folder_is_emptied_into_the_trash(alice_client, account, tree):
    tree.append("Clients", PLAIN)
    assert "2 messages go to the trash." in said(alice_client.get(url("empty", account, "Clients")))
    response = alice_client.post(url("empty", account, "Clients"), {"action": "trash"}, follow=True)
    assert "2 messages moved to Trash." in said(response)
    assert (total(tree, "Clients"), total(tree, "Trash"), total(tree, "Clients/Été")) == (0, 2, 1)
    alice_client.post(way_back(response))
    assert (total(tree, "Clients"), total(tree, "Trash")) == (2, 0)


def test_empty_twice(alice_client, account, box):
    response = alice_client.post(url("empty", account, "Trash"), {"action": "delete"}, follow=True)
    assert "The folder is empty already." in said(response)


@pytest.mark.parametrize("folder", ["INBOX", "Sent", "Drafts", "Archive"])
def test_what_is_not_emptied(alice_client, account, box, folder):
    box.append(folder, PLAIN)
    response = alice_client.post(url("empty", account, folder), follow=True)
    assert "Only own folders, the trash and spam can be emptied." in said(response)
    assert total(box, folder) == 1


def test_all_are_read(alice_client, account, box):
    for flags in ([], ["\\Seen"], ["\\Flagged"]):
        box.append("INBOX", PLAIN, flags=flags)
    response = alice_client.post(url("read", account, "INBOX"), {"action": "read"}, follow=True)
    assert "2 messages marked as read." in said(response)
    assert box.counts()["INBOX"].unread == 0
    alice_client.post(way_back(response))
    assert box.counts()["INBOX"].unread == 2


def test_all_were_read_before(alice_client, account, box):
    response = alice_client.post(url("read", account, "INBOX"), {"action": "read"}, follow=True)
    assert "All messages are read already." in said(response)


@pytest.mark.parametrize(("name", "folder"), [("read", "INBOX"), ("empty", "Junk"), ("empty", "Own")])
def test_too_much_for_one_request(alice_client, account, box, monkeypatch, name, folder):
    """The same form goes to where jobs are begun."""
    monkeypatch.setattr(folder_acts, "LARGEST", 1)
    box.create_folder("Own")
    for _ in range(2):
        box.append(folder, PLAIN)
    response = alice_client.post(url(name, account, folder))
    assert response.status_code == 307
    assert response.headers["Location"] == reverse("bulk:start", args=[account.pk, folder])


def test_hide_and_show(alice_client, alice_account):
    side = reverse("mailbox:side", args=[alice_account.pk])
    with open_mailbox(alice_account) as box:
        box.create_folder("Old things")
    assert "Old things" in said(alice_client.get(side))
    response = alice_client.post(url("shown", alice_account, "Old things"), follow=True)
    assert "The folder Old things is hidden. Its mail stays." in said(response)
    assert "Show in the column" in said(response)
    assert "Old things" not in said(alice_client.get(side))
    assert "Old things" in said(alice_client.get(f"{side}?open=Old things"))
    assert "Trash" in said(alice_client.get(side))
    alice_client.post(url("shown", alice_account, "Old things"), {"on": "on"})
    assert "Old things" in said(alice_client.get(side))


def test_folders_that_live_here_are_all_shown(alice_client, alice_pop_account):
    response = alice_client.post(url("shown", alice_pop_account, "Trash"), follow=True)
    assert "All folders of this account are shown." in said(response)


def test_a_role_is_not_lost_by_what_is_in_the_trash(alice_client, account, tree):
    alice_client.post(url("delete", account, "Clients"))
    tree._folders = None
    assert [folder.name for folder in tree.folders() if folder.role == Role.TRASH] == ["Trash"]
