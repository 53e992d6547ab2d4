"""Mail that attacks, opened in Chromium: hundreds of bodies through all three walls as they stand in the product, and
then each wall but the sanitiser alone, with the bodies as they came (the sanitiser alone:
tests/mime/test_sanitize_browser.py)."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from accounts.models import Account
from tests.browser.letters import PICTURE, html
from tests.browser.windows import Window
from tests.mime.hostile_html import CASES
from tests.servers.live import Live, Person
from webmail.mailbox.opening import open_mailbox

AT_ONCE = 60  # frames
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"

# Opens each address in a frame like that of the reading pane; what it holds once all have loaded; `pictures`
# is where they may come from, below the address of the message.
OPEN = """async ([addresses, sandbox, pictures]) => {
    const box = document.createElement("div");
    document.body.append(box);
    const frames = addresses.map((address) => {
        const frame = document.createElement("iframe");
        if (sandbox) frame.setAttribute("sandbox", sandbox);
        frame.src = address;
        return frame;
    });
    const loaded = frames.map((frame) => new Promise((resolve) => { frame.onload = resolve; }));
    box.append(...frames);
    await Promise.all(loaded);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const named = (style) =>
        [...`${style.cssText} ${style.background} ${style.listStyle}`.matchAll(/url\\("?([^")]*)/g)]
            .map((url) => url[1]);
    const found = frames.map((frame) => {
        const page = frame.contentDocument, all = [...page.querySelectorAll("*")];
        const styles = all.map((element) => page.defaultView.getComputedStyle(element));
        return {
            address: page.location.pathname,
            first: page.querySelector("p")?.textContent,
            live: page.querySelectorAll("#mail :is(script,style,link,meta,base,form,input,button,select,textarea," +
                "svg,math,iframe,object,embed,video,audio,template,[id],[name],[srcset],[background])").length,
            floating: styles.filter((style) => style.position !== "static" || style.transform !== "none" ||
                style.zIndex !== "auto" || style.animationName !== "none").length,
            foreign: [...all.map((element) => element.src), ...styles.flatMap(named)]
                .filter((url) => url && !url.startsWith(frame.src.replace(/body\\/$/, pictures))).length,
        };
    });
    box.remove();
    return [found, location.href, document.activeElement.tagName];
}"""


@pytest.mark.parametrize("with_pictures", [False, True])
def test_no_attack_runs_calls_home_or_leaves_its_frame(
    window: Window, anna: Person, live: Live, with_pictures: bool
) -> None:
    """With the reader's consent to pictures as well: then all that is asked for is asked of this server."""
    with live.dovecot.imap(anna.mail) as client:
        for name, body in CASES.items():
            client.append("INBOX", html(name, f"<p>before</p>{body}").as_bytes())
        uidvalidity = client.select_folder("INBOX", readonly=True)[b"UIDVALIDITY"]
        uids = client.search()
    assert len(uids) == len(CASES) > 200
    if with_pictures:
        let_pictures_load(window, anna)
    window.home()
    window.settle()
    home, title = window.page.url, window.page.title()
    folder = window.page.locator("#rows .row-link").first.get_attribute("href") or ""
    begin = folder.partition(f"/{uidvalidity}/")[0]
    bodies = [f"{begin}/{uidvalidity}/{uid}/body/" for uid in uids]
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url.removeprefix(live.url)))
    page = window.page.locator("body").inner_html()
    for start in range(0, len(bodies), AT_ONCE):
        addresses = bodies[start : start + AT_ONCE]
        found, where, focus = window.page.evaluate(OPEN, [addresses, SANDBOX, "remote/" if with_pictures else "part/"])
        harmless = [
            {"address": address, "first": "before", "live": 0, "floating": 0, "foreign": 0} for address in addresses
        ]
        assert found == harmless, _differences(found, harmless, start)
        assert (where, focus) == (home, "BODY")
    pictures = [url for url in asked if "/remote/" in url]
    assert sorted(url for url in asked if url not in pictures) == sorted(bodies)
    assert (len(pictures) > 30) == with_pictures
    assert (window.page.title(), window.page.locator("body").inner_html()) == (title, page)


