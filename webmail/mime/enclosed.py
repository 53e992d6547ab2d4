"""Files that senders wrote into plain text, from before MIME: uuencode and yEnc.

split_text(octets) → one look for the beginnings → each block decoded strictly enough to be one → text without them,
and the files in order. What only looks like a beginning ("begin 2026 with a smile") stays text; a block that is cut
off gives what there is of its file.
"""

import binascii
import re
from dataclasses import dataclass
from zlib import crc32

from webmail.mime.charsets import decode_text
from webmail.mime.parameters import safe_filename
from webmail.mime.transfer import decode_transfer
from webmail.mime.types import Attachment

FILES_LIMIT = 200

_BEGIN = re.compile(rb"^(?:begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,300})|=ybegin ([^\r\n]{1,600}))\r?$", re.MULTILINE)
_UU_LINE = re.compile(rb"[ -`]{0,64}")
_UU_FULL = 45  # octets that a line of uuencode holds
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=]{0,1000}")
_Y_SIZE = re.compile(rb"\bsize=(\d{1,12})")
_Y_PART = re.compile(rb"\bpart=(\d{1,6})")
_Y_CRC = re.compile(rb"\b(p?)crc32=([0-9a-fA-F]{1,8})")
_Y_NAME = re.compile(rb"\bname=(.+)")
_Y_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_Y_SHIFT = bytes((octet - 42) % 256 for octet in range(256))


@dataclass(frozen=True, slots=True)
class Split:
    """`text` is what remains, octets in the charset of the part. `is_damaged` says that a file is not whole."""

    text: bytes
    files: tuple[Attachment, ...] = ()
    is_damaged: bool = False


@dataclass(slots=True)
class _Block:
    name: bytes
    content: bytes
    end: int
    is_whole: bool


def split_text(octets: bytes) -> Split:
    """The text of a text/plain part, transfer encoding undone, and the files within it. Never raises."""
    if b"begin" not in octets:
        return Split(octets)
    pieces: list[bytes] = []
    blocks: list[_Block] = []
    position = 0
    while len(blocks) < FILES_LIMIT and (found := _BEGIN.search(octets, position)):
        block = _yenc(octets, found) if found[2] is not None else _uu(octets, found)
        if block is None:
            pieces.append(octets[position : found.end()])
            position = found.end()
        else:
            pieces.append(octets[position : found.start()])
            blocks.append(block)
            position = block.end
    files = tuple(_file(block) for block in blocks)
    return Split(b"".join([*pieces, octets[position:]]), files, not all(block.is_whole for block in blocks))


def _file(block: _Block) -> Attachment:
    name = safe_filename(decode_text(block.name.strip(b' "')))
    return Attachment(name, "application/octet-stream", block.content)


def _uu(octets: bytes, found: re.Match[bytes]) -> _Block | None:
    """Lines of a length and its octets (POSIX uuencode). Without its end it counts if it has a full line: capital
    letters after words like a beginning are no file."""
    decode = _base64_line if octets.startswith(b"begin-base64", found.start()) else _uu_line
    content: list[bytes] = []
    position = _next_line(octets, found.end())
    while position < len(octets):
        end = _next_line(octets, position)
        line = octets[position:end].rstrip(b"\r\n")
        if line.rstrip() in (b"end", b"===="):
            return _Block(found[1], b"".join(content), end, True)
        decoded = decode(line)
        if decoded is None:
            break
        content.append(decoded)
        position = end
    is_cut = max(map(len, content), default=0) >= _UU_FULL
    return _Block(found[1], b"".join(content), position, False) if is_cut else None


def _next_line(octets: bytes, position: int) -> int:
    return octets.find(b"\n", position) + 1 or len(octets)


def _uu_line(line: bytes) -> bytes | None:
    """None for what is no line of a file. Mail programs cut the spaces at its end, and some encoders write a little
    more than its length says."""
    if not _UU_LINE.fullmatch(line) or not line:
        return None if line else b""
    length = (line[0] - 32) & 63
    wanted = (length + 2) // 3 * 4
    if len(line) > 1 + wanted + 2:
        return None
    return binascii.a2b_uu(bytes((32 + length,)) + line[1 : 1 + wanted].ljust(wanted))


def _base64_line(line: bytes) -> bytes | None:
    return decode_transfer(line, "base64") if _BASE64_LINE.fullmatch(line) else None


def _yenc(octets: bytes, found: re.Match[bytes]) -> _Block | None:
    """Octets plus 42, the critical ones escaped (yEnc draft 1.3). Of a file in parts each part is a file."""
    size, name, part = _Y_SIZE.search(found[2]), _Y_NAME.search(found[2]), _Y_PART.search(found[2])
    if not size or not name:
        return None
    begin = _next_line(octets, found.end())
    if part and octets.startswith(b"=ypart ", begin):
        begin = _next_line(octets, begin)
    stop = octets.find(b"\n=yend ", max(begin - 1, 0))
    end = len(octets) if stop < 0 else _next_line(octets, stop + 1)
    data = octets[begin : len(octets) if stop < 0 else max(stop, begin)]
    content = _y_content(data)
    trailer = octets[stop + 1 : end] if stop >= 0 else b""
    label = name[1] + (b".%03d" % int(part[1]) if part else b"")
    return _Block(label, content, end, _is_whole(content, trailer, is_part=bool(part)))


def _y_content(data: bytes) -> bytes:
    return _Y_ESCAPE.sub(_unescaped, data.translate(None, b"\r\n")).translate(_Y_SHIFT)


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes(((match[1][0] - 64) % 256,))


def _is_whole(content: bytes, trailer: bytes, *, is_part: bool) -> bool:
    size = _Y_SIZE.search(trailer)
    sums = {bool(kind): int(value, 16) for kind, value in _Y_CRC.findall(trailer)}
    wanted = sums.get(is_part)
    return size is not None and int(size[1]) == len(content) and wanted in (None, crc32(content))
