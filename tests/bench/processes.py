"""CPU time and memory of a server's processes, from the kernel (Linux: proc(5), clock_getcpuclockid(3)).

A server is the session it leads: whatever it forks stays in it. A process's own clock counts nanoseconds over all its
threads, those that ended too; a process that ended has left its time with the one that waited for it.
"""

import os
import time
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
SESSION, WAITED_FOR = 3, slice(13, 15)  # among the fields of /proc/PID/stat from the third on
CALM, PAUSE, PATIENCE = 0.0003, 0.01, 1.0  # seconds


def members(*leaders: int) -> list[int]:
    """All processes of the sessions that these lead."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _session(entry) in leaders]


def cpu_seconds(*leaders: int) -> float:
    """What all processes of these sessions have used so far, utime and stime, with the children they waited for."""
    return sum(_clock(process) + _of_children(process) for process in members(*leaders))


def settle(*leaders: int) -> None:
    """Return once these sessions are idle: what a server does after its answer belongs to the action too."""
    processes = members(*leaders)
    deadline, before = time.monotonic() + PATIENCE, -1.0
    while (now := sum(map(_clock, processes))) > before + CALM and time.monotonic() < deadline:
        before = now
        time.sleep(PAUSE)


def proportional_bytes(process: int) -> int:
    """Its memory, where shared pages count in parts (PSS)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def children(process: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _session(entry: Path) -> int:
    return int(fields[SESSION]) if (fields := _stat(entry)) else 0


def _clock(process: int) -> float:
    try:
        return time.clock_gettime((~process << 3) | 2)  # as clock_getcpuclockid makes it
    except OSError:  # it has just ended
        return 0


def _of_children(process: int) -> float:
    fields = _stat(Path(f"/proc/{process}"))
    return sum(map(int, fields[WAITED_FOR])) * TICK


def _stat(entry: Path) -> list[str]:
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()  # the name before may hold anything
    except OSError:
        return []
