"""A POP3 maildrop (RFC 1939): what is in it, its messages octet for octet, and deletions that happen at QUIT.

Flow: open_maildrop dials through the guard, encrypts as chosen (STLS: RFC 2595), logs in, which locks the maildrop;
retrieve streams a message into a sink, line by line, so that memory stays flat; delete only marks. Nothing is stored. A
crash or a lost line anywhere before QUIT's answer leaves the maildrop as it was (RFC 1939, 6), or, when only the answer
was lost, without the marked messages: so delete only what is safely kept elsewhere. poplib is not used: it gives up on
a line over 2048 octets, and rewrites line ends.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from webmail.protocols import sasl
from webmail.protocols.endpoint import BearerToken, Credentials, Endpoint, Security
from webmail.protocols.errors import LoginRefused, MailServerError, Rejected, TlsRefused, Unreachable
from webmail.protocols.sockets import DEFAULT_TIMEOUTS, AddressGuard, Timeouts
from webmail.protocols.tls import explained
from webmail.protocols.wire import Wire, connect, read_banner, spoken_protocol

MESSAGE_OCTETS = 256 * 2**20  # one message, unless the caller allows more
LISTING_OCTETS = 16 * 2**20  # UIDL and LIST of some 200,000 messages
STATUS_LINE = 4096
UIDL_LINE = 8192  # RFC 1939 says 70 octets; some servers send more
MAX_NUMBER = 10**9

_CODE = re.compile(rb"-ERR\s*\[([A-Za-z/-]+)\]")  # RFC 2449, 8; RFC 3206
_BUSY = re.compile(
    rb"\[(?:IN-USE|LOGIN-DELAY|SYS/TEMP)\]|too many|maildrop.*lock|lock.*mail|try again (?:later|in \d)", re.IGNORECASE
)
_NEEDS_TLS = re.compile(rb"plaintext|encrypt|\b(?:TLS|SSL|STLS)\b", re.IGNORECASE)

Sink = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class UidlEntry:
    """A message of the maildrop. `number` holds for this session only; `uidl` is None where the server gives none;
    `size` as the server claims, in octets (0 when unknown): servers are often wrong about it."""

    number: int
    uidl: str | None
    size: int


def open_maildrop(
    endpoint: Endpoint, credentials: Credentials, *, guard: AddressGuard, timeouts: Timeouts = DEFAULT_TIMEOUTS
) -> "Maildrop":
    """A logged-in, locked maildrop. Raises Unreachable (busy: locked by another session, or limited), TlsRefused,
    LoginRefused; ValueError for control characters in the credentials."""
    sasl.refuse_control(credentials)
    return explained(lambda end: _open(end, credentials, guard, timeouts), endpoint)


def _open(endpoint: Endpoint, credentials: Credentials, guard: AddressGuard, timeouts: Timeouts) -> "Maildrop":
    wire = connect(endpoint, guard, timeouts)
    maildrop = Maildrop(wire, endpoint)
    try:
        maildrop.greet()
        if endpoint.security is Security.STARTTLS:
            maildrop.upgrade()
        maildrop.sign_in(credentials)
    except BaseException:
        wire.close()
        raise
    return maildrop


class Maildrop:
    """One POP3 session. As a context manager it says QUIT at the end of the block, and only drops the line after an
    exception, so that nothing is deleted then. Methods raise Rejected for -ERR, and Unreachable, after which the
    session is over."""

    def __init__(self, wire: Wire, endpoint: Endpoint):
        self.wire = wire
        self.endpoint = endpoint
        self.capabilities: frozenset[str] = frozenset()

    def __enter__(self) -> "Maildrop":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.quit()
        else:
            self.abort()

    # ---- opening

    def greet(self) -> None:
        banner = read_banner(self.wire)
        if banner.startswith(b"-ERR"):
            raise Unreachable("The server takes no connection now.", reason="busy", reply=banner)
        if spoken_protocol(banner) != "pop3":
            raise Unreachable("This is not a POP3 server.", reason="wrong_protocol", speaks=spoken_protocol(banner))

    def upgrade(self) -> None:
        """STLS; whatever was learnt before it is forgotten. Raises TlsRefused."""
        try:
            self._command(b"STLS")
        except Rejected as error:
            raise TlsRefused(
                f"{self.endpoint} offers no encryption.", reason="not_offered", reply=error.reply
            ) from error
        self.wire.start_tls(self.endpoint)

    def sign_in(self, credentials: Credentials) -> None:
        """By SASL where the server has it, else by USER and PASS; once. Raises LoginRefused, or Unreachable(busy)."""
        self.capabilities = self._ask_capabilities()
        try:
            if mechanism := sasl.choose(credentials, self._mechanisms()):
                self._authenticate(mechanism, sasl.message(mechanism, credentials))
            elif isinstance(credentials, BearerToken):
                raise LoginRefused(f"{self.endpoint} offers no way to log in that we know.", reason="disabled")
            else:
                self._command(b"USER " + credentials.username.encode())
                self._command(b"PASS " + credentials.secret.encode())
        except Rejected as error:
            raise _login_error(error, self.endpoint) from error

    def _authenticate(self, mechanism: str, message: bytes) -> None:
        """One SASL message (RFC 5034), after the server's empty challenge: a long one would not fit the command. Any
        further challenge is an error report, answered by an empty line, after which the server says -ERR."""
        self._send(b"AUTH " + mechanism.encode())
        answers = iter([message])
        while (line := self.wire.readline(STATUS_LINE)).startswith(b"+ ") or line.rstrip() == b"+":
            self.wire.send(next(answers, b"") + b"\r\n")
        self._check("AUTH", line)

    def _ask_capabilities(self) -> frozenset[str]:
        """CAPA (RFC 2449) as upper-case lines; empty where the server does not know it."""
        try:
            self._command(b"CAPA")
        except Rejected:
            return frozenset()
        return frozenset(line.decode("ascii", "replace").strip().upper() for line in self._lines(UIDL_LINE))

    def _mechanisms(self) -> frozenset[str]:
        return frozenset(word for line in self.capabilities if line.startswith("SASL ") for word in line.split()[1:])

    # ---- reading

    def uidls(self) -> list[UidlEntry]:
        """All messages, by LIST and UIDL. Servers disagree with themselves: what LIST or UIDL leaves out has size 0 or
        uidl None."""
        sizes = dict(self._listing(b"LIST"))
        try:
            names = dict(self._listing(b"UIDL"))
        except Rejected:
            names = {}
        return [
            UidlEntry(number, names.get(number) or None, _octets(sizes.get(number, "")))
            for number in sorted(sizes.keys() | names.keys())
        ]

    def _listing(self, command: bytes) -> Iterator[tuple[int, str]]:
        self._command(command, octets=LISTING_OCTETS)
        for line in self._lines(UIDL_LINE):
            number, _, rest = line.strip().partition(b" ")
            if number.isdigit() and 0 < int(number[:10]) < MAX_NUMBER:
                yield int(number[:10]), rest.strip().decode("utf-8", "backslashreplace")

    def retrieve(self, number: int, sink: Sink, *, limit: int = MESSAGE_OCTETS, seconds: float = 1200) -> int:
        """Stream message `number` into `sink`, exactly as stored: dots unstuffed, line ends as they came. Returns its
        octets.

        Raises Rejected(-ERR, or reason="too_large" beyond `limit` octets, which ends the session) and
        Unreachable(timeout) after `seconds` in all. The sink may have got part of the message then.
        """
        status = self._command(b"RETR %d" % _checked(number), octets=2 * limit + STATUS_LINE, seconds=seconds)
        return self._stream(sink, limit, status)

    def top(self, number: int, lines: int) -> bytes:
        """The header and the first `lines` lines of the body. Optional in POP3: Rejected where the server has no
        TOP."""
        status = self._command(b"TOP %d %d" % (_checked(number), max(0, lines)))
        received = bytearray()
        self._stream(received.extend, LISTING_OCTETS, status)
        return bytes(received)

    def _stream(self, sink: Sink, limit: int, status: bytes) -> int:
        unstuffer = DotUnstuffer(b"\r\n" if status.endswith(b"\r\n") else b"\n")
        octets = 0
        while not unstuffer.ended:
            content = unstuffer.feed(self.wire.read_some())
            octets += len(content)
            if octets > limit:
                self.abort()
                raise Rejected("The message is larger than allowed.", reason="too_large", code="too_large")
            if content:
                sink(content)
        self.wire.unread(unstuffer.rest)
        return octets

    # ---- changing, leaving

    def delete(self, number: int) -> None:
        """Mark for deletion at QUIT."""
        self._command(b"DELE %d" % _checked(number))

    def quit(self) -> None:
        """Delete what is marked, unlock, close. Raises when the server does not confirm: then the marked may or may not
        be gone."""
        try:
            self._command(b"QUIT")
        finally:
            self.wire.close()

    def abort(self) -> None:
        """Close without QUIT: nothing is deleted. Never raises."""
        self.wire.close()

    # ---- the line

    def _send(self, command: bytes, *, octets: int = LISTING_OCTETS, seconds: float | None = None) -> None:
        if b"\r" in command or b"\n" in command:
            raise ValueError("a command is one line")
        self.wire.begin(octets=octets, seconds=seconds)
        self.wire.send(command + b"\r\n")

    def _command(self, command: bytes, *, octets: int = LISTING_OCTETS, seconds: float | None = None) -> bytes:
        self._send(command, octets=octets, seconds=seconds)
        return self._check(command.split(b" ")[0].decode("ascii"), self.wire.readline(STATUS_LINE))

    def _check(self, verb: str, line: bytes) -> bytes:
        if line.startswith(b"+OK"):
            return line
        if not line.startswith(b"-ERR"):
            self.abort()
            raise Unreachable("The server answered oddly.", reason="lost")
        match = _CODE.match(line)
        code = match[1].decode("ascii").upper() if match else ""
        temporary = bool(_BUSY.search(line))
        raise Rejected(f"The server refused {verb}.", code=code, permanent=not temporary, reply=line[4:])

    def _lines(self, limit: int) -> Iterator[bytes]:
        """The lines of a listing up to its final dot. Always read to the end."""
        while (line := self.wire.readline(limit).rstrip(b"\r\n")) != b".":
            yield line.removeprefix(b".")


class DotUnstuffer:
    """The octets of a multi-line answer (RFC 1939, 3), in pieces of any size: a dot that begins a line is taken away, a
    line of only a dot ends it; nothing else is changed. `newline` is what ends the server's own lines: CRLF, and then a
    bare LF within a message is content like any other octet; or LF for the servers that send only that."""

    def __init__(self, newline: bytes = b"\r\n"):
        self.ended = False
        self.rest = b""  # what came after the end
        self._newline = newline
        self._held = newline  # the status line's, for a message that begins with a dot; never content
        self._not_content = len(newline)

    def feed(self, data: bytes) -> bytes:
        """What of the message is certain by now."""
        text, position = self._held + data, 0
        mark, newline = self._newline + b".", self._newline
        out = bytearray()
        while (found := text.find(mark, position)) >= 0:
            after = found + len(mark)
            following = text[after : after + len(newline)]
            if following != newline and newline.startswith(following):
                out += text[position:found]
                return self._content(out, text[found:])
            out += text[position : found + len(newline)]
            position = after
            if following == newline:
                self.ended, self.rest = True, text[after + len(newline) :]
                return self._content(out, b"")
        kept = next((size for size in range(len(newline), 0, -1) if text.endswith(newline[:size])), 0)
        out += text[position : max(position, len(text) - kept)]
        return self._content(out, text[max(position, len(text) - kept) :])

    def _content(self, out: bytearray, held: bytes) -> bytes:
        self._held = held
        skipped = min(self._not_content, len(out))
        self._not_content -= skipped
        return bytes(out[skipped:])


def _login_error(error: Rejected, endpoint: Endpoint) -> MailServerError:
    """What a refused login means for the person."""
    text = error.reply.encode()
    if endpoint.security is Security.NONE and _NEEDS_TLS.search(text):
        return LoginRefused("The server wants encryption before a login.", reason="needs_tls", reply=text)
    if error.code != "AUTH" and not error.permanent:
        return Unreachable("The maildrop is in use, or the server limits us for now.", reason="busy", reply=text)
    if sasl.WANTS_APP_PASSWORD.search(error.reply):
        return LoginRefused("The server wants an application password or OAuth.", reason="app_password", reply=text)
    return LoginRefused("The server does not accept user name and password.", reason="credentials", reply=text)


def _checked(number: int) -> int:
    if not isinstance(number, int) or not 0 < number < MAX_NUMBER:
        raise ValueError(f"{number!r} is not a message number")
    return number


def _octets(text: str) -> int:
    word = text.split(" ", 1)[0][:12]
    return int(word) if word.isascii() and word.isdigit() else 0
