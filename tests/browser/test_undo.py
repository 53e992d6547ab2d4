"""What was done is taken back: by the toast, by its key, after a reload and from another tab."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.windows import Window
from tests.servers.live import Person

SUBJECTS = ["One", "Two", "Three", "Four"]  # newest first


def filled(window: Window, person: Person) -> Window:
    window.deliver(person, *(letter(subject, age=age) for age, subject in reversed(list(enumerate(SUBJECTS)))))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(4)
    return window


@pytest.fixture
def inbox(window: Window, anna: Person) -> Window:
    """Anna's, with four mails."""
    return filled(window, anna)


def pick(window: Window, *subjects: str) -> None:
    for subject in subjects:
        window.row(subject).get_by_role("checkbox").check()


def archive(window: Window, *subjects: str) -> None:
    pick(window, *subjects)
    window.page.locator(".list-picked").get_by_label("Archive", exact=True).click()
    for subject in subjects:
        expect(window.row(subject)).to_have_count(0)


def test_by_the_button_of_the_toast(inbox: Window) -> None:
    archive(inbox, "One", "Three")
    inbox.toast().get_by_role("button", name="Undo").click()
    expect(inbox.toast()).to_contain_text("2 messages are back in Inbox.")
    expect(inbox.row("Three")).to_be_visible()
    assert inbox.page.locator("#rows .row").count() == 4
    expect(inbox.page.locator("[data-undo]")).to_have_count(0)


def test_by_the_key_after_a_reload_and_once(inbox: Window) -> None:
    archive(inbox, "Two")
    inbox.page.reload()
    inbox.page.keyboard.press("z")
    expect(inbox.row("Two")).to_be_visible()
    inbox.page.keyboard.press("z")
    expect(inbox.toast()).to_contain_text("There is nothing to undo")


def test_from_another_tab(inbox: Window) -> None:
    archive(inbox, "Two")
    other = inbox.context.new_page()
    other.goto(inbox.page.url)
    other.keyboard.press("z")
    expect(other.locator("#rows .row")).to_have_count(4)
    inbox.toast().get_by_role("button", name="Undo").click()
    expect(inbox.toast()).to_contain_text("undone already")
    expect(inbox.row("Two")).to_be_visible()


def test_a_star_is_taken_back_where_it_stands(inbox: Window) -> None:
    star = inbox.row("Two").get_by_label("Star", exact=True)
    star.click()
    expect(inbox.toast()).to_contain_text("1 message starred.")
    inbox.page.keyboard.press("z")
    expect(star).to_have_attribute("aria-pressed", "false")


def test_in_a_search_the_list_comes_again(inbox: Window) -> None:
    inbox.page.get_by_label("Search mail").fill("subject:Two")
    inbox.page.keyboard.press("Enter")
    expect(inbox.page.locator("#rows .row")).to_have_count(1)
    archive(inbox, "Two")
    inbox.toast().get_by_role("button", name="Undo").click()
    expect(inbox.row("Two")).to_be_visible()


def test_without_script(anna: Person, open_window: Open) -> None:
    bare = filled(open_window(anna, java_script_enabled=False), anna)
    archive(bare, "One", "Two")
    bare.toast().get_by_role("button", name="Undo").click()
    expect(bare.toast()).to_contain_text("2 messages are back in Inbox.")
    assert bare.subjects() == SUBJECTS


def test_a_selection_is_counted_and_stays(inbox: Window) -> None:
    count = inbox.page.locator("[data-picked]")
    inbox.row("One").get_by_role("checkbox").check()
    expect(count).to_have_text("1 selected")
    inbox.row("Three").get_by_role("checkbox").click(modifiers=["Shift"])
    expect(count).to_have_text("3 selected")
    inbox.read("Two")
    inbox.page.keyboard.press("j")
    inbox.opened("Three")
    expect(inbox.row("Three")).not_to_have_class("row is-unread")
    expect(count).to_have_text("3 selected")
    expect(inbox.page.locator("#rows .row[aria-selected=true]")).to_have_count(3)


@pytest.mark.parametrize("keys", [["Control+a"], ["*", "a"]])
def test_all_are_selected_by_keys(inbox: Window, keys: list[str]) -> None:
    inbox.page.keyboard.press("j")
    for key in keys:
        inbox.page.keyboard.press(key)
    expect(inbox.page.locator("[data-picked]")).to_have_text("4 selected")


@pytest.mark.parametrize("sure", [True, False])
def test_what_has_no_undo_asks(inbox: Window, sure: bool) -> None:
    inbox.page.keyboard.press("j")
    inbox.page.keyboard.press("#")
    expect(inbox.row("One")).to_have_count(0)
    inbox.folder("Trash")
    inbox.page.evaluate("answer => { window.confirm = (words) => { window.asked = words; return answer; } }", sure)
    pick(inbox, "One")
    inbox.page.locator(".list-picked").get_by_label("Delete for good", exact=True).click()
    inbox.page.wait_for_function("window.asked")
    expect(inbox.row("One")).to_have_count(0 if sure else 1)
    inbox.page.reload()
    expect(inbox.page.locator("#rows")).to_be_visible()
    expect(inbox.row("One")).to_have_count(0 if sure else 1)
