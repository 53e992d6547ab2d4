"""Pieces of an encoded body: the same octets as of the whole, or none."""

from base64 import b64encode
from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mime.layout import PROBE, Layout, Misplaced, layout_of
from webmail.mime.transfer import decode_transfer

CONTENT = bytes(range(256)) * 40


def base64(content: bytes, width: int = 76, end: bytes = b"\r\n") -> bytes:
    return end.join(line.encode() for line in wrap(b64encode(content).decode(), width))


def layout(encoded: bytes, encoding: str = "base64") -> Layout | None:
    return layout_of(encoding, len(encoded), encoded[:PROBE], encoded[-PROBE:])


def piece(found: Layout, encoded: bytes, start: int, stop: int, chunk: int = 1000) -> bytes:
    first, last = found.place(start, stop)
    lines = encoded[first:last]
    chunks = [lines[offset : offset + chunk] for offset in range(0, len(lines), chunk)]
    return b"".join(found.decode(chunks, start, stop))


@given(
    st.binary(min_size=100, max_size=9000),
    st.sampled_from([60, 64, 72, 76, 80]),
    st.sampled_from([b"\r\n", b"\n"]),
    st.sampled_from([b"", b"\r\n", b"\r\n\r\n", b"\n"]),
    st.integers(1, 4000),
    st.data(),
)
def test_any_piece(content: bytes, width: int, end: bytes, after: bytes, chunk: int, data: st.DataObject) -> None:
    encoded = base64(content, width, end) + after
    found = layout(encoded)
    assert found
    assert found.size == len(content)
    start = data.draw(st.integers(0, len(content) - 1))
    stop = data.draw(st.integers(start + 1, len(content)))
    assert piece(found, encoded, start, stop, chunk) == content[start:stop]


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "binary"])
def test_identity(encoding: str) -> None:
    found = layout(CONTENT, encoding)
    assert found
    assert piece(found, CONTENT, 300, 5000) == CONTENT[300:5000]


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"AAAA",
        b64encode(CONTENT),  # no lines at all
        base64(CONTENT, 75),
        base64(CONTENT) + b"!",
        base64(CONTENT[:1000]) + b"\r\n" + base64(CONTENT[:2000], 64),  # put together of pieces
        base64(CONTENT[:100]) + b"\r\n" + base64(CONTENT[:999]),
        b"\r\n" + base64(CONTENT),
        b" " + base64(CONTENT),
    ],
)
def test_what_has_no_layout(encoded: bytes) -> None:
    assert layout(encoded) is None


@pytest.mark.parametrize("encoding", ["quoted-printable", "x-uuencode", ""])
def test_other_encodings_have_none(encoding: str) -> None:
    assert layout(base64(CONTENT), encoding) is None


def test_lines_that_are_not_as_they_seemed() -> None:
    """The first and the last are as they should be; those between are not."""
    lines = base64(CONTENT).split(b"\r\n")
    middle = len(lines) // 2
    for odd in (lines[middle][:-4], lines[middle][:-4] + b"!!!!", lines[middle][:-4] + b"A===", b"\n" * 76):
        encoded = b"\r\n".join([*lines[:middle], odd, *lines[middle + 1 :]])
        found = layout_of("base64", len(base64(CONTENT)), encoded[:PROBE], base64(CONTENT)[-PROBE:])
        assert found
        with pytest.raises(Misplaced):
            piece(found, encoded, 0, found.size)


@given(st.binary(max_size=5000) | st.text("AB=\r\n ", max_size=5000).map(str.encode), st.data())
def test_any_octets_give_their_own_or_none(encoded: bytes, data: st.DataObject) -> None:
    found = layout(encoded)
    if found is None or not found.size:
        return
    stop = data.draw(st.integers(1, found.size))
    try:
        got = piece(found, encoded, 0, stop)
    except Misplaced:
        return
    assert got == decode_transfer(encoded, "base64")[:stop]
