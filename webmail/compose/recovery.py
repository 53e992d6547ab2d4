"""What the sweeps do with rows nobody works on any more: those of dead workers, of removed accounts, and old ones.

beat → tasks.sweep_outbox → recover(): each row is changed by a conditional UPDATE that repeats what was seen of it, so
a worker that comes back in the same moment wins, and two sweeps at once do no harm. The states are those of outbox.py.
Once a day tasks.prune_outbox → forget_old(), forget_refused().
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from webmail.compose.models import Content, Outgoing, State
from webmail.compose.outbox import AT_ONCE, RELEASED
from webmail.compose.patience import is_over, pause_after

KEPT = timedelta(days=30)  # a filed row answers a form that is sent again


def recover() -> None:
    """Go on with rows whose worker is gone, and end those whose account is."""
    expired = Outgoing.objects.filter(state=State.SENDING, lease_until__lte=Now())
    for outgoing in expired.filter(dot_sent_at=None):
        _if_still(expired, outgoing, attempts=outgoing.attempts + 1, **_after_interruption(outgoing), **RELEASED)
    for outgoing in expired.exclude(dot_sent_at=None):
        # The token stays: a worker that is only slow may still bring the answer.
        _if_still(expired, outgoing, state=State.UNKNOWN, last_error="unknown", not_before=None, lease_until=None)
    orphans = Outgoing.objects.filter(account=None)
    for outgoing in orphans.filter(state=State.QUEUED):
        _if_still(orphans, outgoing, state=State.FAILED, last_error="account_gone", not_before=None)
    for outgoing in orphans.filter(state=State.SENT, dismissed=False, not_before__isnull=False):
        _if_still(orphans, outgoing, last_error="account_gone", not_before=None, **RELEASED)


def forget_old() -> None:
    """Rows that answer no form any more. Apart from recover(), which runs every few seconds: nothing else looks at all
    that was ever sent."""
    old = Outgoing.objects.filter(state=State.FILED, queued_at__lte=Now() - KEPT)
    while several := list(old[:AT_ONCE]):
        for outgoing in several:
            outgoing.delete()


def forget_refused() -> None:
    """The octets of mail that was sent, but not to everybody, once the time in which those may be tried again is over.
    All other mail loses its octets with the filing."""
    until = Now() - timedelta(days=settings.OUTBOX_REFUSED_DAYS)
    rows = Outgoing.objects.filter(state=State.FILED, content__isnull=False, accepted_at__lte=until)
    with transaction.atomic():
        contents = list(rows.values_list("content", flat=True))
        rows.update(content=None)
        Content.objects.filter(pk__in=contents, outgoing=None).delete()


def _after_interruption(outgoing: Outgoing) -> dict[str, Any]:
    """At once the first time. A mail that kills its worker each time must not do so for ever."""
    if is_over(outgoing, "queued_at"):
        return {"state": State.FAILED, "last_error": "interrupted", "not_before": None}
    pause = pause_after(outgoing.attempts) if outgoing.attempts else timedelta(0)
    return {"state": State.QUEUED, "last_error": "interrupted", "not_before": Now() + pause}


def _if_still(rows: QuerySet[Outgoing], outgoing: Outgoing, **values: Any) -> None:
    rows.filter(pk=outgoing.pk, state=outgoing.state, lease_token=outgoing.lease_token).update(**values)
