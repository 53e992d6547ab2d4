"""The files of a message: their names, their kinds, and which are pictures that a browser may show."""

import mimetypes
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from webmail.mailbox.base import MessageRef
from webmail.mailbox.shown import part_url
from webmail.mime.kinds import Kind, claimed
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
THUMBNAIL_LIMIT = 400 * 1024  # encoded octets of a picture that is fetched for its card
THUMBNAILS_LIMIT = 2 * 2**20  # of all of a message
KINDS = {"image": 5, "audio": 6, "video": 7, "text": 3, "message": 4}
HUES = {
    "PDF": 0,
    **dict.fromkeys(("ZIP", "GZ", "PPT", "PPTX"), 1),
    **dict.fromkeys(("XLS", "XLSX", "ODS", "CSV"), 3),
    **dict.fromkeys(("DOC", "DOCX", "ODT", "ICS"), 5),
}


@dataclass(frozen=True, slots=True)
class File:
    """A card in the message. `size` in octets once decoded, about; `kind` at most four letters. `preview_url`: the page
    that shows it, "" for what is only saved; `thumbnail_url`: of a picture that is small enough to be drawn at once."""

    name: str
    url: str
    size: int
    kind: str
    hue: int
    preview_url: str = ""
    thumbnail_url: str = ""


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


def files_of(account: Account, ref: MessageRef, parts: tuple[Part, ...], suffix: str = "") -> list[File]:
    """`suffix`: the query string of the list that the message was opened from, which its previews lead back to."""
    left, files = THUMBNAILS_LIMIT, []
    for part in parts:
        is_small = claimed(part.content_type, part.filename) is Kind.PICTURE and part.size <= min(left, THUMBNAIL_LIMIT)
        left -= part.size if is_small else 0
        files.append(_file(account, ref, part, suffix, is_small=is_small))
    return files


def _file(account: Account, ref: MessageRef, part: Part, suffix: str, *, is_small: bool) -> File:
    url = part_url(account, ref, part)
    card = file_card(file_name(part), url, decoded_size(part), part.content_type)
    preview = f"{url}preview/{suffix}" if claimed(part.content_type, part.filename) else ""
    return replace(card, preview_url=preview, thumbnail_url=f"{url}embedded/" if is_small else "")


def decoded_size(part: Part) -> int:
    """Octets of its content, about, and no fewer."""
    return part.size * 3 // 4 if part.encoding == "base64" else part.size


def file_card(name: str, url: str, size: int, content_type: str) -> File:
    major, _slash, minor = content_type.partition("/")
    kind = name.rpartition(".")[2].upper() if "." in name else minor.upper()
    kind = kind if len(kind) <= 4 and kind.isalnum() else major.upper()[:4]
    return File(name, url, size, kind, HUES.get(kind, KINDS.get(major, 2)))
