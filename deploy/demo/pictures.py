"""Pictures drawn by arithmetic: marbled papers as PNG, scenes as JPEG. No image library, the same bytes every time.

A scene is a function of x and y (0 to 1, from the top left) that gives red, green and blue (0 to 255).
"""

import math
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache

Colour = tuple[float, float, float]
Scene = Callable[[float, float], Colour]

INDIGO: tuple[Colour, ...] = ((22, 32, 84), (53, 73, 195), (168, 186, 232), (246, 243, 234), (120, 60, 44))
MADDER: tuple[Colour, ...] = ((92, 22, 28), (178, 52, 46), (232, 158, 120), (250, 240, 224), (44, 58, 66))
MOSS: tuple[Colour, ...] = ((28, 48, 36), (74, 112, 74), (178, 194, 138), (248, 244, 226), (168, 118, 48))


def _blend(low: Colour, high: Colour, share: float) -> Colour:
    return (
        low[0] + (high[0] - low[0]) * share,
        low[1] + (high[1] - low[1]) * share,
        low[2] + (high[2] - low[2]) * share,
    )


def _palette(colours: tuple[Colour, ...]) -> list[bytes]:
    """64 colours that run through the given ones and back to the first."""
    ring = [*colours, colours[0]]
    steps = (index * len(colours) / 64 for index in range(64))
    return [bytes(int(part) for part in _blend(ring[int(step)], ring[int(step) + 1], step % 1)) for step in steps]


def marbled_rows(width: int, height: int) -> Iterator[bytes]:
    """Combed marbling, one byte (0 to 63) per pixel. Periodic in both directions, so that sheets can be tiled."""
    turn = 2 * math.pi
    comb = [9 * math.sin(turn * 4 * x / width) + 5 * math.sin(turn * 9 * x / width) for x in range(width)]
    drift = [turn * x / width for x in range(width)]
    for y in range(height):
        phase = turn * y / height
        sway = 14 * math.sin(phase) + 64 * 3 * y / height
        yield bytes(int(sway + comb[x] + 8 * math.sin(3 * phase + drift[x])) & 63 for x in range(width))


