"""How a row is measured: product and raw by turns, in rounds, so that a machine that slows down slows both."""

import time
from collections.abc import Callable

from tests.bench.figures import Figures, Limit, Measured
from tests.bench.installation import Installation, Reader
from tests.bench.processes import cpu_seconds, settle


class Row:
    """Something a person waits for, and beside it the same commands by the bare library, in a session that is open.

    `product()` and `raw()` do it once and return the seconds it took; what they look at afterwards is not counted.
    """

    name: str
    repeats = 4  # in each round
    limit: Limit | None = None
    with_worker = False  # its CPU time counts as the product's

    def __init__(self, installation: Installation, reader: Reader):
        self.installation, self.reader = installation, reader

    def prepare(self) -> None:
        """Before each product()."""

    def product(self) -> float:
        raise NotImplementedError

    def prepare_raw(self) -> None:
        """Before each raw()."""

    def raw(self) -> float:
        raise NotImplementedError

    def close(self) -> None:
        """At the end."""


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(row: Row, rounds: int, most: int = 100) -> Measured:
    """`most`: of repeats in a round."""
    product, raw = Figures(), Figures()
    of_product(row, Figures())  # both sides warm
    of_raw(row, Figures())
    for _ in range(rounds):
        for _ in range(min(row.repeats, most)):
            of_product(row, product)
        for _ in range(min(row.repeats, most)):
            of_raw(row, raw)
    row.close()
    return Measured(row.name, row.reader.amount, product, raw, row.limit)


def of_product(row: Row, figures: Figures) -> None:
    site = row.installation
    leaders = [site.web, site.worker] if row.with_worker else [site.web]
    row.prepare()
    settle(site.mail_server, *leaders)
    client, server = cpu_seconds(*leaders), cpu_seconds(site.mail_server)
    figures.times.append(row.product())
    settle(site.mail_server, *leaders)
    figures.client.append(cpu_seconds(*leaders) - client)
    figures.server.append(cpu_seconds(site.mail_server) - server)


def of_raw(row: Row, figures: Figures) -> None:
    mail_server = row.installation.mail_server
    row.prepare_raw()
    settle(mail_server)
    server, client = cpu_seconds(mail_server), time.process_time()
    figures.times.append(row.raw())
    figures.client.append(time.process_time() - client)
    settle(mail_server)
    figures.server.append(cpu_seconds(mail_server) - server)