def let_pictures_load(window: Window, anna: Person) -> None:
    """All of Gerda's; but nothing is fetched for them."""
    window.page.route("**/remote/**", lambda route: route.fulfill(content_type="image/png", body=PICTURE))
    window.deliver(anna, html("Pictures", '<p>x</p><img src="https://elsewhere.test/a.png" width="9" height="9">'))
    window.home()
    pane = window.read("Pictures")
    pane.get_by_label("More about pictures").click()
    pane.get_by_role("button", name="Always from gerda@elsewhere.test").click()
    expect(window.page.frame_locator(".mail-frame").locator("img")).to_have_attribute("src", re.compile("/remote/"))


def _differences(found: Sequence[object], harmless: Sequence[object], start: int) -> str:
    names = list(CASES)[start:]
    return "\n".join(f"{name}: {got}" for name, got, right in zip(names, found, harmless, strict=False) if got != right)


# -- one wall alone ----------------------------------------------------------------------------------------------------

APP = "https://mail.test/"


class Stage:
    """An empty page that shows bodies as they came, under `headers`. `asked`: what went out to the network."""

    def __init__(self, page: Page, headers: dict[str, str]):
        self.page = page
        self.headers = headers
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        page.on("dialog", self._dialog)
        page.context.route("**/*", self._answer)
        page.goto(APP)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path.strip("/")
        if not route.request.url.startswith(APP) or (path and not path.isdecimal()):
            self.asked.append(route.request.url)
            route.abort()
        else:
            body = list(CASES.values())[int(path)] if path else ""
            shown = f"<!doctype html><body><p>before</p>{body}" if path else ""
            route.fulfill(content_type="text/html; charset=utf-8", body=shown, headers=self.headers if path else {})

    def open_all(self, sandbox: str, amount: int = len(CASES)) -> None:
        for start in range(0, amount, AT_ONCE):
            addresses = [f"{APP}{number}/" for number in range(start, min(start + AT_ONCE, amount))]
            self.page.evaluate(SHOW, [addresses, sandbox])
            assert self.page.url == APP
            self.page.evaluate("document.body.replaceChildren()")


SHOW = """async ([addresses, sandbox]) => {
    const frames = addresses.map((address) => {
        const frame = document.createElement("iframe");
        if (sandbox) frame.setAttribute("sandbox", sandbox);
        frame.src = address;
        return frame;
    });
    document.body.append(...frames);
    await new Promise((resolve) => setTimeout(resolve, 500));
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def headers(alice_client: Client, alice_pop_account: Account) -> dict[str, str]:
    """Of the body document, as the view sends them."""
    with open_mailbox(alice_pop_account) as mailbox:
        mailbox.append("INBOX", html("x", "<p>x</p>").as_bytes())
        ref = mailbox.list_messages("INBOX").rows[0].ref
    place = [alice_pop_account.pk, ref.folder, ref.uidvalidity, ref.uid]
    response = alice_client.get(reverse("mailbox:body", args=place))
    return {name: value for name, value in response.headers.items() if name not in ("Content-Length", "Content-Type")}


def test_without_any_wall_they_attack(page: Page) -> None:
    """Else the tests below would prove nothing."""
    stage = Stage(page, {})
    stage.open_all(sandbox="", amount=40)
    assert stage.dialogs
    assert stage.asked


def test_the_document_s_policy_alone(page: Page, headers: dict[str, str]) -> None:
    stage = Stage(page, {**headers, "X-Frame-Options": "SAMEORIGIN"})
    stage.open_all(sandbox="")
    assert (stage.dialogs, stage.asked) == ([], [])


def test_the_frame_s_sandbox_alone(page: Page) -> None:
    """It knows nothing of pictures, so it lets them load; script, other pages and windows it does not."""
    stage = Stage(page, {})
    stage.open_all(SANDBOX)
    assert stage.dialogs == []
    assert len(page.context.pages) == 1
