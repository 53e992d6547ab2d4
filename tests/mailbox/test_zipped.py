"""The zip writer: what other programs find in it, and its names."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mailbox.zipped import Entry, one_of_a_kind, zipped

MOMENT = datetime.fromisoformat("2026-11-03T09:30:10+01:00")


def entry(name: str, *chunks: bytes, size: int = 0) -> Entry:
    return Entry(name, size or sum(map(len, chunks)), lambda: iter(chunks))


def opened(octets: bytes) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(octets))
    assert found.testzip() is None
    return found


def test_it_works() -> None:
    found = opened(b"".join(zipped([entry("a.txt", b"one ", b"two"), entry("Übersicht.pdf", b"%PDF")], MOMENT)))
    assert found.namelist() == ["a.txt", "Übersicht.pdf"]
    assert found.read("a.txt") == b"one two"
    assert found.infolist()[1].flag_bits & 0x800, "the name is said to be UTF-8"
    assert {info.compress_type for info in found.infolist()} == {zipfile.ZIP_STORED}
    assert found.infolist()[0].date_time == (2026, 11, 3, 9, 30, 10)


def test_empty_files_and_none() -> None:
    assert opened(b"".join(zipped([entry("a"), entry("b", b"")], MOMENT))).namelist() == ["a", "b"]
    assert opened(b"".join(zipped([], MOMENT))).namelist() == []


def test_a_chunk_leaves_as_it_comes() -> None:
    asked: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(5):
            asked.append(number)
            yield bytes(1000)

    octets = zipped([Entry("a", 5000, chunks)], MOMENT)
    for number in range(5):
        assert len(next(octets)) < 1100
        assert asked == list(range(number + 1))


def test_what_may_be_larger_than_4_gb_is_said_in_zip64() -> None:
    octets = b"".join(zipped([entry("large", b"x", size=5 * 2**30)], MOMENT))
    assert opened(octets).read("large") == b"x"
    assert octets[4:6] == (45).to_bytes(2, "little"), "version needed to extract (APPNOTE 4.4.3)"


@pytest.mark.parametrize("year", [1, 1970, 2200, 9999])
def test_a_date_that_a_zip_can_t_tell(year: int) -> None:
    moment = MOMENT.replace(year=year, tzinfo=None)
    assert opened(b"".join(zipped([entry("a", b"x")], moment))).read("a") == b"x"


def test_what_breaks_off_is_no_zip() -> None:
    def breaking() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    taken = b""
    with pytest.raises(ConnectionError):  # noqa: PT012
        for piece in zipped([entry("whole", b"whole"), Entry("half", 8, breaking)], MOMENT):
            taken += piece
    assert b"half" in taken
    assert not zipfile.is_zipfile(io.BytesIO(taken))


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a.txt", "a.txt", "a.txt"], ["a.txt", "a (2).txt", "a (3).txt"]),
        (["a.txt", "A.TXT", "a (2).txt"], ["a.txt", "A (2).TXT", "a (2) (2).txt"]),
        (["a (2).txt", "a.txt", "a.txt"], ["a (2).txt", "a.txt", "a (3).txt"]),
        (["plan", "plan"], ["plan", "plan (2)"]),
        (["caf\u00e9", "cafe\u0301"], ["café", "café (2)"]),
        (["../../etc/passwd", "/etc/passwd", "..\\x", "C:\\x"], ["_.._etc_passwd", "_etc_passwd", "_x", "C__x"]),
        (["", "..", "\0"], ["_", "_ (2)", "_ (3)"]),
        (["CON", "nul.txt", "con.tar.gz", "console"], ["_CON", "_nul.txt", "_con.tar.gz", "console"]),
        (["a\r\nb.txt"], ["a b.txt"]),
    ],
)
def test_names(names: list[str], found: list[str]) -> None:
    taken: dict[str, int] = {}
    assert [one_of_a_kind(name, taken) for name in names] == found


@given(st.lists(st.text(max_size=300) | st.sampled_from(["a", "A", "a (2)", "con", "ﬁ", "fi", "K"]), max_size=12))
def test_any_names_are_flat_short_and_unlike(names: list[str]) -> None:
    taken: dict[str, int] = {}
    found = [one_of_a_kind(name, taken) for name in names]
    assert len({name.casefold() for name in found}) == len(found)
    for name in found:
        assert name
        assert not set(name) & set('/\\:*?"<>|\0\r\n')
        assert name not in (".", "..")
        assert len(name.encode()) <= 255
    if found:
        octets = b"".join(zipped([entry(name, b"x") for name in names], MOMENT))
        assert opened(octets).namelist() == found


def test_a_thousand_namesakes() -> None:
    taken: dict[str, int] = {}
    assert [one_of_a_kind("a.pdf", taken) for _ in range(1000)][-1] == "a (1000).pdf"
