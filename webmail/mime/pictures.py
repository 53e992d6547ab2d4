"""What a picture is, by its first octets and by nothing that is said about it: format and size.

Raster formats that every browser decodes in its sandbox; SVG is none of them, as it can carry script and load more. The
size is read from the header alone: nothing is decoded here, so a picture bomb costs nothing.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

PIXELS_LIMIT = 40_000_000  # 160 MB once a browser has decoded it
SIDE_LIMIT = 20_000  # pixels
HEAD_LIMIT = 2**20  # octets in which the size must stand: camera data before it has some hundred thousand

# Start of frame: all but the tables (C4, C8, CC) that share their range (ISO/IEC 10918-1, table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


@dataclass(frozen=True, slots=True)
class Picture:
    content_type: str
    width: int  # pixels
    height: int

    @property
    def is_reasonable(self) -> bool:
        """Whether decoding it does no harm."""
        return max(self.width, self.height) <= SIDE_LIMIT and 0 < self.width * self.height <= PIXELS_LIMIT


def picture_of(octets: bytes) -> Picture | None:
    """The picture that these octets begin; None if they begin none, or one whose size can't be read."""
    readers = (_png, _gif, _jpeg, _webp)
    head = octets[:HEAD_LIMIT]  # ten million blocks of one octet each would keep a thread for seconds
    try:
        return next((picture for read in readers if (picture := read(head))), None)
    except (struct.error, IndexError):
        return None


def _png(octets: bytes) -> Picture | None:
    """W3C PNG, 11.2.1: IHDR comes first."""
    if octets[:8] != b"\x89PNG\r\n\x1a\n" or octets[12:16] != b"IHDR":
        return None
    return Picture("image/png", *struct.unpack_from(">II", octets, 16))


def _gif(octets: bytes) -> Picture | None:
    """GIF89a, 18 and 20: the logical screen, or the first frame where that is larger, as browsers have it."""
    if octets[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    width, height, packed = struct.unpack_from("<HHB", octets, 6)
    place = 13 + (3 << (packed & 7) + 1 if packed & 0x80 else 0)
    while octets[place] == 0x21:  # extensions, in blocks
        place += 2
        while octets[place]:
            place += octets[place] + 1
        place += 1
    if octets[place] != 0x2C:
        return None
    left, top, wide, high = struct.unpack_from("<HHHH", octets, place + 1)
    return Picture("image/gif", max(width, left + wide), max(height, top + high))


def _jpeg(octets: bytes) -> Picture | None:
    if octets[:3] != b"\xff\xd8\xff":
        return None
    for marker, place in _segments(octets):
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", octets, place + 3)
            return Picture("image/jpeg", width, height)
    return None


def _segments(octets: bytes) -> Iterator[tuple[int, int]]:
    """(marker, place of its length) up to the picture's data."""
    place = 2
    while octets[place] == 0xFF:
        marker = octets[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
        elif marker in _ALONE:
            place += 2
        elif marker in (0xD9, 0xDA):
            return
        else:
            yield marker, place + 2
            place += 2 + max(int(struct.unpack_from(">H", octets, place + 2)[0]), 2)


def _webp(octets: bytes) -> Picture | None:
    """RFC 9649, 2: lossy, lossless and extended."""
    if octets[:4] != b"RIFF" or octets[8:12] != b"WEBP":
        return None
    kind = octets[12:16]
    if len(octets) < 30:
        return None
    if kind == b"VP8X":
        width, height = (int.from_bytes(octets[place : place + 3], "little") + 1 for place in (24, 27))
    elif kind == b"VP8L":
        sizes = struct.unpack_from("<I", octets, 21)[0]
        width, height = (sizes & 0x3FFF) + 1, (sizes >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and octets[23:26] == b"\x9d\x01\x2a":
        width, height = (size & 0x3FFF for size in struct.unpack_from("<HH", octets, 26))
    else:
        return None
    return Picture("image/webp", width, height)
