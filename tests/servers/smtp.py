"""A real SMTP server for the tests: records what it accepts, and refuses, stalls or hangs up on demand.

It runs in a thread of the test process. Rules are per address (a recipient's or the sender's, "*" for any) and hold
until the test ends.
"""

import asyncio
import contextlib
import re
import smtplib
import tempfile
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from deploy import certificates
from deploy.dovecot import Dovecot, deliver
from deploy.ports import free_ports
from deploy.smtpd import LISTENERS, Listeners, listen

T = TypeVar("T")
HANG_UP = "hang up"
DSN = re.compile(r"(RET|ENVID|NOTIFY|ORCPT)=", re.I)


class Accepted(NamedTuple):
    sender: str
    recipients: list[str]
    raw: bytes  # as it came over the line, without the final dot, dots unstuffed


@dataclass(slots=True)
class Rules:
    """What goes wrong. Keys are lower-case addresses or "*"."""

    replies: dict[tuple[str, str], str] = field(default_factory=dict)  # (stage, address) → reply line or HANG_UP
    delays: dict[tuple[str, str], float] = field(default_factory=dict)  # (stage, address) → seconds

    def reply(self, stage: str, addresses: list[str]) -> str | None:
        return self._first(self.replies, stage, addresses)

    def delay(self, stage: str, addresses: list[str]) -> float:
        return self._first(self.delays, stage, addresses) or 0

    @staticmethod
    def _first(table: dict[tuple[str, str], Any], stage: str, addresses: list[str]) -> Any:
        keys = [(stage, address.lower()) for address in [*addresses, "*"]]
        return next((table[key] for key in keys if key in table), None)


