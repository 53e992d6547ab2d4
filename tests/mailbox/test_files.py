"""What a part without a name is called."""

import pytest
from django.utils.translation import override

from webmail.mailbox.files import file_name
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
