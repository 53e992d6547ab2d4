"""The mailbox on a phone, by touch."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import letter, newsletter
from tests.browser.windows import PHONE, Window
from tests.servers.live import Person

TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture
def phone(anna: Person, open_window: Open) -> Window:
    return open_window(anna, **TOUCH)


def test_read_and_back(phone: Window, anna: Person) -> None:
    phone.deliver(anna, letter("Lunch"), newsletter("Paper news 7"))
    phone.home()
    phone.row("Paper news 7").locator(".row-link").tap()
    pane = phone.opened("Paper news 7")
    expect(phone.row("Lunch")).to_be_hidden()
    frame = pane.locator(".mail-frame")
    expect(pane.frame_locator(".mail-frame").get_by_text("Three new papers.")).to_be_visible()
    assert frame.evaluate("frame => frame.getBoundingClientRect().right <= innerWidth")
    phone.tool("Back to the list").tap()
    phone.row("Lunch").locator(".row-link").tap()
    phone.opened("Lunch")
    phone.page.go_back()
    expect(phone.row("Lunch")).to_be_visible()


def test_reply(phone: Window, anna: Person, ben: Person, open_window: Open) -> None:
    mail = letter("Lunch")
    mail.replace_header("From", ben.mail.address)
    phone.deliver(anna, mail)
    phone.home()
    phone.row("Lunch").locator(".row-link").tap()
    phone.opened("Lunch")
    phone.tool("Reply").tap()
    phone.write("Yes.\n")
    phone.page.get_by_role("button", name="Send", exact=True).tap()
    phone.sees_it_sent()
    bens = open_window(ben, **TOUCH)
    bens.await_row("Re: Lunch")


def test_delete(phone: Window, anna: Person) -> None:
    phone.deliver(anna, letter("Away with it"), letter("Stays"))
    phone.home()
    phone.row("Away with it").locator(".row-link").tap()
    phone.opened("Away with it")
    phone.tool("Delete").tap()
    expect(phone.row("Stays")).to_be_visible()  # the list again
    expect(phone.row("Away with it")).to_have_count(0)
    phone.page.locator(".bottom-bar").get_by_text("Folders").tap()
    phone.page.locator("#folders").get_by_text("Trash").tap()
    expect(phone.row("Away with it")).to_be_visible()


def test_select_several(phone: Window, anna: Person) -> None:
    phone.deliver(anna, *(letter(subject) for subject in ("One", "Two", "Three")))
    phone.home()
    for subject in ("One", "Three"):
        phone.row(subject).locator(".row-pick").tap()
    phone.page.locator(".list-picked").get_by_label("Archive").tap()
    expect(phone.page.locator("#rows .row")).to_have_count(1)
    assert phone.subjects() == ["Two"]
