"""Submitting a message (RFC 6409, RFC 5321), with every outcome told apart: taken, refused by whom and for how long, or
unknown.

Flow: submit dials through the guard, encrypts as chosen, logs in, and speaks MAIL, RCPT and DATA; when all but the
final dot is on the line it calls before_dot(), where the caller commits that the point of no return comes now, and
closes without the dot if that raises. Nothing is stored here. A crash before the dot delivers nothing, so the message
may be sent again; a crash or a lost line between the dot and its answer leaves the outcome unknown (RFC 1047), and only
a person may decide to send again.
"""

import re
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from webmail.protocols import sasl
from webmail.protocols.endpoint import Credentials, Endpoint, Password, Security
from webmail.protocols.errors import (
    LoginRefused,
    MailServerError,
    OutcomeUnknown,
    Rejected,
    TlsRefused,
    Unreachable,
    one_line,
)
from webmail.protocols.sockets import DEFAULT_TIMEOUTS, AddressGuard, Timeouts
from webmail.protocols.tls import explained
from webmail.protocols.wire import Wire, connect, read_banner, spoken_protocol

REPLY_OCTETS = 64 * 2**10
REPLY_LINE = 4096  # RFC 5321 says 512
INITIAL_RESPONSE = 400  # longer ones do not fit a command line: they wait for the server's challenge (RFC 4954, 4)
PIECE = 256 * 2**10

