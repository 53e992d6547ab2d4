"""Files wrapped as senders wrap them outside of MIME: TNEF (winmail.dat), uuencode, yEnc."""

import binascii
import struct
import zlib
from collections.abc import Sequence

UNICODE, STRING, BINARY, OBJECT, LONG = 0x1F, 0x1E, 0x102, 0xD, 3


def tnef(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def attribute(name: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*pairs: tuple[int, int, bytes]) -> bytes:
    return struct.pack("<I", len(pairs)) + b"".join(_property(*pair) for pair in pairs)


def _property(key: int, kind: int, value: bytes) -> bytes:
    head = struct.pack("<HH", kind, key)
    if kind == LONG:
        return head + value
    return head + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)


def winmail(
    *, subject: str = "", text: str = "", html: str = "", files: Sequence[tuple[str, bytes]] = (), codepage: int = 1252
) -> bytes:
    """A stream like Outlook's. Names of files as 8.3 names in its old fields, whole ones among the properties."""
    charset = {65001: "utf-8"}.get(codepage, f"cp{codepage}")
    message = [(0x0037, UNICODE, f"{subject}\0".encode("utf-16-le"))]
    if html:
        message += [(0x3FDE, LONG, struct.pack("<I", codepage)), (0x1013, BINARY, html.encode(charset))]
    attributes = [attribute(0x9007, struct.pack("<II", codepage, 0))]
    if text:
        attributes.append(attribute(0x800C, f"{text}\0".encode(charset)))
    attributes.append(attribute(0x9003, properties(*message)))
    for name, content in files:
        long_name = (0x3707, UNICODE, f"{name}\0".encode("utf-16-le"))
        attributes += [
            attribute(0x9002, b"\1\0" + b"\xff" * 12, 2),
            attribute(0x8010, name.encode(charset, "replace")[:12] + b"\0", 2),
            attribute(0x800F, content, 2),
            attribute(0x9005, properties(long_name), 2),
        ]
    return tnef(*attributes)


def uuencoded(name: str, content: bytes, newline: bytes = b"\r\n") -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]).rstrip(b"\n") for at in range(0, len(content), 45)]
    return newline.join([b"begin 644 " + name.encode(), *lines, b"`", b"end", b""])


def yencoded(name: str, content: bytes, newline: bytes = b"\r\n") -> bytes:
    octets = bytes((octet + 42) % 256 for octet in content)
    for critical in (b"=", b"\0", b"\n", b"\r"):  # the escape first
        octets = octets.replace(critical, bytes((ord("="), (critical[0] + 64) % 256)))
    lines, at = [], 0
    while at < len(octets):
        end = at + 128
        end += octets[end - 1 : end] == b"="
        lines.append(octets[at:end])
        at = end
    head = f"=ybegin line=128 size={len(content)} name={name}".encode()
    tail = f"=yend size={len(content)} crc32={zlib.crc32(content):08x}".encode()
    return newline.join([head, *lines, tail, b""])
