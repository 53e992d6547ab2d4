"""What people type, and what was there a moment ago."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.letters import letter
from tests.browser.windows import Window
from tests.servers.live import Live, Person

ODD_NAMES = [
    "a & b",
    "100 %",
    "what?",
    "#tag",
    "Ünïcödé",
    "日本語",
    "שלום",
    "a~2Fb",
    "'quoted' \"twice\"",
    "<b>bold",
    "two  spaces",
    "semi;colon=x",
]


def test_folders_of_odd_names_are_opened_by_a_click(window: Window, anna: Person, live: Live) -> None:
    with live.dovecot.imap(anna.mail) as client:
        for name in [*ODD_NAMES, "Deep/er/est"]:
            client.create_folder(name)
            client.append(name, letter(f"In {name}").as_bytes())
    window.home()
    for name in ODD_NAMES:
        window.folder(name)
        window.read(f"In {name}")
        window.page.reload()
        window.opened(f"In {name}")
    window.folder("est")
    window.read("In Deep/er/est")


def test_a_folder_is_made_renamed_used_and_removed(window: Window, anna: Person) -> None:
    for name in ("a & b?", "100 % #1", "Ünïcödé ~", ".hidden"):
        made_renamed_used_and_removed(window, anna, name)


def made_renamed_used_and_removed(window: Window, anna: Person, name: str) -> None:
    window.deliver(anna, letter("For the folder"))
    window.home()
    window.page.get_by_role("link", name="New folder").first.click()
    window.page.get_by_label("Name", exact=True).fill(name)
    window.page.get_by_role("button", name="Create").click()
    window.folder(name)
    window.folder("Inbox")
    window.read("For the folder")
    window.tool("Move").click()
    window.page.locator("#message .menu-targets").get_by_text(name, exact=True).click()
    expect(window.row("For the folder")).to_have_count(0)
    window.folder(name)
    window.page.locator(".list-head").get_by_label("This folder", exact=True).click()
    window.page.get_by_role("link", name="Rename").click()
    window.page.get_by_label("Name", exact=True).fill(f"{name} 2")
    window.page.locator("form.folder-form .btn-primary").click()
    window.folder(f"{name} 2")
    window.read("For the folder")
    window.tool("Delete").click()
    expect(window.row("For the folder")).to_have_count(0)
    window.page.locator(".list-head").get_by_label("This folder", exact=True).click()
    window.page.get_by_role("link", name="Delete the folder").click()
    window.page.get_by_role("dialog").get_by_role("button", name="Delete the folder").click()
    expect(window.page.locator("#folders")).not_to_contain_text(f"{name} 2")


def test_a_message_that_is_gone(window: Window, anna: Person, live: Live) -> None:
    window.deliver(anna, letter("Here today"), letter("Stays"))
    window.home()
    with live.dovecot.imap(anna.mail) as client:
        client.select_folder("INBOX")
        client.delete_messages([1])
        client.uid_expunge([1])
    window.expects(404)
    window.row("Here today").locator(".row-link").click()
    expect(window.page.locator("#message")).to_contain_text("no longer here")
    window.row("Stays").locator(".row-link").click()
    window.opened("Stays")
    address = window.page.url.removeprefix(window.live.url)
    window.goto(address.replace("/2/", "/999/"))
    expect(window.page.get_by_role("heading", name="no longer here")).to_be_visible()
    window.page.get_by_role("link", name="Back to the inbox").click()
    expect(window.row("Stays")).to_be_visible()


def test_a_folder_that_is_gone_or_numbered_anew(window: Window, anna: Person, live: Live) -> None:
    with live.dovecot.imap(anna.mail) as client:
        client.create_folder("Projects")
        client.append("Projects", letter("Sketch").as_bytes())
    window.home()
    window.folder("Projects")
    window.read("Sketch")
    address = window.page.url.removeprefix(window.live.url)
    uidvalidity = address.split("/")[4]
    window.expects(409)
    window.goto(address.replace(uidvalidity, "12345"))
    expect(window.page.get_by_role("heading", name="The folder has changed")).to_be_visible()
    window.page.get_by_role("link", name="Load the list again").click()
    window.read("Sketch")
    with live.dovecot.imap(anna.mail) as client:
        client.delete_folder("Projects")
    window.expects(404)
    window.page.get_by_role("link", name="Check for mail").click()
    expect(window.page.get_by_role("heading", name="This folder is gone")).to_be_visible()


def test_no_search_breaks(window: Window, anna: Person) -> None:
    window.deliver(anna, letter("Findable"))
    window.home()
    for query in ('"', "from:", "before:2026-99-99", "{5}", "* OR 1:*", "é 日本", "a" * 500):
        window.page.get_by_label("Search mail").fill(query)
        window.page.keyboard.press("Enter")
        window.page.wait_for_url("**?q=*")
        window.settle()
        expect(window.page.locator("#list h1")).to_have_text("Inbox")
        window.folder("Inbox")
        expect(window.row("Findable")).to_be_visible()


def test_an_upload_over_the_limit_keeps_what_was_written(window: Window, tmp_path: Path) -> None:
    heavy = tmp_path / "heavy.bin"
    with heavy.open("wb") as file:
        file.truncate(26 * 2**20)
    window.goto("/compose/")
    window.write("A long thought.", to="somebody@elsewhere.test", subject="Heavy")
    window.page.get_by_label("Attach files").set_input_files(heavy)
    expect(window.page.locator("#file-list li")).to_contain_text("The files of a mail can have 25 MB in all")
    window.page.get_by_role("button", name="Send", exact=True).click()
    expect(window.page.locator("#held")).to_contain_text("Not sent")
    expect(window.text()).to_have_text("A long thought.")
    expect(window.page.get_by_label("Subject")).to_have_value("Heavy")


def test_mail_that_can_t_be_sent_is_not_lost(window: Window) -> None:
    for fields, words in UNSENDABLE:
        window.goto("/compose/")
        window.write("A long thought.", **fields)
        window.expects(422)
        window.page.get_by_role("button", name="Send", exact=True).click()
        expect(window.page.locator(".field-error").first).to_contain_text(words)
        expect(window.text()).to_contain_text("A long thought.")


UNSENDABLE: list[tuple[dict[str, str], str]] = [
    ({"to": ""}, "recipient"),
    ({"to": "not an address", "subject": "x"}, "address"),
    ({"to": "a@b.test, <", "subject": "x"}, ""),
]
