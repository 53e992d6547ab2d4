"""What a reader sees of each mail: subject, sender, text, files. test_structure_dovecot.py asks a server the same."""

import pytest

from tests.mime.corpus import mail, names, specimens
from tests.mime.reading import read
from webmail.mime.parse import part_bytes
from webmail.mime.structure import from_bytes


def test_every_mail_has_something_to_be_seen():
    assert sorted(specimens()) == names()
    assert len(names()) >= 290


@pytest.mark.parametrize("name", names())
def test_what_a_reader_sees(name):
    raw, expected = mail(name), specimens()[name]
    reading = read(from_bytes(raw), lambda section: part_bytes(raw, section))
    assert (reading.subject, reading.sender, reading.files) == (expected.subject, expected.sender, expected.files)
    assert reading.text == expected.text or (expected.text and reading.text.startswith(expected.text))
