"""How long a mail is tried, and how long the outbox waits between two tries."""

import random
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from webmail.compose.models import Outgoing

GIVE_UP_AFTER = timedelta(hours=48)
LONGEST_PAUSE = timedelta(hours=4)
JITTER = 0.2


def is_over(outgoing: Outgoing, since: str) -> bool:
    """Whether the time in this column is so long ago by the database's clock; the worker's own may be wrong."""
    return Outgoing.objects.filter(pk=outgoing.pk, **{f"{since}__lt": Now() - GIVE_UP_AFTER}).exists()


def pause_after(attempts: int) -> timedelta:
    """Growing with each try, and spread, so that mails which failed together do not come back together."""
    seconds = settings.OUTBOX_RETRY_SECONDS * 2 ** min(attempts, 20)
    return min(timedelta(seconds=seconds), LONGEST_PAUSE) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
