"""One small file from the web, or one small form to it: the sender of a mail chose the address, so it is not trusted.

fetch(url) → the address is taken apart (http and https only) → wire.connect: every address of the name is shown to the
guard, the one that passed is dialled → one GET that tells nothing about the reader → a redirect begins again at the
top, three times at most → at most `limit` octets, all within `seconds`. Nothing is stored, nothing is tried twice.
post(url) → the same road, by https alone, and its first answer is the last: a redirect is not followed.
"""

import io
import re
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TypeVar, cast
from urllib.parse import quote, urljoin, urlsplit

from webmail.protocols.endpoint import Endpoint, Security
from webmail.protocols.errors import MailServerError, Unreachable
from webmail.protocols.sockets import AddressGuard, Timeouts, public_only
from webmail.protocols.wire import Wire, connect

WEB_PORTS = frozenset({80, 443})
REDIRECTS_LIMIT = 3
HEAD_LIMIT = 256 * 2**10  # octets of an answer before its content
PIECE = 64 * 2**10

Result = TypeVar("Result")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_SAFE = "/%!$&'()*+,;=:@~?[]"  # what stays as the mail has it
_NOT_IN_HOSTS = re.compile(r"[^\w.\-:]")


class NotFetched(Exception):
    """`reason`: address (none that may be asked), not_allowed (the guard refused it), unreachable (no connection, or
    the line was lost), timeout, tls, answer (no file), size, redirects."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Target:
    endpoint: Endpoint
    host: str  # for the request: with its port, unless that is the scheme's own
    path: str


def web_only(allowed: Collection[str] = ()) -> AddressGuard:
    """A guard that lets through public addresses on the ports of the web, and what `allowed` names beyond these, as in
    sockets.public_only."""
    return public_only(allowed, WEB_PORTS)


def fetch(url: str, *, guard: AddressGuard, limit: int, seconds: float, ca_pem: str = "") -> bytes:
    """The octets at an address of the web, at most `limit`, after all redirects within `seconds`, the look-ups of names
    aside. Raises NotFetched. `ca_pem` adds an authority to those the system trusts."""
    deadline = time.monotonic() + seconds
    for _ in range(REDIRECTS_LIMIT + 1):
        if time.monotonic() >= deadline:
            raise NotFetched("timeout")
        content, moved = _hop(_target(url, ca_pem), guard, limit, deadline)
        if not moved:
            return content
        url = _joined(url, moved)
    raise NotFetched("redirects")


def post(url: str, form: bytes, *, guard: AddressGuard, seconds: float, ca_pem: str = "") -> int:
    """The status of the answer to a form (application/x-www-form-urlencoded), which is asked by https only and without
    anything about who asks: no cookies, no referrer. Raises NotFetched. What the answer says is not read."""
    target = _target(url, ca_pem)
    if target.endpoint.security is not Security.TLS:
        raise NotFetched("address")
    content = ("Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}")

    def talk(wire: Wire, left: float) -> int:
        return _answered(wire, "POST", target, content, HEAD_LIMIT, left, form).status

    return _conversation(target, guard, time.monotonic() + seconds, talk)


def _hop(target: "_Target", guard: AddressGuard, limit: int, deadline: float) -> tuple[bytes, str]:
    """(content, where it has moved to: "" unless the answer is a redirect)"""
    return _conversation(target, guard, deadline, lambda wire, seconds: _asked(wire, target, limit, seconds))


def _conversation(
    target: "_Target", guard: AddressGuard, deadline: float, talk: Callable[[Wire, float], Result]
) -> Result:
    """What `talk` makes of a line to the target and the seconds that are left."""
    seconds = max(deadline - time.monotonic(), 0.1)
    timeouts = Timeouts(connect=seconds / 2, read=seconds / 2, answer=seconds, whole=seconds)
    try:
        wire = connect(target.endpoint, guard, timeouts)
        try:
            wire.end_by(deadline)  # dialling and the handshake took their share
            return talk(wire, seconds)
        finally:
            wire.close()
    except (HTTPException, ValueError) as error:
        raise NotFetched("answer") from error
    except MailServerError as error:
        raise NotFetched(_reason(error)) from error


def _joined(url: str, moved: str) -> str:
    try:
        return urljoin(url, moved)
    except ValueError as error:
        raise NotFetched("address") from error


def _reason(error: MailServerError) -> str:
    if not isinstance(error, Unreachable):
        return "tls"
    return error.reason if error.reason in ("not_allowed", "timeout") else "unreachable"


def _target(url: str, ca_pem: str) -> _Target:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError) as error:
        raise NotFetched("address") from error
    default = _PORTS.get(parts.scheme)
    if not default or not host or _NOT_IN_HOSTS.search(host) or parts.username is not None:
        raise NotFetched("address")
    security = Security.TLS if parts.scheme == "https" else Security.NONE
    named = f"[{host}]" if ":" in host else host
    query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    return _Target(
        Endpoint(host, port or default, security, ca_pem),
        named if port in (None, default) else f"{named}:{port}",
        quote(parts.path or "/", safe=_SAFE) + query,
    )


def _asked(wire: Wire, target: _Target, limit: int, seconds: float) -> tuple[bytes, str]:
    answer = _answered(wire, "GET", target, ("Accept: image/*",), limit + HEAD_LIMIT, seconds)
    if answer.status in _REDIRECTS and (moved := answer.headers.get("Location", "").strip()):
        return b"", moved
    if answer.status != 200:
        raise NotFetched("answer")
    if (answer.length or 0) > limit:
        raise NotFetched("size")
    return _content(answer, limit), ""


def _answered(
    wire: Wire, method: str, target: _Target, more: tuple[str, ...], octets: int, seconds: float, content: bytes = b""
) -> HTTPResponse:
    """The answer to one request, its head read; it may have so many octets and take so many seconds."""
    wire.begin(seconds=seconds, octets=octets)
    # A name that is common to all installations: what is asked for tells neither who asks nor by what.
    lines = (
        f"{method} {target.path} HTTP/1.1",
        f"Host: {target.host}",
        "User-Agent: Mozilla/5.0",
        *more,
        "Accept-Encoding: identity",
        "Connection: close",
    )
    wire.send("".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii") + content)
    answer = HTTPResponse(cast(socket.socket, _Readable(wire)), method=method)
    answer.begin()
    return answer


def _content(answer: HTTPResponse, limit: int) -> bytes:
    content = bytearray()
    while piece := answer.read1(PIECE):
        content += piece
        if len(content) > limit:
            raise NotFetched("size")
    if answer.length:
        raise NotFetched("unreachable")  # the line was lost half-way
    return bytes(content)


class _Readable(io.RawIOBase):
    """What http.client reads of a socket, within the wire's limits of time and size."""

    def __init__(self, wire: Wire):
        self._wire = wire

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self, PIECE)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        try:
            found = self._wire.read_some()
        except Unreachable as error:
            if error.reason == "lost" and not self._wire.pending:
                return 0  # the end, where "Connection: close" was asked for
            raise
        taken = found[: len(buffer)]
        if len(found) > len(taken):
            self._wire.unread(found[len(taken) :])
        buffer[: len(taken)] = taken
        return len(taken)
