"""`make screenshots`: a picture of every page, light and dark, in each language, on a desk and on a phone.

python -m deploy run in a folder of its own → its demo's people → each page of tests/browser/pages.py, and the states of
states.py → var/screenshots/<page>.<language>.<size>.<theme>.png and index.html, all of them side by side. What was
there before is removed first.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from deploy.ports import answers, free_port
from deploy.processes import end, wait_until
from tests.browser.pages import pages
from tests.browser.windows import DESK, PHONE
from tests.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.screenshots.states import OF_NOBODY, STATES, State

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "var" / "screenshots"
LANGUAGES, THEMES = ("en", "fr"), ("light", "dark")
SIZES: dict[str, dict[str, object]] = {
    "desk": {"viewport": DESK},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
}
LIKE_THE_FIRST = re.compile(r"(?:reply|message-source|message-printed)-\d")  # of further messages
PERSON, PASSWORD = "camille", "demo"


def main(wanted: str) -> None:
    """Only pages whose name matches `wanted`, a pattern."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with product() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        for language in LANGUAGES:
            for size in SIZES:
                _picture_all(browser, url, language, size, re.compile(wanted))
        browser.close()
    names = sorted({path.name.split(".")[0] for path in FOLDER.glob("*.png")})
    (FOLDER / "index.html").write_text(contact_sheet(names))
    print(f"{len(list(FOLDER.glob('*.png')))} pictures of {len(names)} pages: {FOLDER / 'index.html'}")


@contextmanager
def product() -> Iterator[str]:
    """The demo as `make run` starts it, with data of its own; its address."""
    folder, port = Path(tempfile.mkdtemp(prefix="wm-screenshots-")), free_port()
    folder.chmod(0o755)  # the mail server is another user
    chosen = {"VAR_DIR": str(folder), "PORT": str(port), "HOST": "127.0.0.1", "DEMO": "1"}
    # Nothing of the tests' own environment, which is there since they were imported.
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | chosen
    log = folder / "log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy", "run"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until(lambda: answers("127.0.0.1", port), process, "the demo", log, seconds=120)
        yield f"http://localhost:{port}"
    finally:
        end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _picture_all(browser: Browser, url: str, language: str, size: str, wanted: re.Pattern[str]) -> None:
    context = browser.new_context(locale=language, timezone_id="Europe/Paris", **SIZES[size])  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    page = context.new_page()
    camera = Camera(page, f"{language}.{size}", wanted)
    for state in OF_NOBODY:
        camera.take_state(url, state)
    _sign_in(page, url, language)
    account = page.url.removeprefix(url).split("/")[2]
    for seen in pages(page, url, messages=12, own="Ateliers"):
        if wanted.search(seen.name) and not LIKE_THE_FIRST.match(seen.name):
            page.goto(url + seen.address)
            camera.take(seen.name)
    for state in STATES:
        camera.take_state(url, state._replace(address=state.address.format(account=account)))
    context.close()


class Camera:
    def __init__(self, page: Page, variant: str, wanted: re.Pattern[str]):
        self._page, self._variant, self._wanted = page, variant, wanted

    def take_state(self, url: str, state: State) -> None:
        if self._wanted.search(state.name):
            self._page.goto(url + state.address)
            self._page.wait_for_load_state("networkidle")
            state.reach(self._page)
            self.take(state.name)

    def take(self, name: str) -> None:
        """Both themes of what the page shows."""
        self._page.wait_for_load_state("networkidle")
        for theme in THEMES:
            self._page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            self._page.wait_for_timeout(200)  # colours move
            self._page.screenshot(path=FOLDER / f"{name}.{self._variant}.{theme}.png")


def _sign_in(page: Page, url: str, language: str) -> None:
    page.goto(f"{url}/sign-in/")
    page.locator("[name=username]").fill(PERSON)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.btn-primary").click()
    page.wait_for_url("**/mail/**")
    page.goto(f"{url}/settings/")
    page.locator("[name=language]").select_option(language)
    page.locator(f"html[lang={language}]").wait_for()
    page.goto(url)


def contact_sheet(names: list[str]) -> str:
    """All pictures of a page in one line."""
    variants = [f"{language}.{size}.{theme}" for language in LANGUAGES for size in SIZES for theme in THEMES]
    lines = [f"<h2 id={escape(name)}>{escape(name)}</h2><p>{_pictures(name, variants)}</p>" for name in names]
    links = " · ".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in names)
    style = "body{font:14px system-ui;margin:2rem}img{block-size:22rem;margin:.25rem;outline:1px solid #999}"
    return (
        f"<!doctype html><meta charset=utf-8><title>Screenshots</title><style>{style}</style><p>{links}{''.join(lines)}"
    )


def _pictures(name: str, variants: list[str]) -> str:
    files = [f"{name}.{variant}.png" for variant in variants]
    return "".join(f'<a href="{file}"><img src="{file}" alt="{file}" loading=lazy></a>' for file in map(escape, files))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
