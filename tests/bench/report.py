"""What the bench prints: a line for each row, its limit beside it, and at the end what is over."""

import statistics

from tests.bench.browsing import Browsed
from tests.bench.crowd import MEMORY_LIMIT, Throughput
from tests.bench.figures import Figures, Growth, Measured

WIDTH = 32
HEAD = ("product", "p95", "raw", "p95", "ratio", "limit", "CPU web+imap", "raw cli+imap", "limit")
WIDTHS = (9, 8, 9, 8, 7, 9, 15, 15, 8)
GROWTH_HEAD = ("small", "large", "ratio", "raw ratio", "limit")
GROWTH_WIDTHS = (9, 9, 7, 11, 9)


def head(amount: int) -> str:
    return f"\n{amount:,} messages, milliseconds\n{_line('', HEAD, WIDTHS)}"


def row(measured: Measured, tolerance: float) -> str:
    product, raw, limit = measured.product, measured.raw, measured.limit
    cpu = limit.cpu_seconds(raw) if limit else None
    cells = (
        *map(_ms, (product.median, product.p95, raw.median, raw.p95)),
        f"{measured.ratio:.2f}",
        _ms(limit.seconds(raw)) if limit else "",
        _cpu(product),
        _cpu(raw),
        _ms(cpu) if cpu is not None else "",
    )
    return _line(measured.name, cells, WIDTHS, measured.over(tolerance))


def growth_head(small: int, large: int) -> str:
    return (
        f"\n{large:,} messages beside {small:,}, milliseconds of the product\n{_line('', GROWTH_HEAD, GROWTH_WIDTHS)}"
    )


def growth(found: Growth, tolerance: float) -> str:
    small, large = found.small, found.large
    times = large.product.median / small.product.median
    raw_times = large.raw.median / small.raw.median
    cells = (
        _ms(small.product.median), _ms(large.product.median), f"{times:.2f}", f"{raw_times:.2f}", _ms(found.limit)
    )  # fmt: skip
    return _line(large.name, cells, GROWTH_WIDTHS, found.over(tolerance))


def browsed(found: Browsed, tolerance: float) -> str:
    cells = (_ms(found.median), _ms(max(found.times)), _ms(found.limit))
    return _line(found.name, cells, (9, 9, 9), found.over(tolerance))


def throughput(found: Throughput, tolerance: float) -> str:
    product, raw, cores = map(statistics.median, (found.product, found.raw, found.raw_cores))
    web, server = (1000 * statistics.median(cpu) for cpu in (found.web_cpu, found.server_cpu))
    memory = ", ".join(f"{octets / 10**6:.0f}" for octets in found.memory)
    lines = [
        f"\n{found.people} people at once: {product:.0f} list pages a second, CPU {web:.1f} + {server:.1f} ms a page",
        f"raw, one process: {raw:.0f}, ratio {product / raw:.2f} (at least 1.00)",
        f"raw, a process for each core: {cores:.0f}, ratio {product / cores:.2f}",
        f"memory after it: {memory} MB PSS, each web process (at most {MEMORY_LIMIT / 10**6:.0f})",
        *(f"  OVER: {words}" for words in found.over(tolerance)),
    ]
    return "\n".join(lines)


def _line(name: str, cells: tuple[str, ...], widths: tuple[int, ...], over: list[str] | None = None) -> str:
    numbers = "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"{name:<{WIDTH}}{numbers}" + (f"  OVER: {', '.join(over)}" if over else "")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _cpu(figures: Figures) -> str:
    return f"{_ms(figures.client_cpu)} + {_ms(figures.server_cpu)}"
