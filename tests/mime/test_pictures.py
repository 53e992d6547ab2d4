"""picture_of(): what a picture is, by its octets alone."""

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mime.pictures import PIXELS_LIMIT, SIDE_LIMIT, Picture, picture_of


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0) + b"crc."


def gif(width: int, height: int, frame: tuple[int, int, int, int] = (0, 0, 1, 1), colours: int = 1) -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80 | colours, 0, 0) + bytes(3 << (colours + 1))
    looping = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return screen + looping + b"\x2c" + struct.pack("<HHHHB", *frame, 0)


def jpeg(width: int, height: int, before: bytes = b"", frame: int = 0xC0) -> bytes:
    exif = b"\xff\xe1" + struct.pack(">H", 2 + 70_000 % 65_000) + bytes(70_000 % 65_000)
    table = b"\xff\xc4" + struct.pack(">H", 4) + b"\xff\xc0"  # a table that holds what looks like a frame
    return (
        b"\xff\xd8" + before + exif + table + b"\xff\xff" + bytes([frame]) + struct.pack(">HBHH", 17, 8, height, width)
    )


def webp(kind: bytes, rest: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 100) + b"WEBP" + kind + struct.pack("<I", 50) + rest


def sized(number: int) -> bytes:
    return struct.pack("<I", number - 1)[:3]


@pytest.mark.parametrize(
    ("octets", "picture"),
    [
        (png(640, 480), Picture("image/png", 640, 480)),
        (gif(320, 200), Picture("image/gif", 320, 200)),
        (gif(1, 1, frame=(10, 20, 30_000, 40_000)), Picture("image/gif", 30_010, 40_020)),
        (gif(1, 1, colours=7), Picture("image/gif", 1, 1)),
        (jpeg(800, 600), Picture("image/jpeg", 800, 600)),
        (jpeg(800, 600, frame=0xC2), Picture("image/jpeg", 800, 600)),
        (jpeg(8, 6, before=b"\xff\x01\xff\xd0"), Picture("image/jpeg", 8, 6)),
        (webp(b"VP8X", bytes(4) + sized(4000) + sized(3000)), Picture("image/webp", 4000, 3000)),
        (webp(b"VP8L", b"\x2f" + struct.pack("<IQ", (99 << 14) | 199, 0)), Picture("image/webp", 200, 100)),
        (webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 20, 10)), Picture("image/webp", 20, 10)),
    ],
)
def test_pictures(octets, picture):
    assert picture_of(octets) == picture
    assert picture.is_reasonable == (max(picture.width, picture.height) <= SIDE_LIMIT)
    for end in range(min(len(octets), 60)):
        assert picture_of(octets[:end]) in (None, picture)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        b"GIF89a/*<svg/onload=alert(1)>*/=1;",
        b"\xff\xd8\xff<script>",
        b"BM" + bytes(60),
        b"\0\0\x01\0",
        b"%PDF-1.4",
        webp(b"XXXX", bytes(40)),
        b"\xff\xd8" + b"\xff\xe0\0\0" * 1000,
    ],
)
def test_all_else(octets):
    assert picture_of(octets) is None


@pytest.mark.parametrize(
    ("width", "height"), [(SIDE_LIMIT + 1, 1), (1, SIDE_LIMIT + 1), (0, 5), (8_000, PIXELS_LIMIT // 8_000 + 1)]
)
def test_bombs(width, height):
    found = picture_of(png(width, height))
    assert found is not None
    assert not found.is_reasonable


@pytest.mark.parametrize(
    ("begin", "unit"),
    [
        (b"\xff\xd8\xff", b"\xff"),
        (b"\xff\xd8", b"\xff\xd0"),
        (b"\xff\xd8", b"\xff\xe0\0\2"),
        (gif(1, 1)[:19], b"\x21\xfe\0"),
        (gif(1, 1)[:19] + b"\x21\xfe", b"\1a"),
    ],
)
def test_endless_heads_are_light_work(begin, unit):
    started = time.process_time()
    assert picture_of(begin + unit * (10 * 2**20 // len(unit))) is None
    assert time.process_time() - started < 0.5


@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"RIFF0000WEBPVP8X"]),
    st.binary(max_size=200),
)
def test_any_octets(begin, rest):
    picture_of(begin + rest)
