"""A TCP proxy that cuts, holds or slows a connection at a chosen command or octet, in front of a real server.

It reads the client's side as lines, so it understands what is not encrypted: POP3, IMAP or SMTP without TLS.
"""

import ctypes
import re
import select
import socket
import struct
import threading
from enum import Enum

SO_ATTACH_FILTER = 26  # socket(7)
_TAG = re.compile(r"[A-P]{4}\d+")  # imaplib's, before each IMAP command


class Do(Enum):
    CUT = "cut"  # the command never reaches the server
    LOSE_ANSWER = "lose the answer"  # the server acts on it, the client never hears so
    HOLD = "hold"  # the command waits in the proxy until release()


class CuttingProxy:
    """Each connection to `port` is passed on to `target`. The rules hold for every connection until forget()."""

    host = "127.0.0.1"

    def __init__(self, target: tuple[str, int]):
        self.target = target
        self.commands: list[str] = []  # what clients sent: "USER", "RETR 1" …; only the verb of what may be secret
        self.sent = 0  # octets from the server to clients
        self.delay = 0.0  # seconds that each command takes to the server, as over a long line
        self.held = threading.Event()  # a connection is being held
        self._verb, self._do, self._nth = "", Do.CUT, 1
        self._octets: int | None = None
        self._released = threading.Event()
        self._clients: list[socket.socket] = []
        self._silent = False
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._closing = False
        threading.Thread(target=self._accept, name="cutting proxy", daemon=True).start()

    # -- rules ---------------------------------------------------------------------------------------------------------

    def at(self, verb: str, do: Do, *, nth: int = 1) -> None:
        """Act at the `nth` command of that name in a connection."""
        self._verb, self._do, self._nth = verb.upper(), do, nth

    def cut_after(self, octets: int) -> None:
        """Hang up once the server has sent that many octets in a connection."""
        self._octets = octets

    def hang_up(self) -> None:
        """Now on all lines that stand, and on each new one as soon as it does, until forget()."""
        self._octets = 0
        for client in self._clients:
            if client.fileno() >= 0:
                client.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """No rules any more; the record is emptied, and what is held is let go."""
        self._verb, self._octets, self.delay, self._silent = "", None, 0.0, False
        self.commands.clear()
        self.sent = 0
        self.release()

    def release(self) -> None:
        """Let go what is held: the connection is cut."""
        self.held.clear()
        released, self._released = self._released, threading.Event()
        released.set()

    def fall_silent(self, *, for_good: bool = False) -> None:
        """Of the lines that stand now, nothing gets through any more, and nobody is told: a firewall forgot them.
        `for_good`: nor of later ones, until forget()."""
        self._silent = for_good
        for client in self._clients:
            if client.fileno() >= 0:
                drop_what_comes(client)

    def close(self) -> None:
        self._closing = True
        self.release()
        self._listener.close()

    # -- life ----------------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        while not self._closing:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._clients = [each for each in self._clients if each.fileno() >= 0] + [client]
            if self._silent:
                drop_what_comes(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, socket.create_connection(self.target, timeout=10) as server:
                Relay(self, client, server).run()
        except OSError:
            return


def drop_what_comes(sock: socket.socket) -> None:
    """The kernel throws away every packet for this socket before TCP sees it: none is acknowledged."""
    program = (ctypes.c_uint8 * 8).from_buffer_copy(struct.pack("HBBI", 0x06, 0, 0, 0))  # BPF_RET: keep 0 octets
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("H6xP", 1, ctypes.addressof(program)))


class Relay:
    """One connection."""

    def __init__(self, proxy: CuttingProxy, client: socket.socket, server: socket.socket):
        self.proxy, self.client, self.server = proxy, client, server
        self.left = proxy._octets
        self.count = 0
        self.losing = False
        self.pending = b""

    def run(self) -> None:
        """Until one side closes, or a rule says so."""
        going_on = True
        while going_on:
            readable, _, _ = select.select([self.client, self.server], [], [], 60)
            going_on = bool(readable) and all(self._pass_on(side) for side in readable)

    def _pass_on(self, side: socket.socket) -> bool:
        data = side.recv(65536)
        if not data:
            return False
        return self._from_client(data) if side is self.client else self._from_server(data)

    def _from_server(self, data: bytes) -> bool:
        if self.losing:
            return False
        if self.left is not None:
            data = data[: self.left]
            self.left -= len(data)
        self.proxy.sent += len(data)
        self.client.sendall(data)
        return self.left != 0

    def _from_client(self, data: bytes) -> bool:
        *lines, self.pending = (self.pending + data).split(b"\r\n")
        return all(self._command(line) for line in lines)

    def _command(self, line: bytes) -> bool:
        first, second, *_rest = [*(word.decode("ascii", "replace").upper() for word in line.split(b" ")), ""]
        verb = second if _TAG.fullmatch(first) else first
        self.proxy.commands.append(line.decode() if verb in ("RETR", "DELE", "TOP") else verb)
        asked = bool(verb) and verb == self.proxy._verb  # a message has blank lines too
        self.count += asked
        if asked and self.count == self.proxy._nth:
            if self.proxy._do is Do.CUT:
                return False
            if self.proxy._do is Do.HOLD:
                return self._hold()
            self.losing = True
        if self.proxy.delay:
            self.proxy._released.wait(self.proxy.delay)
        self.server.sendall(line + b"\r\n")
        return True

    def _hold(self) -> bool:
        released = self.proxy._released
        self.proxy.held.set()
        while not released.wait(0.02):
            if select.select([self.client], [], [], 0)[0] and not self.client.recv(1, socket.MSG_PEEK):
                break  # the client is gone; so shall the server's side be
        return False
