"""Folders on servers of several kinds: other separators, without special uses, without lists of more than LIST, and
what they tell of space."""

import pytest
from django.urls import reverse

from accounts.models import Account
from tests.mailbox.letters import PLAIN
from tests.mailbox.test_folder_pages import names, url
from tests.servers.dovecot import DovecotForTests
from tests.servers.terse import terse
from webmail.mailbox import space
from webmail.mailbox.base import Space
from webmail.mailbox.imap_mailbox import ImapMailbox
from webmail.mailbox.opening import close_sessions, open_mailbox
from webmail.protocols.imap_answers import quota_of
from webmail.protocols.imap_types import Quota


@pytest.fixture
def heard_without(alice_account: Account, dovecot: DovecotForTests):
    """heard_without("SPECIAL-USE") → the account's mailbox on a server that does not know this word."""
    opened = []

    def hear(*words: str):
        server = terse(dovecot.host, dovecot.ports["imap"], *words)
        alice_account.incoming_port = server.__enter__()
        alice_account.incoming_host, alice_account.incoming_security = "127.0.0.1", "none"
        alice_account.version += 1
        alice_account.save()
        mailbox = open_mailbox(alice_account)
        opened.extend([mailbox, server])
        return mailbox.__enter__()

    yield hear
    close_sessions(alice_account.pk)
    for each in opened:
        each.__exit__(None, None, None)


def test_subscriptions_of_an_old_server(heard_without):
    box = heard_without("LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE")
    box.create_folder("Seen")
    box.create_folder("Hidden")
    box.subscribe("Hidden", False)
    found = {folder.name: folder.subscribed for folder in box.folders()}
    assert (found["Seen"], found["Hidden"], found["Trash"]) == (True, False, True)
    box.subscribe("Hidden", True)
    assert all(folder.subscribed for folder in box.folders())


def test_delete_and_back_without_special_uses(alice_client, alice_account, heard_without):
    box = heard_without("SPECIAL-USE", "LIST-EXTENDED", "LIST-STATUS", "MOVE", "UIDPLUS")
    box.create_folder("Own & more/Été")
    box.append("Own & more/Été", PLAIN)
    alice_client.post(url("delete", alice_account, "Own & more"))
    assert box.counts()["Trash/Own & more/Été"].total == 1
    alice_client.post(url("back", alice_account, "Trash/Own & more", "Own & more"))
    assert box.counts()["Own & more/Été"].total == 1


def test_subscriptions_go_with_their_folders(alice_account):
    with open_mailbox(alice_account) as box:
        for name in ("Up", "Up/Seen", "Up/Hidden"):
            box.create_folder(name)
        box.subscribe("Up/Hidden", False)
        box.rename_folder("Up", "New")
        found = {folder.name: folder.subscribed for folder in box.folders()}
    assert (found["New"], found["New/Seen"], found["New/Hidden"]) == (True, True, False)


def test_the_first_one_that_is_hidden_hides_no_other(alice_account):
    """Of an account whose owner never subscribed to anything."""
    with open_mailbox(alice_account) as box:
        assert isinstance(box, ImapMailbox)
        with box._lease(None) as session:
            for name in ("One", "Two"):
                session.create(name)
        assert all(folder.subscribed for folder in box.folders())
        box.create_folder("Three")
        assert all(folder.subscribed for folder in box.folders())
        box.subscribe("Two", False)
        found = {folder.name: folder.subscribed for folder in box.folders()}
    assert (found["One"], found["Two"], found["Three"], found["Trash"]) == (True, False, True, True)


@pytest.mark.parametrize(
    "name", ["仕事", "a & b", "50% off", "À faire !", "👩‍👩‍👧", "שלום", "{3}", 'quote"', "&-", "x" * 150]
)
def test_odd_names(alice_client, account, box, name):
    alice_client.post(url("create", account), {"name": name, "parent": ""})
    assert name in names(box)
    assert alice_client.get(reverse("mailbox:folder", args=[account.pk, name])).status_code == 200
    alice_client.post(url("rename", account, name), {"name": f"{name} 2"})
    assert f"{name} 2" in names(box)
    box.append(f"{name} 2", PLAIN)
    alice_client.post(url("delete", account, f"{name} 2"))
    assert f"Trash/{name} 2" in names(box)
    alice_client.post(url("delete", account, f"Trash/{name} 2"))
    assert not [each for each in names(box) if name in each]


def test_one_spelling_of_what_looks_the_same(alice_client, account, box):
    alice_client.post(url("create", account), {"name": "E\u0301te\u0301", "parent": ""})
    assert "Été" in names(box)


# -- space


def test_space_of_a_mail_server(alice_client, alice_account):
    with open_mailbox(alice_account) as box:
        before = box.space()
        box.append("INBOX", PLAIN + b"x" * 100_000)
        after = box.space()
    assert before
    assert after
    assert before.limit == after.limit == 500 * 2**20
    assert after.used >= before.used + 100_000
    shown = alice_client.get(reverse("mailbox:side", args=[alice_account.pk])).content.decode()
    assert "of 524.3 MB used" in shown
    assert "<progress" in shown


def test_space_of_local_mail(alice_client, alice_pop_account):
    with open_mailbox(alice_pop_account) as box:
        box.append("INBOX", PLAIN)
        assert box.space() == Space(len(PLAIN))
    shown = alice_client.get(reverse("mailbox:side", args=[alice_pop_account.pk])).content.decode()
    assert f"{len(PLAIN)} bytes used" in shown
    assert "<progress" not in shown


def test_a_server_without_quota(alice_client, alice_account, heard_without):
    assert heard_without("QUOTA").space() is None
    assert 'class="quota"' not in alice_client.get(reverse("mailbox:side", args=[alice_account.pk])).content.decode()


def test_space_is_asked_for_now_and_then(alice_client, alice_account):
    side = reverse("mailbox:side", args=[alice_account.pk])
    assert "0 bytes of" in alice_client.get(side).content.decode()
    with open_mailbox(alice_account) as box:
        box.append("INBOX", PLAIN + b"x" * 2_000_000)
        box.append("Junk", PLAIN)
    assert "0 bytes of" in alice_client.get(side).content.decode()
    alice_client.post(url("empty", alice_account, "Junk"))  # from now on it is less
    assert "2.0 MB of" in alice_client.get(side).content.decode()


@pytest.mark.parametrize(
    ("told", "used", "limit"),
    [
        (b'"User quota" (STORAGE 10 512)', 10, 512),
        (b'"" (MESSAGE 5 10 STORAGE 511 512)', 511, 512),
        (b"root (storage 0 1)", 0, 1),
    ],
)
def test_quota_responses(told, used, limit):
    assert quota_of([told]) == Quota(used * 1024, limit * 1024)


@pytest.mark.parametrize(
    "told", [b'"" ()', b'"" (MESSAGE 5 10)', b'"" (STORAGE 5)', b'"" (STORAGE x y)', b"(", b"", b'"" (STORAGE 5 0)']
)
def test_quota_responses_that_tell_nothing(told):
    assert quota_of([told]) is None


@pytest.mark.parametrize(("used", "high"), [(0, False), (899, False), (900, True), (1200, True)])
def test_a_warning_when_it_is_almost_full(used, high):
    shown = space.meter(Space(used, 1000))
    assert shown == space.Meter(shown.said if shown else "", min(100, used // 10), high)
