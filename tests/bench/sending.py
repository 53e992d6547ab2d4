"""Rows of a mail on its way out, of mail fetched by POP3, and of an account nobody has been at yet."""

import io
import os
import poplib
import random
import smtplib
import ssl
import tempfile
import time
from copy import deepcopy
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from uuid import uuid4

from tests.bench.figures import Limit
from tests.bench.generated import messages
from tests.bench.installation import Installation, Reader
from tests.bench.maildir import fill
from tests.bench.measuring import Row, timed
from tests.bench.reading import PAGE, ROW_ITEMS

FILE = random.Random(7).randbytes(750_000)  # 1 MB in base64
TEXT = "Some words.\n" * 20
TO = "bob@demo.test"


class Send(Row):
    """1 MB, from the click on Send to the answer; its file is stored before, as the page does when it is picked. Raw:
    all of a submission, with its own connection and login."""

    name = "send 1 MB, to the answer"
    repeats = 2
    limit: Limit | None = Limit(times=0, plus=0.050)
    with_worker = True

    def __init__(self, installation: Installation, reader: Reader):
        super().__init__(installation, reader)
        self.visitor, self.sink, self.sender = (
            installation.visitor(reader.username),
            installation.sink,
            installation.sender,
        )
        self.mail = EmailMessage()
        self.mail["From"], self.mail["To"], self.mail["Subject"] = self.sender.address, TO, "Bench"
        self.mail.set_content(TEXT)
        self.mail.add_attachment(FILE, maintype="application", subtype="octet-stream", filename="plan.bin")

    def prepare(self) -> None:
        self.form = self.visitor.form("/compose/", "subject")
        self._attach()

    def _attach(self) -> None:
        """The request by which the page hands over a file that was picked."""
        upload = deepcopy(self.form)
        upload.set("action", f"{self.form.get('action')}files/{uuid4()}/")
        self.visitor.submit("/compose/", upload, files=_file())

    def product(self) -> float:
        seconds = timed(self._click)
        self.sink.accepted()
        return seconds

    def _click(self) -> None:
        values = {"to": TO, "subject": "Bench", "text": TEXT, **self._carried()}
        self.visitor.submit("/compose/", self.form, button=("action", "send"), **values)

    def _carried(self) -> dict[str, object]:
        """What else the form of the click brings along."""
        return {}

    def prepare_raw(self) -> None:
        self.octets = self.mail.as_bytes(policy=SMTP)

    def raw(self) -> float:
        start = time.monotonic()
        context = ssl.create_default_context(cadata=self.sink.ca_pem)
        with smtplib.SMTP_SSL(self.sink.host, self.sink.ports["submissions"], context=context) as client:
            client.login(self.sender.address, self.sender.password)
            client.sendmail(self.sender.address, [TO], self.octets)
        return self.sink.accepted() - start


class SendAccepted(Send):
    """The same to the moment when the SMTP server has accepted it. CPU with all that follows: the copy in Sent."""

    name = "send 1 MB, to accepted"
    limit: Limit | None = Limit(times=1.3, cpu=0.100)

    def product(self) -> float:
        start = time.monotonic()
        self._click()
        return self.sink.accepted() - start


class SendWithForm(SendAccepted):
    """The same where the form of the click carries the file, as it does without JavaScript: the upload counts."""

    name = "send 1 MB in the form, accepted"
    limit = None

    def _attach(self) -> None:
        """Nothing goes ahead of the click."""

    def _carried(self) -> dict[str, object]:
        return {"files": _file()}


def _file() -> io.BytesIO:
    file = io.BytesIO(FILE)
    file.name = "plan.bin"
    return file


class Cold(Row):
    """The first list of an account: no session is open, no row known. Raw: connect, login, SELECT, and the FETCH.

    Each turn has an account of its own, of the same mailbox, added after its person signed in.
    """

    name = "list page, cold"
    repeats = 2
    limit = Limit(plus=0.015)

    def __init__(self, installation: Installation, reader: Reader):
        super().__init__(installation, reader)
        self.person = installation.new_reader(f"cold{reader.amount}", reader.mail, reader.amount).username
        self.visitor = installation.visitor(self.person)
        self.turn = 0

    def prepare(self) -> None:
        self.turn += 1
        address = f"{self.person}.{self.turn}@demo.test"
        account = self.installation.add_account(self.person, address, self.reader.mail)
        self.inbox = f"/mail/{account}/INBOX/"
        self.visitor.get("/outbox/")  # a process that was idle for long would be another row

    def product(self) -> float:
        answers: list[bytes] = []
        seconds = timed(lambda: answers.append(self.visitor.click(self.inbox, "list")))
        assert answers[0].count(b'data-uid="') == min(PAGE, self.reader.amount), "the list has not all its rows"
        return seconds

    def raw(self) -> float:
        start = time.perf_counter()
        client = self.installation.dovecot.imap(self.reader.mail)
        total = client.select_folder("INBOX")[b"EXISTS"]
        client.use_uid = False
        client.fetch(list(range(max(total - PAGE + 1, 1), total + 1)), ROW_ITEMS)
        seconds = time.perf_counter() - start
        client.logout()
        return seconds


class PopImport(Row):
    """All of a maildrop, filled since the account's last check, from the click on the round button to the end. Raw:
    login, UIDL, each RETR into a file that is fsynced."""

    repeats = 1
    with_worker = True

    def __init__(self, installation: Installation, reader: Reader, amount: int):
        super().__init__(installation, reader)
        self.visitor, self.amount = installation.visitor(reader.username), amount
        self.name = f"POP import of {amount}"
        self.turn = 0

    def prepare(self) -> None:
        """An account whose first check, that of its empty maildrop, is over."""
        self.turn += 1
        self.popped = self.installation.dovecot.new_user("popped")
        address = f"popped.{self.turn}@demo.test"
        self.account = self.installation.add_account(self.reader.username, address, self.popped, "pop3s")
        self.before = self._ended(None)
        fill(self.installation.dovecot, self.popped, messages(self.amount))
        self._sign_in().quit()  # the server reads the new files now, for both sides
        self.status = self.visitor.form(f"/import/{self.account}/status/", "csrfmiddlewaretoken")

    def product(self) -> float:
        return timed(self._check_now)

    def _check_now(self) -> None:
        self.visitor.submit(f"/import/{self.account}/check/", self.status)
        self._ended(self.before)
        _when, came, error = self.installation.last_check(self.account)
        assert came == self.amount, f"{came} came; {error}"

    def _ended(self, before: str | None) -> str:
        """When the next check after that of `before` ended; waits for it."""
        while (ended := self.installation.last_check(self.account)[0]) in (None, before):
            time.sleep(0.01)
        return str(ended)

    def raw(self) -> float:
        with tempfile.TemporaryDirectory(dir=self.installation.folder) as folder:
            return timed(lambda: self._fetch_into(Path(folder)))

    def _fetch_into(self, folder: Path) -> None:
        client = self._sign_in()
        for line in client.uidl()[1]:
            _, lines, _ = client.retr(int(line.split()[0]))
            with (folder / line.split()[0].decode()).open("wb") as file:
                file.write(b"\r\n".join(lines))
                file.flush()
                os.fsync(file.fileno())
        client.quit()

    def _sign_in(self) -> poplib.POP3_SSL:
        dovecot = self.installation.dovecot
        context = ssl.create_default_context(cadata=dovecot.ca_pem)
        client = poplib.POP3_SSL(dovecot.host, dovecot.ports["pop3s"], context=context)
        client.user(self.popped.address)
        client.pass_(self.popped.password)
        return client
