"""The outbox: what state a mail on its way is in, and who may change it.

                       claim             dot, then 250           claim_filing, copy in Sent
    draft ──enqueue──▶ QUEUED ──────────▶ SENDING ────────────▶ SENT ─────────────▶ FILED
      ▲ ▲               │ ▲ ▲              │ │ │                │ ▲ ▲
      │ └─────cancel────┘ │ └──retry_later─┘ │ │  filing_later: └─┘ │ arrived
      │                   │    no server,    │ │    later again      │ (a person)
      │         try_again │    or 4xx,       │ │                     │
      │        (a person) │    or lease over │ └─ no answer, or lease over, after the dot ─▶ UNKNOWN
      │                   │    before dot    │                                                 │
      └──take_back───── FAILED ◀─────────────┘                                                 │
            (a person)         5xx, login refused, or 48 h of tries                            │
                          QUEUED ◀────────────── send_again (a person; same Message-ID) ───────┘

Whoever works on a row holds a lease: claim() is one conditional UPDATE that writes a new token, and every later write
repeats that token, so that of any number of workers one sends, and one that was taken for dead can write nothing more
(LeaseLost). What a person does with a mail is in decisions.py. A crash at any point leaves the last committed state,
and recovery.py goes on from there: before the dot nothing was delivered, after it only an answer or a person can tell
(RFC 1047). Accepted mail is never handed to SMTP again. Redis only rings the bell: due() finds every row whose time has
come. All times are the database's, the one clock that all workers share.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Account, User
from accounts.prepared import Prepared
from webmail.compose.durability import carried_later
from webmail.compose.models import Content, Draft, Outgoing, State, Status
from webmail.compose.patience import is_over, pause_after
from webmail.compose.statements import Given, Statement
from webmail.protocols.smtp import Refusal
from webmail.protocols.wire import SLOWEST

AT_A_SERVER = 4  # mails on their way to one server at once, about: half the threads of a worker
AT_ONCE = 200  # rows a sweep rings for; the next one sees the others
ANSWERED = (State.SENDING, State.UNKNOWN)  # a worker taken for dead may still bring the answer, with its own token
RELEASED = {"lease_token": None, "lease_until": None}
FREE = Q(lease_until=None) | Q(lease_until__lte=Now())  # nobody works on it
ROW, TOKEN = Given("row", models.BigIntegerField()), Given("token", models.UUIDField())
LEASE, RECIPIENTS = Given("lease", models.DurationField()), Given("recipients", models.JSONField())
LEASED = {"lease_token": TOKEN, "lease_until": Now() + LEASE}
_mine = Outgoing.objects.filter(pk=ROW, lease_token=TOKEN)


class LeaseLost(Exception):
    """The row belongs to somebody else by now, or may not be sent any more: go on with nothing."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A mail as it will be sent: `raw` with Bcc, `recipients` in the order of the envelope."""

    raw: bytes
    message_id: str
    date: datetime
    sender: str
    recipients: tuple[str, ...]


# -- in ------------------------------------------------------------------------------------------------------


def enqueue(draft: Draft, frozen: Frozen, leaves: datetime | timedelta | None = None) -> Outgoing:
    """Freeze the draft into a row, once: whoever comes second gets the row of the first. It `leaves` at once, so long
    after now, or at a time; its tries end some time after that."""
    start: Any = Now() + leaves if isinstance(leaves, timedelta) else leaves
    try:
        with transaction.atomic():
            return Outgoing.objects.create(
                user=draft.account.user,
                account=draft.account,
                key=draft.pk,
                content=Content.objects.create(raw=frozen.raw),
                size=len(frozen.raw),
                message_id=frozen.message_id,
                sender=frozen.sender,
                recipients=[recipient(address) for address in frozen.recipients],
                subject=draft.subject,
                dated=frozen.date,
                **({"not_before": start, "queued_at": start} if leaves else {}),
                **draft.source_fields(),
            )
    except IntegrityError:
        return Outgoing.objects.get(key=draft.pk, user=draft.account.user)


def recipient(address: str, status: Status = Status.WAITING, code: int | None = None, text: str = "") -> dict[str, Any]:
    return {"address": address, "status": status, "code": code, "text": text}


# -- claiming ------------------------------------------------------------------------------------------------


def claim(outgoing_id: int) -> Outgoing | None:
    """The right to send a mail that waits, for a while. None unless exactly this call got it."""
    return _claim(_to_claim(), outgoing_id, _lease())


def claim_filing(outgoing_id: int) -> Outgoing | None:
    """The right to file a mail that was accepted, for as long as the slowest line that we bear with takes: nothing can
    be written while it is on its way into the folder, and who came second would not find it there yet."""
    size = Outgoing.objects.filter(pk=outgoing_id).values_list("size", flat=True).first() or 0
    return _claim(_to_claim_filing(), outgoing_id, _lease() + timedelta(seconds=size / SLOWEST))


