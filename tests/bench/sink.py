"""An SMTP server that accepts everything and says when, in a process of its own: no client shares its interpreter.

Run as `python -m tests.bench.sink FILE`: FILE is JSON with ports, certificate folder, user, password. Each accepted
message is one line on standard output: the monotonic clock, in nanoseconds, common to all processes (clock_gettime(2)).
"""

import asyncio
import json
import os
import select
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from deploy import certificates
from deploy.ports import answers, free_ports
from deploy.processes import end, spawn, wait_until
from deploy.smtpd import listen


class Sink:
    """The server, as the bench sees it."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, username: str, password: str):
        folder.mkdir()
        self.certificate = certificates.create(folder / "tls")
        self.ports = free_ports("submissions")
        settings = {"ports": self.ports, "tls": str(folder / "tls"), "username": username, "password": password}
        written = folder / "settings.json"
        written.write_text(json.dumps(settings))
        self.lines, output = os.pipe()
        self.process = spawn([sys.executable, "-m", "tests.bench.sink", written], output=output)
        os.close(output)
        self._rest = b""
        wait_until(lambda: answers(self.host, self.ports["submissions"]), self.process, "the SMTP sink", written)

    @property
    def ca_pem(self) -> str:
        return self.certificate.ca_pem

    def accepted(self, seconds: float = 30) -> float:
        """Wait for the next message; when it was accepted, in seconds of time.monotonic()."""
        while not (line := self._next_line(seconds)).isdigit():  # what aiosmtpd logs comes the same way
            pass
        return int(line) / 1e9

    def _next_line(self, seconds: float) -> bytes:
        while b"\n" not in self._rest:
            if not select.select([self.lines], [], [], seconds)[0]:
                raise TimeoutError("no mail came")
            self._rest += os.read(self.lines, 4096)
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def stop(self) -> None:
        end(self.process)
        os.close(self.lines)


class Handler:
    def __init__(self, settings: dict[str, Any]):
        self.settings = settings

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        expected = LoginPassword(self.settings["username"].encode(), self.settings["password"].encode())
        return AuthResult(success=data == expected, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        print(time.monotonic_ns(), flush=True)
        return "250 2.0.0 Accepted"


async def serve(settings: dict[str, Any]) -> None:
    folder = Path(settings["tls"])
    certificate = certificates.Certificate(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    await listen(Handler(settings), settings["ports"], certificate, hostname="sink.test")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
