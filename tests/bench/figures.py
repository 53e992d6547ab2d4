"""What a row measured, and whether that is within its limit."""

import statistics
from dataclasses import dataclass, field

CPU_UP_TO = 20_000  # messages: the limits of CPU time are for mailboxes up to this size


@dataclass(slots=True)
class Figures:
    """Seconds of one side of a row, for each action: on the clock, and of CPU; `client` is the web server, or the
    process of the raw client."""

    times: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[-(-95 * len(self.times) // 100) - 1]

    @property
    def client_cpu(self) -> float:
        return statistics.median(self.client)

    @property
    def server_cpu(self) -> float:
        return statistics.median(self.server)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` the raw median plus `plus` seconds; at most `cpu` seconds of CPU in web and mail server together,
    where `own` plus what the raw command costs the mail server."""

    times: float = 1.0
    plus: float = 0.0
    cpu: float | None = None
    own: bool = False

    def seconds(self, raw: Figures) -> float:
        return self.times * raw.median + self.plus

    def cpu_seconds(self, raw: Figures) -> float | None:
        if self.cpu is None:
            return None
        return self.cpu + (raw.server_cpu if self.own else 0)


@dataclass(frozen=True, slots=True)
class Measured:
    """A row's figures in a mailbox of `amount` messages. Without a limit it is for information."""

    name: str
    amount: int
    product: Figures
    raw: Figures
    limit: Limit | None

    @property
    def ratio(self) -> float:
        return self.product.median / self.raw.median

    def excess(self) -> list[tuple[str, float]]:
        """("time" or "CPU", how many times the limit)."""
        if self.limit is None:
            return []
        found = [("time", self.product.median / self.limit.seconds(self.raw))]
        cpu = self.limit.cpu_seconds(self.raw)
        if cpu is not None and self.amount <= CPU_UP_TO:
            found.append(("CPU", (self.product.client_cpu + self.product.server_cpu) / cpu))
        return found

    def over(self, tolerance: float) -> list[str]:
        return over(self.excess(), tolerance)


@dataclass(frozen=True, slots=True)
class Growth:
    """The same row in a small and a large mailbox. What the mail server itself takes longer there is not the product's:
    it is added to the limit, `factor` times the small one's time."""

    small: Measured
    large: Measured
    factor: float = 1.5

    @property
    def limit(self) -> float:
        return self.factor * self.small.product.median + max(0.0, self.large.raw.median - self.small.raw.median)

    def over(self, tolerance: float) -> list[str]:
        return over([("growth", self.large.product.median / self.limit)], tolerance)


def over(excess: list[tuple[str, float]], tolerance: float) -> list[str]:
    return [f"{kind} {times:.2f} × its limit" for kind, times in excess if times > tolerance]
