"""A walk through every page, in both languages, on a desk, zoomed in and on phones: nothing fails, breaks the content
security policy or is wider than its screen."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.letters import letter, newsletter, with_plan
from tests.browser.pages import pages
from tests.browser.windows import DESK, PHONE, SMALL, ZOOMED
from tests.servers.live import Live, Person

# What is wider than its own box, of the page and of the boxes that scroll upwards and downwards only.
BOXES = "main,.page,.pane,.scroll,.read-scroll,.side-body,.composer,.solo-box,.bottom-bar,.pane-bar,.list-head"
TOO_WIDE = """(boxes) => [document.scrollingElement, ...document.querySelectorAll(boxes)]
    .filter((box) => box.scrollWidth > box.clientWidth + 1 && box.checkVisibility())
    .map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth} in ${box.clientWidth}`)"""


@pytest.fixture
def ada(live: Live) -> Person:
    """An admin with mail: every page has something to show."""
    return live.new_person("ada", admin=True)


DJANGO_ADMIN = [
    "/admin/",
    "/admin/accounts/account/",
    "/admin/accounts/preset/",
    "/admin/accounts/preset/add/",
    "/admin/accounts/auditentry/",
    "/admin/compose/outgoing/",
]


def too_wide(page: Page) -> list[str]:
    """On a desk, also zoomed in, then on phones."""
    found: list[str] = []
    for size in (DESK, ZOOMED, PHONE, SMALL):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"{size['width']}: {wide}" for wide in page.evaluate(TOO_WIDE, BOXES)]
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_fails_and_nothing_is_too_wide(ada: Person, open_window: Open, live: Live, language: str) -> None:
    window = open_window(locale=language)
    window.goto("/sign-in/")
    assert too_wide(window.page) == []
    long_word = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhersteller" * 2
    window.deliver(ada, letter(long_word, long_word), newsletter("Paper news 7"), with_plan("The plan"))
    with live.dovecot.imap(ada.mail) as client:
        client.create_folder("Projects")
        client.create_folder("Projects/" + long_word[:100])
    window.page.locator("[name=username]").fill(ada.username)
    window.page.locator("[name=password]").fill(ada.password)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/mail/**")
    found = {}
    for _view, _name, address in pages(window.page, live.url):
        window.goto(address)
        assert window.page.locator("html").get_attribute("lang") == language
        window.settle()
        if wide := too_wide(window.page):
            found[address] = wide
    assert found == {}


def test_the_admin_pages_of_django_work_under_our_policy(ada: Person, open_window: Open) -> None:
    window = open_window(ada)
    for address in DJANGO_ADMIN:
        window.goto(address)
        window.page.locator("#site-name").wait_for()
