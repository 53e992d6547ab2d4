"""What a browser makes of sanitised mail: exactly what was meant, without a script, a request or a live control."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.mime.hostile import BODIES
from webmail.mime.sanitize import sanitize

# Each body in a document of its own, so that none hides another; `alert` counts in all of them.
READ = """bodies => bodies.map(html => {
    const page = new DOMParser().parseFromString("<!DOCTYPE html><body>" + html, "text/html");
    const frame = document.createElement("iframe");
    document.body.append(frame);
    frame.contentWindow.alert = () => { window.alerts = (window.alerts || 0) + 1; };
    frame.contentDocument.write("<!DOCTYPE html><body>" + html);
    frame.contentDocument.close();
    const live = frame.contentDocument.querySelectorAll("input,button,select,textarea,form,script,svg");
    return [page.body.innerHTML, live.length];
})"""


APP = "https://mail.test/"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page at an address that relative addresses could resolve against."""
    page = browser.new_page()
    page.route(
        "**/*",
        lambda route: route.fulfill(content_type="text/html", body="") if route.request.url == APP else route.abort(),
    )
    page.goto(APP)
    yield page
    page.close()


def show(page: Page, bodies: list[str]) -> tuple[list[tuple[str, int]], int, list[str]]:
    """(what was read and how many controls live in it, for each body), scripts that ran, addresses asked for."""
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    read = page.evaluate(READ, bodies)
    page.wait_for_timeout(200)
    return read, page.evaluate("window.alerts || 0"), requests


def test_browsers_read_what_was_meant(page):
    cleaned = [sanitize(f"<p>before</p>{body}<p>after", cid_url=lambda _: None).html for body in BODIES]
    read, alerts, requests = show(page, cleaned)
    assert [html for html, _ in read] == cleaned
    assert sum(controls for _, controls in read) == 0
    assert (alerts, requests) == (0, [])


def test_the_same_bodies_do_attack_when_nothing_washes_them(page):
    """Else the test above would prove nothing."""
    _, alerts, requests = show(page, BODIES)
    assert alerts > 5
    assert len(requests) > 20
