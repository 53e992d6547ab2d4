"""Signed and encrypted mail named for what it is: PGP/MIME (RFC 3156), S/MIME (RFC 8551) and PGP within text.

protections(root) reads the structure alone, inline_protection(text) the shown text. Nothing is verified or decrypted:
that something is signed says neither by whom nor that it is true, and the words must not claim it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from webmail.mime.types import Part

LOOKED_AT = 1_000_000  # characters of a text


class Kind(StrEnum):
    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    CERTIFICATES = "certificates"  # somebody's certificates, and no content (RFC 8551, 3.8)


class Standard(StrEnum):
    PGP = "OpenPGP"
    SMIME = "S/MIME"
    OTHER = ""


@dataclass(frozen=True, slots=True)
class Protection:
    """`covers_all` is False where only a part of the message is protected: the rest may come from anybody.

    `is_readable` is False where the text itself lies within the protected part, as with all encrypted mail.
    """

    kind: Kind
    standard: Standard
    covers_all: bool
    is_readable: bool
    section: str = ""


_PROTOCOLS = {
    "application/pgp-signature": Standard.PGP,
    "application/pgp-encrypted": Standard.PGP,
    "application/pkcs7-signature": Standard.SMIME,
    "application/x-pkcs7-signature": Standard.SMIME,
}
_CMS = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_CMS_KINDS = {
    "enveloped-data": Kind.ENCRYPTED,
    "authenveloped-data": Kind.ENCRYPTED,
    "signed-data": Kind.SIGNED,
    "certs-only": Kind.CERTIFICATES,
}
_ARMOUR = re.compile(r"^-----BEGIN PGP (SIGNED )?MESSAGE(?:, PART \d+(?:/\d+)?)?-----[ \t]*$", re.MULTILINE)
_ARMOUR_END = re.compile(r"^-----END PGP (?:SIGNATURE|MESSAGE(?:, PART \d+(?:/\d+)?)?)-----[ \t]*$", re.MULTILINE)


def protections(root: Part) -> tuple[Protection, ...]:
    """What of a message is signed or encrypted, the outermost first; () for most mail. What lies within a message in
    the message is that one's."""
    return tuple(_found(root, covers_all=True))


def _found(part: Part, *, covers_all: bool) -> Iterator[Protection]:
    protection = _of(part, covers_all=covers_all)
    if protection:
        yield protection
    if not part.is_multipart or (protection and protection.kind == Kind.ENCRYPTED):
        return
    # Of a signed message the first part is the content, the second the signature (RFC 1847, 2.1).
    children = part.children[:1] if protection else part.children
    for child in children:
        yield from _found(child, covers_all=covers_all and (protection is not None or len(part.children) == 1))


def _of(part: Part, *, covers_all: bool) -> Protection | None:
    if part.content_type in ("multipart/signed", "multipart/encrypted"):
        kind = Kind.SIGNED if part.content_type == "multipart/signed" else Kind.ENCRYPTED
        standard = _PROTOCOLS.get(dict(part.params).get("protocol", "").lower().strip(), Standard.OTHER)
        return Protection(kind, standard, covers_all, kind == Kind.SIGNED, part.section)
    if part.content_type in _CMS:
        return Protection(_cms_kind(part), Standard.SMIME, covers_all, False, part.section)
    return None


def _cms_kind(part: Part) -> Kind:
    """By its parameter; without it by the customary name, else what most of them are."""
    told = _CMS_KINDS.get(dict(part.params).get("smime-type", "").lower().strip())
    if told:
        return told
    return Kind.CERTIFICATES if part.filename.lower().endswith((".p7c", ".p7b")) else Kind.ENCRYPTED


def inline_protection(text: str) -> Protection | None:
    """PGP armour within a plain text (RFC 9580, 6.2 and 7); None where there is none, or no end to it."""
    text = text[:LOOKED_AT].replace("\r\n", "\n")
    begin = _ARMOUR.search(text)
    end = _ARMOUR_END.search(text, begin.end()) if begin else None
    if not begin or not end:
        return None
    kind = Kind.SIGNED if begin[1] else Kind.ENCRYPTED
    covers_all = not text[: begin.start()].strip() and not text[end.end() :].strip()
    return Protection(kind, Standard.PGP, covers_all, kind == Kind.SIGNED)
