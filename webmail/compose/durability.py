"""Commits that need not be on the disk yet, because a later one of the same database carries them there.

    Send:   carried_later(): the draft's row → outbox.enqueue, on the disk before the answer
    worker: carried_later(): the claim       → outbox.dot_sent, on the disk before the dot

To wait for the disk takes longer than all else that such a commit does. Both databases write one log in order, so
whatever is on the disk is there with all that came before it. A process that is killed loses nothing; a machine that
loses power goes back to the commit before, where the mail waits as if nobody had claimed it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def carried_later() -> Iterator[None]:
    """A transaction whose commit waits for no disk; within another one, that decides."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            _say("SET LOCAL synchronous_commit TO off")
            yield
    elif connection.vendor == "sqlite":
        _say("PRAGMA synchronous=NORMAL")
        try:
            with transaction.atomic():
                yield
        finally:
            _say("PRAGMA synchronous=FULL")  # as settings.DATABASES has it
    else:
        with transaction.atomic():
            yield


def _say(sentence: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sentence)
