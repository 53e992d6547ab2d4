"""Room on a phone: for fingers, for the keyboard, for the bars of the system."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import letter, newsletter
from tests.browser.test_phone import TOUCH
from tests.browser.windows import Window
from tests.servers.live import Person

# What can be pressed and is smaller than 44 px, its invisible rim included; a whole row or card that opens is large.
TOO_SMALL = """() => {
    const shown = (each) => each.checkVisibility({ checkVisibilityCSS: true }) && !each.closest("[inert]");
    const rim = (each) => {
        const after = getComputedStyle(each, "::after");
        return after.content !== "none" && after.position === "absolute" ? after : { width: 0, height: 0 };
    };
    const small = (each) => {
        const box = each.getBoundingClientRect(), { width, height } = rim(each);
        const size = [Math.max(box.width, parseFloat(width) || 0), Math.max(box.height, parseFloat(height) || 0)];
        return box.width && box.height && Math.min(...size) < 43.5;
    };
    const pressed = "a[href], button, summary, select, textarea, input:not([type=hidden])";
    const whole = ".skip, .sr, .row-link, .file-name, label.choice *, label.switch *, .composer-attach *";
    const all = [...document.querySelectorAll(pressed)].filter((each) => !each.matches(whole) && shown(each));
    return all.filter(small).map((each) => each.outerHTML.slice(0, 160));
}"""


@pytest.fixture
def phone(anna: Person, open_window: Open) -> Window:
    window = open_window(anna, **TOUCH)
    window.deliver(anna, letter("Lunch"), newsletter("Paper news 7"))
    window.home()
    window.settle()
    return window


def test_everything_can_be_hit(phone: Window) -> None:
    assert phone.page.evaluate(TOO_SMALL) == []
    phone.row("Paper news 7").locator(".row-link").tap()
    phone.opened("Paper news 7")
    assert phone.page.evaluate(TOO_SMALL) == []
    phone.tool("Back to the list").tap()
    phone.row("Lunch").locator(".row-pick").tap()
    assert phone.page.evaluate(TOO_SMALL) == []
    phone.page.locator(".bottom-bar").get_by_text("Folders").tap()
    expect(phone.page.get_by_role("dialog", name="Mail")).to_be_visible()
    assert phone.page.evaluate(TOO_SMALL) == []


def test_everything_can_be_hit_beside_the_mailbox(phone: Window) -> None:
    small = {}
    for path in ("/compose/", "/outbox/", "/settings/accounts/"):
        phone.goto(path)
        phone.settle()
        small[path] = phone.page.evaluate(TOO_SMALL)
    assert not any(small.values()), small


def test_the_keyboard_leaves_send_in_sight(phone: Window) -> None:
    """A keyboard makes the page as much smaller as it is high (interactive-widget in base.html)."""
    phone.goto("/compose/")
    phone.page.set_viewport_size({"width": 390, "height": 400})
    phone.text().tap()
    phone.page.keyboard.type("One line.\n" * 30)
    expect(phone.page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport(ratio=1)


def test_the_system_gets_the_colour_of_the_page(phone: Window) -> None:
    colours = "() => [...document.querySelectorAll('meta[name=theme-color]')].map((meta) => meta.content)"
    light = phone.page.evaluate(colours)
    assert len(set(light)) == 1
    phone.page.evaluate("() => { document.documentElement.dataset.theme = 'dark' }")
    assert phone.page.evaluate(colours) != light
