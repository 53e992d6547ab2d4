"""The files of a message: their names, their kinds, and which are pictures that a browser may show."""

import mimetypes
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from webmail.mailbox.base import MessageRef
from webmail.mailbox.shown import part_url
from webmail.mime.types import Part

# By the bytes, never by what a mail claims (CVE-2026-35539 and its like): raster formats only, as SVG can carry script.
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
)
# Parts that mail servers and calendars write without a name (RFC 2046, 5.2.1; RFC 3462; RFC 5545).
UNNAMED = {
    "message/rfc822": (gettext_lazy("message"), ".eml"),
    "message/delivery-status": (gettext_lazy("delivery report"), ".txt"),
    "text/rfc822-headers": (gettext_lazy("headers of the message"), ".txt"),
    "text/calendar": (gettext_lazy("event"), ".ics"),
}
KINDS = {"image": 5, "audio": 6, "video": 7, "text": 3, "message": 4}
HUES = {
    "PDF": 0,
    **dict.fromkeys(("ZIP", "GZ", "PPT", "PPTX"), 1),
    **dict.fromkeys(("XLS", "XLSX", "ODS", "CSV"), 3),
    **dict.fromkeys(("DOC", "DOCX", "ODT", "ICS"), 5),
}


@dataclass(frozen=True, slots=True)
class File:
    """A card in the message. `size` in octets once decoded, about; `kind` at most four letters."""

    name: str
    url: str
    size: int
    kind: str
    hue: int


def sniffed_picture(first: bytes) -> str | None:
    """The type of a raster picture that begins like this, None for all else."""
    return next((kind for magic, place, kind in SIGNATURES if first[place : place + len(magic)] == magic), None)


def file_name(part: Part) -> str:
    if part.filename:
        return part.filename
    if part.content_type in UNNAMED:
        words, ending = UNNAMED[part.content_type]
        return f"{words}{ending}"
    return _("attachment") + (mimetypes.guess_extension(part.content_type) or ".bin")


def files_of(account: Account, ref: MessageRef, parts: tuple[Part, ...]) -> list[File]:
    return [_file(account, ref, part) for part in parts]


def _file(account: Account, ref: MessageRef, part: Part) -> File:
    size = part.size * 3 // 4 if part.encoding == "base64" else part.size
    return file_card(file_name(part), part_url(account, ref, part), size, part.content_type)


def file_card(name: str, url: str, size: int, content_type: str) -> File:
    major, _slash, minor = content_type.partition("/")
    kind = name.rpartition(".")[2].upper() if "." in name else minor.upper()
    kind = kind if len(kind) <= 4 and kind.isalnum() else major.upper()[:4]
    return File(name, url, size, kind, HUES.get(kind, KINDS.get(major, 2)))
