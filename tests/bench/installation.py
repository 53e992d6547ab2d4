"""What the bench measures: the processes that ship, over a Dovecot and an SMTP sink of their own.

The raw clients use the same servers.
"""

from dataclasses import dataclass
from urllib.parse import quote

import imapclient

from deploy import product
from tests.bench.generated import messages
from tests.bench.maildir import MaildirDovecot, fill
from tests.bench.sink import Sink
from tests.bench.visitor import Visitor
from tests.servers.dovecot import MailUser
from tests.servers.live import PASSWORD, Live
from tests.servers.standing import StandingManage


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whose account reads `mail`, an inbox that began with `amount` generated messages."""

    username: str
    mail: MailUser
    amount: int
    account: int


class Installation(Live):
    """The product as `make run` starts it, without beat: its sweeps would begin work before the click."""

    dovecot: MaildirDovecot

    def __init__(self, dovecot: MaildirDovecot):
        super().__init__(dovecot)
        sender = dovecot.new_user("sender")
        self.sink = Sink(self.folder / "sink", sender.address, sender.password)
        self.sender = sender
        self.standing = StandingManage(self.environment)
        self._visitors: dict[str, Visitor] = {}

    def start(self) -> None:
        (self.folder / "data").mkdir()
        self.start_redis()
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.start_web()
        self._spawn("worker", product.worker())

    def stop(self) -> None:
        self.standing.close()
        self.sink.stop()
        super().stop()

    def new_mailbox(self, amount: int) -> MailUser:
        """A mailbox of generated messages that the server has seen: it reads and indexes them at the first visit."""
        user = self.dovecot.new_user(f"inbox{amount}")
        fill(self.dovecot, user, messages(amount))
        client = self.raw_imap(user)
        for number in {1, amount // 2 + 1, amount}:
            found = client.search(["HEADER", "Message-ID", f"<{number - 1}.bench@demo.test>"])
            assert found == [number], f"the message {number - 1} has not the UID {number}"
        client.logout()
        return user

    def new_reader(self, username: str, mail: MailUser, amount: int) -> Reader:
        address = f"{username}@demo.test"
        self.standing("add_user", username, "--email", address, "--password-stdin", standard_input=PASSWORD)
        self.rows("UPDATE accounts_user SET undo_seconds = 0 WHERE username = ?", username)  # as the bare library sends
        return Reader(username, mail, amount, self.add_account(username, address, mail))

    def add_account(self, username: str, address: str, user: MailUser, scheme: str = "imaps") -> int:
        """An account over TLS; several may read one mailbox. Its number."""
        authority = self.folder / "ca.pem"
        authority.write_text(self.dovecot.ca_pem + self.sink.ca_pem)
        incoming = f"{scheme}://{quote(user.address)}@{self.host}:{self.dovecot.ports[scheme]}"
        outgoing = f"smtps://{quote(self.sender.address)}@{self.host}:{self.sink.ports['submissions']}"
        options = ["--email", address, "--incoming", incoming, "--outgoing", outgoing, "--ca-file", str(authority)]
        passwords = f"{user.password}\n{self.sender.password}\n"
        self.standing("add_account", username, *options, "--password-stdin", standard_input=passwords)
        return self.rows("SELECT id FROM accounts_account WHERE address = ?", address)[0][0]

    def visitor(self, username: str) -> Visitor:
        """This person's browser, signed in."""
        if username not in self._visitors:
            self._visitors[username] = Visitor(self.url)
            self._visitors[username].sign_in(username, PASSWORD)
        return self._visitors[username]

    def last_check(self, account_id: int) -> tuple[str | None, int, str]:
        """Of a POP3 account: when its last check ended, how many messages came, the reason word if it went wrong."""
        query = "SELECT last_checked, came, last_error FROM popimport_importstate WHERE account_id = ?"
        return self.rows(query, account_id)[0]  # type: ignore[return-value]

    def raw_imap(self, user: MailUser) -> imapclient.IMAPClient:
        """A warm session: logged in, the inbox selected."""
        client = self.dovecot.imap(user)
        client.socket().settimeout(120)  # the first look at a large mailbox takes its time
        client.select_folder("INBOX")
        return client

    @property
    def web(self) -> int:
        """The process that leads the web server's session."""
        return self.processes["web"].pid

    @property
    def worker(self) -> int:
        return self.processes["worker"].pid

    @property
    def mail_server(self) -> int:
        assert self.dovecot.process
        return self.dovecot.process.pid
