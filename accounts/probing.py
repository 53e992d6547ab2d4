"""The connection doctor: what a server does with an account's settings, one verdict per layer, each in a sentence.

"Test" → form → unsaved Account → examine(): per side a generator that dials, encrypts, hears the greeting, signs in
and looks (IMAP: folders, POP3: messages, SMTP: whether the sender's address is taken, without sending). Both sides
run at once, each in a thread that touches no database. It stores nothing: who saved the settings calls remember(),
which marks the account. Steps come one by one, so that a page may show them while they happen. A server's own words
are never shown: they would make this a scanner of other networks.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography import x509
from django.core.cache import cache
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from redis import RedisError

from accounts.connecting import guard, timeouts
from accounts.fields import WrongKey
from accounts.models import Account, User
from accounts.wording import explain_reason, reason_of
from webmail.protocols import imap, pop3, smtp
from webmail.protocols.endpoint import DEFAULT_PORTS, Credentials, Endpoint, Protocol, Security
from webmail.protocols.errors import MailServerError
from webmail.protocols.sockets import Timeouts, dial
from webmail.protocols.tls import wrap

TESTS_PER_MINUTE = 12
PATIENCE = {"connect": 8.0, "read": 15.0, "answer": 30.0, "whole": 30.0}  # seconds at most: somebody is waiting


_turns = threading.Lock()
_testing: set[int] = set()  # people, by key, in this process


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Layer(StrEnum):
    FIND = "find"
    CONNECT = "connect"
    ENCRYPT = "encrypt"
    GREET = "greet"
    SIGN_IN = "sign_in"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Step:
    """One layer's verdict. `name` and `sentence` are for people; `milliseconds` only where it was measured alone."""

    layer: Layer
    outcome: Outcome
    name: str
    sentence: str = ""
    milliseconds: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """One side of an account, from top to bottom."""

    side: str  # "incoming" or "outgoing", as in the names of Account's fields
    host: str
    steps: list[Step]

    @property
    def reason(self) -> str:
        """The reason word of the step that failed; "" when all passed."""
        return next((step.reason for step in self.steps if step.outcome is Outcome.FAILED), "")


@dataclass(frozen=True, slots=True)
class Target:
    """What is examined: values only, so that a thread may have it."""

    side: str
    protocol: Protocol
    endpoint: Endpoint
    credentials: Callable[[], Credentials | None]  # raises WrongKey
    sender: str
    needs_login: bool

    @property
    def layers(self) -> list[Layer]:
        order = [Layer.FIND, Layer.CONNECT]
        order += {
            Security.TLS: [Layer.ENCRYPT, Layer.GREET],
            Security.STARTTLS: [Layer.GREET, Layer.ENCRYPT],
            Security.NONE: [Layer.GREET],
        }[self.endpoint.security]
        return [*order, *([Layer.SIGN_IN] if self.needs_login else []), Layer.USE]


NAMES = {
    Layer.FIND: gettext_lazy("Server found"),
    Layer.CONNECT: gettext_lazy("Port %(port)s answers"),
    Layer.ENCRYPT: gettext_lazy("Encrypted"),
    Layer.GREET: gettext_lazy("It speaks %(protocol)s"),
    Layer.SIGN_IN: gettext_lazy("Signed in"),
}
USES = {
    Protocol.IMAP: gettext_lazy("Folders listed"),
    Protocol.POP3: gettext_lazy("Messages counted"),
    Protocol.SMTP: gettext_lazy("Address accepted"),
}
# Where a reason shows; any other belongs to the layer that was at work.
LAYER_OF_REASON = {
    "name": Layer.FIND,
    **dict.fromkeys(("not_allowed", "refused", "timeout", "network", "busy"), Layer.CONNECT),
    **dict.fromkeys(("not_offered", "injected", "changed", "expired", "name_mismatch"), Layer.ENCRYPT),
    **dict.fromkeys(("self_signed", "unknown_issuer", "certificate", "handshake", "plain"), Layer.ENCRYPT),
    **dict.fromkeys(("silent", "wrong_protocol"), Layer.GREET),
    **dict.fromkeys(("credentials", "app_password", "needs_tls", "disabled", "wrong_key"), Layer.SIGN_IN),
    **dict.fromkeys(("rejected", "smtputf8"), Layer.USE),
}


# -- what callers use ------------------------------------------------------------------------------------------------


