"""Sending and filing one claimed mail: the one place that turns the errors of mail servers into states of the outbox.

    tasks.deliver → send(outgoing): submit over SMTP, progress = outbox.renew, before_dot = outbox.dot_sent
                                    → outbox.accepted | retry_later | failed | unknown
                  → file(outgoing): look for the Message-ID in Sent, else append → outbox.copy_stored
                                    → mark the original, remove the draft's copy → outbox.filed | filing_later

Each step may be cut anywhere: send() commits dot_sent before the dot and an outcome after the answer, and what lies
between is for recovery.recover(); file() may run any number of times and never speaks SMTP. The wire gets the mail
without Bcc, Sent gets it with.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.utils import timezone

from accounts.connecting import guard, timeouts
from accounts.fields import WrongKey
from accounts.models import Account
from accounts.wording import reason_of
from webmail.compose import mirroring, outbox
from webmail.compose.models import Mode, Outgoing, Status
from webmail.mailbox.base import (
    Flag,
    FolderExists,
    FolderRefused,
    Mailbox,
    MessageRef,
    NoSuchFolder,
    NoSuchMessage,
    Role,
    StaleReference,
)
from webmail.mailbox.opening import may_sign_in_unasked, open_mailbox
from webmail.mime.compose import wire_address, without_bcc
from webmail.protocols.errors import LoginRefused, MailServerError, OutcomeUnknown, Rejected
from webmail.protocols.smtp import Refusal, Submission, submit
from webmail.protocols.smtp_kept import KeptSessions

RENEWALS = 8  # of a lease before it would run out
SENT_FOLDER = "Sent"  # where the account has none
HOPELESS = {"not_allowed", "wrong_key", "bad_address"}  # trying later can't help
OWN_REASONS = {"too_large"}
MARKS = {Mode.REPLY: Flag.ANSWERED, Mode.ALL: Flag.ANSWERED, Mode.FORWARD: Flag.FORWARDED}

log = logging.getLogger(__name__)
_sessions: KeptSessions[Submission] = KeptSessions()


class _BadEnvelope(Exception):
    """An address that no server can be asked about."""


def send(outgoing: Outgoing) -> None:
    """Hand a claimed mail to its server and write what became of it."""
    account = outgoing.account
    assert account  # noqa: S101 - the claim asks for it
    try:
        refusals = _submit(outgoing, account)
    except outbox.LeaseLost:
        log.info("outgoing %s: the lease was lost before the end, nothing was sent", outgoing.pk)
    except OutcomeUnknown as error:
        _conclude(outgoing, outbox.unknown, outgoing, "unknown", error.reply)
    except (MailServerError, WrongKey, _BadEnvelope) as error:
        _note(account, error)
        _conclude(outgoing, _not_sent, outgoing, error)
    else:
        _note(account, None)
        _conclude(outgoing, outbox.accepted, outgoing, refusals)


def _submit(outgoing: Outgoing, account: Account) -> dict[str, Refusal]:
    """The refusals, by the address as it stands in the envelope."""
    spelled = {_wire_address(address): address for address in outgoing.addresses(Status.WAITING)}
    assert outgoing.content  # noqa: S101 - only filed mail has none
    refusals = submit(
        account.outgoing_endpoint(),
        account.outgoing_credentials(),
        _wire_address(outgoing.sender),
        list(spelled),
        without_bcc(bytes(outgoing.content.raw)),
        guard=guard(),
        timeouts=replace(timeouts(), final=settings.OUTBOX_ANSWER_SECONDS),
        before_dot=lambda: outbox.dot_sent(outgoing),
        progress=_renewal(outgoing),
        envelope_id=outgoing.key.hex,
        kept=_sessions.of(_key(account)),
    )
    return {spelled[address]: refusal for address, refusal in refusals.items()}


def _key(account: Account) -> tuple[object, ...]:
    # The version alone would do; server and user name make it certain that no session ever sends for another account.
    name = account.outgoing_username, account.incoming_username
    return account.pk, account.version, str(account.outgoing_endpoint()), account.outgoing_login, *name


def _renewal(outgoing: Outgoing) -> Callable[[], None]:
    """Keeps the lease while the mail gets on, so that it may be short: a worker that died is soon replaced, however
    large its mail."""
    renewed = time.monotonic()

    def progress() -> None:
        nonlocal renewed
        if time.monotonic() > renewed + settings.OUTBOX_LEASE_SECONDS / RENEWALS:
            outbox.renew(outgoing)
            renewed = time.monotonic()

    return progress


def _wire_address(address: str) -> str:
    try:
        return wire_address(address)
    except ValueError as error:
        raise _BadEnvelope(address) from error


def _not_sent(outgoing: Outgoing, error: MailServerError | WrongKey | _BadEnvelope) -> None:
    """Nothing was delivered: later again where that may help."""
    refusals: dict[str, Refusal] = {}
    if isinstance(error, Rejected):
        refusals = error.details.get("refusals", {})  # type: ignore[assignment]
    ending = outbox.failed if _is_final(error) else outbox.retry_later
    ending(outgoing, _reason(error), getattr(error, "reply", ""), refusals)


def _is_final(error: MailServerError | WrongKey | _BadEnvelope) -> bool:
    if isinstance(error, Rejected):
        return error.permanent
    return isinstance(error, LoginRefused) or _reason(error) in HOPELESS


def _reason(error: MailServerError | WrongKey | _BadEnvelope) -> str:
    if isinstance(error, _BadEnvelope):
        return "bad_address"
    if isinstance(error, MailServerError) and error.reason in OWN_REASONS:
        return error.reason
    return reason_of(error)


def _note(account: Account, error: MailServerError | WrongKey | _BadEnvelope | None) -> None:
    """What the last use of the sending server said, beside the account; a refused mail says nothing about the
    account."""
    reason = "" if error is None or isinstance(error, Rejected | _BadEnvelope) else _reason(error)
    other = Account.objects.filter(pk=account.pk, version=account.version).exclude(outgoing_error=reason)
    if other.exists():  # mostly not, and a write that changes nothing would make others wait
        other.update(outgoing_error=reason)


def _conclude(outgoing: Outgoing, write: Callable[..., None], *arguments: object) -> None:
    """Write an outcome; a worker that was taken for dead may find that a person has decided meanwhile."""
    try:
        write(*arguments)
    except outbox.LeaseLost:
        log.warning("outgoing %s: the outcome came too late to be written", outgoing.pk)


# -- filing --------------------------------------------------------------------------------------------------


def file(outgoing: Outgoing) -> None:
    """Put the copy of an accepted mail into Sent, mark what it answers, and take its draft from the server."""
    assert outgoing.account  # noqa: S101 - the claim asks for it
    if not may_sign_in_unasked(outgoing.account):
        outbox.filing_later(outgoing, outgoing.account.incoming_error)
        return
    try:
        if outgoing.filed_at is None:
            _store_copy(outgoing)
            outbox.copy_stored(outgoing)
        _mark_source(outgoing)
        if draft := outgoing.draft:
            mirroring.remove(draft)
    except outbox.LeaseLost:
        log.info("outgoing %s: somebody else files it", outgoing.pk)
    except (MailServerError, WrongKey) as error:
        _conclude(outgoing, outbox.filing_later, outgoing, reason_of(error), getattr(error, "reply", ""))
    except (NoSuchFolder, FolderExists, FolderRefused):
        _conclude(outgoing, outbox.filing_later, outgoing, "no_folder")
    else:
        _conclude(outgoing, outbox.filed, outgoing)


def _store_copy(outgoing: Outgoing) -> None:
    """Looks first: an APPEND whose answer was lost may have succeeded, and some servers store what they send by
    themselves."""
    assert outgoing.account  # noqa: S101 - the claim asks for it
    assert outgoing.content  # noqa: S101
    with open_mailbox(outgoing.account) as mailbox:
        folder = _sent_folder(mailbox)
        if mailbox.find_message_id(folder, outgoing.message_id) is None:
            received = outgoing.accepted_at or timezone.now()
            mailbox.append(folder, bytes(outgoing.content.raw), flags=[Flag.SEEN], received=received)


def _sent_folder(mailbox: Mailbox) -> str:
    folder = mailbox.folder_by_role(Role.SENT) or mailbox.create_folder(SENT_FOLDER)
    return folder.name


def _mark_source(outgoing: Outgoing) -> None:
    """\\Answered or $Forwarded on the message this one began from, if it is still where it was."""
    flag, source, account = MARKS.get(Mode(outgoing.mode)), outgoing.source, outgoing.source_account
    if flag and source and account:
        _mark(account, source, flag)


def _mark(account: Account, ref: MessageRef, flag: Flag) -> None:
    with open_mailbox(account) as mailbox:
        try:
            mailbox.set_flags(ref.folder, ref.uidvalidity, [ref.uid], add=[flag])
        except (NoSuchFolder, NoSuchMessage, StaleReference):
            log.info("the message that was answered has moved")


def found_in_sent(outgoing: Outgoing) -> bool | None:
    """Whether Sent holds a copy of a mail whose outcome is unknown; None when nobody can tell now. Some servers store
    what they take."""
    if outgoing.account is None or not may_sign_in_unasked(outgoing.account):
        return None
    try:
        with open_mailbox(outgoing.account) as mailbox:
            folder = mailbox.folder_by_role(Role.SENT)
            return folder is not None and mailbox.find_message_id(folder.name, outgoing.message_id) is not None
    except (MailServerError, WrongKey, NoSuchFolder):
        return None
