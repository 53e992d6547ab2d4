"""Where `make run` keeps things. Standard library only: `make clean` works without a virtual environment.

var/demo/ or var/own/ (DEMO=0; VAR_DIR names another folder than var/) each hold one installation: env (keys and own
settings, 0600), environment (all that its processes were given last, 0600), data/, broker/, cache/, static/; the demo
also mail/ (Dovecot's). They are apart so that the demo's well-known passwords never guard real mail.

Started by root, Dovecot serves as `nobody`. Where `nobody` can't reach the checkout (below /root, say), the demo's
mail lies in /var/lib.
"""

import fcntl
import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
ELSEWHERE = Path("/var/lib/webmail-demo")


class Busy(Exception):
    """Another `make run` of this checkout is running; the text is a sentence."""


def demo_mail() -> Path:
    """The folder of the demo's Dovecot: passwords, certificate, mail."""
    if os.geteuid() == 0 and not open_to_all(VAR.parent):
        return _elsewhere()
    return VAR / "demo" / "mail"


def open_to_all(folder: Path) -> bool:
    """Whether every user may walk down to `folder`."""
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))


def lock() -> IO[str]:
    """Hold the checkout's one running place as long as the answer stays open. Raises Busy."""
    VAR.mkdir(parents=True, exist_ok=True)
    held = open(VAR / "running", "a+")  # noqa: SIM115 it stays open while we run
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.seek(0)
        number = held.read().strip() or "unknown"
        held.close()
        raise Busy(f"this checkout is already running (process {number}). Stop that one first: kill {number}") from None
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


def clean() -> None:
    """Remove all that `make run` made, outside the checkout too. Raises Busy, PermissionError."""
    if VAR.exists():
        lock().close()
    for folder in (VAR, _elsewhere()):
        if folder.exists():
            shutil.rmtree(folder)
            print(f"webmail: removed {folder}")


def _elsewhere() -> Path:
    # One folder for each var/: two checkouts may run their demos side by side.
    return ELSEWHERE / hashlib.sha256(str(VAR).encode()).hexdigest()[:12]


if __name__ == "__main__":
    try:
        clean()
    except (Busy, OSError) as error:
        sys.exit(f"webmail: nothing more was removed: {error}")
