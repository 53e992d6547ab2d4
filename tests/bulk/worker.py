"""A worker as a process of its own, without a queue: it does what is due until nothing is. As python -m
tests.bulk.worker STATEMENTS MILLISECONDS it kills itself so long after its so manieth statement to the database: what a
worker does lies between two of them. Its environment is a running product's (tests/servers/live.py)."""

import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from webmail.bulk import jobs, recovering, running  # noqa: E402
from webmail.bulk.models import Job, State  # noqa: E402

MOVING = [State.WAITING, State.RUNNING]


def work(seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while Job.objects.filter(state__in=MOVING).exists() and time.monotonic() < deadline:
        for job_id in jobs.due():
            if job := jobs.claim(job_id):
                running.run(job)
        time.sleep(0.05)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying(statements: int, milliseconds: int) -> Callable[..., Any]:
    counted = itertools.count(1)

    def execute(run: Callable[..., Any], *arguments: Any) -> Any:
        if next(counted) == statements:
            threading.Timer(milliseconds / 1000, die).start() if milliseconds else die()
        return run(*arguments)

    return execute


recovering.PAUSE = 0.2
running.FIRST, running.MOST = 100, 200  # more steps, so that there is more to be killed in
if len(sys.argv) > 1:
    with connection.execute_wrapper(dying(int(sys.argv[1]), int(sys.argv[2]))):
        work()
else:
    work()
