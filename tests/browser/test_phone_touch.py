"""The list under a finger: swiped, pulled, scrolled; and the column as a drawer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, Locator, expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.test_phone import TOUCH
from tests.browser.windows import Window
from tests.servers.live import Person

Place = tuple[float, float]


class Finger:
    """One finger on the glass, as the browser gets it from a device."""

    def __init__(self, window: Window):
        self.page = window.page
        self.session: CDPSession = window.context.new_cdp_session(window.page)

    def down(self, place: Place) -> None:
        self._touch("touchStart", place)

    def move(self, start: Place, end: Place, steps: int = 8) -> None:
        for step in range(1, steps + 1):
            share = step / steps
            self._touch("touchMove", *[(a + (b - a) * share) for a, b in zip(start, end, strict=True)])

    def up(self) -> None:
        self._touch("touchEnd")

    def drag(self, start: Place, end: Place) -> None:
        self.down(start)
        self.move(start, end)
        self.up()

    def _touch(self, kind: str, *place: float | Place) -> None:
        flat = place[0] if place and isinstance(place[0], tuple) else place
        points = [{"x": flat[0], "y": flat[1]}] if flat else []
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture(params=["ltr", "rtl"])
def direction(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def phone(anna: Person, open_window: Open) -> Window:
    window = open_window(anna, **TOUCH)
    window.deliver(anna, *(letter(f"Mail {number}", age=number) for number in reversed(range(20))))
    window.home()
    expect(window.page.locator("#rows .row")).to_have_count(20)
    window.page.wait_for_load_state("networkidle")
    return window


@pytest.fixture
def finger(phone: Window) -> Iterator[Finger]:
    finger = Finger(phone)
    yield finger
    finger.session.detach()


def middle(locator: Locator) -> Place:
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def swipe(finger: Finger, row: Locator, by: float) -> None:
    x, y = middle(row)
    finger.drag((x, y), (x + by, y + 4))


def shift(row: Locator) -> float:
    moved: float = row.evaluate("row => new DOMMatrix(getComputedStyle(row).transform).e")
    return moved


def test_towards_the_end_reads_and_unreads(phone: Window, finger: Finger, direction: str) -> None:
    phone.page.evaluate("direction => { document.dir = direction }", direction)
    ahead = 180 if direction == "ltr" else -180
    row = phone.row("Mail 3")
    expect(row).to_have_class("row is-unread")
    swipe(finger, row, ahead)
    expect(row).to_have_class("row")
    swipe(finger, row, ahead)
    expect(row).to_have_class("row is-unread")
    expect(phone.page.locator("#rows .row")).to_have_count(20)


def test_towards_the_start_archives(phone: Window, finger: Finger, direction: str) -> None:
    phone.page.evaluate("direction => { document.dir = direction }", direction)
    swipe(finger, phone.row("Mail 3"), -180 if direction == "ltr" else 180)
    expect(phone.toast()).to_contain_text("1 message moved to Archive.")
    expect(phone.row("Mail 3")).to_have_count(0)
    phone.toast().get_by_role("button", name="Undo").tap()
    expect(phone.row("Mail 3")).to_be_visible()


def test_it_follows_the_finger_and_says_what_it_will_do(phone: Window, finger: Finger) -> None:
    row = phone.row("Mail 3")
    x, y = middle(row)
    finger.down((x, y))
    finger.move((x, y), (x - 60, y))
    ground = phone.page.locator(".swipe-ground")
    expect(ground).to_contain_text("Archive")
    expect(ground).not_to_have_class("swipe-ground is-armed")
    assert shift(row) == -60
    finger.move((x - 60, y), (x - 150, y))
    expect(ground).to_have_class("swipe-ground is-armed")
    finger.move((x - 150, y), (x + 40, y))
    expect(ground).to_contain_text("Mark as read")
    finger.up()
    expect(ground).to_have_count(0)
    assert shift(row) == 0
    expect(row).to_have_class("row is-unread")


def test_a_short_swipe_does_nothing(phone: Window, finger: Finger) -> None:
    swipe(finger, phone.row("Mail 3"), -90)
    expect(phone.page.locator(".swipe-ground")).to_have_count(0)
    assert shift(phone.row("Mail 3")) == 0
    expect(phone.page.locator(".toast")).to_have_count(0)
    assert "/INBOX/" in phone.page.url
    expect(phone.row("Mail 3")).to_be_visible()


def test_a_scroll_is_a_scroll(phone: Window, finger: Finger) -> None:
    x, y = middle(phone.row("Mail 5"))
    finger.down((x, y))
    finger.move((x, y), (x + 10, y - 200))
    finger.move((x + 10, y - 200), (x - 150, y - 260))
    finger.up()
    phone.page.wait_for_function("() => document.getElementById('rows').scrollTop > 100")
    expect(phone.page.locator(".swipe-ground, .is-swiped, .toast")).to_have_count(0)


def test_in_the_archive_nothing_is_archived(phone: Window, finger: Finger) -> None:
    swipe(finger, phone.row("Mail 3"), -180)
    expect(phone.toast()).to_contain_text("moved to Archive")
    phone.goto(phone.page.url.removeprefix(phone.live.url).replace("INBOX", "Archive"))
    swipe(finger, phone.row("Mail 3"), -180)
    expect(phone.page.locator(".is-swiped")).to_have_count(0)
    expect(phone.row("Mail 3")).to_be_visible()
    expect(phone.page.locator(".toast")).to_have_count(0)


def test_a_refusal_brings_the_row_back(phone: Window, finger: Finger) -> None:
    phone.expects(502)
    phone.page.route("**/act/", lambda route: route.fulfill(status=502, content_type="text/plain", body=""))
    swipe(finger, phone.row("Mail 3"), -180)
    expect(phone.page.locator(".is-swiped")).to_have_count(0)
    assert shift(phone.row("Mail 3")) == 0


def test_pulled_down_the_list_is_asked_for_again(phone: Window, finger: Finger, anna: Person) -> None:
    phone.deliver(anna, letter("Just now"))
    start = middle(phone.row("Mail 1"))
    finger.down(start)
    finger.move(start, (start[0] + 5, start[1] + 240), steps=12)
    expect(phone.page.locator(".pull.is-armed")).to_have_count(1)
    finger.up()
    expect(phone.row("Just now")).to_be_visible()
    expect(phone.page.locator(".pull")).to_have_count(0)


def test_pulled_a_little_nothing_happens(phone: Window, finger: Finger) -> None:
    start = middle(phone.row("Mail 1"))
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    finger.drag(start, (start[0], start[1] + 60))
    expect(phone.page.locator(".pull")).to_have_count(0)
    assert [url for url in asked if "live=" in url] == []


def open_drawer(phone: Window) -> Locator:
    phone.page.locator(".bottom-bar").get_by_text("Folders").tap()
    drawer = phone.page.get_by_role("dialog", name="Mail")
    expect(drawer).to_be_visible()
    return drawer


def test_drawer_holds_the_focus_and_gives_it_back(phone: Window) -> None:
    drawer = open_drawer(phone)
    assert drawer.evaluate("drawer => drawer.contains(document.activeElement)")
    for _ in range(30):
        phone.page.keyboard.press("Tab")
        assert phone.page.evaluate("!document.activeElement.closest('main, .bottom-bar')")
    phone.page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    assert phone.page.evaluate("document.activeElement.textContent.trim()") == "Folders"


def test_drawer_closes_by_a_tap_beside_it_and_by_a_swipe(phone: Window, finger: Finger, direction: str) -> None:
    phone.page.evaluate("direction => { document.dir = direction }", direction)
    drawer = open_drawer(phone)
    phone.page.touchscreen.tap(380 if direction == "ltr" else 10, 300)
    expect(drawer).to_have_count(0)
    expect(phone.row("Mail 1")).to_be_visible()  # what lay below was not opened
    drawer = open_drawer(phone)
    x, y = middle(drawer)
    finger.drag((x, y), (x + (-140 if direction == "ltr" else 140), y))
    expect(drawer).to_have_count(0)


def open_and_have_read(phone: Window, subject: str) -> None:
    phone.row(subject).locator(".row-link").tap()
    phone.opened(subject)
    expect(phone.row(subject)).not_to_contain_class("is-unread")
    phone.settle()


@pytest.mark.parametrize("own", [True, False], ids=["button", "browser"])
def test_back_keeps_the_place_in_the_list(phone: Window, own: bool) -> None:
    rows = phone.page.locator("#rows")
    phone.row("Mail 17").scroll_into_view_if_needed()
    place = rows.evaluate("rows => rows.scrollTop")
    assert place > 0
    open_and_have_read(phone, "Mail 17")
    if own:
        phone.tool("Back to the list").tap()
    else:
        phone.page.go_back()
    expect(phone.row("Mail 17")).to_be_in_viewport()
    assert rows.evaluate("rows => rows.scrollTop") == place
    open_and_have_read(phone, "Mail 16")
    phone.page.go_back()
    expect(phone.row("Mail 16")).to_be_in_viewport()