@lru_cache(maxsize=16)
def marbled_png(colours: tuple[Colour, ...], width: int = 320, height: int = 200) -> bytes:
    """A sheet of marbled paper, as a PNG with a palette (RFC 2083)."""
    rows = b"".join(b"\0" + row for row in marbled_rows(width, height))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(_palette(colours))),
        (b"IDAT", zlib.compress(rows, 6)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


@lru_cache(maxsize=4)
def marbled_rgb(colours: tuple[Colour, ...], tile: int, across: int, down: int) -> bytes:
    """Raw RGB of the same paper, `across` × `down` tiles of `tile` pixels: for print data."""
    palette = _palette(colours)
    return b"".join(b"".join(palette[index] for index in row) * across for row in marbled_rows(tile, tile)) * down


def lake(x: float, y: float) -> Colour:
    """Evening over a lake: sun, two ridges, and their reflection."""
    mirrored = y > 0.62
    height = y if not mirrored else 1.24 - y + 0.012 * math.sin(140 * y + 9 * x)
    if (x - 0.66) ** 2 * 2.2 + (height - 0.33) ** 2 < 0.0042:
        colour: Colour = (255, 232, 176)
    elif height > 0.55 - 0.10 * math.sin(2.2 + 5 * x) - 0.03 * math.sin(19 * x):
        colour = (52, 62, 84)
    elif height > 0.50 - 0.12 * math.sin(5.2 + 4 * x) - 0.02 * math.sin(23 * x):
        colour = (104, 104, 134)
    else:
        colour = _blend((112, 138, 186), (250, 190, 138), min(1.0, max(0.0, height * 1.7)))
    return _blend(colour, (40, 58, 88), 0.30) if mirrored else colour


def shelf(x: float, y: float) -> Colour:
    """A shelf of bound books: spines of different heights, raised bands, a gilt line."""
    if y > 0.88:
        return _blend((126, 90, 56), (84, 58, 36), (y - 0.88) * 8)
    spine, across = divmod(x * 13, 1)
    turned = math.sin(spine * 12.9898) * 43758.5453 % 1
    if y < 0.10 + 0.22 * turned:
        return (236, 228, 214)
    leather = ((134, 42, 38), (38, 58, 92), (58, 84, 62), (186, 148, 92), (92, 58, 74), (222, 212, 190))[
        int(turned * 6)
    ]
    gilt = any(abs(y - band) < 0.008 for band in (0.42, 0.46, 0.72))
    base: Colour = (206, 170, 92) if gilt else leather
    return _blend(base, (12, 10, 8), (2 * across - 1) ** 2 * 0.62)


def kozo(x: float, y: float) -> Colour:
    """Handmade paper against the light: laid lines and long fibres."""
    laid = 5 * math.sin(240 * y) + 3 * math.sin(31 * x + 8 * math.sin(7 * y))
    fibre = 26 if abs(math.sin(17 * x + 6 * math.sin(9 * y + x)) * math.cos(11 * y - 5 * x)) < 0.02 else 0
    light = 20 * math.exp(-((x - 0.4) ** 2 + (y - 0.4) ** 2) * 4)
    return (226 + laid + light - fibre, 214 + laid + light - fibre, 190 + laid + light - fibre * 1.3)


ZIGZAG = sorted(
    ((row, column) for row in range(8) for column in range(8)),
    key=lambda at: (at[0] + at[1], at[0] if (at[0] + at[1]) % 2 else at[1]),
)
COSINES = [
    [math.sqrt((1 if k == 0 else 2) / 4) * math.cos((2 * n + 1) * k * math.pi / 8) for n in range(4)] for k in range(4)
]
QUANTUM = 7


@lru_cache(maxsize=16)
def jpeg(scene: Scene, width: int = 480, height: int = 320) -> bytes:
    """A baseline JPEG (ITU-T T.81) of a scene; width and height are multiples of 8.

    Every block is sampled at 4 × 4 points and transformed as such; put in the low corner of an 8 × 8 block, those
    coefficients are the picture at twice the size, smoothly. The Huffman tables give all symbols codes of one length.
    """
    symbols = [0, 0xF0] + [run << 4 | size for run in range(16) for size in range(1, 11)]
    places = {symbol: place for place, symbol in enumerate(symbols)}
    segments = [
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        (0xDB, b"\0" + bytes([QUANTUM]) * 64),
        (0xC0, struct.pack(">BHHB", 8, height, width, 3) + b"\1\x11\0\2\x11\0\3\x11\0"),
        (0xC4, b"\x00" + bytes([0, 0, 0, 12] + [0] * 12) + bytes(range(12))),
        (0xC4, b"\x10" + bytes([0] * 7 + [len(symbols)] + [0] * 8) + bytes(symbols)),
        (0xDA, b"\3\1\0\2\0\3\0\0\x3f\0"),
    ]
    head = b"".join(struct.pack(">BBH", 255, marker, len(data) + 2) + data for marker, data in segments)
    bits = "".join(_scan(scene, width, height, places))
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    return b"\xff\xd8" + head + data + b"\xff\xd9"


def _scan(scene: Scene, width: int, height: int, places: dict[int, int]) -> Iterator[str]:
    before = [0, 0, 0]
    for top in range(0, height, 8):
        for left in range(0, width, 8):
            points = [
                _luma_chroma(scene((left + 2 * i + 1) / width, (top + 2 * j + 1) / height))
                for j in range(4)
                for i in range(4)
            ]
            for component in range(3):
                block = _transformed([point[component] for point in points])
                yield _coded(block, before[component], places)
                before[component] = block[0]


def _luma_chroma(colour: Colour) -> Colour:
    red, green, blue = (min(255.0, max(0.0, part)) for part in colour)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return luma - 128, (blue - luma) * 0.564, (red - luma) * 0.713


def _transformed(samples: list[float]) -> list[int]:
    """16 samples → the first coefficients of the 8 × 8 block in zigzag order, quantised, without trailing zeros."""
    if max(samples) - min(samples) < 2:
        return [round(sum(samples) / 2 / QUANTUM)]
    rows = [[sum(samples[4 * j + i] * cosine[i] for i in range(4)) for cosine in COSINES] for j in range(4)]
    grid = [[2 * sum(rows[j][u] * cosine[j] for j in range(4)) / QUANTUM for u in range(4)] for cosine in COSINES]
    found = [round(grid[v][u]) if u < 4 and v < 4 else 0 for v, u in ZIGZAG[:25]]
    while len(found) > 1 and not found[-1]:
        found.pop()
    return found


def _coded(block: list[int], before: int, places: dict[int, int]) -> str:
    """One block as bits: the step of its mean, then runs of zeros and values, then the end mark (T.81 §F.1.2)."""
    step = block[0] - before
    bits = f"{abs(step).bit_length():04b}{_amplitude(step)}"
    run = 0
    for value in block[1:]:
        if not value:
            run += 1
            continue
        bits += f"{places[0xF0]:08b}" * (run // 16)
        bits += f"{places[run % 16 << 4 | abs(value).bit_length()]:08b}{_amplitude(value)}"
        run = 0
    return bits + f"{places[0]:08b}"


def _amplitude(value: int) -> str:
    size = abs(value).bit_length()
    return f"{value if value > 0 else value + (1 << size) - 1:0{size}b}" if size else ""
