"""A message within a message, opened where it stands: by keyboard, on a phone, and without a script."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import html, letter, newsletter
from tests.browser.windows import PHONE
from tests.servers.live import Person

SUBJECT = "Two that came"


def forwarded() -> EmailMessage:
    """A mail with two within it: one of HTML with a picture of its own, one of text that holds a third."""
    innermost = letter("Innermost", "The words at the bottom.")
    middle = letter("Middle", "Words in between.")
    middle.add_attachment(message_from_bytes(innermost.as_bytes(), policy=SMTP))
    mail = letter(SUBJECT, "See below.")
    for inner in (newsletter("Paper"), middle):
        mail.add_attachment(message_from_bytes(inner.as_bytes(), policy=SMTP))
    return mail


@pytest.mark.parametrize("on_phone", [False, True])
def test_messages_within_open_one_within_the_other(open_window: Open, anna: Person, on_phone: bool) -> None:
    window = open_window(anna, **({"viewport": PHONE, "has_touch": True} if on_phone else {}))
    window.deliver(anna, forwarded())
    window.home()
    pane = window.read(SUBJECT)
    cards = pane.locator("details.mail-card")
    expect(cards).to_have_count(2)
    expect(cards.first.locator("summary")).to_contain_text("Paper")
    expect(cards.first.locator("summary")).to_contain_text("gerda@elsewhere.test")
    cards.first.locator("summary").focus()
    window.page.keyboard.press("Enter")
    frame = cards.first.frame_locator(".mail-frame")
    expect(frame.locator("h1")).to_have_text("Paper news")
    expect(frame.locator("h1")).to_have_css("color", "rgb(170, 51, 51)")
    expect(cards.first.locator(".banner")).to_contain_text("1 hidden picture not loaded.")
    assert frame.locator("img").evaluate("(picture) => picture.naturalWidth") > 0
    middle = cards.nth(1)
    middle.locator("summary").tap() if on_phone else middle.locator("summary").click()
    expect(middle.locator(".mail-text")).to_have_text("Words in between.")
    inner = middle.locator("details.mail-card")
    inner.locator("summary").focus()
    window.page.keyboard.press("Space")
    expect(inner.locator(".mail-text")).to_have_text("The words at the bottom.")
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_it_is_a_page_of_its_own(open_window: Open, anna: Person) -> None:
    window = open_window(anna, java_script_enabled=False)
    window.deliver(anna, forwarded())
    window.home()
    window.row(SUBJECT).locator(".row-link").click()
    card = window.page.locator("#message details.mail-card").nth(1)
    card.locator("summary").click()
    card.get_by_role("link", name="Open this message").click()
    expect(window.page.locator(".mail-text")).to_have_text("Words in between.")
    expect(window.page.locator("#main")).to_contain_text(f"Within the message “{SUBJECT}”")
    window.page.get_by_role("link", name="Back to the message").click()
    expect(window.page.locator("#message .mail-text")).to_have_text("See below.")


def test_its_pictures_load_in_its_card(open_window: Open, anna: Person) -> None:
    window = open_window(anna)
    mail = letter(SUBJECT, "See below.")
    inner = html("Pictures", '<p>words</p><img src="https://elsewhere.test/a.png" width="40" height="40">')
    mail.add_attachment(message_from_bytes(inner.as_bytes(), policy=SMTP))
    window.deliver(anna, mail)
    window.home()
    card = window.read(SUBJECT).locator("details.mail-card")
    card.locator("summary").click()
    window.page.route("**/remote/**", lambda route: route.fulfill(status=200, content_type="image/gif", body=b""))
    card.get_by_role("button", name="Show pictures").click()
    expect(card.locator(".banner-pictures")).to_have_count(0)
    assert "/remote/" in (card.frame_locator(".mail-frame").locator("img").get_attribute("src") or "")
