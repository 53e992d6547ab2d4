"""What is typed survives a closed page, a lost line and a session that has ended."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_offline import LOST
from tests.browser.windows import PATIENCE, Window
from tests.servers.live import Person

COPIES = "() => Object.keys(localStorage).filter((key) => key.startsWith('unsent:'))"
LATER = "() => { const now = Date.now; Date.now = () => now() + 60_000; }"


@pytest.fixture
def writing(window: Window) -> Window:
    """Anna has begun a mail, and a copy of it lies on the device."""
    window.goto("/compose/")
    begin(window)
    return window


def begin(window: Window) -> None:
    window.write("What I wrote.", to="ben@elsewhere.test", subject="Kept")
    expect(window.page.locator("#subject, [name=subject]").first).to_have_value("Kept")
    window.page.wait_for_function("() => Object.keys(localStorage).some((key) => key.startsWith('unsent:'))")
    window.page.wait_for_timeout(700)  # the pause after the last key


def send(window: Window) -> None:
    window.page.get_by_role("button", name="Send", exact=True).click()


def test_a_page_that_was_left_asks_when_it_is_opened_again(writing: Window) -> None:
    writing.goto("/outbox/")
    writing.goto("/compose/")
    question = writing.page.locator(".composer-errors .banner")
    expect(question).to_contain_text("Text that you wrote here was not saved")
    question.get_by_role("button", name="Put it back").click()
    expect(question).to_have_count(0)
    expect(writing.page.locator("[name=to]")).to_have_value("ben@elsewhere.test")
    expect(writing.text()).to_contain_text("What I wrote.")
    send(writing)
    writing.page.wait_for_url("**/INBOX/")
    assert writing.page.evaluate(COPIES) == []


def test_it_can_be_thrown_away(writing: Window) -> None:
    writing.goto("/outbox/")
    writing.goto("/compose/")
    writing.page.get_by_role("button", name="Delete it").click()
    assert writing.page.evaluate(COPIES) == []
    writing.page.reload()
    expect(writing.page.locator(".composer-errors")).to_have_count(0)


def test_what_was_saved_needs_no_copy(writing: Window) -> None:
    writing.page.get_by_role("button", name="Save draft").click()
    expect(writing.page.locator("#saved")).to_contain_text("Saved")
    assert writing.page.evaluate(COPIES) == []


@pytest.mark.parametrize("known", [True, False], ids=["the browser knows", "the server is gone"])
def test_without_a_line_send_says_so_and_keeps_all(writing: Window, known: bool) -> None:
    writing.page.evaluate(LATER)
    if known:
        writing.context.set_offline(True)
    else:
        writing.page.route("**/session/", lambda route: route.abort())
    send(writing)
    expect(writing.toast()).to_contain_text("Nothing was sent; your text is kept on this device.")
    expect(writing.text()).to_contain_text("What I wrote.")
    writing.context.set_offline(False)
    writing.page.unroute_all()
    send(writing)
    expect(writing.toast()).to_contain_text("Sent", timeout=PATIENCE * 1000)
    writing.watch.problems[:] = [problem for problem in writing.watch.problems if not problem.startswith(LOST)]


def test_the_password_is_asked_in_place(writing: Window, anna: Person) -> None:
    writing.expects(403)
    writing.page.evaluate(LATER)
    writing.context.clear_cookies(name="sessionid")
    send(writing)
    dialog = writing.page.get_by_role("dialog", name="You are signed out")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("That did not work.")
    dialog.get_by_label("Password").fill(anna.password)
    dialog.get_by_role("button", name="Sign in").click()
    expect(writing.toast()).to_contain_text("Sent", timeout=PATIENCE * 1000)
    assert writing.page.evaluate(COPIES) == []


def test_saving_asks_for_it_too(writing: Window, anna: Person) -> None:
    writing.expects(403)
    writing.context.clear_cookies(name="sessionid")
    writing.page.get_by_role("button", name="Save draft").click()
    dialog = writing.page.get_by_role("dialog", name="You are signed out")
    dialog.get_by_label("Password").fill(anna.password)
    dialog.get_by_role("button", name="Sign in").click()
    expect(writing.page.locator("#saved")).to_contain_text("Saved")
    expect(dialog).to_be_hidden()
    expect(writing.text()).to_contain_text("What I wrote.")


def test_nobody_else_is_asked(writing: Window, ben: Person) -> None:
    writing.goto("/outbox/")
    writing.context.clear_cookies()
    writing.sign_in(ben)
    writing.goto("/compose/")
    expect(writing.text()).to_be_visible()
    expect(writing.page.locator(".composer-errors")).to_have_count(0)


def test_signing_out_asks_first(writing: Window) -> None:
    writing.goto("/outbox/")
    writing.page.evaluate("() => { window.confirm = (words) => { window.asked = words; return false; } }")
    sign_out = "() => document.querySelector(\"[action='/sign-out/']\").requestSubmit()"
    writing.page.evaluate(sign_out)
    assert "Sign out and delete it?" in writing.page.evaluate("() => window.asked")
    assert writing.page.evaluate(COPIES) != []
    writing.page.evaluate("() => { window.confirm = () => true }")
    writing.page.evaluate(sign_out)
    writing.page.wait_for_url("**/sign-in/")
    assert writing.page.evaluate(COPIES) == []


def test_a_later_page_tells_of_it(writing: Window) -> None:
    writing.goto("/outbox/")
    writing.page.evaluate(
        """() => {
            const [key] = Object.keys(localStorage).filter((key) => key.startsWith("unsent:"));
            const copy = JSON.parse(localStorage.getItem(key));
            localStorage.setItem(key, JSON.stringify({ ...copy, at: Date.now() - 600_000 }));
        }"""
    )
    writing.home()
    expect(writing.toast()).to_contain_text("A mail was not saved. Its text is kept on this device.Kept")
    writing.toast().get_by_role("link", name="Open").click()
    expect(writing.composer().locator(".composer-errors")).to_contain_text("Text that you wrote here was not saved")
