"""An SMTP session up to the message: greeting, encryption, login, one command and its reply (RFC 5321, 3207, 4954).

Flow: smtp.submit opens a SmtpSession, greets, upgrades, signs in, and then speaks for its message through command().
Nothing is stored; whatever breaks here breaks before a message was begun, so nothing was delivered.
"""

import re
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from webmail.protocols import sasl
from webmail.protocols.endpoint import Credentials, Endpoint, Password, Security
from webmail.protocols.errors import (
    LoginRefused,
    MailServerError,
    Rejected,
    TlsRefused,
    Unreachable,
    one_line,
)
from webmail.protocols.wire import Wire, read_banner, spoken_protocol

REPLY_OCTETS = 64 * 2**10
PIPELINED = (
    50  # commands at once: they and their replies fit the buffers of any line, so neither side waits for the other
)
REPLY_LINE = 4096  # RFC 5321 says 512
INITIAL_RESPONSE = 400  # longer ones do not fit a command line: they wait for the server's challenge (RFC 4954, 4)

_HOSTNAME = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")


@dataclass(frozen=True, slots=True)
class SmtpCapabilities:
    """What EHLO tells after login. `size_limit` in octets, None when the server names none."""

    extensions: frozenset[str]
    mechanisms: frozenset[str]
    size_limit: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return one_line(" ".join(self.lines))

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        return self.code >= 500


