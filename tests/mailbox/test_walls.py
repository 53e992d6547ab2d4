"""Every document that holds a mail's markup: nothing touches it after the sanitiser, whatever way it is shown; and what
else a stranger writes is text on every page."""

import re

import pytest
from django.urls import reverse

from tests.mailbox.test_messages import put, url
from tests.mime.hostile_html import CASES
from tests.mime.specimens.structures import PLAIN
from tests.mime.specimens.writing import html, message, multipart, within
from webmail.mailbox.opening import open_mailbox
from webmail.mime.sanitize import sanitize

SAMPLE = {name: CASES[name] for name in list(CASES)[::12] if not name.startswith("weight")}
BOX = r'<div id="mail"(?: dir="auto")?>'
XSS = '"><img src=x onerror=xss()>'


def meant(body: str) -> str:
    return sanitize(f"<p>before</p>{body}", cid_url=lambda _: None).html


@pytest.mark.parametrize("name", SAMPLE)
def test_the_sanitiser_has_the_last_word(alice_client, alice_pop_account, name):
    """In the frame, on paper, and within another message."""
    body = f"<p>before</p>{SAMPLE[name]}"
    with open_mailbox(alice_pop_account) as box:
        ref = put(box, message("s", html(body.encode("utf-8", "replace"))))
        outer = put(box, message("outer", multipart("mixed", PLAIN, within(message("s", html("<p>x</p>"))))))
    place = [alice_pop_account.pk, ref.folder, ref.uidvalidity, ref.uid]
    expected = meant(body.removeprefix("<p>before</p>").encode("utf-8", "replace").decode())
    for address in (reverse("mailbox:body", args=place), reverse("mailbox:printed", args=place)):
        assert re.search(BOX + re.escape(f"{expected}</div>"), alice_client.get(address).content.decode())
    inner = reverse("mailbox:within_body", args=[*place[:3], outer.uid, "2"])
    assert '<div id="mail"><p>x</p></div>' in alice_client.get(inner).content.decode()


def strange() -> bytes:
    """What a stranger may write, wherever a page of ours shows it."""
    calendar = (
        "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        f'UID:u\r\nSUMMARY:{XSS}\r\nLOCATION:{XSS}\r\nDTSTART;TZID="{XSS[2:]}":20261104T110000\r\n'
        f"ORGANIZER;CN='{XSS[2:]}':mailto:{XSS}\r\nATTENDEE;CN='{XSS[2:]}':mailto:{XSS}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    file = f'Content-Type: image/{XSS[2:]}; name="{XSS[2:]}"\r\nContent-Disposition: attachment\r\n\r\nx'
    inner = message(XSS, PLAIN, sender=f'"{XSS[2:]}" <{XSS[2:]}@x.org>')
    parts = (PLAIN, calendar.encode(), file.encode(), within(inner))
    return message(XSS, multipart("mixed", *parts), sender=f'"{XSS[2:]}" <a@x.org>')


@pytest.mark.parametrize("name", ["message", "source", "printed", "folder", "within", "preview"])
def test_what_a_stranger_writes_is_text(alice_client, account, box, name):
    ref = put(box, strange())
    if name == "folder":
        address = reverse("mailbox:folder", args=[account.pk, "INBOX"])
    else:
        more = {"within": ["4"], "preview": ["3"]}.get(name, [])
        address = url(account, ref, name, *more)
    page = alice_client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    assert "&lt;img src=x" in text or name == "preview"  # a file's name has lost its brackets
    assert "<img src=x" not in text
    assert 'onerror="' not in text
    asks_no_names = '<meta http-equiv="x-dns-prefetch-control" content="off">'  # for links within a plain text
    assert page.headers.get("X-DNS-Prefetch-Control") == "off" or asks_no_names in text
