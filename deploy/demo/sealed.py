"""Signed and encrypted mail: an S/MIME signature that verifies, an OpenPGP signature and message in their form.

The S/MIME key is computed from a constant, so it is no secret and the signature is the same on every run; it proves
nothing but that the reader can check it. The OpenPGP packets are framed and armoured, but hold noise.
"""

import base64
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import shake_256

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from deploy.demo import wire
from deploy.demo.letter import Letter, Placed, delivered, envelope, moment
from deploy.demo.people import BRIGITTE, LEFEVRE, STUDIO, THEO, Correspondent, Person

FIRST_PRIME_STEP = 302
SECOND_PRIME_STEP = 125
"""How many odd numbers after the hashed start each prime lies; found once by search."""


def placed(person: Person, now: datetime) -> Iterator[Placed]:
    """One of each, for the three."""
    if person not in STUDIO:
        return
    deed = Letter(
        LEFEVRE,
        (person,),
        "Copie conforme, signée",
        moment(now, "3d 11:25"),
        """Bonjour,

vous trouverez ici le texte définitif de la convention d’exposition.
Ce message est signé : votre lecteur peut vérifier que rien n’y a été changé, pas même une virgule.

Étude Lefèvre
""",
    )
    yield _delivered(deed, person, _smime_signed(deed, now), "seen flagged")
    key = Letter(
        THEO,
        (person,),
        "Signé, comme promis",
        moment(now, "10d 20:20"),
        "Voilà, je signe mes messages maintenant.\nLe menuisier a une clé, et ce n’est pas celle de la cave.\n\nThéo\n",
    )
    yield _delivered(key, person, _pgp_signed(key), "seen")
    secret = Letter(BRIGITTE, (person,), "...", moment(now, "5d 21:02"))
    yield _delivered(secret, person, _pgp_encrypted(), "")


def _delivered(letter: Letter, person: Person, part: bytes, words: str) -> Placed:
    return delivered(wire.message(envelope(letter), part), letter.sender, person, "INBOX", letter.date, words)


def _smime_signed(letter: Letter, now: datetime) -> bytes:
    """multipart/signed with a detached CMS signature (RFC 8551 §3.5.3)."""
    content = wire.text_part(letter.text)
    # No signed attributes: they would hold the clock's time, and the bytes would differ from run to run.
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoAttributes]
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(content)
        .add_signer(certificate(letter.sender, now), signing_key(), hashes.SHA256())
        .sign(serialization.Encoding.DER, options)
    )
    proof = wire.file_part("smime.p7s", "application/pkcs7-signature", signature)
    return wire.multipart("signed", [content, proof], 'protocol="application/pkcs7-signature"; micalg=sha-256; ')


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """The RSA key of the demo, from two primes near hashed numbers."""
    first, second = (
        _start(name) + 2 * step for name, step in ((b"first", FIRST_PRIME_STEP), (b"second", SECOND_PRIME_STEP))
    )
    exponent = 65537
    secret = pow(exponent, -1, (first - 1) * (second - 1))
    return rsa.RSAPrivateNumbers(
        first,
        second,
        secret,
        rsa.rsa_crt_dmp1(secret, first),
        rsa.rsa_crt_dmq1(secret, second),
        rsa.rsa_crt_iqmp(first, second),
        rsa.RSAPublicNumbers(exponent, first * second),
    ).private_key()


def _start(name: bytes) -> int:
    """An odd number of 1024 bits with its two highest bits set."""
    return int.from_bytes(shake_256(b"demo key, not a secret: " + name).digest(128), "big") | 3 << 1022 | 1


@cache
def certificate(owner: Correspondent, now: datetime) -> x509.Certificate:
    """A self-signed certificate for mail, valid around `now`."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, owner.name)])
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    key = signing_key()
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1926)
        .not_valid_before(today - timedelta(days=400))
        .not_valid_after(today + timedelta(days=330))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(owner.address)]), critical=False)
        .add_extension(usage, critical=False)
        .sign(key, hashes.SHA256())
    )


def _pgp_signed(letter: Letter) -> bytes:
    """multipart/signed with an armoured signature packet (RFC 3156 §5)."""
    content = wire.text_part(letter.text)
    packet = b"\x89\x01\x33\x04\x00\x01\x08\x00\x1d" + random.Random(14).randbytes(301)  # noqa: S311 (noise, not a key)
    proof = _armoured_part("SIGNATURE", packet, "signature.asc", "application/pgp-signature")
    return wire.multipart("signed", [content, proof], 'micalg=pgp-sha256; protocol="application/pgp-signature"; ')


def _pgp_encrypted() -> bytes:
    """multipart/encrypted: the version part, then the armoured message (RFC 3156 §4)."""
    version = wire.header_block([("Content-Type", "application/pgp-encrypted")]) + b"\r\nVersion: 1\r\n"
    packet = b"\xd2\xc0\x3e\x01" + random.Random(22).randbytes(413)  # noqa: S311 (noise, not a key)
    message = _armoured_part("MESSAGE", packet, "encrypted.asc", "application/octet-stream")
    return wire.multipart("encrypted", [version, message], 'protocol="application/pgp-encrypted"; ')


def _armoured_part(kind: str, packet: bytes, name: str, media_type: str) -> bytes:
    lines = base64.encodebytes(packet).decode().replace("\n", "").strip()
    wrapped = "\r\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    check = base64.b64encode(_crc24(packet).to_bytes(3, "big")).decode()
    armour = f"-----BEGIN PGP {kind}-----\r\n\r\n{wrapped}\r\n={check}\r\n-----END PGP {kind}-----\r\n"
    return wire.file_part(name, media_type, armour.encode(), transfer="7bit")


def _crc24(data: bytes) -> int:
    """The checksum of ASCII armour (RFC 9580 §6.1)."""
    register = 0xB704CE
    for byte in data:
        register ^= byte << 16
        for _ in range(8):
            register <<= 1
            if register & 0x1000000:
                register ^= 0x1864CFB
    return register
