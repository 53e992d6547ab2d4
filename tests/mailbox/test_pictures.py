"""Pictures from elsewhere: nothing loads before the reader says so, and then only through this server."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from accounts.models import Account, User
from tests.mailbox.letters import PIXEL
from tests.servers.web import WebServer
from webmail.mailbox import pictures
from webmail.mailbox.base import Role
from webmail.mailbox.models import PictureConsent
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.pictures import SEATS, fetched, picture_url, signed_address


def put(account: Account, html: str, sender: str = "News <News@Example.org>", more: str = "", folder: str = "INBOX"):
    """The reference of a new message with this body."""
    head = f"From: {sender}\r\n{more}Subject: Letter\r\nMIME-Version: 1.0\r\n"
    head += "Content-Type: text/html; charset=utf-8\r\n\r\n"
    with open_mailbox(account) as box:
        box.append(folder, (head + html).encode())
        return box.list_messages(folder).rows[0].ref


def url(account, ref, name, *more):
    return reverse(f"mailbox:{name}", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid, *more])


def allow(client, account, ref, scope="once", **more):
    return client.post(url(account, ref, "allow_pictures"), {"scope": scope, **more})


def sources(client, account, ref) -> list[str]:
    """Addresses of the pictures in the frame's document."""
    return re.findall(r'<img src="([^"]+)"', client.get(url(account, ref, "body")).content.decode())


@pytest.fixture(autouse=True)
def _all_hosts_are_quick():
    pictures._slow.clear()


@pytest.fixture
def picture(web: WebServer) -> str:
    return web.serve("/dot.png", PIXEL, headers={"Content-Type": "text/html", "Set-Cookie": "a=b"})


@pytest.fixture
def ref(account, picture):
    return put(account, f'<p>Hi</p><img src="{picture}" width=50 height=50 alt="Dot">')


# -- consent -----------------------------------------------------------------------------------------------------------


def test_it_works(alice_client, account, ref, web):
    assert sources(alice_client, account, ref) == []
    response = allow(alice_client, account, ref, q="cats", page=2)
    assert response.status_code == 303
    assert response.headers["Location"] == url(account, ref, "message") + "?q=cats&page=2"
    [source] = sources(alice_client, account, ref)
    assert source.startswith(url(account, ref, "message") + "remote/")
    shown = alice_client.get(source)
    assert shown.content == PIXEL
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "a=b" not in str(shown.cookies)
    [(path, headers)] = web.asked
    assert path == "/dot.png"
    assert {"cookie", "referer", "x-forwarded-for"}.isdisjoint(name.lower() for name in headers)


def test_the_frame_s_policy_names_the_proxy_alone(alice_client, account, ref):
    def directive() -> str:
        policy = alice_client.get(url(account, ref, "body")).headers["Content-Security-Policy"]
        return next(part for part in policy.split("; ") if part.startswith("img-src"))

    here = f"http://testserver{url(account, ref, 'message')}"
    assert directive() == f"img-src {here}part/"
    allow(alice_client, account, ref)
    assert directive() == f"img-src {here}part/ {here}remote/"


def test_what_was_blocked_is_told_in_words(alice_client, account, picture):
    tracker = f'<img src="{picture}?t" width="1" height="1">'
    shown = "".join(f'<img src="{picture}?{number}" width=90>' for number in range(3))
    ref = put(account, tracker + shown)
    page = alice_client.get(url(account, ref, "message")).content.decode()
    assert "3 pictures not loaded." in page
    assert "1 tracker blocked." in page
    assert "Always from news@example.org" in page
    assert "Always from @example.org" in page
    allow(alice_client, account, ref)
    assert len(sources(alice_client, account, ref)) == 3
    page = alice_client.get(url(account, ref, "message")).content.decode()
    assert "not loaded" in page  # the tracker
    assert "Always from" not in page


def test_once_is_for_this_message_and_sign_in(alice, alice_client, account, ref, picture):
    other = put(account, f'<img src="{picture}">')
    allow(alice_client, account, ref)
    assert sources(alice_client, account, ref)
    assert sources(alice_client, account, other) == []
    assert not PictureConsent.objects.exists()
    again = Client()
    again.force_login(alice, backend="accounts.backends.PersonBackend")
    assert sources(again, account, ref) == []


