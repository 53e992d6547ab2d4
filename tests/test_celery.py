"""The worker's use of the database: one connection for many tasks, a new one where the old one can't serve."""

from collections.abc import Iterator

import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_postrun, task_prerun
from django.db import connection, connections

from webmail.celery import app
from webmail.mailbox.tasks import sweep_store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker() -> Iterator[DjangoWorkerFixup]:
    """What Celery does in a worker around each task."""
    fixup = DjangoWorkerFixup(app)
    task_prerun.connect(fixup.on_task_prerun)
    task_postrun.connect(fixup.on_task_postrun)
    yield fixup
    task_prerun.disconnect(fixup.on_task_prerun)
    task_postrun.disconnect(fixup.on_task_postrun)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that the connection was closed; a database in memory would outlive it."""
    times: list[str] = []
    monkeypatch.setattr(connections["default"], "close", lambda: times.append("closed"))
    return times


def run_a_task() -> None:
    task_prerun.send(sender=sweep_store)
    connection.ensure_connection()
    task_postrun.send(sender=sweep_store)


def test_tasks_share_a_connection(worker: DjangoWorkerFixup, closed: list[str]) -> None:
    connection.ensure_connection()
    connections["default"].close_at = None  # it may be as old as the tests before
    run_a_task()
    run_a_task()
    assert closed == []


def test_a_connection_past_its_age_is_closed(worker: DjangoWorkerFixup, closed: list[str]) -> None:
    connection.ensure_connection()
    connections["default"].close_at = 0
    run_a_task()
    assert closed == ["closed", "closed"]
