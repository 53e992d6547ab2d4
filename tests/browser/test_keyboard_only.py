"""The ways of somebody who has a keyboard and nothing else, and what is read out on them."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.windows import Window
from tests.servers.live import Live, Person

FOCUS = "() => { const at = document.activeElement; return at.getAttribute('aria-label') || at.innerText || at.name; }"


def press(window: Window, *keys: str) -> None:
    for key in keys:
        window.page.keyboard.press(key)


def named(window: Window) -> str:
    """What has the focus, as it is called."""
    return str(window.page.evaluate(FOCUS)).strip()


def tab_to(window: Window, name: str, most: int = 40) -> None:
    """Tab until what has the focus is called so."""
    for _ in range(most):
        press(window, "Tab")
        if named(window).startswith(name):
            return
    raise AssertionError(f"{name} is not reached by {most} Tabs")


def test_from_the_sign_in_to_an_answer(open_window: Open, anna: Person) -> None:
    window = open_window()
    window.deliver(anna, letter("Older", age=2), letter("Lunch"))
    window.goto("/sign-in/")
    tab_to(window, "username")
    window.page.keyboard.type(anna.username)
    tab_to(window, "password")
    window.page.keyboard.type(anna.password)
    press(window, "Enter")
    window.page.wait_for_url("**/mail/**")
    press(window, "Tab", "Tab")
    assert named(window) == "Skip to the messages"
    press(window, "Enter", "Tab")
    expect(window.row("Lunch").locator(".row-link")).to_be_focused()
    press(window, "Enter")
    window.opened("Lunch")
    tab_to(window, "Reply")
    press(window, "Enter")
    expect(window.text()).to_be_focused()
    window.page.keyboard.type("With pleasure.")
    press(window, "Control+Enter")
    window.sees_it_sent()


def test_the_list_is_one_stop(window: Window, anna: Person) -> None:
    window.deliver(anna, letter("Older", age=2), letter("Lunch"))
    window.home()
    window.row("Lunch").locator(".row-link").focus()
    press(window, "ArrowDown")
    expect(window.row("Older").locator(".row-link")).to_be_focused()
    press(window, "ArrowRight")
    expect(window.row("Older").locator(".star")).to_be_focused()
    press(window, "Space")
    expect(window.row("Older").locator(".star")).to_have_attribute("aria-pressed", "true")
    window.row("Older").locator(".row-link").focus()
    press(window, "ArrowLeft")
    expect(window.row("Older").locator(".check")).to_be_focused()
    press(window, "Tab", "Shift+Tab")
    stops = window.page.locator("#rows .row [tabindex='0']")
    expect(stops).to_have_count(1)


def test_a_message_is_moved(anna: Person, live: Live, open_window: Open) -> None:
    with live.dovecot.imap(anna.mail) as client:
        client.create_folder("Projects")
    window = open_window(anna)
    window.deliver(anna, letter("Lunch"))
    window.home()
    window.row("Lunch").locator(".row-link").focus()
    press(window, "v")
    expect(window.page.get_by_role("button", name="Projects")).to_be_visible()
    if not named(window).startswith("Projects"):
        tab_to(window, "Projects")
    press(window, "Enter")
    expect(window.toast()).to_contain_text("Projects")
    expect(window.page.locator("#rows .row")).to_have_count(0)
    with live.dovecot.imap(anna.mail) as client:
        assert client.select_folder("Projects")[b"EXISTS"] == 1


def test_a_search_and_a_setting(window: Window, anna: Person) -> None:
    window.deliver(anna, letter("Lunch"), letter("Dinner"))
    window.home()
    press(window, "/")
    window.page.keyboard.type("subject:dinner")
    press(window, "Enter")
    expect(window.page.locator("#rows .row")).to_have_count(1)
    window.goto("/settings/keyboard/")
    tab_to(window, "single_keys")
    before = window.page.evaluate("document.activeElement.checked")
    press(window, "Space")
    window.settle()
    window.page.reload()
    assert window.page.locator("[name=single_keys]").is_checked() is not before


def test_what_is_read_out(window: Window, anna: Person) -> None:
    """Names and order as Chromium tells them to a screen reader."""
    window.deliver(anna, letter("Lunch"))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(1)
    expect(window.page.locator("#list")).to_match_aria_snapshot("""
        - region "Messages":
          - button "Folder column" [pressed]
          - search
          - link "Check for mail"
          - heading "Inbox" [level=1]
          - region "List of messages":
            - grid "Inbox":
              - rowgroup:
                - row "Today":
                  - columnheader "Today"
                - row:
                  - gridcell:
                    - 'checkbox "Select Gerda Grün: Lunch"'
                  - gridcell:
                    - link "Unread. Gerda Grün Lunch"
                  - gridcell:
                    - time
                    - button "Star"
    """)
    window.read("Lunch")
    expect(window.page.locator("#message")).to_match_aria_snapshot("""
        - article "Message":
          - toolbar "Message":
            - link "Reply"
            - link "Reply to all"
            - link "Forward"
            - button "Archive"
            - button "Delete"
            - button "Spam"
            - group
            - button "Mark as unread"
            - group
          - button "Newer message"
          - button "Older message"
          - region "Message text":
            - heading "Lunch" [level=1]
            - button "Star"
            - paragraph: Gerda Grün gerda@elsewhere.test
            - time
            - group: to list@elsewhere.test
            - text: Nothing new.
            - paragraph:
              - link "Reply"
              - link "Forward"
    """)
