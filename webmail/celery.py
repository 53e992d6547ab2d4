"""The Celery application, and the bell that wakes a worker.

The database holds what is to be done; a task only says "look at row 7". So ringing may fail without harm: the sweeps in
settings.CELERY_BEAT_SCHEDULE find every due row again.
"""

import logging
import os

from celery import Celery, Task
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections, transaction
from kombu.exceptions import OperationalError
from kombu.transport import redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")

app = Celery("webmail")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Nor is a task handed back when the line breaks (see settings.CELERY_BROKER_TRANSPORT_OPTIONS).
redis.Channel.do_restore = False

log = logging.getLogger(__name__)


@task_prerun.connect
@task_postrun.connect
def _check_connections(**about: object) -> None:
    """As Django does around a request. Celery would open the database anew for every task (settings.
    CELERY_DB_REUSE_MAX)."""
    close_old_connections()


def ring(task: Task, *args: object) -> None:
    """Ask a worker to run `task` once the current transaction has committed; a broker that is down is logged, never
    raised."""
    transaction.on_commit(lambda: publish(task, *args))


def publish(task: Task, *args: object, seconds: float = 0) -> None:
    """The same now, for a worker to begin in so many seconds."""
    try:
        task.apply_async(args, countdown=seconds or None)
    except (OperationalError, OSError) as error:
        log.warning("The broker does not answer, nobody hears of %s%s: %s", task.name, args[:1], type(error).__name__)
