"""winmail.dat opened: the files and the text that Outlook wrapped for its own kind (MS-OXTNEF).

read_tnef(octets) → attributes, one after the other → message properties (text) and attachments → Tnef

One pass, bounded by the length of the octets whatever the counts in them claim; what is cut off or makes no sense ends
the reading of the stream or of that attachment, and what was read until there is given. (The library for this on the
package index follows such counts for minutes and strips zeros from the end of files.)
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from webmail.mime.charsets import decode_text
from webmail.mime.headers import one_line
from webmail.mime.lzfu import decompress
from webmail.mime.parameters import content_type, safe_filename
from webmail.mime.types import Attachment

FILES_LIMIT = 500
DEPTH_LIMIT = 5  # messages within messages

_SIGNATURE = struct.pack("<I", 0x223E9F78)
_MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage: an attached message, as TNEF again
_NAME_LIMIT = 2_000

# Attributes of the stream (MS-OXTNEF, 2.1.3.2).
_SUBJECT, _BODY, _OEM_CODEPAGE, _PROPERTIES = 0x8004, 0x800C, 0x9007, 0x9003
_FILE_BEGINS, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005

# Properties (MS-OXPROPS).
_BODY_TEXT, _BODY_RTF, _BODY_HTML, _INTERNET_CODEPAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_DISPLAY_NAME, _DATA, _SHORT_NAME, _LONG_NAME, _MIME_TYPE = 0x3001, 0x3701, 0x3704, 0x3707, 0x370E
_CONTENT_ID = 0x3712
_SUBJECT_PROPERTY = 0x0037

# Property types (MS-OXCDATA, 2.11.1): octets of a value; those of variable length carry theirs with them.
_FIXED = {2: 2, 0xB: 2, 3: 4, 4: 4, 0xA: 4, 5: 8, 6: 8, 7: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0xD, 0x102
_VARIABLE = frozenset((_STRING, _UNICODE, _OBJECT, _BINARY))
_MULTIPLE, _NAMED = 0x1000, 0x8000

_CODEPAGES = {20127: "us-ascii", 20866: "koi8-r", 21866: "koi8-u", 28591: "iso-8859-1", 50220: "iso-2022-jp",
              51932: "euc-jp", 52936: "hz-gb-2312", 54936: "gb18030", 65000: "utf-7", 65001: "utf-8"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tnef:
    """What a TNEF stream holds. `html` and `text` may both be empty; a body that is RTF alone is among the files."""

    subject: str = ""
    text: str = ""
    html: str = ""
    files: tuple[Attachment, ...] = ()


@dataclass(slots=True)
class _File:
    name: str = ""
    long_name: str = ""
    kind: str = ""
    content_id: str = ""
    content: bytes = b""
    message: "Tnef | None" = None


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    depth: int
    charset: str = ""
    body_charset: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    rtf: bytes = b""
    files: list[_File] = field(default_factory=list)


def is_tnef(content_type: str, filename: str) -> bool:
    """Whether a part may be one, by its type or its name; read_tnef() tells for sure."""
    return content_type in ("application/ms-tnef", "application/vnd.ms-tnef") or filename.lower() == "winmail.dat"


def read_tnef(octets: bytes) -> Tnef | None:
    """The decoded content of such a part; None if it is no TNEF. Never raises."""
    return _read(octets, 0)


def _read(octets: bytes, depth: int) -> Tnef | None:
    if not octets.startswith(_SIGNATURE):
        return None
    reading = _Reading(depth)
    for name, value in _attributes(octets):
        _take(reading, name, value)
    files = [file for entry in reading.files for file in _opened(entry)]
    if reading.rtf and not (reading.html or reading.text):
        files.append(Attachment("message.rtf", "application/rtf", reading.rtf))
    return Tnef(one_line(reading.subject), reading.text, reading.html, tuple(files[:FILES_LIMIT]))


def _attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6  # after the signature and a key that is for nobody
    while position + 9 <= len(octets):
        _level, name, _kind, length = struct.unpack_from("<BHHI", octets, position)
        position += 9
        yield name, octets[position : position + length]
        position += length + 2  # a checksum, which broken senders get wrong


def _take(reading: _Reading, name: int, value: bytes) -> None:
    if name == _FILE_BEGINS:
        if len(reading.files) < FILES_LIMIT:
            reading.files.append(_File())
    elif name in (_FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES):
        if reading.files:
            _take_of_file(reading, reading.files[-1], name, value)
    elif name == _OEM_CODEPAGE and len(value) >= 4:
        reading.charset = _charset(value)
    elif name == _SUBJECT:
        reading.subject = _string(value, reading.charset)
    elif name == _BODY:
        reading.text = _string(value, reading.charset)
    elif name == _PROPERTIES:
        _take_properties(reading, value)


def _take_of_file(reading: _Reading, file: _File, name: int, value: bytes) -> None:
    if name == _FILE_TITLE:
        file.name = _string(value[:_NAME_LIMIT], reading.charset)
    elif name == _FILE_DATA:
        file.content = value
    else:
        for key, kind, octets in _properties(value):
            _take_file_property(reading, file, key, kind, octets)


def _take_file_property(reading: _Reading, file: _File, key: int, kind: int, octets: bytes) -> None:
    if key == _DATA and kind == _OBJECT:
        if octets.startswith(_MESSAGE_OBJECT) and reading.depth < DEPTH_LIMIT:
            file.message = _read(octets[16:], reading.depth + 1)
        file.content = octets[16:]
    elif key == _DATA and kind == _BINARY:
        file.content = octets
    elif kind in (_STRING, _UNICODE):
        text = _text(kind, octets[:_NAME_LIMIT], reading.charset)
        if key == _LONG_NAME:
            file.long_name = text
        elif key in (_SHORT_NAME, _DISPLAY_NAME):
            file.name = file.name or text
        elif key == _MIME_TYPE:
            file.kind = text
        elif key == _CONTENT_ID:
            file.content_id = text.strip("<> ")


def _take_properties(reading: _Reading, value: bytes) -> None:
    found: dict[int, tuple[int, bytes]] = {}
    for key, kind, octets in _properties(value):
        found.setdefault(key, (kind, octets))
    if len(found.get(_INTERNET_CODEPAGE, (0, b""))[1]) >= 4:
        reading.body_charset = _charset(found[_INTERNET_CODEPAGE][1])
    charset = reading.body_charset or reading.charset
    if _BODY_TEXT in found:
        reading.text = _text(*found[_BODY_TEXT], reading.charset) or reading.text
    if _BODY_HTML in found:
        reading.html = _text(*found[_BODY_HTML], charset)
    if _SUBJECT_PROPERTY in found:
        reading.subject = _text(*found[_SUBJECT_PROPERTY], reading.charset) or reading.subject
    if _BODY_RTF in found:
        reading.rtf = decompress(found[_BODY_RTF][1])


def _properties(octets: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(property, type, octets of its first value), as far as they can be read (MS-OXTNEF, 2.1.3.4)."""
    try:
        (count,) = struct.unpack_from("<I", octets)
        position = 4
        for _ in range(min(count, len(octets) // 4)):
            kind, key = struct.unpack_from("<HH", octets, position)
            position = _after_name(octets, position + 4) if key >= _NAMED else position + 4
            value, position = _value(octets, position, kind)
            yield key, kind, value
    except (struct.error, KeyError):
        return


def _after_name(octets: bytes, position: int) -> int:
    (by_string,) = struct.unpack_from("<I", octets, position + 16)
    (length,) = struct.unpack_from("<I", octets, position + 20)
    return position + 24 + (_padded(length) if by_string else 0)


def _value(octets: bytes, position: int, kind: int) -> tuple[bytes, int]:
    """The first value, and where the next property begins. KeyError for a type that nobody knows the length of."""
    count, single = 1, kind & ~_MULTIPLE
    if single in _VARIABLE or kind & _MULTIPLE:
        (count,) = struct.unpack_from("<I", octets, position)
        position += 4
    if single not in _VARIABLE:
        size = _FIXED[single]
        return octets[position : position + size], position + _padded(size * count)
    first = b""
    for index in range(min(count, len(octets) // 4)):
        (length,) = struct.unpack_from("<I", octets, position)
        if index == 0:
            first = octets[position + 4 : position + 4 + length]
        position += 4 + _padded(length)
    return first, position


def _padded(length: int) -> int:
    return length + -length % 4


def _charset(value: bytes) -> str:
    (number,) = struct.unpack_from("<I", value)
    return _CODEPAGES.get(number, f"cp{number}")


def _text(kind: int, octets: bytes, charset: str) -> str:
    return decode_text(octets, "utf-16-le") if kind == _UNICODE else _string(octets, charset)


def _string(octets: bytes, charset: str) -> str:
    return decode_text(octets.rstrip(b"\0"), charset)


def _opened(file: _File) -> Iterator[Attachment]:
    """The file; or of a message within the message its text and its files, where it has any."""
    name = safe_filename(file.long_name or file.name)
    message = file.message
    if message is None or not (message.html or message.text or message.files):
        kind = content_type(file.kind.strip().lower(), "application/octet-stream")
        yield Attachment(name, kind, file.content, one_line(file.content_id))
        return
    title = safe_filename(message.subject or name) or "message"
    if message.html:
        yield Attachment(f"{title}.html", "text/html", message.html.encode())
    elif message.text:
        yield Attachment(f"{title}.txt", "text/plain", message.text.encode())
    yield from message.files
