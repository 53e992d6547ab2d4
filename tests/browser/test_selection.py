"""What is selected in the list, and what is done to all of a folder: by pointer, keys and finger, over reloads, and
without script."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.windows import PATIENCE, PHONE, Window
from tests.mailbox.letters import plain
from tests.servers.live import Live, Person

SUBJECTS = ["One", "Two", "Three", "Four", "Five"]  # newest first
MANY = 60  # more than a page


@pytest.fixture
def inbox(window: Window, anna: Person) -> Window:
    window.deliver(anna, *(letter(subject, age=age) for age, subject in reversed(list(enumerate(SUBJECTS)))))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(5)
    return window


@pytest.fixture
def full(window: Window, anna: Person, live: Live) -> Window:
    """A folder of two pages."""
    with live.dovecot.imap(anna.mail) as client:
        for each in range(MANY):
            client.append("INBOX", plain(f"letter {each}"))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(50)
    return window


def picked(window: Window) -> list[str]:
    return window.page.locator('#rows .row[aria-selected="true"] .row-subject').all_inner_texts()


def says(window: Window, words: str) -> None:
    """What the toolbar says, and a screen reader hears."""
    count = window.page.locator("[data-picked]")
    expect(count).to_have_text(words)
    expect(count).to_have_role("status")


def card(window: Window, words: str) -> Locator:
    """Of a job on a whole folder."""
    found = window.page.locator("#jobs .job").filter(has_text=words)
    expect(found).to_have_count(1, timeout=PATIENCE * 1000)
    return found


def pick_everything(window: Window) -> None:
    window.page.keyboard.press("Control+a")
    expect(window.page.get_by_text("All 50 on this page are selected.")).to_be_visible()
    window.page.get_by_text(f"Select all {MANY} in this folder").click()
    says(window, f"{MANY} selected")


def tool(window: Window, name: str) -> Locator:
    return window.page.locator(".list-picked").get_by_label(name, exact=True)


def test_from_here_to_there_and_one_more(inbox: Window) -> None:
    inbox.row("One").locator(".check").check()
    inbox.row("Three").locator(".row-link").click(modifiers=["Shift"])
    assert picked(inbox) == ["One", "Two", "Three"]
    inbox.row("Five").locator(".row-link").click(modifiers=["Control"])
    inbox.row("Two").locator(".row-link").click(modifiers=["Control"])
    assert picked(inbox) == ["One", "Three", "Five"]
    says(inbox, "3 selected")
    assert len(inbox.context.pages) == 1
    expect(inbox.page.locator("#message .mail")).to_have_count(0)
    inbox.row("Four").locator(".check").click()
    inbox.row("One").locator(".check").click(modifiers=["Shift"])
    assert picked(inbox) == ["Five"]


def test_by_keys(inbox: Window) -> None:
    keys = inbox.page.keyboard
    keys.press("j")
    keys.press("Shift+ArrowDown")
    keys.press("Shift+j")
    assert picked(inbox) == ["One", "Two", "Three"]
    keys.press("Shift+k")
    assert picked(inbox) == ["One", "Two"]
    keys.press("Escape")
    assert picked(inbox) == []
    keys.press("*")
    keys.press("a")
    says(inbox, "5 selected")
    keys.press("*")
    keys.press("n")
    says(inbox, "")
    keys.press("Control+a")
    assert len(picked(inbox)) == 5
    inbox.page.locator("[data-search]").press("Control+a")
    keys.press("Escape")
    assert len(picked(inbox)) == 5


def test_stays_while_rows_come_and_go(inbox: Window, anna: Person) -> None:
    for subject in ("Two", "Four"):
        inbox.row(subject).locator(".check").check()
    inbox.row("Three").locator(".row-end").hover()
    inbox.row("Three").locator(".row-actions").get_by_label("Archive").click()
    expect(inbox.row("Three")).to_have_count(0)
    assert picked(inbox) == ["Two", "Four"]
    inbox.deliver(anna, letter("Zero"))
    inbox.page.evaluate("htmx.trigger('#poll', 'again')")
    expect(inbox.row("Zero")).to_be_visible()
    assert picked(inbox) == ["Two", "Four"]
    says(inbox, "2 selected")


def test_a_finger_on_the_avatar(open_window: Open, inbox: Window, anna: Person) -> None:
    phone = open_window(anna, viewport=PHONE, has_touch=True, is_mobile=True)
    phone.home()
    box = phone.row("Two").locator(".row-pick").bounding_box()
    assert box
    phone.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert picked(phone) == ["Two"]
    says(phone, "1 selected")


def test_all_of_a_folder_is_moved_and_taken_back_after_a_reload(full: Window) -> None:
    pick_everything(full)
    tool(full, "Archive").click()
    card(full, f"{MANY} messages moved to Archive.")
    expect(full.page.locator("#rows .row")).to_have_count(0)
    full.page.reload()
    card(full, f"{MANY} messages moved to Archive.").get_by_role("button", name="Undo").click()
    card(full, f"{MANY} messages are back in Inbox.")
    expect(full.page.locator("#rows .row")).to_have_count(50)


def test_the_key_takes_back_what_was_done_last(full: Window) -> None:
    pick_everything(full)
    tool(full, "Star").click()
    card(full, f"{MANY} messages starred.").get_by_role("button", name="Close").click()
    expect(full.page.locator("#jobs .job")).to_have_count(0)
    full.page.reload()
    full.page.keyboard.press("z")
    card(full, f"Undone for {MANY} messages.")
    expect(full.page.locator('#rows .star[aria-pressed="true"]')).to_have_count(0)


def further(route: Route) -> None:
    """What the server says of a job, once that has come a bit further."""
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace('data-passed="0"', 'data-passed="20"'))


def test_the_list_follows_a_job(full: Window, anna: Person) -> None:
    full.live.kill("worker")
    try:
        pick_everything(full)
        tool(full, "Star").click()
        card(full, "Starring messages…")
        full.row("letter 58").locator(".check").check()
        full.row("letter 57").locator(".row-link").focus()
        with full.live.dovecot.imap(anna.mail) as client:
            client.select_folder("INBOX")
            client.add_flags(client.search("ALL"), "\\Flagged")
        full.page.route(re.compile("/jobs/"), further)
        expect(full.page.locator('#rows .star[aria-pressed="true"]')).to_have_count(50)
        assert picked(full) == ["letter 58"]
        expect(full.row("letter 57").locator(".row-link")).to_be_focused()
        full.page.unroute_all()
    finally:
        full.live.start_worker()
    card(full, "There was nothing to do.")


def test_all_that_match_a_search(full: Window, anna: Person) -> None:
    full.deliver(anna, letter("Another"))
    full.page.locator("[data-search]").fill("subject:letter")
    full.page.keyboard.press("Enter")
    expect(full.page).to_have_url(re.compile("q=subject"))
    full.page.locator("[data-pick-all]").evaluate("box => box.click()")
    full.page.get_by_text(f"Select all {MANY} that match this search").click()
    tool(full, "Delete").click()
    card(full, f"{MANY} messages moved to Trash.")
    full.home()
    expect(full.row("Another")).to_be_visible()
    assert full.page.locator("#rows .row").count() == 1


def test_let_go_of_all(full: Window) -> None:
    pick_everything(full)
    full.page.locator("#whole").get_by_role("button", name="Select none").click()
    says(full, "")
    expect(full.page.locator("#whole")).to_be_hidden()
    pick_everything(full)
    full.page.locator("#rows .row .check").first.click()
    says(full, "49 selected")
    assert not full.page.locator("[data-pick-everything]").is_checked()


def test_a_button_of_one_row_is_for_that_row(full: Window) -> None:
    pick_everything(full)
    full.page.locator("#rows .star").first.click()
    expect(full.page.locator('#rows .star[aria-pressed="true"]')).to_have_count(1)
    expect(full.page.locator("#jobs .job")).to_have_count(0)


def test_progress_and_a_stop(full: Window, live: Live) -> None:
    live.kill("worker")
    try:
        pick_everything(full)
        tool(full, "Archive").click()
        moving = card(full, "Moving messages to Archive…")
        expect(moving).to_contain_text(f"0 of {MANY}")
        expect(moving.get_by_role("progressbar")).to_have_attribute("max", str(MANY))
        full.goto("/outbox/")
        card(full, "Moving messages to Archive…").get_by_role("button", name="Stop").click()
        card(full, "Stopped.")
    finally:
        live.start_worker()
    full.home()
    expect(full.page.locator("#rows .row")).to_have_count(50)


def test_the_trash_is_emptied_after_a_question(window: Window, anna: Person, live: Live) -> None:
    with live.dovecot.imap(anna.mail) as client:
        for each in range(3):
            client.append("Trash", plain(f"letter {each}"))
    window.home()
    window.folder("Trash")
    window.page.get_by_role("button", name="Empty the trash").click()
    card(window, "3 messages deleted for good.")
    expect(window.page.locator("#rows .row")).to_have_count(0)
    assert window.watch.problems.pop() == "dialog: Delete all 3 messages for good? This can’t be undone."


def test_without_script(open_window: Open, full: Window, anna: Person) -> None:
    bare = open_window(anna, java_script_enabled=False)
    bare.home()
    bare.page.get_by_label(f"Select all {MANY} in this folder").check()
    bare.page.locator("#rows .row .check").first.check()  # shows the toolbar
    tool(bare, "Archive").click()
    expect(bare.page.get_by_role("heading", name="Whole folders")).to_be_visible()
    done = bare.page.get_by_text(re.compile(f"{MANY} messages moved to Archive"))
    bare.reload_until(done)
    bare.page.get_by_role("button", name="Undo").click()
    bare.reload_until(bare.page.get_by_text(f"{MANY} messages are back in Inbox."))
