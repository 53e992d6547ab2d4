"""Unsubscribing: nothing before a click, then once, to whom the page named, and it is told how it went."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from tests.servers.web import WebServer
from webmail.compose import decisions
from webmail.compose.models import Outgoing
from webmail.compose.models import State as Sending
from webmail.mailbox.base import MessageRef, Role
from webmail.mailbox.opening import open_mailbox
from webmail.protocols import tls
from webmail.unsubscribing import asking, tasks
from webmail.unsubscribing.models import State, Unsubscription, Way

ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
BY_MAIL = "List-Unsubscribe: <mailto:leave@news.test?subject=stop%20it&body=please>\r\n"


@pytest.fixture(params=["imap", "local"])
def account(request: pytest.FixtureRequest) -> Account:
    found: Account = request.getfixturevalue("alice_account" if request.param == "imap" else "alice_pop_account")
    return found


def put(account: Account, fields: str, folder: Role = Role.INBOX, number: int = 1) -> MessageRef:
    head = f"From: News <news@news.test>\r\nSubject: Sale\r\nMessage-ID: <{number}@news.test>\r\n{fields}"
    with open_mailbox(account) as box:
        name = next(found.name for found in box.folders() if found.role == folder)
        box.append(name, f"{head}\r\nBuy.\r\n".encode())
        return box.list_messages(name).rows[0].ref


def by_request(sender: WebServer, path: str = "/leave?me") -> str:
    return f"List-Unsubscribe: <mailto:leave@news.test>,\r\n <{sender.url(path)}>\r\n{ONE_CLICK}"


def url(account: Account, ref: MessageRef, name: str = "unsubscribing:ask") -> str:
    return reverse(name, args=[account.pk, ref.folder, ref.uidvalidity, ref.uid])


def page(client: Client, account: Account, ref: MessageRef) -> str:
    return client.get(
        url(account, ref, "mailbox:message"), HTTP_HX_REQUEST="true", HTTP_HX_TARGET="message"
    ).content.decode()


def key(html: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f]{64})"', html)
    return found[1] if found else ""


def click(client: Client, account: Account, ref: MessageRef):
    return client.post(url(account, ref), {"key": key(page(client, account, ref))})


def work() -> None:
    """What the worker does once the sweep has rung."""
    for row_id in asking.due():
        tasks.ask(row_id)


# -- by a request ------------------------------------------------------------------------------------------------------


def test_it_works(alice_client, account, sender):
    ref = put(account, by_request(sender))
    html = page(alice_client, account, ref)
    assert "This server will tell <b>127.0.0.1</b> that you want no more of these mails." in html
    assert not Unsubscription.objects.exists()
    response = alice_client.post(url(account, ref) + "?q=cats&page=2", {"key": key(html)})
    assert response.status_code == 303
    assert response.headers["Location"] == url(account, ref, "mailbox:message") + "?q=cats&page=2"
    assert sender.asked == []  # a worker's
    assert "Asking 127.0.0.1" in page(alice_client, account, ref)
    work()
    assert sender.posted == [("/leave?me", b"List-Unsubscribe=One-Click")]
    [(_, headers)] = sender.asked
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert {"cookie", "referer", "origin", "x-forwarded-for"}.isdisjoint(name.lower() for name in headers)
    assert "You asked 127.0.0.1 to unsubscribe you on" in page(alice_client, account, ref)
    row = Unsubscription.objects.get()
    assert (row.state, row.address) == (State.DONE, "")
    assert not Outgoing.objects.exists()


def test_a_second_click_asks_nobody(alice_client, alice_account, sender):
    ref = put(alice_account, by_request(sender))
    form = {"key": key(page(alice_client, alice_account, ref))}
    for _ in range(3):
        assert alice_client.post(url(alice_account, ref), form).status_code == 303
        work()
    assert len(sender.posted) == 1


def test_the_state_follows_on_the_page(alice_client, alice_account, sender):
    ref = put(alice_account, by_request(sender))
    click(alice_client, alice_account, ref)
    state = url(alice_account, ref, "unsubscribing:state")
    waiting = alice_client.get(state).content.decode()
    assert "hx-get" in waiting
    assert "Asking" in waiting
    work()
    done = alice_client.get(state).content.decode()
    assert "hx-get" not in done
    assert "You asked" in done


def test_a_mail_that_was_moved_or_copied_is_still_the_one(alice_client, alice_account, sender):
    ref = put(alice_account, by_request(sender))
    click(alice_client, alice_account, ref)
    work()
    assert "You asked" in page(alice_client, alice_account, put(alice_account, by_request(sender)))
    assert key(page(alice_client, alice_account, put(alice_account, by_request(sender), number=2)))


@pytest.mark.parametrize(
    ("answer", "tries", "reason"),
    [
        ({"status": 404}, 1, "It does not take such requests."),
        ({"status": 302, "headers": {"Location": "/done"}}, 1, "It does not take such requests."),
        ({"status": 500}, asking.TRIES, "It was too busy each time."),
        ({"status": 429}, asking.TRIES, "It was too busy each time."),
    ],
)
def test_what_failed_is_told(alice_client, alice_account, sender, answer, tries, reason):
    sender.serve("/leave?me", **answer)
    ref = put(alice_account, by_request(sender))
    click(alice_client, alice_account, ref)
    for _ in range(asking.TRIES + 2):
        Unsubscription.objects.filter(state=State.WAITING).update(not_before=timezone.now() - timedelta(seconds=1))
        work()
    assert len(sender.posted) == tries
    assert [path for path, _ in sender.asked] == ["/leave?me"] * tries  # no redirect is followed
    html = page(alice_client, alice_account, ref)
    assert "Not unsubscribed" in html
    assert reason in html
    sender.serve("/leave?me", status=204)
    click(alice_client, alice_account, ref)
    work()
    assert "You asked 127.0.0.1" in page(alice_client, alice_account, ref)


def test_later_tries_wait(alice_client, alice_account, sender):
    sender.serve("/leave?me", status=503)
    click(alice_client, alice_account, put(alice_account, by_request(sender)))
    work()
    work()
    assert len(sender.posted) == 1
    row = Unsubscription.objects.get()
    assert (row.state, row.attempts, row.last_error) == (State.WAITING, 1, "busy")


@pytest.mark.parametrize("allowed", [[], ["127.0.0.1:1"]])
def test_the_guard_decides(alice_client, alice_account, sender, settings, allowed):
    settings.UNSUBSCRIBE_ALLOWED_HOSTS = allowed
    ref = put(alice_account, by_request(sender))
    click(alice_client, alice_account, ref)
    work()
    assert sender.asked == []
    assert "Its address may not be asked by this server." in page(alice_client, alice_account, ref)


def test_a_certificate_that_nobody_vouches_for(alice_client, alice_account, sender, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    tls._context.cache_clear()
    ref = put(alice_account, by_request(sender))
    click(alice_client, alice_account, ref)
    work()
    assert sender.posted == []
    assert "It could not prove that it is the one." in page(alice_client, alice_account, ref)


def test_a_worker_that_died_is_replaced_and_writes_nothing_more(alice_client, alice_account, sender):
    click(alice_client, alice_account, put(alice_account, by_request(sender)))
    [row_id] = asking.due()
    dead = asking.claim(row_id)
    assert dead is not None
    assert asking.claim(row_id) is None
    assert asking.due() == []
    Unsubscription.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    living = asking.claim(row_id)
    assert living is not None
    asking.perform(living)
    sender.serve("/leave?me", status=404)
    asking.perform(dead)
    assert Unsubscription.objects.get().state == State.DONE


def test_nobody_asks_for_who_may_not_sign_in(alice, alice_client, alice_account, sender):
    click(alice_client, alice_account, put(alice_account, by_request(sender)))
    alice.is_active = False
    alice.save()
    assert asking.due() == []
    assert asking.claim(Unsubscription.objects.get().pk) is None


# -- by mail -----------------------------------------------------------------------------------------------------------


def test_by_mail_it_goes_through_the_outbox(alice_client, account, smtp_server):
    ref = put(account, BY_MAIL)
    html = page(alice_client, account, ref)
    assert f"A mail will go from {account.address} to <b>leave@news.test</b>:" in html
    assert "stop it" in html
    assert "please" in html
    assert not Outgoing.objects.exists()
    for _ in range(3):
        alice_client.post(url(account, ref), {"key": key(html)})
    row = Outgoing.objects.get()
    assert (row.sender, row.subject, row.addresses("waiting")) == (account.address, "stop it", ["leave@news.test"])
    assert row.content
    assert b"\r\n\r\nplease" in bytes(row.content.raw)
    assert "You asked leave@news.test to unsubscribe you on" in page(alice_client, account, ref)


def test_a_mail_that_was_taken_back_can_be_sent_again(alice_client, alice_account):
    ref = put(alice_account, BY_MAIL)
    click(alice_client, alice_account, ref)
    assert decisions.cancel(Outgoing.objects.get())
    click(alice_client, alice_account, ref)
    assert Outgoing.objects.count() == 1
    assert "You asked" in page(alice_client, alice_account, ref)


def test_a_mail_that_the_outbox_has_forgotten_is_not_sent_again(alice_client, alice_account):
    ref = put(alice_account, BY_MAIL)
    form = {"key": key(page(alice_client, alice_account, ref))}
    alice_client.post(url(alice_account, ref), form)
    Outgoing.objects.all().delete()
    Unsubscription.objects.update(asked=timezone.now() - timedelta(days=31))
    assert "You asked" in page(alice_client, alice_account, ref)
    alice_client.post(url(alice_account, ref), form)
    assert not Outgoing.objects.exists()


def test_a_mail_that_was_refused_is_told(alice_client, alice_account):
    ref = put(alice_account, BY_MAIL)
    click(alice_client, alice_account, ref)
    Outgoing.objects.update(state=Sending.FAILED)
    html = page(alice_client, alice_account, ref)
    assert "The mail could not be sent." in html
    assert reverse("compose:outgoing", args=[Outgoing.objects.get().pk]) in html


def test_an_account_that_can_not_send_offers_no_mail(alice_client, alice_account):
    ref = put(alice_account, BY_MAIL)
    Account.objects.filter(pk=alice_account.pk).update(outgoing_host="")
    assert "way-out" not in page(alice_client, alice_account, ref)


# -- by the sender's page ----------------------------------------------------------------------------------------------


def test_a_page_is_a_link(alice_client, alice_account, sender):
    ref = put(alice_account, f"List-Unsubscribe: <{sender.url('/page?a=1&b=2')}>\r\n")
    html = page(alice_client, alice_account, ref)
    address = sender.url("/page?a=1&amp;b=2")
    assert f'<a class="btn" href="{address}" target="_blank" rel="noopener noreferrer">' in html
    assert "<b>127.0.0.1</b> has a page for this." in html
    assert alice_client.post(url(alice_account, ref), {"key": key(html)}).status_code == 404
    assert sender.asked == []


# -- who is believed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trusted", "results", "way"),
    [
        ([], "", Way.ONE_CLICK),
        (["mx.test"], "mx.test; dkim=pass header.d=esp.test", Way.ONE_CLICK),
        (["mx.test"], "mx.test; dkim=none; spf=pass", Way.MAIL),
        (["mx.test"], "evil.test; dkim=pass", Way.MAIL),
        (["mx.test"], "", Way.MAIL),
        (["mx.test"], "mx.test; dkim=pass; dmarc=fail", None),
    ],
)
def test_a_request_needs_a_signature_where_one_can_be_known(
    alice_client, alice_account, sender, settings, trusted, results, way
):
    settings.TRUSTED_AUTHENTICATION_SERVERS = trusted
    ref = put(alice_account, f"Authentication-Results: {results}\r\n{by_request(sender)}")
    html = page(alice_client, alice_account, ref)
    assert ("This server will tell" in html, "A mail will go" in html) == (way == Way.ONE_CLICK, way == Way.MAIL)


@pytest.mark.parametrize("role", [Role.JUNK, Role.SENT, Role.DRAFTS])
def test_nothing_is_offered_there(alice_client, alice_account, sender, role):
    assert "way-out" not in page(alice_client, alice_account, put(alice_account, by_request(sender), role))


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "List-Unsubscribe: <javascript:alert(1)>\r\n" + ONE_CLICK,
        "List-Unsubscribe: <mailto:a@news.test?bcc=b@news.test>\r\n",
        "List-Unsubscribe: NO\r\n",
    ],
)
def test_nothing_is_offered_without_a_way(alice_client, alice_account, fields):
    assert "way-out" not in page(alice_client, alice_account, put(alice_account, fields))


def test_what_is_offered_is_text(alice_client, alice_account):
    subject = "%3Cscript%3Ealert(1)%3C/script%3E"
    html = page(
        alice_client, alice_account, put(alice_account, f"List-Unsubscribe: <mailto:a@b.test?subject={subject}>\r\n")
    )
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


# -- strangers ---------------------------------------------------------------------------------------------------------


def test_strangers_and_wrong_forms(alice_client, bob_client, alice_account, sender):
    ref = put(alice_account, by_request(sender))
    good = {"key": key(page(alice_client, alice_account, ref))}
    assert bob_client.post(url(alice_account, ref), good).status_code == 404
    assert bob_client.get(url(alice_account, ref, "unsubscribing:state")).status_code == 404
    assert alice_client.get(url(alice_account, ref)).status_code == 405
    for wrong in ("", "x", "0" * 64):
        assert alice_client.post(url(alice_account, ref), {"key": wrong}).status_code == 404
    other = put(alice_account, by_request(sender, "/other"), number=2)
    assert alice_client.post(url(alice_account, other), good).status_code == 404
    plain = put(alice_account, "", number=3)
    assert alice_client.get(url(alice_account, plain, "unsubscribing:state")).status_code == 404
    assert not Unsubscription.objects.exists()


def test_without_a_token_nothing_is_asked(alice, alice_account, sender):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    ref = put(alice_account, by_request(sender))
    assert client.post(url(alice_account, ref), {"key": "0" * 64}).status_code == 403
