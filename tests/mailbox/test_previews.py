"""Files shown in place: what is shown is judged by its octets, and nothing of a mail is markup in the site's origin."""

import struct

import pytest

from tests.mailbox.letters import PIXEL
from tests.mailbox.test_messages import put, url
from tests.mime.specimens.writing import file, message, multipart, text
from webmail.mailbox.opening import open_mailbox

SCRIPT = b"<script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.4\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x10\x00\x10\x03" + bytes(20)
BOMB = PIXEL[:16] + struct.pack(">II", 50_000, 50_000) + PIXEL[24:]
WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)
MP4 = b"\0\0\0\x18ftypisom" + bytes(40)
M4A = b"\0\0\0\x18ftypM4A " + bytes(40)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(40)
OGG = b"OggS" + bytes(60)
SHOWN = [
    ("image/png", "a.png", PIXEL, "image/png"),
    ("image/gif", "a.gif", PIXEL, "image/png"),
    ("application/octet-stream", "a.jpg", JPEG, "image/jpeg"),
    ("application/pdf", "a.pdf", PDF, "application/pdf"),
    ("audio/x-wav", "a.wav", WAV, "audio/wav"),
    ("audio/mpeg", "a.mp3", b"ID3\x04" + bytes(40), "audio/mpeg"),
    ("audio/flac", "a.flac", b"fLaC" + bytes(40), "audio/flac"),
    ("audio/aac", "a.aac", b"\xff\xf1" + bytes(40), "audio/aac"),
    ("audio/ogg", "a.ogg", OGG, "audio/ogg"),
    ("video/mp4", "a.mp4", MP4, "video/mp4"),
    ("audio/mp4", "a.m4a", M4A, "audio/mp4"),
    ("video/webm", "a.webm", WEBM, "video/webm"),
    ("audio/webm", "a.webm", WEBM, "audio/webm"),
]
HIDDEN = [
    ("text/html", "a.html", SCRIPT),
    ("text/html;x", "a.html", SCRIPT),
    ("application/xhtml+xml", "a.xhtml", SCRIPT),
    ("image/svg+xml", "a.svg", SVG),
    ("image/svg+xml ", "a.svg", SVG),
    ("image/png", "a.png", SVG),
    ("image/png", "a.png", SCRIPT),
    ("application/pdf", "a.pdf", SCRIPT),
    ("application/pdf", "a.pdf", SCRIPT + PDF),
    ("audio/mpeg", "a.mp3", SCRIPT),
    ("video/mp4", "a.mp4", SCRIPT),
    ("application/javascript", "a.js", b"alert(1)"),
    ("text/javascript", "a.js", b"alert(1)"),
    ("text/xml", "a.xml", SVG),
    ("application/zip", "a.zip", b"PK\3\4"),
    ("application/x-shockwave-flash", "a.swf", b"CWS"),
    ("image/png", "a.png", BOMB),
    ("image/heic", "a.heic", b"\0\0\0\x18ftypheic" + bytes(40)),
    ("text/plain", "a.txt", b"MZ\0\0"),
]


def one(kind: str, name: str, content: bytes) -> bytes:
    entity = file(f"{kind}; name={name}" if ";" not in kind else kind, content)
    entity = entity.replace(
        b"Content-Disposition: attachment", f'Content-Disposition: attachment; filename="{name}"'.encode()
    )
    return message("s", multipart("mixed", text("words"), entity))


@pytest.mark.parametrize(("kind", "name", "content", "served"), SHOWN)
def test_what_is_shown(alice_client, alice_account, box_of_alice, kind, name, content, served):
    account, ref = alice_account, put(box_of_alice, one(kind, name, content))
    assert url(account, ref, "preview", "2") in alice_client.get(url(account, ref)).content.decode()
    page = alice_client.get(url(account, ref, "preview", "2"))
    assert f'src="{url(account, ref, "embedded", "2")}"' in page.content.decode()
    response = alice_client.get(url(account, ref, "embedded", "2"))
    assert response.getvalue() == content
    assert response.headers["Content-Type"] == served
    assert response.headers["Content-Disposition"].startswith("inline")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in response.headers["Cache-Control"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert ("sandbox" in response.headers["Content-Security-Policy"]) == (served != "application/pdf")


@pytest.mark.parametrize(("kind", "name", "content"), HIDDEN)
def test_what_is_only_saved(alice_client, alice_account, box_of_alice, kind, name, content):
    """M2, M5. Not by its own address either."""
    account, ref = alice_account, put(box_of_alice, one(kind, name, content))
    assert alice_client.get(url(account, ref, "embedded", "2")).status_code == 404
    page = alice_client.get(url(account, ref, "preview", "2")).content.decode()
    assert "can’t be shown here" in page
    assert "alert(1)" not in page
    assert "embedded" not in page
    saved = alice_client.get(url(account, ref, "part", "2"))
    assert saved.getvalue() == content
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    if content is not BOMB:  # a picture in a letter; browsers bound what they decode
        assert saved.headers["Content-Disposition"].startswith("attachment")


@pytest.fixture
def box_of_alice(alice_account):
    with open_mailbox(alice_account) as mailbox:
        yield mailbox
