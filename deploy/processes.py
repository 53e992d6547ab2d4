"""Child processes that never outlive us.

Each child leads its own session, so that Ctrl-C reaches us alone and a whole group can be ended at once. Should we be
killed without a chance to clean up, the kernel tells the child: setpriv (util-linux) asks for that signal before it
becomes the program (prctl(2), PR_SET_PDEATHSIG). Were we killed before that, a shell notices that its parent is
another.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO


class StartFailed(Exception):
    """A server did not come up; the text is a sentence with its last lines of output."""


def spawn(
    command: Sequence[str | Path],
    *,
    output: int | IO[bytes],
    environment: Mapping[str, str] | None = None,
    orphaned: signal.Signals = signal.SIGTERM,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, both its outputs to `output`; it gets `orphaned` if we die first."""
    leash: list[str] = []
    if shutil.which("setpriv"):
        unless_orphaned = ["sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"', str(os.getpid())]
        leash = ["setpriv", "--pdeathsig", orphaned.name[3:], *unless_orphaned]
    return subprocess.Popen(
        [*leash, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=None if environment is None else dict(environment),
        start_new_session=True,
        cwd=folder,
    )


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to the child and everything in its process group; a group that is gone is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def end(process: subprocess.Popen[bytes], *, patience: float = 5.0) -> None:
    """SIGTERM, then after `patience` seconds SIGKILL for whatever is left of the group."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    signal_group(process, signal.SIGKILL)
    process.wait()


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path, *, seconds: float = 15
) -> None:
    """Return once `ready()`; raises StartFailed when the process ends or `seconds` pass first."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise StartFailed(f"{name} ended with status {process.returncode}: {last_lines(log)}")
        if time.monotonic() > deadline:
            raise StartFailed(f"{name} did not answer within {seconds:.0f} seconds: {last_lines(log)}")
        time.sleep(0.02)


def last_lines(log: Path, count: int = 5) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return " | ".join(line.strip() for line in lines[-count:]) or "it said nothing"
