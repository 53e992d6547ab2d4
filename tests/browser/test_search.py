"""Searching in a real window: the box and what it offers, filters by one click, all folders, the form."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.test_accessibility import faults
from tests.browser.windows import Window
from tests.servers.live import Person


@pytest.fixture
def inbox(window: Window, anna: Person) -> Window:
    window.deliver(anna, letter("Lunch"), letter("Blue cups"), letter("Green cups"))
    window.home()
    return window


def box(window: Window) -> Locator:
    return window.page.locator("#search-field")


def offered(window: Window) -> Locator:
    return window.page.locator(".search-offer:visible")


def sees(window: Window, *subjects: str) -> None:
    expect(window.page.locator("#rows .row-subject")).to_have_text(list(subjects))


def test_an_operator_is_completed_by_the_keyboard(inbox: Window) -> None:
    box(inbox).press_sequentially("has")
    expect(offered(inbox)).to_have_count(1)
    expect(box(inbox)).to_have_attribute("aria-expanded", "true")
    box(inbox).press("ArrowDown")
    active = box(inbox).get_attribute("aria-activedescendant")
    expect(inbox.page.locator(f"#{active}")).to_contain_text("has:attachment")
    box(inbox).press("Enter")
    expect(box(inbox)).to_have_value("has:attachment ")
    box(inbox).press("Escape")
    expect(inbox.page.locator("#search-panel")).to_be_hidden()
    expect(box(inbox)).to_have_value("has:attachment ")
    box(inbox).press("Enter")
    expect(inbox.page.get_by_role("heading", name="No mail matches this search")).to_be_visible()


def test_a_person_is_completed_by_a_click(inbox: Window) -> None:
    box(inbox).press_sequentially("ger")
    person = offered(inbox).filter(has=inbox.page.locator(".avatar")).first
    address = person.get_attribute("data-typed")
    person.click()
    expect(box(inbox)).to_have_value(f"from:{address} ")
    expect(box(inbox)).to_be_focused()


def test_recent_searches(inbox: Window) -> None:
    for words in ("subject:cups", "subject:lunch"):
        box(inbox).fill(words)
        box(inbox).press("Enter")
        expect(inbox.page.locator(".search-chips .chip")).to_have_count(1)
    sees(inbox, "Lunch")
    inbox.home()
    box(inbox).click()
    recent = inbox.page.locator('.search-offer[data-kind="recent"]')
    expect(recent).to_have_text(["subject:lunch", "subject:cups"])
    box(inbox).press("ArrowDown")
    box(inbox).press("ArrowDown")
    box(inbox).press("Enter")
    sees(inbox, "Green cups", "Blue cups")
    box(inbox).fill("")
    box(inbox).click()
    recent.first.get_by_label("Remove this search").click()
    expect(recent).to_have_count(1)
    inbox.page.get_by_role("button", name="Clear recent searches").click()
    expect(recent).to_have_count(0)
    inbox.page.reload()
    box(inbox).fill("")
    expect(offered(inbox).first).to_be_visible()
    expect(recent).to_have_count(0)


def test_filters_by_one_click(inbox: Window) -> None:
    inbox.read("Lunch")
    unread = inbox.page.get_by_role("button", name="Unread", exact=True)
    unread.click()
    sees(inbox, "Green cups", "Blue cups")
    expect(unread).to_have_attribute("aria-pressed", "true")
    expect(unread).to_be_focused()
    unread.click()
    sees(inbox, "Green cups", "Blue cups", "Lunch")


def test_chips_and_orders(inbox: Window) -> None:
    box(inbox).fill("cups -blue")
    box(inbox).press("Enter")
    sees(inbox, "Green cups")
    expect(inbox.page.locator("#rows mark")).to_have_text(["cups"])
    inbox.page.get_by_role("link", name="Remove Not: “blue”").click()
    sees(inbox, "Green cups", "Blue cups")
    inbox.page.get_by_label("Order", exact=True).click()
    inbox.page.get_by_role("link", name="By subject").click()
    sees(inbox, "Blue cups", "Green cups")
    inbox.page.go_back()
    sees(inbox, "Green cups", "Blue cups")


def test_all_folders_and_acts_there(inbox: Window) -> None:
    inbox.read("Lunch")
    inbox.tool("Archive").click()
    expect(inbox.row("Lunch")).to_have_count(0)
    box(inbox).fill("subject:lunch")
    box(inbox).press("Enter")
    expect(inbox.page.get_by_role("heading", name="No mail matches this search")).to_be_visible()
    inbox.page.get_by_role("link", name="Search all folders").click()
    sees(inbox, "Lunch")
    row = inbox.row("Lunch")
    expect(row.locator(".row-place")).to_have_text("Archive")
    row.locator(".row-link").click()
    inbox.opened("Lunch")
    expect(row).to_have_attribute("aria-current", "true")
    inbox.page.keyboard.press("s")
    expect(row.locator(".star")).to_have_attribute("aria-pressed", "true")
    row.hover()
    row.locator('.row-actions [data-command="delete"]').click()
    expect(inbox.page.get_by_role("heading", name="No mail matches this search")).to_be_visible()
    inbox.page.get_by_role("link", name="Search spam and trash too").click()
    expect(row.locator(".row-place")).to_have_text("Trash")


def test_the_form(inbox: Window) -> None:
    expect(box(inbox)).to_have_attribute("role", "combobox")  # the script is there
    inbox.page.get_by_label("More ways to search").click()
    form = inbox.page.locator("#search-panel .search-form")
    form.get_by_label("Subject").fill("cups")
    form.get_by_label("Without the words").fill("blue")
    form.get_by_label("Where").select_option("all")
    form.get_by_role("button", name="Search", exact=True).click()
    sees(inbox, "Green cups")
    expect(box(inbox)).to_have_value("subject:cups -blue in:all")
    expect(inbox.page).to_have_url(re.compile("q=subject"))


def test_the_form_as_a_page_of_its_own(inbox: Window) -> None:
    inbox.goto(inbox.page.get_by_label("More ways to search").get_attribute("href") or "")
    inbox.page.get_by_label("Subject").fill("green")
    inbox.page.get_by_role("button", name="Search", exact=True).click()
    sees(inbox, "Green cups")


def test_without_script(open_window: Open, anna: Person) -> None:
    window = open_window(anna, java_script_enabled=False)
    window.deliver(anna, letter("Lunch"), letter("Blue cups"))
    window.home()
    window.page.get_by_label("More ways to search").click()
    window.page.get_by_label("Subject").fill("cups")
    window.page.get_by_role("button", name="Search", exact=True).click()
    sees(window, "Blue cups")
    window.page.locator("#list").get_by_role("link", name="All folders").click()
    expect(window.row("Blue cups").locator(".row-place")).to_have_text("Inbox")
    window.row("Blue cups").locator(".check").check()
    window.page.locator(".list-picked").get_by_label("Star").click()
    expect(window.row("Blue cups").locator(".star")).to_have_attribute("aria-pressed", "true")


def test_it_is_accessible(inbox: Window) -> None:
    inbox.page.emulate_media(reduced_motion="reduce")  # a colour on its way is no colour to judge
    box(inbox).fill("cups before:soon")
    box(inbox).press("Enter")
    expect(inbox.page.locator(".search-remark")).to_have_count(1)
    box(inbox).fill("")
    box(inbox).click()
    expect(offered(inbox).first).to_be_visible()
    box(inbox).press("ArrowDown")
    assert faults(inbox.page) == []
    inbox.page.get_by_label("More ways to search").click()
    expect(inbox.page.locator(".search-form")).to_be_visible()
    assert faults(inbox.page) == []


def test_a_narrow_phone(open_window: Open, anna: Person) -> None:
    window = open_window(anna, viewport={"width": 320, "height": 640})
    window.deliver(anna, letter("Blue cups"))
    window.goto("/")
    box(window).click()
    expect(offered(window).first).to_be_visible()
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    offered(window).first.click()
    expect(box(window)).to_be_focused()
