"""Files shown in place: what is shown is judged by its octets, and nothing of a mail is markup in the site's origin."""

import re
import struct

import pytest

from tests.mailbox.letters import PIXEL, PLAIN, html_with_picture, with_file
from tests.mailbox.test_messages import put, url
from tests.mime.specimens.writing import file, message, multipart, text
from webmail.mailbox.files import THUMBNAIL_LIMIT, THUMBNAILS_LIMIT
from webmail.mailbox.opening import open_mailbox
from webmail.mailbox.previews import SOURCE_LIMIT, TEXT_LIMIT

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


@pytest.fixture
def box_of_alice(alice_account):
    with open_mailbox(alice_account) as mailbox:
        yield mailbox


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


@pytest.mark.parametrize(
    ("kind", "name", "content", "words"),
    [
        ("text/plain", "a.txt", b"one\r\n\ttwo\rthree", "one\n\ttwo\nthree"),
        ("text/plain; charset=iso-8859-1", "a.txt", "Grün".encode("latin-1"), "Grün"),
        ("text/csv; charset=utf-16", "a.csv", "a;Grün".encode("utf-16"), "a;Grün"),
        ("text/plain", "a.html", SCRIPT, "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("text/markdown", "a.md", b"# A & B", "# A &amp; B"),
        ("text/calendar", "a.ics", b"BEGIN:VCALENDAR", "BEGIN:VCALENDAR"),
        ("application/octet-stream", "a.log", b"one \x1b[1m", "one ␛[1m"),
        ("text/plain", "a.txt", "a\u202egpj.exe".encode(), "a\ufffdgpj.exe"),
    ],
)
def test_text_is_shown_escaped(alice_client, account, box, kind, name, content, words):
    ref = put(box, one(kind, name, content))
    page = alice_client.get(url(account, ref, "preview", "2")).content.decode()
    assert f">{words}</pre>" in page
    assert "embedded" not in page
    assert "<script>" not in page
    assert alice_client.get(url(account, ref, "embedded", "2")).status_code == 404


@pytest.mark.parametrize(("amount", "is_cut"), [(TEXT_LIMIT, False), (TEXT_LIMIT + 1, True), (9 * TEXT_LIMIT, True)])
def test_of_a_long_text_the_beginning(alice_client, account, box, amount, is_cut):
    ref = put(box, one("text/plain", "a.txt", b"x" * amount))
    page = alice_client.get(url(account, ref, "preview", "2")).content.decode()
    assert ("x" * TEXT_LIMIT) in page
    assert ("x" * (TEXT_LIMIT + 1)) not in page
    assert ("the beginning of a longer file" in page) == is_cut


def test_the_ways_to_other_files_and_back(alice_client, account, box):
    parts = [file("image/png", PIXEL), file("application/zip", b"PK"), file("application/pdf", PDF)]
    ref = put(box, message("s", multipart("mixed", text("words"), *parts)))
    page = alice_client.get(url(account, ref, "preview", "2") + "?q=from%3Aann&page=2").content.decode()
    assert f'href="{url(account, ref)}?q=from%3Aann&amp;page=2"' in page
    assert f'href="{url(account, ref, "preview", "4")}?q=from%3Aann&amp;page=2"' in page
    assert page.count('aria-disabled="true"') == 1
    assert url(account, ref, "preview", "3") not in page


def test_small_pictures_are_drawn_on_their_cards(alice_client, account, box):
    large = PIXEL + bytes(THUMBNAIL_LIMIT)
    parts = [file("image/png", PIXEL), file("image/png", large), file("application/pdf", PIXEL)]
    parts += [file("image/png", PIXEL + bytes(THUMBNAIL_LIMIT // 4 * 2))] * 9
    ref = put(box, message("s", multipart("mixed", text("words"), *parts)))
    page = alice_client.get(url(account, ref)).content.decode()
    drawn = re.findall(r'<img src="[^"]*/part/(\d+)/embedded/" alt="" loading="lazy"', page)
    assert drawn[:2] == ["2", "5"]
    assert len(drawn) == 1 + THUMBNAILS_LIMIT // (THUMBNAIL_LIMIT // 4 * 2 * 78 // 57)


@pytest.mark.parametrize("section", ["0", "9", "2.1", "1.MIME", "TEXT"])
@pytest.mark.parametrize("name", ["preview", "embedded"])
def test_part_that_is_none(alice_client, account, box, name, section):
    assert alice_client.get(url(account, put(box, with_file()), name, section)).status_code == 404


@pytest.mark.parametrize("name", ["preview", "embedded", "source", "printed", "all_files"])
def test_stranger_wrong_method_and_gone(alice_client, bob_client, account, box, name):
    ref = put(box, one("image/png", "a.png", PIXEL))
    address = url(account, ref, name, *(["2"] if name in ("preview", "embedded") else []))
    assert alice_client.get(address).status_code == 200
    assert bob_client.get(address).status_code == 404
    assert alice_client.post(address).status_code == 405
    assert not box.get_message(ref).summary.seen
    box.delete("INBOX", ref.uidvalidity, [ref.uid])
    assert alice_client.get(address).status_code == 404


# -- the source


def source(client, account, ref) -> tuple[str, str]:
    """(header, body) as the page writes them."""
    page = client.get(url(account, ref, "source")).content.decode()
    header, body = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    return header, body


def test_the_source_is_text(alice_client, account, box):
    head = b"From: Ann <ann@example.org>\r\nSubject: <b>Tea</b>\r\nX-Odd: \xe9\x1b\r\nContent-Type: text/html\r\n\r\n"
    header, body = source(alice_client, account, put(box, head + SCRIPT + b"\r\n\r\nend\r\n"))
    assert "From: Ann &lt;ann@example.org&gt;\nSubject: &lt;b&gt;Tea&lt;/b&gt;\nX-Odd: \ufffd␛\n" in header
    assert body == "&lt;script&gt;alert(1)&lt;/script&gt;\n\nend\n"


def test_of_a_long_source_the_beginning(alice_client, account, box):
    ref = put(box, PLAIN + b"word \r\n" * SOURCE_LIMIT)
    _header, body = source(alice_client, account, ref)
    assert body.startswith("Bring the blue cups.\nword")
    assert 0.8 * SOURCE_LIMIT < len(body) < SOURCE_LIMIT
    assert "too long to show all of it" in alice_client.get(url(account, ref, "source")).content.decode()
    assert "too long" not in alice_client.get(url(account, put(box, PLAIN), "source")).content.decode()


def test_the_message_leads_to_source_and_print(alice_client, account, box):
    ref = put(box, PLAIN)
    page = alice_client.get(url(account, ref) + "?page=1&q=tea").content.decode()
    for name in ("source", "printed"):
        assert f'href="{url(account, ref, name)}?q=tea"' in page


# -- print


def test_what_is_printed(alice_client, account, box):
    raw = message(
        "Tea & <b>cups</b>",
        b"Cc: Carl <carl@example.org>\r\n"
        + multipart("mixed", text("Bring <blue> cups."), file("image/png; name=a.png", PIXEL)),
    )
    page = alice_client.get(url(account, put(box, raw), "printed")).content.decode()
    for words in (
        "Tea &amp; &lt;b&gt;cups&lt;/b&gt;</h1>",
        "<bdi>Ann Archer</bdi> &lt;<bdi>ann@example.org</bdi>&gt;",
        "<bdi>carl@example.org</bdi>",
        "<bdi>a.png</bdi>",
        "Bring &lt;blue&gt; cups.",
    ):
        assert words in page


def test_print_is_under_the_policy_of_the_frame(alice_client, account, box):
    """The only thing more is that dialogs may open, for which a document without script has no use."""
    remote = '<img src="https://x.test/a.png" width=50 height=50><img src="cid:dot">'
    ref = put(box, html_with_picture(f"<style>h1 {{ color: red }}</style><p>Hello {SCRIPT.decode()}{remote}</p>"))
    body, response = (alice_client.get(url(account, ref, name)) for name in ("body", "printed"))
    page = response.content.decode()
    assert "<script" not in page
    assert "x.test" not in page
    assert url(account, ref, "part", "2") in page
    assert "#mail h1" in page
    policy = response.headers["Content-Security-Policy"]
    assert policy == body.headers["Content-Security-Policy"] + " allow-modals"
    assert "allow-scripts" not in policy
    for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control"):
        assert response.headers[name] == body.headers[name]


def test_print_has_the_pictures_that_were_allowed(alice_client, account, box, web):
    ref = put(box, html_with_picture(f'<img src="{web.serve("/a.png", PIXEL)}" width=50 height=50>'))
    alice_client.post(url(account, ref, "allow_pictures"), {"scope": "once"})
    assert f"{url(account, ref)}remote/" in alice_client.get(url(account, ref, "printed")).content.decode()


# -- pieces of sound and film

FILM = MP4 + bytes(range(256)) * 6000  # of more than one chunk


def ranged(client, account, ref, asked: str, **headers: str):
    return client.get(url(account, ref, "embedded", "2"), headers={"Range": asked, **headers})


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-", 0, len(FILM)),
        ("bytes=0-1", 0, 2),
        ("bytes=1000-1000", 1000, 1001),
        ("bytes=700000-1400000", 700_000, 1_400_001),
        ("bytes=1000000-99999999", 1_000_000, len(FILM)),
        ("bytes=-5", len(FILM) - 5, len(FILM)),
        ("bytes=-99999999", 0, len(FILM)),
    ],
)
def test_a_piece(alice_client, account, box, asked, start, stop):
    response = ranged(alice_client, account, put(box, one("video/mp4", "a.mp4", FILM)), asked)
    assert response.status_code == 206
    assert response.getvalue() == FILM[start:stop]
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(FILM)}"
    assert response.headers["Content-Length"] == str(stop - start)
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("asked", [f"bytes={len(FILM)}-", "bytes=9999999-", "bytes=-0", "bytes=5-4"])
def test_a_piece_that_is_none(alice_client, account, box, asked):
    response = ranged(alice_client, account, put(box, one("video/mp4", "a.mp4", FILM)), asked)
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(FILM)}"


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "", "bytes=" + "1" * 99 + "-"])
def test_what_is_no_range_gives_the_whole(alice_client, account, box, asked):
    response = ranged(alice_client, account, put(box, one("video/mp4", "a.mp4", FILM)), asked)
    assert response.status_code == 200
    assert response.getvalue() == FILM


