"""What a browser makes of sanitised mail: exactly what was meant, without a script, a request or a live control. The
sanitiser stands alone here: no frame's sandbox, no policy."""

import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.mime.hostile_html import CASES, MUTATIONS, RAW, SHEETS
from webmail.mime.allowed import TAGS
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

PARSE = """bodies => bodies.map(html =>
    new DOMParser().parseFromString("<!DOCTYPE html><body>" + html, "text/html").body.innerHTML)"""

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


def washed(body: str) -> str:
    return sanitize(f"<p>before</p>{body}<p>after", cid_url=lambda _: None).html


def mixtures(amount: int) -> Iterator[str]:
    """Pieces of attacks and of mail in an order that nobody thought of; the same ones each time."""
    chosen = random.Random(2025)
    tags = [f"<{tag}>" for tag in sorted(TAGS)] + [f"</{tag}>" for tag in sorted(TAGS)]
    odd = [f"<{raw}>" for raw in RAW] + [f"</{raw}>" for raw in RAW] + ["<svg>", "<math>", "<!--", "-->", "<![CDATA["]
    pieces = [*tags, *odd, *MUTATIONS.values(), *SHEETS, "x", " ", "\n", "&lt;", "<p style='", "'>", '">', "<img alt="]
    for _ in range(amount):
        yield "".join(chosen.choices(pieces, k=12))


def test_browsers_read_what_was_meant(page):
    cleaned = list(map(washed, CASES.values()))
    read, alerts, requests = show(page, cleaned)
    assert [html for html, _ in read] == cleaned
    assert sum(controls for _, controls in read) == 0
    assert (alerts, requests) == (0, [])


def test_browsers_read_what_was_meant_of_any_mixture(page):
    cleaned = list(map(washed, mixtures(800)))
    assert page.evaluate(PARSE, cleaned) == cleaned


def test_the_same_bodies_do_attack_when_nothing_washes_them(page):
    """Else the test above would prove nothing."""
    _, alerts, requests = show(page, list(CASES.values()))
    assert alerts > 30
    assert len(requests) > 200
