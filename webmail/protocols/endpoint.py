"""Where a mail server is and how to prove who we are: plain values, no I/O."""

from dataclasses import dataclass, field
from enum import StrEnum


class Security(StrEnum):
    """How a connection is encrypted (RFC 8314). There is no "if available": what is chosen is what is done, or the
    connection fails."""

    TLS = "tls"  # from the first byte: 993, 995, 465
    STARTTLS = "starttls"  # a command turns it on, refused otherwise: 143, 110 (STLS), 587
    NONE = "none"  # readable by everybody on the way


class Protocol(StrEnum):
    IMAP = "imap"
    POP3 = "pop3"
    SMTP = "smtp"


DEFAULT_PORTS: dict[tuple[Protocol, Security], int] = {
    (Protocol.IMAP, Security.TLS): 993,
    (Protocol.IMAP, Security.STARTTLS): 143,
    (Protocol.IMAP, Security.NONE): 143,
    (Protocol.POP3, Security.TLS): 995,
    (Protocol.POP3, Security.STARTTLS): 110,
    (Protocol.POP3, Security.NONE): 110,
    (Protocol.SMTP, Security.TLS): 465,
    (Protocol.SMTP, Security.STARTTLS): 587,
    (Protocol.SMTP, Security.NONE): 25,
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Host, port, security; `ca_pem` (PEM text) or `fingerprint` (SHA-256 of the DER certificate, 64 lower-case hex
    digits) trust a private server: the first adds an authority, the second trusts that one certificate whatever its
    name, issuer and dates."""

    host: str
    port: int
    security: Security
    ca_pem: str = field(default="", repr=False)
    fingerprint: str = ""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Password:
    username: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerToken:
    """An OAuth 2 access token (RFC 7628 OAUTHBEARER, or XOAUTH2)."""

    username: str
    token: str = field(repr=False)


Credentials = Password | BearerToken
