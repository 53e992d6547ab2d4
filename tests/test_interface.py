"""The filters of every template: sizes and numbers as each language writes them."""

import pytest
from django.utils import translation

from webmail.templatetags.interface import file_size, grouped

SIZES = [
    (0, "0 bytes", "0\xa0octet"),
    (1, "1 byte", "1\xa0octet"),
    (999, "999 bytes", "999\xa0octets"),
    (1500, "2 kB", "2\xa0ko"),
    (24_600, "25 kB", "25\xa0ko"),
    (999_499, "999 kB", "999\xa0ko"),
    (999_500, "1.0 MB", "1,0\xa0Mo"),
    (3_460_000, "3.5 MB", "3,5\xa0Mo"),
    (2_000_000_000, "2.0 GB", "2,0\xa0Go"),
]


@pytest.mark.parametrize(("octets", "english", "french"), SIZES)
def test_a_file_has_a_size_people_know(octets: int, english: str, french: str) -> None:
    with translation.override("en"):
        assert file_size(octets) == english
    with translation.override("fr"):
        assert file_size(octets) == french


@pytest.mark.parametrize(("language", "written"), [("en", "1,234,567"), ("fr", "1\u202f234\u202f567")])
def test_large_numbers_are_grouped(language: str, written: str) -> None:
    with translation.override(language):
        assert grouped(1234567) == written
