"""A real IMAP server that tells less: what it says passes through, but for some words, which nobody understands then.

    with terse(dovecot.host, dovecot.ports["imap"], "MOVE", "UIDPLUS", "COPYUID") as port: ...

It reads lines that are not encrypted. A word is replaced by another of its length, so that literals keep theirs.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def terse(host: str, port: int, *words: str) -> Iterator[int]:
    """The port of loopback on which the server is heard without these words."""
    hidden = re.compile(rb"\b(?:" + "|".join(words).encode() + rb")\b")
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, (host, port), hidden), daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _accept(listener: socket.socket, target: tuple[str, int], hidden: re.Pattern[bytes]) -> None:
    with suppress(OSError):  # closed
        while True:
            client, server = listener.accept()[0], socket.create_connection(target)
            threading.Thread(target=_pass_on, args=(client, server, None), daemon=True).start()
            threading.Thread(target=_pass_on, args=(server, client, hidden), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, hidden: re.Pattern[bytes] | None) -> None:
    with suppress(OSError), sink:
        while data := source.recv(65536):
            while hidden and not data.endswith(b"\n") and (more := source.recv(65536)):
                data += more
            sink.sendall(hidden.sub(lambda match: b"X" * len(match[0]), data) if hidden else data)
