"""A private Dovecot 2.3: IMAP, POP3, LMTP and ManageSieve on high ports of loopback, for the demo and the tests.

Who may log in: one passwd-file per address under `data`/users (Dovecot rereads a file at most once a second, so a
shared one would hide a user added right after another's login). Mail lies in `data`/mail/ADDRESS. Started as root,
everything that serves runs as `nobody`, because Dovecot's login processes refuse uid 0; `data` must then lie where
`nobody` may go. `run` holds Unix sockets and must be a short path: they are cut at about 108 bytes. Configuration
reference: doc.dovecot.org/2.3.
"""

import grp
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.certificates import Certificate
from deploy.ports import answers, free_ports
from deploy.processes import StartFailed, end, spawn, wait_until

PROTOCOLS = ("imap", "imaps", "pop3", "pop3s", "lmtp", "sieve")
SPECIAL_FOLDERS = ("Drafts", "Sent", "Archive", "Junk", "Trash")
QUOTA = "500M"


def program() -> str:
    """Where Dovecot is: the folders of servers are not on everybody's PATH. Raises StartFailed when there is none."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise StartFailed("Dovecot is not installed: run deploy/setup.sh, or as root: apt-get install dovecot-core")
    return found


def version() -> tuple[int, int]:
    """Of the installed Dovecot. Raises StartFailed when there is none."""
    output = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = output.split(".")[:2]
    return int(major), int(minor)


def serving_user() -> tuple[str, str]:
    """User and group the server's processes run as."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        return nobody.pw_name, grp.getgrgid(nobody.pw_gid).gr_name
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


