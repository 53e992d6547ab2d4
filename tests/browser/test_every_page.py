"""A walk through every page, in both languages, on a desk and on a phone: nothing fails, breaks the content security
policy or is wider than its screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.letters import letter, newsletter, with_plan
from tests.browser.windows import DESK, PHONE, Window
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


def addresses(window: Window) -> Iterator[str]:
    """Every page's address, found as a person finds it: by links."""
    page = window.page
    inbox = page.url.removeprefix(window.live.url)
    account = inbox.split("/")[2]
    yield inbox
    messages = [link.get_attribute("href") or "" for link in page.locator("#rows .row-link").all()]
    for message in messages:
        yield message
        yield message.replace("/mail/", "/compose/") + "reply/"
        yield from (message.partition("?")[0] + name for name in ("source/", "print/"))
    yield messages[0].partition("?")[0] + "part/2/preview/"
    yield messages[0].replace("/mail/", "/compose/") + "all/"
    yield messages[0].replace("/mail/", "/compose/") + "forward/"
    yield from (f"/mail/{account}/{folder}/" for folder in ("Sent", "Drafts", "Trash", "Junk", "Archive"))
    yield f"{inbox}?q=is:unread"
    yield f"{inbox}?q=nothing+like+this"
    yield f"/folders/{account}/new/"
    yield f"/folders/{account}/Projects/rename/"
    yield f"/folders/{account}/Projects/delete/"
    yield f"/mail/{account}/Projects/"
    yield "/compose/"
    yield "/outbox/"
    yield from SETTINGS
    yield f"/settings/accounts/{account}/"
    yield f"/settings/accounts/{account}/remove/"
    yield "/people/"
    page.goto(window.live.url + "/people/")
    person = page.locator("table.people a.icon-btn").first.get_attribute("href") or ""
    yield person
    yield f"{person}delete/"


SETTINGS = [
    "/settings/",
    "/settings/password/",
    "/settings/accounts/",
    "/settings/accounts/add/",
    "/settings/accounts/add/?address=somebody@example.org",
    "/people/add/",
]
DJANGO_ADMIN = [
    "/admin/",
    "/admin/accounts/account/",
    "/admin/accounts/preset/",
    "/admin/accounts/preset/add/",
    "/admin/accounts/auditentry/",
    "/admin/compose/outgoing/",
]


def too_wide(page: Page) -> list[str]:
    """On a desk, then on a phone."""
    found: list[str] = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += page.evaluate(TOO_WIDE, BOXES)
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
    for address in addresses(window):
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
