"""PostgreSQL for the tests, where they are asked to run on it: `make test DATABASE=postgres`.

One server per test process, on a free port, in a folder of its own; it refuses root, so root starts it as nobody.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from deploy.ports import free_port
from deploy.processes import end, spawn, wait_until

USER = "webmail"
# Test data need not survive a power cut; what must survive a killed worker is the product's own to prove.
QUICK = ("fsync=off", "full_page_writes=off", "max_connections=200", "listen_addresses=127.0.0.1")


def new_database(name: str) -> str:
    """An empty database, as the DATABASE_URL that leads to it."""
    port = _start()
    subprocess.run([_program("createdb"), *_client(port), name], check=True, capture_output=True)
    return f"postgres://{USER}@127.0.0.1:{port}/{name}"


@cache
def _start() -> int:
    """Start the server of this process; its port. Raises StartFailed."""
    folder, port = Path(tempfile.mkdtemp(prefix="wm-pg-")), free_port()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    data, log = folder / "data", folder / "log"
    options = ["-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
    initialise: list[str | Path] = [_program("initdb"), "-D", data, *options]
    subprocess.run([*_unprivileged(), *initialise], check=True, capture_output=True)
    settings = [word for setting in QUICK for word in ("-c", setting)]
    with log.open("wb") as output:
        server: list[str | Path] = [_program("postgres"), "-D", data, "-p", str(port), "-k", folder, *settings]
        process = spawn([*_unprivileged(), *server], output=output)
    wait_until(lambda: _is_ready(port), process, "PostgreSQL", log)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(end, process)
    return port


def _is_ready(port: int) -> bool:
    """It listens before it takes anybody in."""
    return subprocess.run([_program("pg_isready"), "-q", *_client(port)], check=False).returncode == 0


def _client(port: int) -> list[str]:
    return ["-h", "127.0.0.1", "-p", str(port), "-U", USER]


def _unprivileged() -> list[str]:
    return ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] if os.geteuid() == 0 else []


def _program(name: str) -> Path:
    """The newest installed one; Debian keeps the server's programs off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    if not found:
        raise FileNotFoundError(f"{name} is missing: apt-get install postgresql")
    return found[-1]
