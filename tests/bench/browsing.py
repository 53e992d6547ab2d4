"""What somebody at the page waits for, by the browser's own performance entries: Chromium, beside the servers.

measure_browsing() → a process of its own with the browser, as others of this one may drive one too → for each round a
new window: the inbox is loaded, rows are opened, starred and picked, and j is held down over 500 rows → its figures.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.figures import over
from tests.bench.installation import Installation, Reader
from tests.servers.live import PASSWORD

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run", "--disable-sync"]
HELD = 500  # rows that j goes over
LIMITS = {  # seconds
    "first list painted": 0.300,  # First Contentful Paint (W3C Paint Timing)
    "a click or key, to paint": 0.100,  # the slowest of some: Interaction to Next Paint (W3C Event Timing)
    "longest task, j held": 0.050,  # W3C Long Tasks: shorter ones are not told of
}
NAMES = tuple(LIMITS)
LISTEN = """window.slow = { event: [0], longtask: [0] };
for (const type of Object.keys(slow)) new PerformanceObserver((found) => {
    for (const entry of found.getEntries())
        if (type === "longtask" || entry.interactionId) slow[type].push(entry.duration);
}).observe({ type, durationThreshold: 16 });"""


@dataclass(frozen=True, slots=True)
class Browsed:
    """Seconds in each round."""

    name: str
    times: list[float]

    @property
    def limit(self) -> float:
        return LIMITS[self.name]

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    def over(self, tolerance: float) -> list[str]:
        return over([("time", self.median / self.limit)], tolerance)


def measure_browsing(installation: Installation, reader: Reader, rounds: int) -> list[Browsed]:
    """At this reader's inbox."""
    place = f"{installation.url}/mail/{reader.account}/INBOX/"
    command = [sys.executable, "-m", "tests.bench.browsing", installation.url, place, reader.username, str(rounds)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    return [Browsed(name, times) for name, times in json.loads(done.stdout).items()]


def browse(url: str, inbox: str, username: str, rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in NAMES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        _sign_in(page, url, username)
        page.goto(inbox)  # styles and scripts are in the browser's cache then, as they are for anybody who comes again
        for _ in range(rounds):
            for name, measure in zip(NAMES, (_painted, _interactions, _held), strict=True):
                found[name].append(measure(page, inbox) / 1000)
        browser.close()
    return found


def _sign_in(page: Page, url: str, username: str) -> None:
    page.goto(f"{url}/sign-in/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#rows")


def _painted(page: Page, inbox: str) -> float:
    page.goto(inbox)
    page.wait_for_selector("#rows .row")
    return _milliseconds(page, "performance.getEntriesByName('first-contentful-paint')[0].startTime")


def _interactions(page: Page, inbox: str) -> float:
    page.goto(inbox)
    page.wait_for_load_state("networkidle")
    page.evaluate(LISTEN)
    keyboard: Callable[[str], Any] = page.keyboard.press
    for number in (1, 4, 7):
        page.locator("#rows .row-link").nth(number).click()
        page.wait_for_load_state("networkidle")
    for key in ("u", "j", "x", "x", "s", "s", "j"):
        keyboard(key)
        page.wait_for_timeout(150)
    return _milliseconds(page, "Math.max(...slow.event)")


def _held(page: Page, inbox: str) -> float:
    page.goto(inbox)
    page.wait_for_load_state("networkidle")
    page.evaluate(LISTEN)
    for _ in range(HELD):
        page.keyboard.down("j")  # again without up: the repetition of a key that is held
    page.keyboard.up("j")
    page.wait_for_timeout(300)
    return _milliseconds(page, "Math.max(...slow.longtask)")


def _milliseconds(page: Page, expression: str) -> float:
    return float(page.evaluate(expression))


if __name__ == "__main__":
    _, url, inbox, username, rounds = sys.argv
    print(json.dumps(browse(url, inbox, username, int(rounds))))
