"""Many people at once turn the pages of their lists: pages per second, beside as many raw sessions that fetch the same.

The people are driven by as many processes as there are cores, so that they wait for no interpreter but the product's.
The raw sessions are threads of one process, as a program that uses the library is; for comparison the same is measured
with a process for each core. All stay over the rounds, signed in and warm, and take turns.

Run as `python -m tests.bench.crowd`: the first line of standard input is JSON, {"kind": "web" or "imap", "people": […],
…}; each further line is a number of seconds to work, answered by the number of pages.
"""

import json
import os
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import imapclient

from deploy.product import ROOT
from tests.bench.figures import over
from tests.bench.installation import Installation, Reader
from tests.bench.processes import children, cpu_seconds, proportional_bytes
from tests.bench.reading import PAGE, ROW_ITEMS
from tests.bench.visitor import Visitor
from tests.servers.live import PASSWORD

PAGES = 10  # the newest of the folder
MEMORY_LIMIT = 80 * 10**6  # octets of a web process


@dataclass(slots=True)
class Throughput:
    """Pages per second of each round, `raw_cores` with a process for each core; CPU seconds of web and mail server per
    page of the product; memory afterwards of each web process."""

    people: int
    product: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    raw_cores: list[float] = field(default_factory=list)
    web_cpu: list[float] = field(default_factory=list)
    server_cpu: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(self.product) / statistics.median(self.raw)

    def over(self, tolerance: float) -> list[str]:
        """Fewer pages than raw, more memory than allowed."""
        return over([("pages per second", 1 / self.ratio), ("memory", max(self.memory) / MEMORY_LIMIT)], tolerance)


class Crowd:
    """The processes of one side."""

    def __init__(self, specification: dict[str, Any], people: list[dict[str, Any]], processes: int):
        parts = [people[start::processes] for start in range(processes)]
        self.processes = [_worker(specification | {"people": part}) for part in parts]
        for process in self.processes:
            _answer(process)  # warm

    def work(self, seconds: float) -> int:
        for process in self.processes:
            assert process.stdin
            print(seconds, file=process.stdin, flush=True)
        return sum(int(_answer(process)) for process in self.processes)

    def stop(self) -> None:
        for process in self.processes:
            process.communicate(timeout=20)


def measure_throughput(site: Installation, reader: Reader, people: int, rounds: int, seconds: float) -> Throughput:
    web, raw, raw_cores = crowds = _crowds(site, reader, people)
    found = Throughput(people)
    for _ in range(rounds):
        web_before, server_before = cpu_seconds(site.web), cpu_seconds(site.mail_server)
        pages = web.work(seconds)
        found.product.append(pages / seconds)
        found.web_cpu.append((cpu_seconds(site.web) - web_before) / pages)
        found.server_cpu.append((cpu_seconds(site.mail_server) - server_before) / pages)
        found.raw.append(raw.work(seconds) / seconds)
        found.raw_cores.append(raw_cores.work(seconds) / seconds)
    found.memory = [proportional_bytes(process) for process in children(site.web)]
    for crowd in crowds:
        crowd.stop()
    return found


def _crowds(installation: Installation, reader: Reader, people: int) -> tuple[Crowd, Crowd, Crowd]:
    cores = min(os.cpu_count() or 1, people)
    mail, dovecot = reader.mail, installation.dovecot
    readers = [installation.new_reader(f"crowd{number}", mail, reader.amount) for number in range(people)]
    names = [{"username": each.username, "account": each.account} for each in readers]
    web = {"kind": "web", "amount": reader.amount, "url": installation.url}
    server = {"host": dovecot.host, "port": dovecot.ports["imaps"], "ca": dovecot.ca_pem}
    imap = {"kind": "imap", "amount": reader.amount, **server}
    users = [{"user": mail.address, "password": mail.password}] * people
    return Crowd(web, names, cores), Crowd(imap, users, 1), Crowd(imap, users, cores)


def _worker(specification: dict[str, Any]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.crowd"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdin
    print(json.dumps(specification), file=process.stdin, flush=True)
    return process


def _answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line, "a process of the crowd has ended"
    return line


# -- in the processes ----------------------------------------------------------------------------------------


def web_page(specification: dict[str, Any], person: dict[str, Any]) -> Callable[[int], None]:
    """Shows this person's page of a number."""
    visitor = Visitor(specification["url"])
    visitor.sign_in(person["username"], PASSWORD)

    def show(number: int) -> None:
        answer = visitor.click(f"/mail/{person['account']}/INBOX/?page={number}", "list")
        assert b'data-uid="' in answer

    return show


def raw_page(specification: dict[str, Any], person: dict[str, Any]) -> Callable[[int], None]:
    """Fetches the rows of a page, in a session of its own."""
    context = ssl.create_default_context(cadata=specification["ca"])
    client = imapclient.IMAPClient(specification["host"], specification["port"], ssl_context=context, use_uid=False)
    client.normalise_times = False
    client.login(person["user"], person["password"])
    client.select_folder("INBOX")

    def show(number: int) -> None:
        last = max(specification["amount"] - (number - 1) * PAGE, 1)
        assert client.fetch(list(range(max(last - PAGE + 1, 1), last + 1)), ROW_ITEMS)

    return show


def serve() -> None:
    specification = json.loads(sys.stdin.readline())
    make = {"web": web_page, "imap": raw_page}[specification["kind"]]
    shows = [make(specification, person) for person in specification["people"]]
    numbers = range(1, min(PAGES, -(-specification["amount"] // PAGE)) + 1)
    for show in shows:
        for number in numbers:
            show(number)
    print("warm", flush=True)
    for line in sys.stdin:
        print(_work(shows, numbers, float(line)), flush=True)


def _work(shows: list[Callable[[int], None]], numbers: range, seconds: float) -> int:
    counts = [0] * len(shows)
    deadline = time.monotonic() + seconds

    def turn_pages(place: int) -> None:
        while time.monotonic() < deadline:
            shows[place](numbers[(counts[place] + place) % len(numbers)])
            counts[place] += 1

    threads = [threading.Thread(target=turn_pages, args=[place]) for place in range(len(shows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


if __name__ == "__main__":
    serve()
