"""Asking a sender to take a person off a list, after their click: the journal's states, and who may change them.

                 claim            2xx
    ask ──▶ WAITING ─────▶ ASKING ─────▶ DONE        one-click (RFC 8058): a worker's POST
               ▲  ▲          │ │
               │  └──────────┘ │ no answer, 429, 5xx, or its worker died: later again, TRIES times
               │               ▼
               └──────────── FAILED                  any other answer, or the tries are over
                 ask again (a person)
    ask ──▶ DONE                                     by mail: with its row of the outbox, in one transaction

A journal row is unique for its account and key, so a second click or tab finds the first one's. A mail is frozen into
the outbox in the transaction that writes the row, under a key that follows from it: it is sent as often as any mail,
once (compose/outbox.py), and no worker of ours sends it. A POST may reach the sender twice, if its worker dies before
the answer is written; who asks twice to be let go is let go once. Redis only rings: due() finds what waits.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Account
from webmail.compose import letters, outbox
from webmail.compose.models import Draft, Outgoing
from webmail.compose.patience import pause_after
from webmail.compose.recovery import KEPT
from webmail.protocols.web import NotFetched, post, web_only
from webmail.unsubscribing.models import State, Unsubscription, Way
from webmail.unsubscribing.offers import Offer

FORM = b"List-Unsubscribe=One-Click"  # RFC 8058, 3.1
SECONDS = 15.0
TRIES = 5
AT_ONCE = 100  # rows a sweep rings for
TEMPORARY = {"timeout", "unreachable", "busy"}


class NotSendable(Exception):
    """The mail can't be sent from this account; the message is a sentence."""


def ask(account: Account, offer: Offer) -> tuple[Unsubscription, Outgoing | None]:
    """The journal's row of this offer, and the mail that is new in the outbox. Where the row is there already nothing
    more is asked, unless asking has failed, or the person took the mail back from the outbox. Raises NotSendable."""
    with transaction.atomic():
        values = {"way": offer.way, "whom": offer.whom[:320], "address": offer.address}
        row, _ = Unsubscription.objects.get_or_create(account=account, key=offer.key, defaults=values)
        if row.way == Way.MAIL:
            return row, _enqueued(account, row, offer)
        again = Unsubscription.objects.filter(pk=row.pk, state=State.FAILED)
        again.update(
            state=State.WAITING, address=offer.address, attempts=0, not_before=Now(), asked=Now(), last_error=""
        )
    row.refresh_from_db()
    return row, None


def _enqueued(account: Account, row: Unsubscription, offer: Offer) -> Outgoing | None:
    """The mail in the outbox, if it was not there before."""
    assert offer.mail  # noqa: S101 - the way says so
    key = UUID(bytes=salted_hmac("unsubscribing", f"{account.pk}\0{offer.key}", algorithm="sha256").digest()[:16])
    if Outgoing.objects.filter(key=key).exists() or is_settled(row):
        return None
    draft = Draft(id=key, account=account, to=offer.mail.to, subject=offer.mail.subject, text=offer.mail.text)
    for sentences in letters.problems(draft).values():
        raise NotSendable(sentences[0])
    outgoing = outbox.enqueue(draft, letters.freeze(draft))
    Unsubscription.objects.filter(pk=row.pk).update(state=State.DONE, outgoing_key=key, asked=Now(), not_before=None)
    row.refresh_from_db()
    return outgoing


def is_settled(row: Unsubscription) -> bool:
    """Whether its mail left the outbox by being sent: that keeps what was sent for a while, so that what is missing
    before then was taken back by its person."""
    return row.state == State.DONE and row.asked < timezone.now() - KEPT


# -- the worker's side -----------------------------------------------------------------------------------------------


def claim(row_id: int) -> Unsubscription | None:
    """The right to ask, for a while. None unless exactly this call got it."""
    token = uuid4()
    lease = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    values = {"state": State.ASKING, "lease_token": token, "lease_until": Now() + lease}
    if not _due().filter(pk=row_id).update(**values):
        return None
    return Unsubscription.objects.filter(pk=row_id, lease_token=token).first()


def due() -> list[int]:
    """Rows to ring for, also those that a dead worker left behind."""
    return list(_due().order_by("not_before").values_list("pk", flat=True)[:AT_ONCE])


def _due() -> QuerySet[Unsubscription]:
    waiting = Q(state=State.WAITING, not_before__lte=Now())
    left_behind = Q(state=State.ASKING, lease_until__lte=Now())
    people = Account.objects.filter(user__is_active=True)
    return Unsubscription.objects.filter(waiting | left_behind, way=Way.ONE_CLICK, account__in=people)


def perform(row: Unsubscription) -> None:
    """Ask, and write what came of it."""
    outcome = _outcome(row.address)
    attempts = row.attempts + 1
    values: dict[str, object] = {"attempts": attempts, "last_error": outcome, "lease_token": None, "lease_until": None}
    if not outcome:
        values |= {"state": State.DONE, "address": "", "not_before": None}
    elif outcome in TEMPORARY and attempts < TRIES:
        values |= {"state": State.WAITING, "not_before": Now() + pause_after(row.attempts)}
    else:
        values |= {"state": State.FAILED, "address": "", "not_before": None}
    # Whoever was taken for dead writes nothing: somebody else is at it.
    Unsubscription.objects.filter(pk=row.pk, lease_token=row.lease_token).update(**values)


def _outcome(address: str) -> str:
    """ "" for a sender who took it, else why not."""
    try:
        status = post(address, FORM, guard=web_only(settings.UNSUBSCRIBE_ALLOWED_HOSTS), seconds=SECONDS)
    except NotFetched as error:
        return error.reason
    if status == 429 or status >= 500:
        return "busy"
    return "" if 200 <= status < 300 else "refused"
