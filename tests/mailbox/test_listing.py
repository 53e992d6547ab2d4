"""The last known page first, where the mail server is slow or does not answer; over real Dovecot, behind a line that
can be made long."""

import re
import time
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from accounts.fields import Secret
from accounts.models import Account, User
from tests.mailbox.letters import plain
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.proxy import CuttingProxy
from webmail.mailbox import listing, pace
from webmail.mailbox.opening import close_sessions, open_mailbox

FRAGMENT = {"HX-Request": "true", "HX-Target": "rows"}


@pytest.fixture
def line(
    alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CuttingProxy]:
    """Alice's account, with two letters, over a line whose commands are counted and may be slowed."""
    for subject in ("Older", "Newer"):
        dovecot.deliver(alice_mail.address, plain(subject))
    proxy = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    alice_account.incoming_host, alice_account.incoming_port = proxy.host, proxy.port
    alice_account.incoming_security = "none"
    alice_account.save()
    monkeypatch.setattr(listing, "PATIENCE", 0.4)
    yield proxy
    proxy.close()


@pytest.fixture
def down(dovecot: DovecotForTests) -> Iterator[DovecotForTests]:
    """Call .stop(); it runs again at the end."""
    yield dovecot
    if not dovecot.ready():
        dovecot.start()


def inbox(account: Account, query: str = "") -> str:
    return reverse("mailbox:folder", args=[account.pk, "INBOX"]) + query


