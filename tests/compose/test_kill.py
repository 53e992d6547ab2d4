"""Real processes, killed where it hurts: no mail is lost, and none is sent twice.

The leases are short here, so that a worker counts as dead after seconds.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from deploy import product
from tests.compose.visitor import Visitor
from tests.servers.live import Live

SHORT = {"OUTBOX_LEASE_SECONDS": "2", "OUTBOX_ANSWER_SECONDS": "5", "OUTBOX_RETRY_SECONDS": "1"}
CLAIMS = """
import sys, threading, time
import django
django.setup()
from webmail.compose import outbox
def claim():
    time.sleep(max(0, float(sys.argv[2]) - time.time()))
    if outbox.claim(int(sys.argv[1])):
        print("mine")
threads = [threading.Thread(target=claim) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


@pytest.fixture
def product_with_short_leases(live: Live) -> Iterator[Live]:
    usual = dict(live.environment)
    live.kill("worker")
    _forget_mail(live)
    live.environment |= SHORT
    live.start_worker()
    yield live
    live.kill("worker")
    _forget_mail(live)
    live.environment.clear()
    live.environment |= usual
    live.start_worker()


def _forget_mail(live: Live) -> None:
    """What other tests sent is no mail of ours, and the other way round."""
    live.smtp.forget()
    live.smtp.deliver_to(live.dovecot)


@pytest.fixture
def alive(product_with_short_leases: Live) -> Live:
    return product_with_short_leases


def rows(live: Live, columns: str = "state") -> list[tuple[str, ...]]:
    """The outbox as the database has it, oldest first."""
    return live.rows(f"SELECT {columns} FROM compose_outgoing ORDER BY id")


def state(live: Live) -> str:
    return rows(live)[-1][0]


def wait_for(condition: Callable[[], bool], seconds: float = 25) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_killed_after_the_dot(alive: Live) -> None:
    """The server has the mail, the worker never hears it: nobody sends it again but a person."""
    visitor = Visitor(alive, alive.new_person("anna"))
    connections = alive.smtp.connections
    alive.smtp.stall("to@example.org", at="answer")
    visitor.send("to@example.org")
    wait_for(lambda: len(alive.smtp.accepted) == 1)
    alive.kill("worker")
    assert rows(alive, "state, dot_sent_at IS NULL, accepted_at IS NULL")[-1] == ("sending", 0, 1)
    alive.smtp.rules.delays.clear()
    alive.start_worker()
    wait_for(lambda: state(alive) == "unknown")
    time.sleep(4.5)  # two sweeps
    assert state(alive) == "unknown"
    assert len(alive.smtp.accepted) == 1
    assert alive.smtp.connections == connections + 1
    assert "It may have arrived" in visitor.get("/outbox/")
    visitor.post(f"/outbox/{rows(alive, 'id')[-1][0]}/act/", action="arrived")
    wait_for(lambda: state(alive) == "filed")
    assert len(alive.smtp.accepted) == 1


@pytest.mark.parametrize("stage", ["mail", "data"])
def test_killed_before_the_dot(alive: Live, stage: str) -> None:
    """Nothing was delivered: the next worker sends it, once."""
    visitor = Visitor(alive, alive.new_person("anna"))
    connections = alive.smtp.connections
    alive.smtp.stall("*", at=stage)
    visitor.send("to@example.org")
    wait_for(lambda: alive.smtp.connections > connections)
    alive.kill("worker")
    assert rows(alive, "state, dot_sent_at IS NULL")[-1] == ("sending", 1)
    alive.smtp.rules.delays.clear()
    alive.start_worker()
    wait_for(lambda: state(alive) == "filed")
    time.sleep(2.5)
    assert len(alive.smtp.accepted) == 1


def test_no_redis_when_send_is_pressed(alive: Live) -> None:
    """The page answers at once, the mail waits, and goes when Redis is back."""
    visitor = Visitor(alive, alive.new_person("anna"))
    alive.kill("broker")
    began = time.monotonic()
    page = visitor.send("to@example.org")
    assert time.monotonic() - began < 4  # two pages: writing, and where Send leads to
    assert "On its way" in page
    assert state(alive) == "queued"
    assert alive.smtp.accepted == []
    alive.processes["broker"] = alive.broker.start()
    wait_for(lambda: state(alive) == "filed", 40)
    assert len(alive.smtp.accepted) == 1


def test_the_same_task_many_times(alive: Live) -> None:
    visitor = Visitor(alive, alive.new_person("anna"))
    alive.kill("worker")
    visitor.send("to@example.org")
    row = rows(alive, "id")[-1][0]
    again = f"from webmail.compose.tasks import deliver\nfor _ in range(5): deliver.delay({row})"
    alive.manage("shell", "--no-imports", "--command", again)
    alive.start_worker()
    wait_for(lambda: state(alive) == "filed")
    time.sleep(2.5)
    assert len(alive.smtp.accepted) == 1


def test_many_workers_race_for_one_mail(alive: Live) -> None:
    visitor = Visitor(alive, alive.new_person("anna"))
    alive.kill("worker")
    visitor.send("to@example.org")
    row = rows(alive, "id")[-1][0]
    command = [sys.executable, "-c", CLAIMS, str(row), str(time.time() + 6)]
    pipes = {"stdout": subprocess.PIPE, "text": True, "env": alive.environment, "cwd": product.ROOT}
    racers = [subprocess.Popen(command, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    claims = [racer.communicate(timeout=60)[0] for racer in racers]
    assert "".join(claims).split() == ["mine"]
    alive.start_worker()
    wait_for(lambda: state(alive) == "filed")
    assert len(alive.smtp.accepted) == 1
