"""What people decide about their mail on its way; the states are drawn in outbox.py.

    a button of the outbox (views/outbox.py) → one of these → one conditional write, which repeats the state that the
    person saw → True, and where there is something to send or to file the view rings the worker; False where a worker
    or another window was faster: nothing is changed, and the page shows how it stands now.

No lease is asked for: a worker that holds one finds its state gone with its next write (LeaseLost). Each decision is
one transaction, so that a crash leaves the mail as it was or as it was decided; a bell that is lost with it is rung
again by the sweep.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from webmail.compose.letters import redated
from webmail.compose.models import Content, Draft, Outgoing, State, Status
from webmail.compose.outbox import FREE, RELEASED, recipient, waits

# -- out again -----------------------------------------------------------------------------------------------


def cancel(outgoing: Outgoing) -> bool:
    """Take it back, before a worker has it; False when it is too late. Its draft can be edited again."""
    return _remove(outgoing, [State.QUEUED])


def take_back(outgoing: Outgoing) -> bool:
    """Make it a draft again, waiting or refused; False in any other state, or where no draft is left."""
    return outgoing.draft is not None and _remove(outgoing, [State.QUEUED, State.FAILED])


def remove(outgoing: Outgoing) -> bool:
    """Throw a refused mail away, with its draft."""
    with transaction.atomic():
        draft = outgoing.draft
        removed = _remove(outgoing, [State.FAILED])
        if removed and draft:
            draft.delete()
    return removed


def _remove(outgoing: Outgoing, states: Iterable[State]) -> bool:
    with transaction.atomic():
        row = Outgoing.objects.select_for_update().filter(pk=outgoing.pk, state__in=states).first()
        if row:
            row.delete()
    return row is not None


# -- on its way ----------------------------------------------------------------------------------------------


def try_now(outgoing: Outgoing) -> bool:
    """Do not wait for the next try, of sending or of filing."""
    waiting = Outgoing.objects.filter(FREE, pk=outgoing.pk, state__in=[State.QUEUED, State.SENT])
    return bool(waiting.update(not_before=Now()))


def send_now(outgoing: Outgoing) -> bool:
    """Do not wait for the time that its person chose; False once somebody has it. Its date becomes the present one."""
    waiting = Outgoing.objects.filter(FREE, pk=outgoing.pk, state=State.QUEUED, attempts=0)
    date = timezone.localtime()
    with transaction.atomic():  # the row first, so that no worker reads the octets before they are written
        done = waiting.update(not_before=Now(), queued_at=Now(), dated=date)
        content = Content.objects.filter(pk=outgoing.content_id or 0).first() if done else None
        if content:
            content.raw = redated(bytes(content.raw), date)
            content.save()
    return bool(done)


def try_again(outgoing: Outgoing) -> bool:
    """Send a refused mail once more, to all who have not got it."""
    return _requeue(outgoing, State.FAILED)


def send_again(outgoing: Outgoing) -> bool:
    """Nobody got a mail whose outcome is unknown, says its person. It keeps its Message-ID, so that a reader who got
    it after all has programs that can tell."""
    return _requeue(outgoing, State.UNKNOWN)


def try_refused(outgoing: Outgoing, addresses: Sequence[str] = ()) -> Outgoing | None:
    """Send a mail that others have got to those who were refused, or to the `addresses` that stand in their place. It
    is a row of its own, under the same Message-ID: who has the mail is in no envelope again, and Sent gets no second
    copy. None when it is too late, or nobody is left to send it to."""
    with transaction.atomic():
        rows = Outgoing.objects.filter(pk=outgoing.pk, state=State.FILED, dismissed=False)
        row = rows.select_for_update().filter(content__isnull=False, account__isnull=False).first()
        refused, others = _by_refusal(row.recipients if row else [])
        taken = {each["address"].lower() for each in others}
        wanted = addresses or [each["address"] for each in refused]
        again = [address for address in dict.fromkeys(wanted) if address.lower() not in taken]
        if row is None or not refused or not again:
            return None
        if not rows.update(recipients=others, content=None, dismissed=True):  # a second click was faster
            return None
        return _copied(row, [recipient(address) for address in again])


def _by_refusal(recipients: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    refused = [each for each in recipients if each["status"] == Status.REFUSED]
    return refused, [each for each in recipients if each not in refused]


def _copied(row: Outgoing, recipients: list[dict[str, Any]]) -> Outgoing:
    names = ("user", "account", "content", "size", "message_id", "sender", "subject", "dated")
    values = {name: getattr(row, name) for name in names}
    return Outgoing.objects.create(key=uuid4(), recipients=recipients, **values)


def _requeue(outgoing: Outgoing, state: State) -> bool:
    recipients = [
        each if each["status"] == Status.ACCEPTED else recipient(each["address"]) for each in outgoing.recipients
    ]
    values = {"not_before": Now(), "queued_at": Now(), "attempts": 0, "dot_sent_at": None, "recipients": recipients}
    return _decide(outgoing, state, State.QUEUED, last_error="", last_reply="", **values)


def arrived(outgoing: Outgoing) -> bool:
    """It was delivered, says its person: only the filing is left."""
    recipients = [recipient(each["address"], Status.ACCEPTED) if waits(each) else each for each in outgoing.recipients]
    values: dict[str, Any] = {"accepted_at": Now(), "not_before": Now(), "attempts": 0, "recipients": recipients}
    return _decide(outgoing, State.UNKNOWN, State.SENT, last_error="", last_reply="", **values)


def dismiss(outgoing: Outgoing) -> bool:
    """Its person has read what went wrong with a mail that was sent."""
    rows = Outgoing.objects.filter(pk=outgoing.pk, state__in=[State.FILED, State.SENT])
    with transaction.atomic():
        done = rows.update(dismissed=True)
        if rows.filter(state=State.FILED).update(content=None):
            Content.objects.filter(outgoing=None, pk=outgoing.content_id or 0).delete()
        given_up = rows.filter(state=State.SENT, not_before=None, lease_token=None)
        if given_up.update(state=State.FILED, content=None):
            Content.objects.filter(outgoing=None, pk=outgoing.content_id or 0).delete()
            Draft.objects.filter(pk=outgoing.key).delete()
    return bool(done)


def _decide(outgoing: Outgoing, before: State, after: State, **values: Any) -> bool:
    """False when the row is no longer in the state that the person saw."""
    return bool(Outgoing.objects.filter(pk=outgoing.pk, state=before).update(state=after, **values, **RELEASED))
