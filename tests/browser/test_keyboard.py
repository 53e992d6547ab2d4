"""The mailbox without a mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser.letters import letter, newsletter
from tests.browser.windows import Window
from tests.servers.live import Person

SUBJECTS = ["One", "Two", "Three", "Four", "Five"]  # newest first


@pytest.fixture
def keys(window: Window, anna: Person) -> Window:
    """Anna's inbox with five mails."""
    window.deliver(anna, *(letter(subject, age=age) for age, subject in reversed(list(enumerate(SUBJECTS)))))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(5)
    return window


def focused(window: Window) -> str:
    return str(window.page.evaluate("document.activeElement.closest('.row')?.querySelector('.row-subject').innerText"))


def test_up_and_down_the_list(keys: Window) -> None:
    press = keys.page.keyboard.press
    press("j")
    assert focused(keys) == "One"
    press("j")
    press("ArrowDown")
    assert focused(keys) == "Three"
    press("k")
    assert focused(keys) == "Two"
    press("o")
    keys.opened("Two")
    press("j")
    keys.opened("Three")
    press("u")
    assert focused(keys) == "Three"


def test_enter_opens_too(keys: Window) -> None:
    keys.page.keyboard.press("j")
    keys.page.keyboard.press("Enter")
    keys.opened("One")


def test_archive_and_delete_open_the_next(keys: Window) -> None:
    keys.page.keyboard.press("j")
    keys.page.keyboard.press("o")
    keys.opened("One")
    keys.page.keyboard.press("e")
    keys.opened("Two")
    keys.page.keyboard.press("#")
    keys.opened("Three")
    assert keys.subjects() == ["Three", "Four", "Five"]
    keys.folder("Archive")
    assert keys.subjects() == ["One"]
    keys.folder("Trash")
    assert keys.subjects() == ["Two"]


def test_a_selection_is_archived(keys: Window) -> None:
    press = keys.page.keyboard.press
    press("j")
    press("x")
    press("j")
    press("j")
    press("x")
    expect(keys.page.locator("#rows .row[aria-selected=true]")).to_have_count(2)
    press("e")
    expect(keys.page.locator("#rows .row")).to_have_count(3)
    assert keys.subjects() == ["Two", "Four", "Five"]


def test_delete_from_the_list(keys: Window) -> None:
    keys.page.keyboard.press("j")
    keys.page.keyboard.press("j")
    keys.page.keyboard.press("#")
    expect(keys.row("Two")).to_have_count(0)
    keys.page.keyboard.press("#")  # the focus has gone to the row that took its place
    expect(keys.row("Three")).to_have_count(0)
    assert keys.subjects() == ["One", "Four", "Five"]


def test_star_and_unread(keys: Window) -> None:
    keys.page.keyboard.press("j")
    keys.page.keyboard.press("s")
    expect(keys.row("One").get_by_label("Star", exact=True)).to_have_attribute("aria-pressed", "true")
    keys.page.keyboard.press("o")
    keys.opened("One")
    expect(keys.row("One")).to_have_class("row")
    keys.page.keyboard.press("Shift+U")
    expect(keys.row("One")).to_have_class("row is-unread")


def test_compose_and_send(keys: Window, anna: Person) -> None:
    keys.page.keyboard.press("c")
    expect(keys.page.get_by_label("To", exact=True)).to_be_focused()
    keys.page.keyboard.type(anna.mail.address)
    keys.page.get_by_label("Subject").focus()
    keys.page.keyboard.type("Note to myself")
    keys.page.keyboard.press("Tab")
    keys.page.keyboard.type("Buy paper: j, k, e and # are only letters here.")
    keys.page.keyboard.press("Control+Enter")
    keys.sees_it_sent()
    keys.await_row("Note to myself")


def test_reply(keys: Window) -> None:
    keys.page.keyboard.press("j")
    keys.page.keyboard.press("o")
    keys.opened("One")
    keys.page.keyboard.press("r")
    expect(keys.page.get_by_label("Subject")).to_have_value("Re: One")
    expect(keys.text()).to_be_focused()


def test_search(keys: Window) -> None:
    keys.page.keyboard.press("/")
    keys.page.keyboard.type("subject:four")
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#rows .row")).to_have_count(1)
    keys.row("Four").wait_for()


def test_keys_work_from_within_a_newsletter(keys: Window, anna: Person) -> None:
    keys.deliver(anna, newsletter("Paper"))
    keys.home()
    pane = keys.read("Paper")
    pane.frame_locator(".mail-frame").get_by_role("heading", name="Paper news").click()
    keys.page.keyboard.press("j")
    keys.opened("One")
