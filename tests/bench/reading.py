"""Rows of reading: lists, messages, folders, search."""

import itertools
import random
from collections.abc import Sequence
from urllib.parse import quote

from tests.bench.figures import Limit
from tests.bench.generated import SEARCHED, SHOWN, Kind, kind_of
from tests.bench.installation import Installation, Reader
from tests.bench.measuring import Row, timed
from webmail.protocols.imap_reading import HEADER_FIELDS

PAGE = 50
ITEMS = ["FLAGS", "INTERNALDATE", "RFC822.SIZE"]
ROW_ITEMS = [*ITEMS, "BODYSTRUCTURE", f"BODY.PEEK[HEADER.FIELDS ({HEADER_FIELDS})]"]
LISTED = 120  # messages at either end of those to be opened: more than are
FAMILIAR = 5  # of so many pages one is visited often; the others are kept for the row that has never seen them


class Reading(Row):
    """A visitor at the inbox, and a raw session with the inbox selected."""

    repeats = 6

    def __init__(self, installation: Installation, reader: Reader):
        super().__init__(installation, reader)
        self.visitor = installation.visitor(reader.username)
        self.client = installation.raw_imap(reader.mail)
        self.inbox = f"/mail/{reader.account}/INBOX/"

    def fetch_page(self, number: int) -> None:
        """The raw FETCH of a page's rows, counted from the newest message."""
        total = self.reader.amount
        last = max(total - (number - 1) * PAGE, 1)
        self.client.use_uid = False
        self.client.fetch(list(range(max(last - PAGE + 1, 1), last + 1)), ROW_ITEMS)
        self.client.use_uid = True

    def close(self) -> None:
        self.client.logout()


