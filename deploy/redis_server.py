"""The two Redis instances and their settings.

The broker keeps what it is given (append-only file, no eviction): a lost bell only delays mail, but a queue that
evicts loses work in silence. The cache keeps nothing over a restart and drops the least recently used entries at its
memory limit.
"""

import os
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from deploy.ports import answers
from deploy.processes import spawn, wait_until


class Purpose(StrEnum):
    BROKER = "broker"
    CACHE = "cache"


DURABILITY = {
    Purpose.BROKER: ("appendonly yes", "appendfsync everysec", "maxmemory-policy noeviction"),
    Purpose.CACHE: ("appendonly no", "maxmemory 128mb", "maxmemory-policy allkeys-lru"),
}


@dataclass(frozen=True, slots=True)
class RedisServer:
    """`folder` holds its configuration (0600: it has the password), log and data."""

    purpose: Purpose
    folder: Path
    port: int
    password: str
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{self.host}:{self.port}/0"

    @property
    def log(self) -> Path:
        return self.folder / "redis.log"

    def command(self) -> list[str]:
        """Write the configuration; the command that runs the server in the foreground, logging to its output."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text("\n".join(self._settings()) + "\n")
        return ["redis-server", str(config)]

    def start(self) -> subprocess.Popen[bytes]:
        """Run it, logging to a file; returns once it answers. Raises StartFailed."""
        with self.log_file() as log:
            process = spawn(self.command(), output=log, folder=self.folder)
        wait_until(self.ready, process, f"Redis ({self.purpose})", self.log)
        return process

    def log_file(self) -> IO[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        return open(self.log, "ab")

    def ready(self) -> bool:
        return answers(self.host, self.port)

    def _settings(self) -> tuple[str, ...]:
        # The working directory is the folder, so no path (which may hold spaces and quotes) has to be written here.
        return (
            f"bind {self.host}",
            f"port {self.port}",
            f"requirepass {self.password}",
            "daemonize no",
            'save ""',
            'logfile ""',
            "loglevel warning",
            "dir ./",
            *DURABILITY[self.purpose],
        )


def new_password() -> str:
    return os.urandom(24).hex()
