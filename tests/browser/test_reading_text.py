"""Plain text and its company in a real window: quotes fold without script's help, pictures stand between texts, and a
list is left with two clicks."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.windows import PHONE, Window
from tests.mailbox.letters import PIXEL, plain
from tests.mime.specimens.writing import file, message, multipart, text
from tests.servers.live import Person

QUOTED = "Yes.\r\n\r\nOn Monday, Ann wrote:\r\n" + "".join(f"> line {number}\r\n" for number in range(9))
LEAVE = "List-Unsubscribe: <mailto:leave@news.test?subject=stop>\r\n"


def test_a_quote_opens_without_script(open_window: Open, anna: Person) -> None:
    window = open_window(anna, java_script_enabled=False)
    window.live.dovecot.deliver(anna.mail.address, plain("Quoted", text=QUOTED))
    window.await_row("Quoted")
    pane = window.read("Quoted")
    expect(pane.get_by_text("line 3")).to_be_hidden()
    pane.get_by_text("Show quoted text").click()
    expect(pane.get_by_text("line 3")).to_be_visible()


def test_texts_and_pictures_in_their_order(window: Window, anna: Person) -> None:
    picture = file("image/png; name=dot.png", PIXEL, disposition="inline")
    raw = message("Several", multipart("mixed", text("before"), picture, text("after")))
    window.live.dovecot.deliver(anna.mail.address, raw)
    window.await_row("Several")
    pane = window.read("Several")
    expect(pane.locator(".mail-piece img")).to_be_visible()
    places = [pane.get_by_text("before"), pane.locator(".mail-piece img"), pane.get_by_text("after")]
    heights = [box["y"] for place in places if (box := place.bounding_box())]
    assert len(heights) == 3
    assert heights == sorted(heights)


def test_a_list_is_left(window: Window, anna: Person) -> None:
    window.live.dovecot.deliver(anna.mail.address, plain("Sale", more=LEAVE))
    window.await_row("Sale")
    pane = window.read("Sale")
    pane.locator(".way-out summary").click()
    expect(pane.get_by_text(f"A mail will go from {anna.mail.address} to leave@news.test:")).to_be_visible()
    pane.get_by_role("button", name="Unsubscribe").click()
    expect(pane.get_by_text("You asked leave@news.test to unsubscribe you on")).to_be_visible()
    expect(pane.get_by_role("button", name="Unsubscribe")).to_have_count(0)


def test_the_way_out_fits_a_phone(open_window: Open, anna: Person) -> None:
    window = open_window(anna, viewport=PHONE)
    window.live.dovecot.deliver(anna.mail.address, plain("Sale", more=LEAVE))
    window.await_row("Sale")
    pane = window.read("Sale")
    pane.locator(".way-out summary").click()
    menu = pane.locator(".way-out .menu")
    box = menu.bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, PHONE["width"])
