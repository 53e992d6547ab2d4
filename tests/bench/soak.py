"""A hundred people use the product for a while: does anything grow, does anything fail?

`python -m tests.bench.soak --minutes 20 --users 100` runs what ships, over a Dovecot of its own, and lets simulated
people sign in, read, search, flag, move, rest and sign out, a bounded number of requests per second. Every half minute
it prints what web server and worker hold: memory (PSS), threads, descriptors, and the IMAP connections that Dovecot
counts. It ends with status 1 when, the first third aside, any of them still grows, when any request failed, or when the
mail server did not get its connections back once everybody rests.
"""

import argparse
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tests.environment  # noqa: F401 - before Django's settings are read
from tests.bench.generated import messages
from tests.bench.processes import members, proportional_bytes
from tests.bench.soak_people import Guest
from tests.servers.dovecot import DovecotForTests
from tests.servers.live import Live

GUIDES = 6  # threads that lead the people from page to page
MAIL = 130  # messages of each person: three pages
MEGABYTE = 2**20
HEAD = ("minute", "web_MB", "worker_MB", "threads", "files", "IMAP", "requests/s", "median_ms", "p95_ms", "errors")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is held at one moment; `minute` since the beginning."""

    minute: float
    web_memory: int  # octets
    worker_memory: int
    threads: int
    files: int
    connections: int


@dataclass(slots=True)
class Tally:
    """What the people have seen. `times` are seconds of requests since the last look."""

    times: list[float] = field(default_factory=list)
    requests: int = 0
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seconds: float) -> None:
        with self.lock:
            self.times.append(seconds)
            self.requests += 1

    def fail(self, what: str) -> None:
        with self.lock:
            self.errors.append(what)

    def look(self) -> list[float]:
        with self.lock:
            times, self.times = self.times, []
        return times


class Pace:
    """Lets `rate` requests begin in each second, whoever asks."""

    def __init__(self, rate: float):
        self.step = 1 / rate
        self.next = time.monotonic()
        self.lock = threading.Lock()

    def wait(self) -> None:
        with self.lock:
            self.next = max(self.next + self.step, time.monotonic())
            pause = self.next - time.monotonic()
        time.sleep(max(0.0, pause))


def main(words: Sequence[str] | None = None) -> int:
    """The exit status."""
    options = arguments(words)
    dovecot = DovecotForTests()
    live = Live(dovecot)
    try:
        dovecot.start()
        live.start()
        return soak(live, options)
    finally:
        live.stop()
        dovecot.remove()


def soak(live: Live, options: argparse.Namespace) -> int:
    readings, tally = stay(live, arrived(live, options), options)
    left = after_rest(live, options.rest)
    if tally.errors:
        print(live.log("web")[-4000:])
    return verdict(readings, tally, left)


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--rate", type=float, default=15, help="requests per second of all together")
    parser.add_argument("--every", type=float, default=30, help="seconds between two lines")
    parser.add_argument("--rest", type=float, default=180, help="seconds after which no connection may be left")
    return parser.parse_args(words)


def arrived(live: Live, options: argparse.Namespace) -> list[Guest]:
    """People with mail, all of it different."""
    print(f"{options.users} people with {MAIL} messages each are made", flush=True)
    letters = list(messages(MAIL))
    pace, guests = Pace(options.rate), []
    for number in range(options.users):
        person = live.new_person("guest")
        batch = [{"msg": raw, "flags": (), "date": received} for raw, received in letters]
        with live.dovecot.imap(person.mail) as client:
            client.multiappend("INBOX", batch)
        guests.append(Guest(live.url, person, pace.wait, random.Random(number)))
    return guests


def stay(live: Live, guests: list[Guest], options: argparse.Namespace) -> tuple[list[Reading], Tally]:
    tally, over = Tally(), threading.Event()
    parts = [guests[start::GUIDES] for start in range(GUIDES)]
    guides = [threading.Thread(target=lead, args=(part, tally, over), daemon=True) for part in parts]
    for guide in guides:
        guide.start()
    try:
        readings = watch(live, tally, options)
    finally:
        over.set()
        for guide in guides:
            guide.join(60)
    return readings, tally


def lead(guests: list[Guest], tally: Tally, over: threading.Event) -> None:
    """One after the other does something; who rests is passed over."""
    while not over.is_set():
        awake = [guest for guest in guests if guest.is_awake()]
        for guest in awake:
            if over.is_set():
                return
            try:
                guest.visit(tally.note)
            except Exception as error:
                tally.fail(f"{guest.doing}: {type(error).__name__}: {error}"[:300])
                guest.start_anew()
        if not awake:
            time.sleep(0.2)


def watch(live: Live, tally: Tally, options: argparse.Namespace) -> list[Reading]:
    """A line and a reading at each interval until the end."""
    begun, readings = time.monotonic(), []
    print("".join(f"{head:>12}" for head in HEAD), flush=True)
    count = max(1, round(options.minutes * 60 / options.every))
    for number in range(1, count + 1):
        time.sleep(max(0.0, begun + number * options.every - time.monotonic()))
        readings.append(read(live, (time.monotonic() - begun) / 60))
        show(readings[-1], tally.look(), len(tally.errors), options.every)
    return readings


def after_rest(live: Live, seconds: float) -> int:
    """How many connections the mail server still holds when nobody has come for that long."""
    deadline = time.monotonic() + seconds
    while (left := connections(live.dovecot)) and time.monotonic() < deadline:
        time.sleep(1)
    return left if seconds else 0


def read(live: Live, minute: float) -> Reading:
    web, worker = (members(live.processes[name].pid) for name in ("web", "worker"))
    return Reading(
        minute,
        web_memory=sum(map(proportional_bytes, web)),
        worker_memory=sum(map(proportional_bytes, worker)),
        threads=sum(entries(process, "task") for process in web + worker),
        files=sum(entries(process, "fd") for process in web + worker),
        connections=connections(live.dovecot),
    )


def entries(process: int, folder: str) -> int:
    return sum(1 for _ in Path(f"/proc/{process}/{folder}").iterdir())


def connections(dovecot: DovecotForTests) -> int:
    """As the server counts them."""
    command = ["doveadm", "-c", str(dovecot.run / "dovecot.conf"), "who", "-1"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sum(" imap " in f" {' '.join(line.split())} " for line in told.splitlines())


def show(reading: Reading, times: list[float], errors: int, seconds: float) -> None:
    milliseconds = sorted(each * 1000 for each in times) or [0.0]
    cells = (
        f"{reading.minute:.2f}",
        f"{reading.web_memory / MEGABYTE:.1f}",
        f"{reading.worker_memory / MEGABYTE:.1f}",
        reading.threads,
        reading.files,
        reading.connections,
        f"{len(times) / seconds:.1f}",
        f"{statistics.median(milliseconds):.1f}",
        f"{milliseconds[len(milliseconds) * 95 // 100]:.1f}",
        errors,
    )
    print("".join(f"{cell:>12}" for cell in cells), flush=True)


def verdict(readings: Sequence[Reading], tally: Tally, left: int) -> int:
    grown = growths(readings)
    for line in tally.errors[:20]:
        print(line)
    print(
        f"\n{tally.requests} requests, {len(tally.errors)} failed; still growing: {', '.join(grown) or 'nothing'}; "
        f"connections left after a rest: {left}"
    )
    return 1 if grown or tally.errors or left else 0


# What may come on top of the middle third's median: caches that still fill, a request that happens to be under way.
TOLERANCES = {
    "web_memory": (0.02, 2 * MEGABYTE),
    "worker_memory": (0.02, 2 * MEGABYTE),
    "threads": (0.05, 3),
    "files": (0.08, 6),
    "connections": (0.10, 5),
}


def growths(readings: Sequence[Reading]) -> list[str]:
    """What is clearly more in the last third than in the middle one. Medians, so that one odd moment decides nothing;
    the first third is for warming up."""
    third = len(readings) // 3
    if not third:
        return []
    middle, last = readings[third : 2 * third], readings[2 * third :]
    grown = []
    for name, (share, amount) in TOLERANCES.items():
        before, after = (statistics.median(getattr(each, name) for each in part) for part in (middle, last))
        if after > before * (1 + share) + amount:
            grown.append(f"{name} ({before:.0f} → {after:.0f})")
    return grown


if __name__ == "__main__":
    sys.exit(main())
