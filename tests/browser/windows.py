"""A person's browser window on the running product, and a watch on what goes wrong in it.

Window drives the pages as a person does: by what they read on links, buttons and fields. Watch listens to the whole
window: scripts that fail, requests that fail or leave the product, breaches of the content security policy.
"""

import re
import time
from email.message import EmailMessage
from email.policy import SMTP

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    FrameLocator,
    Locator,
    Page,
    Request,
    Response,
    expect,
)

from tests.servers.live import Live, Person

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10
ZOOMED = {"width": 720, "height": 450}  # a desk at 200 %, in its own pixels (1.4.4)
PATIENCE = 20  # seconds for what a worker does in the background

TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""

VIEWER = ("chrome://", "chrome-extension://")  # what shows a PDF is the browser's own
# The browser's and htmx's words for an answer of 400 and above, which Watch notes with its address.
ANSWERED = re.compile(r"Failed to load resource|Response Status Error Code|Service Worker registration blocked")


class Watch:
    """`problems` in order. An answer of 400 or above is one, unless its status was expected."""

    def __init__(self, context: BrowserContext, home: str):
        self.home = home
        self.problems: list[str] = []
        self.expected: list[int] = []
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        context.on("dialog", self._dialog)

    def unexpected(self) -> list[str]:
        """The problems but those whose status a test foresaw."""
        statuses = tuple(f"{status} " for status in self.expected)
        return [problem for problem in self.problems if not problem.startswith(statuses)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not ANSWERED.match(message.text):
            self.problems.append(f"console: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:", "about:", *VIEWER)):
            self.problems.append(f"left the product: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left, a file that is saved
            self.problems.append(f"failed: {request.method} {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status} {response.request.method} {response.url}")

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self.problems.append(f"dialog: {dialog.message}")
        dialog.accept()


class Window:
    """One window with one page. `live` is the product it looks at."""

    def __init__(self, live: Live, context: BrowserContext):
        context.set_default_timeout(10_000)
        self.live = live
        self.context = context
        self.watch = Watch(context, live.url)
        self.page: Page = context.new_page()

    def deliver(self, person: Person, *mails: EmailMessage) -> None:
        """Mail comes in from elsewhere."""
        for mail in mails:
            self.live.dovecot.deliver(person.mail.address, mail.as_bytes(policy=SMTP))

    # -- getting about -------------------------------------------------------------------------------------------------

    def sign_in(self, person: Person) -> None:
        self.goto("/sign-in/")
        self.page.get_by_label("E-mail address or user name").fill(person.username)
        self.page.get_by_label("Password", exact=True).fill(person.password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def goto(self, path: str) -> None:
        self.page.goto(self.live.url + path)

    def home(self) -> None:
        """The inbox, where everybody lands."""
        self.goto("/")

    def folder(self, label: str) -> None:
        """Click a folder of the column."""
        named = self.page.get_by_text(label, exact=True)
        self.page.locator("#folders .nav-item").filter(has=named).first.click()
        expect(self.page.locator("#list h1")).to_have_text(label)

    def expects(self, *statuses: int) -> None:
        """Answers of these statuses are what the test is about; at the end each must have come."""
        self.watch.expected += statuses

    # -- the list ------------------------------------------------------------------------------------------------------

    def row(self, subject: str) -> Locator:
        return self.page.locator("#rows .row").filter(has=self.page.get_by_text(subject, exact=True))

    def subjects(self) -> list[str]:
        return self.page.locator("#rows .row:not([hidden]) .row-subject").all_inner_texts()

    def read(self, subject: str) -> Locator:
        """Click a row; the reading pane once it shows that message."""
        self.row(subject).locator(".row-link").click()
        return self.opened(subject)

    def opened(self, subject: str) -> Locator:
        pane = self.page.locator("#message")
        expect(pane.locator("#subject")).to_have_text(subject)
        return pane

    def letter(self) -> Locator:
        """The words of the open message, be they in the page or in the frame of a formatted mail."""
        pane = self.page.locator("#message")
        words = pane.locator(".mail-text, .mail-frame").first
        words.wait_for()
        framed = words.evaluate("element => element.matches('.mail-frame')")
        return pane.frame_locator(".mail-frame").locator("body") if framed else words

    def await_row(self, subject: str) -> Locator:
        """Load the list again until a message is there."""
        return self.reload_until(self.row(subject))

    def reload_until(self, wanted: Locator) -> Locator:
        """What a worker does in the background shows when the page is loaded again."""
        deadline = time.monotonic() + PATIENCE
        while wanted.count() == 0 and time.monotonic() < deadline:
            self.page.wait_for_timeout(200)
            self.page.reload()
        expect(wanted).to_have_count(1)
        return wanted

    def settle(self) -> None:
        """Wait for the parts of the page that load by themselves."""
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def tool(self, name: str) -> Locator:
        """A button or link of the open message's bar."""
        return self.page.locator("#message .pane-bar").get_by_label(name, exact=True).first

    # -- writing -------------------------------------------------------------------------------------------------------

    def composer(self) -> Page | FrameLocator:
        """Where mail is written: the latest window over the mailbox, or the page."""
        self.page.locator("#composer, .window:last-child iframe").first.wait_for()
        framed = self.page.locator("#composer").count() == 0
        return self.page.frame_locator(".window:last-child iframe") if framed else self.page

    def write(self, text: str = "", **fields: str) -> None:
        """Fill in the composer: `to`, `cc`, `subject`; `text` goes above what is quoted."""
        for name, value in fields.items():
            self.composer().locator(f"[name={name}]").fill(value)
        self.text().press("Control+Home")
        self.page.keyboard.type(text)

    def text(self) -> Locator:
        """What is written: the editor, or the field of a mail in plain text."""
        return self.composer().get_by_role("textbox", name="Text", exact=True)

    def send(self) -> None:
        """Press Send, and see it leave."""
        self.composer().get_by_role("button", name="Send", exact=True).click()
        self.sees_it_sent()

    def sees_it_sent(self) -> None:
        expect(self.page.locator(".toast").last).to_contain_text("Sent", timeout=PATIENCE * 1000)

    def toast(self) -> Locator:
        return self.page.locator(".toast").last
