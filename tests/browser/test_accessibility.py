"""axe-core looks at every page and state, and has nothing against them.

The rules are all that axe-core has, best practices included. Motion is reduced: in the middle of a change of colours
none has the contrast it will have.
"""

from email.message import EmailMessage
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter, newsletter, with_plan
from tests.browser.pages import pages
from tests.browser.windows import DESK, PHONE, Window
from tests.servers.live import Live, Person

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
# Frames hold a mail's own document, which is its sender's.
LOOK = """async (rules) => (await axe.run(document, {
    iframes: false, resultTypes: ["violations"], ...(rules && {runOnly: {type: "rule", values: rules}}),
})).violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target} ${node.any[0]?.message ?? ""}`))"""
PAINT = "theme => { document.documentElement.dataset.theme = theme; }"
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:meeting@elsewhere.test
DTSTAMP:20300101T000000Z
DTSTART:20300105T090000Z
DTEND:20300105T100000Z
SUMMARY:A meeting
LOCATION:Room 3
ORGANIZER:mailto:gerda@elsewhere.test
ATTENDEE:mailto:list@elsewhere.test
END:VEVENT
END:VCALENDAR
"""
ON_PHONES = ("mailbox:folder", "mailbox:message", "compose:new")


def faults(page: Page, *, phone: bool = True) -> list[str]:
    """What axe-core has against the page as it is shown: on a desk and, if asked for, on a phone; in the dark only the
    colours are others."""
    page.evaluate(AXE)
    found: dict[str, None] = {}
    for size in (DESK, PHONE) if phone else (DESK,):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate(PAINT, "light")
        found |= dict.fromkeys(page.evaluate(LOOK))
        page.evaluate(PAINT, "dark")
        found |= dict.fromkeys(page.evaluate(LOOK, ["color-contrast"]))
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return list(found)


@pytest.fixture
def still(open_window: Open, anna: Person) -> Window:
    """Anna's, in which nothing moves."""
    return open_window(anna, reduced_motion="reduce")


def test_pages_of_what_is_not_there(still: Window) -> None:
    still.expects(404)
    for address in ("/mail/1000000/INBOX/", "/nothing/"):
        still.goto(address)
        assert faults(still.page) == []


def test_the_way_in(open_window: Open) -> None:
    window = open_window(reduced_motion="reduce")
    window.goto("/sign-in/")
    assert faults(window.page) == []
    window.page.locator("[name=username]").fill("nobody")
    window.page.locator("[name=password]").fill("wrong")
    window.page.keyboard.press("Enter")
    window.page.locator("[role=alert]").first.wait_for()
    assert faults(window.page) == []


def test_every_page(open_window: Open, live: Live) -> None:
    admin = live.new_person("ada", admin=True)
    window = open_window(admin, reduced_motion="reduce")
    window.deliver(admin, letter("A letter"), newsletter("Paper news 7"), with_plan("The plan"))
    with live.dovecot.imap(admin.mail) as client:
        client.create_folder("Projects")
    window.home()
    found = {}
    for view, name, address in list(pages(window.page, live.url, messages=1)):
        if view == "mailbox:printed":  # its sandbox runs no script, so not axe-core either
            continue
        window.goto(address)
        window.settle()
        if bad := faults(window.page, phone=view in ON_PHONES):
            found[name] = bad
    assert found == {}


def invitation(subject: str) -> EmailMessage:
    mail = letter(subject, "Shall we meet?")
    mail.add_alternative(CALENDAR, subtype="calendar", params={"method": "REQUEST"})
    return mail


def test_messages_of_every_kind(still: Window, anna: Person) -> None:
    page = still.page
    assert faults(page) == [], "an empty inbox"
    pretended = letter("From the bank", "Please confirm: http://0x7f.1/login and https://www.xn--pple-43d.com/")
    pretended.replace_header("From", '"support@bank.test" <gerda@elsewhere.test>')
    pretended["Reply-To"] = "somebody@other.test"
    passed_on = letter("Passed on", "See within.")
    passed_on.add_attachment(letter("Within", "The inner one."))
    mails = (newsletter("Paper news 7"), with_plan("The plan"), invitation("A meeting"), pretended, passed_on)
    still.deliver(anna, *mails)
    still.home()
    expect(page.locator("#rows .row")).to_have_count(len(mails))
    found = {}
    for mail in mails:
        still.read(str(mail["Subject"]))
        still.settle()
        if bad := faults(page):
            found[str(mail["Subject"])] = bad
    assert found == {}


def test_the_list_in_its_states(still: Window, anna: Person) -> None:
    page = still.page
    still.deliver(anna, letter("A letter", age=1), letter("Another"))
    still.home()
    expect(page.locator("#rows .row")).to_have_count(2)
    page.locator("#rows .check").first.check(force=True)
    expect(page.locator("[data-picked]")).to_contain_text("1")
    assert faults(page) == [], "selected"
    press = page.keyboard.press
    press("v")
    page.locator("details.menu-host[open]").wait_for()
    assert faults(page, phone=False) == [], "the menu of folders"
    press("Escape")
    press("e")
    expect(still.toast()).to_contain_text("Undo")
    assert faults(page) == [], "the way back"
    press("?")
    page.locator("dialog[open]").wait_for()
    assert faults(page, phone=False) == [], "the sheet of keys"


def test_writing_in_its_states(still: Window, anna: Person) -> None:
    still.expects(422)
    page = still.page
    still.goto("/compose/")
    still.write("Hello", to="nobody at all", subject="A letter")
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".composer-error, .composer-errors > *").first.wait_for()
    assert faults(page) == [], "with an error"
    page.locator("[name=to]").fill(anna.mail.address)
    still.send()
    still.goto("/outbox/")
    assert faults(page) == [], "what was sent"
