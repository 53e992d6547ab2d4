"""The texts of a message on its page: quotes folded, further texts and pictures below, in their order."""

import re

import pytest
from django.urls import reverse

from tests.mailbox.letters import PIXEL, plain
from tests.mime.specimens.structures import PAGE, PLAIN
from tests.mime.specimens.writing import file, message, multipart, text, within
from webmail.mailbox.opening import open_mailbox

INLINE = file("image/png; name=dot.png", PIXEL, disposition="inline")


def put(account, raw):
    with open_mailbox(account) as box:
        box.append("INBOX", raw)
        return box.list_messages("INBOX").rows[0].ref


def url(account, ref, name="message", *more):
    return reverse(f"mailbox:{name}", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid, *more])


def page(client, account, raw):
    return client.get(url(account, put(account, raw))).content.decode()


def order(html: str) -> str:
    """What is shown, in order: T a text, F the frame, P a picture."""
    found = re.findall(r'class="mail-text|<iframe|<figure', html)
    return "".join({"c": "T", "i": "F", "f": "P"}[one.strip('<"')[0]] for one in found)


def mixed(*parts):
    return message("Several", multipart("mixed", *parts))


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ((PLAIN, INLINE, text("after")), "TPT"),
        ((INLINE, PLAIN), "PT"),
        ((INLINE, PAGE, text("footer")), "PFT"),
        ((PAGE, INLINE, PAGE), "FPT"),
        ((INLINE,), "P"),
        ((PLAIN, file("image/png; name=dot.png", PIXEL)), "T"),
    ],
)
def test_parts_in_their_order(alice_client, account, parts, shown):
    html = page(alice_client, account, mixed(*parts))
    assert order(html) == shown
    assert "This message" not in html


def test_a_picture_is_the_part_itself(alice_client, account):
    ref = put(account, mixed(PLAIN, INLINE))
    html = alice_client.get(url(account, ref)).content.decode()
    source = re.search(r'<figure.*?src="([^"]+)"', html)
    assert source
    assert source[1] == url(account, ref, "part", "2")
    response = alice_client.get(source[1])
    assert response.headers["Content-Type"] == "image/png"
    assert b"".join(response.streaming_content) == PIXEL


def test_a_picture_that_its_page_shows_is_not_shown_twice(alice_client, account):
    picture = file("image/png; name=dot.png", PIXEL, disposition="inline", more="Content-ID: <dot@x>\r\n")
    html = text("<img src='cid:dot@x'>").replace(b"text/plain", b"text/html")
    assert order(page(alice_client, account, mixed(html, picture))) == "F"


def test_each_text_is_a_document_of_its_own(alice_client, account):
    parts = (
        text("<img src='https://evil.test/"),
        text("'><script>alert(1)</script>"),
        text("<p>x<script>y").replace(b"plain", b"html"),
    )
    html = page(alice_client, account, mixed(*parts))
    assert "&lt;img src=&#x27;" in html
    assert "<script>alert" not in html
    assert "A further part with a layout of its own, as plain text:" in html


def test_what_is_kept_is_the_same(alice_client, account):
    ref = put(account, mixed(PLAIN, INLINE, text("after")))
    first = alice_client.get(url(account, ref)).content.decode()
    again = alice_client.get(url(account, ref)).content.decode()
    assert order(first) == order(again) == "TPT"


def test_on_paper_and_within_another(alice_client, account):
    raw = mixed(PLAIN, INLINE, text("after"))
    printed = alice_client.get(url(account, put(account, raw), "printed")).content.decode()
    assert printed.index("plain words") < printed.index("<figure") < printed.index("after")
    outer = put(account, message("Outer", multipart("mixed", text("See:"), within(raw))))
    inner = alice_client.get(url(account, outer, "within", "2")).content.decode()
    assert order(inner) == "TPT"


def test_quotes_are_folded_in_the_reader_s_language(alice, alice_client, account):
    ref = put(account, plain(text="Yes.\r\n" + "> quoted\r\n" * 9))
    assert "<summary>Show quoted text</summary>" in alice_client.get(url(account, ref)).content.decode()
    alice.language = "fr"
    alice.save()
    assert "<summary>Afficher le texte cité</summary>" in alice_client.get(url(account, ref)).content.decode()


def test_a_forwarded_original_stays_open(alice_client, account):
    original = "\r\n-----Original Message-----\r\nFrom: Ann\r\nTo: Ben\r\nSubject: x\r\n\r\nText\r\n"
    assert "<details><summary>" in page(alice_client, account, plain("Re: x", text="See." + original))
    assert "<details><summary>" not in page(alice_client, account, plain("Fwd: x", text="See." + original))


@pytest.mark.parametrize(
    ("text_", "warning"),
    [
        ("http://203.0.114.9/pay", "A link leads to a bare number, 203.0.114.9, instead of a name."),
        ("https://bank.test@evil.test/", "A link that seems to lead to bank.test leads to evil.test."),
        ("https://examp1e.org/", "A link leads to examp1e.org, which is not example.org and only looks like it."),
        ("https://xn--80ak6aa92e.com/", "A link leads to аррӏе.com"),
    ],
)
def test_links_in_plain_text_are_warned_of(alice_client, account, text_, warning):
    assert warning in page(alice_client, account, plain(text=text_))


def test_links_of_further_texts_are_warned_of(alice_client, account):
    assert "203.0.114.9, instead of a name." in page(alice_client, account, mixed(PLAIN, text("http://203.0.114.9/")))


def test_a_newsletter_has_one_quiet_remark(alice_client, account):
    links = "<a href='https://click.test/1'>example.org</a> <a href='https://click.test/2'>www.example.org</a>"
    raw = (
        "From: News <news@example.org>\r\nSubject: Sale\r\nList-Unsubscribe: <https://click.test/u>\r\n"
        f"Content-Type: text/html\r\n\r\n{links}\r\n"
    )
    html = page(alice_client, account, raw.encode())
    assert html.count("lead there by way of click.test") == 1
    assert "banner-warn" not in html


@pytest.mark.parametrize(
    ("raw", "remark"),
    [
        (
            b"Subject: x\r\nContent-Type: message/partial; id=a; number=2; total=3\r\n\r\nmore",
            "This is piece 2 of 3 of a larger mail",
        ),
        (
            b"Subject: x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8gd\r\n",
            "The text seems to break off: perhaps the mail did not arrive whole.",
        ),
        (
            b"Subject: x\r\n\r\nSee:\r\nbegin 644 a.bin\r\nM" + b"!" * 60 + b"\r\n",
            "A file within the text is not whole.",
        ),
    ],
)
def test_what_is_missing_is_said(alice_client, account, raw, remark):
    assert remark in page(alice_client, account, raw)


def test_links_of_a_page_that_pass_for_the_sender_s(alice_client, account):
    html = text("<a href='https://examp1e.org/'>Sign in</a>").replace(b"text/plain", b"text/html")
    warning = "A link leads to examp1e.org, which is not example.org and only looks like it."
    assert warning in page(alice_client, account, message("x", html))