@dataclass(slots=True)
class Dovecot:
    """One server. `quick` gives up durability and the delay after a wrong password: for tests."""

    data: Path
    certificate: Certificate
    ports: dict[str, int] = field(default_factory=lambda: free_ports(*PROTOCOLS))
    host: str = "127.0.0.1"
    quick: bool = False
    run: Path = field(init=False)
    process: subprocess.Popen[bytes] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.run = Path(tempfile.mkdtemp(prefix="wm-"))

    @property
    def ca_pem(self) -> str:
        return self.certificate.ca_pem

    @property
    def log(self) -> Path:
        return self.run / "output.log"

    def add_user(self, address: str, password: str) -> None:
        """Let `address` log in with `password`, from now on; raises ValueError for what a passwd file can't hold."""
        if any(mark in address + password for mark in ":/{}\r\n\0") or not address.isascii():
            raise ValueError("an address or password with : / { } or a line break can't be written to a passwd file")
        user, group = serving_user()
        home = self.data / "mail" / address.lower()
        entry = self.data / "users" / address.lower()
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(f"{address.lower()}:{{PLAIN}}{password}:{user}:{group}::{home}::\n")
        self._hand_over(entry.parent, entry)

    def addresses(self) -> Iterable[str]:
        users = self.data / "users"
        return sorted(path.name for path in users.iterdir()) if users.exists() else []

    def command(self) -> list[str]:
        """Write the configuration; the command that runs the server in the foreground, logging to its output."""
        if version() >= (2, 4):
            raise StartFailed(
                "Dovecot 2.4 reads another configuration language: the demo mail server needs Dovecot 2.3 (Debian 12)"
            )
        for folder in (self.data, self.data / "mail", self.data / "users"):
            folder.mkdir(parents=True, exist_ok=True)
        self._hand_over(self.run, self.data, self.data / "mail", self.data / "users")
        config = self.run / "dovecot.conf"
        config.write_text(configuration(self))
        return [program(), "-F", "-c", str(config)]

    def start(self) -> None:
        """Run it, logging to a file; returns once all ports answer. Raises StartFailed."""
        with open(self.log, "ab") as log:
            self.process = spawn(self.command(), output=log)
        wait_until(self.ready, self.process, "Dovecot", self.log)

    def ready(self) -> bool:
        return all(answers(self.host, port) for port in self.ports.values())

    def stop(self) -> None:
        """End it and remove its sockets; the mail stays. Takes one to three seconds, then it may be started again."""
        if self.process:
            end(self.process)
            self.process = None
        self.remove_sockets()

    def remove_sockets(self) -> None:
        """After the end of a server that somebody else started from command()."""
        shutil.rmtree(self.run, ignore_errors=True)

    def deliver(self, address: str, raw: bytes, *, sender: str = "") -> None:
        """Hand a message to the local delivery agent (LMTP, RFC 2033). Raises smtplib.SMTPException when refused."""
        deliver(self.host, self.ports["lmtp"], sender, [address], raw)

    def _hand_over(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in paths:
                os.chown(path, nobody.pw_uid, nobody.pw_gid)


def deliver(host: str, port: int, sender: str, recipients: list[str], raw: bytes) -> dict[str, tuple[int, bytes]]:
    """Delivery by LMTP; the recipients that were refused. Raises smtplib.SMTPRecipientsRefused when all were.

    One recipient after the other: LMTP answers once for each after the message (RFC 2033, 4.2), smtplib reads one.
    """
    refused: dict[str, tuple[int, bytes]] = {}
    with smtplib.LMTP(host, port, local_hostname="localhost", timeout=30) as client:  # type: ignore[arg-type]
        for recipient in recipients:
            try:
                client.sendmail(sender, [recipient], raw, mail_options=["BODY=8BITMIME"])
            except smtplib.SMTPRecipientsRefused as error:
                refused |= error.recipients
            except smtplib.SMTPDataError as error:  # a mailbox that is full, say: the others have it all the same
                refused[recipient] = error.smtp_code, _octets(error.smtp_error)
    if set(recipients) <= set(refused):
        raise smtplib.SMTPRecipientsRefused(refused)
    return refused


def _octets(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text


def configuration(server: Dovecot) -> str:
    """The server's whole dovecot.conf (2.3 syntax); nothing of /etc is read."""
    user, group = serving_user()
    return "\n".join(
        [
            *_general(server, user, group),
            *_storage(),
            *_services(server, user),
            *(_quick() if server.quick else ()),
            "",
        ]
    )


def _general(server: Dovecot, user: str, group: str) -> list[str]:
    login = ("driver = passwd-file", f"args = username_format=%Lu {server.data}/users/%Lu")
    return [
        "protocols = imap pop3 lmtp sieve",
        f"listen = {server.host}",
        f"base_dir = {server.run}/base",
        f"state_dir = {server.run}/state",
        "log_path = /dev/stderr",
        f"info_log_path = {server.run}/info.log",
        f"default_internal_user = {user}",
        f"default_internal_group = {group}",
        f"default_login_user = {user}",
        "first_valid_uid = 1",
        "first_valid_gid = 1",
        "ssl = yes",
        f"ssl_cert = <{server.certificate.cert}",
        f"ssl_key = <{server.certificate.key}",
        "disable_plaintext_auth = no",
        "auth_mechanisms = plain login",
        "mail_max_userip_connections = 200",
        _block("passdb", *login),
        _block("userdb", *login),
    ]


def _storage() -> list[str]:
    folders = [_block(f"mailbox {name}", f"special_use = \\{name}", "auto = subscribe") for name in SPECIAL_FOLDERS]
    return [
        "mail_location = mdbox:~/mdbox",
        "mail_plugins = quota",
        "recipient_delimiter = +",
        _block("namespace inbox", "inbox = yes", "separator = /", *folders),
        _block("protocol imap", "mail_plugins = $mail_plugins imap_quota imap_zlib"),
        _block("protocol lmtp", "mail_plugins = $mail_plugins sieve"),
        _block(
            "plugin",
            "quota = count:User quota",
            f"quota_rule = *:storage={QUOTA}",
            "quota_vsizes = yes",
            "sieve = file:~/sieve;active=~/.dovecot.sieve",
        ),
    ]


def _services(server: Dovecot, user: str) -> list[str]:
    def listener(name: str, *extra: str) -> str:
        return _block(f"inet_listener {name}", f"port = {server.ports[name]}", *extra)

    tls = "ssl = yes"
    return [
        _block("service auth", "client_limit = 3000"),  # the sum of what the services below may ask for
        _block("service anvil", "chroot ="),
        _block("service stats", "chroot ="),
        _block("service imap-login", "chroot =", "service_count = 0", listener("imap"), listener("imaps", tls)),
        _block("service pop3-login", "chroot =", "service_count = 0", listener("pop3"), listener("pop3s", tls)),
        _block("service managesieve-login", "chroot =", listener("sieve")),
        _block("service lmtp", f"user = {user}", "service_count = 0", listener("lmtp")),
        _block("service imap", "service_count = 100"),
        _block("service pop3", "service_count = 100"),
    ]


def _quick() -> list[str]:
    no_penalty = _block("service anvil", _block("unix_listener anvil-auth-penalty", "mode = 0"))  # else 15 s after some
    return ["mail_fsync = never", "auth_failure_delay = 0", no_penalty]


def _block(head: str, *body: str) -> str:
    return "\n".join([f"{head} {{", *body, "}"])