def test_where_no_piece_can_be_found_the_whole_is_given(alice_client, account, box):
    for part in (
        one("video/mp4", "a.mp4", FILM).replace(b"base64", b"quoted-printable"),
        one("image/png", "a.png", PIXEL),
        one("video/mp4", "a.mp4", MP4),  # one line
    ):
        ref = put(box, part)
        response = ranged(alice_client, account, ref, "bytes=5-6")
        assert response.status_code in (200, 404)
        if response.status_code == 200:
            assert response.getvalue() == alice_client.get(url(account, ref, "embedded", "2")).getvalue()
    assert ranged(alice_client, account, ref, "bytes=5-6", **{"If-Range": '"x"'}).status_code == 200


def test_no_piece_of_what_is_not_shown(alice_client, account, box):
    ref = put(box, one("video/mp4", "a.mp4", SCRIPT * 100))
    assert ranged(alice_client, account, ref, "bytes=0-").status_code == 404


def test_lines_that_are_others_further_on_give_the_whole(alice_client, account, box):
    lines = one("video/mp4", "a.mp4", FILM).splitlines(keepends=True)
    at = len(lines) // 2
    lines[at : at + 2] = [lines[at][4:], lines[at][:4] + lines[at + 1]]
    ref = put(box, b"".join(lines))
    middle = ranged(alice_client, account, ref, f"bytes={len(FILM) // 2 - 2000}-{len(FILM) // 2 + 2000}")
    assert (middle.status_code, len(middle.getvalue())) == (200, len(FILM))
    assert ranged(alice_client, account, ref, "bytes=0-99").getvalue() == FILM[:100]
    assert ranged(alice_client, account, ref, "bytes=9999999-").status_code == 416
