"""The compose page's script in Chromium: keys, and what is kept while one writes."""

from playwright.sync_api import Page, expect

from tests.servers.live import Live, Person


def test_keys_send_and_the_toast_follows(signed_in: Page, live: Live, anna: Person) -> None:
    signed_in.goto(f"{live.url}/compose/")
    signed_in.keyboard.type(anna.mail.address)  # the first field has the focus
    signed_in.fill("[name=subject]", "By keys")
    signed_in.press("[name=subject]", "Control+Enter")
    expect(signed_in.locator(".toast")).to_contain_text("By keys")
    expect(signed_in.locator(".toast")).to_contain_text("Sent", timeout=15_000)


def test_keys_save(signed_in: Page, live: Live) -> None:
    signed_in.goto(f"{live.url}/compose/")
    signed_in.fill("[name=subject]", "Half a thought")
    signed_in.get_by_role("textbox", name="Text").press("Control+s")
    expect(signed_in.locator("#saved")).to_contain_text("Saved")
    expect(signed_in.locator("[name=subject]")).to_have_value("Half a thought")


def test_enter_in_a_field_keeps_and_sends_nothing(signed_in: Page, live: Live) -> None:
    signed_in.goto(f"{live.url}/compose/")
    signed_in.fill("[name=subject]", "Half a line")
    signed_in.press("[name=subject]", "Enter")
    expect(signed_in.locator("#saved")).to_contain_text("Saved")
    signed_in.reload()
    expect(signed_in.locator("[name=subject]")).to_have_value("Half a line")


def test_what_is_written_is_kept_after_a_pause(signed_in: Page, live: Live) -> None:
    signed_in.clock.install()
    signed_in.goto(f"{live.url}/compose/")
    signed_in.fill("[name=subject]", "Kept by itself")
    signed_in.clock.fast_forward(3_000)
    expect(signed_in.locator("#saved")).to_have_text("")
    signed_in.clock.fast_forward(3_000)
    expect(signed_in.locator("#saved")).to_contain_text("Saved")
    live.kill("web")
    try:
        signed_in.get_by_role("textbox", name="Text").fill("while the server is away")
        signed_in.clock.fast_forward(31_000)
        expect(signed_in.locator("#saved")).to_have_text("Not saved yet")
    finally:
        live.start_web()
    signed_in.clock.fast_forward(31_000)
    expect(signed_in.locator("#saved")).to_contain_text("Saved")


def test_a_mail_without_a_subject_and_one_to_many(signed_in: Page, live: Live, anna: Person) -> None:
    signed_in.goto(f"{live.url}/compose/")
    people = ", ".join([anna.mail.address, *(f"reader{number}@example.org" for number in range(20))])
    signed_in.fill("[name=to]", people)
    signed_in.press("[name=to]", "Tab")
    hint = signed_in.locator("[data-many]")
    expect(hint).to_contain_text("21 people can read each other’s addresses.")
    hint.get_by_role("button", name="Move all to Bcc").click()
    expect(hint).to_have_count(0)
    expect(signed_in.locator("[name=to]")).to_have_value("")
    expect(signed_in.locator("[name=bcc]")).to_have_value(people)
    signed_in.fill("[name=bcc]", "")
    signed_in.fill("[name=to]", anna.mail.address)
    signed_in.press("[name=to]", "Control+Enter")
    question = signed_in.get_by_role("dialog", name="The mail has no subject")
    question.get_by_role("button", name="Add a subject").click()
    expect(signed_in.locator("[name=subject]")).to_be_focused()
    signed_in.press("[name=subject]", "Control+Enter")
    question.get_by_role("button", name="Send without").click()
    expect(signed_in.locator(".toast")).to_contain_text("Outbox")


def test_an_answer_is_begun_above_the_quote(signed_in: Page, live: Live, anna: Person, account_id: str) -> None:
    live.dovecot.deliver(anna.mail.address, b"From: bob@example.org\r\nSubject: Why\r\n\r\nWhy?\r\n")
    with live.dovecot.imap(anna.mail) as client:
        uidvalidity, uid = client.select_folder("INBOX")[b"UIDVALIDITY"], client.search()[-1]
    signed_in.goto(f"{live.url}/compose/{account_id}/INBOX/{uidvalidity}/{uid}/reply/")
    signed_in.keyboard.type("Because.")
    expect(signed_in.locator("[name=text]")).to_have_value("Because.\n\nbob@example.org wrote:\n> Why?")
