"""How the window is divided, and that nothing in it jumps or waits."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.windows import PHONE, Window
from tests.servers.live import Live, Person

LETTERS = 60  # more than a page
COUNT_SHIFTS = """window.shifts = []; new PerformanceObserver((found) => {
    for (const shift of found.getEntries()) if (!shift.hadRecentInput) shifts.push(shift.value);
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture
def window(open_window: Open, anna: Person) -> Window:
    """Anna's, with an inbox of more than a page; "Letter 1" is the newest."""
    window = open_window(anna)
    window.deliver(anna, *(letter(f"Letter {age}", age=age) for age in range(LETTERS, 0, -1)))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(50)
    return window


def sash(page: Page, pane: str) -> Locator:
    return page.locator(f"[data-sash={pane}]")


def size(page: Page, place: str, side: str = "width") -> float:
    box = page.locator(place).bounding_box()
    assert box
    return float(box[side])  # type: ignore[literal-required]


def choose(window: Window, choice: str) -> None:
    window.page.locator(".view-menu summary").click()
    window.page.locator(".view-menu").get_by_role("button", name=choice, exact=True).click()
    window.page.keyboard.press("Escape")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('.row')?.querySelector('.row-subject').innerText"))


def test_panes_are_dragged_and_remembered(window: Window) -> None:
    page = window.page
    usual = {pane: size(page, pane) for pane in ("#folders", "#list")}
    for pane, place in (("side", "#folders"), ("list", "#list")):
        box = sash(page, pane).bounding_box()
        assert box
        page.mouse.move(box["x"] + 4, 400)
        page.mouse.down()
        page.mouse.move(box["x"] + 64, 400, steps=3)
        page.mouse.up()
        assert size(page, place) == pytest.approx(usual[place] + 60, abs=2)
    page.reload()
    assert size(page, "#list") == pytest.approx(usual["#list"] + 60, abs=2)
    sash(page, "list").dblclick()
    assert size(page, "#list") == usual["#list"]


def test_panes_are_sized_by_keys(window: Window) -> None:
    page, bar = window.page, sash(window.page, "list")
    before = size(page, "#list")
    bar.focus()
    page.keyboard.press("ArrowRight")
    assert size(page, "#list") == before + 16
    page.keyboard.press("Home")
    least = size(page, "#list")
    assert least < before
    expect(bar).to_have_attribute("aria-valuenow", f"{least:.0f}")
    expect(bar).to_have_attribute("aria-valuemin", f"{least:.0f}")
    page.keyboard.press("End")
    expect(bar).to_have_attribute("aria-valuenow", bar.get_attribute("aria-valuemax") or "")
    assert size(page, "#message") > 300


def test_the_message_below_the_list(window: Window) -> None:
    choose(window, "Below the list")
    window.read("Letter 2")
    page = window.page
    list_box, message_box = page.locator("#list").bounding_box(), page.locator("#message").bounding_box()
    assert list_box
    assert message_box
    assert message_box["y"] >= list_box["y"] + list_box["height"] - 1
    bar = sash(page, "list")
    expect(bar).to_have_attribute("aria-orientation", "horizontal")
    bar.focus()
    before = size(page, "#list", "height")
    page.keyboard.press("ArrowDown")
    assert size(page, "#list", "height") == before + 16
    page.reload()
    assert size(page, "#list", "height") == before + 16


def leads_back(window: Window, back: str) -> None:
    """To the very list: the same rows, at the same place, the focus on the one that was read."""
    page = window.page
    page.evaluate("window.same = true")
    row = window.row("Letter 30")
    row.scroll_into_view_if_needed()
    place = page.locator("#rows").evaluate("rows => rows.scrollTop")
    row.locator(".row-link").click()
    window.opened("Letter 30")
    expect(page.locator("#list")).to_be_hidden()
    if back == "browser":
        page.go_back()
    else:
        window.tool("Back to the list").click()
    expect(row).to_be_visible()
    assert focused(page) == "Letter 30"
    assert page.locator("#rows").evaluate("rows => rows.scrollTop") == pytest.approx(place, abs=1)
    assert page.evaluate("window.same")
    assert re.search(r"/mail/\d+/INBOX/$", page.url)


def test_the_message_in_place_of_the_list(window: Window) -> None:
    choose(window, "In place of the list")
    for back in ("button", "browser"):
        leads_back(window, back)


def test_back_on_a_phone(open_window: Open, anna: Person, window: Window) -> None:
    phone = open_window(anna, viewport=PHONE, has_touch=True, is_mobile=True)
    for back in ("button", "browser"):
        phone.home()
        leads_back(phone, back)


def test_rows_and_the_column_are_as_chosen(window: Window) -> None:
    page = window.page
    tall = size(page, "#rows .row >> nth=1", "height")
    choose(window, "Compact")
    assert size(page, "#rows .row >> nth=1", "height") < tall
    page.get_by_role("button", name="Folder column").first.click()
    expect(page.locator("#folders")).to_be_hidden()
    page.reload()
    expect(page.locator("#folders")).to_be_hidden()
    assert size(page, "#rows .row >> nth=1", "height") < tall
    page.get_by_role("button", name="Folder column").first.click()
    expect(page.locator("#folders")).to_be_visible()


def test_keys_go_on_over_the_end_of_a_page(window: Window) -> None:
    page = window.page
    page.evaluate("window.same = true")
    window.row("Letter 50").locator(".row-link").focus()
    page.keyboard.press("j")
    expect(page.locator("#rows .row")).to_have_count(LETTERS - 50)
    assert focused(page) == "Letter 51"
    assert page.url.endswith("?page=2")
    page.keyboard.press("k")
    expect(page.locator("#rows .row")).to_have_count(50)
    assert focused(page) == "Letter 50"
    page.get_by_role("link", name="Older", exact=True).click()
    expect(window.row("Letter 51")).to_be_visible()
    assert page.evaluate("window.same")


def test_a_row_is_answered_without_being_opened(window: Window) -> None:
    window.row("Letter 3").locator(".row-link").focus()
    window.page.keyboard.press("r")
    expect(window.composer().get_by_label("Subject")).to_have_value("Re: Letter 3")


def test_an_address_shows_its_row(window: Window) -> None:
    window.read("Letter 45")
    window.page.reload()
    window.opened("Letter 45")
    expect(window.row("Letter 45")).to_be_in_viewport()


def never(route: Route) -> None:
    """No answer comes."""


@pytest.fixture
def no_answer(window: Window) -> Iterator[list[Route]]:
    """Acts that the server does not answer before the end."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    window.page.route("**/act/", hold)
    yield held
    for route in held:
        route.fulfill(status=204)


def test_acts_show_before_they_are_answered(window: Window, no_answer: list[Route]) -> None:
    page = window.page
    window.row("Letter 1").locator(".row-link").focus()
    page.keyboard.press("s")
    expect(window.row("Letter 1").get_by_label("Star", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("e")
    expect(window.row("Letter 1")).to_be_hidden()
    assert focused(page) == "Letter 2"
    page.keyboard.press("#")
    expect(window.row("Letter 2")).to_be_hidden()
    assert len(no_answer) == 1  # the others wait for their turn


def test_several_acts_are_all_done(window: Window) -> None:
    window.row("Letter 1").locator(".row-link").focus()
    for _ in range(3):
        window.page.keyboard.press("e")
    window.folder("Archive")  # at once: what waits for its turn is sent all the same
    for subject in ("Letter 1", "Letter 2", "Letter 3"):
        window.await_row(subject)


def test_a_refusal_brings_the_rows_back(window: Window, live: Live) -> None:
    window.row("Letter 1").locator(".row-link").focus()
    window.expects(503)
    live.dovecot.stop()
    try:
        window.page.keyboard.press("e")
        expect(window.toast()).to_contain_text(re.compile("answer|reach|connection", re.IGNORECASE))
        expect(window.row("Letter 1")).to_be_visible()
    finally:
        live.dovecot.start()


def test_a_slow_message_says_so_and_is_given_up(window: Window) -> None:
    page = window.page
    window.read("Letter 1")
    window.settle()
    page.route(re.compile(r"/\d+/\d+/$"), never)
    window.row("Letter 2").locator(".row-link").click()
    expect(window.toast()).to_contain_text("The mail server is slow to answer.", timeout=4_000)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("[data-slow]")).to_have_count(0)
    expect(window.row("Letter 1")).to_have_attribute("aria-current", "true")
    window.watch.problems.clear()  # htmx tells of what was given up


def test_nothing_jumps(open_window: Open, anna: Person) -> None:
    window = open_window(anna)
    window.context.add_init_script(COUNT_SHIFTS)
    window.deliver(anna, *(letter(f"Letter {age}", age=age) for age in range(LETTERS, 0, -1)))
    window.home()
    window.settle()
    page = window.page
    window.read("Letter 5")
    page.wait_for_timeout(600)  # what comes later than half a second after a click counts as a jump
    page.keyboard.press("e")
    window.opened("Letter 6")
    window.deliver(anna, letter("Just came"))
    page.wait_for_timeout(600)
    page.evaluate("htmx.trigger('#poll', 'again')")
    expect(window.row("Just came")).to_be_visible()
    page.wait_for_timeout(200)
    assert sum(page.evaluate("shifts")) <= 0.02, page.evaluate("shifts")
