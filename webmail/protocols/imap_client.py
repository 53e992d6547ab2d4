"""IMAPClient over our own wire: guarded, bounded, and speaking in our errors.

Flow: ImapSession → GuardedClient.run → Connection (imaplib's state machine) → Wire. The wire's limits raise Unreachable
straight through; what imaplib and the server say is translated by `translated`. Before STARTTLS nothing but CAPABILITY
and STARTTLS is sent, and nothing that was learnt is kept. Nothing is stored; a session in which anything broke is
closed, never resumed.
"""

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from imapclient import IMAPClient

from webmail.protocols import sasl
from webmail.protocols.endpoint import Credentials, Endpoint, Password, Security
from webmail.protocols.errors import LoginRefused, MailServerError, Rejected, TlsRefused, Unreachable
from webmail.protocols.imap_parse import Literal
from webmail.protocols.wire import Wire, read_banner, spoken_protocol

MAX_LINE = 8 * 2**20  # a SEARCH answer of a million uids is one line; imaplib stops at 1 MB
MAX_INITIAL = 6000  # of a SASL message on the command line
SMALL_LITERAL = 4096  # RFC 7888's LITERAL-: larger ones wait for the server's consent

_TEMPORARY = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA", "EXPUNGEISSUED"})  # RFC 5530
_BUSY = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})
_CODE = re.compile(rb"\s*\[([A-Za-z-]+)")
_IMPOSSIBLE_LITERAL = re.compile(rb"\{\d{11,}\}\r\n\Z")
_FETCHED = re.compile(rb"\* (\d+) FETCH (.*)", re.DOTALL)
_TAGGED_BARE = re.compile(rb"[A-P]+\d+ (?:OK|NO|BAD)")
_NONEXISTENT = re.compile(
    rb"(?:doesn't|does not|not) exist|no such mailbox|unknown mailbox|mailbox not found", re.IGNORECASE
)
_TOO_MANY = re.compile(rb"too many|maximum number|connection limit|try again later", re.IGNORECASE)

Command = tuple[str, *tuple[bytes, ...]]
"""A command's name and its segments, as of GuardedClient.run."""


