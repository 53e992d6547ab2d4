"""The same person in two tabs."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.letters import letter
from tests.browser.windows import Window
from tests.servers.live import Person


@pytest.fixture
def other(window: Window, anna: Person) -> Page:
    """A second tab with the inbox; both list three mails."""
    window.deliver(anna, *(letter(subject) for subject in ("Three", "Two", "One")))
    window.home()
    other = window.context.new_page()
    other.goto(window.page.url)
    return other


def row(page: Page, subject: str):  # type: ignore[no-untyped-def]
    return page.locator("#rows .row").filter(has=page.get_by_text(subject, exact=True))


def test_deleted_in_one_opened_in_the_other(window: Window, other: Page) -> None:
    window.read("One")
    window.tool("Delete").click()
    expect(window.row("One")).to_have_count(0)
    window.expects(404)
    row(other, "One").locator(".row-link").click()
    expect(other.locator("#message")).to_contain_text("no longer here")
    row(other, "Two").locator(".row-link").click()
    expect(other.locator("#subject")).to_have_text("Two")


def test_deleted_in_one_archived_in_the_other(window: Window, other: Page) -> None:
    row(other, "One").locator(".row-link").click()
    expect(other.locator("#subject")).to_have_text("One")
    window.read("One")
    window.tool("Delete").click()
    expect(window.row("One")).to_have_count(0)
    other.locator("#message .pane-bar").get_by_label("Archive", exact=True).first.click()
    expect(other.locator(".toast").last).to_contain_text("Nothing was moved")
    expect(row(other, "One")).to_have_count(0)
    expect(row(other, "Two")).to_be_visible()


def test_what_happens_elsewhere_shows_within_a_minute(window: Window, other: Page, anna: Person) -> None:
    other.clock.install()
    other.reload()
    row(other, "Two").locator(".check").check(force=True)
    window.read("One")
    expect(window.row("One")).to_have_class("row")
    window.deliver(anna, letter("New"))
    expect(row(other, "One")).to_have_class("row is-unread")
    other.clock.fast_forward(70_000)
    expect(row(other, "One")).to_have_class("row")
    expect(row(other, "New")).to_be_visible()
    expect(row(other, "Two").locator(".check")).to_be_checked()


def test_a_list_without_news_stays_as_it_is(window: Window, other: Page) -> None:
    other.clock.install()
    other.reload()
    first = other.locator("#rows .row").first
    first.evaluate("row => { row.dataset.kept = 'yes' }")
    with other.expect_response(lambda answer: "poll=on" in answer.url) as asked:
        other.clock.fast_forward(70_000)
    assert asked.value.status == 204
    expect(first).to_have_attribute("data-kept", "yes")


def test_signed_in_anew_in_one_the_other_says_what_to_do(window: Window, other: Page, anna: Person) -> None:
    other.locator(".side-head summary").click()
    other.get_by_role("button", name="Sign out").click()
    other.get_by_label("E-mail address or user name").fill(anna.username)
    other.get_by_label("Password", exact=True).fill(anna.password)
    other.get_by_role("button", name="Sign in").click()
    expect(other.locator("#list h1")).to_have_text("Inbox")
    window.expects(403)
    window.row("One").get_by_label("Star", exact=True).click()
    expect(window.toast()).to_contain_text("Load it again")
    window.page.reload()
    window.row("One").get_by_label("Star", exact=True).click()
    expect(window.row("One").get_by_label("Star", exact=True)).to_have_attribute("aria-pressed", "true")


def test_send_pressed_in_two_tabs_sends_once(window: Window, other: Page, anna: Person) -> None:
    window.goto("/compose/")
    window.write("Once.", to=anna.mail.address, subject="Only one")
    window.page.get_by_role("button", name="Save draft").click()
    expect(window.page.locator("#saved")).to_contain_text("Saved")
    other.goto(window.page.url)
    window.send()
    other.get_by_role("button", name="Send", exact=True).click()
    expect(other.locator(".toast").last).to_contain_text("Sent", timeout=20_000)
    window.await_row("Only one")
    assert [mail.recipients for mail in window.live.smtp.accepted].count([anna.mail.address]) == 1