class SmtpSession:
    """One connection to an SMTP server. `progress` is called before each command."""

    def __init__(self, wire: Wire, endpoint: Endpoint, hostname: str, progress: Callable[[], None]):
        self.wire = wire
        self.progress = progress
        self.endpoint = endpoint
        self.hostname = hostname if _HOSTNAME.fullmatch(hostname) else _address_literal(wire.sock)
        self.extensions: dict[str, str] = {}
        self.within_message = False  # where QUIT would be text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.end(politely=kind is None or issubclass(kind, Rejected))

    def end(self, *, politely: bool = True) -> None:
        """Hang up, with a QUIT if the line is in order. Never raises."""
        if politely and not self.within_message:
            self._quit()
        self.wire.close()

    @property
    def capabilities(self) -> SmtpCapabilities:
        size = self.extensions.get("SIZE", "")
        limit = int(size) if size.isascii() and size.isdigit() and len(size) < 19 else 0
        return SmtpCapabilities(frozenset(self.extensions), self._mechanisms(), limit or None)

    # ---- opening

    def greet(self) -> None:
        first = read_banner(self.wire)
        if spoken_protocol(first) not in ("smtp", "") or not first[:3].isdigit():
            raise Unreachable("This is not an SMTP server.", reason="wrong_protocol", speaks=spoken_protocol(first))
        self.wire.unread(first + b"\r\n")
        self.expect("the connection", self.read_reply())
        self._say_hello()

    def _say_hello(self) -> None:
        reply = self.ask(f"EHLO {self.hostname}")
        if reply.permanent:  # a server of before 1995, or a proxy that plays one
            self.command(f"HELO {self.hostname}")
        elif not reply.positive:
            raise self.rejected("EHLO", reply)
        words = (line.upper().replace("AUTH=", "AUTH ", 1).partition(" ") for line in reply.lines[1:] if reply.positive)
        self.extensions = {}
        for name, _, parameters in words:  # some servers announce AUTH twice, in the old spelling too
            self.extensions[name] = f"{self.extensions.get(name, '')} {parameters}".strip()

    def upgrade(self) -> None:
        """STARTTLS (RFC 3207); whatever was learnt before it is forgotten. Raises TlsRefused."""
        if "STARTTLS" not in self.extensions:
            raise TlsRefused(f"{self.endpoint} offers no encryption.", reason="not_offered")
        reply = self.ask("STARTTLS")
        if reply.code != 220:
            raise TlsRefused(f"{self.endpoint} refuses to encrypt.", reason="not_offered", reply=reply.text)
        self.wire.start_tls(self.endpoint)
        self._say_hello()

    def sign_in(self, credentials: Credentials) -> None:
        """AUTH (RFC 4954) by the first method both sides know, once. Raises LoginRefused; Unreachable(busy) where it is
        not about us."""
        offered = self._mechanisms()
        if mechanism := sasl.choose(credentials, offered):
            reply = self._authenticate(mechanism, sasl.message(mechanism, credentials).decode())
        elif "LOGIN" in offered and isinstance(credentials, Password):
            reply = self._sign_in_by_login(credentials)
        else:
            raise self._no_method()
        if not reply.positive:
            raise self._login_error(reply)

    def _mechanisms(self) -> frozenset[str]:
        return frozenset(self.extensions.get("AUTH", "").split())

    def _authenticate(self, mechanism: str, message: str) -> Reply:
        """One SASL message; a challenge beyond it is an error report, answered by an empty line."""
        if len(message) <= INITIAL_RESPONSE:
            reply = self.ask(f"AUTH {mechanism} {message}")
        else:
            reply = self.ask(f"AUTH {mechanism}")
            reply = self.ask(message) if reply.code == 334 else reply
        return self.ask("") if reply.code == 334 else reply

    def _sign_in_by_login(self, password: Password) -> Reply:
        """The old LOGIN mechanism: two questions, two answers."""
        reply = self.ask("AUTH LOGIN")
        for answer in (password.username, password.secret):
            if reply.code == 334:
                reply = self.ask(sasl.encoded(answer).decode())
        return reply

    def _no_method(self) -> LoginRefused:
        if self.endpoint.security is Security.NONE and "STARTTLS" in self.extensions:
            return LoginRefused(f"{self.endpoint} takes no login without encryption.", reason="needs_tls")
        return LoginRefused(f"{self.endpoint} offers no way to log in that we know.", reason="disabled")

    def _login_error(self, reply: Reply) -> MailServerError:
        if 400 <= reply.code < 500:
            return Unreachable("The server takes no login for now.", reason="busy", reply=reply.text)
        if reply.code == 534 or sasl.WANTS_APP_PASSWORD.search(reply.text):
            return LoginRefused("The server wants an application password.", reason="app_password", reply=reply.text)
        if reply.code in (530, 538) and self.endpoint.security is Security.NONE:
            return LoginRefused("The server wants encryption before a login.", reason="needs_tls", reply=reply.text)
        if reply.code != 535:
            return LoginRefused("The server does not take this login.", reason="disabled", reply=reply.text)
        return LoginRefused(
            "The server does not accept user name and password.", reason="credentials", reply=reply.text
        )

    # ---- the line

    def command(self, line: str) -> Reply:
        """A command that must succeed. Raises Rejected, or Unreachable(busy) for 421."""
        return self.expect(line.split(" ")[0], self.ask(line))

    def expect(self, verb: str, reply: Reply) -> Reply:
        if not reply.positive:
            raise self.rejected(verb, reply)
        return reply

    def rejected(self, verb: str, reply: Reply) -> Rejected:
        self.raise_if_leaving(reply)
        return Rejected(f"The server refused {verb}.", code=reply.code, permanent=reply.permanent, reply=reply.text)

    def raise_if_leaving(self, reply: Reply) -> None:
        if reply.code == 421:
            raise Unreachable("The server has no time for us now.", reason="busy", reply=reply.text, code=421)

    def ask(self, line: str) -> Reply:
        return next(self.ask_each([line]))

    def ask_each(self, lines: Sequence[str]) -> Iterator[Reply]:
        """The reply to each command: asked one by one, or several at once where the server takes them so (RFC 2920)
        and a round trip may be long. Only for commands that may follow whatever the ones before them give."""
        if any("\r" in line or "\n" in line or "\0" in line for line in lines):
            raise ValueError("a command is one line")
        at_once = PIPELINED if "PIPELINING" in self.extensions else 1
        for start in range(0, len(lines), at_once):
            group = lines[start : start + at_once]
            self.begin()
            self.progress()
            self.wire.send(b"".join(line.encode() + b"\r\n" for line in group))
            for _line in group:
                self.begin()
                yield self.read_reply()

    def begin(self, seconds: float | None = None) -> None:
        self.wire.begin(seconds=seconds, silence=seconds, octets=REPLY_OCTETS)

    def read_reply(self) -> Reply:
        """One reply (RFC 5321, 4.2.1), its text without the codes."""
        lines: list[str] = []
        while True:
            line = self.wire.readline(REPLY_LINE).rstrip(b"\r\n")
            if not re.fullmatch(rb"[2-5][0-9][0-9](?:[ -].*)?", line, re.DOTALL):
                raise Unreachable("The server answered oddly.", reason="lost")
            lines.append(line[4:].decode("utf-8", "replace"))
            if line[3:4] != b"-":
                return Reply(int(line[:3]), tuple(lines))

    def _quit(self) -> None:
        try:
            self.begin(seconds=2)
            self.wire.send(b"QUIT\r\n")
            self.read_reply()
        except Unreachable:
            return


def _address_literal(sock: socket.socket) -> str:
    """Our own address for EHLO (RFC 5321, 4.1.3): looking up our name could take as long as DNS likes."""
    try:
        address = str(sock.getsockname()[0]).partition("%")[0]
    except OSError:
        return "[127.0.0.1]"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
