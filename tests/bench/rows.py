"""What is measured: each row is something a person waits for, and beside it the same commands by the bare library.

`product()` and `raw()` do it once and return the seconds it took.
"""

import itertools
import os
import poplib
import smtplib
import ssl
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.generated import SHOWN, kind_of, message, messages
from tests.bench.installation import USERNAME, Installation
from tests.bench.visitor import Visitor
from tests.servers.live import PASSWORD

PAGE = 50
FIELDS = "DATE FROM TO CC SUBJECT MESSAGE-ID REFERENCES IN-REPLY-TO LIST-ID REPLY-TO CONTENT-TYPE"
ROW_ITEMS = ["FLAGS", "INTERNALDATE", "RFC822.SIZE", f"BODY.PEEK[HEADER.FIELDS ({FIELDS})]", "BODYSTRUCTURE"]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Row:
    name: str
    repeats: int  # in each round

    def prepare(self) -> None:
        """Before each product()."""

    def product(self) -> float:
        raise NotImplementedError

    def raw(self) -> float:
        raise NotImplementedError

    def close(self) -> None:
        """At the end."""


class ListPage(Row):
    """Pages from the newest on, by turns. Raw: one FETCH of 50 rows on a selected folder."""

    name = "list page"
    repeats = 20

    def __init__(self, installation: Installation, visitor: Visitor):
        self.visitor, self.client = visitor, installation.raw_imap()
        self.client.use_uid = False
        self.folder = visitor.home()
        self.total, self.turn = installation.amount, 0

    def product(self) -> float:
        return timed(lambda: self.visitor.get(f"{self.folder}?page={self._next_page()}"))

    def raw(self) -> float:
        last = max(self.total - (self._next_page() - 1) * PAGE, 1)
        numbers = list(range(max(last - PAGE + 1, 1), last + 1))
        return timed(lambda: self.client.fetch(numbers, ROW_ITEMS))

    def _next_page(self) -> int:
        self.turn += 1
        return self.turn // 2 % min(10, -(-self.total // PAGE)) + 1

    def close(self) -> None:
        self.client.logout()


class MessagePage(Row):
    """The page and the frame's document, of a message not opened before. Raw: structure, then the shown part."""

    name = "message page"
    repeats = 20
    headers: dict[str, str] = {}

    def __init__(self, installation: Installation, visitor: Visitor):
        self.visitor, self.client = visitor, installation.raw_imap()
        self.inbox = visitor.home()
        self.uids = self.client.search()
        self.uidvalidity = self.client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"]
        self.numbers = itertools.cycle(range(len(self.uids)))

    def product(self) -> float:
        page = f"{self.inbox}{self.uidvalidity}/{self.uids[next(self.numbers)]}/"
        return timed(lambda: (self.visitor.get(page, self.headers), self.visitor.get(f"{page}body/")))

    def raw(self) -> float:
        number = next(self.numbers)
        return timed(lambda: self._fetch(self.uids[number], SHOWN[kind_of(number)]))

    def _fetch(self, uid: int, section: str) -> None:
        self.client.fetch([uid], [*ROW_ITEMS[:-2], "BODY.PEEK[HEADER]", "BODYSTRUCTURE"])
        self.client.fetch([uid], [f"BODY.PEEK[{section}]"])

    def close(self) -> None:
        self.client.logout()


class MessagePane(MessagePage):
    """The same by a click in the list: the reading pane alone is drawn."""

    name = "message, from the list"
    headers = {"HX-Request": "true", "HX-Target": "message"}


class Send(Row):
    """From the click to the server's acceptance. Raw: MAIL to the dot in a session that is logged in already."""

    name = "send, click to accepted"
    repeats = 3

    def __init__(self, installation: Installation, visitor: Visitor):
        self.sink, self.visitor, self.mail = installation.sink, visitor, installation.mail
        context = ssl.create_default_context(cadata=self.sink.ca_pem)
        self.client = smtplib.SMTP_SSL(self.sink.host, self.sink.ports["submissions"], context=context)
        self.client.login(self.mail.address, self.mail.password)
        self.number = 0

    def prepare(self) -> None:
        time.sleep(0.3)  # the mail before is still being filed in Sent
        self.form = self.visitor.form("/compose/", "subject")

    def product(self) -> float:
        start = time.monotonic()
        self.visitor.submit(
            "/compose/",
            self.form,
            button=("action", "send"),
            to="bob@demo.test",
            subject="Bench",
            text="Some words.\n" * 20,
        )
        return self.sink.accepted() - start

    def raw(self) -> float:
        self.number += 1
        start = time.monotonic()
        self.client.sendmail(self.mail.address, ["bob@demo.test"], message(0))
        return self.sink.accepted() - start

    def close(self) -> None:
        self.client.quit()


class PopImport(Row):
    """All of a maildrop into an account that is new. Raw: login, UIDL, each RETR into a file that is fsynced."""

    repeats = 1

    def __init__(self, installation: Installation, visitor: Visitor, amount: int):
        self.installation, self.visitor, self.amount = installation, visitor, amount
        self.name = f"POP import of {amount}"
        self.turn = 0
        installation.fill(installation.popped, messages(amount))

    def prepare(self) -> None:
        self.turn += 1
        address = f"popped.{self.turn}@demo.test"
        self.installation.add_account(address, "pop3s", self.installation.popped)
        self.account = self.installation.account_id(address)
        self.status = self.visitor.form(f"/import/{self.account}/status/", "csrfmiddlewaretoken")

    def product(self) -> float:
        return timed(self._check_now)

    def _check_now(self) -> None:
        self.visitor.submit(f"/import/{self.account}/check/", self.status)
        while (came := self.installation.imported(self.account)) is None:
            time.sleep(0.01)
        assert came == self.amount, self.installation.import_error(self.account)

    def raw(self) -> float:
        with tempfile.TemporaryDirectory(dir=self.installation.folder) as folder:
            return timed(lambda: self._fetch_into(Path(folder)))

    def _fetch_into(self, folder: Path) -> None:
        dovecot, user = self.installation.dovecot, self.installation.popped
        context = ssl.create_default_context(cadata=dovecot.ca_pem)
        client = poplib.POP3_SSL(dovecot.host, dovecot.ports["pop3s"], context=context)
        client.user(user.address)
        client.pass_(user.password)
        for line in client.uidl()[1]:
            _, lines, _ = client.retr(int(line.split()[0]))
            with (folder / line.split()[0].decode()).open("wb") as file:
                file.write(b"\r\n".join(lines))
                file.flush()
                os.fsync(file.fileno())
        client.quit()


def rows(installation: Installation, imported: int) -> list[Row]:
    visitor = Visitor(installation.url)
    visitor.sign_in(USERNAME, PASSWORD)
    reading = [kind(installation, visitor) for kind in (ListPage, MessagePage, MessagePane, Send)]
    return [*reading, PopImport(installation, visitor, imported)]
