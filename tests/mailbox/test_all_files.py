"""All files of a message as one zip."""

import http.client
import io
import re
import zipfile

import pytest

from tests.compose.visitor import Visitor
from tests.mailbox.letters import PIXEL, PLAIN
from tests.mailbox.test_messages import put, url
from tests.mailbox.test_opening_faults import account_over, inbox_of
from tests.mime.specimens.writing import file, message, multipart, text
from tests.mime.wrapping import uuencoded, winmail
from tests.servers.live import Live
from tests.servers.proxy import CuttingProxy
from webmail.mailbox.base import NoSuchMessage
from webmail.mailbox.imap_mailbox import CHUNK
from webmail.mailbox.opening import open_mailbox
from webmail.protocols.errors import Unreachable

NAMES = ["a.txt", "../../a.txt", "A.TXT", "con", "Übersicht.pdf", "page.html"]
LARGE = bytes(range(256)) * (8 * CHUNK // 256)


def files(*contents: bytes, names: list[str] = NAMES) -> bytes:
    parts = [
        file("application/octet-stream", content, disposition=f'attachment; filename="{name}"')
        for name, content in zip(names, contents, strict=False)
    ]
    return message("Some files", multipart("mixed", text("see"), *parts))


def opened(response) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    assert found.testzip() is None
    return found


def test_it_works(alice_client, account, box):
    ref = put(box, files(*(name.encode() for name in NAMES)))
    response = alice_client.get(url(account, ref, "all_files"))
    assert response.streaming
    found = opened(response)
    expected = ["a.txt", "_.._a.txt", "A (2).TXT", "_con", "Übersicht.pdf", "page.html"]
    assert found.namelist() == expected
    assert [found.read(name).decode() for name in expected] == NAMES
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == 'attachment; filename="Some files.zip"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    assert not box.get_message(ref).summary.seen


def test_files_within_parts_are_in_it(alice_client, account, box):
    tnef = winmail(files=[("a.bin", b"within"), ("page.html", b"<script>")])
    parts = text(uuencoded("a.bin", b"begun")), file("application/ms-tnef; name=winmail.dat", tnef)
    found = opened(alice_client.get(url(account, put(box, message("s", multipart("mixed", *parts))), "all_files")))
    assert found.namelist() == ["winmail.dat", "a.bin", "a (2).bin", "page.html"]
    assert [found.read(name) for name in found.namelist()] == [tnef, b"begun", b"within", b"<script>"]


def test_files_of_many_chunks(alice_client, account, box):
    found = opened(alice_client.get(url(account, put(box, files(LARGE, b"small", LARGE[:-1])), "all_files")))
    assert [len(found.read(name)) for name in found.namelist()] == [len(LARGE), 5, len(LARGE) - 1]


def test_it_is_offered_for_two_files_and_more(alice_client, account, box):
    one, two = put(box, files(PIXEL)), put(box, files(PIXEL, PIXEL))
    assert url(account, one, "all_files") not in alice_client.get(url(account, one)).content.decode()
    assert url(account, two, "all_files") in alice_client.get(url(account, two)).content.decode()


def test_a_message_without_files(alice_client, account, box):
    assert opened(alice_client.get(url(account, put(box, PLAIN), "all_files"))).namelist() == []


def test_a_message_that_goes_away_meanwhile(alice_client, account, box):
    ref = put(box, files(LARGE, LARGE))
    chunks = iter(alice_client.get(url(account, ref, "all_files")).streaming_content)
    taken = [next(chunks)]
    box.delete("INBOX", ref.uidvalidity, [ref.uid])
    with pytest.raises(NoSuchMessage):
        taken.extend(chunks)
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(taken)))


def address_of(box, account, raw: bytes) -> str:
    return url(account, put(box, raw), "all_files")


def test_a_server_that_is_lost_at_once_is_told_as_a_page(alice_client, alice_account, line: CuttingProxy):
    with open_mailbox(alice_account) as mailbox:
        address = address_of(mailbox, alice_account, files(LARGE, LARGE))
    line.hang_up()
    response = alice_client.get(address)
    assert response.status_code == 503
    assert "text/html" in response.headers["Content-Type"]


def test_a_server_that_is_lost_in_mid_stream_leaves_no_zip(alice_client, alice_account, line: CuttingProxy):
    with open_mailbox(alice_account) as mailbox:
        address = address_of(mailbox, alice_account, files(LARGE, LARGE))
    chunks = iter(alice_client.get(address).streaming_content)
    taken = [next(chunks)]
    line.hang_up()
    with pytest.raises(Unreachable):
        taken.extend(chunks)
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(taken)))


def test_a_browser_learns_of_a_download_that_broke_off(live: Live, dovecot):
    """The answer has no last piece (RFC 9112, 8), so a browser says that the download failed."""
    line = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    person = live.new_person("zip")
    address = account_over(line, live, person, "zip-cut")
    dovecot.deliver(address, files(*[LARGE] * 6))  # more than lies between the server and a browser that waits
    visitor = Visitor(live, person)
    [row] = re.findall(r'href="(/mail/[^"?]+/\d+/\d+/)[^"]*"', visitor.get(inbox_of(visitor, address)))[:1]
    with visitor.opener.open(f"{live.url}{row}files/", timeout=30) as answer:
        taken = answer.read(100_000)
        line.hang_up()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
    assert taken.startswith(b"PK")
    line.close()