class Connection(imaplib.IMAP4):
    """imaplib's protocol engine on a Wire. Counts commands, and keeps the size of the selected folder up to date."""

    untagged_responses: dict[str, list[Any]]
    tagged_commands: dict[bytes, Any]  # type: ignore[assignment]
    tagpre: bytes  # type: ignore[assignment]
    tagre: re.Pattern[bytes]  # type: ignore[assignment]

    def __init__(self, wire: Wire):
        self.wire = wire
        self.commands = 0
        self.exists = 0
        self.expunged = 0
        self._line_ahead: bytes | None = None
        super().__init__()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.sock = self.wire.sock

    def read(self, size: int) -> bytes:
        return self.wire.read(size)

    def readline(self) -> bytes:
        line = self.wire.readline(MAX_LINE)
        if line.endswith(b"}\r\n") and _IMPOSSIBLE_LITERAL.search(line):
            raise Unreachable("The server announces more than can be.", reason="lost")
        if line.startswith(b"*") or not line.endswith(b"\r\n"):
            return line
        # imaplib wants text after OK, NO and BAD, which some servers leave out
        return line[:-2] + b" \r\n" if _TAGGED_BARE.fullmatch(line[:-2]) else line

    def send(self, data: Any) -> None:
        self.wire.send(data)

    def shutdown(self) -> None:
        self.wire.close()

    def socket(self) -> Any:
        return self.wire.sock

    def _connect(self) -> None:
        """Greeting and capabilities, without a command where the greeting tells them."""
        banner = read_banner(self.wire)
        if spoken_protocol(banner) != "imap":
            raise Unreachable("This is not an IMAP server.", reason="wrong_protocol", speaks=spoken_protocol(banner))
        self.wire.unread(banner + b"\r\n")
        self.tagpre = imaplib.Int2AP(4096 + id(self) % 60000)
        self.tagre = re.compile(rb"(?P<tag>" + self.tagpre + rb"\d+) (?P<type>[A-Z]+) (?P<data>.*)", re.ASCII)
        try:
            self.welcome = self._get_response()
        except imaplib.IMAP4.abort as error:
            raise Unreachable("This is not an IMAP server.", reason="wrong_protocol", speaks="") from error
        if "BYE" in self.untagged_responses:
            raise Unreachable(
                "The server takes no connection now.", reason="busy", reply=self.untagged_responses["BYE"][-1]
            )
        if not {"OK", "PREAUTH"} & set(self.untagged_responses):
            raise Unreachable("This is not an IMAP server.", reason="wrong_protocol", speaks="")
        self.state = "AUTH" if "PREAUTH" in self.untagged_responses else "NONAUTH"

    def _new_tag(self) -> bytes:
        self.commands += 1
        return super()._new_tag()  # type: ignore[misc]

    def _get_line(self) -> bytes:
        """As imaplib's, without its log."""
        ahead, self._line_ahead = self._line_ahead, None
        if ahead is not None:
            return ahead
        line = self.readline()
        if not line.endswith(b"\r\n"):
            raise self.abort("unterminated line")
        return line[:-2]

    def _get_response(self) -> Any:
        """As imaplib's; without its detours for FETCH responses, of which a list has a hundred."""
        line = self._get_line()
        fetched = _FETCHED.fullmatch(line)
        if fetched is None:
            self._line_ahead = line
            return super()._get_response()  # type: ignore[misc]
        told = self.untagged_responses.setdefault("FETCH", [])
        text = b"%b %b" % fetched.groups()
        while text.endswith(b"}") and (announced := self.Literal.match(text)):
            told.append((text, self.read(int(announced["size"]))))
            text = self._get_line()
        told.append(text)
        return line

    def _append_untagged(self, typ: str, dat: Any) -> None:
        """Sizes are counted as they come, in order; storing each would let a server fill the memory of a session that
        lives for hours."""
        if typ == "EXISTS":
            self.exists = int(dat[:10]) if isinstance(dat, bytes) and dat.isdigit() else self.exists
        elif typ == "EXPUNGE":
            self.exists = max(0, self.exists - 1)
            self.expunged += 1
        elif typ != "RECENT":
            super()._append_untagged(typ, dat)  # type: ignore[misc]

    def _command_complete(self, name: str, tag: bytes) -> tuple[str, list[Any]]:
        """As imaplib's, but BAD is an answer like NO: its text is the server's, not an exception's."""
        leaving = name == "LOGOUT"
        if not leaving:
            self._check_bye()  # type: ignore[attr-defined]
        answer = self._get_tagged_response(tag, expect_bye=leaving)  # type: ignore[attr-defined]
        if not leaving:
            self._check_bye()  # type: ignore[attr-defined]
        return answer

    def _mesg(self, *args: object) -> None:
        """No log of the conversation: it holds passwords and mail."""

    _log = _mesg