@pytest.mark.parametrize(
    ("scope", "same_sender", "same_domain", "stored"),
    [("sender", True, False, "news@example.org"), ("domain", True, True, "@example.org")],
)
def test_for_the_sender_or_the_domain(
    alice, alice_client, account, ref, picture, scope, same_sender, same_domain, stored
):
    html = f'<img src="{picture}">'
    again, colleague = put(account, html, "news@EXAMPLE.org"), put(account, html, "Other <x@example.org>")
    strangers = [put(account, html, sender) for sender in ("news@example.org.evil.test", "x@sub.example.org", "nobody")]
    allow(alice_client, account, ref, scope)
    allow(alice_client, account, ref, scope)  # twice is once
    assert bool(sources(alice_client, account, again)) == same_sender
    assert bool(sources(alice_client, account, colleague)) == same_domain
    assert [sources(alice_client, account, one) for one in strangers] == [[], [], []]
    assert list(alice.picture_consents.values_list("sender", flat=True)) == [stored]


def test_a_sender_in_doubt_is_asked_for_each_time(alice_client, account, ref, picture, settings):
    settings.TRUSTED_AUTHENTICATION_SERVERS = ["mx.example.org"]
    html = f'<img src="{picture}">'
    with open_mailbox(account) as box:
        junk = next(folder.name for folder in box.folders() if folder.role == Role.JUNK)
    forged = put(account, html, more="Authentication-Results: mx.example.org; dmarc=fail\r\n")
    spam = put(account, html, folder=junk)
    passed = put(account, html, more="Authentication-Results: mx.example.org; dmarc=pass\r\n")
    allow(alice_client, account, ref, "sender")
    assert [bool(sources(alice_client, account, one)) for one in (forged, spam, passed)] == [False, False, True]
    for one in (forged, spam):
        page = alice_client.get(url(account, one, "message")).content.decode()
        assert "Show pictures" in page
        assert "Always from" not in page
        allow(alice_client, account, one)
        assert sources(alice_client, account, one)


def test_a_sender_without_an_address_is_allowed_once(alice_client, account, picture):
    ref = put(account, f'<img src="{picture}">', "Nobody")
    assert "Always from" not in alice_client.get(url(account, ref, "message")).content.decode()
    allow(alice_client, account, ref, "domain")
    assert not PictureConsent.objects.exists()
    assert sources(alice_client, account, ref)


@pytest.mark.parametrize("scope", ["", "always", "sender\r\n"])
def test_a_scope_that_is_none(alice_client, account, ref, scope):
    assert allow(alice_client, account, ref, scope, page="x").status_code == 303
    assert sources(alice_client, account, ref) == []


def test_consent_is_seen_and_withdrawn_in_the_settings(alice_client, alice, account, ref):
    page = reverse("mailbox:pictures")
    assert "No sender’s pictures load by themselves" in alice_client.get(page).content.decode()
    allow(alice_client, account, ref, "sender")
    assert "news@example.org" in alice_client.get(page).content.decode()
    assert alice_client.post(page, {"consent": alice.picture_consents.get().pk}).status_code == 302
    assert not PictureConsent.objects.exists()
    assert sources(alice_client, account, ref) == []


def test_the_consent_of_others_is_theirs(alice: User, bob: User, bob_client):
    own = PictureConsent.objects.create(user=alice, sender="@example.org")
    page = reverse("mailbox:pictures")
    assert "@example.org" not in bob_client.get(page).content.decode()
    for number in (own.pk, "x", "", "9" * 30):
        assert bob_client.post(page, {"consent": number}).status_code == 404
    assert PictureConsent.objects.get() == own


def test_wrong_method(alice_client, account, ref):
    assert alice_client.get(url(account, ref, "allow_pictures")).status_code == 405
    assert alice_client.post(url(account, ref, "remote", "x")).status_code == 405


# -- signed addresses --------------------------------------------------------------------------------------------------


def test_addresses_are_signed_for_one_person_and_message(alice_client, bob_client, account, ref, picture, web):
    good = picture_url(account, ref, picture)
    assert good is not None
    token = good.strip("/").rpartition("/")[2]
    other = put(account, "<p>x</p>")
    assert signed_address(token, account, ref) == picture
    assert bob_client.get(good).status_code == 404
    assert alice_client.get(url(account, other, "remote", token)).status_code == 404
    for forged in (
        token[:-1],
        token + "x",
        "x" + token,
        signing.dumps(picture),
        signing.dumps(picture, salt="picture"),
        "x",
    ):
        assert alice_client.get(url(account, ref, "remote", forged)).status_code == 404
    assert web.asked == []
    assert alice_client.get(good).status_code == 200


