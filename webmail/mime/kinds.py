"""What a file is, by its first octets: the few kinds that a browser shows in place, each in a viewer that runs nothing
in the page's name. All else is saved.

A sender's word chooses only what is tried (claimed) and which of two equal readings of a container is meant; it never
makes octets into something else. Markup is none of the kinds: HTML, SVG and XML can carry script.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from webmail.mime.allowed import names
from webmail.mime.pictures import picture_of

HEAD_LIMIT = 384 * 1024  # octets of a file that are looked at: a camera's data stand before a picture's size

_TEXT_TYPES = names(
    "text/plain text/csv text/tab-separated-values text/markdown text/x-markdown text/calendar text/vcard text/x-vcard "
    "text/x-log text/x-diff text/x-patch text/rfc822-headers message/delivery-status application/json"
)
_VAGUE_TYPES = frozenset({"application/octet-stream", "application/binary", "application/x-download"})
_TEXT_ENDINGS = names("txt text csv tsv log md markdown ics vcf json diff patch ini conf yml yaml")
_ENDINGS = {
    **dict.fromkeys(("png", "jpg", "jpeg", "jpe", "gif", "webp"), "picture"),
    "pdf": "pdf",
    **dict.fromkeys(("mp3", "m4a", "aac", "oga", "ogg", "opus", "wav", "flac"), "audio"),
    **dict.fromkeys(("mp4", "m4v", "webm", "ogv", "mov"), "video"),
    **dict.fromkeys(_TEXT_ENDINGS, "text"),
}
_PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/webp"})
_PDF_TYPES = frozenset({"application/pdf", "application/x-pdf"})
# Brands of ISO base media files (ISO/IEC 14496-12, 4.3) that hold films or sound; others hold pictures.
_BRANDS = re.compile(rb"isom|iso[2-9]|mp4[12]|avc1|M4[AVB] |MSNV|dash|3gp[4-9]|qt  ")
_MPEG_AUDIO = frozenset({0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3})  # layer III (ISO/IEC 11172-3, 2.4.2.3)
_ADTS = frozenset({0xF0, 0xF1, 0xF8, 0xF9})  # ISO/IEC 13818-7, 6.2
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")  # UTF-16, where a NUL is half a letter


class Kind(StrEnum):
    PICTURE = "picture"
    PDF = "pdf"
    AUDIO = "audio"
    VIDEO = "video"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Showable:
    """`content_type`: the one to be served under, never the declared one. `is_reasonable`: decoding it does no harm."""

    kind: Kind
    content_type: str
    is_reasonable: bool = True


def claimed(content_type: str, filename: str) -> Kind | None:
    """What a file says it is, by its type, or by its name where the type says nothing; None for what is only saved."""
    major = content_type.partition("/")[0]
    if content_type in _TEXT_TYPES:
        return Kind.TEXT
    if content_type in _PDF_TYPES:
        return Kind.PDF
    if content_type in _PICTURE_TYPES:
        return Kind.PICTURE
    if major in ("audio", "video"):
        return Kind(major)
    if content_type in _VAGUE_TYPES and (kind := _ENDINGS.get(filename.rpartition(".")[2].lower())):
        return Kind(kind)
    return None


def recognised(head: bytes, content_type: str, filename: str) -> Showable | None:
    """What the file is that begins with these octets, its first HEAD_LIMIT at least; None for what is not shown."""
    if picture := picture_of(head):
        return Showable(Kind.PICTURE, picture.content_type, picture.is_reasonable)
    if head.startswith(b"%PDF-"):
        return Showable(Kind.PDF, "application/pdf")
    claim = claimed(content_type, filename)
    if media := _media(head, is_film=claim is not Kind.AUDIO):
        return media
    is_words = b"\0" not in head or head.startswith(_WIDE_MARKS)
    return Showable(Kind.TEXT, "text/plain") if claim is Kind.TEXT and is_words else None


def _media(head: bytes, *, is_film: bool) -> Showable | None:
    container = Kind.VIDEO if is_film else Kind.AUDIO
    if head[4:8] == b"ftyp" and _BRANDS.match(head, 8):
        if head[8:12] in (b"M4A ", b"M4B "):
            container = Kind.AUDIO
        return Showable(container, f"{container}/mp4")
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:  # RFC 8794, 11.2.9: DocType
        return Showable(container, f"{container}/webm")
    if head.startswith(b"OggS"):
        container = container if b"theora" in head[:256] else Kind.AUDIO
        return Showable(container, f"{container}/ogg")
    kind = _sound(head)
    return Showable(Kind.AUDIO, kind) if kind else None


def _sound(head: bytes) -> str:
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] and head[1] in _MPEG_AUDIO):
        return "audio/mpeg"
    return "audio/aac" if head[:1] == b"\xff" and head[1:2] and head[1] in _ADTS else ""
