"""A mailbox written where Dovecot keeps it, in seconds: messages as files of a Maildir, before it first looks.

A name carries what Dovecot would else read from the file: the size on the disk (S=) and that with CRLF (W=); the
file's time is INTERNALDATE (doc.dovecot.org/2.3, mailbox formats, Maildir).
"""

import os
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from deploy.dovecot import Dovecot, serving_user
from tests.servers.dovecot import DovecotForTests, MailUser

MAILDIR = """
mail_location = maildir:~/Maildir
plugin {
  quota_rule = *:storage=0
}
"""


class MaildirDovecot(DovecotForTests):
    """As most installations run it: messages as files, written durably; without a limit to their amount."""

    def __init__(self) -> None:
        super().__init__()
        self.quick = False

    def command(self) -> list[str]:
        command = super().command()
        with (self.run / "dovecot.conf").open("a") as config:
            config.write(MAILDIR)  # what comes last holds
        return command


def fill(dovecot: Dovecot, user: MailUser, letters: Iterable[tuple[bytes, datetime]]) -> None:
    """Put messages into an inbox that nobody has opened yet. In the order given they get the UIDs 1, 2, 3…"""
    home = dovecot.data / "mail" / user.address.lower()
    folders = [home, home / "Maildir", *(home / "Maildir" / name for name in ("cur", "new", "tmp"))]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for number, (raw, received) in enumerate(letters):
        _write(home / "Maildir" / "cur", number, raw, received)
    if os.geteuid() == 0:
        for folder in folders:
            shutil.chown(folder, *serving_user())


def _write(folder: Path, number: int, raw: bytes, received: datetime) -> None:
    seconds = received.timestamp()
    flags = "" if number % 5 == 0 else "FS" if number % 31 == 0 else "RS" if number % 7 == 0 else "S"
    lines = raw.count(b"\n")
    path = f"{folder}/{seconds:.0f}.M{number:06}P1.bench,S={len(raw)},W={len(raw) + lines}:2,{flags}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        os.write(descriptor, raw)
    finally:
        os.close(descriptor)
    os.utime(path, (seconds, seconds))
