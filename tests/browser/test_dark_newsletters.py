"""Newsletters in the dark: what Chromium computes of every word of them, as it is shown on a dark page."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from deploy.demo import letters as demo_letters
from deploy.demo.people import PEOPLE
from tests.browser.conftest import Open
from tests.browser.letters import html
from tests.browser.windows import Window
from tests.mime.newsletters import FEATURES
from tests.servers.live import Live, Person

# Designs that are dark by themselves, in one way or another.
DARK = {
    "by attribute": '<body bgcolor="#111111" text="#eeeeee"><p style="color:#eeeeee">{words}</p></body>',
    "by style": '<body style="background:#000;color:#ddd"><p>{words}</p></body>',
    "by sheet": "<style>body {{ background: #101418; color: #dfe3e6 }} a {{ color: #8ab4f8 }}</style><p>{words}</p>",
    "by table": (
        '<table width="100%" bgcolor="#1b1b1b"><tr><td style="color:#fafafa"><p>{words}</p>'
        '<table bgcolor="#ffffff"><tr><td style="color:#222">Terms</td></tr></table></td></tr></table>'
    ),
    "by box": '<div style="background-color:#0b2239;padding:20px"><p style="color:#9fd3ff">{words}</p></div>',
    "by gradient": (
        '<div style="background:#1a1a2e linear-gradient(#1a1a2e,#16213e);color:#eee;padding:20px"><p>{words}</p></div>'
    ),
    "by gradient alone": (
        '<div style="background-image:linear-gradient(#1a1a2e,#16213e);color:#eee;padding:20px"><p>{words}</p></div>'
    ),
}
# Designs that are light, with something dark in them or styles for the dark.
LIGHT = {
    "with styles for the dark": (
        "<style>:root {{ color-scheme: light dark }} .b {{ background: #fff; color: #222 }} @media "
        "(prefers-color-scheme: dark) {{ .b {{ background: #111 !important; color: #eee !important }} }}</style>"
        '<div class="b"><p>{words}</p></div>'
    ),
    "with a dark band": (
        '<div style="background:#222;color:#fff;padding:9px">Brand</div><p style="color:#333">{words}</p>'
    ),
    "with a button": '<p>{words}</p><a href="https://example.org" style="background:#0a66c2;color:#fff">Go</a>',
    "with grey words": '<div style="background:#f6f6f6"><p style="color:#767676">{words}</p></div>',
    "with nothing": "<p>{words}</p>",
}
WORDS = "Three new papers came out this week, and each of them is worth an evening."

# Shows the addresses as the reading pane does; of each its colours, the luminance of the ground under most of its
# words, the words that are harder to read than their author meant, [words, contrast as written, as shown], and the
# luminance around the mail.
MEASURE = """async (addresses) => {
    const place = document.querySelector("#message"), box = document.createElement("div");
    place.prepend(box);
    const frames = addresses.map((address) => Object.assign(document.createElement("iframe"), {
        className: "mail-frame", sandbox: "allow-same-origin", src: address }));
    for (const frame of frames) frame.dataset.colours = "adapted";
    const loaded = frames.map((frame) => new Promise((resolve) => { frame.onload = resolve; }));
    box.append(...frames);
    await Promise.all(loaded);
    await new Promise((resolve) => setTimeout(resolve, 50));

    const canvas = new OffscreenCanvas(1, 1), drawing = canvas.getContext("2d", { willReadFrequently: true });
    const paint = (colour, filter = "none") => {
        drawing.filter = filter;
        drawing.clearRect(0, 0, 1, 1);
        drawing.fillStyle = colour;
        drawing.fillRect(0, 0, 1, 1);
        return [...drawing.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const paper = (element) => {
        for (; element; element = element.parentElement) {
            const style = getComputedStyle(element), [first] = style.backgroundImage.match(/rgba?\\([^)]*\\)/) ?? [];
            const colour = first ?? style.backgroundColor, parts = colour.match(/[\\d.]+/g).map(Number);
            if ((parts[3] ?? 1) > .5) return paint(colour);
        }
        return [255, 255, 255];
    };
    const ground = paper(place);
    const shown = (frame, [red, green, blue]) => {
        const style = getComputedStyle(frame), seen = paint(`rgb(${red} ${green} ${blue})`, style.filter);
        if (style.mixBlendMode !== "screen") return seen;
        return seen.map((part, number) => 255 - (255 - part) * (255 - ground[number]) / 255);
    };
    const part = (value) => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
    const luminance = ([red, green, blue]) => .2126 * part(red) + .7152 * part(green) + .0722 * part(blue);
    const contrast = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + .05) / (dark + .05);
    };
    const found = frames.map((frame) => {
        const page = frame.contentDocument, words = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
        const grounds = new Map(), worse = [];
        for (let text; (text = words.nextNode());) {
            if (!text.data.trim() || !text.parentElement.checkVisibility()) continue;
            const under = paper(text.parentElement), ink = paint(getComputedStyle(text.parentElement).color);
            const [written, seen] = [contrast(ink, under), contrast(shown(frame, ink), shown(frame, under))];
            const key = luminance(shown(frame, under));
            grounds.set(key, (grounds.get(key) ?? 0) + text.data.trim().length);
            if (seen < Math.min(4.5, .9 * written)) worse.push([text.data.trim().slice(0, 40), written, seen]);
        }
        const [[most] = [0]] = [...grounds].sort((a, b) => b[1] - a[1]);
        const edge = getComputedStyle(page.documentElement).backgroundColor;
        return [frame.dataset.colours, most, worse, luminance(shown(frame, paint(edge)))];
    });
    box.remove();
    return found;
}"""


def measured(
    window: Window, anna: Person, live: Live, mails: list[EmailMessage]
) -> list[tuple[str, float, list[object], float]]:
    with live.dovecot.imap(anna.mail) as client:
        client.select_folder("INBOX")
        for mail in mails:
            client.append("INBOX", mail.as_bytes())
        uidvalidity = client.select_folder("INBOX", readonly=True)[b"UIDVALIDITY"]
        uids = sorted(client.search())[-len(mails) :]
    window.home()
    row = window.page.locator("#rows .row-link").first.get_attribute("href") or ""
    begin = row.partition(f"/{uidvalidity}/")[0]
    found = []
    for start in range(0, len(uids), 40):
        addresses = [f"{begin}/{uidvalidity}/{uid}/body/" for uid in uids[start : start + 40]]
        found += window.page.evaluate(MEASURE, addresses)
    return found


def demo_newsletters() -> dict[str, EmailMessage]:
    """Every HTML mail of the demo, once."""
    found: dict[str, EmailMessage] = {}
    for person in PEOPLE:
        for placed in demo_letters(person):
            mail = message_from_bytes(placed.raw, policy=default)
            part = mail.get_body(("html",))
            if isinstance(part, EmailMessage):
                found.setdefault(str(mail["Subject"]), html(str(mail["Subject"]), part.get_content()))
    return found


@pytest.fixture
def dark(open_window: Open, anna: Person) -> Window:
    return open_window(anna, color_scheme="dark")


def test_newsletters_are_dark_and_readable(dark: Window, anna: Person, live: Live) -> None:
    mails = {name: html(name, feature.html) for name, feature in FEATURES.items()}
    mails |= {f"light {name}": html(name, body.format(words=WORDS)) for name, body in LIGHT.items()}
    mails |= {f"dark {name}": html(name, body.format(words=WORDS)) for name, body in DARK.items()}
    found = dict(zip(mails, measured(dark, anna, live, list(mails.values())), strict=True))
    assert {name: worse for name, (_, _, worse, _) in found.items() if worse} == {}
    pale = {name for name, (_, ground, _, _) in found.items() if ground > 0.3}
    assert {name for name in pale if name.startswith(("dark", "light"))} == set()
    kept = {name for name, (colours, _, _, _) in found.items() if colours == "own"}
    assert {name for name in kept if name.startswith(("dark", "light"))} == {f"dark {name}" for name in DARK}
    assert {name: edge for name, (*_, edge) in found.items() if name in kept and edge > 0.3} == {}


def test_the_demo_s_mail_is_dark_and_readable(dark: Window, anna: Person, live: Live) -> None:
    mails = demo_newsletters()
    assert len(mails) > 5
    found = dict(zip(mails, measured(dark, anna, live, list(mails.values())), strict=True))
    assert {name: worse for name, (_, _, worse, _) in found.items() if worse} == {}
    assert {name: ground for name, (_, ground, _, _) in found.items() if ground > 0.3} == {}
    assert {name: edge for name, (*_, edge) in found.items() if edge > 0.3} == {}
