"""`make run` as a person meets it: starts, says where, stops without a trace, keeps the data, names what is wrong."""

import contextlib
import json
import os
import re
import signal
import smtplib
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import imapclient
import pytest

from deploy.ports import free_port
from deploy.product import ROOT

START_SECONDS = 120  # only where it hangs: each start says itself when it is there, or why it ended
STOP_SECONDS = 5
PRODUCT = (
    "DJANGO_SETTINGS_MODULE",
    "DATA_DIR",
    "DATABASE_URL",
    "STATIC_ROOT",
    "ALLOWED_HOSTS",
    "REDIS_URL",
    "CACHE_URL",
)


class Run:
    """One `python -m deploy run`, its output read as it comes."""

    def __init__(self, folder: Path, **choices: str):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy", "run"],
            cwd=ROOT,
            env=environment(folder, **choices),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not any(words in line for line in self.output):
            assert self.process.poll() is None, "".join(self.output)
            assert time.monotonic() < deadline, "".join(self.output)
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Seconds until it had ended."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        self._reader.join(5)
        return time.monotonic() - started

    def sessions(self) -> set[int]:
        """Each child leads a session of its own, which its descendants share."""
        return {process for process in processes() if parent_and_session(process)[0] == self.process.pid}

    def _read(self) -> None:
        assert self.process.stdout
        self.output.extend(iter(self.process.stdout.readline, ""))


def environment(folder: Path, **choices: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in (*PRODUCT, "STATICFILES_BACKEND")}
    return inherited | {"VAR_DIR": str(folder)} | choices


def processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def parent_and_session(process: int) -> tuple[int, int]:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0, 0
    return int(fields[1]), int(fields[3])


def left_over(sessions: set[int], seconds: float = 0.5) -> list[str]:
    """What still runs of these sessions; the killed get a moment to be gone."""
    deadline = time.monotonic() + seconds
    while (found := _members(sessions)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _members(sessions: set[int]) -> list[str]:
    found = []
    for process in processes():
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{process}/stat").read_text()
            if parent_and_session(process)[1] in sessions and status.rsplit(")", 1)[1].split()[0] != "Z":
                found.append(status)
    return found


def refusal(folder: Path, **choices: str) -> str:
    """The last words of a run that can't start."""
    run = Run(folder, **choices)
    assert run.process.wait(30) == 1
    run._reader.join(5)
    return "".join(run.output)


def demo_mail_of(folder: Path) -> Path:
    program = "from deploy.places import demo_mail; print(demo_mail())"
    command = [sys.executable, "-c", program]
    return Path(
        subprocess.run(command, cwd=ROOT, env=environment(folder), capture_output=True, text=True).stdout.strip()
    )


def messages_by_folder(port: int, person: str) -> dict[str, int]:
    with imapclient.IMAPClient("127.0.0.1", port, ssl=False, timeout=10) as client:
        client.login(f"{person}@demo.test", "demo")
        names = [name for _, _, name in client.list_folders()]
        return {name: client.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for name in names}


def send(port: int, sender: str, recipients: list[str]) -> dict[str, tuple[int, bytes]]:
    """Through submission with STARTTLS; the recipients that were refused."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.starttls(context=context)
        client.login(f"{sender}@demo.test", "demo")
        return client.sendmail(f"{sender}@demo.test", recipients, b"Subject: hello\r\n\r\nhello\r\n")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A var/ whose path has a space."""
    var = tmp_path / "my var"
    yield var
    subprocess.run([sys.executable, "-m", "deploy.places"], cwd=ROOT, env=environment(var), check=True)
    assert not var.exists()


def test_own_installation_starts_once_keeps_its_keys_and_leaves_nobody_behind(folder: Path) -> None:
    port = free_port()
    run = Run(folder, DEMO="0", PORT=str(port))
    run.wait_for("Stop with Ctrl-C")
    assert f"http://localhost:{port}" in "".join(run.output)
    with urllib.request.urlopen(f"http://localhost:{port}/static/img/mark.svg") as answer:
        assert answer.status == 200
    keys = (folder / "own" / "env").read_text()
    assert stat.S_IMODE((folder / "own" / "env").stat().st_mode) == 0o600
    children = run.sessions()
    assert len(children) == 6  # two Redis, web, two workers, beat
    refuses_a_second(folder)

    assert run.stop() < STOP_SECONDS
    assert run.process.returncode == 0
    assert left_over(children) == []

    again = Run(folder, DEMO="0", PORT=str(port))
    again.wait_for("Stop with Ctrl-C")
    assert (folder / "own" / "env").read_text() == keys
    children = again.sessions()
    again.stop(signal.SIGKILL)
    assert left_over(children, STOP_SECONDS) == []


def refuses_a_second(folder: Path) -> None:
    """While one runs, neither another of the same checkout nor a clean sweep of its folder."""
    assert re.search(r"already running \(process \d+\)", refusal(folder, DEMO="0"))
    cleaned = subprocess.run(
        [sys.executable, "-m", "deploy.places"], cwd=ROOT, env=environment(folder), capture_output=True, text=True
    )
    assert cleaned.returncode == 1
    assert "already running" in cleaned.stderr


def test_demo_is_a_real_mail_server_that_mails_nobody_outside(folder: Path) -> None:
    port = str(free_port())
    run = Run(folder, PORT=port)
    run.wait_for("Stop with Ctrl-C")
    children = run.sessions()
    assert len(children) == 9  # and Dovecot, the submission server, the newsletters' pictures
    ports = json.loads((demo_mail_of(folder) / "ports.json").read_text())
    for person in ("camille", "jonas", "yuki"):
        counts = messages_by_folder(ports["imap"], person)
        assert len(counts) >= 8
        assert sum(counts.values()) >= 80
    assert messages_by_folder(ports["imap"], "pia")["INBOX"] > 0
    before = messages_by_folder(ports["imap"], "camille")["INBOX"]
    refused = send(ports["submission"], "jonas", ["camille@demo.test", "someone@example.org"])
    assert set(refused) == {"someone@example.org"}
    assert messages_by_folder(ports["imap"], "camille")["INBOX"] == before + 1
    assert run.stop() < STOP_SECONDS
    assert left_over(children) == []

    again = Run(folder, PORT=port)
    again.wait_for("Stop with Ctrl-C")
    assert messages_by_folder(ports["imap"], "camille")["INBOX"] == before + 1
    assert again.stop(signal.SIGINT) < STOP_SECONDS


def test_taken_port_is_named(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal(folder, DEMO="0", PORT=str(port))
    assert len(said.splitlines()) == 1
    assert f"Port {port}" in said
    assert f"make run PORT={port + 1}" in said


def test_demo_refuses_to_be_reached_from_outside(folder: Path) -> None:
    said = refusal(folder, HOST="0.0.0.0")
    assert len(said.splitlines()) == 1
    assert "this machine only" in said


@pytest.mark.parametrize(("choices", "words"), [({"PORT": "x"}, "PORT is a number"), ({"DEMO": "yes"}, "DEMO is 1")])
def test_odd_choices_are_named(folder: Path, choices: dict[str, str], words: str) -> None:
    assert words in refusal(folder, **choices)
