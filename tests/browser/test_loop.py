"""The whole loop: mail is read, answered, and the answer is found by the other person."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import PLAN, letter, newsletter, with_plan
from tests.browser.windows import Window
from tests.servers.live import Live, Person


def test_a_plain_mail_is_read(window: Window, anna: Person) -> None:
    window.deliver(anna, letter("Lunch", "At noon, <b>as usual</b>?\nSee https://menu.test/today"))
    window.home()
    expect(window.row("Lunch")).to_have_class("row is-unread")
    pane = window.read("Lunch")
    expect(pane.locator(".mail-text")).to_contain_text("At noon, <b>as usual</b>?")
    expect(pane.get_by_role("link", name="https://menu.test/today")).to_be_visible()
    expect(pane.get_by_text("gerda@elsewhere.test").first).to_be_visible()
    expect(window.row("Lunch")).to_have_class("row")  # opened is read
    window.page.reload()
    expect(window.row("Lunch")).to_have_class("row")
    window.opened("Lunch")


def test_a_newsletter_is_read_in_its_frame(window: Window, anna: Person) -> None:
    window.deliver(anna, newsletter("Paper news 7"))
    window.home()
    pane = window.read("Paper news 7")
    frame = pane.frame_locator(".mail-frame")
    expect(frame.get_by_role("heading", name="Paper news")).to_be_visible()
    logo = frame.get_by_alt_text("Logo")
    expect(logo).to_be_visible()
    assert logo.evaluate("image => image.complete && image.naturalWidth") == 2
    expect(pane.get_by_text("1 hidden picture not loaded.")).to_be_visible()
    link = frame.get_by_role("link", name="Read more")
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in (link.get_attribute("rel") or "")


def test_an_attachment_arrives_octet_for_octet(window: Window, anna: Person) -> None:
    window.deliver(anna, with_plan("The plan"))
    window.home()
    expect(window.row("The plan").get_by_text("With attachment")).to_be_attached()
    pane = window.read("The plan")
    with window.page.expect_download() as saving:
        pane.get_by_label("Save Plan für März.bin").click()
    assert saving.value.suggested_filename == "Plan für März.bin"
    assert Path(saving.value.path()).read_bytes() == PLAN


def test_the_source_is_saved_octet_for_octet(window: Window, anna: Person, live: Live) -> None:
    window.deliver(anna, letter("As it is"))
    window.home()
    window.read("As it is")
    window.tool("More").click()
    with window.page.expect_download() as saving:
        window.page.get_by_role("link", name="Save as .eml").click()
    with live.dovecot.imap(anna.mail) as client:
        client.select_folder("INBOX", readonly=True)
        stored = client.fetch(client.search(), ["BODY.PEEK[]"])
    assert Path(saving.value.path()).read_bytes() == next(iter(stored.values()))[b"BODY[]"]


def test_an_answer_reaches_the_other_person(window: Window, anna: Person, ben: Person, open_window: Open) -> None:
    bens = open_window(ben)
    bens.page.get_by_role("link", name="Compose").first.click()
    bens.write("Are you coming?", to=anna.mail.address, subject="Sunday")
    bens.send()

    window.home()
    window.await_row("Sunday")
    window.read("Sunday")
    window.tool("Reply").click()
    expect(window.composer().get_by_label("To", exact=True)).to_have_value(ben.mail.address)
    expect(window.composer().get_by_label("Subject")).to_have_value("Re: Sunday")
    window.write("With pleasure.\n")
    window.send()

    bens.home()
    bens.await_row("Re: Sunday")
    pane = bens.read("Re: Sunday")
    answer = pane.frame_locator(".mail-frame")
    expect(answer.locator("body")).to_contain_text("With pleasure.")
    expect(answer.locator("blockquote")).to_contain_text("Are you coming?")

    window.reload_until(window.row("Sunday").get_by_text("Replied."))
    window.folder("Sent")
    window.await_row("Re: Sunday")
    copy = window.read("Re: Sunday").frame_locator(".mail-frame")
    expect(copy.locator("body")).to_contain_text("With pleasure.")
    window.page.get_by_role("link", name="Outbox").first.click()
    expect(window.page.get_by_text("A copy is in Sent.")).to_be_visible()


def test_an_answer_to_all_and_a_mail_passed_on_with_its_file(
    window: Window, anna: Person, ben: Person, open_window: Open
) -> None:
    carla = window.live.dovecot.new_user("carla")
    window.live.smtp.add_user(carla.address, carla.password)
    window.deliver(anna, with_plan("The plan", to=f"{anna.mail.address}, {ben.mail.address}", cc=carla.address))
    window.home()
    window.read("The plan")
    window.tool("Reply to all").click()
    recipients = window.composer().get_by_label("To", exact=True).input_value()
    recipients += window.composer().get_by_label("Cc", exact=True).input_value()
    assert "gerda@elsewhere.test" in recipients
    assert ben.mail.address in recipients
    assert carla.address in recipients
    assert anna.mail.address not in recipients
    window.write("Fine with me.\n")
    window.send()

    window.read("The plan")
    window.tool("Forward").click()
    expect(window.composer().get_by_text("Plan für März.bin")).to_be_visible()
    window.write("Have a look.\n", to=ben.mail.address)
    window.send()

    bens = open_window(ben)
    bens.await_row("Re: The plan")
    bens.await_row("Fwd: The plan")
    pane = bens.read("Fwd: The plan")
    expect(bens.letter()).to_contain_text("Have a look.")
    with bens.page.expect_download() as saving:
        pane.get_by_label("Save Plan für März.bin").click()
    assert Path(saving.value.path()).read_bytes() == PLAN


def test_a_mail_with_files_and_a_draft_in_between(window: Window, anna: Person, ben: Person, open_window: Open) -> None:
    window.home()
    window.page.get_by_role("link", name="Compose").first.click()
    window.write("Two files.", to=f"Ben <{ben.mail.address}>", subject="Files")
    files = [("leer.txt", b""), ("größer.bin", PLAN)]
    picked = [{"name": name, "mimeType": "application/octet-stream", "buffer": octets} for name, octets in files]
    window.composer().get_by_label("Attach files").set_input_files(picked)  # type: ignore[arg-type]
    window.text().press("Control+s")
    expect(window.composer().locator("#saved")).to_contain_text("Saved")

    window.home()
    window.folder("Drafts")
    window.read("Files")
    window.page.get_by_role("link", name="Edit").click()
    expect(window.composer().get_by_text("größer.bin")).to_be_visible()
    window.send()

    bens = open_window(ben)
    bens.await_row("Files")
    pane = bens.read("Files")
    expect(pane.locator(".file-name")).to_have_text(["leer.txt", "größer.bin"])
    with bens.page.expect_download() as saving:
        pane.get_by_label("Save größer.bin").click()
    assert Path(saving.value.path()).read_bytes() == PLAN
    window.home()
    window.folder("Drafts")
    expect(window.row("Files")).to_have_count(0)
