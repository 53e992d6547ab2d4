"""A submission server (RFC 6409) for the demo: takes mail from people who log in, delivers within one domain, refuses
everything else. Who alone among several gets nothing (a full mailbox) is reported to the sender by mail.

Listeners: `submission` (AUTH after STARTTLS only), `submissions` (TLS from the first byte, AUTH), and, where asked
for, `plain` (no TLS, no AUTH: how mail from outside would arrive). A message is answered 250 only after the store took
it over LMTP; if this process dies before, the client got no answer and decides for itself.

Run alone as `python -m deploy.smtpd FILE`, FILE being JSON: domain, ports, certificate, lmtp port, users' folder.
"""

import asyncio
import json
import logging
import signal
import smtplib
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import localtime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from deploy.certificates import Certificate
from deploy.dovecot import deliver

SIZE_LIMIT = 60 * 2**20  # octets
LISTENERS = ("submission", "submissions", "plain")
UNDELIVERED = "Undelivered mail"

Refused = dict[str, tuple[int, bytes]]


class PasswordFiles:
    """Passwords as the store's passwd files (deploy/dovecot.py) have them."""

    def __init__(self, folder: Path):
        self.folder = folder

    def knows(self, address: str) -> bool:
        return "/" not in address and (self.folder / address.lower()).is_file()

    def accepts(self, username: str, password: str) -> bool:
        if not self.knows(username):
            return False
        entry = (self.folder / username.lower()).read_text()
        return entry.split(":")[1] == f"{{PLAIN}}{password}"


class DemoHandler:
    """Delivers to `domain` by LMTP on loopback. aiosmtpd calls these methods; each returns the reply line."""

    def __init__(self, domain: str, lmtp_port: int, people: PasswordFiles):
        self.domain, self.lmtp_port, self.people = domain, lmtp_port, people

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        accepted = isinstance(data, LoginPassword) and self.people.accepts(data.login.decode(), data.password.decode())
        return AuthResult(success=accepted, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not address.lower().endswith(f"@{self.domain}"):
            return f"550 5.7.1 This demo delivers to {self.domain} only"
        if not self.people.knows(address):
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = received_line(self.domain) + content
        sender = envelope.mail_from or ""
        try:
            refused = await asyncio.to_thread(self._deliver, sender, envelope.rcpt_tos, message)
        except smtplib.SMTPRecipientsRefused:
            return "550 5.1.1 The store refused it"
        except (OSError, smtplib.SMTPException):
            return "451 4.3.0 The store does not answer"
        if refused and self.people.knows(sender):
            with suppress(OSError, smtplib.SMTPException):  # the others have the mail: it must not come again
                await asyncio.to_thread(self._deliver, "", [sender], report(self.domain, sender, refused))
        return "250 2.0.0 Delivered"

    def _deliver(self, sender: str, recipients: list[str], message: bytes) -> Refused:
        return deliver("127.0.0.1", self.lmtp_port, sender, recipients, message)


def report(domain: str, sender: str, refused: Refused) -> bytes:
    """To the sender: who did not get the mail that others got (RFC 5321, 6.1)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Mail delivery <postmaster@{domain}>", sender, UNDELIVERED
    message["Date"], message["Auto-Submitted"] = localtime(), "auto-replied"
    told = "\n".join(f"{address}: {code} {text.decode(errors='replace')}" for address, (code, text) in refused.items())
    message.set_content(f"Your mail did not reach:\n\n{told}\n")
    return message.as_bytes(policy=SMTP_POLICY)


def received_line(domain: str) -> bytes:
    return f"Received: by {domain} with ESMTPSA\r\n".encode()


@dataclass(slots=True)
class Listeners:
    """The open listeners of one server."""

    servers: list[asyncio.Server]

    async def close(self) -> None:
        for server in self.servers:
            server.close()
            await server.wait_closed()


async def listen(
    handler: Any, ports: dict[str, int], certificate: Certificate, *, hostname: str, protocol: type[SMTP] = SMTP
) -> Listeners:
    """Open the listeners named in `ports`. The handler's authenticate() decides about logins."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.cert, certificate.key)
    common: dict[str, Any] = {"data_size_limit": SIZE_LIMIT, "enable_SMTPUTF8": True, "hostname": hostname}
    login = common | {"authenticator": handler.authenticate, "auth_required": True, "auth_require_tls": True}
    options = {"submission": login | {"tls_context": context}, "submissions": login, "plain": common}
    loop = asyncio.get_running_loop()
    servers = []
    for name, port in ports.items():
        tls = context if name == "submissions" else None

        def connection(name: str = name) -> SMTP:
            server = protocol(handler, loop=loop, **options[name])
            if name == "submissions":
                server._auth_require_tls = False  # it can't see that the listener itself speaks TLS
            return server

        servers.append(await loop.create_server(connection, "127.0.0.1", port, ssl=tls))
    return Listeners(servers)


async def serve(settings: dict[str, Any]) -> None:
    """Serve the demo until SIGTERM."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # at every login aiosmtpd warns of what it does itself
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    folder = Path(settings["certificate"])
    certificate = Certificate(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    handler = DemoHandler(settings["domain"], settings["lmtp"], PasswordFiles(Path(settings["users"])))
    listeners = await listen(handler, settings["ports"], certificate, hostname=settings["domain"])
    await stopped.wait()
    for server in listeners.servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