class RecordingServer:
    """`submission` (STARTTLS, AUTH), `submissions` (TLS, AUTH) and `plain` (neither) on loopback."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.ports = free_ports(*LISTENERS)
        self.certificate = certificates.create(Path(tempfile.mkdtemp(prefix="wm-smtp-")))
        self.accepted: list[Accepted] = []
        self.users: dict[str, str] = {}
        self.logins: list[str] = []  # who logged in, in order
        self.connections = 0
        self.rules = Rules()
        self.offers_dsn = False
        self.dsn_parameters: list[str] = []  # of MAIL and RCPT, in order
        self.store: Dovecot | None = None
        self._open: set[asyncio.Transport] = set()
        self._listeners: Listeners | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp server", daemon=True)
        self._thread.start()

    # -- what tests say -----------------------------------------------------------------------------------------------

    @property
    def ca_pem(self) -> str:
        return self.certificate.ca_pem

    def add_user(self, username: str, password: str) -> None:
        self.users[username] = password

    def refuse(self, address: str, code: int, text: str = "refused by the test", *, at: str = "rcpt") -> None:
        """Answer `code text` to `address`: `at` is "mail", "rcpt", "data" (the command) or "dot" (the message)."""
        self.rules.replies[at, address.lower()] = f"{code} {text}"

    def drop(self, address: str = "*", *, at: str = "rcpt") -> None:
        """Close the connection without an answer at that stage."""
        self.rules.replies[at, address.lower()] = HANG_UP

    def drop_after_dot(self, address: str = "*", *, accept: bool = True) -> None:
        """Take the whole message, then hang up without an answer; `accept` says whether it was kept (RFC 1047)."""
        self.drop(address, at="dot" if not accept else "answer")

    def drop_before_dot(self, address: str = "*") -> None:
        """Hang up in the middle of the message, after 354."""
        self.drop(address, at="body")

    def stall(self, address: str = "*", seconds: float = 3600, *, at: str = "dot") -> None:
        """Say nothing for that long at that stage, then go on."""
        self.rules.delays[at, address.lower()] = seconds

    def deliver_to(self, store: Dovecot | None) -> None:
        """Also deliver accepted mail by LMTP to those recipients that have a mailbox there."""
        self.store = store

    def forget(self) -> None:
        """Back to an empty server without rules; cuts connections that are still open."""
        self.accepted.clear()
        self.users.clear()
        self.logins.clear()
        self.rules = Rules()
        self.offers_dsn = False
        self.dsn_parameters.clear()
        self.store = None
        self.connections = 0
        self._run(self._cut())

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        if not self._listeners:
            protocol, handler = RecordingProtocol, RecordingHandler(self)
            opening = listen(handler, self.ports, self.certificate, hostname="mail.test", protocol=protocol)
            self._listeners = self._run(opening)

    def stop(self) -> None:
        """Nobody listens any more, and open connections are cut; start() brings it back on the same ports."""
        if self._listeners:
            self._run(self._cut())
            self._run(self._listeners.close())
            self._listeners = None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _cut(self) -> None:
        for transport in list(self._open):
            transport.abort()


class RecordingProtocol(SMTP):
    """Lets a rule act where aiosmtpd's handlers have no say: at the connection, and between 354 and the dot."""

    event_handler: "RecordingHandler"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.owner.connections += 1
        self.event_handler.owner._open.add(transport)  # type: ignore[arg-type]
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.owner._open.discard(self.transport)  # type: ignore[arg-type]
        super().connection_lost(error)

    async def smtp_DATA(self, argument: str | None) -> None:
        owner = self.event_handler.owner
        addresses = [self.envelope.mail_from or "", *self.envelope.rcpt_tos] if self.envelope else []
        await asyncio.sleep(owner.rules.delay("data", addresses))
        if reply := owner.rules.reply("data", addresses):
            await self._answer(reply)
            return
        if owner.rules.reply("body", addresses):
            await self.push("354 Go on")
            await self._reader.readline()
            hang_up(self)
            return
        await super().smtp_DATA(argument)

    async def smtp_MAIL(self, arg: str | None) -> None:
        await super().smtp_MAIL(self._without_dsn(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:
        await super().smtp_RCPT(self._without_dsn(arg))

    def _without_dsn(self, arg: str | None) -> str | None:
        """aiosmtpd knows no DSN; where it is not offered, these parameters are refused as any server would."""
        owner = self.event_handler.owner
        if arg is None or not owner.offers_dsn:
            return arg
        owner.dsn_parameters += [word for word in arg.split() if DSN.match(word)]
        return " ".join(word for word in arg.split() if not DSN.match(word))

    async def _answer(self, reply: str) -> None:
        if reply is HANG_UP:
            hang_up(self)
        else:
            await self.push(reply)


class RecordingHandler:
    """aiosmtpd's hooks; each returns the reply line, but for EHLO's, which returns all."""

    def __init__(self, owner: RecordingServer):
        self.owner = owner

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        username = data.login.decode()
        accepted = self.owner.users.get(username) == data.password.decode()
        if accepted:
            self.owner.logins.append(username)
        return AuthResult(success=accepted, handled=False)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], *(["250-DSN"] if self.owner.offers_dsn else []), *responses[1:]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := await self._rule(server, "mail", [address]):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := await self._rule(server, "rcpt", [address]):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        addresses = [envelope.mail_from or "", *envelope.rcpt_tos]
        if reply := await self._rule(server, "dot", addresses):
            return reply
        raw = bytes(envelope.original_content or b"")
        self.owner.accepted.append(Accepted(envelope.mail_from or "", list(envelope.rcpt_tos), raw))
        if self.owner.store:
            await asyncio.to_thread(_store, self.owner.store, envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        return await self._rule(server, "answer", addresses) or "250 2.0.0 Accepted"

    async def _rule(self, server: SMTP, stage: str, addresses: list[str]) -> str | None:
        await asyncio.sleep(self.owner.rules.delay(stage, addresses))
        reply = self.owner.rules.reply(stage, addresses)
        if reply is HANG_UP:
            hang_up(server)
            return "421 4.3.2 Gone"  # goes nowhere: the line is cut
        return reply


def hang_up(server: SMTP) -> None:
    if server.transport:
        server.transport.abort()  # type: ignore[attr-defined]


def _store(store: Dovecot, sender: str, recipients: list[str], raw: bytes) -> None:
    known = set(store.addresses())
    if local := [address for address in recipients if address.lower() in known]:
        with contextlib.suppress(smtplib.SMTPRecipientsRefused):
            deliver(store.host, store.ports["lmtp"], sender, local, raw)
