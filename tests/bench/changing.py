"""Rows of changes: one message is flagged, moved, deleted. Each changes the newest page, as people do."""

import itertools

from tests.bench.figures import Limit
from tests.bench.generated import Kind, kind_of
from tests.bench.installation import Installation, Reader
from tests.bench.measuring import timed
from tests.bench.reading import Reading

LIMIT = Limit(plus=0.005, cpu=0.008, own=True)


class Change(Reading):
    """The button of a row on the first page; the answer is the list as it is then. Before each turn both sides have
    seen what the other did."""

    repeats = 3
    limit = LIMIT

    def __init__(self, installation: Installation, reader: Reader):
        super().__init__(installation, reader)
        validity = self.client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
        self.address = f"{self.inbox}{validity}/act/"

    def prepare(self) -> None:
        self.visitor.click(self.inbox, "list")
        self.uid = self.newest()

    def prepare_raw(self) -> None:
        self.client.noop()
        self.uid = self.newest()

    def newest(self) -> int:
        """A plain message of the first page."""
        return max(uid for uid in self.client.search("ALL") if kind_of(uid - 1) is Kind.PLAIN)

    def press(self, action: str) -> float:
        values = {"one": f"{action} {self.uid}", "page": "1", "q": ""}
        return timed(lambda: self.visitor.press(self.address, "rows", **values))


class Flag(Change):
    """The star, on and off by turns. On both sides right after another change: within two seconds of one, Dovecot
    reads the whole Maildir for the next, and whoever comes later would not pay for that."""

    name = "flag"

    def __init__(self, installation: Installation, reader: Reader):
        super().__init__(installation, reader)
        self.turns, self.raw_turns = itertools.cycle(["star", "unstar"]), itertools.cycle([True, False])

    def prepare(self) -> None:
        super().prepare()
        self.product()

    def prepare_raw(self) -> None:
        super().prepare_raw()
        self.raw()

    def product(self) -> float:
        return self.press(next(self.turns))

    def raw(self) -> float:
        change = self.client.add_flags if next(self.raw_turns) else self.client.remove_flags
        return timed(lambda: change([self.uid], [b"\\Flagged"]))


class Move(Change):
    """Into another folder."""

    name = "move"
    action, target = "archive", "Archive"

    def product(self) -> float:
        return self.press(self.action)

    def raw(self) -> float:
        return timed(lambda: self.client.move([self.uid], self.target))


class Delete(Move):
    """Into the trash."""

    name = "delete"
    action, target = "trash", "Trash"
