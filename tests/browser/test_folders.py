"""The folder column in a real window: its tree, the menu of a line by mouse and by keys, dialogs, and mail dragged
there."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.test_accessibility import faults
from tests.browser.windows import PHONE, Window
from tests.servers.live import Live, Person

SUBJECTS = ["One", "Two", "Three", "Four"]  # newest first


def with_folders(live: Live, person: Person, *names: str) -> None:
    with live.dovecot.imap(person.mail) as client:
        for name in names:
            client.create_folder(name)
            client.subscribe_folder(name)


@pytest.fixture
def inbox(window: Window, anna: Person) -> Window:
    """Anna's, with four mails and a few folders."""
    with_folders(window.live, anna, "Clients", "Clients/Lune", "Clients/Lune/2026", "Été")
    window.deliver(anna, *(letter(subject, age=age) for age, subject in reversed(list(enumerate(SUBJECTS)))))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(4)
    window.settle()
    return window


def item(window: Window, label: str) -> Locator:
    return window.page.locator("#folders a.nav-item").filter(has=window.page.get_by_text(label, exact=True))


def line(window: Window, label: str) -> Locator:
    return window.page.locator("#folders .nav-line").filter(has=window.page.get_by_text(label, exact=True))


def open_menu(window: Window, label: str) -> Locator:
    line(window, label).hover()
    line(window, label).locator(".nav-more").click()
    menu = window.page.locator(".folder-menu")
    expect(menu).to_be_visible()
    return menu


def choose(window: Window, label: str, what: str) -> None:
    open_menu(window, label).get_by_text(what, exact=True).click()


def remembered(window: Window) -> None:
    """Wait till the window has noted what is folded up: a browser tells of it a moment after it shows it."""
    window.page.wait_for_function("document.cookie.includes('folded=')")


def test_what_is_folded_up_stays_so(inbox: Window) -> None:
    page = inbox.page
    line(inbox, "Clients").locator(".nav-fold > summary").click()
    expect(item(inbox, "Lune")).to_be_hidden()
    remembered(inbox)
    page.reload()
    expect(item(inbox, "Clients")).to_be_visible()
    inbox.settle()
    expect(item(inbox, "Lune")).to_be_hidden()
    line(inbox, "Clients").locator(".nav-fold > summary").click()
    expect(item(inbox, "2026")).to_be_visible()
    page.wait_for_function("!/folded=\\w/.test(document.cookie)")
    page.reload()
    expect(item(inbox, "2026")).to_be_visible()


def test_an_account_that_is_folded_up_stays_so(inbox: Window) -> None:
    page = inbox.page
    page.locator("#folders .account > summary").click()
    expect(item(inbox, "Trash")).to_be_hidden()
    remembered(inbox)
    page.reload()
    inbox.settle()
    expect(item(inbox, "Trash")).to_be_hidden()
    page.locator("#folders .account > summary").click()
    expect(item(inbox, "Trash")).to_be_visible()


def test_arrows_fold_and_unfold(inbox: Window) -> None:
    page = inbox.page
    item(inbox, "Clients").focus()
    page.keyboard.press("ArrowLeft")
    expect(item(inbox, "Lune")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(item(inbox, "Lune")).to_be_visible()
    item(inbox, "2026").focus()
    page.keyboard.press("ArrowLeft")
    expect(item(inbox, "Lune")).to_be_focused()


def test_rename_by_the_menu(inbox: Window) -> None:
    choose(inbox, "Été", "Rename")
    dialog = inbox.page.get_by_role("dialog", name="Rename a folder")
    field = dialog.get_by_label("Name")
    expect(field).to_be_focused()
    inbox.expects(422)
    field.fill("a/b")
    field.press("Enter")
    expect(dialog).to_contain_text("A folder name can’t have “/” in it.")
    dialog.get_by_label("Name").fill("Automne")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog).to_be_hidden()
    expect(item(inbox, "Automne")).to_be_visible()
    expect(item(inbox, "Été")).to_have_count(0)
    expect(inbox.toast()).to_contain_text("The folder is now called Automne.")
    expect(inbox.row("One")).to_be_visible()


def test_the_menu_by_keys_alone(inbox: Window) -> None:
    page = inbox.page
    item(inbox, "Été").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    menu = page.locator(".folder-menu")
    expect(menu.get_by_role("button", name="Mark all as read")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link", name="New folder inside")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(line(inbox, "Été").locator(".nav-more")).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Mark all as read")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New folder")
    expect(dialog.get_by_label("Inside")).to_have_value("Été")
    dialog.get_by_label("Name").fill("Août")
    page.keyboard.press("Enter")
    expect(item(inbox, "Août")).to_be_visible()
    expect(page.locator(".menu-targets").first).to_contain_text("Août")


