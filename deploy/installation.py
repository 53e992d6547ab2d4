"""One installation of `make run`: its folder, its keys, and the environment its processes get.

env is written once, with new keys, and belongs to the person who runs this: settings added there hold for every later
run; a variable of the calling shell goes first. environment is written at every start, so that `make manage` acts on
the same data.
"""

import os
import secrets
import shlex
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from deploy.places import VAR
from deploy.ports import free_port
from deploy.product import QUIET
from deploy.redis_server import Purpose, RedisServer, new_password

ALLOWED = ("MAIL_ALLOWED_HOSTS", "PICTURES_ALLOWED_HOSTS")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NotPossible(Exception):
    """What was asked for can't be done; the text is a sentence that says what to do instead."""


@dataclass(frozen=True, slots=True)
class Installation:
    """`demo` or one's own, to be served at host:port."""

    demo: bool
    host: str
    port: int

    @classmethod
    def asked_for(cls, environment: Mapping[str, str]) -> "Installation":
        """From DEMO, HOST and PORT. Raises NotPossible."""
        demo, host, port = (environment.get(name) for name in ("DEMO", "HOST", "PORT"))
        if demo not in (None, "", "0", "1"):
            raise NotPossible(f"DEMO is 1 (with demo mail, the default) or 0 (without), not {demo}.")
        if not (port or "8000").isdecimal() or not 0 < int(port or 8000) < 65536:
            raise NotPossible(f"PORT is a number from 1 to 65535, not {port}.")
        asked = cls(demo != "0", host or "127.0.0.1", int(port or 8000))
        if asked.demo and asked.host not in LOOPBACK:
            raise NotPossible(
                f"The demo's passwords are known to everybody, so it listens on this machine only: leave HOST={host} "
                "out, or run your own mail with it: make run DEMO=0 HOST=…"
            )
        return asked

    @property
    def folder(self) -> Path:
        return VAR / ("demo" if self.demo else "own")

    @property
    def url(self) -> str:
        host = "localhost" if self.host in ("0.0.0.0", "::", *LOOPBACK) else self.host
        return f"http://{host}:{self.port}"

    def prepare(self) -> None:
        """Make the folders, and the keys at the first run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "data").mkdir(mode=0o700, exist_ok=True)
        if not (self.folder / "env").exists():
            write_private(self.folder / "env", _new_keys())

    def redis(self, purpose: Purpose) -> RedisServer:
        """A server of this run: its port and password are new each time, what it keeps is not."""
        return RedisServer(purpose, self.folder / purpose, free_port(), new_password())

    def environment(self, broker: RedisServer, cache: RedisServer, hosts: Mapping[str, list[str]]) -> dict[str, str]:
        """All variables for the product's processes; also written to the file `environment`. `hosts`: what is allowed
        beyond the person's own settings, by the name of the variable."""
        own = read_variables(self.folder / "env")
        given = own | os.environ
        allowed = {name: ",".join(filter(None, [given.get(name, ""), *hosts.get(name, [])])) for name in ALLOWED}
        values = {
            "DJANGO_SETTINGS_MODULE": "deploy.demo_settings" if self.demo else "webmail.settings",
            "DEBUG": "false",
            "HTTPS": "false",
            "ALLOWED_HOSTS": ",".join(self._names()),
            "DATA_DIR": str(self.folder / "data"),
            "STATIC_ROOT": str(self.folder / "static"),
            "DATABASE_URL": f"sqlite:///{self.folder / 'data' / 'webmail.sqlite3'}",
        }
        values |= own | {name: os.environ[name] for name in (*values, *own) if name in os.environ}
        values |= {"REDIS_URL": broker.url, "CACHE_URL": cache.url} | allowed
        write_private(self.folder / "environment", values)
        return dict(os.environ) | QUIET | values

    def last_environment(self) -> dict[str, str]:
        """What the latest run gave its processes. Raises NotPossible."""
        written = self.folder / "environment"
        if not written.exists():
            raise NotPossible(
                "There is no data yet: start it once with make run (for your own mail, DEMO=0 both times)."
            )
        return dict(os.environ) | QUIET | read_variables(written)

    def _names(self) -> list[str]:
        names = ["localhost", "127.0.0.1", "[::1]"]
        if self.host in ("0.0.0.0", "::"):
            own = {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)}
            names += [socket.gethostname(), socket.getfqdn(), *(f"[{ip}]" if ":" in ip else ip for ip in sorted(own))]
        elif self.host not in LOOPBACK:
            names.append(self.host)
        return names


def read_variables(path: Path) -> dict[str, str]:
    """NAME=value lines, values quoted as a shell would; lines that start with # are comments."""
    pairs = (shlex.split(line, comments=True) for line in path.read_text().splitlines())
    return dict(word.split("=", 1) for words in pairs for word in words if "=" in word)


def write_private(path: Path, variables: Mapping[str, str]) -> None:
    """Write NAME=value lines that only their owner may read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items()))


def _new_keys() -> dict[str, str]:
    return {"SECRET_KEY": secrets.token_urlsafe(50), "MAIL_SECRET_KEYS": Fernet.generate_key().decode()}
