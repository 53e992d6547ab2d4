"""Mail that attacks, and mail that is broken, read as people read it: no script runs, no request leaves, and there is
always something to read. Windows watch for all of it (windows.py). All attacks at once: test_hostile_walls.py."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.letters import html
from tests.browser.windows import Window
from tests.mime.hostile import BODIES
from tests.servers.live import Live, Person

CORPUS = Path(__file__).parents[1] / "corpus"
NUMBERED = {f"Attack {number}": body for number, body in enumerate(BODIES)}


def test_attacks_in_the_reading_pane(window: Window, anna: Person) -> None:
    subjects = [f"Attack {number}" for number in (0, 3, 11, 40, 44, 46, 62, 75)]
    for subject in subjects:
        window.deliver(anna, html(subject, f"<p>before</p>{NUMBERED[subject]}"))
    window.home()
    for subject in subjects:
        pane = window.read(subject)
        expect(pane.frame_locator(".mail-frame").locator("p").first).to_have_text("before")
        expect(window.page.locator("#list h1")).to_have_text("Inbox")


def test_hostile_and_broken_mail_is_listed_and_opened(window: Window, anna: Person, live: Live) -> None:
    mails = sorted([*(CORPUS / "hostile").glob("*.eml"), *(CORPUS / "malformed").glob("*.eml")])
    with live.dovecot.imap(anna.mail) as client:
        for mail in mails:
            client.append("INBOX", mail.read_bytes())
    window.home()
    rows = window.page.locator("#rows .row")
    expect(rows).to_have_count(len(mails))
    for number in range(len(mails)):
        rows.nth(number).locator(".row-link").click()
        expect(rows.nth(number)).to_have_attribute("aria-current", "true")
        window.settle()
        expect(window.page.locator("#message .mail")).to_have_count(1)
        window.page.locator("#message .mail-reply a").first.wait_for()
