"""Messages within a message: opened where they stand, each by the same three walls as the message itself."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.mailbox.test_messages import put
from tests.mime.corpus import mail
from tests.mime.specimens.structures import PDF, PLAIN, nested_messages
from tests.mime.specimens.writing import html, message, multipart, text, within
from webmail.mailbox.within import HEADERS_READ

PICTURE = '<p>inner <b>words</b></p><img src="https://elsewhere.test/a.png"><script>alert(1)</script>'
HTMX = {"HX-Request": "true"}


def url(account, ref, section="2", name="within"):
    return reverse(f"mailbox:{name}", args=[account.pk, ref.folder, ref.uidvalidity, ref.uid, section])


def outer(*inner: bytes) -> bytes:
    return message("outer", multipart("mixed", PLAIN, *map(within, inner)))


def test_a_card_tells_who_wrote_what_and_when(alice_client, account, box):
    inner = message("inner <subject>", text("inner words"), sender="Carol <carol@example.com>")
    ref = put(box, outer(inner))
    page = alice_client.get(url(account, ref, "2")[: -len("within/2/")]).content.decode()
    card = page[page.index('<details class="mail-card"') :]
    for words in ("inner &lt;subject&gt;", "Carol carol@example.com", "<time datetime=", url(account, ref)):
        assert words in card
    assert "inner words" not in page


def test_it_opens_with_its_head_text_and_files(alice_client, account, box):
    inner = message("inner", multipart("mixed", text("inner <words>"), PDF), sender="Carol <carol@example.com>")
    ref = put(box, outer(inner))
    page = alice_client.get(url(account, ref), headers=HTMX).content.decode()
    assert "<html" not in page
    for words in ("carol@example.com", "inner &lt;words&gt;", "/part/2.2/", "/part/2/"):
        assert words in page
    alone = alice_client.get(url(account, ref)).content.decode()
    assert "<html" in alone
    assert "Within the message “outer”" in alone
    assert "inner &lt;words&gt;" in alone


def test_its_html_has_a_document_under_the_same_policy(alice_client, account, box):
    ref = put(box, outer(message("inner", html(PICTURE))))
    fragment = alice_client.get(url(account, ref), headers=HTMX).content.decode()
    assert (
        f'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" src="{url(account, ref)}body/"'
        in (fragment)
    )
    assert "inner <b>" not in fragment
    document = alice_client.get(url(account, ref, name="within_body"))
    policy = document["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src ")
    assert "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script" not in policy
    assert document["X-Content-Type-Options"] == "nosniff"
    assert document["Referrer-Policy"] == "no-referrer"
    shown = document.content.decode()
    assert "<p>inner <b>words</b></p>" in shown
    assert "script" not in shown
    assert "elsewhere.test" not in shown


def test_its_pictures_load_with_consent_for_the_whole_mail(alice_client, account, box):
    ref = put(box, outer(message("inner", html(PICTURE), sender="Carol <carol@example.com>")))
    fragment = alice_client.get(url(account, ref), headers=HTMX).content.decode()
    assert "1 picture not loaded." in fragment
    assert "Always from" not in fragment
    allow = url(account, ref)[: -len("within/2/")] + "pictures/"
    answer = alice_client.post(allow, {"scope": "once", "section": "2"})
    assert (answer.status_code, answer["Location"]) == (303, url(account, ref))
    assert "/remote/" in alice_client.get(url(account, ref, name="within_body")).content.decode()


@pytest.mark.parametrize(("allowed", "loads"), [("carol@example.com", False), ("ann@example.org", True)])
def test_consent_for_a_sender_is_for_who_sent_the_mail(alice_client, alice, account, box, allowed, loads):
    """Anybody may attach what seems to be Carol's."""
    alice.picture_consents.create(sender=allowed)
    raw = outer(message("inner", html(PICTURE), sender="Carol <carol@example.com>"))
    ref = put(box, raw)
    assert b"ann@example.org" in raw.partition(b"\r\n\r\n")[0]
    document = alice_client.get(url(account, ref, name="within_body"))
    assert ("/remote/" in document.content.decode()) is loads


def test_no_server_s_word_within_counts(alice_client, account, box, settings):
    settings.TRUSTED_AUTHENTICATION_SERVERS = ("mx.example.org",)
    forged = b"Authentication-Results: mx.example.org; dmarc=fail header.from=example.com\r\n"
    ref = put(box, outer(forged + message("inner", text("words"), sender="Carol <carol@example.com>")))
    assert "could not confirm" not in alice_client.get(url(account, ref), headers=HTMX).content.decode()


def test_a_digest_has_a_card_for_each(alice_client, account, box):
    ref = put(box, mail("valid/digest"))
    page = alice_client.get(url(account, ref)[: -len("within/2/")]).content.decode()
    assert page.count('<details class="mail-card"') == 2
    for section in ("1", "2"):
        assert alice_client.get(url(account, ref, section), headers=HTMX).status_code == 200


def test_those_beyond_the_first_can_be_opened_too(alice_client, account, box):
    ref = put(box, outer(*[message(f"inner {number}", text("words")) for number in range(HEADERS_READ + 2)]))
    page = alice_client.get(url(account, ref)[: -len("within/2/")]).content.decode()
    assert page.count('<details class="mail-card"') == HEADERS_READ + 2
    assert f"inner {HEADERS_READ - 1}" in page
    assert f"inner {HEADERS_READ}" not in page
    last = alice_client.get(url(account, ref, str(HEADERS_READ + 3))).content.decode()
    assert f"inner {HEADERS_READ + 1}" in last


def test_they_open_one_within_the_other_down_to_the_limit(alice_client, account, box):
    """Each page leads to the next; the last one says that there is more."""
    ref = put(box, message("outermost", nested_messages(200)))
    address = url(account, ref, "x")[: -len("within/x/")]
    for depth in range(200):
        page = alice_client.get(address, headers=HTMX if depth else None).content.decode()
        found = re.search(r'<details class="mail-card" hx-get="([^"]+)"', page)
        if not found:
            break
        address = found[1]
    assert depth > 20
    assert "This message has more parts than are shown here." in page


@pytest.mark.parametrize("section", ["1", "9", "2.1", "x", "2.HEADER", "0"])
def test_no_other_part_opens_like_this(alice_client, account, box, section):
    ref = put(box, outer(message("inner", text("words"))))
    for name in ("within", "within_body"):
        assert alice_client.get(url(account, ref, section, name)).status_code == 404


def test_strangers_see_nothing(bob_client: Client, account, box):
    ref = put(box, outer(message("inner", text("words"))))
    for name in ("within", "within_body"):
        assert bob_client.get(url(account, ref, "2", name)).status_code == 404


def test_get_alone(alice_client, account, box):
    ref = put(box, outer(message("inner", text("words"))))
    for name in ("within", "within_body"):
        assert alice_client.post(url(account, ref, "2", name)).status_code == 405
