"""The demo's own mail server and its people.

Dovecot keeps the mail, deploy/smtpd.py takes what people send and hands it to Dovecot. At the first run each person
gets a mailbox, their letters (deploy/demo), a login and an account, made by the product's own provisioning commands.
`complete` is written last: a first run that was interrupted starts again from nothing.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import imapclient

from deploy import certificates, product
from deploy.demo import letters
from deploy.demo.letter import Placed
from deploy.demo.people import PEOPLE, Person
from deploy.dovecot import PROTOCOLS, Dovecot, serving_user
from deploy.installation import Installation, NotPossible
from deploy.places import VAR, demo_mail
from deploy.ports import LASTING, answers, free_ports, is_free
from deploy.supervisor import Child

DOMAIN = "demo.test"
PASSWORD = "demo"
HOST = "127.0.0.1"
SERVICES = ("submission", "submissions", "pictures")
BATCH = 8 * 2**20  # octets in one MULTIAPPEND (RFC 3502)

Say = Callable[[str], None]


class DemoMail:
    """One demo mail server. Its ports are chosen at the first run and kept: the accounts name them."""

    def __init__(self, installation: Installation):
        self.installation = installation
        self.folder = demo_mail()
        self.forget_half_a_first_run()
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, *serving_user())
        self.ports = self._ports()
        self.certificate = certificates.ensure(self.folder / "tls")
        self.dovecot = Dovecot(self.folder, self.certificate, {name: self.ports[name] for name in PROTOCOLS})

    @property
    def complete(self) -> bool:
        return (self.folder / "complete").exists()

    @property
    def lies_elsewhere(self) -> bool:
        return not self.folder.is_relative_to(VAR)

    def forget_half_a_first_run(self) -> None:
        if not self.complete:
            for leftover in (self.folder, self.installation.folder / "data"):
                shutil.rmtree(leftover, ignore_errors=True)
            (self.installation.folder / "data").mkdir(mode=0o700, parents=True)

    def allowed_hosts(self) -> dict[str, list[str]]:
        """By the name of the setting: these very ports of loopback, no others."""
        mail = ("imap", "imaps", "pop3", "pop3s", "submission", "submissions")
        return {
            "MAIL_ALLOWED_HOSTS": [f"{HOST}:{self.ports[name]}" for name in mail],
            "PICTURES_ALLOWED_HOSTS": [f"{HOST}:{self.ports['pictures']}"],
        }

    def children(self) -> list[Child]:
        """Dovecot, the submission server and the newsletters' pictures, to be supervised."""
        for person in PEOPLE:
            self.dovecot.add_user(person.address, PASSWORD)
        return [
            Child("dovecot", self.dovecot.command(), ready=self.dovecot.ready),
            Child("smtp", self._smtp_command(), ready=self._smtp_ready, folder=product.ROOT),
            Child("pictures", self._pictures_command(), ready=self._pictures_ready, folder=product.ROOT),
        ]

    def provision(self, environment: Mapping[str, str], say: Say, check: Callable[[], None]) -> None:
        """First run only: letters, logins, accounts. `check` is called between steps and may raise to interrupt."""
        if self.complete:
            return
        with ThreadPoolExecutor() as workers:
            added = [workers.submit(self._add, person, environment) for person in PEOPLE]
            for person in PEOPLE:
                check()
                say(f"writing the mail of {person.name}")
                self.fill(person, letters(person, pictures=f"http://{HOST}:{self.ports['pictures']}"))
            for one in added:
                one.result()
        check()
        product.manage(environment, "shell", "--command", _preferences())
        (self.folder / "complete").touch()

    def fill(self, person: Person, placed: Iterable[Placed]) -> None:
        """Put messages into a person's mailbox, creating folders as they come up."""
        by_folder: dict[str, list[Placed]] = {}
        for one in placed:
            by_folder.setdefault(one.folder, []).append(one)
        with imapclient.IMAPClient(HOST, self.ports["imap"], ssl=False, timeout=30) as client:
            client.login(person.address, PASSWORD)
            there = {name for _, _, name in client.list_folders()}
            for folder in by_folder.keys() - there:
                client.create_folder(folder)
                client.subscribe_folder(folder)
            for folder, messages in by_folder.items():
                for batch in _batches(sorted(messages, key=lambda one: one.received)):
                    client.multiappend(folder, batch)

    def close(self) -> None:
        """Once its processes have ended."""
        self.dovecot.remove_sockets()

    def summary(self) -> str:
        """What a person needs to know to use it."""
        logins = "\n".join(f"  {person.login:<9} {PASSWORD:<6} {_about(person)}" for person in PEOPLE)
        servers = ", ".join(f"{name} {self.ports[name]}" for name in ("imaps", "pop3s", "submissions", "submission"))
        where = f"\nThe demo's mail lies in {self.folder}; make clean removes it." if self.lies_elsewhere else ""
        others = f"The demo mail server, for other clients: {HOST}, {servers}, user name {PEOPLE[0].address}"
        return f"Sign in as      with\n{logins}\n{others}{where}"

    def _ports(self) -> dict[str, int]:
        written = self.folder / "ports.json"
        ports: dict[str, int] = json.loads(written.read_text()) if written.exists() else {}
        missing = [name for name in (*PROTOCOLS, *SERVICES) if name not in ports]
        if missing:
            ports |= free_ports(*missing, within=LASTING)
            written.write_text(json.dumps(ports))
        for name, port in ports.items():
            if not is_free(HOST, port):
                raise NotPossible(
                    f"Port {port}, which the demo mail server uses for {name}, is taken by another program. "
                    "Stop that program, or start a new demo with make clean."
                )
        return ports

    def _smtp_command(self) -> list[str]:
        settings = {
            "domain": DOMAIN,
            "ports": {name: self.ports[name] for name in ("submission", "submissions")},
            "certificate": str(self.folder / "tls"),
            "lmtp": self.ports["lmtp"],
            "users": str(self.folder / "users"),
        }
        written = self.installation.folder / "smtpd.json"
        written.write_text(json.dumps(settings))
        return [sys.executable, "-m", "deploy.smtpd", str(written)]

    def _smtp_ready(self) -> bool:
        return all(answers(HOST, self.ports[name]) for name in ("submission", "submissions"))

    def _pictures_command(self) -> list[str]:
        return [sys.executable, "-m", "deploy.demo_pictures", str(self.ports["pictures"])]

    def _pictures_ready(self) -> bool:
        return answers(HOST, self.ports["pictures"])

    def _add(self, person: Person, environment: Mapping[str, str]) -> None:
        """Login and account, as an admin would make them."""
        rights = ["--admin"] if person.admin else []
        add_user = ["add_user", person.login, "--email", person.address, *rights, "--name", person.name]
        product.manage(environment, *add_user, "--password-stdin", standard_input=PASSWORD + "\n")
        name = quote(person.address, safe="")
        scheme = "pop3s" if person.protocol == "pop3" else "imaps"
        incoming = f"{scheme}://{name}@{HOST}:{self.ports[scheme]}"
        outgoing = f"smtps://{name}@{HOST}:{self.ports['submissions']}"
        servers = ["--incoming", incoming, "--outgoing", outgoing, "--ca-file", str(self.certificate.ca)]
        add_account = ["add_account", person.login, "--email", person.address, "--name", person.name, *servers]
        product.manage(environment, *add_account, "--password-stdin", standard_input=PASSWORD + "\n")


def _batches(messages: list[Placed]) -> Iterable[list[dict[str, object]]]:
    batch: list[dict[str, object]] = []
    size = 0
    for one in messages:
        if batch and size + len(one.raw) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append({"msg": one.raw, "flags": one.flags, "date": one.received})
        size += len(one.raw)
    if batch:
        yield batch


def _preferences() -> str:
    """What people choose for themselves on their settings page, as a program for manage.py shell."""
    lines = [
        f"User.objects.filter(username={one.login!r}).update(language={_language(one)!r}, time_zone={one.time_zone!r})"
        for one in PEOPLE
    ]
    return "\n".join(["from accounts.models import User", *lines])


def _language(person: Person) -> str:
    return person.language if person.language in ("en", "fr") else "en"


def _about(person: Person) -> str:
    marks = ["admin"] if person.admin else []
    marks.append("mail waiting on a POP3 server" if person.protocol == "pop3" else "mail over IMAP")
    return f"{person.name}, {', '.join(marks)}"
