"""Everything works without JavaScript, only with more clicks."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import letter, newsletter, with_plan
from tests.browser.windows import Window
from tests.servers.live import Person


@pytest.fixture
def bare(anna: Person, open_window: Open) -> Window:
    return open_window(anna, java_script_enabled=False)


def pick(window: Window, subject: str, button: str) -> None:
    """Tick a row and press a button of the bar above the list."""
    window.row(subject).get_by_role("checkbox").check()
    window.page.locator(".list-picked").get_by_label(button, exact=True).click()


def test_read_a_plain_mail_and_a_newsletter(bare: Window, anna: Person) -> None:
    bare.deliver(anna, letter("Lunch", "At noon?"), newsletter("Paper news 7"), with_plan("The plan"))
    bare.home()
    expect(bare.read("Lunch").locator(".mail-text")).to_have_text("At noon?")
    pane = bare.read("Paper news 7")
    expect(pane.frame_locator(".mail-frame").get_by_text("Three new papers.")).to_be_visible()
    pane = bare.read("The plan")
    with bare.page.expect_download() as saving:
        pane.get_by_label("Save Plan für März.bin").click()
    assert saving.value.suggested_filename == "Plan für März.bin"


def test_mark_star_move_and_delete(bare: Window, anna: Person) -> None:
    bare.deliver(anna, *(letter(subject) for subject in ("One", "Two", "Three", "Four")))
    bare.home()
    pick(bare, "One", "Mark as read")
    expect(bare.row("One")).to_have_class("row")
    pick(bare, "One", "Mark as unread")
    expect(bare.row("One")).to_have_class("row is-unread")
    bare.row("Two").get_by_label("Star", exact=True).click()
    expect(bare.row("Two").get_by_label("Star", exact=True)).to_have_attribute("aria-pressed", "true")
    pick(bare, "Three", "Archive")
    expect(bare.toast()).to_contain_text("Archive")
    expect(bare.row("Three")).to_have_count(0)
    bare.read("Four")
    bare.tool("Delete").click()
    expect(bare.row("Four")).to_have_count(0)
    bare.row("Two").get_by_role("checkbox").check()
    bare.page.locator(".list-picked summary").click()
    bare.page.locator(".list-picked .menu-targets").get_by_text("Junk").or_(
        bare.page.locator(".list-picked .menu-targets").get_by_text("Spam")
    ).first.click()
    expect(bare.row("Two")).to_have_count(0)
    bare.folder("Trash")
    bare.read("Four")
    bare.tool("Delete for good").click()
    expect(bare.page.get_by_text("1 message is deleted for good. This can’t be undone.")).to_be_visible()
    bare.page.get_by_role("button", name="Delete for good").click()
    expect(bare.page.get_by_role("heading", name="Nothing in Trash yet")).to_be_visible()


def test_search_and_turn_pages(bare: Window, anna: Person) -> None:
    bare.deliver(anna, *(letter(f"Number {number}", age=number) for number in reversed(range(53))))
    bare.home()
    expect(bare.row("Number 0")).to_be_visible()
    bare.page.get_by_role("link", name="Older", exact=True).click()
    expect(bare.row("Number 52")).to_be_visible()
    bare.page.get_by_label("Search mail").fill('subject:"number 51"')
    bare.page.keyboard.press("Enter")
    expect(bare.page.locator("#rows .row")).to_have_count(1)
    bare.read("Number 51")
    expect(bare.page.locator("#rows .row")).to_have_count(1)  # still the search


def test_compose_send_and_fetch(bare: Window, anna: Person, pop_paula: Person, open_window: Open) -> None:
    bare.page.get_by_role("link", name="Compose").first.click()
    bare.write("No script at all.", to=pop_paula.mail.address, subject="Plain")
    bare.page.get_by_label("Attach files").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"note"}
    )
    bare.page.get_by_role("button", name="Save draft").click()
    expect(bare.page.get_by_text("note.txt")).to_be_visible()
    bare.page.get_by_role("button", name="Send", exact=True).click()
    expect(bare.toast()).to_contain_text("Plain")
    bare.page.get_by_role("link", name="Outbox").first.click()
    bare.reload_until(bare.page.get_by_text("A copy is in Sent."))

    paulas = open_window(pop_paula, java_script_enabled=False)
    paulas.page.get_by_role("button", name="Check now").click()
    paulas.await_row("Plain")
    expect(paulas.read("Plain").locator(".mail-text")).to_have_text("No script at all.")


def test_folders_and_settings(bare: Window) -> None:
    bare.page.get_by_role("link", name="New folder").first.click()
    bare.page.get_by_label("Name", exact=True).fill("Bills")
    bare.page.get_by_role("button", name="Create").click()
    bare.folder("Bills")
    bare.page.locator(".list-head").get_by_label("This folder", exact=True).click()
    bare.page.get_by_role("link", name="Rename").click()
    bare.page.get_by_label("Name", exact=True).fill("Invoices")
    bare.page.locator("main form .btn-primary").click()
    bare.folder("Invoices")
    bare.page.locator(".list-head").get_by_label("This folder", exact=True).click()
    bare.page.get_by_role("link", name="Delete the folder").click()
    bare.page.get_by_role("button", name="Delete the folder").click()
    expect(bare.page.locator("#folders")).not_to_contain_text("Invoices")
    bare.goto("/settings/")
    bare.page.get_by_label("Your name").fill("Anna A.")
    bare.page.get_by_role("button", name="Save").click()
    expect(bare.page.get_by_label("Your name")).to_have_value("Anna A.")
