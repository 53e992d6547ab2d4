"""Runs children until told to stop, prints what they say, and leaves none behind.

add() starts a child; its output is read by a thread, printed with its name in front, the last lines kept. watch()
waits: a child that died is named with those lines and started again; one that dies too often ends the run. stop()
sends SIGTERM to all but the foundations (Redis: the others talk to it while they end), then to these, then SIGKILL to
whatever is left of each group; it never takes longer than STOP_SECONDS. Killed without a chance to stop, the kernel
ends the children (deploy/processes.py).
"""

import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.processes import StartFailed, signal_group, spawn

STOP_SECONDS = 4.5
FOUNDATION_SECONDS = 3.8  # when the foundations are told, should some of the others still run
DEATHS, DEATH_WINDOW = 3, 60.0  # deaths of one child, within so many seconds, that end the run
READY_SECONDS = 20.0


class Stopped(Exception):
    """The run ends: somebody asked, or a child can't live. The text is a sentence, empty where somebody asked."""


@dataclass(slots=True)
class Child:
    """One program. `ready`: it serves; `foundation`: others need it to the end; `quiet`: heard only in its epitaph."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    ready: Callable[[], bool] = lambda: True
    foundation: bool = False
    quiet: bool = False
    orphaned: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=8))
    deaths: list[float] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def epitaph(self) -> str:
        status = self.process.returncode if self.process else None
        cause = (
            f"was killed by {signal.Signals(-status).name}" if status and status < 0 else f"ended with status {status}"
        )
        words = "\n".join(f"    {line}" for line in self.last_lines) or "    nothing"
        return f"{self.name} {cause}. Its last words:\n{words}"


class Supervisor:
    """Owns the children. Only one thread starts them: the kernel ties a child's life to the thread that made it."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._wake = threading.Event()
        self._asked = False
        self._print = threading.Lock()

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def listen_to_signals(self) -> None:
        """SIGTERM, Ctrl-C and a closed terminal ask for the end."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.ask)

    def say(self, text: str, name: str = "webmail") -> None:
        with self._print:
            try:
                for line in text.splitlines() or [""]:
                    print(f"{name:<8}| {line}", flush=True)
            except (BrokenPipeError, ValueError):
                sys.stdout = open("/dev/null", "w")  # noqa: SIM115 nobody reads us any more; the servers go on

    def check(self) -> None:
        """Raises Stopped when the end was asked for; for work between two starts."""
        if self._asked:
            raise Stopped

    def add(self, *children: Child) -> None:
        """Start them side by side; returns when all are ready. Raises StartFailed, Stopped."""
        for child in children:
            self.children.append(child)
            self._start(child)
        for child in children:
            self._wait_until_ready(child)

    def watch(self) -> None:
        """Until the end: raises Stopped."""
        while True:
            self._wake.wait(0.25)
            self.check()
            for child in self.children:
                if not child.running:
                    self._bring_back(child)

    def stop(self) -> None:
        """End all children, in STOP_SECONDS at most. May be called again; then nothing is left to do."""
        started = time.monotonic()
        others = [child for child in self.children if not child.foundation]
        self._signal(others)
        _wait(others, started + FOUNDATION_SECONDS)
        self._signal([child for child in self.children if child.foundation])
        _wait(self.children, started + STOP_SECONDS)
        for child in self.children:
            if child.process:
                if child.running:
                    self.say(f"{child.name} did not stop in time and was killed")
                signal_group(child.process, signal.SIGKILL)
                child.process.wait()

    def ask(self, *_: object) -> None:
        """End the run soon; safe in a signal handler and from any thread."""
        self._asked = True
        self._wake.set()

    def _start(self, child: Child) -> None:
        child.process = spawn(
            child.command,
            output=subprocess.PIPE,
            environment=child.environment,
            orphaned=child.orphaned,
            folder=child.folder,
        )
        threading.Thread(target=self._relay, args=(child, child.process), daemon=True).start()

    def _relay(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        for line in process.stdout:
            text = line.decode(errors="replace").rstrip()
            child.last_lines.append(text)
            if not child.quiet:
                self.say(text, child.name)

    def _wait_until_ready(self, child: Child) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not child.ready():
            self.check()
            if not child.running:
                time.sleep(0.1)  # its last words may still be on their way
                raise StartFailed(child.epitaph())
            if time.monotonic() > deadline:
                raise StartFailed(f"{child.name} did not answer within {READY_SECONDS:.0f} seconds")
            time.sleep(0.03)

    def _bring_back(self, child: Child) -> None:
        now = time.monotonic()
        child.deaths = [death for death in child.deaths if now - death < DEATH_WINDOW] + [now]
        if child.process:
            signal_group(child.process, signal.SIGKILL)
        if len(child.deaths) >= DEATHS:
            raise Stopped(f"{child.epitaph()}\n{child.name} died {DEATHS} times within a minute: the run ends")
        self.say(f"{child.epitaph()}\nstarting {child.name} again")
        self._start(child)
        self._wait_until_ready(child)

    def _signal(self, children: Sequence[Child]) -> None:
        for child in reversed(children):
            if child.process and child.running:
                child.process.terminate()


def _wait(children: Sequence[Child], deadline: float) -> None:
    while any(child.running for child in children) and time.monotonic() < deadline:
        time.sleep(0.02)
