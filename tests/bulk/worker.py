"""A worker as a process of its own, without a queue: it does what is due until nothing is, so that it can be killed
anywhere. Its environment is a running product's (tests/servers/live.py)."""

import sys
import time

import django

django.setup()

from webmail.bulk import jobs, running  # noqa: E402
from webmail.bulk.models import Job, State  # noqa: E402


def work(seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while Job.objects.filter(state__in=[State.WAITING, State.RUNNING]).exists() and time.monotonic() < deadline:
        for job_id in jobs.due():
            if job := jobs.claim(job_id):
                running.run(job)
        time.sleep(0.05)


sys.stdout.write("ready\n")
sys.stdout.flush()
work()