def shown(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def asked_again(page: str) -> str:
    """What the mark's own request asks, with all that it sends along."""
    [address] = set(re.findall(r'hx-get="([^"]+live=\d+)"', page))
    sent = re.findall(r'name="(have|place)" value="([^"]+)"', page)
    return "&".join([address.replace("&amp;", "&"), *("=".join(pair) for pair in sent)])


def is_known(page: str) -> bool:
    return 'id="known-mark"' in page


def slow_line(client: Client, account: Account, line: CuttingProxy, monkeypatch: pytest.MonkeyPatch) -> str:
    """The inbox, visited over a line that is slow from then on."""
    monkeypatch.setattr(pace, "SLOW", 0.02)
    line.delay = 0.03
    assert not is_known(shown(client, inbox(account))), "nothing was known yet"
    for _ in range(5):
        if is_known(page := shown(client, inbox(account))):
            return page
    raise AssertionError("the server was waited for each time")


def test_a_quick_server_never_shows_the_mark(
    alice_client: Client, alice_account: Account, line: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PATIENCE", 10)
    for _ in range(3):
        page = shown(alice_client, inbox(alice_account))
        assert not is_known(page)
        assert 'hx-trigger="load, again"' not in page, "nothing is asked for again at once"


def test_a_slow_server_is_not_waited_for(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    line: CuttingProxy,
    dovecot: DovecotForTests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert is_known(slow_line(alice_client, alice_account, line, monkeypatch))
    dovecot.deliver(alice_mail.address, plain("Just came"))
    line.commands.clear()
    page = shown(alice_client, inbox(alice_account))
    assert line.commands == [], "the page asked nothing"
    assert ["Newer" in page, "Just came" in page] == [True, False]
    assert "Checking…" in page
    assert re.search(r"Loaded \d\d:\d\d", page)
    fresh = alice_client.get(asked_again(page), headers=FRAGMENT)
    assert "HX-Retarget" not in fresh.headers
    rows = fresh.content.decode()
    assert rows.index("Just came") < rows.index("Newer")
    assert ("<html" in rows, 'id="list"' in rows, is_known(rows)) == (False, False, False)
    assert '<div id="known" hx-swap-oob="innerHTML">' in rows


def test_nothing_new_leaves_the_rows_alone(
    alice_client: Client, alice_account: Account, line: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = slow_line(alice_client, alice_account, line, monkeypatch)
    fresh = alice_client.get(asked_again(page), headers=FRAGMENT)
    assert fresh.headers["HX-Reswap"] == "none"
    assert "Newer" not in fresh.content.decode()


def test_a_server_that_is_quick_again_shows_no_mark(
    alice_client: Client, alice_account: Account, line: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = slow_line(alice_client, alice_account, line, monkeypatch)
    line.delay = 0
    monkeypatch.setattr(pace, "SLOW", 0.3)
    for _ in range(3):
        alice_client.get(asked_again(page), headers=FRAGMENT)
    assert not is_known(shown(alice_client, inbox(alice_account)))


def test_a_server_that_stops_answering(alice_client: Client, alice_account: Account, line: CuttingProxy) -> None:
    shown(alice_client, inbox(alice_account))
    line.delay = 60
    page = shown(alice_client, inbox(alice_account))
    assert is_known(page)
    assert "Newer" in page
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == "", "little patience says nothing about the account"
    line.commands.clear()
    assert is_known(shown(alice_client, inbox(alice_account)))
    assert line.commands == [], "the next is not tried on it"
    line.forget()
    fresh = alice_client.get(asked_again(page), headers=FRAGMENT)
    assert fresh.status_code == 200, "no session is left with half an answer in it"
    assert not is_known(shown(alice_client, inbox(alice_account)))


def test_a_folder_never_seen_is_waited_for(
    alice_client: Client, alice_account: Account, line: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_line(alice_client, alice_account, line, monkeypatch)
    line.delay = 0.2
    monkeypatch.setattr(listing, "PATIENCE", 0.01)
    page = shown(alice_client, reverse("mailbox:folder", args=[alice_account.pk, "Sent"]))
    assert "Nothing in Sent yet" in page
    assert not is_known(page)


def test_a_stopped_server_is_told_beside_the_known_page(
    alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests
) -> None:
    shown(alice_client, inbox(alice_account))
    down.stop()
    page = shown(alice_client, inbox(alice_account))
    assert "Newer" in page
    assert re.search(r"; this is the list of \d\d:\d\d\.", page)
    assert "Try again" in page
    failed = alice_client.get(asked_again(page), headers=FRAGMENT)
    assert (failed.status_code, failed.headers["HX-Retarget"], failed.headers["HX-Reswap"]) == (
        503,
        "#known",
        "innerHTML",
    )
    assert "this is the list of" in failed.content.decode()
    down.start()
    again = alice_client.get(asked_again(failed.content.decode()), headers=FRAGMENT)
    assert again.status_code == 200
    page = shown(alice_client, inbox(alice_account))
    assert "Newer" in page
    assert not is_known(page)


def test_a_stopped_server_leaves_the_way_to_the_other_folders(
    alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests
) -> None:
    sent = reverse("mailbox:folder", args=[alice_account.pk, "Sent"])
    for address in (sent, inbox(alice_account)):
        shown(alice_client, address)
    down.stop()
    headers = {"HX-Request": "true", "HX-Target": f"side-{alice_account.pk}"}
    address = reverse("mailbox:side", args=[alice_account.pk]) + "?open=Sent"
    column = alice_client.get(address, headers=headers).content.decode()
    assert "Can’t receive" in column
    assert f'href="{sent}" aria-current="page"' in column
    assert "Nothing in Sent yet" in shown(alice_client, sent)


def test_without_script_a_link_asks_for_the_live_list(
    alice_client: Client,
    alice_account: Account,
    line: CuttingProxy,
    down: DovecotForTests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = slow_line(alice_client, alice_account, line, monkeypatch)
    [link] = re.findall(r'<noscript><a class="btn" href="([^"]+)">Load the list again</a></noscript>', page)
    live = shown(alice_client, link)
    assert "<html" in live
    assert not is_known(live)
    down.stop()
    failed = shown(alice_client, link)
    assert "this is the list of" in failed
    assert "Newer" in failed


def test_nothing_known_and_no_server_is_an_error_page(
    alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests
) -> None:
    shown(alice_client, inbox(alice_account))
    down.stop()
    assert "Try again" in shown(alice_client, inbox(alice_account, "?page=2"), 503)
    assert "Try again" in shown(alice_client, inbox(alice_account, "?q=older"), 503)
    shown(alice_client, inbox(alice_account, "?page=2&live=1"), 503)


def test_other_settings_know_nothing(
    alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests
) -> None:
    shown(alice_client, inbox(alice_account))
    alice_account.save()
    down.stop()
    assert "Newer" not in shown(alice_client, inbox(alice_account), 503)


def test_a_stranger_is_shown_nobody_s_page(
    alice_client: Client, bob_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests
) -> None:
    page = shown(alice_client, inbox(alice_account))
    down.stop()
    page = shown(alice_client, inbox(alice_account))
    assert "Newer" in page
    for address in (inbox(alice_account), inbox(alice_account, "?live=1"), asked_again(page)):
        assert bob_client.get(address).status_code == 404
        assert bob_client.get(address, headers=FRAGMENT).status_code == 404


def test_a_known_page_is_in_the_reader_s_language(
    alice: User, alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests
) -> None:
    shown(alice_client, inbox(alice_account))
    alice.language, alice.time_zone = "fr", "Asia/Tokyo"
    alice.save()
    down.stop()
    page = shown(alice_client, inbox(alice_account))
    assert "Newer" in page
    assert "Boîte de réception" in page
    assert "Checking" not in page
    assert "this is the list" not in page
    assert "+09:00" in page


def test_a_refused_password_is_its_person_s_to_mend(
    alice_client: Client, alice_account: Account, line: CuttingProxy
) -> None:
    shown(alice_client, inbox(alice_account))
    Account.objects.filter(pk=alice_account.pk).update(incoming_password=Secret.seal("wrong"))
    close_sessions(alice_account.pk)
    failed = alice_client.get(inbox(alice_account, "?live=1"), headers=FRAGMENT)
    assert (failed.status_code, failed.headers["HX-Retarget"]) == (502, "#known")
    assert "The user name or password was not accepted; this is the list of" in failed.content.decode()
    for page in (failed.content.decode(), shown(alice_client, inbox(alice_account), 502)):
        assert "Check the password" in page
        assert reverse("accounts:account_change", args=[alice_account.pk]) in page
        assert "Newer" not in page


def test_a_list_that_asks_by_itself_tries_no_refused_password_again(
    alice_client: Client, alice_account: Account, line: CuttingProxy
) -> None:
    """Each tab asks once a minute."""
    shown(alice_client, inbox(alice_account))
    Account.objects.filter(pk=alice_account.pk).update(incoming_password=Secret.seal("wrong"))
    close_sessions(alice_account.pk)
    line.commands.clear()
    for _ in range(3):
        failed = alice_client.get(inbox(alice_account, "?live=1&poll=on"), headers=FRAGMENT)
        assert (failed.status_code, failed.headers["HX-Retarget"]) == (502, "#known")
        assert "The user name or password was not accepted; this is the list of" in failed.content.decode()
    assert line.commands.count("AUTHENTICATE") == 1
    assert alice_client.get(inbox(alice_account, "?live=1"), headers=FRAGMENT).status_code == 502
    assert line.commands.count("AUTHENTICATE") == 2, "who asks is served"


@pytest.mark.parametrize("action", ["trash", "archive"])
def test_what_was_moved_away_here_is_not_shown_again(
    alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests, action: str
) -> None:
    shown(alice_client, inbox(alice_account))
    with open_mailbox(alice_account) as mailbox:
        row = mailbox.list_messages("INBOX").rows[0]
    act = reverse("mailbox:act", args=[alice_account.pk, "INBOX", row.ref.uidvalidity])
    alice_client.post(act, {"action": action, "uid": row.ref.uid})
    down.stop()
    response = alice_client.get(inbox(alice_account))
    assert "Newer" not in response.content.decode()
    assert response.status_code == 503


def test_after_an_action_its_own_list_is_the_known_one(
    alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests
) -> None:
    shown(alice_client, inbox(alice_account))
    with open_mailbox(alice_account) as mailbox:
        row = mailbox.list_messages("INBOX").rows[0]
    act = reverse("mailbox:act", args=[alice_account.pk, "INBOX", row.ref.uidvalidity])
    alice_client.post(act, {"action": "trash", "uid": row.ref.uid}, headers=FRAGMENT)
    down.stop()
    page = shown(alice_client, inbox(alice_account))
    assert ["Newer" in page, "Older" in page] == [False, True]


def test_a_flag_set_here_shows_in_the_known_page(
    alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests
) -> None:
    page = shown(alice_client, inbox(alice_account))
    assert page.count("is-unread") == 2
    with open_mailbox(alice_account) as mailbox:
        row = mailbox.list_messages("INBOX").rows[0]
    act = reverse("mailbox:act", args=[alice_account.pk, "INBOX", row.ref.uidvalidity])
    alice_client.post(act, {"action": "read", "uid": row.ref.uid, "quiet": "on"}, headers=FRAGMENT)
    down.stop()
    page = shown(alice_client, inbox(alice_account))
    assert is_known(page)
    assert page.count("is-unread") == 1


def test_a_folder_that_was_numbered_anew_replaces_the_whole_list(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    line: CuttingProxy,
    dovecot: DovecotForTests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_mailbox(alice_account) as mailbox:
        mailbox.create_folder("Work")
        mailbox.append("Work", plain("In the old folder"))
    address = reverse("mailbox:folder", args=[alice_account.pk, "Work"])
    slow_line(alice_client, alice_account, line, monkeypatch)
    shown(alice_client, address)
    page = shown(alice_client, address)
    assert is_known(page)
    with dovecot.imap(alice_mail) as other:
        other.delete_folder("Work")
        time.sleep(1.1)  # Dovecot numbers folders by the second
        other.create_folder("Work")
        other.append("Work", plain("In the new folder"))
    close_sessions(alice_account.pk)
    fresh = alice_client.get(asked_again(page), headers=FRAGMENT)
    assert (fresh.headers["HX-Retarget"], fresh.headers["HX-Reswap"]) == ("#list", "outerHTML")
    content = fresh.content.decode()
    assert 'id="list"' in content
    assert ["In the old folder" in content, "In the new folder" in content] == [False, True]


def test_a_folder_that_is_gone_is_told_by_the_whole_page(
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    line: CuttingProxy,
    dovecot: DovecotForTests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_mailbox(alice_account) as mailbox:
        mailbox.create_folder("Work")
    address = reverse("mailbox:folder", args=[alice_account.pk, "Work"])
    slow_line(alice_client, alice_account, line, monkeypatch)
    shown(alice_client, address)
    page = shown(alice_client, address)
    assert is_known(page)
    with dovecot.imap(alice_mail) as other:
        other.delete_folder("Work")
    gone = alice_client.get(asked_again(page), headers=FRAGMENT)
    assert (gone.status_code, gone.headers["HX-Refresh"]) == (404, "true")
    assert "This folder is gone" in shown(alice_client, address, 404)


def test_a_message_opened_directly_has_the_known_list_beside_it(
    alice_client: Client, alice_account: Account, line: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_line(alice_client, alice_account, line, monkeypatch)
    with open_mailbox(alice_account) as mailbox:
        ref = mailbox.list_messages("INBOX").rows[1].ref
    place = [alice_account.pk, "INBOX", ref.uidvalidity, ref.uid]
    page = shown(alice_client, reverse("mailbox:message", args=place))
    assert is_known(page)
    assert re.search(rf'id="row-{ref.uid}"[^>]* aria-current="true"', page)
    assert asked_again(page).startswith(inbox(alice_account))


@pytest.mark.parametrize("live", ["", "x", "-1", "9" * 30, "1e3", "٣"])
def test_whatever_is_asked(
    alice_client: Client, alice_account: Account, line: CuttingProxy, down: DovecotForTests, live: str
) -> None:
    shown(alice_client, inbox(alice_account))
    down.stop()
    address = inbox(alice_account, f'?live={live}&have=%22%3E%3Cb%3E&place="')
    failed = alice_client.get(address, headers=FRAGMENT)
    assert failed.status_code == 503
    assert "<b>" not in failed.content.decode()
