"""The supervisor over small real processes: what it says, what it starts again, and that it leaves nobody behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.processes import StartFailed
from deploy.product import ROOT
from deploy.supervisor import STOP_SECONDS, Child, Stopped, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


def alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state != "Z"


def wait_for(condition: Callable[[], object], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_output_carries_the_name(capsys: pytest.CaptureFixture[str]) -> None:
    with Supervisor() as supervisor:
        child = Child("talker", [sys.executable, "-c", "print('hello'); import time; time.sleep(600)"])
        child.environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        supervisor.add(child)
        assert wait_for(lambda: child.last_lines)
    assert "talker  | hello" in capsys.readouterr().out


def test_stop_ends_children_that_listen_at_once() -> None:
    supervisor = Supervisor()
    supervisor.add(Child("first", SLEEP), Child("second", SLEEP, foundation=True))
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 1
    assert not any(child.running for child in supervisor.children)


def test_stop_kills_the_deaf_and_their_children(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    program = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {DEAF!r}]); "
    program += f"open({str(note)!r}, 'w').write(str(p.pid)); {DEAF}"
    supervisor = Supervisor()
    child = Child("deaf", [sys.executable, "-c", program])
    supervisor.add(child)
    assert wait_for(lambda: "up" in child.last_lines and note.exists() and note.read_text())
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < STOP_SECONDS + 0.5
    assert wait_for(lambda: not alive(int(note.read_text())))


def test_child_that_dies_at_the_start_is_named_with_its_last_words() -> None:
    with Supervisor() as supervisor:
        child = Child(
            "broken", [sys.executable, "-c", "print('no such file'); raise SystemExit(3)"], ready=lambda: False
        )
        with pytest.raises(StartFailed, match=r"(?s)broken ended with status 3.*no such file"):
            supervisor.add(child)


def test_dead_child_is_started_again(capsys: pytest.CaptureFixture[str]) -> None:
    with Supervisor() as supervisor:
        child = Child("mortal", SLEEP)
        supervisor.add(child)
        assert child.process
        first = child.process
        first.kill()
        first.wait()
        stop_soon(supervisor, lambda: child.process is not first)
        with pytest.raises(Stopped):
            supervisor.watch()
        assert child.process is not first
    assert "mortal was killed by SIGKILL" in capsys.readouterr().out


def test_child_that_keeps_dying_ends_the_run() -> None:
    with Supervisor() as supervisor:
        supervisor.add(Child("hopeless", [sys.executable, "-c", "raise SystemExit(1)"]))
        with pytest.raises(Stopped, match="hopeless died 3 times"):
            supervisor.watch()


def test_children_do_not_outlive_a_killed_supervisor() -> None:
    program = (
        "import sys, time; from deploy.supervisor import Child, Supervisor; s = Supervisor(); "
        "s.add(Child('a', [sys.executable, '-c', 'import time; time.sleep(600)'])); "
        "print(s.children[0].process.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert wait_for(lambda: not alive(child))


def stop_soon(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    """Ask for the end once `condition` holds, as a signal would."""

    def later() -> None:
        wait_for(condition)
        supervisor.ask()

    threading.Thread(target=later, daemon=True).start()
