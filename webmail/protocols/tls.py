"""Encryption as chosen, or no connection: contexts, pins, and what went wrong in words a caller can act on.

Flow: Wire.start_tls → wrap: handshake with the context of this endpoint, then the pin, before any byte of ours is sent.
When a certificate is refused, `explained` opens a second connection with a pin that nothing matches: it reads the
certificate and sends nothing, so that a person can be shown what they might decide to trust.
"""

import hashlib
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from cryptography import x509

from webmail.protocols.endpoint import Endpoint
from webmail.protocols.errors import MailServerError, TlsRefused, Unreachable

T = TypeVar("T")

NO_CERTIFICATE = "0" * 64  # a pin that no certificate has
CERTIFICATE_REASONS = frozenset({"expired", "name_mismatch", "self_signed", "unknown_issuer", "certificate"})

# X509_V_ERR_* of OpenSSL's x509_vfy.h
_VERIFY_REASONS = {
    10: "expired",
    18: "self_signed",
    19: "unknown_issuer",
    20: "unknown_issuer",
    21: "unknown_issuer",
    62: "name_mismatch",
    64: "name_mismatch",
}
# What OpenSSL calls the first bytes of a server that does not speak TLS
_PLAIN_SIGNS = frozenset(
    {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"}
)


def context_for(endpoint: Endpoint) -> ssl.SSLContext:
    """A context for this endpoint, shared by all connections with the same trust: TLS 1.2 or newer, name and
    certificate verified. A pinned fingerprint replaces that check: then check_pin is the verification."""
    return _context(endpoint.ca_pem, bool(endpoint.fingerprint))


@lru_cache(maxsize=64)  # loading the system's authorities costs about 10 ms
def _context(ca_pem: str, pinned: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if pinned:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif ca_pem:
        _trust(context, ca_pem)
    return context


def _trust(context: ssl.SSLContext, ca_pem: str) -> None:
    try:
        context.load_verify_locations(cadata=ca_pem)
    except (ssl.SSLError, ValueError) as error:
        raise TlsRefused("The certificate to trust for this server can't be read.", reason="certificate") from error
    # a server's own certificate may be given in place of an authority's
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def wrap(sock: socket.socket, endpoint: Endpoint) -> ssl.SSLSocket:
    """Handshake and pin on a connected socket, within the socket's timeout. Raises TlsRefused, or Unreachable when the
    line drops."""
    try:
        secured = context_for(endpoint).wrap_socket(sock, server_hostname=endpoint.host.rstrip("."))
    except TimeoutError as error:
        raise Unreachable(f"{endpoint} does not answer the TLS handshake.", reason="timeout") from error
    except ssl.SSLError as error:
        raise _refusal(endpoint, error) from error
    except (OSError, ValueError) as error:
        raise TlsRefused(f"{endpoint} ended the TLS handshake.", reason="handshake") from error
    try:
        check_pin(secured, endpoint)
    except TlsRefused:
        secured.close()
        raise
    return secured


def check_pin(sock: ssl.SSLSocket, endpoint: Endpoint) -> None:
    """Raises TlsRefused(changed) unless the server showed the pinned certificate; details as of
    describe_certificate."""
    if not endpoint.fingerprint:
        return
    der = sock.getpeercert(binary_form=True) or b""
    if fingerprint_of(der) != endpoint.fingerprint.replace(":", "").lower():
        raise TlsRefused(
            f"{endpoint} shows another certificate than the trusted one.", reason="changed", **describe_certificate(der)
        )


def fingerprint_of(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def describe_certificate(der: bytes) -> dict[str, Any]:
    """fingerprint (hex SHA-256), not_before and not_after (aware datetimes or None), names (tuple of host names and
    addresses)."""
    described: dict[str, Any] = {
        "fingerprint": fingerprint_of(der),
        "not_before": None,
        "not_after": None,
        "names": (),
    }
    try:
        certificate = x509.load_der_x509_certificate(der)
        described.update(
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            names=_names(certificate),
        )

    except Exception:
        return described
    return described


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return tuple(str(name.value) for name in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME))
    return tuple(str(name.value) for name in names if isinstance(name, x509.DNSName | x509.IPAddress))


def _refusal(endpoint: Endpoint, error: ssl.SSLError) -> TlsRefused:
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _VERIFY_REASONS.get(error.verify_code, "certificate")
        return TlsRefused(f"The certificate of {endpoint} is refused: {error.verify_message}.", reason=reason)
    if error.reason in _PLAIN_SIGNS:
        return TlsRefused(f"{endpoint} starts unencrypted.", reason="plain")
    return TlsRefused(
        f"{endpoint} and this server agree on no encryption: {error.reason or 'handshake ended'}.", reason="handshake"
    )


def explained(open_endpoint: Callable[[Endpoint], T], endpoint: Endpoint) -> T:
    """open_endpoint(endpoint); a refused certificate's error also carries what describe_certificate tells of it."""
    try:
        return open_endpoint(endpoint)
    except TlsRefused as refusal:
        if refusal.reason in CERTIFICATE_REASONS:
            refusal.details.update(_presented(open_endpoint, endpoint))
        raise


def _presented(open_endpoint: Callable[[Endpoint], object], endpoint: Endpoint) -> dict[str, object]:
    try:
        open_endpoint(replace(endpoint, fingerprint=NO_CERTIFICATE))
    except TlsRefused as refusal:
        return refusal.details
    except MailServerError:  # the server says something else the second time
        return {}
    raise AssertionError("a certificate matched the impossible pin")
