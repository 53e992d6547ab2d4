"""Somebody whose mail is fetched by POP3."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import letter, with_plan
from tests.browser.windows import Window
from tests.servers.live import Person


def test_mail_is_fetched_once(pop_paula: Person, open_window: Open) -> None:
    window = open_window(pop_paula)
    window.deliver(pop_paula, letter("First", age=2), with_plan("Second"))
    window.home()
    check(window)
    window.await_row("First")
    window.await_row("Second")
    window.deliver(pop_paula, letter("Third"))
    check(window)
    window.await_row("Third")
    assert window.subjects() == ["Third", "Second", "First"]


def test_new_mail_comes_into_the_open_list(pop_paula: Person, open_window: Open) -> None:
    window = open_window(pop_paula)
    window.home()
    window.deliver(pop_paula, letter("Look here"))
    check(window)
    expect(window.row("Look here")).to_be_visible(timeout=20_000)  # by itself


def test_fetched_mail_is_moved_found_and_answered(pop_paula: Person, anna: Person, open_window: Open) -> None:
    window = open_window(pop_paula)
    window.deliver(pop_paula, letter("Keep this", "A needle in it."), letter("Not this"))
    window.home()
    check(window)
    window.await_row("Keep this")
    window.read("Keep this")
    window.tool("Archive").click()
    expect(window.row("Keep this")).to_have_count(0)
    window.folder("Archive")
    expect(window.row("Keep this")).to_be_visible()
    window.page.get_by_label("Search mail").fill("subject:keep")
    window.page.keyboard.press("Enter")
    expect(window.row("Keep this")).to_be_visible()
    window.read("Keep this")
    window.tool("Reply").click()
    window.write("Kept.\n", to=anna.mail.address)
    window.send()
    window.home()
    window.folder("Sent")
    window.await_row("Re: Keep this")
    annas = open_window(anna)
    annas.await_row("Re: Keep this")


def test_folders_of_its_own(pop_paula: Person, open_window: Open) -> None:
    window = open_window(pop_paula)
    window.deliver(pop_paula, letter("Bill"))
    window.home()
    check(window)
    window.await_row("Bill")
    window.page.get_by_role("link", name="New folder").first.click()
    window.page.get_by_label("Name", exact=True).fill("Bills & more?")
    window.page.get_by_role("button", name="Create").click()
    window.folder("Inbox")
    window.read("Bill")
    window.tool("Move").click()
    window.page.locator("#message .menu-targets").get_by_text("Bills & more?").click()
    expect(window.row("Bill")).to_have_count(0)
    window.folder("Bills & more?")
    expect(window.row("Bill")).to_be_visible()


def check(window: Window) -> None:
    """Press Check now, and wait until the check has ended."""
    status = window.page.locator(".list-import")
    status.get_by_role("button", name="Check now").click()
    expect(status).to_contain_text("Last check", timeout=20_000)