class GuardedClient(IMAPClient):
    """One logged-in conversation. `run` raises Rejected for NO and BAD, Unreachable for all that breaks the
    connection."""

    def __init__(self, wire: Wire, endpoint: Endpoint):
        self.wire = wire
        self.endpoint = endpoint
        self.known_capabilities: frozenset[str] = frozenset()
        super().__init__(endpoint.host, endpoint.port, ssl=False)
        self.normalise_times = False
        self._imap.debug = 0
        self._imap.__dict__.pop("_mesg", None)

    @property
    def connection(self) -> Connection:
        return self._imap

    def _create_IMAP4(self) -> Connection:  # noqa: N802 imapclient's name
        return Connection(self.wire)

    def _set_read_timeout(self) -> None:
        """The wire sets its own."""

    def _check_resp(self, expected: str, command: str, typ: str, data: Sequence[Any]) -> None:
        if typ != expected:
            raise rejection(command, typ, data[-1] or b"")

    def run(self, name: str, *segments: bytes, answer: str = "") -> list[Any]:
        """Send one command, whose segments are joined by spaces (parentheses excepted) and sent as literals where they
        are Literal. Returns the untagged responses called `answer` (default: the command's name) as imaplib stores
        them; they are used up."""
        self.connection._check_bye()
        self.connection.untagged_responses.clear()
        verb = name.removeprefix("UID ")
        tag = self.connection._new_tag()
        if self._send_command(tag, name, segments):
            typ, data = self.connection._command_complete(verb, tag)
        else:
            typ, data = self.connection.tagged_commands.pop(tag)
        self._check_resp("OK", name, typ, data)
        return self.connection.untagged_responses.pop(answer or verb, [])

    def run_together(self, *commands: Command) -> list[Rejected | None]:
        """Send commands in one piece and wait once for their answers, which come in that order: one
        round trip. None of them may hold a Literal, nor make another ambiguous (RFC 9051, 5.5). Returns which were
        refused; the untagged responses to all of them are in connection.untagged_responses."""
        self.connection._check_bye()
        self.connection.untagged_responses.clear()
        tags = [self.connection._new_tag() for _command in commands]
        self.connection.commands -= len(tags) - 1  # they wait together
        lines = (b"".join(_pieces(tag, name, segments)) for tag, (name, *segments) in zip(tags, commands, strict=True))
        self.wire.send(b"\r\n".join([*lines, b""]))
        answers = (self.connection._command_complete(name, tag) for tag, (name, *_) in zip(tags, commands, strict=True))
        return [
            None if typ == "OK" else rejection(name, typ, data[-1] or b"")
            for (typ, data), (name, *_) in zip(answers, commands, strict=True)
        ]

    def _send_command(self, tag: bytes, name: str, segments: Sequence[bytes]) -> bool:
        """False when the server refused a literal, and so has answered already."""
        line = bytearray()
        for piece in _pieces(tag, name, segments):
            if not isinstance(piece, Literal):
                line += piece
                continue
            if not self._offer_literal(tag, line, len(piece)):
                return False
            line = bytearray(piece)
        self.wire.send(bytes(line) + b"\r\n")
        return True

    def _offer_literal(self, tag: bytes, line: bytearray, size: int) -> bool:
        """Announce a literal after `line`, and wait for the server's consent unless none is needed (RFC 7888)."""
        if size <= SMALL_LITERAL and self.known_capabilities & {"LITERAL+", "LITERAL-"}:
            line += b"{%d+}\r\n" % size
            self.wire.send(bytes(line))
            return True
        line += b"{%d}\r\n" % size
        self.wire.send(bytes(line))
        self.connection.commands += 1
        while self.connection._get_response() is not None:
            if self.connection.tagged_commands[tag]:
                return False
            self.connection._check_bye()
        return True

    def learn_capabilities(self) -> frozenset[str]:
        """From what the server volunteered in its last answer, else by asking."""
        told = self.connection.untagged_responses.pop("CAPABILITY", None) or self.run("CAPABILITY")
        words = b" ".join(line for line in told if isinstance(line, bytes)).decode("ascii", "replace").upper().split()
        self.known_capabilities = frozenset(words)
        self.connection.untagged_responses.clear()
        return self.known_capabilities

    def upgrade(self) -> None:
        """STARTTLS (RFC 9051, 6.2.1); its caution is that of NO STARTTLS (USENIX Security 2021). Raises TlsRefused."""
        if self.connection.state != "NONAUTH":
            raise TlsRefused(
                f"{self.endpoint} greets as logged in, where no encryption can begin.", reason="not_offered"
            )
        if "STARTTLS" not in self.learn_capabilities():
            raise TlsRefused(f"{self.endpoint} offers no encryption.", reason="not_offered")
        try:
            self.run("STARTTLS")
        except Rejected as error:
            raise TlsRefused(f"{self.endpoint} refuses to encrypt.", reason="not_offered", reply=error.reply) from error
        self.wire.start_tls(self.endpoint)
        self.connection.untagged_responses.clear()
        self.known_capabilities = frozenset()

    def sign_in(self, credentials: Credentials) -> None:
        """Log in by the first method both sides know, once. Raises LoginRefused; Unreachable(busy) where it is not
        about us."""
        if self.connection.state != "NONAUTH":
            return
        capabilities = self.learn_capabilities()
        offered = {word.removeprefix("AUTH=") for word in capabilities if word.startswith("AUTH=")}
        try:
            if mechanism := sasl.choose(credentials, offered):
                self._authenticate(mechanism, sasl.message(mechanism, credentials))
            else:
                self._sign_in_by_login(credentials)
        except Rejected as error:
            raise login_error(error) from error
        self.connection.state = "AUTH"

    def _sign_in_by_login(self, credentials: Credentials) -> None:
        if not isinstance(credentials, Password) or "LOGINDISABLED" in self.known_capabilities:
            raise self._no_method()
        if not (credentials.username + credentials.secret).isascii():
            raise self._no_method()
        self.run("LOGIN", _string(credentials.username), _string(credentials.secret))

    def _no_method(self) -> LoginRefused:
        if self.endpoint.security is Security.NONE and self.known_capabilities & {"LOGINDISABLED", "STARTTLS"}:
            return LoginRefused(f"{self.endpoint} takes no login without encryption.", reason="needs_tls")
        return LoginRefused(f"{self.endpoint} offers no way to log in that we know.", reason="disabled")

    def _authenticate(self, mechanism: str, message: bytes) -> None:
        """One SASL message, with the command where SASL-IR (RFC 4959) is offered. Any further challenge is an error
        report: it is answered by an empty line, after which the server says NO."""
        initial = "SASL-IR" in self.known_capabilities and len(message) < MAX_INITIAL
        tag = self.connection._new_tag()
        self.connection.untagged_responses.clear()
        self.wire.send(b"%b AUTHENTICATE %b%b\r\n" % (tag, mechanism.encode(), b" " + message if initial else b""))
        answers = iter([] if initial else [message])
        while not self.connection.tagged_commands[tag]:
            if self.connection._get_response() is None:
                self.wire.send(next(answers, b"") + b"\r\n")
                self.connection.commands += 1
            self.connection._check_bye()
        typ, data = self.connection.tagged_commands.pop(tag)
        self._check_resp("OK", "AUTHENTICATE", typ, data)


