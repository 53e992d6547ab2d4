"""Newsletters keep their looks: each feature, washed and in the document of the frame, by what Chromium computes."""

from django.template.loader import render_to_string
from playwright.sync_api import Page

from tests.mime.newsletters import FEATURES
from webmail.mailbox.shown import Shown
from webmail.mime.sanitize import sanitize

MEASURE = """async (features) => {
    const frames = features.map(([html]) => {
        const frame = document.createElement("iframe");
        frame.sandbox = "allow-same-origin";
        frame.style.width = "700px";
        frame.style.border = "0";
        frame.srcdoc = html;
        return frame;
    });
    const loaded = frames.map((frame) => new Promise((resolve) => { frame.onload = resolve; }));
    document.body.append(...frames);
    await Promise.all(loaded);
    return features.map(([, selector, aspect], number) => {
        const page = frames[number].contentDocument, mail = page.getElementById("mail");
        const element = selector === "#mail" ? mail : mail.querySelector(selector);
        if (!element) return `no ${selector}`;
        if (aspect.startsWith(".")) return String(element[aspect.slice(1)]);
        return page.defaultView.getComputedStyle(element)[aspect];
    });
}"""


def framed(html: str) -> str:
    """The document of the frame."""
    clean = sanitize(html, cid_url=lambda _: None)
    return render_to_string("mailbox/body.html", {"shown": Shown(clean.html, False, style=clean.style)})


def test_features_of_newsletters_survive(page: Page) -> None:
    assert len(FEATURES) >= 60
    page.goto("about:blank")
    measured = page.evaluate(MEASURE, [[framed(one.html), one.element, one.aspect] for one in FEATURES.values()])
    found = dict(zip(FEATURES, measured, strict=True))
    assert found == {name: feature.expected for name, feature in FEATURES.items()}
