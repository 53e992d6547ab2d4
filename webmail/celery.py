"""The Celery application, and the bell that wakes a worker.

The database holds what is to be done; a task only says "look at row 7". So ringing may fail without harm: the sweeps in
settings.CELERY_BEAT_SCHEDULE find every due row again.
"""

import logging
import os

from celery import Celery, Task
from django.db import transaction
from kombu.exceptions import OperationalError
from kombu.transport import redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")

app = Celery("webmail")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Nor is a task handed back when the line breaks (see settings.CELERY_BROKER_TRANSPORT_OPTIONS).
redis.Channel.do_restore = False

log = logging.getLogger(__name__)


def ring(task: Task, *args: object) -> None:
    """Ask a worker to run `task` once the current transaction has committed; a broker that is down is logged, never
    raised."""

    def publish() -> None:
        try:
            task.delay(*args)
        except (OperationalError, OSError) as error:
            log.warning(
                "The broker does not answer, the sweep will run %s%s: %s", task.name, args, type(error).__name__
            )

    transaction.on_commit(publish)