def test_addresses_grow_old(alice_client, account, ref, picture, web, monkeypatch):
    good = picture_url(account, ref, picture)
    monkeypatch.setattr(pictures, "SIGNED_SECONDS", -1)
    assert alice_client.get(good).status_code == 404
    assert web.asked == []


@pytest.mark.parametrize("rest", ["x" * 3000, "中" * 1500])
def test_long_addresses_stay_blocked(alice_client, account, picture, rest):
    ref = put(account, f'<img src="{picture}?{rest}">')
    allow(alice_client, account, ref)
    assert sources(alice_client, account, ref) == []
    assert "1 picture not loaded." in alice_client.get(url(account, ref, "message")).content.decode()


# -- what is served ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"",
        PIXEL[:16] + b"\xff\xff\xff\xff\xff\xff\xff\xff" + PIXEL[24:],  # a bomb
        PIXEL[:8],
    ],
)
def test_only_pictures_come_out(alice_client, account, ref, web, content):
    address = web.serve("/x.png", content, headers={"Content-Type": "image/png"})
    response = alice_client.get(picture_url(account, ref, address))
    assert response.status_code == 502
    assert response.content == b""
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://10.0.0.1/x.png", "not_allowed"),
        ("http://localhost:6379/", "not_allowed"),
        ("http://[::1]/", "not_allowed"),
        ("http://169.254.169.254/latest/", "not_allowed"),
        ("ftp://127.0.0.1/x.png", "address"),
        ("", "address"),
        ("http://[x]/x.png", "address"),
        ("http://[::1/x.png", "address"),
        ("http://a\u2100b/x.png", "address"),
        ("http://x.test:x/x.png", "address"),
    ],
)
def test_the_guard_decides(settings, address, reason):
    settings.PICTURES_ALLOWED_HOSTS = ["127.0.0.1:8080"]
    assert fetched(address).reason == reason


def test_mail_servers_that_are_allowed_are_not_allowed_for_pictures(settings, web, picture):
    settings.MAIL_ALLOWED_HOSTS, settings.PICTURES_ALLOWED_HOSTS = ["127.0.0.1:*"], []
    assert fetched(picture).reason == "not_allowed"
    settings.PICTURES_ALLOWED_HOSTS = [f"127.0.0.1:{web.port}"]
    assert fetched(picture).content == PIXEL
    assert fetched(web.moved("/in", "http://127.0.0.1:1/")).reason == "not_allowed"


# -- slow hosts --------------------------------------------------------------------------------------------------------


def test_no_more_threads_than_seats_wait_for_hosts(alice_client, account, ref, web, monkeypatch):
    monkeypatch.setattr(pictures, "SEAT_SECONDS", 0.05)
    addresses = [web.serve(f"/{number}.png", PIXEL, pause=0.5) for number in range(SEATS + 4)]
    with ThreadPoolExecutor(len(addresses)) as threads:
        found = list(threads.map(fetched, addresses))
    assert web.most_together == SEATS
    assert [one.reason for one in found].count("seats") == 4
    assert sum(one.picture is not None for one in found) == SEATS


def test_browsers_without_a_seat_come_again(alice_client, account, ref, picture, monkeypatch):
    monkeypatch.setattr(pictures, "_seats", threading.BoundedSemaphore(1))
    monkeypatch.setattr(pictures, "SEAT_SECONDS", 0.01)
    address = picture_url(account, ref, picture)
    with pictures._seats:
        first = alice_client.get(address)
        assert (first.status_code, first.headers["Location"]) == (307, f"{address}?again=1")
        assert alice_client.get(f"{address}?again=7").headers["Location"] == f"{address}?again=8"
        assert alice_client.get(f"{address}?again=x9").headers["Location"] == f"{address}?again=1"
        assert alice_client.get(f"{address}?again=15").status_code == 503
    assert alice_client.get(first.headers["Location"]).content == PIXEL


def test_a_host_that_made_us_wait_is_left_alone(web, picture, monkeypatch):
    with monkeypatch.context() as hasty:
        hasty.setattr(pictures, "FETCH_SECONDS", 0.3)
        assert fetched(web.serve("/slow.png", PIXEL, pause=5)).reason == "timeout"
    asked = len(web.asked)
    assert fetched(picture).reason == "timeout"
    assert len(web.asked) == asked
    pictures._slow.clear()
    assert fetched(picture).content == PIXEL