def targets(account: Account) -> list[Target]:
    """Both sides of an account, saved or not."""
    receiving = Target(
        "incoming",
        Protocol(account.protocol),
        account.incoming_endpoint(),
        account.incoming_credentials,
        account.address,
        True,
    )
    needs_login = account.outgoing_login != Account.OutgoingLogin.NONE
    sending = Target(
        "outgoing",
        Protocol.SMTP,
        account.outgoing_endpoint(),
        account.outgoing_credentials,
        account.address,
        needs_login,
    )
    return [receiving, sending] if account.outgoing_host else [receiving]


def examine_account(account: Account) -> list[Examination]:
    """Both sides at once; as long as the slower one. A server that drags out every step of it, and shows a bad
    certificate on top, keeps it up for a minute and a half.
    """
    language = translation.get_language() or "en"
    zone = timezone.get_current_timezone()

    def run(target: Target) -> Examination:
        with translation.override(language), timezone.override(zone):
            return Examination(target.side, target.endpoint.host, list(examine(target)))

    with ThreadPoolExecutor(2, thread_name_prefix="doctor") as pool:
        return list(pool.map(run, targets(account)))


def examine(target: Target) -> Iterator[Step]:
    """Each step as it ends; after a failure the rest as skipped."""
    pending = target.layers
    try:
        for layer, milliseconds, detail in _work(target):
            pending.remove(layer)
            yield Step(layer, Outcome.OK, _name(layer, target), detail, milliseconds)
    except (MailServerError, WrongKey) as error:
        yield from _after_failure(target, pending, reason_of(error))


def last_known(account: Account) -> list[Examination]:
    """What the last use of the servers said (Account.incoming_error, .outgoing_error), as steps without times."""
    known = []
    for target in targets(account):
        reason = account.incoming_error if target.side == "incoming" else account.outgoing_error
        steps = list(_after_failure(target, target.layers, reason)) if reason else _untried(target)
        known.append(Examination(target.side, target.endpoint.host, steps))
    return known


def remember(account: Account, examinations: list[Examination]) -> None:
    """Mark a saved account with the outcome, unless its settings have changed meanwhile."""
    errors = {f"{examination.side}_error": examination.reason for examination in examinations}
    Account.objects.filter(pk=account.pk, version=account.version).update(**errors)
    for name, reason in errors.items():
        setattr(account, name, reason)


def verdict(examinations: list[Examination]) -> str:
    """One sentence over both sides."""
    failed = {examination.side for examination in examinations if examination.reason}
    if not failed:
        return _("Receiving and sending work.")
    if failed == {"outgoing"}:
        return _("Receiving works. Sending does not.")
    if failed == {"incoming"} and len(examinations) > 1:
        return _("Sending works. Receiving does not.")
    return _("Neither receiving nor sending works yet.")


@contextmanager
def turn(user: User) -> Iterator[bool]:
    """Whether this person may test now: not while another test of theirs runs, as each keeps a thread of the web server
    busy for as long as a server of their own likes.
    """
    with _turns:
        first = user.pk not in _testing
        _testing.add(user.pk)
    try:
        yield first and _is_within_limit(user)
    finally:
        if first:
            _testing.discard(user.pk)


def _is_within_limit(user: User) -> bool:
    """At most TESTS_PER_MINUTE per person, so that nobody maps a network with it. A cache that is down stops no one."""
    key = f"doctor:{user.pk}:{int(time.time() // 60)}"
    try:
        cache.add(key, 0, timeout=120)
        return cache.incr(key) <= TESTS_PER_MINUTE
    except (RedisError, OSError, ValueError):
        return True


# -- the work --------------------------------------------------------------------------------------------------------

Passed = tuple[Layer, int | None, str]


def _work(target: Target) -> Iterator[Passed]:
    limits = _patient()
    yield from _reach(target.endpoint, limits)
    clock = _Clock()
    detail = _USE[target.protocol](target, target.credentials(), limits)
    # One conversation did the rest: its time stands beside its last step.
    *upper, last = [layer for layer in target.layers if layer not in _reached_by_dialling(target.endpoint)]
    yield from ((layer, None, "") for layer in upper)
    yield last, clock.lap(), detail


def _reached_by_dialling(endpoint: Endpoint) -> set[Layer]:
    return {Layer.FIND, Layer.CONNECT} | ({Layer.ENCRYPT} if endpoint.security is Security.TLS else set())


def _patient() -> Timeouts:
    configured = timeouts()
    return replace(configured, **{name: min(seconds, getattr(configured, name)) for name, seconds in PATIENCE.items()})


