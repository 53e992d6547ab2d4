"""Real processes: whoever dies between a click and its outcome, each list is asked, and no mail is sent twice."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.certificates import Certificate
from tests.compose.visitor import Visitor
from tests.servers.live import Live
from tests.servers.web import WebServer

SHORT = {"OUTBOX_LEASE_SECONDS": "2", "OUTBOX_RETRY_SECONDS": "1"}


@pytest.fixture
def product(live: Live, sender_certificate: Certificate) -> Iterator[Live]:
    """A worker with short leases that trusts the sender's authority."""
    usual = dict(live.environment)
    live.kill("worker")
    live.smtp.forget()
    live.smtp.deliver_to(live.dovecot)
    live.environment |= SHORT | {"SSL_CERT_FILE": str(sender_certificate.ca)}
    live.start_worker()
    yield live
    live.kill("worker")
    live.smtp.forget()
    live.smtp.deliver_to(live.dovecot)
    live.environment.clear()
    live.environment |= usual
    live.start_worker()


def states(live: Live) -> list[str]:
    return [state for (state,) in live.rows("SELECT state FROM unsubscribing_unsubscription ORDER BY id")]


def wait_for(condition: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def opened(live: Live, fields: str) -> tuple[list[Visitor], str, str]:
    """Two tabs of a person before a message with these fields, the address of its form and the key in it."""
    anna = live.new_person("anna")
    live.dovecot.deliver(anna.mail.address, f"From: news@news.test\r\nSubject: Sale\r\n{fields}\r\nBuy.\r\n".encode())
    tabs = [Visitor(live, anna), Visitor(live, anna)]
    found = re.search(r'href="(/mail/\d+/INBOX/\d+/\d+/)', tabs[0].get("/"))
    assert found
    page = tabs[0].get(found[1])
    form = re.search(r'action="([^"]+/unsubscribe/)[^"]*"', page)
    key = re.search(r'name="key" value="(\w+)"', page)
    assert form
    assert key
    return tabs, form[1], key[1]


def test_killed_while_the_sender_thinks(product: Live, sender: WebServer) -> None:
    sender.serve("/leave?me", pause=30)
    before = len(states(product))
    [tab, _], form, key = opened(
        product,
        f"List-Unsubscribe: <{sender.url('/leave?me')}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    )
    tab.post(form, key=key)
    wait_for(lambda: len(sender.posted) == 1)
    product.kill("worker")
    assert states(product)[before:] == ["asking"]
    sender.serve("/leave?me", status=200)
    product.start_worker()
    wait_for(lambda: states(product)[before:] == ["done"])
    assert len(sender.posted) == 2
    tab.post(form, key=key)
    time.sleep(3)
    assert len(sender.posted) == 2


def test_clicks_in_two_tabs_and_a_worker_that_dies_are_one_mail(product: Live) -> None:
    tabs, form, key = opened(product, "List-Unsubscribe: <mailto:leave@news.test>\r\n")
    with ThreadPoolExecutor(4) as threads:
        pages = list(threads.map(lambda tab: tab.post(form, key=key), tabs * 2))
        product.kill("worker")
    assert all("You asked leave@news.test" in page for page in pages)
    product.start_worker()
    wait_for(lambda: len(product.smtp.accepted) >= 1)
    tabs[0].post(form, key=key)
    time.sleep(5)
    assert len(product.smtp.accepted) == 1