def renew(outgoing: Outgoing) -> None:
    """Still at it, the dot not yet sent. Raises LeaseLost."""
    _written(_held(outgoing, [State.SENDING]).filter(_active()).update(lease_until=Now() + _lease()))


def _lease() -> timedelta:
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _claim(update: Statement, outgoing_id: int, lease: timedelta) -> Outgoing | None:
    token = uuid4()
    with carried_later():  # a claim that is lost with the power was of a mail that nobody sent
        claimed = update.changed(row=outgoing_id, token=token, lease=lease)
    return _read_claimed(outgoing_id, token) if claimed else None


_claimed, _account, _content = Prepared(Outgoing, "id", "lease_token"), Prepared(Account, "id"), Prepared(Content, "id")


def _read_claimed(outgoing_id: int, token: UUID) -> Outgoing | None:
    """With its account and its octets, each by a query of its own: one that is prepared takes a tenth of the time, and
    SQLite does not carry the megabytes through a sorter."""
    for outgoing in _claimed(outgoing_id, token):
        outgoing.account = next(iter(_account(outgoing.account_id)), None) if outgoing.account_id else None
        outgoing.content = next(iter(_content(outgoing.content_id)), None) if outgoing.content_id else None
        return outgoing
    return None


@cache
def _to_claim() -> Statement:
    mine = _sendable().filter(pk=ROW)
    return Statement.to_update(mine, **LEASED, state=State.SENDING, dot_sent_at=None)


@cache
def _to_claim_filing() -> Statement:
    return Statement.to_update(_fileable().filter(pk=ROW), **LEASED)


@cache
def _active() -> Q:
    # A subquery, no join: on a row that another worker changes meanwhile, PostgreSQL looks again at the row's own
    # columns only. One that looks for this row's person, so that a thousand others cost nothing.
    return Q(Exists(User.objects.filter(pk=OuterRef("user"), is_active=True)), account__isnull=False)


@cache
def _sendable() -> QuerySet[Outgoing]:
    busy = Exists(Account.objects.filter(pk=OuterRef("account"), outgoing_host__in=_busy_servers()))
    return Outgoing.objects.filter(_active(), ~busy, state=State.QUEUED, not_before__lte=Now())


def _busy_servers() -> QuerySet[Any, Any]:
    """Servers that have as much of our attention as one may get: a dead one must not keep every worker waiting."""
    sending = Outgoing.objects.filter(state=State.SENDING, account__isnull=False).order_by()
    counted = sending.values("account__outgoing_host").annotate(number=Count("pk"))
    return counted.filter(number__gte=AT_A_SERVER).values_list("account__outgoing_host")


@cache
def _fileable() -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(_active(), FREE, state=State.SENT, not_before__lte=Now())


def due() -> list[int]:
    """Rows to ring for, oldest first."""
    rows = (_sendable() | _fileable()).order_by("not_before")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def next_to_send() -> int | None:
    """The row that has waited longest for its turn."""
    found = _to_read_next().first()
    return found[0] if found else None


@cache
def _to_read_next() -> Statement:
    return Statement.to_read(_sendable().order_by("not_before").values_list("pk")[:1])


# -- what became of it ---------------------------------------------------------------------------------------


def dot_sent(outgoing: Outgoing) -> None:
    """The point of no return comes now. Raises LeaseLost: then the dot must not be sent."""
    patience = timedelta(seconds=settings.OUTBOX_ANSWER_SECONDS + settings.OUTBOX_LEASE_SECONDS)
    _written(_to_note_dot().changed(row=outgoing.pk, token=outgoing.lease_token, lease=patience))


@cache
def _to_note_dot() -> Statement:
    mine = _mine.filter(_active(), state=State.SENDING)
    return Statement.to_update(mine, dot_sent_at=Now(), lease_until=Now() + LEASE)


def accepted(outgoing: Outgoing, refusals: Mapping[str, Refusal]) -> None:
    """The server has it for all recipients but those refused. Who was refused for now gets a row of their own, because
    their tries go on while the copy is filed."""
    later = [address for address, refusal in refusals.items() if not refusal.permanent]
    recipients = _answered(outgoing, refusals)
    with transaction.atomic():
        _written(_to_accept().changed(row=outgoing.pk, token=outgoing.lease_token, recipients=recipients))
        if later:
            _queue_rest(outgoing, [_judged(address, refusals[address]) for address in later])


@cache
def _to_accept() -> Statement:
    times = {"accepted_at": Now(), "not_before": Now()}
    clean = {"attempts": 0, "last_error": "", "last_reply": "", **RELEASED}
    mine = _mine.filter(state__in=ANSWERED)
    return Statement.to_update(mine, state=State.SENT, recipients=RECIPIENTS, **times, **clean)


