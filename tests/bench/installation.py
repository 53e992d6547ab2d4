"""What the bench measures: the processes that ship, over a Dovecot and an SMTP sink of their own.

The raw clients use the same servers.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import imapclient

from deploy import product
from tests.bench.generated import messages
from tests.bench.sink import Sink
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.live import PASSWORD, Live

BATCH = 100
USERNAME = "reader"


class Installation(Live):
    """The product with one person, `reader`, whose mailbox `mail` holds the generated messages."""

    def __init__(self, dovecot: DovecotForTests, amount: int):
        super().__init__(dovecot)
        self.mail = dovecot.new_user(USERNAME)
        self.popped = dovecot.new_user("popped")
        self.sink = Sink(self.folder / "sink", self.mail.address, self.mail.password)
        self.amount = amount

    def start(self) -> None:
        (self.folder / "data").mkdir()
        self.start_redis()
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.fill(self.mail, messages(self.amount))
        self.manage("add_user", USERNAME, "--email", self.mail.address, "--password-stdin", standard_input=PASSWORD)
        self.add_account(self.mail.address, "imaps", self.mail)
        self.start_web()
        self._spawn("worker", product.worker())  # no beat: its sweep would begin an import before the click

    def stop(self) -> None:
        self.sink.stop()
        super().stop()

    def fill(self, user: MailUser, letters: Iterable[tuple[bytes, datetime]]) -> None:
        batch: list[dict[str, object]] = []
        with self.dovecot.imap(user) as client:
            for raw, received in letters:
                batch.append({"msg": raw, "flags": (), "date": received})
                if len(batch) == BATCH:
                    client.multiappend("INBOX", batch)
                    batch.clear()
            if batch:
                client.multiappend("INBOX", batch)

    def add_account(self, address: str, scheme: str, user: MailUser) -> None:
        """An account of the reader over TLS; it may read another's mailbox."""
        authority = self.folder / "ca.pem"
        authority.write_text(self.dovecot.ca_pem + self.sink.ca_pem)
        incoming = f"{scheme}://{quote(user.address)}@{self.host}:{self.dovecot.ports[scheme]}"
        outgoing = f"smtps://{quote(self.mail.address)}@{self.host}:{self.sink.ports['submissions']}"
        options = ["--email", address, "--incoming", incoming, "--outgoing", outgoing, "--ca-file", str(authority)]
        passwords = f"{user.password}\n{self.mail.password}\n"
        self.manage("add_account", USERNAME, *options, "--password-stdin", standard_input=passwords)

    def account_id(self, address: str) -> int:
        return self._value("SELECT id FROM accounts_account WHERE address = ?", address)

    def imported(self, account_id: int) -> int | None:
        """How many messages came at the account's first check; None before its end."""
        return self._value(
            "SELECT CASE WHEN last_checked IS NULL THEN NULL ELSE came END FROM popimport_importstate"
            " WHERE account_id = ?",
            account_id,
        )

    def import_error(self, account_id: int) -> str:
        """The reason word of the account's last check, "" if it went well."""
        return self._value("SELECT last_error FROM popimport_importstate WHERE account_id = ?", account_id)

    def _value(self, query: str, value: object) -> Any:
        database = sqlite3.connect(self.folder / "data" / "webmail.sqlite3", timeout=20)
        try:
            return database.execute(query, [value]).fetchone()[0]
        finally:
            database.close()

    def raw_imap(self) -> imapclient.IMAPClient:
        """A warm session: logged in, the inbox selected."""
        client = self.dovecot.imap(self.mail)
        client.select_folder("INBOX")
        return client

    @property
    def product_groups(self) -> list[int]:
        return [self.processes[name].pid for name in ("web", "worker")]

    @property
    def server_groups(self) -> list[int]:
        assert self.dovecot.process
        return [self.dovecot.process.pid]
