"""Every page in a language that is 40 % longer, and in one from right to left (tests/pseudo.py): each text goes through
the catalogue, nothing is cut, nothing lies over another thing, nothing is wider than its screen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import pseudo
from tests.browser.letters import letter, newsletter, with_plan
from tests.browser.pages import pages
from tests.browser.test_every_page import BOXES, TOO_WIDE
from tests.browser.windows import DESK, PHONE, Window
from tests.servers.dovecot import DovecotForTests
from tests.servers.live import Live, Person

# What people and programs wrote, dates and numbers, keys and names: in no catalogue.
DATA = (
    "bdi, time, kbd, pre, iframe, [dir=ltr], option[lang], optgroup, textarea, script, style, noscript, title,"
    ".brand, .avatar, .row, .mail-text, .mail-title, .mail-fields, .addr, .file-kind, .file-size, .protocol b,"
    ".head :is(h1, td), .head ~ *"
)
WITHOUT_BRACKETS = r"""(data) => {
    const found = [], word = /\p{L}{2}/u;
    let depth = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (element.closest(data) || !element.checkVisibility()) continue;
        let bare = "";
        for (const sign of walker.currentNode.data) {
            if (sign === "[") depth += 1;
            else if (sign === "]") depth -= 1;
            else if (depth === 0) bare += sign;
        }
        if (word.test(bare)) found.push(`${element.tagName}.${element.className}: ${bare.trim().slice(0, 80)}`);
    }
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        for (const element of document.body.querySelectorAll(`[${name}]`)) {
            const text = element.getAttribute(name);
            if (element.closest(data) || !word.test(text.replace(/\[.*\]/su, ""))) continue;
            found.push(`${element.tagName}[${name}]: ${text.slice(0, 80)}`);
        }
    }
    return found;
}"""
# Of texts that a box cuts off: those of the interface; names of folders and accounts may be as long as they like.
CUT = r"""(data) => [...document.body.querySelectorAll("*")].filter((element) => {
    if (element.closest(data) || !element.checkVisibility({visibilityProperty: true})) return false;
    if (element.closest(".sr, .skip, svg, .nav-item, select")) return false;
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) return false;
    const style = getComputedStyle(element);
    const across = style.overflowX !== "visible" && !["auto", "scroll"].includes(style.overflowX);
    return across && element.scrollWidth > element.clientWidth + 1;
}).map((element) => `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`)"""
# Pairs of things to press of which one lies over the other; what lies within a field is meant to.
OVERLAPS = r"""() => {
    const pressed = "main :is(a, button, input, select, summary, textarea, h1, h2)";
    const aside = ".row, .segment, .menu, .sr, svg, .file";
    const seen = (each) => each.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const things = [...document.querySelectorAll(pressed)].filter((each) => seen(each) && !each.closest(aside));
    const boxes = things.map((each) => each.getBoundingClientRect());
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
    const name = (each) => `${each.tagName}.${each.className} “${each.textContent.trim().slice(0, 30)}”`;
    return things.flatMap((one, i) => things.slice(i + 1).filter((other, j) => over(boxes[i], boxes[i + 1 + j])
        && !one.contains(other) && !other.contains(one)
        && !(one.closest(".input-group, .compose-rows")?.contains(other)))
        .map((other) => `${name(one)} / ${name(other)}`));
}"""
Looks = list[tuple[str, str | None]]  # scripts, and what each is given


@pytest.fixture(scope="module")
def pseudo_live(dovecot: DovecotForTests, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A product that speaks these languages alone."""
    folder = tmp_path_factory.mktemp("locales")
    pseudo.catalogues(folder)
    product = Live(dovecot)
    product.environment |= {"DJANGO_SETTINGS_MODULE": "tests.pseudo", "PSEUDO_LOCALES": str(folder)}
    product.start()
    yield product
    product.stop()


@pytest.fixture(scope="module")
def ada(pseudo_live: Live) -> Person:
    person = pseudo_live.new_person("ada", admin=True)
    for mail in (letter("Lunch", "At noon?"), newsletter("Paper news 7"), with_plan("The plan")):
        pseudo_live.dovecot.deliver(person.mail.address, mail.as_bytes())
    with pseudo_live.dovecot.imap(person.mail) as client:
        client.create_folder("Projects")
    return person


@pytest.fixture
def walk(pseudo_live: Live, ada: Person, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    options = {"viewport": DESK, "locale": request.param, "service_workers": "block"}
    context = browser.new_context(**options)
    window = Window(pseudo_live, context)
    window.goto("/sign-in/")
    window.page.locator("[name=username]").fill(ada.username)
    window.page.locator("[name=password]").fill(ada.password)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/mail/**")
    yield window
    context.close()


def everywhere(window: Window, looks: Looks) -> dict[str, list[str]]:
    """What the looks find on each page, on a desk and on a phone."""
    found = {}
    for _view, name, address in pages(window.page, window.live.url, messages=2):
        window.goto(address)
        window.settle()
        if problems := [problem for size in (DESK, PHONE) for problem in looked(window.page, looks, size)]:
            found[name] = list(dict.fromkeys(problems))
    return found


def looked(page: Page, looks: Looks, size: dict[str, int]) -> list[str]:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return [f"{size['width']}: {problem}" for script, value in looks for problem in page.evaluate(script, value)]


@pytest.mark.parametrize("walk", ["en"], indirect=True)
def test_every_text_is_in_the_catalogue_and_none_is_cut(walk: Window) -> None:
    found = everywhere(walk, [(WITHOUT_BRACKETS, DATA), (CUT, DATA), (TOO_WIDE, BOXES)])
    assert found == {}


@pytest.mark.parametrize("walk", ["ar"], indirect=True)
def test_from_right_to_left_nothing_overlaps_or_is_too_wide(walk: Window) -> None:
    assert walk.page.locator("html").get_attribute("dir") == "rtl"
    assert everywhere(walk, [(OVERLAPS, None), (TOO_WIDE, BOXES)]) == {}


# left and right in styles, where start and end are meant. `env(safe-area-inset-left)` is a side of the device.
SIDES = re.compile(
    r"(?:^|[;{\s])(?:(?:margin|padding|border)-(?:left|right)[\w-]*|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:"
    r"|(?:float|clear|text-align)\s*:\s*(?:left|right)"
)
STYLES = sorted((pseudo.ROOT / "static" / "css").glob("*.css"))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_styles_know_a_start_and_an_end_alone(path: Path) -> None:
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert SIDES.findall(source) == []
