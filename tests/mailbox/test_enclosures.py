"""Files that are no parts of their own: shown as files, and saved one by one."""

import pytest

from tests.mailbox.test_messages import put, url
from tests.mime.specimens.writing import file, message, multipart, text
from tests.mime.wrapping import uuencoded, winmail, yencoded
from webmail.mailbox.enclosures import OPENED_LIMIT

WINMAIL = winmail(text="words", files=[("Übersicht.pdf", b"%PDF\0"), ("page.html", b"<script>alert(1)</script>")])


def page(client, account, ref) -> str:
    return str(client.get(url(account, ref)).content.decode())


@pytest.mark.parametrize("wrap", [uuencoded, yencoded])
def test_a_file_within_a_text(alice_client, account, box, wrap):
    ref = put(box, message("s", text(b"Before\r\n" + wrap("a.bin", b"\0\1" * 300) + b"After\r\n")))
    shown = page(alice_client, account, ref)
    assert "a.bin" in shown
    assert "Before<br>After" in shown
    assert page(alice_client, account, ref).count("a.bin") == shown.count("a.bin")  # from the cache too
    response = alice_client.get(url(account, ref, "enclosed", "1", 0))
    assert response.getvalue() == b"\0\1" * 300
    assert response.headers["Content-Disposition"] == 'attachment; filename="a.bin"'
    assert alice_client.get(url(account, ref, "enclosed", "1", 1)).status_code == 404


def test_the_files_of_winmail_dat(alice_client, account, box):
    ref = put(
        box, message("s", multipart("mixed", text("words"), file("application/ms-tnef; name=winmail.dat", WINMAIL)))
    )
    shown = page(alice_client, account, ref)
    for name in ("winmail.dat", "Übersicht.pdf", "page.html"):
        assert name in shown
    assert alice_client.get(url(account, ref, "enclosed", "2", 0)).getvalue() == b"%PDF\0"
    response = alice_client.get(url(account, ref, "enclosed", "2", 1))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_large_winmail_dat_stays_the_file_it_is(alice_client, account, box):
    large = winmail(files=[("a.bin", b"x" * OPENED_LIMIT)])
    ref = put(box, message("s", file("application/ms-tnef; name=winmail.dat", large)))
    assert "a.bin" not in page(alice_client, account, ref)
    assert len(alice_client.get(url(account, ref, "enclosed", "1", 0)).getvalue()) == OPENED_LIMIT


def test_only_so_many_winmail_dat_are_opened(alice_client, account, box):
    wrapped = [winmail(files=[(f"{n}.bin", b"x" * (OPENED_LIMIT // 4))]) for n in range(4)]
    ref = put(box, message("s", multipart("mixed", *(file("application/ms-tnef", one) for one in wrapped))))
    shown = page(alice_client, account, ref)
    assert [f"{n}.bin" in shown for n in range(4)] == [True, True, False, False]


def test_other_parts_hold_no_files(alice_client, account, box):
    ref = put(box, message("s", multipart("mixed", text("words"), file("application/pdf; name=a.pdf", b"begin 644 a"))))
    for section in ("1", "2", "9", "TEXT"):
        assert alice_client.get(url(account, ref, "enclosed", section, 0)).status_code == 404


def test_a_stranger_gets_nothing(bob_client, account, box):
    ref = put(box, message("s", text(uuencoded("a.bin", b"x"))))
    assert bob_client.get(url(account, ref, "enclosed", "1", 0)).status_code == 404
