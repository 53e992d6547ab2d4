"""One connection to a mail server, for all three protocols: lines and octets, each answer bounded in time and size.

Flow: connect dials (and encrypts, if TLS is chosen); the protocol calls begin() before each command, then send,
readline, read; start_tls upgrades in place. A server that drips, stops, floods or leaves ends in Unreachable; nothing
is retried here, nothing stored.
"""

import errno
import socket
import ssl
import time

from webmail.protocols.endpoint import Endpoint, Security
from webmail.protocols.errors import TlsRefused, Unreachable
from webmail.protocols.sockets import AddressGuard, Timeouts, dial, limit_silence
from webmail.protocols.tls import wrap

ANSWER_OCTETS = 16 * 2**20  # one answer, unless the caller asked for more
ANSWER_LINES = 400_000  # of it: millions of short ones would cost many times their octets in memory and time
SLOWEST = 8 * 2**10  # octets per second; a slower line than that is treated as stalled
PIECE = 64 * 2**10
UNHEARD_SECONDS = 6.0  # how long the other side may leave our octets unacknowledged, on a line that is watched


class Wire:
    """A socket with a read buffer. Not thread-safe."""

    def __init__(self, sock: socket.socket, timeouts: Timeouts):
        self.sock = sock
        self.timeouts = timeouts
        self._buffer = bytearray()
        self._silence = timeouts.read
        self._watched = False
        self._end = self._whole = time.monotonic() + timeouts.whole
        self.begin()

    @property
    def encrypted(self) -> bool:
        return isinstance(self.sock, ssl.SSLSocket)

    @property
    def pending(self) -> bytes:
        """What has been received and not read yet."""
        return bytes(self._buffer)

    def begin(self, *, seconds: float | None = None, silence: float | None = None, octets: int = ANSWER_OCTETS) -> None:
        """Before a command: its answer may take `seconds` in all, with no longer `silence` than that within it, and
        have `octets`."""
        self._deadline = time.monotonic() + (self.timeouts.answer if seconds is None else seconds)
        self._silence = self.timeouts.read if silence is None else silence
        self._octets_left = octets
        self._lines_left = ANSWER_LINES

    def end_by(self, moment: float | None) -> None:
        """Wait for nothing past this moment of the monotonic clock; with None as long again as the timeouts say."""
        self._end = self._whole if moment is None else min(moment, self._whole)

    def readline(self, limit: int) -> bytes:
        """One line with its LF. Raises Unreachable: lost at the end of the stream or past `limit` octets, timeout."""
        self._lines_left -= 1
        if self._lines_left < 0:
            raise Unreachable("The server sends more than it was asked for.", reason="lost")
        seen = 0
        while (end := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen >= limit:
                raise Unreachable("The server sends a line without end.", reason="lost")
            self._fill()
        if end >= limit:
            raise Unreachable("The server sends too long a line.", reason="lost")
        return self._take(end + 1)

    def read(self, size: int) -> bytes:
        """Exactly `size` octets."""
        if size > self._octets_left:
            raise Unreachable("The server sends more than it was asked for.", reason="lost")
        while len(self._buffer) < size:
            self._fill()
        return self._take(size)

    def read_some(self) -> bytes:
        """What is there, at least one octet."""
        if not self._buffer:
            self._fill()
        return self._take(len(self._buffer))

    def unread(self, data: bytes) -> None:
        """Put back what was read too far."""
        self._buffer[:0] = data
        self._octets_left += len(data)

    def _take(self, size: int) -> bytes:
        taken = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        self._octets_left -= size
        if self._octets_left < 0:
            raise Unreachable("The server sends more than it was asked for.", reason="lost")
        return taken

    def _fill(self) -> None:
        self.sock.settimeout(self._patience())
        try:
            data = self.sock.recv(PIECE)
        except TimeoutError as error:
            if error.errno == errno.ETIMEDOUT:  # the system's: our octets reached nobody
                raise Unreachable("The line was cut.", reason="lost") from error
            raise Unreachable("The server stopped answering.", reason="timeout") from error
        except (OSError, ValueError) as error:
            raise Unreachable("The connection was lost.", reason="lost") from error
        if not data:
            raise Unreachable("The server closed the connection.", reason="lost")
        self._buffer += data

    def _patience(self) -> float:
        left = min(self._silence, min(self._deadline, self._end) - time.monotonic())
        if left <= 0:
            raise Unreachable("The server takes too long to answer.", reason="timeout")
        return left

    def send(self, data: bytes) -> None:
        """All of `data`; a large one may take as long as the slowest line needs."""
        self._deadline += len(data) / SLOWEST
        if len(data) > PIECE:
            self.unwatch()
        view = memoryview(data)
        for start in range(0, len(view), PIECE):
            self.sock.settimeout(self._patience())
            try:
                self.sock.sendall(view[start : start + PIECE])
            except TimeoutError as error:
                raise Unreachable("The server stopped reading.", reason="timeout") from error
            except (OSError, ValueError) as error:
                raise Unreachable("The connection was lost.", reason="lost") from error

    def start_tls(self, endpoint: Endpoint) -> None:
        """Encrypt from here on. What the other side sent ahead of the handshake came from nobody knows whom: it is
        never used."""
        if self._buffer:
            raise TlsRefused("Something spoke before the encryption began.", reason="injected")
        self.sock.settimeout(self.timeouts.connect)
        self.sock = wrap(self.sock, endpoint)

    def watch(self) -> None:
        """From here on the line is lost soon, when nothing acknowledges what we send: a firewall that forgot it, or a
        machine that is gone, tells nobody, while the system of a server that only thinks long acknowledges at once.
        Until something large is sent, which a busy server may leave waiting."""
        if not self._watched:
            self._watched = True
            limit_silence(self.sock, UNHEARD_SECONDS)

    def unwatch(self) -> None:
        """Bear with a line that falters."""
        if self._watched:
            self._watched = False
            limit_silence(self.sock, None)

    def is_alive(self) -> bool:
        """Whether the line still stands, without waiting: takes in what has arrived meanwhile."""
        self.sock.settimeout(0)
        try:
            data = self.sock.recv(PIECE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except (OSError, ValueError):
            return False
        self._buffer += data
        return bool(data)

    def close(self) -> None:
        """Never raises."""
        try:
            self.sock.close()
        except OSError:
            return


def connect(endpoint: Endpoint, guard: AddressGuard, timeouts: Timeouts) -> Wire:
    """A wire to the endpoint, encrypted if it says TLS. STARTTLS is the protocol's to do."""
    wire = Wire(dial(endpoint, guard, timeouts), timeouts)
    if endpoint.security is Security.TLS:
        try:
            wire.start_tls(endpoint)
        except Exception:
            wire.close()
            raise
    return wire


def read_banner(wire: Wire) -> bytes:
    """The first line of a server, without its CRLF. Raises Unreachable(silent) when none comes: often a port that
    expects TLS."""
    wire.begin(seconds=wire.timeouts.banner, silence=wire.timeouts.banner, octets=PIECE)
    try:
        return wire.readline(4096).rstrip(b"\r\n")
    except Unreachable as error:
        if error.reason != "timeout":
            raise
        raise Unreachable("Connected, but the server does not greet.", reason="silent") from error


def spoken_protocol(banner: bytes) -> str:
    """imap, pop3, smtp or "" for a server's first line."""
    for start, protocol in (
        (b"* ", "imap"),
        (b"+OK", "pop3"),
        (b"-ERR", "pop3"),
        (b"220", "smtp"),
        (b"554", "smtp"),
        (b"421", "smtp"),
    ):
        if banner.startswith(start):
            return protocol
    return ""