def _reach(endpoint: Endpoint, limits: Timeouts) -> Iterator[Passed]:
    """A connection of its own for the lower layers, because only so can each be timed."""
    clock, policy = _Clock(), guard()
    found: list[int] = []

    def noting(address: str, port: int) -> None:
        # Asked as soon as the name is resolved.
        found.append(clock.lap() if not found else 0)
        policy(address, port)

    try:
        sock = dial(endpoint, noting, limits)
    except MailServerError:
        if found:
            yield Layer.FIND, found[0], ""
        raise
    with sock:
        yield Layer.FIND, found[0], ""
        yield Layer.CONNECT, clock.lap(), ""
        if endpoint.security is Security.TLS:
            sock.settimeout(limits.connect)
            with wrap(sock, endpoint) as secured:
                yield (
                    Layer.ENCRYPT,
                    clock.lap(),
                    _tls_detail(secured.version() or "", secured.getpeercert(binary_form=True) or b""),
                )


class _Clock:
    def __init__(self) -> None:
        self._last = time.monotonic()

    def lap(self) -> int:
        """Milliseconds since the last lap."""
        now = time.monotonic()
        passed, self._last = now - self._last, now
        return round(passed * 1000)


def _tls_detail(version: str, der: bytes) -> str:
    """TLS 1.3, certificate valid until 2 March 2027"""
    version = version.replace("TLSv", "TLS ")
    try:
        until: datetime = x509.load_der_x509_certificate(der).not_valid_after_utc
    except ValueError:
        return version
    date = formats.date_format(timezone.localtime(until), "DATE_FORMAT")
    return _("%(version)s, certificate valid until %(date)s") % {"version": version, "date": date}


def _count_folders(target: Target, credentials: Credentials, limits: Timeouts) -> str:
    session = imap.open_session(target.endpoint, credentials, guard=guard(), timeouts=limits)
    try:
        count = len(session.list_folders())
    finally:
        session.logout()
    return ngettext("%(count)s folder", "%(count)s folders", count) % {"count": count}


def _count_messages(target: Target, credentials: Credentials, limits: Timeouts) -> str:
    with pop3.open_maildrop(target.endpoint, credentials, guard=guard(), timeouts=limits) as maildrop:
        entries = maildrop.uidls()
    size = formats.number_format(sum(entry.size for entry in entries) / 2**20, 1)
    words = ngettext(
        "%(count)s message on the server, %(size)s MB", "%(count)s messages on the server, %(size)s MB", len(entries)
    )
    return words % {"count": formats.number_format(len(entries)), "size": size}


def _dry_run(target: Target, credentials: Credentials | None, limits: Timeouts) -> str:
    smtp.probe(target.endpoint, credentials, target.sender, guard=guard(), timeouts=limits)
    return target.sender


_USE: dict[Protocol, Callable[[Target, Any, Timeouts], str]] = {
    Protocol.IMAP: _count_folders,
    Protocol.POP3: _count_messages,
    Protocol.SMTP: _dry_run,
}


# -- words -----------------------------------------------------------------------------------------------------------


def _name(layer: Layer, target: Target) -> str:
    if layer is Layer.USE:
        return str(USES[target.protocol])
    return NAMES[layer] % {"port": target.endpoint.port, "protocol": target.protocol.name}


def _untried(target: Target) -> list[Step]:
    return [Step(layer, Outcome.SKIPPED, _name(layer, target)) for layer in target.layers]


def _after_failure(target: Target, pending: list[Layer], reason: str) -> Iterator[Step]:
    """The steps not reported yet when `reason` stopped the work: passed ones, the failed one, skipped ones."""
    culprit = LAYER_OF_REASON.get(reason)
    culprit = culprit if culprit in pending else pending[0]
    outcome = Outcome.OK
    for layer in pending:
        if layer is culprit:
            explanation = explain_reason(reason)
            sentence = f"{explanation.text} {_hint(target)}" if layer is Layer.CONNECT else explanation.text
            yield Step(layer, Outcome.FAILED, explanation.title, sentence.strip(), None, reason)
            outcome = Outcome.SKIPPED
        else:
            yield Step(layer, outcome, _name(layer, target))


def _hint(target: Target) -> str:
    """The port that goes with the chosen security, where another one was typed."""
    usual = DEFAULT_PORTS[target.protocol, target.endpoint.security]
    if target.endpoint.port == 25:
        return _("Most providers close port 25. Port 587 with STARTTLS or 465 with TLS is the usual choice.")
    if target.endpoint.port == usual:
        return ""
    words = _("%(protocol)s with this security is usually on port %(port)s.")
    return words % {"protocol": target.protocol.name, "port": usual}
