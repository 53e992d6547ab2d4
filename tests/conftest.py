"""Fixtures of all tests: real servers, the browser. One that can't be started is an error, never a skipped test."""

import os
from collections.abc import Generator, Iterator

import pytest
import redis
from django.conf import settings
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import BrowserContext

from tests.environment import BROKER, CACHE
from tests.servers.dovecot import DovecotForTests
from tests.servers.live import Live
from tests.servers.smtp import RecordingServer
from tests.servers.web import WebServer, web_server
from webmail.mailbox import kept

pytest_plugins = ["tests.people", "tests.mailboxes"]

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses its sandbox to root; the pages are ours
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]


def pytest_configure() -> None:
    # No deadline per example: a busy machine is no fault, and a hang ends by the limit of the test (pyproject.toml).
    # `make test` tries the same examples each time, so that it fails for a change; `make fuzz` looks for new ones.
    hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
    hypothesis_settings.register_profile("fuzz", deadline=None, max_examples=5_000)
    hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
    # A slow hash is for passwords worth guessing; each test person would cost a third of a second.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test of the running product shows what its processes said."""
    report = yield
    product = item.funcargs.get("live")
    if report.failed and isinstance(product, Live):
        report.sections += [(f"log of {name}", product.log(name)[-4000:]) for name in ("web", "worker")]
    return report


@pytest.fixture(scope="session")
def redis_servers() -> Iterator[tuple[redis.Redis, redis.Redis]]:
    """Broker and cache of this test process, at the addresses the settings name."""
    processes = [BROKER.start(), CACHE.start()]
    clients = redis.Redis.from_url(BROKER.url), redis.Redis.from_url(CACHE.url)
    yield clients
    for client in clients:
        client.close()
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture(autouse=True)
def _empty_redis(redis_servers: tuple[redis.Redis, redis.Redis]) -> None:
    for client in redis_servers:
        client.flushall()
    kept._Pause.until = 0.0  # a test before may have taken the cache away


@pytest.fixture
def redis_url(redis_servers: tuple[redis.Redis, redis.Redis]) -> str:
    """The broker's address; emptied before each test, as is the cache (settings.CACHE_URL)."""
    return BROKER.url


@pytest.fixture(scope="session")
def dovecot() -> Iterator[DovecotForTests]:
    """A real mail server of this test process: .host, .ports, .ca_pem, .new_user(), .deliver(), .imap()."""
    server = DovecotForTests()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _smtp_process() -> Iterator[RecordingServer]:
    server = RecordingServer()
    yield server
    server.stop()


@pytest.fixture
def smtp_server(_smtp_process: RecordingServer) -> Iterator[RecordingServer]:
    """A real SMTP server, empty at first: .host, .ports, .ca_pem, .users, .accepted, .refuse(), .stall(), .drop…()."""
    _smtp_process.start()
    yield _smtp_process
    _smtp_process.forget()


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A stranger's web server: .url(), .serve(), .moved(), .asked."""
    with web_server() as server:
        yield server


@pytest.fixture(scope="session")
def live(dovecot: DovecotForTests) -> Iterator[Live]:
    """The whole product, running: .url, .new_person(), .manage(), .smtp, .dovecot, .kill(), .start_worker()."""
    product = Live(dovecot)
    try:
        product.start()
        yield product
    finally:
        product.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium; none of its own talk with the outside."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """No worker between window and network; tests/browser/test_offline.py is about it."""
    return {**browser_context_args, "service_workers": "block"}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """A person's window: what does not come within 10 seconds does not come."""
    context.set_default_timeout(10_000)
    return context
