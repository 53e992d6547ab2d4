"""Measure what people wait for, each beside the same commands by the bare protocol library.

`python -m tests.bench` prints per row: median and 95th percentile of both in milliseconds, their ratio, and the CPU
time that one action costs in the product's processes and in Dovecot. Both sides use the same servers and take turns, in
rounds, so that a machine that slows down slows both.
"""

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import tests.environment  # noqa: F401 - before Django's settings are read
from tests.bench.installation import Installation
from tests.bench.processes import cpu_seconds
from tests.bench.rows import Row, rows
from tests.servers.dovecot import DovecotForTests

HEAD = ("", "product", "p95", "raw", "p95", "ratio", "CPU product", "CPU Dovecot", "CPU Dovecot raw")
WIDTH = 26


@dataclass(slots=True)
class Figures:
    """Seconds of one side of a row."""

    times: list[float] = field(default_factory=list)
    product_cpu: float = 0
    server_cpu: float = 0

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[-(-95 * len(self.times) // 100) - 1]

    def per_action(self, seconds: float) -> float:
        return seconds / len(self.times)


def main(words: Sequence[str] | None = None) -> None:
    options = arguments(words)
    dovecot = DovecotForTests()
    installation = None
    try:
        dovecot.start()
        installation = Installation(dovecot, options.messages)
        installation.start()
        run(installation, rows(installation, options.imported), options.rounds)
    finally:
        if installation:
            installation.stop()
        dovecot.remove()


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000, help="in the mailbox")
    parser.add_argument("--imported", type=int, default=1000, help="messages of the POP import")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args(words)


def run(installation: Installation, measured: list[Row], rounds: int) -> None:
    print(f"{installation.amount} messages, {rounds} rounds; all times in milliseconds\n")
    print(line(HEAD))
    for row in measured:
        row.prepare()
        row.product()
        row.raw()  # both sides warm
        product, raw = Figures(), Figures()
        for _ in range(rounds):
            for _ in range(row.repeats):
                row.prepare()
                measure(installation, row.product, product)
            for _ in range(row.repeats):
                measure(installation, row.raw, raw)
        row.close()
        print(line(described(row.name, product, raw)), flush=True)


def measure(installation: Installation, action: Callable[[], float], figures: Figures) -> None:
    product, server = cpu_seconds(*installation.product_groups), cpu_seconds(*installation.server_groups)
    figures.times.append(action())
    figures.product_cpu += cpu_seconds(*installation.product_groups) - product
    figures.server_cpu += cpu_seconds(*installation.server_groups) - server


def described(name: str, product: Figures, raw: Figures) -> tuple[str, ...]:
    cpu = (
        product.per_action(product.product_cpu),
        product.per_action(product.server_cpu),
        raw.per_action(raw.server_cpu),
    )
    times = (product.median, product.p95, raw.median, raw.p95)
    return (name, *map(milliseconds, times), f"{product.median / raw.median:.1f}", *map(milliseconds, cpu))


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def line(cells: tuple[str, ...]) -> str:
    name, *rest = cells
    return f"{name:<{WIDTH}}" + "".join(
        f"{cell:>{max(len(head), 8) + 2}}" for head, cell in zip(HEAD[1:], rest, strict=True)
    )


if __name__ == "__main__":
    main()
