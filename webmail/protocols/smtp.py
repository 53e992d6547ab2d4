"""Submitting a message (RFC 6409, RFC 5321), with every outcome told apart: taken, refused by whom and for how long, or
unknown.

Flow: submit dials through the guard, encrypts as chosen, logs in, and speaks MAIL, RCPT and DATA; when all but the
final dot is on the line it calls before_dot(), where the caller commits that the point of no return comes now, and
closes without the dot if that raises. The session may be kept for the next mail (smtp_kept.py); nothing is stored here.
A crash before the dot delivers nothing, so the message may be sent again; a crash or a lost line between the dot and
its answer leaves the outcome unknown (RFC 1047), and only a person may decide to send again.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from webmail.protocols import sasl
from webmail.protocols.endpoint import Credentials, Endpoint, Security
from webmail.protocols.errors import OutcomeUnknown, Rejected, Unreachable
from webmail.protocols.smtp_kept import KeptFor
from webmail.protocols.smtp_session import REPLY_OCTETS, SmtpCapabilities, SmtpSession
from webmail.protocols.sockets import DEFAULT_TIMEOUTS, AddressGuard, Timeouts
from webmail.protocols.tls import explained
from webmail.protocols.wire import connect

PIECE = 64 * 2**10  # the server has something to do while the next one is made

_BAD_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0<>\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server does not take one recipient; `text` is its reply on one line."""

    code: int
    text: str
    permanent: bool


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
    envelope_id: str = "",
    kept: "KeptFor[Submission] | None" = None,
) -> dict[str, Refusal]:
    """Hand `raw` (RFC 5322 octets; any line ends) to the server for `recipients`. Returns those it does not take, when
    it takes others. `kept` may have a session of these credentials at this endpoint, and gets the one that was used.
    A server that offers DSN is asked for reports of failure and delay that name `envelope_id` (RFC 3461), at most 100
    octets once it is xtext.

    Before the final dot: Unreachable, TlsRefused, LoginRefused, or Rejected (details["refusals"] when every recipient
    is refused; reason "too_large", "smtputf8" where that is the cause), and whatever before_dot raises, or progress,
    which is called before each command and each piece of the message: nothing was delivered. After it: Rejected when
    the server said so, OutcomeUnknown when it said nothing. ValueError for an address that can't be one.
    """
    _check_addresses(sender, recipients)
    if not recipients:
        raise ValueError("a message has recipients")
    if kept and (used := kept.take()):
        used.progress, used.envelope_id = progress, envelope_id
        try:
            return _delivered(used, kept, sender, recipients, raw, before_dot)
        except (Unreachable, Rejected):  # whatever ails a session that was used before: a new one tells what is true
            if used.begun:
                raise
    submission = _opened(endpoint, credentials, guard, timeouts, hostname, progress)
    submission.envelope_id = envelope_id
    return _delivered(submission, kept, sender, recipients, raw, before_dot)


def _delivered(
    submission: "Submission",
    kept: "KeptFor[Submission] | None",
    sender: str,
    recipients: Sequence[str],
    raw: bytes,
    before_dot: Callable[[], None],
) -> dict[str, Refusal]:
    try:
        refusals = submission.deliver(sender, recipients, raw, before_dot)
    except BaseException as error:
        submission.end(politely=isinstance(error, Rejected))
        raise
    if kept:
        submission.progress = _nothing  # or what it knows of this mail would be kept with the session
        kept.keep(submission)
    else:
        submission.end()
    return refusals


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
        submission.begin_mail(sender)
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


class Submission(SmtpSession):
    """A session for one message after the other. `begun`: the latest is on the line, or was. `envelope_id`: what
    reports of its delivery shall name."""

    begun = False
    envelope_id = ""

    def deliver(
        self, sender: str, recipients: Sequence[str], raw: bytes, before_dot: Callable[[], None]
    ) -> dict[str, Refusal]:
        self.begun = False
        refusals = self._name(sender, list(dict.fromkeys(recipients)), len(raw), eight_bit=not raw.isascii())
        reply = self.ask("DATA")
        if reply.code != 354:
            raise self.rejected("DATA", reply)
        self.begun = self.within_message = True
        self.wire.unwatch()  # from now on a line that is given up too soon would leave the outcome unknown
        self._send_content(raw)
        before_dot()
        self._check_line()
        self._end_content()
        return refusals

    def begin_mail(self, sender: str) -> None:
        self.command(self._mail_command(sender, (), 0, eight_bit=False))

    def _mail_command(self, sender: str, recipients: Sequence[str], size: int, *, eight_bit: bool) -> str:
        limit = self.capabilities.size_limit
        if limit and size > limit:
            raise Rejected(
                "The message is larger than the server takes.", reason="too_large", code=552, limit=limit, size=size
            )
        options = [f"SIZE={size}"] if "SIZE" in self.extensions and size else []
        options += ["BODY=8BITMIME"] if eight_bit and "8BITMIME" in self.extensions else []
        if not all(self._wire_address(address).isascii() for address in (sender, *recipients)):
            options.append("SMTPUTF8")
        if self._asks_for_reports():
            options.append(f"RET=HDRS ENVID={xtext(self.envelope_id)}")
        return " ".join([f"MAIL FROM:<{self._wire_address(sender)}>", *options])

    def _asks_for_reports(self) -> bool:
        return bool(self.envelope_id) and "DSN" in self.extensions

    def _rcpt_command(self, recipient: str) -> str:
        address = self._wire_address(recipient)
        command = f"RCPT TO:<{address}>"
        if not self._asks_for_reports():
            return command
        original = f" ORCPT=rfc822;{xtext(address)}" if address.isascii() else ""  # RFC 6533 has another type for them
        return f"{command} NOTIFY=FAILURE,DELAY{original}"

    def _name(self, sender: str, recipients: list[str], size: int, *, eight_bit: bool) -> dict[str, Refusal]:
        """The envelope: from whom and to whom."""
        mail = self._mail_command(sender, recipients, size, eight_bit=eight_bit)
        replies = self.ask_each([mail, *map(self._rcpt_command, recipients)])
        self.expect("MAIL", next(replies))
        refusals: dict[str, Refusal] = {}
        for recipient, reply in zip(recipients, replies, strict=True):
            if not reply.positive:
                self.raise_if_leaving(reply)
                refusals[recipient] = Refusal(reply.code, reply.text, reply.permanent)
        if len(refusals) == len(recipients):
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
        self.begin()
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
            self.begin(seconds=2)
            reply = self.read_reply()
        except Unreachable:
            return
        if not reply.positive:
            raise self.rejected("the message", reply)

    def _end_content(self) -> None:
        """The dot. From its first octet on, only an answer tells what became of the message."""
        final = self.wire.timeouts.final
        try:
            self.wire.begin(seconds=final, silence=final, octets=REPLY_OCTETS)
            self.wire.send(b".\r\n")
            reply = self.read_reply()
        except Unreachable as error:
            raise OutcomeUnknown("The server did not say whether it took the message.") from error
        self.within_message = False
        if 400 <= reply.code < 600:
            raise Rejected(
                "The server refused the message.", code=reply.code, permanent=reply.permanent, reply=reply.text
            )
        if not reply.positive:
            raise OutcomeUnknown("The server did not say whether it took the message.", reply=reply.text)


def xtext(text: str) -> str:
    """ASCII as a parameter may hold it (RFC 3461, 4)."""
    return "".join(char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text)


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
