"""An opened message: page, frame, files, source."""

from email.message import Message
from pathlib import Path

import pytest
from django.urls import reverse

from tests.mailbox.letters import PIXEL, PLAIN, html_with_picture, plain, with_file
from tests.servers.scripted import Peer, scripted
from webmail.mailbox import kept

CORPUS = sorted((Path(__file__).parent.parent / "corpus").glob("*/*.eml"))


def put(box, raw, folder="INBOX", **options):
    box.append(folder, raw, **options)
    return box.list_messages(folder).rows[0].ref


def url(account, ref, name="message", *more):
    return reverse(f"mailbox:{name}", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid, *more])


def test_it_works(alice_client, account, box):
    ref = put(box, PLAIN)
    response = alice_client.get(url(account, ref))
    page = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    for words in ("Tea at four", "Ann Lee", "ann@example.org", "Bring the blue cups.", 'id="list"'):
        assert words in page


def test_looking_changes_nothing(alice_client, account, box):
    ref = put(box, html_with_picture("<p>Hi</p>"))
    for name in ("message", "body", "raw"):
        alice_client.get(url(account, ref, name)).getvalue()
    assert not box.get_message(ref).summary.seen
    page = alice_client.get(url(account, ref)).content.decode()
    assert 'hx-trigger="load"' in page  # the page posts what opening means
    assert page.count("csrfmiddlewaretoken") >= 1


def test_htmx_gets_the_pane_alone(alice_client, account, box):
    ref = put(box, PLAIN)
    fragment = alice_client.get(url(account, ref), headers={"HX-Request": "true", "HX-Target": "message"})
    assert "<html" not in fragment.content.decode()
    assert "Bring the blue cups." in fragment.content.decode()
    assert 'id="list"' not in fragment.content.decode()


def test_html_is_in_a_sandboxed_frame(alice_client, account, box):
    remote = '<img src="https://x.test/a.png" width=50 height=50>'
    ref = put(box, html_with_picture(f'<p>Hello <script>alert(1)</script><img src="cid:dot">{remote}</p>'))
    page = alice_client.get(url(account, ref)).content.decode()
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in page
    assert f'src="{url(account, ref, "body")}"' in page
    assert "1 picture not loaded." in page
    response = alice_client.get(url(account, ref, "body"))
    body = response.content.decode()
    assert "<script" not in body
    assert "https://x.test" not in body
    assert url(account, ref, "part", "2") in body
    policy = response.headers["Content-Security-Policy"]
    for directive in (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox",
        f"img-src http://testserver{url(account, ref)}part/",
    ):
        assert directive in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]


def test_pages_of_the_application_are_in_no_frame(alice_client, account, box):
    response = alice_client.get(url(account, put(box, PLAIN)))
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_what_is_shown_is_kept_and_survives_a_lost_cache(alice_client, account, box, settings):
    ref = put(box, html_with_picture("<p>Once</p>"))
    alice_client.get(url(account, ref))
    assert "Once" in alice_client.get(url(account, ref, "body")).content.decode()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert "Once" in alice_client.get(url(account, ref, "body")).content.decode()


def test_a_cache_that_hangs_is_waited_for_once(alice_client, account, box, settings, monkeypatch):
    monkeypatch.setattr(kept, "PAUSE_SECONDS", 60)
    ref = put(box, html_with_picture("<p>Once</p>"))
    with scripted(Peer.hang) as silent:
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{silent.port}/0"}}
        for name in ("message", "body"):
            assert alice_client.get(url(account, ref, name)).status_code == 200
        assert silent.connections == 1


