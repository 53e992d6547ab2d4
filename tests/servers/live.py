"""The whole product, running: web server, worker and beat as real processes over real servers, for browser and kill
tests.

One per test process. Its database, Redis and SMTP server are its own, so in-process tests and it never see each
other's rows.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import product
from deploy.ports import answers, free_port
from deploy.processes import end, signal_group, spawn, wait_until
from deploy.redis_server import Purpose, RedisServer, new_password
from tests.environment import product_environment
from tests.servers.database import ask
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer
from tests.servers.standing import StandingManage

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the running product: signs in with `username` and `password`, and has one mail account, `mail`."""

    username: str
    password: str
    mail: MailUser


class Live:
    """`url` has no slash at its end. `smtp` delivers to all mailboxes of `dovecot`."""

    host = "127.0.0.1"

    def __init__(self, dovecot: DovecotForTests):
        self.dovecot = dovecot
        self.smtp = RecordingServer()
        self.folder = Path(tempfile.mkdtemp(prefix="wm-live-"))
        self.port = free_port()
        self.url = f"http://{self.host}:{self.port}"
        self.broker = RedisServer(Purpose.BROKER, self.folder / "broker", free_port(), new_password())
        self.cache = RedisServer(Purpose.CACHE, self.folder / "cache", free_port(), new_password())
        inherited = {name: value for name, value in os.environ.items() if name != "STATICFILES_BACKEND"}
        settings = product_environment(self.folder, self.broker.url, self.cache.url)
        self.environment = inherited | settings | product.QUIET
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._standing: StandingManage | None = None

    def start(self) -> None:
        (self.folder / "data").mkdir()
        self.smtp.start()
        self.smtp.deliver_to(self.dovecot)
        self.start_redis()
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        self.start_web()
        self.start_worker()

    def stop(self) -> None:
        if self._standing:
            self._standing.close()
        for name in reversed(list(self.processes)):
            end(self.processes.pop(name))
        self.smtp.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def manage(self, *arguments: str, standard_input: str = "") -> str:
        """Run a manage.py command over this installation; its output. Raises deploy.product.CommandFailed."""
        return product.manage(self.environment, *arguments, standard_input=standard_input)

    def new_person(self, name: str, *, protocol: str = "imap", admin: bool = False) -> Person:
        """Somebody new with one mail account, made by the provisioning commands; `protocol` is imap or pop3."""
        self._standing = manage = self._standing or StandingManage(self.environment)
        mail = self.dovecot.new_user(name)
        username = mail.address.partition("@")[0]
        self.smtp.add_user(mail.address, mail.password)
        rights = ["--admin"] if admin else []
        email = ["--email", mail.address]
        manage("add_user", username, *email, *rights, "--password-stdin", standard_input=PASSWORD + "\n")
        servers = self._servers(mail, protocol)
        manage("add_account", username, *email, *servers, "--password-stdin", standard_input=mail.password + "\n")
        # Mail of the tests leaves at once, unless one of them looks at how it waits.
        self.rows("UPDATE accounts_user SET undo_seconds = 0 WHERE username = ?", username)
        return Person(username, PASSWORD, mail)

    def log(self, name: str) -> str:
        """What a process ("web", "worker", "broker", "cache") has written so far; nothing once the product is gone."""
        log = self.folder / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database says, whatever the product does; values stand for question marks."""
        return ask(self.environment["DATABASE_URL"], query, *values)

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would."""
        process = self.processes.pop(name)
        signal_group(process, signal.SIGKILL)
        process.wait()

    def start_web(self) -> None:
        process = self._spawn("web", product.web(self.host, self.port))
        log = self.folder / "web.log"
        wait_until(lambda: answers(self.host, self.port), process, "the web server", log, seconds=30)

    def start_worker(self) -> None:
        """Returns at once: until it is ready, tasks wait in the broker."""
        self._spawn("worker", product.worker(with_beat=True))

    def start_redis(self) -> None:
        self.processes["broker"], self.processes["cache"] = self.broker.start(), self.cache.start()

    def _servers(self, mail: MailUser, protocol: str) -> list[str]:
        name = mail.address.replace("@", "%40")
        authority = self.folder / "ca.pem"
        authority.write_text(self.dovecot.ca_pem + self.smtp.ca_pem)
        scheme = {"imap": "imaps", "pop3": "pop3s"}[protocol]
        incoming = f"{scheme}://{name}@{self.host}:{self.dovecot.ports[scheme]}"
        outgoing = f"smtps://{name}@{self.host}:{self.smtp.ports['submissions']}"
        return ["--incoming", incoming, "--outgoing", outgoing, "--ca-file", str(authority)]

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with open(self.folder / f"{name}.log", "ab") as log:
            process = spawn(
                command, output=log, environment=self.environment, orphaned=signal.SIGKILL, folder=product.ROOT
            )
        self.processes[name] = process
        return process
