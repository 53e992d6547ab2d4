"""The last known list while the mail server is slow or silent: shown at once, replaced under the reader's hands."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.windows import Window
from tests.servers.live import PASSWORD, Live, Person
from tests.servers.proxy import CuttingProxy

LETTERS = 40
SILENT = 60.0  # seconds: longer than any test


@pytest.fixture
def line(live: Live) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy((live.dovecot.host, live.dovecot.ports["imap"]))
    yield proxy
    proxy.close()


@pytest.fixture
def faye(live: Live, line: CuttingProxy) -> Person:
    """Reads her mail over a long line."""
    mail = live.dovecot.new_user("faye")
    name = mail.address.partition("@")[0]
    live.manage("add_user", name, "--email", mail.address, "--password-stdin", standard_input=PASSWORD + "\n")
    incoming = f"imap+insecure://{mail.address.replace('@', '%40')}@{line.host}:{line.port}"
    outgoing = f"smtp+insecure://{live.smtp.host}:{live.smtp.ports['submissions']}"
    servers = ["--incoming", incoming, "--outgoing", outgoing]
    secret = mail.password + "\n"
    live.manage("add_account", name, "--email", mail.address, *servers, "--password-stdin", standard_input=secret)
    return Person(name, PASSWORD, mail)


@pytest.fixture
def window(faye: Person, open_window: Open) -> Window:
    window = open_window(faye)
    window.deliver(faye, *(letter(f"Letter {number}") for number in range(1, LETTERS + 1)))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(LETTERS)
    return window


def mark(page: Page) -> Locator:
    return page.locator("#known-mark")


def fall_silent(window: Window, line: CuttingProxy) -> None:
    """The inbox, loaded again from a server that says nothing."""
    line.delay = SILENT
    window.page.reload()
    expect(mark(window.page)).to_contain_text("Checking…")
    expect(window.page.locator("#rows .row")).to_have_count(LETTERS)


def speak_again(line: CuttingProxy) -> None:
    line.delay = 0
    line.release()


def test_fresh_rows_come_under_the_reader_s_hands(window: Window, faye: Person, line: CuttingProxy) -> None:
    page = window.page
    fall_silent(window, line)
    window.deliver(faye, letter("Just came"))
    window.row("Letter 12").get_by_role("checkbox").check()
    window.row("Letter 10").locator(".row-link").click()  # the message itself will come later
    window.row("Letter 10").scroll_into_view_if_needed()
    page.locator("#rows").evaluate("rows => { rows.scrollTop = 400; }")
    window.row("Letter 30").locator(".star").focus()
    before = window.row("Letter 30").bounding_box()
    speak_again(line)
    expect(window.row("Just came")).to_have_count(1)
    expect(mark(page)).to_have_count(0)
    expect(page.get_by_text("The list is up to date.")).to_have_count(1)
    assert window.row("Letter 30").bounding_box() == before
    expect(window.row("Letter 30").locator(".star")).to_be_focused()
    expect(window.row("Letter 12").get_by_role("checkbox")).to_be_checked()
    expect(page.locator('#rows .row[aria-selected="true"]')).to_have_count(1)
    expect(page.locator(".list-picked")).to_be_visible()
    expect(window.row("Letter 10")).to_have_attribute("aria-current", "true")
    window.opened("Letter 10")
    expect(page.locator('#rows .row[aria-current="true"]')).to_have_count(1)


def test_what_is_done_meanwhile_is_not_taken_back(window: Window, line: CuttingProxy) -> None:
    fall_silent(window, line)
    window.row("Letter 40").get_by_role("checkbox").check()
    window.page.locator(".list-picked").get_by_label("Archive", exact=True).click()
    speak_again(line)
    expect(window.toast()).to_contain_text("Archive")
    expect(mark(window.page)).to_have_count(0)
    window.settle()
    expect(window.row("Letter 40")).to_have_count(0)
    expect(window.page.locator("#rows .row")).to_have_count(LETTERS - 1)


def test_a_search_meanwhile_keeps_its_results(window: Window, line: CuttingProxy) -> None:
    fall_silent(window, line)
    window.page.locator("[data-search]").fill('subject:"Letter 7"')
    window.page.keyboard.press("Enter")
    speak_again(line)
    expect(window.page.locator("#rows .row")).to_have_count(1)
    window.settle()
    expect(window.page.locator("#rows .row")).to_have_count(1)
    expect(mark(window.page)).to_have_count(0)


def test_a_stopped_server_and_back(window: Window, faye: Person, live: Live) -> None:
    page = window.page
    live.dovecot.stop()
    try:
        window.expects(503)
        page.reload()
        for _ in range(2):
            expect(mark(page)).to_contain_text("this is the list of")
            expect(page.locator("#rows .row")).to_have_count(LETTERS)
            page.reload()
        expect(mark(page)).to_contain_text("this is the list of")
        mark(page).get_by_text("Try again").click()
        expect(mark(page)).to_contain_text("this is the list of")
    finally:
        live.dovecot.start()
    window.deliver(faye, letter("Just came"))
    mark(page).get_by_text("Try again").click()
    expect(window.row("Just came")).to_have_count(1)
    expect(mark(page)).to_have_count(0)
    page.reload()
    expect(window.row("Just came")).to_have_count(1)
    expect(mark(page)).to_have_count(0)


def test_without_script(faye: Person, window: Window, open_window: Open, line: CuttingProxy, live: Live) -> None:
    bare = open_window(faye, java_script_enabled=False)
    bare.home()
    line.delay = SILENT
    bare.page.reload()
    expect(mark(bare.page)).to_contain_text("Loaded")
    expect(bare.page.get_by_text("Checking…")).to_be_hidden()
    speak_again(line)
    bare.page.get_by_role("link", name="Load the list again").click()
    expect(bare.page.locator("#rows .row")).to_have_count(LETTERS)
    expect(mark(bare.page)).to_have_count(0)


def test_a_quick_server_asks_nothing_more(window: Window) -> None:
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    for _ in range(3):
        window.page.reload()
        window.settle()
        expect(mark(window.page)).to_have_count(0)
    assert [url for url in asked if "live=" in url] == []
