"""Logging in by SASL (RFC 4422), for all three protocols: which mechanism, and its one message. Pure functions."""

import base64
import re
from collections.abc import Collection

from webmail.protocols.endpoint import BearerToken, Credentials

# What providers answer when a password is right but not the kind they want here.
WANTS_APP_PASSWORD = re.compile(
    r"application.specific|app.?password|basic.?auth|web.?login|WEBALERT|5\.7\.139", re.IGNORECASE
)

_FOR_TOKENS = ("OAUTHBEARER", "XOAUTH2")


def choose(credentials: Credentials, offered: Collection[str]) -> str | None:
    """The best mechanism both sides know, None without one."""
    ours = _FOR_TOKENS if isinstance(credentials, BearerToken) else ("PLAIN",)
    return next((mechanism for mechanism in ours if mechanism in offered), None)


def message(mechanism: str, credentials: Credentials) -> bytes:
    """The client's only message, in base64 (PLAIN: RFC 4616, OAUTHBEARER: RFC 7628, XOAUTH2: Google's)."""
    user = credentials.username
    if not isinstance(credentials, BearerToken):
        return encoded(f"\0{user}\0{credentials.secret}")
    bearer = f"auth=Bearer {credentials.token}\1\1"
    if mechanism == "OAUTHBEARER":
        escaped = user.replace("=", "=3D").replace(",", "=2C")
        return encoded(f"n,a={escaped},\1{bearer}")
    return encoded(f"user={user}\1{bearer}")


def encoded(text: str) -> bytes:
    return base64.b64encode(text.encode())


def refuse_control(credentials: Credentials) -> None:
    """ValueError for what would end a command line, or a field of a mechanism's message."""
    secret = credentials.token if isinstance(credentials, BearerToken) else credentials.secret
    if re.search(r"[\x00-\x1f\x7f]", credentials.username) or re.search(r"[\x00\x01\r\n]", secret):
        raise ValueError("control characters can't be part of a login")
