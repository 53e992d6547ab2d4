"""`python -m deploy.assets.icons`: the installed application's icons, drawn from static/img/mark.svg by Chromium.

Run by hand when the mark changes; the pictures are kept in static/img. `maskable` and Apple's fill the whole square,
because the device cuts its own shape out of them: the envelope keeps within the inner 80 % that every shape shows.
"""

import re
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parents[2] / "static" / "img"
CHROMIUM = "/usr/bin/chromium"
SQUARE = {"icon-192": 192, "icon-512": 512}
FULL = {"icon-maskable": 512, "icon-apple": 180}


def main() -> None:
    mark = (IMAGES / "mark.svg").read_text()
    full = re.sub(r'rx="[\d.]+"', 'rx="0"', mark)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        for drawing, sizes in ((mark, SQUARE), (full, FULL)):
            for name, size in sizes.items():
                page.set_viewport_size({"width": size, "height": size})
                page.set_content(
                    f"<style>body{{margin:0}}svg{{display:block;width:100vw;height:100vh}}</style>{drawing}"
                )
                page.screenshot(path=IMAGES / f"{name}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
