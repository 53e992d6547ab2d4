"""A sent mail is taken back for some seconds, from any page, and another one waits for its morning."""

from playwright.sync_api import expect

from tests.browser.windows import Window
from tests.servers.live import Live, Person


def test_taken_back_and_sent_later(window: Window, live: Live, anna: Person) -> None:
    live.rows("UPDATE accounts_user SET undo_seconds = 30 WHERE username = ?", anna.username)
    page = window.page
    before = len(live.smtp.accepted)
    page.goto(f"{live.url}/compose/")
    page.fill("[name=to]", "ben@example.org")
    page.fill("[name=subject]", "Plan")
    page.locator("#editor").fill("We meet at noon.")
    page.locator("[data-command=send]").click()
    expect(window.toast()).to_contain_text("Sending in")
    page.goto(f"{live.url}/outbox/")
    expect(page.locator("#outbox")).to_contain_text("Sending in")
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("[name=subject]")).to_have_value("Plan")
    expect(page.locator("#editor")).to_contain_text("We meet at noon.")
    page.locator("[data-command=send]").click()
    first = page.locator("[data-leaves-in]").text_content()
    expect(page.locator("[data-leaves-in]")).not_to_have_text(first or "")
    page.keyboard.press("z")
    expect(page.locator("[name=subject]")).to_have_value("Plan")

    page.locator("#send-later summary").click()
    page.get_by_label("Tomorrow morning").check()
    expect(page.locator("[data-command=send]")).to_have_text("Send later")
    page.locator("[data-command=send]").click()
    expect(window.toast()).to_contain_text("Leaves tomorrow at 08:00")
    page.goto(f"{live.url}/outbox/")
    expect(page.get_by_role("button", name="Send now")).to_be_visible()
    assert len(live.smtp.accepted) == before
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#outbox")).to_contain_text("A copy is in Sent.")
    assert len(live.smtp.accepted) == before + 1
