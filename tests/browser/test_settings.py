"""Settings as people change them: saved at once, found by a word, keys by pressing them."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.test_accessibility import faults
from tests.browser.windows import Window
from tests.servers.live import Person

PAGES = ("", "appearance/", "reading/", "writing/", "keyboard/", "pictures/", "security/", "search/?q=s")


def setting(window: Window, name: str) -> Locator:
    return window.page.locator(f"#setting-{name}")


def ticked(window: Window, name: str) -> None:
    expect(setting(window, name).locator(".setting-tick")).to_have_text("Saved")


def test_a_change_is_saved_at_once_and_ticked(window: Window) -> None:
    window.goto("/settings/reading/")
    expect(window.page.get_by_role("button", name="Save")).to_have_count(0)
    window.page.get_by_label("Mark an opened message as read").select_option("After 5 seconds")
    ticked(window, "read_after")
    window.page.reload()
    expect(window.page.get_by_label("Mark an opened message as read")).to_have_value("5")


def test_without_a_script_a_button_saves(anna: Person, open_window: Open) -> None:
    bare = open_window(anna, java_script_enabled=False)
    bare.goto("/settings/reading/")
    bare.page.get_by_label("After archiving, moving or deleting, open").select_option("list")
    bare.page.get_by_role("button", name="Save").click()
    expect(bare.toast()).to_contain_text("Saved")
    bare.page.get_by_role("searchbox", name="Find a setting").fill("dark")
    bare.page.keyboard.press("Enter")
    bare.page.locator(".found-page a").first.click()
    expect(bare.page.locator("#setting-theme:target")).to_be_visible()


def test_a_theme_shows_at_once(window: Window) -> None:
    window.goto("/settings/appearance/")
    window.page.get_by_role("radio", name="Dark").check()
    expect(window.page.locator("html")).to_have_attribute("data-theme", "dark")
    ticked(window, "theme")
    window.home()
    expect(window.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_setting_is_found_by_a_word_and_shown(window: Window) -> None:
    window.goto("/settings/")
    window.page.get_by_role("searchbox", name="Find a setting").press_sequentially("quot")
    window.page.locator("#found").get_by_text("Place of the quoted text in a reply").click()
    expect(window.page.locator("#setting-quote_place:target")).to_be_visible()


def test_what_opens_after_an_act_is_chosen(window: Window, anna: Person) -> None:
    window.deliver(anna, *(letter(subject, age=9 - age) for age, subject in enumerate(("Four", "Three", "Two", "One"))))
    for choice, opened in (("previous", "Two"), ("list", None)):
        window.goto("/settings/reading/")
        window.page.get_by_label("After archiving, moving or deleting, open").select_option(choice)
        ticked(window, "after_act")
        window.home()
        window.read("Three" if opened else "One")
        window.tool("Archive").click()
        if opened:
            window.opened(opened)
        else:
            expect(window.page.get_by_role("heading", name="No message is open")).to_be_visible()


def test_an_opened_message_stays_unread_if_wanted(window: Window, anna: Person) -> None:
    window.deliver(anna, letter("Later", "Words."), letter("Now", "Words."))
    window.goto("/settings/reading/")
    window.page.get_by_label("Mark an opened message as read").select_option("Never by itself")
    ticked(window, "read_after")
    window.home()
    window.read("Later")
    window.read("Now")
    window.settle()
    window.home()
    expect(window.row("Later")).to_have_class("row is-unread")


def test_an_answer_is_written_below_the_quote(window: Window, anna: Person) -> None:
    window.deliver(anna, letter("Question", "How are you?"))
    window.goto("/settings/writing/")
    window.page.get_by_label("Above what I write").check()
    ticked(window, "quote_place")
    window.home()
    window.read("Question")
    window.tool("Reply").click()
    expect(window.text()).to_be_focused()
    window.page.keyboard.type("Well.")
    written = window.text().evaluate("element => element.value ?? element.innerText")
    assert written.index("How are you?") < written.index("Well.")


# -- keys ------------------------------------------------------------------------------------------------------------


def key_line(window: Window, command: str) -> Locator:
    return window.page.locator(f"#key-{command}")


def choose(window: Window, command: str, *pressed: str) -> None:
    window.page.locator(f"#slot-{command}-1").click()
    for key in pressed:
        window.page.keyboard.press(key)


def test_a_key_is_chosen_by_pressing_it(window: Window, anna: Person) -> None:
    window.deliver(anna, letter("One"), letter("Two"))
    window.goto("/settings/keyboard/")
    choose(window, "archive", "q")
    expect(key_line(window, "archive")).to_contain_text("Saved")
    choose(window, "go-send", "g", "q")
    expect(key_line(window, "go-send")).to_contain_text("G Q")
    window.home()
    window.page.keyboard.press("j")
    window.page.keyboard.press("e")  # no longer
    window.page.keyboard.press("q")
    expect(window.page.locator("#rows .row")).to_have_count(1)
    window.page.keyboard.press("?")
    shown = window.page.get_by_role("dialog", name="Keyboard shortcuts").locator("[data-does=archive] kbd")
    expect(shown).to_have_text(["Q", "Y"])
    window.page.keyboard.press("Escape")
    window.page.keyboard.press("g")
    window.page.keyboard.press("q")
    expect(window.page.locator("#list h1")).to_have_text("Sent")


def test_who_would_lose_a_key_is_named_first(window: Window) -> None:
    window.goto("/settings/keyboard/")
    choose(window, "archive", "s")
    conflict = key_line(window, "archive").get_by_role("alert")
    expect(conflict).to_contain_text("S belongs to “Star”, which would lose it.")
    conflict.get_by_text("Leave it").click()
    expect(conflict).to_have_count(0)
    expect(key_line(window, "star").locator("[data-slot=s]")).to_have_count(1)
    choose(window, "archive", "s")
    conflict.get_by_role("button", name="Use it here").click()
    expect(key_line(window, "star").locator("[data-slot=s]")).to_have_count(0)
    window.page.get_by_role("button", name="All keys as they were").click()
    expect(key_line(window, "star").locator("[data-slot=s]")).to_have_count(1)
    expect(key_line(window, "archive").locator("[data-slot=e]")).to_have_count(1)


def test_escape_leaves_a_key_as_it_is(window: Window) -> None:
    window.goto("/settings/keyboard/")
    choose(window, "archive", "Escape")
    expect(window.page.locator(".is-listening")).to_have_count(0)
    choose(window, "archive", "Control+c")
    expect(key_line(window, "archive").get_by_role("alert")).to_contain_text("belongs to the browser")
    expect(key_line(window, "archive").locator("[data-slot=e]")).to_have_count(1)


def test_the_hint_goes_for_good(window: Window) -> None:
    window.home()
    window.page.get_by_role("button", name="Got it").click()
    expect(window.page.locator(".hint-card")).to_have_count(0)
    window.home()
    expect(window.page.locator(".hint-card")).to_have_count(0)


def test_axe_has_nothing_against_the_settings(anna: Person, open_window: Open) -> None:
    window = open_window(anna, reduced_motion="reduce")  # else a colour may be on its way from one theme to the other
    for address in PAGES:
        window.goto(f"/settings/{address}")
        assert faults(window.page) == [], address