def retry_later(
    outgoing: Outgoing, reason: str, reply: str = "", refusals: Mapping[str, Refusal] | None = None
) -> None:
    """Nothing was delivered, and another try may help; after 48 hours it has failed."""
    if is_over(outgoing, "queued_at"):
        failed(outgoing, reason, reply, refusals)
        return
    pause = pause_after(outgoing.attempts)
    values: dict[str, Any] = {"not_before": Now() + pause, "attempts": outgoing.attempts + 1, "dot_sent_at": None}
    recipients = _judgements(outgoing, refusals or {})
    _finish(outgoing, State.QUEUED, last_error=reason, last_reply=reply, recipients=recipients, **values)


def failed(outgoing: Outgoing, reason: str, reply: str = "", refusals: Mapping[str, Refusal] | None = None) -> None:
    """Nothing was delivered, and only a person can help."""
    recipients = _judgements(outgoing, refusals or {})
    _finish(outgoing, State.FAILED, last_error=reason, last_reply=reply, recipients=recipients, not_before=None)


def unknown(outgoing: Outgoing, reason: str, reply: str = "") -> None:
    """The dot was sent and no answer came."""
    _finish(outgoing, State.UNKNOWN, last_error=reason, last_reply=reply, not_before=None)


def copy_stored(outgoing: Outgoing) -> None:
    """The copy is in Sent; what is left are marks and the draft's copy."""
    _written(_held(outgoing, [State.SENT]).update(filed_at=Now()))


def filed(outgoing: Outgoing) -> None:
    """All is done. The draft goes, and the octets with it unless somebody was refused: then they stay for some days,
    because those may be tried again (decisions.try_refused, recovery.forget_refused)."""
    with transaction.atomic():
        refused = bool(outgoing.addresses(Status.REFUSED))
        values: dict[str, Any] = {"not_before": None, "dismissed": not refused}
        if not refused:
            values["content"] = None
        _finish(outgoing, State.FILED, (State.SENT,), last_error="", last_reply="", **values)
        Content.objects.filter(outgoing=None, pk=outgoing.content_id or 0).delete()
        Draft.objects.filter(pk=outgoing.key).delete()


def filing_later(outgoing: Outgoing, reason: str, reply: str = "") -> None:
    """The copy can't be filed now. After 48 hours it waits for a person, or is done if only marks are missing."""
    over = is_over(outgoing, "accepted_at" if outgoing.accepted_at else "created")
    if over and outgoing.filed_at:
        filed(outgoing)
        return
    next_try = None if over else Now() + pause_after(outgoing.attempts)
    values = {"not_before": next_try, "attempts": outgoing.attempts + 1}
    _finish(outgoing, State.SENT, (State.SENT,), last_error=reason, last_reply=reply, **values)


def _held(outgoing: Outgoing, states: Iterable[State]) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(pk=outgoing.pk, lease_token=outgoing.lease_token, state__in=states)


def _finish(outgoing: Outgoing, state: State, held_in: Iterable[State] = ANSWERED, **values: Any) -> None:
    """Write an outcome and give the lease back; raises LeaseLost."""
    _written(_held(outgoing, held_in).update(state=state, **values, **RELEASED))


def _written(rows: int) -> None:
    if not rows:
        raise LeaseLost


def _judged(address: str, refusal: Refusal) -> dict[str, Any]:
    status = Status.REFUSED if refusal.permanent else Status.WAITING
    return recipient(address, status, refusal.code, refusal.text)


def _judgements(outgoing: Outgoing, refusals: Mapping[str, Refusal]) -> list[dict[str, Any]]:
    """The envelope, with what was said of some recipients."""
    recipients = outgoing.recipients
    return [
        _judged(each["address"], refusals[each["address"]]) if each["address"] in refusals else each
        for each in recipients
    ]


def _answered(outgoing: Outgoing, refusals: Mapping[str, Refusal]) -> list[dict[str, Any]]:
    """The envelope after the server took the mail, without those it may take later."""
    recipients = []
    for each in outgoing.recipients:
        refusal = refusals.get(each["address"])
        if not waits(each):
            recipients.append(each)
        elif refusal is None:
            recipients.append(recipient(each["address"], Status.ACCEPTED))
        elif refusal.permanent:
            recipients.append(_judged(each["address"], refusal))
    return recipients


def waits(one: Mapping[str, Any]) -> bool:
    return bool(one["status"] == Status.WAITING)


def _queue_rest(outgoing: Outgoing, recipients: list[dict[str, Any]]) -> None:
    """The same mail, for those who were refused for now."""
    outgoing.refresh_from_db(fields=["account"])  # it may have been removed while the server took the mail
    copied = ("user", "account", "content", "size", "message_id", "sender", "subject", "dated", "queued_at")
    Outgoing.objects.create(
        key=uuid4(),
        recipients=recipients,
        not_before=Now() + pause_after(0),
        attempts=1,
        last_error="rejected",
        last_reply=str(recipients[0]["text"]),
        **{name: getattr(outgoing, name) for name in copied},
    )
