"""Without a network: what was read can be read again, marked; nothing is done in silence; nothing of one person is left
for another."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import html, letter, newsletter
from tests.browser.test_phone import TOUCH
from tests.browser.windows import PHONE, Window
from tests.servers.live import Person

WITH_WORKER: dict[str, Any] = {"viewport": PHONE, "service_workers": "allow"}
KEPT = """async () => {
    if (!await caches.has("read")) return [];
    const kept = await (await caches.open("read")).keys();
    return kept.map((request) => new URL(request.url).pathname);
}"""
NOTHING = "() => caches.has('read').then((there) => !there)"
KEEPS = "(wanted) => caches.open('read').then((read) => read.match(wanted)).then(Boolean)"


def kept(window: Window) -> list[str]:
    paths: list[str] = window.page.evaluate(KEPT)
    return paths


def until(window: Window, holds: str, argument: object = None) -> None:
    """What the worker does beside the page; asked from here, as the pages' policy lets no text be run in them."""
    deadline = time.monotonic() + 10
    while not window.page.evaluate(holds, argument):
        assert time.monotonic() < deadline, holds
        window.page.wait_for_timeout(50)


def await_kept(window: Window, path: str) -> None:
    """The worker stores a page once it has been given to the window."""
    until(window, KEEPS, path)


def with_worker(window: Window) -> Window:
    until(window, "() => navigator.serviceWorker.controller !== null")
    window.home()
    await_kept(window, window.page.evaluate("location.pathname"))
    return window


def read_and_keep(window: Window, subject: str) -> None:
    pane = window.read(subject)
    path = window.page.evaluate("location.pathname")
    await_kept(window, path)
    if pane.locator(".mail-frame").count():
        await_kept(window, f"{path}body/")
    window.page.go_back()
    expect(window.row(subject)).to_be_visible()


LOST = ("failed: ", "console: htmx:")  # what the browser and htmx say of a request that found no network


@pytest.fixture
def device(anna: Person, open_window: Open) -> Iterator[Window]:
    """Anna's phone, which has kept her inbox with three mails and one that she read."""
    window = open_window(anna, **TOUCH | WITH_WORKER)
    window.deliver(anna, letter("Lunch"), html("Paper", "<p>Three <b>new</b> papers.</p>"), letter("Never opened"))
    with_worker(window)
    read_and_keep(window, "Paper")
    window.settle()
    yield window
    lost = [problem for problem in window.watch.problems if problem.startswith(LOST)]
    window.watch.problems[:] = [problem for problem in window.watch.problems if problem not in lost]


def cut(window: Window) -> None:
    """The network goes; what asks for it from now on gets nothing."""
    window.expects(503)
    window.context.set_offline(True)
    expect(window.page.locator(".offline-bar")).to_contain_text("Offline")


def test_what_was_read_is_there(device: Window) -> None:
    cut(device)
    device.page.reload()
    expect(device.page.locator(".offline-bar")).to_contain_text("as of ")
    assert sorted(device.subjects()) == ["Lunch", "Never opened", "Paper"]
    device.row("Paper").locator(".row-link").tap()
    device.opened("Paper")
    expect(device.letter()).to_contain_text("Three new papers.")
    device.page.reload()
    device.opened("Paper")
    expect(device.letter()).to_contain_text("Three new papers.")


def test_no_files_and_no_pictures_are_kept(device: Window, anna: Person) -> None:
    device.deliver(anna, newsletter("With a logo"))
    device.home()
    read_and_keep(device, "With a logo")
    everything = """async () => {
        const all = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
        return all.flat().map((request) => new URL(request.url).pathname);
    }"""
    stored = device.page.evaluate(everything)
    foreign = [path for path in stored if not path.startswith(("/static/", "/state")) and path not in kept(device)]
    assert foreign == []
    assert [path for path in stored if "/part/" in path or "/remote/" in path] == []


def test_the_language_of_the_person_without_a_network(device: Window) -> None:
    device.page.evaluate("() => { document.cookie = 'django_language=fr; path=/' }")
    device.home()
    await_kept(device, device.page.evaluate("location.pathname"))
    until(device, "() => caches.match('/state').then((kept) => kept.json()).then((state) => state.language === 'fr')")
    device.expects(503)
    device.context.set_offline(True)
    device.goto("/settings/")
    expect(device.page.get_by_role("heading", name="Vous êtes hors ligne")).to_be_visible()