def test_picture_by_its_bytes_is_shown(alice_client, account, box):
    ref = put(box, html_with_picture("<img src='cid:dot'>"))
    response = alice_client.get(url(account, ref, "part", "2"))
    assert response.getvalue() == PIXEL
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Disposition"].startswith("inline")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("kind", ["image/png", "image/svg+xml", "text/html", "application/xhtml+xml", "text/html;x"])
def test_script_in_a_picture_s_clothes_is_saved(alice_client, account, box, kind):
    ref = put(box, html_with_picture("<p>x</p>", picture=b"<script>alert(1)</script>", kind=kind, name="x.png"))
    response = alice_client.get(url(account, ref, "part", "2"))
    response.getvalue()
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] in {"application/octet-stream", "image/png"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_attachment(alice_client, account, box):
    content = bytes(range(256)) * 8000
    ref = put(box, with_file(content=content))
    page = alice_client.get(url(account, ref)).content.decode()
    assert "plan.pdf" in page
    assert "1 file<" in page
    response = alice_client.get(url(account, ref, "part", "2"))
    assert response.streaming
    assert response.getvalue() == content
    assert response.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert response.headers["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [("../../etc/passwd", None), ("café.pdf", "café.pdf"), ("a;b.pdf", "a;b.pdf"), ("<b>.pdf", None)],
)
def test_attachment_with_an_odd_name(alice_client, account, box, name, saved_as):
    ref = put(box, with_file(name=name))
    header = alice_client.get(url(account, ref, "part", "2")).headers["Content-Disposition"]
    parsed = Message()
    parsed["Content-Disposition"] = header
    found = parsed.get_filename()
    assert header.startswith("attachment")
    assert found
    assert not set("/\\\r\n\0") & set(found)
    assert saved_as in (None, found)


def test_raw(alice_client, account, box):
    ref = put(box, PLAIN)
    response = alice_client.get(url(account, ref, "raw"))
    assert response.getvalue() == PLAIN
    assert response.headers["Content-Disposition"] == 'attachment; filename="Tea at four.eml"'
    assert response.headers["Content-Type"] == "message/rfc822"


def test_all_odd_messages_in_one_folder(alice_client, account, box):
    """One bad mail never hides the others, and each can be opened."""
    raws = [path.read_bytes() for path in CORPUS] + [b"", b"\r\n", b"no header at all", b"Subject: only\r\n"]
    kept = [raw for raw in raws if raw]  # no server stores nothing
    for raw in kept:
        box.append("INBOX", raw.replace(b"\0", b""))  # RFC 9051, 4.3: no NUL in a literal
    page = alice_client.get(reverse("mailbox:folder", args=[account.pk, "INBOX"])).content.decode()
    shown = box.list_messages("INBOX")
    assert shown.total == len(kept)
    assert page.count('class="row ') + page.count('class="row"') == min(50, len(kept))
    refs = [row.ref for number in range(1, shown.last_number + 1) for row in box.list_messages("INBOX", number).rows]
    for ref in refs:
        for name in ("message", "body"):
            assert alice_client.get(url(account, ref, name)).status_code == 200, ref


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"just text, no header\r\n", "(no subject)"),
        (b"Subject: No date\r\nFrom: a@example.org\r\n\r\nx\r\n", "No date"),
        (
            b"Subject: Broken\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\n--b\r\n\r\nHidden?\r\n",
            "Hidden?",
        ),
    ],
)
def test_odd_message(alice_client, account, box, raw, words):
    ref = put(box, raw)
    assert words in alice_client.get(url(account, ref)).content.decode()


def test_the_address_is_always_shown(alice_client, account, box):
    ref = put(box, plain(sender='"ceo@bank.test" <evil@evil.test>'))
    page = alice_client.get(url(account, ref)).content.decode()
    assert page.count("evil@evil.test") >= 1
    assert 'class="addr"><bdi>evil@evil.test' in page


def test_gone(alice_client, account, box):
    ref = put(box, PLAIN)
    box.move("INBOX", ref.uidvalidity, [ref.uid], "Trash")
    for name, *more in (("message",), ("body",), ("raw",), ("part", "1")):
        response = alice_client.get(url(account, ref, name, *more))
        assert response.status_code == 404
        assert reverse("mailbox:folder", args=[account.pk, "INBOX"]) in response.content.decode()


@pytest.mark.parametrize("section", ["0", "9", "2.1", "1.MIME", "TEXT", "%0d%0a", "1]<0.5> BODY[2"])
def test_part_that_is_none(alice_client, account, box, section):
    ref = put(box, with_file())
    assert alice_client.get(url(account, ref, "part", "1").replace("/part/1/", f"/part/{section}/")).status_code == 404


def test_stale(alice_client, account, box):
    ref = put(box, PLAIN)
    stale = reverse("mailbox:message", args=[account.pk, "INBOX", ref.uidvalidity + 1, ref.uid])
    response = alice_client.get(stale)
    assert response.status_code == 409
    assert f'href="{reverse("mailbox:folder", args=[account.pk, "INBOX"])}"' in response.content.decode()
    fragment = alice_client.get(stale, headers={"HX-Request": "true", "HX-Target": "message"})
    assert fragment.status_code == 409
    assert "<html" not in fragment.content.decode()


@pytest.mark.parametrize("uid", [0, 2**32, 2**64])
def test_uid_that_can_t_be(alice_client, account, box, uid):
    ref = put(box, PLAIN)
    address = reverse("mailbox:message", args=[account.pk, "INBOX", ref.uidvalidity, uid])
    assert alice_client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["message", "body", "raw", "part"])
def test_stranger_and_wrong_method(alice_client, bob_client, alice_account, name):
    more = ["1"] if name == "part" else []
    address = reverse(f"mailbox:{name}", args=[alice_account.pk, "INBOX", 1, 1, *more])
    assert bob_client.get(address).status_code == 404
    assert alice_client.post(address).status_code == 405


def test_doubts_are_told_in_words(alice_client, account, box, settings):
    settings.TRUSTED_AUTHENTICATION_SERVERS = ["mx.example.org"]
    body = '<a href="https://evil.test/">https://bank.test/</a> <a href="https://evil.test/"><b>x</b></a>'
    head = (
        'From: "ceo@bank.test" <x@evil.test>\r\nReply-To: y@other.test\r\nSubject: Hi\r\n'
        "Authentication-Results: mx.example.org; dmarc=fail\r\nContent-Type: text/html\r\n\r\n"
    )
    ref = put(box, (head + body).encode())
    for _ in range(2):  # fetched, then kept
        page = alice_client.get(url(account, ref)).content.decode()
        for words in (
            "The sender’s name says ceo@bank.test, but the mail comes from x@evil.test.",
            "Your answer would go to y@other.test, not to the sender.",
            "The mail server mx.example.org could not confirm that this mail comes from evil.test.",
            "A link that reads bank.test leads to evil.test.",
        ):
            assert words in page
    plain_page = alice_client.get(url(account, put(box, PLAIN))).content.decode()
    assert 'class="warnings"' not in plain_page
