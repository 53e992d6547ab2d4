"""Servers that do wrong on purpose: a function of the test plays each connection, and what came in is recorded.

    def greets_and_leaves(peer):
        peer.say("* OK ready")

    with scripted(greets_and_leaves) as server: ...

`server.clear` is what a listener on the line could read, `server.under_tls` what came encrypted.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

from deploy.certificates import Certificate
from webmail.protocols.endpoint import Endpoint, Security
from webmail.protocols.sockets import Timeouts

QUICK = Timeouts(connect=2, read=1, banner=0.5, answer=2, final=1)
CRLF = b"\r\n"


def anywhere(address: str, port: int) -> None:
    """An address guard that lets everything through."""


class Gone(Exception):
    """The client has left."""


class Peer:
    """One connection, as the script sees it."""

    def __init__(self, server: "ScriptedServer", sock: socket.socket):
        self.server = server
        self.sock = sock
        self._buffer = b""

    def say(self, *lines: str | bytes) -> None:
        self.send(b"".join((line.encode() if isinstance(line, str) else line) + CRLF for line in lines))

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def hear(self) -> bytes:
        """The next line, without its CRLF. Raises Gone."""
        while CRLF not in self._buffer:
            self._receive()
        line, self._buffer = self._buffer.split(CRLF, 1)
        return line

    def hear_octets(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _receive(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise Gone
        record = self.server.under_tls if isinstance(self.sock, ssl.SSLSocket) else self.server.clear
        record += data
        self._buffer += data

    def start_tls(self) -> None:
        self.sock = self.server.context.wrap_socket(self.sock, server_side=True)

    def hang(self, seconds: float = 30) -> None:
        """Say nothing until the client leaves."""
        self.sock.settimeout(seconds)
        with contextlib.suppress(OSError, Gone):
            while True:
                self._receive()

    def drip(self, data: bytes, pause: float = 0.05) -> None:
        for octet in data:
            self.send(bytes([octet]))
            time.sleep(pause)

    # -- what most scripts of a protocol begin with

    def answer_imap(self, **answers: str | list[str]) -> None:
        """Answer IMAP commands until the client leaves: by verb (UID_FETCH for "UID FETCH") the untagged lines before
        OK, or one string as the tagged answer ("NO [INUSE] wait")."""
        while True:
            tag, *words = self.hear().decode("utf-8", "replace").split(" ")
            verb = words[0].upper() if words[0].upper() != "UID" else f"UID_{words[1].upper()}"
            answer = answers.get(verb, [])
            if isinstance(answer, str):
                self.say(f"{tag} {answer}")
            else:
                self.say(*answer, f"{tag} OK done")


Script = Callable[[Peer], None]


class ScriptedServer:
    """Listens on loopback and plays `scripts`, the last one again and again."""

    host = "127.0.0.1"

    def __init__(self, scripts: tuple[Script, ...], certificate: Certificate | None, tls: bool):
        self.scripts = scripts
        self.certificate = certificate
        self.tls = tls
        self.clear = bytearray()
        self.under_tls = bytearray()
        self.connections = 0
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def context(self) -> ssl.SSLContext:
        assert self.certificate, "this script needs a certificate"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate.cert, self.certificate.key)
        return context

    def endpoint(self, security: Security, **trust: str) -> Endpoint:
        """This server as a client addresses it; it trusts the certificate's authority unless told otherwise."""
        if self.certificate and not trust:
            trust = {"ca_pem": self.certificate.ca_pem}
        return Endpoint(self.host, self.port, security, **trust)

    def close(self) -> None:
        self._listener.close()
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                script = self.scripts[min(self.connections, len(self.scripts) - 1)]
                self.connections += 1
                self._open.append(sock)
                threading.Thread(target=self._play, args=(script, sock), daemon=True).start()

    def _play(self, script: Script, sock: socket.socket) -> None:
        peer = Peer(self, sock)
        with contextlib.suppress(OSError, Gone, ValueError):
            if self.tls:
                peer.start_tls()
            script(peer)
        peer.sock.close()


@contextlib.contextmanager
def scripted(*scripts: Script, certificate: Certificate | None = None, tls: bool = False) -> Iterator[ScriptedServer]:
    server = ScriptedServer(scripts, certificate, tls)
    try:
        yield server
    finally:
        server.close()
