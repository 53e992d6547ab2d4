"""Work that nobody waits for: done once the answer to the request is on its way.

do() → held while this thread answers a request → request_finished, which the web server brings about after it has sent
the answer → done, in order. Outside of a request, as in a worker, it is done at once. A process that dies in between
leaves it undone: so it is for keeping what was fetched, which can be fetched again, never for what tells of a change.
"""

import threading
from collections.abc import Callable

from django.core.signals import request_finished, request_started
from django.dispatch import receiver

Work = Callable[[], None]


class _Held(threading.local):
    """Of this thread; None where no request is being answered."""

    work: list[Work] | None = None


_held = _Held()


def do(work: Work) -> None:
    """Something that raises nothing."""
    if _held.work is None:
        work()
    else:
        _held.work.append(work)


@receiver(request_started)
def _begin(**about: object) -> None:
    _held.work = []


@receiver(request_finished)
def _end(**about: object) -> None:
    held, _held.work = _held.work or [], None
    for work in held:
        work()