def test_the_menu_with_the_right_button(inbox: Window) -> None:
    item(inbox, "Été").click(button="right")
    menu = inbox.page.locator(".folder-menu")
    expect(menu).to_contain_text("Delete the folder")
    inbox.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def test_move_into_another_folder(inbox: Window) -> None:
    choose(inbox, "Été", "Move into another folder")
    dialog = inbox.page.get_by_role("dialog", name="Move a folder")
    dialog.get_by_label("Inside").select_option("Clients")
    dialog.get_by_role("button", name="Move").click()
    expect(line(inbox, "Été").locator("xpath=ancestor::ul[1]/preceding-sibling::div")).to_contain_text("Clients")


def test_delete_and_take_it_back(inbox: Window) -> None:
    choose(inbox, "Clients", "Delete the folder")
    expect(inbox.toast()).to_contain_text("The folder Clients was moved to Trash.")
    expect(line(inbox, "Clients").locator("xpath=ancestor::ul[1]/preceding-sibling::div")).to_contain_text("Trash")
    inbox.toast().get_by_role("button", name="Undo").click()
    expect(inbox.toast()).to_contain_text("The folder Clients is back.")
    expect(line(inbox, "Clients").locator("xpath=ancestor::ul[2]")).to_have_count(0)
    expect(item(inbox, "2026")).to_be_visible()


def test_delete_the_open_folder(inbox: Window) -> None:
    inbox.folder("Été")
    choose(inbox, "Été", "Delete the folder")
    expect(inbox.page.locator("#list h1")).to_have_text("Inbox")
    expect(inbox.toast()).to_contain_text("The folder Été was deleted.")