def test_the_way_in_and_what_is_not_there(device: Window) -> None:
    cut(device)
    device.goto("/")
    expect(device.row("Lunch")).to_be_visible()
    device.row("Never opened").locator(".row-link").tap()
    expect(device.page.locator("#message")).to_contain_text("This is not kept on this device")
    device.page.get_by_role("link", name="Back to the list").tap()
    expect(device.row("Lunch")).to_be_visible()
    device.goto("/settings/")
    expect(device.page.get_by_role("heading", name="You are offline")).to_be_visible()


def test_acts_say_that_nothing_was_done(device: Window) -> None:
    device.context.set_offline(True)
    expect(device.page.locator(".offline-bar")).to_contain_text("Offline")
    device.row("Lunch").locator(".row-pick").tap()
    device.page.locator(".list-picked").get_by_label("Archive").tap()
    expect(device.toast()).to_contain_text("You are offline: nothing was done.")
    expect(device.row("Lunch")).to_be_visible()


def test_back_online_the_page_is_the_live_one(device: Window, anna: Person) -> None:
    cut(device)
    device.page.reload()
    expect(device.page.locator("html[data-kept]")).to_have_count(1)
    device.deliver(anna, letter("While you were away"))
    device.context.set_offline(False)
    expect(device.row("While you were away")).to_be_visible()
    expect(device.page.locator(".offline-bar")).to_have_count(0)


def test_signing_out_leaves_nothing(device: Window) -> None:
    device.page.evaluate("document.querySelector(\"[action='/sign-out/']\").requestSubmit()")
    device.page.wait_for_url("**/sign-in/")
    until(device, NOTHING)
    device.expects(503)
    device.context.set_offline(True)
    device.goto("/")
    expect(device.page.get_by_role("heading", name="You are offline")).to_be_visible()
    assert kept(device) == []


def test_another_person_finds_nothing_of_the_first(device: Window, ben: Person) -> None:
    """Anna's session ends by itself, as after weeks: nobody pressed a button."""
    assert any(path.endswith("body/") for path in kept(device))
    device.context.clear_cookies()
    device.sign_in(ben)
    device.page.wait_for_url("**/INBOX/")
    await_kept(device, device.page.evaluate("location.pathname"))
    [path] = kept(device)
    assert path == device.page.evaluate("location.pathname")
    cut(device)
    device.page.reload()
    expect(device.row("Lunch")).to_have_count(0)


def test_who_is_only_passing_keeps_nothing(anna: Person, open_window: Open) -> None:
    window = open_window(**WITH_WORKER)
    window.deliver(anna, letter("Lunch"))
    window.goto("/sign-in/")
    window.page.get_by_label("Stay signed in").uncheck()
    window.page.get_by_label("E-mail address or user name").fill(anna.username)
    window.page.get_by_label("Password", exact=True).fill(anna.password)
    window.page.get_by_role("button", name="Sign in").click()
    until(window, "() => navigator.serviceWorker.controller !== null")
    window.home()
    window.read("Lunch")
    window.page.wait_for_load_state("networkidle")
    assert kept(window) == []


def test_the_switch(device: Window) -> None:
    """What a page of settings has to offer: a checkbox with data-keep-mail."""
    device.page.evaluate(
        """() => {
            const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
            box.dataset.keepMail = "";
            document.body.append(box);
            box.click();
        }"""
    )
    until(device, NOTHING)
    device.home()
    device.read("Lunch")
    device.page.wait_for_load_state("networkidle")
    assert kept(device) == []


def test_what_is_kept_is_bounded(device: Window) -> None:
    """Of texts and lists nobody keeps without end: what was read first goes first."""
    here = device.page.evaluate("location.pathname")
    stored = device.page.evaluate(
        """async (here) => {
            const read = await caches.open("read");
            const headers = { "X-Kept": new Date().toISOString() };
            const page = () => new Response("<div class=read-scroll>", { headers });
            for (let uid = 1000; uid < 1060; uid += 1) {
                await read.put(`${here}1/${uid}/`, page());
                await read.put(`${here}1/${uid}/body/`, page());
            }
            return (await read.keys()).length;
        }""",
        here,
    )
    assert stored > 120
    read_and_keep(device, "Lunch")
    until(device, "() => caches.open('read').then((read) => read.keys()).then((keys) => keys.length <= 110)")
    paths = kept(device)
    assert sum(path.endswith("body/") for path in paths) <= 50
    assert f"{here}1/1000/" not in paths
    assert f"{here}1/1059/" in paths
