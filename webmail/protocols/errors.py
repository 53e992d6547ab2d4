"""What can go wrong between us and a mail server, as values a caller can act on.

Each error carries an English sentence for logs and a `reason`, a stable word that the interface translates
(accounts/probing.py). No error ever carries a password, and text that a server sent is kept apart in `reply`, escaped
and cut, because it is not ours.
"""

import re

REPLY_LIMIT = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str | bytes) -> str:
    """A server's words as one printable line of at most REPLY_LIMIT characters; safe for logs and pages."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return _CONTROL.sub(" ", text).strip()[:REPLY_LIMIT]


class MailServerError(Exception):
    """A mail server could not do what was asked. `reason` is a stable word, `reply` what the server said (one line, may
    be empty)."""

    default_reason = "failed"

    def __init__(self, message: str, *, reason: str = "", reply: str | bytes = "", **details: object):
        super().__init__(message)
        self.reason = reason or self.default_reason
        self.reply = one_line(reply)
        self.details = details


class Unreachable(MailServerError):
    """No usable connection, or it was lost. Trying later may help.

    Reasons: name (no such host), refused, timeout, network, lost (the line dropped), not_allowed (address or port
    refused by policy), wrong_protocol (another protocol's greeting), silent (connected, but no greeting: often TLS
    expected), busy (the server limits us: [LIMIT], [UNAVAILABLE], [IN-USE], 421), pool (all sessions of this account
    are in use).
    """

    default_reason = "network"


class TlsRefused(MailServerError):
    """The encryption that was chosen can't be had; nothing secret was sent.

    Reasons: not_offered (no STARTTLS), plain (the port speaks without TLS), expired, name_mismatch, self_signed,
    unknown_issuer, certificate (any other fault of it), changed (not the pinned fingerprint), injected (bytes before
    the handshake), handshake.
    """

    default_reason = "handshake"


class LoginRefused(MailServerError):
    """The server does not accept these credentials, here and now. Never retried by itself.

    Reasons: credentials, app_password (the provider wants an application password or OAuth), needs_tls, disabled (no
    login method in common).
    """

    default_reason = "credentials"


class Rejected(MailServerError):
    """The server understood and said no. `code` is the SMTP reply or the IMAP/POP response code; `permanent` per RFC
    5321, 4.2.1."""

    default_reason = "rejected"

    def __init__(self, message: str, *, code: str | int = "", permanent: bool = True, **rest: object):
        super().__init__(message, **rest)  # type: ignore[arg-type]
        self.code = code
        self.permanent = permanent


class OutcomeUnknown(MailServerError):
    """The final dot was sent and no answer came: the message may or may not have been accepted (RFC 1047)."""

    default_reason = "unknown"
