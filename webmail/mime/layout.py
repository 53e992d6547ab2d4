"""Where the octets of a file lie in its encoded body, so that a piece of it can be read without what comes before.

Known for an identity encoding, and for base64 in lines of one width, as all but odd senders write it (RFC 2045, 6.8).
The first lines give the width, the last ones must end where it says. What lies between is judged when it is read:
decode() raises where lines are other than they were said to be, and never gives octets from another place.
"""

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PROBE = 2_048  # octets of the encoded body that are looked at, at both ends
BLOCK = 64 * 1024  # octets, about, decoded at once

_FIRST_LINE = re.compile(rb"([A-Za-z0-9+/]{4,996})(\r?\n)")
_LAST_LINE = re.compile(rb"[A-Za-z0-9+/]*(={0,2})")
_IDENTITY = frozenset({"7bit", "8bit", "binary"})


class Misplaced(Exception):
    """The body's lines are not all as its first and last ones promised."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`size`: octets of the content. Each line holds `width` of them in `stride` octets, its end included; the encoded
    content ends at `stop`. Identity: one octet in one."""

    size: int
    width: int
    stride: int
    stop: int

    def place(self, start: int, stop: int) -> tuple[int, int]:
        """From where to where the encoded lines go that hold these octets of the content."""
        return start // self.width * self.stride, min(-(-stop // self.width) * self.stride, self.stop)

    def decode(self, chunks: Iterable[bytes], start: int, stop: int) -> Iterator[bytes]:
        """Octets `start` to `stop` of the content, from the chunks of what place() says."""
        position = start // self.width * self.width
        for octets in chunks if self.stride == 1 else self._lines(chunks):
            yield octets[max(start - position, 0) : stop - position]
            position += len(octets)
        if position < stop:
            raise Misplaced

    def _lines(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        amount = max(BLOCK // self.stride, 1) * self.stride
        rest = b""
        for chunk in chunks:
            rest += chunk
            whole = len(rest) // amount * amount
            for offset in range(0, whole, amount):
                yield self._decoded(rest[offset : offset + amount])
            rest = rest[whole:]
        if rest:
            yield self._decoded(rest)

    def _decoded(self, block: bytes) -> bytes:
        """A whole number of lines, and perhaps the last one, which has no end."""
        octets = binascii.a2b_base64(block)
        if len(octets) < len(block) // self.stride * self.width or not _is_even(block, 0, self.stride):
            raise Misplaced
        return octets


def layout_of(encoding: str, size: int, head: bytes, tail: bytes) -> Layout | None:
    """The layout of a body of `size` encoded octets that begins with `head` and ends with `tail`, PROBE octets each or
    all there is; None where nothing can be said."""
    if encoding in _IDENTITY:
        return Layout(size, 1, 1, size)
    first = _FIRST_LINE.match(head)
    if encoding != "base64" or not first or len(first[1]) % 4:
        return None
    stride, width = len(first[0]), len(first[1]) // 4 * 3
    content = tail.rstrip(b"\r\n")
    stop = size - (len(tail) - len(content))
    lines, rest = divmod(stop, stride)
    if not 0 < rest <= min(len(first[1]), len(content)) or rest % 4:
        return None
    last = _LAST_LINE.fullmatch(content[-rest:])
    is_even = _is_even(head[:stop], 0, stride) and _is_even(content, size - len(tail), stride)
    if last is None or not is_even:
        return None
    return Layout(lines * width + rest // 4 * 3 - len(last[1]), width, stride, stop)


def _is_even(octets: bytes, place: int, stride: int) -> bool:
    """Whether lines end where they should in a slice of the body that begins at `place`."""
    ends = octets[(stride - 1 - place) % stride :: stride]
    return ends.count(b"\n") == len(ends) == octets.count(b"\n")