def pages_of(amount: int) -> tuple[list[int], list[int]]:
    """(often visited, never seen): page numbers over the whole depth of the folder, in no order."""
    numbers = list(range(1, amount // PAGE + 1)) or [1]
    random.Random(1).shuffle(numbers)
    familiar = [number for number in numbers if number % FAMILIAR == 1]
    strange = [number for number in numbers if number % FAMILIAR != 1] or numbers
    return familiar[:20], strange


class ListPage(Reading):
    """A list page at any depth whose rows were shown before."""

    name = "list page"
    limit = Limit(times=1.0, cpu=0.008)

    def __init__(self, installation: Installation, reader: Reader):
        super().__init__(installation, reader)
        self.numbers = self.chosen()
        for number in self.numbers[:40]:
            self.fetch_page(number)  # the server's own cache holds what both sides will ask for
        self.next, self.next_raw = itertools.cycle(self.numbers), itertools.cycle(self.numbers)

    def chosen(self) -> list[int]:
        return pages_of(self.reader.amount)[0]

    def prepare(self) -> None:
        self.number = next(self.next)
        self.ask(self.number)

    def product(self) -> float:
        answers: list[bytes] = []
        seconds = timed(lambda: answers.append(self.ask(self.number)))
        assert answers[0].count(b'data-uid="') == min(PAGE, self.reader.amount), "the list has not all its rows"
        return seconds

    def ask(self, number: int) -> bytes:
        return self.visitor.click(f"{self.inbox}?page={number}", "list")

    def raw(self) -> float:
        return timed(lambda: self.fetch_page(next(self.next_raw)))


class WholeListPage(ListPage):
    """The same as a page of its own: what a reload, a bookmark or a browser without script asks for."""

    name = "list page, whole"

    def ask(self, number: int) -> bytes:
        return self.visitor.get(f"{self.inbox}?page={number}")


class NewListPage(ListPage):
    """A list page whose rows this account has never shown: in no cache of any process."""

    name = "list page, rows not cached"
    repeats = 3
    limit = Limit(times=2.0, cpu=0.020)

    def chosen(self) -> list[int]:
        return pages_of(self.reader.amount)[1]

    def prepare(self) -> None:
        self.number = next(self.next)


class Message(Reading):
    """A message not opened before, by a click in the list. Raw: structure and header, then the shown part.

    A list has shown its row, to both sides, in a mailbox where messages have been opened. Of a message that no list has
    shown, or before it knows that structures are wanted there, Dovecot writes the structure into its own index when it
    is opened, and then its next look for news goes through the whole Maildir once: 15 ms for 100,000 messages, whoever
    asks.
    """

    kind = Kind.PLAIN
    repeats = 4

    def __init__(self, installation: Installation, reader: Reader):
        super().__init__(installation, reader)
        uids = [number + 1 for number in range(reader.amount) if kind_of(number) is self.kind and number % 5]
        self.uids = self.ordered(uids)
        self.next, self.next_raw = itertools.cycle(self.uids), itertools.cycle(reversed(self.uids))
        self.raw_uid = self.uids[len(self.uids) // 2]
        self._fetch()
        self.client.fetch(self.uids[:LISTED] + self.uids[-LISTED:], ROW_ITEMS)
        self.client.noop()
        self.uidvalidity = self.client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]

    def ordered(self, uids: list[int]) -> list[int]:
        random.Random(self.name).shuffle(uids)
        return uids

    def prepare(self) -> None:
        self.page = f"{self.inbox}{self.uidvalidity}/{next(self.next)}/"

    def product(self) -> float:
        answers: list[bytes] = []
        seconds = timed(lambda: answers.extend(self.ask()))
        assert b"read-scroll" in answers[0], "the answer is no message"
        return seconds

    def ask(self) -> Sequence[bytes]:
        return [self.visitor.click(self.page, "message")]

    def prepare_raw(self) -> None:
        self.raw_uid = next(self.next_raw)

    def raw(self) -> float:
        return timed(self._fetch)

    def _fetch(self) -> None:
        self.client.fetch([self.raw_uid], [*ITEMS, "BODY.PEEK[HEADER]", "BODYSTRUCTURE"])
        self.client.fetch([self.raw_uid], [f"BODY.PEEK[{SHOWN[self.kind]}]"])


class PlainMessage(Message):
    name = "open plain message"
    limit = Limit(plus=0.005, cpu=0.008)


class WholeMessage(Message):
    """The same as a page of its own, its list beside it."""

    name = "open plain message, whole"

    def ask(self) -> Sequence[bytes]:
        return [self.visitor.get(self.page)]


class Newsletter(Message):
    """100 KB of HTML: the pane, then the document of its frame."""

    name = "open newsletter, not cached"
    kind = Kind.LARGE
    repeats = 3
    limit = Limit(plus=0.040, cpu=0.040)

    def ordered(self, uids: list[int]) -> list[int]:
        return uids[2:] or uids  # the first two are read in the row below

    def ask(self) -> Sequence[bytes]:
        return [self.visitor.click(self.page, "message"), self.visitor.get(f"{self.page}body/")]

    def product(self) -> float:
        answers: list[bytes] = []
        seconds = timed(lambda: answers.extend(self.ask()))
        assert len(answers[1]) > 50_000, "the frame has not the whole newsletter"
        return seconds


class NewsletterAgain(Newsletter):
    name = "open newsletter, cached"
    limit = Limit(plus=0.008, cpu=0.010)

    def ordered(self, uids: list[int]) -> list[int]:
        return uids[:2]

    def prepare(self) -> None:
        super().prepare()
        self.ask()


class FolderColumn(Reading):
    """All folders with their counts. Raw: LIST, and STATUS for each."""

    name = "folder column with counts"
    limit = Limit(plus=0.005, cpu=0.008)

    def product(self) -> float:
        account = self.reader.account
        return timed(lambda: self.visitor.click(f"/side/{account}/?open=INBOX", f"side-{account}"))

    def raw(self) -> float:
        return timed(self._count)

    def _count(self) -> None:
        for _flags, _delimiter, name in self.client.list_folders():
            self.client.folder_status(name, ["MESSAGES", "UNSEEN", "UIDVALIDITY", "UIDNEXT"])


class Search(Reading):
    """A word in the subject, never searched for before. Raw: SEARCH, and the rows of the newest page found."""

    name = "search by subject"
    repeats = 2
    limit = Limit(times=1.1)

    def __init__(self, installation: Installation, reader: Reader):
        super().__init__(installation, reader)
        self.words, self.raw_words = itertools.cycle(SEARCHED), itertools.cycle(SEARCHED)
        for word in SEARCHED[:20]:
            self._search(word)  # the server's own cache takes in the subjects, and the rows found

    def product(self) -> float:
        address = f"{self.inbox}?q={quote('subject:' + next(self.words))}"
        return timed(lambda: self.visitor.click(address, "list"))

    def raw(self) -> float:
        return timed(lambda: self._search(next(self.raw_words)))

    def _search(self, word: str) -> None:
        if found := self.client.search(["SUBJECT", word]):
            self.client.fetch(sorted(found)[-PAGE:], ROW_ITEMS)