def test_empty_asks_first(inbox: Window) -> None:
    inbox.page.keyboard.press("*")
    inbox.page.keyboard.press("a")
    inbox.page.locator(".list-picked").get_by_label("Delete", exact=True).click()
    expect(inbox.page.locator("#rows .row")).to_have_count(0)
    choose(inbox, "Trash", "Empty the trash")
    dialog = inbox.page.get_by_role("dialog", name="Empty Trash")
    expect(dialog).to_contain_text("4 messages are deleted for good. This can’t be undone.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    choose(inbox, "Trash", "Empty the trash")
    dialog.get_by_role("button", name="Empty").click()
    expect(inbox.toast()).to_contain_text("4 messages deleted for good.")


def test_mark_all_as_read(inbox: Window) -> None:
    expect(item(inbox, "Inbox").locator(".badge")).to_contain_text("4")
    choose(inbox, "Inbox", "Mark all as read")
    expect(item(inbox, "Inbox").locator(".badge")).to_have_count(0)
    expect(inbox.page.locator("#rows .row.is-unread")).to_have_count(0)
    inbox.toast().get_by_role("button", name="Undo").click()
    expect(item(inbox, "Inbox").locator(".badge")).to_contain_text("4")


def test_hide_and_show(inbox: Window) -> None:
    choose(inbox, "Été", "Hide in the column")
    expect(item(inbox, "Été")).to_have_count(0)
    item(inbox, "All folders").click()
    hidden = inbox.page.locator(".folder-row.is-hidden")
    expect(hidden).to_contain_text("Été")
    hidden.locator("summary").click()
    hidden.get_by_role("button", name="Show in the column").click()
    expect(item(inbox, "Été")).to_be_visible()


def test_space_used(inbox: Window) -> None:
    expect(inbox.page.locator("#folders .quota")).to_contain_text("of 524.3 MB used")
    assert inbox.page.locator("#folders .quota progress").get_attribute("max") == "100"


# -- dragged mail


def drag(window: Window, subject: str, label: str) -> None:
    """By the mouse, as a hand does it."""
    page = window.page
    window.row(subject).hover()
    page.mouse.down()
    item(window, label).hover()
    item(window, label).hover()
    expect(page.locator("#folders .nav-item.is-over")).to_have_count(1)
    page.mouse.up()


def test_a_row_is_dragged_and_comes_back(inbox: Window) -> None:
    drag(inbox, "Two", "Été")
    expect(inbox.row("Two")).to_have_count(0)
    expect(inbox.toast()).to_contain_text("1 message moved to Été.")
    inbox.toast().get_by_role("button", name="Undo").click()
    expect(inbox.row("Two")).to_be_visible()
    expect(inbox.page.locator(".is-dragging, .is-target, .drag-count")).to_have_count(0)


def test_the_selection_is_dragged(inbox: Window) -> None:
    for subject in ("One", "Three"):
        inbox.row(subject).get_by_role("checkbox").check()
    drag(inbox, "Three", "Lune")
    expect(inbox.toast()).to_contain_text("2 messages moved to Lune.")
    expect(inbox.page.locator("#rows .row")).to_have_count(2)


def test_a_row_outside_the_selection_is_dragged_alone(inbox: Window) -> None:
    inbox.row("One").get_by_role("checkbox").check()
    drag(inbox, "Four", "Lune")
    expect(inbox.toast()).to_contain_text("1 message moved to Lune.")
    expect(inbox.row("One")).to_be_visible()


def test_a_folder_opens_under_what_is_dragged(inbox: Window) -> None:
    line(inbox, "Clients").locator(".nav-fold > summary").click()
    expect(item(inbox, "Lune")).to_be_hidden()
    inbox.row("One").hover()
    inbox.page.mouse.down()
    item(inbox, "Clients").hover()
    item(inbox, "Clients").hover()
    expect(item(inbox, "Lune")).to_be_visible()
    item(inbox, "Lune").hover()
    item(inbox, "Lune").hover()
    inbox.page.mouse.up()
    expect(inbox.toast()).to_contain_text("1 message moved to Lune.")


def test_nothing_is_moved_into_its_own_folder(inbox: Window) -> None:
    inbox.row("One").hover()
    inbox.page.mouse.down()
    item(inbox, "Inbox").hover()
    item(inbox, "Inbox").hover()
    expect(inbox.page.locator(".is-over")).to_have_count(0)
    inbox.page.mouse.up()
    expect(inbox.page.locator(".is-dragging")).to_have_count(0)
    expect(inbox.page.locator("#rows .row")).to_have_count(4)


# -- elsewhere


def test_on_a_phone(live: Live, open_window: Open, anna: Person) -> None:
    with_folders(live, anna, "Clients", "Clients/Lune")
    window = open_window(anna, viewport=PHONE, has_touch=True, is_mobile=True)
    window.home()
    window.page.locator('a[href="#folders"]').first.tap()
    more = line(window, "Lune").locator(".nav-more")
    box = more.bounding_box()
    assert box
    assert round(min(box["width"], box["height"])) >= 44
    more.tap()
    menu = window.page.locator(".folder-menu")
    expect(menu).to_contain_text("Delete the folder")
    assert round(menu.evaluate("menu => menu.getBoundingClientRect().bottom")) == PHONE["height"]
    heights = menu.locator(".menu-item").evaluate_all("all => all.map((each) => each.getBoundingClientRect().height)")
    assert round(min(heights)) >= 44
    menu.get_by_text("Rename", exact=True).tap()
    expect(window.page.get_by_role("dialog", name="Rename a folder")).to_be_visible()


def test_without_script(live: Live, open_window: Open, anna: Person) -> None:
    with_folders(live, anna, "Clients", "Clients/Lune")
    window = open_window(anna, java_script_enabled=False)
    window.home()
    line(window, "Clients").locator(".nav-fold > summary").click()
    expect(item(window, "Lune")).to_be_hidden()
    line(window, "Clients").hover()
    line(window, "Clients").locator(".nav-more").click()
    row = window.page.locator(".folder-row:target")
    expect(row).to_contain_text("Clients")
    row.locator("summary").click()
    row.get_by_role("button", name="Delete the folder").click()
    expect(window.toast()).to_contain_text("The folder Clients was moved to Trash.")
    window.toast().get_by_role("button", name="Undo").click()
    expect(window.toast()).to_contain_text("The folder Clients is back.")


def test_axe(inbox: Window) -> None:
    page = inbox.page
    page.emulate_media(reduced_motion="reduce")  # no colour is looked at on its way to another
    assert faults(page) == []
    open_menu(inbox, "Été")
    assert faults(page) == []
    page.locator(".folder-menu").get_by_text("Rename", exact=True).click()
    expect(page.get_by_role("dialog", name="Rename a folder")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    item(inbox, "All folders").click()
    expect(page.locator(".folder-list")).to_be_visible()
    assert faults(page) == []
