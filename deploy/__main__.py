"""`python -m deploy run`: everything, until Ctrl-C. `python -m deploy manage COMMAND …`: manage.py on the same data.

run: keys and folders → Redis ×2 and the mail server → migrate, collectstatic → the demo's people → web, workers, beat →
the address. What can't be done is said in one sentence, with exit status 1.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from deploy import product
from deploy.installation import Installation, NotPossible
from deploy.places import Busy, lock
from deploy.ports import answers, is_free
from deploy.processes import StartFailed
from deploy.redis_server import Purpose
from deploy.supervisor import Child, Stopped, Supervisor

if TYPE_CHECKING:
    from deploy.demo_mail import DemoMail


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["manage"]:
            _manage(Installation.asked_for(os.environ), arguments[1:])
        if arguments == ["run"]:
            return _run(Installation.asked_for(os.environ))
    except (Busy, NotPossible) as error:
        print(f"webmail: {error}", file=sys.stderr)
        return 1
    print("usage: python -m deploy run | manage COMMAND …", file=sys.stderr)
    return 2


def _manage(installation: Installation, arguments: list[str]) -> NoReturn:
    environment = installation.last_environment()
    os.execve(  # noqa: S606 no shell is wanted
        sys.executable, [sys.executable, str(product.ROOT / "manage.py"), *arguments], environment
    )


def _run(installation: Installation) -> int:
    held = lock()
    supervisor = Supervisor()
    supervisor.listen_to_signals()
    try:
        _check_port(installation)
        installation.prepare()
        with _demo_mail(installation) as mail, supervisor:
            _start(installation, supervisor, mail)
            supervisor.watch()
    except Stopped as end:
        supervisor.say(str(end) or "stopping")
        return 1 if str(end) else 0
    except (StartFailed, product.CommandFailed) as error:
        supervisor.say(f"could not start: {error}")
        return 1
    finally:
        held.close()
    return 0


def _check_port(installation: Installation) -> None:
    if not is_free(installation.host, installation.port):
        raise NotPossible(
            f"Port {installation.port} of {installation.host} can't be used (another program may have it). "
            f"Choose another one: make run PORT={installation.port + 1}"
        )


def _start(installation: Installation, supervisor: Supervisor, mail: "DemoMail | None") -> None:
    broker, cache = (installation.redis(purpose) for purpose in (Purpose.BROKER, Purpose.CACHE))
    environment = installation.environment(broker, cache, mail.allowed_hosts() if mail else {})
    redis = [
        Child(
            str(server.purpose), server.command(), folder=server.folder, ready=server.ready, foundation=True, quiet=True
        )
        for server in (broker, cache)
    ]
    supervisor.add(*redis, *(mail.children() if mail else []))
    for command in (["migrate"], ["collectstatic", "--no-input"]):
        supervisor.check()
        product.manage(environment, *command, "--verbosity", "0")
    if mail:
        mail.provision(environment, supervisor.say, supervisor.check)
    supervisor.add(*_product(installation, environment))
    supervisor.say(f"\n{installation.url}\n{mail.summary() if mail else _first_steps()}\nStop with Ctrl-C.\n")


@contextmanager
def _demo_mail(installation: Installation) -> "Iterator[DemoMail | None]":
    if not installation.demo:
        yield None
        return
    from deploy.demo_mail import DemoMail  # without the demo its packages are not installed

    mail = DemoMail(installation)
    try:
        yield mail
    finally:
        mail.close()


def _product(installation: Installation, environment: dict[str, str]) -> list[Child]:
    """Killed at once should we die: every task survives that, and a graceful end would have nobody to wait for it."""

    def child(name: str, command: list[str], ready: Callable[[], bool] = lambda: True) -> Child:
        return Child(name, command, environment, product.ROOT, ready, orphaned=signal.SIGKILL)

    host, port = installation.host, installation.port
    return [
        child("web", product.web(host, port), lambda: answers("127.0.0.1" if host == "0.0.0.0" else host, port)),
        child("worker", product.worker("celery")),
        child("importer", product.worker("imports", "ahead")),
        child("beat", product.beat()),
    ]


def _first_steps() -> str:
    return "The first visitor of an empty installation creates the admin."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