def _pieces(tag: bytes, name: str, segments: Sequence[bytes]) -> Iterator[bytes]:
    """A command as it goes over the wire, without its CRLF; Literals as pieces of their own."""
    yield tag + b" " + name.encode("ascii")
    previous = b""
    for segment in segments:
        if previous != b"(" and segment != b")":
            yield b" "
        previous = segment
        yield segment


def _string(text: str) -> bytes:
    return b'"' + text.encode("ascii").replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def rejection(command: str, typ: str, text: bytes) -> Rejected:
    """NO or BAD as an error: `code` is the response code (RFC 5530, RFC 9051, 7.1) in upper case, "BAD", or ""."""
    match = _CODE.match(text)
    code = match[1].decode("ascii").upper() if match else ("BAD" if typ == "BAD" else _guessed_code(text))
    return Rejected(f"The server refused {command}.", code=code, permanent=code not in _TEMPORARY, reply=text)


def _guessed_code(text: bytes) -> str:
    """Dovecot 2.3 and others say in words alone that a folder does not exist."""
    return "NONEXISTENT" if _NONEXISTENT.search(text) else ""


def login_error(error: Rejected) -> MailServerError:
    """What a refused login means for the person."""
    text = error.reply.encode()
    if error.code in _BUSY or (error.code not in ("AUTHENTICATIONFAILED",) and _TOO_MANY.search(text)):
        return Unreachable("The server limits us for now.", reason="busy", reply=text)
    if error.code == "PRIVACYREQUIRED":
        return LoginRefused("The server wants encryption before a login.", reason="needs_tls", reply=text)
    if error.code == "WEBALERT" or sasl.WANTS_APP_PASSWORD.search(error.reply):
        return LoginRefused("The server wants an application password or OAuth.", reason="app_password", reply=text)
    if error.code == "BAD":
        return LoginRefused("The server does not take this kind of login.", reason="disabled", reply=text)
    return LoginRefused("The server does not accept user name and password.", reason="credentials", reply=text)


@contextmanager
def translated(client: GuardedClient | None = None) -> Iterator[None]:
    """imaplib's, imapclient's and the system's errors as ours."""
    try:
        yield
    except MailServerError:
        raise
    except imaplib.IMAP4.abort as error:
        raise _farewell(client) from error
    except imaplib.IMAP4.error as error:
        raise Unreachable("The server answered oddly.", reason="lost") from error
    except OSError as error:
        raise Unreachable("The connection was lost.", reason="lost") from error


def _farewell(client: GuardedClient | None) -> Unreachable:
    bye = client.connection.untagged_responses.get("BYE") if client else None
    text = bytes(bye[-1]) if bye else b""
    match = _CODE.match(text)
    busy = (match and match[1].decode().upper() in _BUSY) or _TOO_MANY.search(text)
    return Unreachable("The server ended the session.", reason="busy" if busy else "lost", reply=text)
