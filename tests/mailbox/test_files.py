"""What files are called: those that a mail names, and those it does not."""

from email.message import Message
from urllib.parse import quote

import pytest
from django.utils.translation import override

from tests.mailbox.letters import PIXEL
from tests.mailbox.test_messages import put, url
from tests.mime.specimens.writing import file, message, multipart, text
from webmail.mailbox.files import file_name
from webmail.mailbox.opening import open_mailbox
from webmail.mime.parameters import FILENAME_LIMIT
from webmail.mime.types import Part


@pytest.mark.parametrize(
    ("content_type", "name", "french"),
    [
        ("message/rfc822", "message.eml", "message.eml"),
        ("message/delivery-status", "delivery report.txt", "avis de remise.txt"),
        ("text/rfc822-headers", "headers of the message.txt", "en-têtes du message.txt"),
        ("text/calendar", "event.ics", "évènement.ics"),
        ("application/x-unheard-of", "attachment.bin", "pièce jointe.bin"),
    ],
)
def test_a_part_without_a_name(content_type: str, name: str, french: str):
    part = Part("2", content_type)
    with override("en"):
        assert file_name(part) == name
    with override("fr"):
        assert file_name(part) == french


def test_its_own_name_goes_first():
    assert file_name(Part("2", "text/calendar", filename="nine-evenings.ics")) == "nine-evenings.ics"


@pytest.mark.parametrize("section", ["part", "embedded"])
@pytest.mark.parametrize(
    "name",
    [
        "a\r\nSet-Cookie: x=1.png",
        "a\0b.png",
        'a"b\\c.png',
        "a\u202egnp.exe",
        "é" * 2500 + ".png",
        "../../etc/passwd",
        "..\\..\\x.png",
        "CON",
        "a;filename=b.png",
        "",
    ],
)
def test_a_name_is_a_name_whatever_a_mail_says(alice_client, alice_account, section: str, name: str):
    """M3."""
    disposition = f"attachment; filename*=utf-8''{quote(name, safe='')}"
    raw = message("s", multipart("mixed", text("words"), file("image/png", PIXEL, disposition=disposition)))
    with open_mailbox(alice_account) as box:
        response = alice_client.get(url(alice_account, put(box, raw), section, "2"))
    assert response.getvalue() == PIXEL
    said = Message()
    said["Content-Disposition"] = response.headers["Content-Disposition"]
    found = said.get_filename("attachment.png")
    assert found
    assert not set(found) & set('/\\"\r\n\0\u202e')
    assert len(found) <= FILENAME_LIMIT
    assert said.get_content_disposition() == "inline"
    assert "Set-Cookie" not in response.headers