_BAD_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0<>\u2028\u2029]")
_HOSTNAME = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server does not take one recipient; `text` is its reply on one line."""

    code: int
    text: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class SmtpCapabilities:
    """What EHLO tells after login. `size_limit` in octets, None when the server names none."""

    extensions: frozenset[str]
    mechanisms: frozenset[str]
    size_limit: int | None


@dataclass(frozen=True, slots=True)
class _Reply:
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


def _nothing() -> None:
    """Nobody wants to know."""


def submit(
    endpoint: Endpoint,
    credentials: Credentials | None,
    sender: str,
    recipients: Sequence[str],
    raw: bytes,
    *,
    guard: AddressGuard,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    before_dot: Callable[[], None],
    progress: Callable[[], None] = _nothing,
    hostname: str = "",
) -> dict[str, Refusal]:
    """Hand `raw` (RFC 5322 octets; any line ends) to the server for `recipients`. Returns those it does not take, when
    it takes others.

    Before the final dot: Unreachable, TlsRefused, LoginRefused, or Rejected (details["refusals"] when every recipient
    is refused; reason "too_large", "smtputf8" where that is the cause), and whatever before_dot raises, or progress,
    which is called before each command and each piece of the message: nothing was delivered. After it: Rejected when
    the server said so, OutcomeUnknown when it said nothing. ValueError for an address that can't be one.
    """
    _check_addresses(sender, recipients)
    if not recipients:
        raise ValueError("a message has recipients")
    with _opened(endpoint, credentials, guard, timeouts, hostname, progress) as submission:
        return submission.deliver(sender, recipients, raw, before_dot)


def probe(
    endpoint: Endpoint,
    credentials: Credentials | None,
    sender: str,
    *,
    guard: AddressGuard,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    hostname: str = "",
) -> SmtpCapabilities:
    """A dry run: everything up to MAIL FROM, then RSET. Nothing is sent. Raises as submit does before the dot."""
    _check_addresses(sender, ())
    with _opened(endpoint, credentials, guard, timeouts, hostname) as submission:
        submission.begin_mail(sender, (), 0, eight_bit=False)
        submission.command("RSET")
        return submission.capabilities


def _opened(
    endpoint: Endpoint,
    credentials: Credentials | None,
    guard: AddressGuard,
    timeouts: Timeouts,
    hostname: str,
    progress: Callable[[], None] = _nothing,
) -> "Submission":
    return explained(lambda end: _open(end, credentials, guard, timeouts, hostname, progress), endpoint)


def _open(
    endpoint: Endpoint,
    credentials: Credentials | None,
    guard: AddressGuard,
    timeouts: Timeouts,
    hostname: str,
    progress: Callable[[], None],
) -> "Submission":
    if credentials:
        sasl.refuse_control(credentials)
    wire = connect(endpoint, guard, timeouts)
    submission = Submission(wire, endpoint, hostname, progress)
    try:
        submission.greet()
        if endpoint.security is Security.STARTTLS:
            submission.upgrade()
        if credentials:
            submission.sign_in(credentials)
    except BaseException:
        wire.close()
        raise
    return submission


class Submission:
    """One SMTP session for one message."""

    def __init__(self, wire: Wire, endpoint: Endpoint, hostname: str, progress: Callable[[], None]):
        self.wire = wire
        self.progress = progress
        self.endpoint = endpoint
        self.hostname = hostname if _HOSTNAME.fullmatch(hostname) else _address_literal(wire.sock)
        self.extensions: dict[str, str] = {}
        self._within_message = False

    def __enter__(self) -> "Submission":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if not self._within_message and (kind is None or issubclass(kind, Rejected)):
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
        self._expect("the connection", self._reply())
        self._say_hello()

    def _say_hello(self) -> None:
        reply = self._ask(f"EHLO {self.hostname}")
        if reply.permanent:  # a server of before 1995, or a proxy that plays one
            self.command(f"HELO {self.hostname}")
        elif not reply.positive:
            raise self._rejected("EHLO", reply)
        words = (line.upper().replace("AUTH=", "AUTH ", 1).partition(" ") for line in reply.lines[1:] if reply.positive)
        self.extensions = {}
        for name, _, parameters in words:  # some servers announce AUTH twice, in the old spelling too
            self.extensions[name] = f"{self.extensions.get(name, '')} {parameters}".strip()

    def upgrade(self) -> None:
        """STARTTLS (RFC 3207); whatever was learnt before it is forgotten. Raises TlsRefused."""
        if "STARTTLS" not in self.extensions:
            raise TlsRefused(f"{self.endpoint} offers no encryption.", reason="not_offered")
        reply = self._ask("STARTTLS")
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

    def _authenticate(self, mechanism: str, message: str) -> _Reply:
        """One SASL message; a challenge beyond it is an error report, answered by an empty line."""
        if len(message) <= INITIAL_RESPONSE:
            reply = self._ask(f"AUTH {mechanism} {message}")
        else:
            reply = self._ask(f"AUTH {mechanism}")
            reply = self._ask(message) if reply.code == 334 else reply
        return self._ask("") if reply.code == 334 else reply

    def _sign_in_by_login(self, password: Password) -> _Reply:
        """The old LOGIN mechanism: two questions, two answers."""
        reply = self._ask("AUTH LOGIN")
        for answer in (password.username, password.secret):
            if reply.code == 334:
                reply = self._ask(sasl.encoded(answer).decode())
        return reply

    def _no_method(self) -> LoginRefused:
        if self.endpoint.security is Security.NONE and "STARTTLS" in self.extensions:
            return LoginRefused(f"{self.endpoint} takes no login without encryption.", reason="needs_tls")
        return LoginRefused(f"{self.endpoint} offers no way to log in that we know.", reason="disabled")

    def _login_error(self, reply: _Reply) -> MailServerError:
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

    # ---- the message

    def deliver(
        self, sender: str, recipients: Sequence[str], raw: bytes, before_dot: Callable[[], None]
    ) -> dict[str, Refusal]:
        self.begin_mail(sender, recipients, len(raw), eight_bit=not raw.isascii())
        refusals = self._name_recipients(recipients)
        reply = self._ask("DATA")
        if reply.code != 354:
            raise self._rejected("DATA", reply)
        self._within_message = True
        self._send_content(raw)
        before_dot()
        self._check_line()
        self._end_content()
        return refusals

    def begin_mail(self, sender: str, recipients: Sequence[str], size: int, *, eight_bit: bool) -> None:
        limit = self.capabilities.size_limit
        if limit and size > limit:
            raise Rejected(
                "The message is larger than the server takes.", reason="too_large", code=552, limit=limit, size=size
            )
        options = [f"SIZE={size}"] if "SIZE" in self.extensions and size else []
        options += ["BODY=8BITMIME"] if eight_bit and "8BITMIME" in self.extensions else []
        if not all(self._wire_address(address).isascii() for address in (sender, *recipients)):
            options.append("SMTPUTF8")
        self.command(" ".join([f"MAIL FROM:<{self._wire_address(sender)}>", *options]))

    def _name_recipients(self, recipients: Sequence[str]) -> dict[str, Refusal]:
        refusals: dict[str, Refusal] = {}
        for recipient in dict.fromkeys(recipients):
            reply = self._ask(f"RCPT TO:<{self._wire_address(recipient)}>")
            if not reply.positive:
                self._raise_if_leaving(reply)
                refusals[recipient] = Refusal(reply.code, reply.text, reply.permanent)
        if len(refusals) == len(set(recipients)):
            first = next(iter(refusals.values()))
            raise Rejected(
                "The server takes none of the recipients.",
                code=first.code,
                permanent=all(refusal.permanent for refusal in refusals.values()),
                reply=first.text,
                refusals=refusals,
            )
        return refusals

    def _wire_address(self, address: str) -> str:
        """The address as it may be sent: as it is, its domain in ASCII (RFC 5891), or with SMTPUTF8 (RFC 6531) where it
        can't be."""
        if address.isascii():
            return address
        local, at, domain = address.rpartition("@")
        if local.isascii():
            try:
                return local + at + domain.encode("idna").decode("ascii")
            except UnicodeError as error:
                raise ValueError("this domain can't be one") from error
        if "SMTPUTF8" not in self.extensions:
            raise Rejected("The server takes no addresses in other scripts.", reason="smtputf8", code=553)
        return address

    def _send_content(self, raw: bytes) -> None:
        self._begin()
        try:
            for piece in wire_form(raw):
                self.progress()
                self.wire.send(piece)
        except Unreachable:
            self._raise_last_word()
            raise
        self._check_line()

    def _check_line(self) -> None:
        """The server has nothing to say before the dot: if it speaks or has left, the dot must not be sent, as nothing
        is lost yet."""
        if not self.wire.is_alive() or self.wire.pending:
            self._raise_last_word()
            raise Unreachable("The server left before the end of the message.", reason="lost")

    def _raise_last_word(self) -> None:
        """A server may refuse in the middle of a message and hang up: then it said why (552, 421)."""
        try:
            self._begin(seconds=2)
            reply = self._reply()
        except Unreachable:
            return
        if not reply.positive:
            raise self._rejected("the message", reply)

    def _end_content(self) -> None:
        """The dot. From its first octet on, only an answer tells what became of the message."""
        final = self.wire.timeouts.final
        try:
            self.wire.begin(seconds=final, silence=final, octets=REPLY_OCTETS)
            self.wire.send(b".\r\n")
            reply = self._reply()
        except Unreachable as error:
            raise OutcomeUnknown("The server did not say whether it took the message.") from error
        self._within_message = False
        if 400 <= reply.code < 600:
            raise Rejected(
                "The server refused the message.", code=reply.code, permanent=reply.permanent, reply=reply.text
            )
        if not reply.positive:
            raise OutcomeUnknown("The server did not say whether it took the message.", reply=reply.text)

    # ---- the line

    def command(self, line: str) -> _Reply:
        """A command that must succeed. Raises Rejected, or Unreachable(busy) for 421."""
        return self._expect(line.split(" ")[0], self._ask(line))

    def _expect(self, verb: str, reply: _Reply) -> _Reply:
        if not reply.positive:
            raise self._rejected(verb, reply)
        return reply

    def _rejected(self, verb: str, reply: _Reply) -> Rejected:
        self._raise_if_leaving(reply)
        return Rejected(f"The server refused {verb}.", code=reply.code, permanent=reply.permanent, reply=reply.text)

    def _raise_if_leaving(self, reply: _Reply) -> None:
        if reply.code == 421:
            raise Unreachable("The server has no time for us now.", reason="busy", reply=reply.text, code=421)

    def _ask(self, line: str) -> _Reply:
        if "\r" in line or "\n" in line or "\0" in line:
            raise ValueError("a command is one line")
        self.progress()
        self._begin()
        self.wire.send(line.encode() + b"\r\n")
        return self._reply()

    def _begin(self, seconds: float | None = None) -> None:
        self.wire.begin(seconds=seconds, silence=seconds, octets=REPLY_OCTETS)

    def _reply(self) -> _Reply:
        """One reply (RFC 5321, 4.2.1), its text without the codes."""
        lines: list[str] = []
        while True:
            line = self.wire.readline(REPLY_LINE).rstrip(b"\r\n")
            if not re.fullmatch(rb"[2-5][0-9][0-9](?:[ -].*)?", line, re.DOTALL):
                raise Unreachable("The server answered oddly.", reason="lost")
            lines.append(line[4:].decode("utf-8", "replace"))
            if line[3:4] != b"-":
                return _Reply(int(line[:3]), tuple(lines))

    def _quit(self) -> None:
        try:
            self._begin(seconds=2)
            self.wire.send(b"QUIT\r\n")
            self._reply()
        except Unreachable:
            return


def wire_form(raw: bytes) -> Iterator[bytes]:
    """A message as it goes over the line, but for the final dot: every line ends with CRLF, a leading dot is doubled,
    no NUL (RFC 5321, 2.3.8, 4.5.2). So nothing within it can be taken for its end, by any server. In pieces, so that no
    second copy of it is made."""
    start = 0
    while start < len(raw):
        end = raw.find(b"\n", start + PIECE) + 1 or len(raw)
        lines = raw[start:end].replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
        dotted = lines.replace(b"\r\n.", b"\r\n..")
        yield (b"." if dotted.startswith(b".") else b"") + dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n")
        start = end


def _check_addresses(sender: str, recipients: Sequence[str]) -> None:
    for address in (sender, *recipients):
        if _BAD_ADDRESS.search(address) or len(address) > 320:
            raise ValueError(f"{address!r} is not an address")
    if "" in recipients:
        raise ValueError("a recipient has an address")


def _address_literal(sock: socket.socket) -> str:
    """Our own address for EHLO (RFC 5321, 4.1.3): looking up our name could take as long as DNS likes."""
    try:
        address = str(sock.getsockname()[0]).partition("%")[0]
    except OSError:
        return "[127.0.0.1]"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
