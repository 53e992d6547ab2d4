"""The mailbox without a mouse."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.letters import letter, newsletter
from tests.browser.windows import Window
from tests.servers.live import Person
from webmail.mailbox.keys import SHORTCUTS

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
    expect(keys.row("One")).to_have_class("row is-starred")
    keys.page.keyboard.press("Shift+U")
    expect(keys.row("One")).to_have_class("row is-unread is-starred")


def test_compose_and_send(keys: Window, anna: Person) -> None:
    keys.page.keyboard.press("c")
    expect(keys.composer().get_by_label("To", exact=True)).to_be_focused()
    keys.page.keyboard.type(anna.mail.address)
    keys.composer().get_by_label("Subject").focus()
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
    expect(keys.composer().get_by_label("Subject")).to_have_value("Re: One")
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


def sheet(window: Window) -> Locator:
    return window.page.get_by_role("dialog", name="Keyboard shortcuts")


def test_the_sheet_lists_every_key_and_gives_the_focus_back(keys: Window) -> None:
    keys.page.keyboard.press("j")
    keys.page.keyboard.press("?")
    expect(sheet(keys)).to_be_visible()
    shown = sheet(keys).locator("[data-keys]").evaluate_all("all => all.map(one => one.dataset.keys)")
    assert shown == [name for shortcut in SHORTCUTS.values() for name in shortcut.keys]
    keys.page.keyboard.press("c")  # nothing of the page answers beneath it
    keys.page.keyboard.press("Escape")
    expect(sheet(keys)).to_be_hidden()
    assert focused(keys) == "One"
    keys.page.get_by_role("button", name="Keyboard shortcuts").click()
    sheet(keys).get_by_role("button", name="Close").click()
    expect(keys.page.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()


def test_go_to_folders(keys: Window) -> None:
    heading = keys.page.locator("#list h1")
    for pressed, folder in (("gt", "Sent"), ("gd", "Drafts"), ("gi", "Inbox")):
        for one in pressed:
            keys.page.keyboard.press(one)
        expect(heading).to_have_text(folder)
    keys.page.keyboard.press("g")
    keys.page.keyboard.press("f")
    expect(keys.page.locator("#folders [aria-current=page]")).to_be_focused()
    keys.page.keyboard.press("ArrowDown")
    keys.page.keyboard.press("Enter")
    expect(heading).not_to_have_text("Inbox")


def test_all_are_selected_and_marked(keys: Window) -> None:
    for pressed in ("*", "a", "Shift+I"):
        keys.page.keyboard.press(pressed)
    expect(keys.page.locator("#rows .row.is-unread")).to_have_count(0)
    assert keys.subjects() == SUBJECTS


def test_the_row_with_the_focus_is_spam_or_moved(keys: Window) -> None:
    keys.page.keyboard.press("j")
    keys.page.keyboard.press("!")
    expect(keys.row("One")).to_have_count(0)
    keys.page.keyboard.press("v")
    expect(keys.page.locator(".list-picked .menu-targets button").first).to_be_focused()
    keys.page.keyboard.press("Escape")
    keys.page.locator(".list-picked .menu-targets").wait_for(state="hidden")
    assert keys.subjects() == SUBJECTS[1:]


def test_a_title_tells_the_key(keys: Window) -> None:
    star = keys.row("One").get_by_label("Star", exact=True)
    star.hover()
    expect(star).to_have_attribute("title", "Star (S)")
    expect(star).to_have_attribute("aria-keyshortcuts", "S")


def test_keys_held_with_others_belong_to_the_browser(keys: Window) -> None:
    keys.page.keyboard.press("j")
    for held in ("Control", "Alt", "Meta"):
        keys.page.keyboard.press(f"{held}+e")
        keys.page.keyboard.press("j")
        assert keys.subjects() == SUBJECTS, held
        keys.page.keyboard.press("k")
    keys.page.keyboard.press("j")
    assert focused(keys) == "Two"


def test_single_keys_are_switched_off(keys: Window) -> None:
    keys.goto("/settings/keyboard/")
    keys.page.get_by_role("switch", name="Shortcuts of a single key").uncheck()
    expect(keys.page.get_by_role("status").get_by_text("Saved", exact=True)).to_be_visible()
    keys.home()
    keys.page.locator("#rows .row-link").first.focus()
    for pressed in ("j", "e", "?", "g", "t"):
        keys.page.keyboard.press(pressed)
    assert focused(keys) == "One"
    expect(sheet(keys)).to_be_hidden()
    keys.page.keyboard.press("ArrowDown")
    assert focused(keys) == "Two"
    keys.page.keyboard.press("Delete")
    expect(keys.row("Two")).to_have_count(0)


def test_the_sheet_says_that_single_keys_are_off(keys: Window) -> None:
    keys.goto("/settings/keyboard/")
    keys.page.get_by_role("switch").uncheck()
    expect(keys.page.get_by_role("status").get_by_text("Saved", exact=True)).to_be_visible()
    keys.home()
    keys.page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(sheet(keys)).to_contain_text("Single-key shortcuts are off.")
