"""axe-core looks at the pages of what is not there, light and dark, on a desk and on a phone."""

from importlib.resources import files

from playwright.sync_api import Page

from tests.browser.windows import DESK, PHONE, Window

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
# Frames hold a mail's own document, which is its sender's.
LOOK = """async () => (await axe.run(document, {iframes: false})).violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target} ${node.any[0]?.message ?? ""}`))"""


def faults(page: Page) -> list[str]:
    """What axe-core has against the page as it is shown, in every combination of light, dark, desk and phone."""
    page.evaluate(AXE)
    found: dict[str, None] = {}
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            found |= dict.fromkeys(page.evaluate(LOOK))
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return list(found)


def test_pages_of_what_is_not_there(window: Window) -> None:
    window.expects(404)
    for address in ("/mail/1000000/INBOX/", "/nothing/"):
        window.goto(address)
        assert faults(window.page) == []
