"""The mailbox in Chromium over the running product: panes, keys, selection, the frame, and all of it without script."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.mailbox.letters import html_with_picture, plain, with_file
from tests.servers.live import Live, Person

HOSTILE = """<p id="first">Hello there</p><script>document.title = "owned"; parent.document.title = "owned"</script>
<img src="x" onerror="parent.document.title='owned'"><a href="javascript:parent.document.title='owned'">click</a>
<form action="/settings/"><input name="q" autofocus></form><img src="cid:dot" width="20" height="20">
<img src="https://pictures.test/a.png" width="80" height="80"><a href="https://example.org/" id="out">out</a>""" + (
    "<p>line</p>" * 60
)


@pytest.fixture
def person(live: Live) -> Person:
    person = live.new_person("reader")
    for number in range(1, 4):
        live.dovecot.deliver(person.mail.address, plain(f"Letter {number}", text=f"Text of {number}."))
    return person


@pytest.fixture
def signed_in(live: Live, person: Person, page: Page) -> Iterator[Page]:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    sign_in(live, person, page)
    yield page
    assert faults == []


def sign_in(live: Live, person: Person, page: Page) -> None:
    page.goto(live.url)
    page.get_by_label("Username").or_(page.locator("input[name=username]")).first.fill(person.username)
    page.locator("input[name=password]").fill(person.password)
    page.locator("input[name=password]").press("Enter")
    expect(page.locator(".list-head h1")).to_have_text("Inbox")
    page.wait_for_load_state()  # a key pressed before the scripts run is lost


def row(page: Page, subject: str):
    return page.locator("#rows .row", has_text=subject)


def test_reading_marks_as_read(signed_in: Page):
    page = signed_in
    expect(page.locator("#rows .row")).to_have_count(3)
    expect(page.locator("#side-1, [id^=side-]").first.locator(".badge").first).to_contain_text("3")
    row(page, "Letter 2").locator(".row-link").click()
    expect(page.locator("#message .mail-text")).to_have_text(re.compile("Text of 2"))
    expect(row(page, "Letter 2")).not_to_have_class(re.compile("is-unread"))
    expect(row(page, "Letter 2")).to_have_attribute("aria-current", "true")
    expect(page.locator("[id^=side-] .badge").first).to_contain_text("2")
    expect(page).to_have_title(re.compile(r"^Inbox \(2\), "))
    expect(page.locator("#seen-button")).to_have_attribute("value", "unread")
    page.reload()
    expect(page.locator("#message .mail-text")).to_have_text(re.compile("Text of 2"))
    expect(row(page, "Letter 1")).to_have_class(re.compile("is-unread"))


def test_back_leads_back(signed_in: Page):
    page = signed_in
    row(page, "Letter 1").locator(".row-link").click()
    expect(page.locator("#message .mail-text")).to_be_visible()
    page.go_back()
    expect(page.locator("#message .mail-text")).to_have_count(0)
    expect(page.locator("#rows .row")).to_have_count(3)


def test_archiving_opens_the_next(signed_in: Page):
    page = signed_in
    row(page, "Letter 3").locator(".row-link").click()
    expect(page.locator("#subject")).to_have_text("Letter 3")
    expect(page.locator("#seen-button")).to_have_attribute("value", "unread")
    page.keyboard.press("e")
    expect(page.locator("#rows .row")).to_have_count(2)
    expect(page.locator("#toasts")).to_contain_text("1 message moved to Archive.")
    expect(page.locator("#subject")).to_have_text("Letter 2")


def test_the_star_of_the_open_message_follows_its_row(signed_in: Page):
    page = signed_in
    row(page, "Letter 2").locator(".row-link").click()
    star = page.locator("#star-button")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(row(page, "Letter 2").locator(".star")).to_have_attribute("aria-pressed", "true")
    row(page, "Letter 2").locator(".star").click()
    expect(star).to_have_attribute("aria-pressed", "false")
    star.click()  # it does what it shows
    expect(row(page, "Letter 2").locator(".star")).to_have_attribute("aria-pressed", "true")


def test_keys(signed_in: Page):
    page = signed_in
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(row(page, "Letter 2").locator(".star")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(row(page, "Letter 3")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("#")
    expect(page.locator("#rows .row")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("#message .mail-text")).to_be_visible()
    page.keyboard.press("Shift+U")
    expect(page.locator("#rows .row.is-unread")).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("is:starred e")  # letters are letters in a field
    expect(page.locator("[data-search]")).to_have_value("is:starred e")
    expect(page.locator("#rows .row")).to_have_count(2)


def test_selection_and_its_toolbar(signed_in: Page):
    page = signed_in
    row(page, "Letter 1").hover()
    expect(row(page, "Letter 1").locator(".row-actions button:visible")).to_have_count(3)
    row(page, "Letter 1").locator(".check").check()
    row(page, "Letter 3").locator(".check").click(modifiers=["Shift"])
    expect(page.locator('#rows .row[aria-selected="true"]')).to_have_count(3)
    tools = page.locator(".list-picked")
    tools.get_by_role("button", name="Mark as read").click()
    expect(page.locator("#rows .row.is-unread")).to_have_count(0)
    row(page, "Letter 2").hover()
    row(page, "Letter 2").locator(".check").check()
    tools.locator("summary").click()
    tools.get_by_role("button", name="Trash").click()
    expect(page.locator("#rows .row")).to_have_count(2)


def wait_until_higher(element: Locator, pixels: int) -> None:
    """Page.wait_for_function would evaluate a string in the page, which its policy forbids."""
    for _ in range(100):
        if element.evaluate("element => element.offsetHeight") > pixels:
            return
        element.page.wait_for_timeout(50)
    raise AssertionError(f"not higher than {pixels} pixels")


def test_html_mail_is_harmless_and_fits(live: Live, person: Person, signed_in: Page):
    page = signed_in
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(live.url) else None)
    live.dovecot.deliver(person.mail.address, html_with_picture(HOSTILE))
    page.reload()
    row(page, "Letter").first.locator(".row-link").click()
    frame = page.frame_locator(".mail-frame")
    expect(frame.locator("body")).to_contain_text("Hello there")
    expect(page.locator(".banner")).to_contain_text("not loaded")
    wait_until_higher(page.locator(".mail-frame"), 1500)
    assert frame.locator("img[src*='/part/']").evaluate("image => image.naturalWidth") == 1
    assert frame.locator("form, input, script").count() == 0
    assert "owned" not in page.title()
    assert outside == []
    with page.expect_popup() as popup:
        page.context.route("https://example.org/**", lambda route: route.fulfill(body="outside"))
        frame.locator("#out, a[href='https://example.org/']").first.click()
    assert popup.value.evaluate("window.opener") is None


def test_the_frame_s_address_alone_runs_nothing(live: Live, person: Person, signed_in: Page):
    page = signed_in
    live.dovecot.deliver(person.mail.address, html_with_picture(HOSTILE))
    page.reload()
    row(page, "Letter").first.locator(".row-link").click()
    page.goto(live.url + (page.locator(".mail-frame").get_attribute("src") or ""))
    expect(page.locator("body")).to_contain_text("Hello there")
    assert page.title() != "owned"


def test_attachment_is_saved(live: Live, person: Person, signed_in: Page):
    page = signed_in
    live.dovecot.deliver(person.mail.address, with_file(content=b"the plan"))
    page.reload()
    row(page, "With a file").locator(".row-link").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save plan.pdf").click()
    assert download.value.suggested_filename == "plan.pdf"
    assert download.value.path().read_bytes() == b"the plan"


def test_without_script(live: Live, person: Person, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(live, person, page)
    row(page, "Letter 2").locator(".row-link").click()
    expect(page.locator("#message .mail-text")).to_have_text(re.compile("Text of 2"))
    page.locator("#seen-button").click()
    expect(page.locator("#rows .row.is-unread")).to_have_count(2)
    row(page, "Letter 1").locator(".check").check(force=True)
    row(page, "Letter 3").locator(".check").check(force=True)
    page.locator(".list-picked").get_by_role("button", name="Archive").click()
    expect(page.locator("#rows .row")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("2 messages moved to Archive.")
    page.locator("[data-search]").fill("subject:nothing")
    page.locator("[data-search]").press("Enter")
    expect(page.locator("#rows")).to_contain_text("No mail matches")
    context.close()


def test_on_a_phone_one_pane_at_a_time(live: Live, person: Person, browser: Browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    sign_in(live, person, page)
    expect(page.locator("#message")).to_be_hidden()
    row(page, "Letter 2").locator(".row-link").click()
    expect(page.locator("#message .mail-text")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.locator("#message [data-command=back]").click()
    expect(page.locator("#list")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_an_error_is_shown_in_its_pane(live: Live, person: Person, signed_in: Page):
    page = signed_in
    with live.dovecot.imap(person.mail) as other:
        other.select_folder("INBOX")
        other.delete_messages(other.search())
        other.expunge()
    row(page, "Letter 2").locator(".row-link").click()
    expect(page.locator("#message")).to_contain_text("This message is no longer here")
    expect(page.locator("#list")).to_be_visible()


def test_a_selection_is_read_and_let_go(signed_in: Page):
    page = signed_in
    for subject in ("Letter 1", "Letter 2"):
        row(page, subject).locator(".check").check(force=True)
    page.locator(".list-picked").get_by_label("Mark as read", exact=True).click()
    expect(page.locator("#rows .row.is-unread")).to_have_count(1)
    expect(page.locator("#rows .check:checked")).to_have_count(0)
    expect(page.locator("#rows .rows.is-picking")).to_have_count(0)
    expect(page.locator(".list-picked")).to_be_hidden()
