"""How the product's own processes start: for `make run`, browser tests and the bench, that measures what ships."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB_PROCESSES, WEB_THREADS = 2, 16
WORKER_THREADS = {"celery": 8, "imports": 4, "ahead": 2}  # by queue: settings.CELERY_TASK_ROUTES
# Celery's stern words to root aim at pickled tasks; ours are JSON, and a container's root is a common choice.
QUIET = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges", "PYTHONUNBUFFERED": "1"}


class CommandFailed(Exception):
    """A manage.py command ended with an error; the text is what it said."""


def web(host: str, port: int) -> list[str]:
    """Two processes, forked from one that has loaded the product: threads of one interpreter spend a third of their
    time on taking turns (docs/architecture.md). So many threads, because a mail server that falls silent holds up to
    six of a process for some seconds."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    size = ["--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS), "--preload"]
    options = ["--worker-class", "gthread", *size, "--bind", bind]
    limits = ["--timeout", "120", "--graceful-timeout", "2", "--no-control-socket", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", *options, *limits, "webmail.wsgi:application"]


def worker(*queues: str, with_beat: bool = False) -> list[str]:
    """Threads, because tasks wait for mail servers. All queues in one process, and beat in it, are for tests, where
    each process less counts."""
    queues = queues or tuple(WORKER_THREADS)
    threads = sum(WORKER_THREADS[queue] for queue in queues)
    options = ["--pool", "threads", "--concurrency", str(threads), "--queues", ",".join(queues)]
    chatter = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [*_celery("worker"), *options, *chatter, *(["--beat"] if with_beat else [])]


def beat() -> list[str]:
    """`--pidfile=`: none, it would survive a crash and stop the next start."""
    return [*_celery("beat"), "--loglevel", "WARNING", "--pidfile="]


def manage(environment: Mapping[str, str], *arguments: str, standard_input: str = "") -> str:
    """Run a manage.py command to its end; what it printed. Raises CommandFailed."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(
        command,
        input=standard_input,
        env=dict(environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C is the caller's to handle: a command half done is worse than one second more
    )
    if done.returncode:
        raise CommandFailed(f"manage.py {arguments[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _celery(command: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "webmail.celery:app", "--quiet", command]
