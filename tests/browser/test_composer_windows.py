"""Mail is written in windows over the mailbox, several at once, and none of them loses a word."""

import re

from playwright.sync_api import FrameLocator, Locator, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.test_accessibility import faults
from tests.browser.windows import PHONE, Window
from tests.servers.live import Person

SHIFTS = """() => new Promise((resolve) => new PerformanceObserver((list) => {
    resolve(list.getEntries().filter((entry) => !entry.hadRecentInput).reduce((sum, entry) => sum + entry.value, 0));
}).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => resolve(0), 300))"""


def windows(window: Window) -> Locator:
    return window.page.locator(".window")


def within(window: Window, title: str) -> FrameLocator:
    return window.page.frame_locator(f"iframe[title='{title}']")


def act(window: Window, title: str, name: str) -> None:
    window.page.get_by_role("dialog", name=title, exact=True).get_by_role("button", name=name, exact=True).click()


def test_mails_are_written_beside_the_mailbox(open_window: Open, anna: Person) -> None:
    window = open_window(anna, reduced_motion="reduce")
    window.deliver(anna, letter("First"), letter("Second", age=1))
    window.home()
    window.read("First")
    window.page.keyboard.press("r")
    expect(window.text()).to_be_focused()
    window.page.keyboard.type("Yes, gladly.")
    window.page.keyboard.press("Escape")  # back to the mail, with the answer in a bar below
    expect(windows(window)).to_have_attribute("data-state", "minimised")
    window.page.keyboard.press("k")
    window.opened("Second")

    window.page.keyboard.press("c")
    expect(windows(window)).to_have_count(2)
    window.write("Half a thought", to=anna.mail.address, subject="Third")
    act(window, "Re: First", "Open the window")
    expect(within(window, "Re: First").get_by_role("textbox", name="Text")).to_be_focused()
    assert faults(window.page, phone=False) == []
    act(window, "Third", "Maximise")
    expect(window.page.locator("main")).to_have_attribute("inert", "")
    act(window, "Third", "Make smaller")

    window.home()  # both come back, with what was not saved yet
    expect(windows(window)).to_have_count(2)
    answer = within(window, "Re: First")
    expect(answer.get_by_role("textbox", name="Text")).to_have_value(re.compile("Yes, gladly."))
    expect(answer.locator(".composer-errors")).to_have_count(0)
    act(window, "Re: First", "Save and close")
    expect(window.toast()).to_contain_text("Draft saved")
    window.toast().get_by_role("button", name="Discard").click()
    expect(window.toast()).to_contain_text("The draft was discarded.")
    window.send()
    expect(windows(window)).to_have_count(0)
    assert window.page.evaluate(SHIFTS) == 0


def test_a_phone_has_pages_of_their_own(open_window: Open, anna: Person) -> None:
    window = open_window(anna, viewport=PHONE)
    window.home()
    window.page.locator(".bottom-bar .is-main").click()
    window.page.wait_for_url("**/compose/**")
    expect(windows(window)).to_have_count(0)
    expect(window.page.locator(".compose-bar h1")).to_be_visible()


def test_two_tabs_on_one_draft_know_of_each_other(window: Window, anna: Person) -> None:
    window.goto("/compose/")
    window.write("One.", to=anna.mail.address, subject="Shared")
    window.text().press("Control+s")
    expect(window.page.locator("#saved")).to_contain_text("Saved")
    first, window.page = window.page, window.context.new_page()
    window.page.goto(first.url)
    for page in (first, window.page):
        expect(page.locator("[data-elsewhere]")).to_be_visible()
    window.write("Two. ")
    window.text().press("Control+s")
    expect(window.page.locator("#saved")).to_contain_text("Saved")
    second, window.page = window.page, first
    window.write("Three. ")
    window.expects(409)
    window.text().press("Control+s")
    expect(first.locator("[data-newer]")).to_contain_text("This draft was changed elsewhere")
    first.get_by_role("button", name="Take the other one").click()
    expect(window.toast()).to_contain_text("The other text is kept as a draft of its own.")
    expect(window.text()).to_contain_text("Two. One.")
    expect(first.locator(".composer-errors .banner-stacked")).to_have_count(0)
    second.close()
    expect(first.locator("[data-elsewhere]")).to_have_count(0)
