"""winmail.dat opened: the files and the text that Outlook wrapped for its own kind (MS-OXTNEF).

read_tnef(octets) → attributes, one after the other → message properties (text) and attachments, as octets → of what is
given, at most FILES_LIMIT files, the names and texts → Tnef

One pass, bounded by the length of the octets whatever the counts in them claim; what is cut off or makes no sense ends
the reading of the stream or of that attachment, and what was read until there is given. Octets become text last, as a
name that stands there a hundred thousand times would be guessed at as often. (The library for this on the
package index follows such counts for minutes and strips zeros from the end of files.)
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

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


_String = tuple[int, bytes]  # property type and octets
_NOTHING: _String = (_STRING, b"")


@dataclass(slots=True)
class _File:
    name: _String = _NOTHING
    long_name: _String = _NOTHING
    kind: _String = _NOTHING
    content_id: _String = _NOTHING
    content: bytes = b""
    is_message: bool = False


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    charset: str = ""
    body_charset: str = ""
    subject: _String = _NOTHING
    text: _String = _NOTHING
    html: _String = _NOTHING
    rtf: bytes = b""
    files: list[_File] = field(default_factory=list)


def is_tnef(content_type: str, filename: str) -> bool:
    """Whether a part may be one, by its type or its name; read_tnef() tells for sure."""
    return content_type in ("application/ms-tnef", "application/vnd.ms-tnef") or filename.lower() == "winmail.dat"


def read_tnef(octets: bytes) -> Tnef | None:
    """The decoded content of such a part; None if it is no TNEF. Never raises."""
    reading = _read(octets)
    if reading is None:
        return None
    files = tuple(islice(_files(reading, 0), FILES_LIMIT))
    return Tnef(_subject(reading), _body(reading), _html(reading), files)


def _read(octets: bytes) -> _Reading | None:
    if not octets.startswith(_SIGNATURE):
        return None
    reading = _Reading()
    for name, value in _attributes(octets):
        _take(reading, name, value)
    return reading


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
            _take_of_file(reading.files[-1], name, value)
    elif name == _OEM_CODEPAGE and len(value) >= 4:
        reading.charset = _charset(value)
    elif name == _SUBJECT:
        reading.subject = (_STRING, value)
    elif name == _BODY:
        reading.text = (_STRING, value)
    elif name == _PROPERTIES:
        _take_properties(reading, value)


def _take_of_file(file: _File, name: int, value: bytes) -> None:
    if name == _FILE_TITLE:
        file.name = (_STRING, value[:_NAME_LIMIT])
    elif name == _FILE_DATA:
        file.content = value
    else:
        for key, kind, octets in _properties(value):
            _take_file_property(file, key, kind, octets)


def _take_file_property(file: _File, key: int, kind: int, octets: bytes) -> None:
    if key == _DATA and kind == _OBJECT:
        file.is_message = octets.startswith(_MESSAGE_OBJECT)
        file.content = octets[16:]
    elif key == _DATA and kind == _BINARY:
        file.content = octets
    elif kind in (_STRING, _UNICODE):
        text = (kind, octets[:_NAME_LIMIT])
        if key == _LONG_NAME:
            file.long_name = text
        elif key in (_SHORT_NAME, _DISPLAY_NAME):
            file.name = file.name if _says(file.name) else text
        elif key == _MIME_TYPE:
            file.kind = text
        elif key == _CONTENT_ID:
            file.content_id = text


def _take_properties(reading: _Reading, value: bytes) -> None:
    found: dict[int, _String] = {}
    for key, kind, octets in _properties(value):
        found.setdefault(key, (kind, octets))
    if len(found.get(_INTERNET_CODEPAGE, _NOTHING)[1]) >= 4:
        reading.body_charset = _charset(found[_INTERNET_CODEPAGE][1])
    if _says(found.get(_BODY_TEXT, _NOTHING)):
        reading.text = found[_BODY_TEXT]
    if _BODY_HTML in found:
        reading.html = found[_BODY_HTML]
    if _says(found.get(_SUBJECT_PROPERTY, _NOTHING)):
        reading.subject = found[_SUBJECT_PROPERTY]
    if _BODY_RTF in found:
        reading.rtf = found[_BODY_RTF][1]


def _says(text: _String) -> bool:
    return bool(text[1].strip(b"\0"))


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


def _subject(reading: _Reading) -> str:
    return one_line(_decoded(reading.subject, reading.charset))


def _body(reading: _Reading) -> str:
    return _decoded(reading.text, reading.charset)


def _html(reading: _Reading) -> str:
    return _decoded(reading.html, reading.body_charset or reading.charset)


def _decoded(text: _String, charset: str) -> str:
    kind, octets = text
    return decode_text(octets, "utf-16-le") if kind == _UNICODE else decode_text(octets.rstrip(b"\0"), charset)


def _files(reading: _Reading, depth: int) -> Iterator[Attachment]:
    for file in reading.files:
        message = _read(file.content) if file.is_message and depth < DEPTH_LIMIT else None
        found = _of_message(file, message, reading, depth + 1) if message else iter(())
        first = next(found, None)
        if first is None:
            yield _attachment(file, reading)
        else:
            yield first
            yield from found
    if reading.rtf and not (_says(reading.html) or _says(reading.text)) and (rtf := decompress(reading.rtf)):
        yield Attachment("message.rtf", "application/rtf", rtf)


def _attachment(file: _File, reading: _Reading) -> Attachment:
    kind = content_type(_decoded(file.kind, reading.charset).strip().lower(), "application/octet-stream")
    content_id = one_line(_decoded(file.content_id, reading.charset).strip("<> "))
    return Attachment(_name(file, reading), kind, file.content, content_id)


def _name(file: _File, reading: _Reading) -> str:
    return safe_filename(_decoded(file.long_name, reading.charset) or _decoded(file.name, reading.charset))


def _of_message(file: _File, message: _Reading, above: _Reading, depth: int) -> Iterator[Attachment]:
    """Of a message within the message its text and its files; nothing where it has none."""
    if _says(message.html) or _says(message.text):
        title = safe_filename(_subject(message)) or _name(file, above) or "message"
        if _says(message.html):
            yield Attachment(f"{title}.html", "text/html", _html(message).encode())
        else:
            yield Attachment(f"{title}.txt", "text/plain", _body(message).encode())
    yield from _files(message, depth)
