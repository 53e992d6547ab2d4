"""Measure what people wait for, each beside the same commands by the bare protocol library.

`python -m tests.bench` makes mailboxes of several sizes and prints for each row: median and 95th percentile of both
sides, their ratio, the limit of the product's median, and the CPU time of one action: of the web server and the mail
server together, beside that of the raw client and the mail server. Product and raw use the same servers and take turns.
It ends with status 1 when a row is above its limit by more than the tolerance.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

import tests.environment  # noqa: F401 - before Django's settings are read
from tests.bench import changing, reading, report, sending
from tests.bench.browsing import NAMES, measure_browsing
from tests.bench.crowd import measure_throughput
from tests.bench.figures import Growth, Measured
from tests.bench.installation import Installation
from tests.bench.maildir import MaildirDovecot
from tests.bench.measuring import Row, measure

# The order matters: what has never been shown comes first, what changes the mailbox last.
ROWS: tuple[type[Row], ...] = (
    reading.NewListPage,
    reading.ListPage,
    reading.WholeListPage,
    reading.PlainMessage,
    reading.WholeMessage,
    reading.Newsletter,
    reading.NewsletterAgain,
    reading.FolderColumn,
    reading.Search,
    sending.Cold,
    changing.Flag,
    changing.Move,
    changing.Delete,
    sending.Send,
    sending.SendAccepted,
    sending.SendWithForm,
)


EARLY = 500  # messages of the mailbox that both sides warm up with


def main(words: Sequence[str] | None = None) -> int:
    """The exit status."""
    options = arguments(words)
    dovecot = MaildirDovecot()
    installation = None
    try:
        dovecot.start()
        installation = Installation(dovecot)
        installation.start()
        over = run(installation, options)
    finally:
        if installation:
            installation.stop()
        dovecot.remove()
    print(f"\nabove {options.tolerance} × the limit:", "; ".join(over) or "nothing")
    return 1 if over else 0


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_numbers, default=[1_000, 20_000, 100_000], help="of the mailboxes, 1000,20000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=100, help="of each row in a round: at most")
    parser.add_argument("--imported", type=int, default=1000, help="messages of the POP import; 0: none")
    parser.add_argument("--people", type=int, default=8, help="who turn pages at once")
    parser.add_argument("--seconds", type=float, default=3, help="of a round with many people; 0: none")
    parser.add_argument("--tolerance", type=float, default=1.25, help="how far above its limit a row may be")
    parser.add_argument("--only", default="", help="rows whose name has this in it")
    return parser.parse_args(words)


def _numbers(text: str) -> list[int]:
    return sorted(int(word) for word in text.split(","))


def run(installation: Installation, options: argparse.Namespace) -> list[str]:
    """The names of what is over."""
    over: list[str] = []

    def tell(name: str, line: str, excess: list[str]) -> None:
        print(line, flush=True)
        over.extend(f"{name}: {words}" for words in excess)

    _warm_up(installation, options)
    found = {amount: _measure_size(installation, amount, options, tell) for amount in options.sizes}
    _compare(found, options.tolerance, tell)
    middle = options.sizes[len(options.sizes) // 2]
    _measure_once(installation, middle, options, tell)
    return over


Tell = Callable[[str, str, list[str]], None]


def _warm_up(installation: Installation, options: argparse.Namespace) -> None:
    """The rows once for nothing: the limits are for warm processes, and one that was just forked copies each page of
    memory at its first touch, for some hundred clicks."""
    reader = installation.new_reader("early", installation.new_mailbox(EARLY), EARLY)
    for kind in ROWS:
        if options.only in kind.name:
            measure(kind(installation, reader), rounds=2, most=min(6, options.repeats))


def _measure_size(
    installation: Installation, amount: int, options: argparse.Namespace, tell: Tell
) -> dict[str, Measured]:
    reader = installation.new_reader(f"reader{amount}", installation.new_mailbox(amount), amount)
    print(report.head(amount), flush=True)
    found: dict[str, Measured] = {}
    for kind in ROWS:
        if options.only in kind.name:
            measured = measure(kind(installation, reader), options.rounds, options.repeats)
            found[measured.name] = measured
            excess = measured.over(options.tolerance)
            tell(f"{measured.name} ({amount:,})", report.row(measured, options.tolerance), excess)
    return found


def _compare(found: dict[int, dict[str, Measured]], tolerance: float, tell: Tell) -> None:
    """The largest mailbox beside the smallest; a search looks at every message, so it may take longer."""
    small, large = min(found), max(found)
    if large == small:
        return
    print(report.growth_head(small, large))
    for name, measured in found[large].items():
        if name != reading.Search.name:
            growth = Growth(found[small][name], measured)
            tell(f"{name} ({large:,} beside {small:,})", report.growth(growth, tolerance), growth.over(tolerance))


def _measure_once(installation: Installation, amount: int, options: argparse.Namespace, tell: Tell) -> None:
    """What does not depend on the size of the mailbox, or needs many people."""
    if not options.seconds and not options.imported:
        return
    reader = installation.new_reader("once", installation.new_mailbox(amount), amount)
    if options.seconds:
        throughput = measure_throughput(installation, reader, options.people, options.rounds, options.seconds)
        excess = throughput.over(options.tolerance)
        tell(f"{options.people} people", report.throughput(throughput, options.tolerance), excess)
    if any(options.only in name for name in NAMES):
        for found in measure_browsing(installation, reader, options.rounds):
            tell(found.name, report.browsed(found, options.tolerance), found.over(options.tolerance))
    if options.imported:
        print(report.head(options.imported))
        measured = measure(sending.PopImport(installation, reader, options.imported), options.rounds)
        tell(measured.name, report.row(measured, options.tolerance), [])


if __name__ == "__main__":
    sys.exit(main())
