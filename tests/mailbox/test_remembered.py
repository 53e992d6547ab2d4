"""Pieces of pages: remembered ones are what would be written anew, for this list, this person, this language."""

import re

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from webmail.mailbox import remembered
from webmail.mailbox.base import Folder, Role
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.side import move_targets

TOKENS = re.compile(r"[A-Za-z0-9]{64}|live=\d+")
FOLDERS = (Folder("INBOX", "INBOX", Role.INBOX), Folder("Trash", "Trash", Role.TRASH), Folder("a<b", "a<b"))


def tools(folder, folders=FOLDERS):
    targets = move_targets(folders, folder)
    values = {"folder": folder, "targets": targets, "in_trash": folder.role == Role.TRASH, "many": True}
    return remembered.html("mailbox/_tools.html", values, "")


def test_a_piece_knows_its_values_alone():
    context = Context({"in_trash": True, "csrf_token": "t"})
    written = Template('{% remembered "mailbox/_row_actions.html" in_trash=False %}').render(context)
    assert 'value="trash"' in written
    assert 'value="delete"' not in written


def test_other_values_are_another_piece():
    assert 'value="trash"' in tools(FOLDERS[0])
    assert 'value="delete"' in tools(FOLDERS[1])
    assert 'value="trash"' in tools(FOLDERS[0])
    assert "a&lt;b" in tools(FOLDERS[0])
    assert "a&lt;b" not in tools(FOLDERS[2])
    assert "a&lt;b" not in tools(FOLDERS[0], FOLDERS[:2])


def test_another_language_is_another_piece():
    assert "Archive" in tools(FOLDERS[0])
    with translation.override("fr"):
        assert "Archiver" in tools(FOLDERS[0])
    assert "Archiver" not in tools(FOLDERS[0])


def test_each_request_has_its_own_token():
    context = {"account_id": 1, "folder": FOLDERS[0], "title": "Inbox", "folder_url": "/", "number": 1, "q": "x"}
    first, second = (remembered.html("mailbox/_list_top.html", context, token) for token in ("one", "two"))
    assert 'value="one"' in first
    assert 'value="two"' in second
    assert remembered.HOLE not in first + second


@pytest.fixture
def pages(alice_account):
    with open_mailbox(alice_account) as box:
        box.create_folder("Clients & Co")
    lists = [
        reverse("mailbox:folder", args=[alice_account.pk, name]) for name in ("INBOX", "Trash", "Junk", "Clients & Co")
    ]
    return [*lists, lists[0] + "?q=is:unread", lists[0] + "?q=%3Cb%3E", lists[3] + "?q=nothing"]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("target", ["list", ""])
def test_a_remembered_page_is_the_page_written_anew(alice, alice_client: Client, pages, language, target):
    alice.language = language
    alice.save()
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}

    def shown(path):
        return TOKENS.sub("", alice_client.get(path, headers=headers).content.decode())

    together = [shown(path) for path in pages * 2][len(pages) :]
    for path, known in zip(pages, together, strict=True):
        remembered._remembered.clear()
        assert shown(path) == known
