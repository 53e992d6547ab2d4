"""Signed and encrypted mail, named for what it is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.corpus import mail, names
from webmail.mime.protection import Kind, Protection, Standard, inline_protection, protections
from webmail.mime.structure import from_bytes


def found(raw: bytes) -> tuple[Protection, ...]:
    return protections(from_bytes(raw))


def test_pgp_mime():
    assert found(mail("valid/signed-pgp")) == (Protection(Kind.SIGNED, Standard.PGP, True, True),)
    assert found(mail("valid/encrypted-pgp")) == (Protection(Kind.ENCRYPTED, Standard.PGP, True, False),)


def test_plain_mail_is_neither():
    assert found(mail("valid/plain")) == found(mail("valid/mixed-attachment")) == ()


def signed(protocol: str = "application/pkcs7-signature") -> bytes:
    return (
        f'Content-Type: multipart/signed; protocol="{protocol}"; boundary=s\r\n\r\n--s\r\n\r\ntext\r\n'
        f"--s\r\nContent-Type: {protocol}; name=smime.p7s\r\n\r\nx\r\n--s--\r\n"
    ).encode()


def mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--m\r\n" + part + b"\r\n" for part in parts)
    return b"Content-Type: multipart/mixed; boundary=m\r\n\r\n" + body + b"--m--\r\n"


@pytest.mark.parametrize(
    ("protocol", "standard"),
    [
        ("application/pkcs7-signature", Standard.SMIME),
        ("application/x-pkcs7-signature", Standard.SMIME),
        ("application/pgp-signature", Standard.PGP),
        ("application/x-other", Standard.OTHER),
    ],
)
def test_signed_by_protocol(protocol, standard):
    assert found(signed(protocol)) == (Protection(Kind.SIGNED, standard, True, True),)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", Kind.ENCRYPTED),
        ("application/x-pkcs7-mime; smime-type=authEnveloped-data", Kind.ENCRYPTED),
        ("application/pkcs7-mime; smime-type=signed-data", Kind.SIGNED),
        ("application/pkcs7-mime; smime-type=certs-only; name=smime.p7c", Kind.CERTIFICATES),
        ("application/pkcs7-mime; name=smime.p7c", Kind.CERTIFICATES),
        ("application/pkcs7-mime; name=smime.p7m", Kind.ENCRYPTED),
    ],
)
def test_cms_by_its_type(header, kind):
    raw = f"Content-Type: {header}\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAG\r\n".encode()
    assert found(raw) == (Protection(kind, Standard.SMIME, True, False, "1"),)


def test_a_signed_part_beside_others_does_not_cover_all():
    """A list adds its footer, an attacker his text."""
    assert found(mixed(signed(), b"\r\nfooter")) == (Protection(Kind.SIGNED, Standard.SMIME, False, True, "1"),)
    assert found(mixed(signed())) == (Protection(Kind.SIGNED, Standard.SMIME, True, True, "1"),)


def test_encrypted_within_signed():
    inner = b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx"
    raw = b"Content-Type: multipart/signed; protocol=application/pgp-signature; boundary=s\r\n\r\n--s\r\n" + inner
    raw += b"\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n"
    assert [(one.kind, one.covers_all) for one in found(raw)] == [(Kind.SIGNED, True), (Kind.ENCRYPTED, True)]


def test_what_is_forwarded_signed_is_not_this_message():
    assert found(mixed(b"\r\nsee below", b"Content-Type: message/rfc822\r\n\r\n" + signed())) == ()


SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\niQ=\n-----END PGP SIGNATURE-----\n"
CLEAR = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nI stand by this.\n{SIGNATURE}"
SECRET = "-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nhQ=\n-----END PGP MESSAGE-----"


@pytest.mark.parametrize(
    ("text", "protection"),
    [
        (CLEAR, Protection(Kind.SIGNED, Standard.PGP, True, True)),
        (CLEAR.replace("\n", "\r\n"), Protection(Kind.SIGNED, Standard.PGP, True, True)),
        (f"Pay here:\n{CLEAR}", Protection(Kind.SIGNED, Standard.PGP, False, True)),
        (f"{CLEAR}\nfooter", Protection(Kind.SIGNED, Standard.PGP, False, True)),
        (SECRET, Protection(Kind.ENCRYPTED, Standard.PGP, True, False)),
        (f"\n{SECRET} \nunsigned", Protection(Kind.ENCRYPTED, Standard.PGP, False, False)),
        ("-----BEGIN PGP MESSAGE-----\nnever ended", None),
        ("> -----BEGIN PGP MESSAGE-----\n> x\n> -----END PGP MESSAGE-----", None),
        ("-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n-----END PGP PUBLIC KEY BLOCK-----", None),
        ("", None),
    ],
)
def test_pgp_within_text(text, protection):
    assert inline_protection(text) == protection


def test_which_mails_of_the_corpus_are_protected():
    protected = {name for name in names("valid") + names("made") if found(mail(name))}
    assert protected == {
        "valid/signed-pgp",
        "valid/encrypted-pgp",
        "made/signed with OpenPGP",
        "made/signed with S/MIME",
        "made/signed, with a footer of the list",
        "made/encrypted with OpenPGP",
        "made/encrypted with S/MIME",
    }


def test_heavy_text_is_light_work():
    started = time.process_time()
    for text in ("-----BEGIN PGP MESSAGE-----\n" * 100_000, "-----BEGIN PGP SIGNED MESSAGE-----" * 100_000):
        assert inline_protection(text) is None
    assert time.process_time() - started < 2


@given(st.text())
def test_no_text_raises(text):
    inline_protection(text)
