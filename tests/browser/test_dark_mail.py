"""Mail in the dark: light mail is turned round, dark mail stays as it is, and all of it can be read."""

from base64 import b64encode

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.letters import PICTURE, html
from tests.browser.windows import Window
from tests.servers.live import Person

HERO = """<div style="background:url(cid:hero);padding:30px"><h1 style="color:#ffffff">Sale</h1></div>
<p>Everything that is left over from last year goes now, and for half of its price.</p>"""

# Of a screenshot: relative luminance (WCAG 2.2) of its darkest, its lightest and its most frequent colour.
LUMINANCES = """async (picture) => {
    const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), drawing = canvas.getContext("2d");
    drawing.drawImage(bitmap, 0, 0);
    const pixels = drawing.getImageData(0, 0, bitmap.width, bitmap.height).data, counts = new Map();
    const part = (value) => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
    for (let place = 0; place < pixels.length; place += 4) {
        const [red, green, blue] = pixels.slice(place, place + 3);
        const luminance = .2126 * part(red) + .7152 * part(green) + .0722 * part(blue);
        counts.set(luminance, (counts.get(luminance) || 0) + 1);
    }
    const all = [...counts.keys()];
    const frequent = [...counts].reduce((most, next) => next[1] > most[1] ? next : most)[0];
    return [Math.min(...all), Math.max(...all), frequent];
}"""

LIGHT = {
    "black on white": "",
    "grey on grey": "color:#555555;background:#f4f4f4",
    "a button": "color:#ffffff;background:#336699",
    "navy on cream": "color:#1b2a49;background:#fdf6e3",
    "red on white": "color:#aa0000",
    "a link": "color:#3549c3",
    "a dark band": "color:#f3ead8;background:#24382f",
}
DARK = {
    "white on black": "color:#ffffff;background:#111111",
    "grey on black": "color:#bbbbbb;background:#1e1e1e",
    "yellow on black": "color:#ffd54f",
}


def lines(styles: dict[str, str]) -> str:
    return "".join(f'<p style="font:bold 34px Arial;margin:0;{style}">{name}</p>' for name, style in styles.items())


@pytest.fixture
def dark(open_window: Open, anna: Person) -> Window:
    window = open_window(anna, color_scheme="dark")
    window.deliver(anna, html("Light", lines(LIGHT)))
    window.deliver(anna, html("Dark", f'<body bgcolor="#000000" style="color:#eeeeee">{lines(DARK)}</body>'))
    window.home()
    return window


def luminances(window: Window, line: Locator) -> tuple[float, float, float]:
    blank = window.context.new_page()
    picture = b64encode(line.screenshot()).decode()
    darkest, lightest, frequent = blank.evaluate(LUMINANCES, f"data:image/png;base64,{picture}")
    blank.close()
    return darkest, lightest, frequent


def contrast(darkest: float, lightest: float) -> float:
    return (lightest + 0.05) / (darkest + 0.05)


@pytest.mark.parametrize(("subject", "styles", "colours"), [("Light", LIGHT, "adapted"), ("Dark", DARK, "own")])
def test_all_can_be_read_on_dark_ground(dark: Window, subject: str, styles: dict[str, str], colours: str) -> None:
    pane = dark.read(subject)
    expect(pane.locator(".mail-frame")).to_have_attribute("data-colours", colours)
    for number, name in enumerate(styles):
        line = pane.frame_locator(".mail-frame").locator("p").nth(number)
        darkest, lightest, ground = luminances(dark, line)
        assert contrast(darkest, lightest) >= 4.5, name
        if name not in ("a button", "a dark band"):
            assert ground < 0.2, name


def test_original_colours_on_request(dark: Window) -> None:
    pane = dark.read("Light")
    frame = pane.locator(".mail-frame")
    expect(frame).to_have_attribute("data-colours", "adapted")
    pane.locator(".pane-bar summary").last.click()
    pane.locator("[data-original-colours]").click()
    expect(frame).to_have_attribute("data-colours", "original")
    assert luminances(dark, pane.frame_locator(".mail-frame").locator("p").first)[2] > 0.5


def test_a_box_over_a_picture_keeps_its_colours(dark: Window, anna: Person) -> None:
    mail = html("Hero", HERO)
    mail.make_mixed()
    mail.add_attachment(PICTURE, "image", "png", cid="<hero>", disposition="inline")
    dark.deliver(anna, mail)
    dark.home()
    frame = dark.read("Hero").frame_locator(".mail-frame")
    expect(frame.locator("#mail > div")).to_have_attribute("data-picture", "")
    expect(frame.locator("h1")).to_have_css("color", "rgb(255, 255, 255)")
    expect(frame.locator("p")).not_to_have_attribute("data-picture", "")
