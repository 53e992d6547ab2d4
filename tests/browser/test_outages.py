"""Servers that stop while somebody works: clear pages, nobody else disturbed, nothing lost, and all is well again once
they are back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.windows import PATIENCE, Window
from tests.servers.live import Live, Person


@pytest.fixture
def mended(live: Live) -> Iterator[None]:
    """Whatever the test stopped runs again for the next one."""
    yield
    live.smtp.start()
    live.smtp.rules.delays.clear()
    if not live.dovecot.ready():
        live.dovecot.start()
    for name in ("broker", "cache"):
        if name not in live.processes:
            live.processes[name] = getattr(live, name).start()
    if "worker" not in live.processes or live.processes["worker"].poll() is not None:
        live.start_worker()


pytestmark = pytest.mark.usefixtures("mended")


def test_the_mail_server_stops_in_the_middle_of_a_page(
    window: Window, anna: Person, pop_paula: Person, open_window: Open, live: Live
) -> None:
    paulas = open_window(pop_paula)
    paulas.deliver(pop_paula, letter("Kept here"))
    paulas.page.get_by_role("button", name="Check now").click()
    paulas.await_row("Kept here")
    window.deliver(anna, letter("First"), letter("Second"))
    window.home()

    live.dovecot.stop()
    window.expects(503)
    window.row("First").locator(".row-link").click()
    pane = window.page.locator("#message")
    expect(pane).to_contain_text("does not answer")
    expect(window.row("Second")).to_be_visible()  # the list stays
    window.row("Second").get_by_label("Star", exact=True).click()
    expect(window.toast()).to_contain_text("does not answer")
    window.page.reload()
    expect(window.page.get_by_role("heading", name="does not answer")).to_be_visible()
    expect(window.page.locator("#folders")).to_contain_text("receive")
    window.home()
    expect(window.page.locator("#known-mark")).to_contain_text("does not answer; this is the list of")
    expect(window.row("Second")).to_be_visible()
    window.goto("/settings/accounts/")
    expect(window.page.locator(".account-list")).to_contain_text("Receiving does not work")
    paulas.read("Kept here")  # nobody else is disturbed
    paulas.folder("Sent")

    live.dovecot.start()
    window.home()
    window.read("First")
    window.goto("/settings/accounts/")
    expect(window.page.locator(".account-list")).to_contain_text("No error")


def test_try_again_works_once_the_server_is_back(window: Window, anna: Person, live: Live) -> None:
    window.deliver(anna, letter("First"))
    window.home()
    live.dovecot.stop()
    window.expects(503)
    window.home()
    window.page.locator("[data-search]").fill("is:unread")
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_role("heading", name="does not answer")).to_be_visible()
    live.dovecot.start()
    window.page.get_by_role("link", name="Try again").click()
    window.read("First")


def test_a_mail_server_that_restarted_is_not_noticed(window: Window, anna: Person, live: Live) -> None:
    window.deliver(anna, letter("First"))
    window.home()
    live.dovecot.stop()
    live.dovecot.start()
    window.read("First")


def test_send_while_the_queue_is_down(window: Window, anna: Person, live: Live) -> None:
    window.goto("/compose/")
    window.write("No bell rings.", to=anna.mail.address, subject="Patience")
    live.kill("broker")
    window.page.get_by_role("button", name="Send", exact=True).click()
    expect(window.toast()).to_contain_text("Patience")
    expect(window.page.locator("#list h1")).to_have_text("Inbox")
    window.page.get_by_role("link", name="Outbox").first.click()
    expect(window.page.locator("#outbox")).to_contain_text("Patience")
    live.processes["broker"] = live.broker.start()
    expect(window.page.locator("#outbox")).to_contain_text("A copy is in Sent.", timeout=2 * PATIENCE * 1000)
    window.home()
    window.await_row("Patience")
    assert window.subjects() == ["Patience"]


def test_the_queue_goes_down_while_a_mail_is_being_sent(window: Window, anna: Person, live: Live) -> None:
    live.smtp.stall(anna.mail.address, 4)
    window.goto("/compose/")
    window.write("Slowly taken.", to=anna.mail.address, subject="Slow")
    window.page.get_by_role("button", name="Send", exact=True).click()
    window.page.get_by_role("link", name="Outbox").first.click()
    expect(window.page.locator("#outbox")).to_contain_text("Being sent", timeout=PATIENCE * 1000)
    live.kill("broker")
    live.processes["broker"] = live.broker.start()
    expect(window.page.locator("#outbox")).to_contain_text("A copy is in Sent.", timeout=2 * PATIENCE * 1000)
    live.smtp.rules.delays.clear()
    window.goto("/compose/")
    window.write("The worker is the same.", to=anna.mail.address, subject="Next")
    window.send()
    assert live.processes["worker"].poll() is None
    window.await_row("Next")
    assert sorted(window.subjects()) == ["Next", "Slow"]


def test_everything_without_the_cache(window: Window, anna: Person, live: Live) -> None:
    window.deliver(anna, letter("First"))
    live.kill("cache")
    window.home()
    window.read("First")
    window.goto("/compose/")
    window.write("No cache.", to=anna.mail.address, subject="Slower")
    window.send()
    window.await_row("Slower")


def test_send_while_the_worker_is_dead(window: Window, anna: Person, live: Live) -> None:
    live.kill("worker")
    window.goto("/compose/")
    window.write("Nobody carries it.", to=anna.mail.address, subject="Later")
    window.page.get_by_role("button", name="Send", exact=True).click()
    window.page.get_by_role("link", name="Outbox").first.click()
    expect(window.page.get_by_role("heading", name="Waiting")).to_be_visible()
    live.start_worker()
    expect(window.page.locator("#outbox")).to_contain_text("A copy is in Sent.", timeout=2 * PATIENCE * 1000)
    window.home()
    window.await_row("Later")
    assert window.subjects() == ["Later"]


def test_the_sending_server_is_down(window: Window, anna: Person, live: Live) -> None:
    live.smtp.stop()
    window.goto("/compose/")
    window.write("Nobody takes it.", to=anna.mail.address, subject="Knock knock")
    window.page.get_by_role("button", name="Send", exact=True).click()
    window.page.get_by_role("link", name="Outbox").first.click()
    expect(window.page.locator("#outbox")).to_contain_text("does not answer", timeout=PATIENCE * 1000)
    live.smtp.start()
    window.page.get_by_role("button", name="Try now").click()
    window.reload_until(window.page.get_by_text("A copy is in Sent."))
    window.home()
    window.await_row("Knock knock")


def test_a_refused_recipient_comes_back_to_the_writer(window: Window, anna: Person, live: Live) -> None:
    live.smtp.refuse("nobody@elsewhere.test", 550, "5.1.1 No such user here")
    window.goto("/compose/")
    window.write("Is anybody there?", to="nobody@elsewhere.test", subject="Hello")
    window.page.get_by_role("button", name="Send", exact=True).click()
    window.page.get_by_role("link", name="Outbox").first.click()
    expect(window.page.locator("#outbox")).to_contain_text("No such user here", timeout=PATIENCE * 1000)
    window.page.get_by_role("button", name="Edit").click()
    window.page.get_by_label("To", exact=True).fill(anna.mail.address)
    window.send()
    window.await_row("Hello")


def test_the_webmail_is_out_of_reach(window: Window, anna: Person) -> None:
    window.deliver(anna, letter("Read before"), letter("Not fetched"))
    window.home()
    window.read("Read before")
    window.page.context.set_offline(True)
    window.row("Not fetched").locator(".row-link").click()
    expect(window.toast()).to_contain_text("You are offline: nothing was done.")
    expect(window.row("Read before")).to_have_attribute("aria-current", "true")  # it is what the pane shows
    window.page.context.set_offline(False)
    window.row("Not fetched").locator(".row-link").click()
    window.opened("Not fetched")
    expect(window.page.locator("[data-unreachable]")).to_have_count(0)
    window.watch.problems.clear()  # the request that failed, and what htmx says about it
