"""A real Dovecot for one test process, and fresh mailboxes in it."""

import itertools
import os
import shutil
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

import imapclient

from deploy import certificates
from deploy.dovecot import Dovecot, serving_user

DOMAIN = "demo.test"


@dataclass(frozen=True, slots=True)
class MailUser:
    """A mailbox of its own; the address is also the login name."""

    address: str
    password: str


class DovecotForTests(Dovecot):
    """Dovecot under /tmp, where the unprivileged user it runs as may read."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="wm-mail-"))
        if os.geteuid() == 0:
            shutil.chown(folder, *serving_user())
        super().__init__(folder, certificates.create(folder / "tls"), quick=True)
        self._numbers = itertools.count(1)

    def new_user(self, name: str = "alice") -> MailUser:
        """A new, empty mailbox with Drafts, Sent, Archive, Junk and Trash (RFC 6154); no two tests share one."""
        number = next(self._numbers)
        user = MailUser(f"{name}.{number}@{DOMAIN}", f"secret-{number}")
        self.add_user(user.address, user.password)
        return user

    def imap(self, user: MailUser) -> imapclient.IMAPClient:
        """A session of a second client, to set a mailbox up or to look at it from outside."""
        context = ssl.create_default_context(cadata=self.ca_pem)
        client = imapclient.IMAPClient(self.host, self.ports["imaps"], ssl_context=context, timeout=20)
        client.normalise_times = False
        client.login(user.address, user.password)
        return client

    def stop(self) -> None:
        """For tests of a server that is gone: start() brings it back on the same ports, with its mail."""
        super().stop()

    def start(self) -> None:
        self.run.mkdir(exist_ok=True)
        super().start()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
