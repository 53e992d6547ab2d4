"""Pictures from elsewhere in a real browser: asked for by a button, fetched by the product, with and without script."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import PICTURE, html
from tests.browser.windows import Window
from tests.servers.live import Person
from tests.servers.web import WebServer


def deliver(window: Window, anna: Person, web: WebServer, amount: int) -> None:
    addresses = [web.serve(f"/{number}.png", PICTURE, pause=0.2) for number in range(amount)]
    shown = "".join(f'<img src="{address}" width="40" height="40">' for address in addresses)
    window.deliver(anna, html("Pictures", f'{shown}<img src="{web.url("/open.gif")}" width="1" height="1">'))
    window.home()


@pytest.mark.parametrize("with_script", [True, False])
def test_pictures_load_when_the_reader_says_so(
    open_window: Open, anna: Person, web: WebServer, with_script: bool
) -> None:
    window = open_window(anna, java_script_enabled=with_script)
    deliver(window, anna, web, amount=3)
    window.row("Pictures").locator(".row-link").click()
    pane = window.page.locator("#message")
    expect(pane.locator(".banner")).to_contain_text("3 pictures not loaded. 1 tracker blocked.")
    expect(pane.frame_locator(".mail-frame").locator("img")).to_have_count(3)
    assert web.asked == []
    pane.get_by_role("button", name="Show pictures").click()
    expect(pane.locator(".banner")).to_contain_text("1 hidden picture not loaded.")
    frame = pane.frame_locator(".mail-frame")
    expect(frame.locator("img[src]")).to_have_count(3)
    if with_script:
        window.page.wait_for_function(
            "() => [...document.querySelector('.mail-frame').contentDocument.images].every(one => one.naturalWidth)"
        )
    window.page.wait_for_load_state("networkidle")
    assert sorted(path for path, _ in web.asked) == ["/0.png", "/1.png", "/2.png"]


def test_many_pictures_find_their_seats(window: Window, anna: Person, web: WebServer) -> None:
    deliver(window, anna, web, amount=24)
    pane = window.read("Pictures")
    pane.get_by_label("More about pictures").click()
    pane.get_by_role("button", name="Always from gerda@elsewhere.test").click()
    expect(pane.frame_locator(".mail-frame").locator("img[src]")).to_have_count(24)
    window.page.wait_for_function(
        "() => [...document.querySelector('.mail-frame').contentDocument.images].every(one => one.naturalWidth)"
    )
    window.goto("/settings/pictures/")
    expect(window.page.locator(".account-list li")).to_contain_text("gerda@elsewhere.test")
    window.page.get_by_role("button", name="Ask again before pictures of gerda@elsewhere.test load").click()
    expect(window.page.get_by_text("No sender’s pictures load by themselves")).to_be_visible()


def test_a_picture_that_does_not_come_is_told(window: Window, anna: Person, web: WebServer) -> None:
    there, gone = web.serve("/there.png", PICTURE), web.url("/gone.png")
    window.deliver(
        anna, html("Half gone", f'<img src="{there}" width="40" height="40"><img src="{gone}" width="40" height="40">')
    )
    window.home()
    window.expects(502)
    pane = window.read("Half gone")
    pane.get_by_role("button", name="Show pictures").click()
    expect(pane.locator(".banner")).to_contain_text("Some pictures could not be fetched")
