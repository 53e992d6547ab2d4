"""Files on the compose page in Chromium: on their way, called off, refused, dropped, pasted, and what Send makes of
them."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.compose.letters import stored
from tests.servers.live import Live, Person

BRING = """([kind, names]) => {
  const files = new DataTransfer();
  for (const name of names) files.items.add(new File([name], name, { type: "text/plain" }));
  const init = { dataTransfer: files, clipboardData: files, bubbles: true, cancelable: true };
  const event = kind === "paste" ? new ClipboardEvent(kind, init) : new DragEvent(kind, init);
  document.getElementById("editor").dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.fixture
def page_of_a_mail(signed_in: Page, live: Live, anna: Person) -> Page:
    """A mail to Anna herself, begun."""
    signed_in.goto(f"{live.url}/compose/")
    signed_in.fill("[name=to]", anna.mail.address)
    signed_in.fill("[name=subject]", "Files")
    return signed_in


def pick(page: Page, **files: bytes) -> None:
    picked = [{"name": f"{name}.txt", "mimeType": "text/plain", "buffer": content} for name, content in files.items()]
    page.set_input_files("#files", picked)  # type: ignore[arg-type]


def rows(page: Page) -> Locator:
    return page.locator("#file-list > li")


def at_rest(page: Page) -> Locator:
    """The rows of files that the server has."""
    return page.locator("#file-list > li[data-key] .file-name")


def throttle(page: Page, octets_a_second: int) -> None:
    network: dict[str, Any] = {"offline": False, "latency": 0, "downloadThroughput": -1}
    session = page.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", {**network, "uploadThroughput": octets_a_second})


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def arrived(page: Page, live: Live, person: Person) -> bytes:
    """The newest mail, once it left."""
    expect(page.locator(".toast")).to_contain_text("Sent", timeout=15_000)
    return stored(live.dovecot, person.mail, "INBOX")[-1]


def test_two_at_once_are_stored_before_send(page_of_a_mail: Page, live: Live, anna: Person) -> None:
    page = page_of_a_mail
    pick(page, one=b"first", two=b"second")
    pick(page, **{"<b>three": b"third"})
    expect(at_rest(page)).to_have_text(["one.txt", "two.txt", "<b>three.txt"])
    carried = []
    page.on("request", lambda request: carried.append(request.post_data_buffer or b""))
    send(page)
    assert arrived(page, live, anna).count(b"filename=") == 3
    assert not any(b"first" in body for body in carried), "Send carries no file"


def test_progress_is_seen_and_send_waits(page_of_a_mail: Page, live: Live, anna: Person) -> None:
    page = page_of_a_mail
    throttle(page, 300_000)
    pick(page, film=b"x" * 900_000)
    send(page)
    expect(page.locator("#held")).to_contain_text("The mail leaves as soon as its files are here")
    bar = page.get_by_role("progressbar", name="film.txt")
    page.wait_for_function("bar => 0 < bar.value && bar.value < 1", arg=bar.element_handle())
    expect(rows(page)).to_contain_text("of 900 kB")
    assert b"filename=" in arrived(page, live, anna)


def test_what_waits_can_be_held_back(page_of_a_mail: Page, live: Live, anna: Person) -> None:
    page = page_of_a_mail
    throttle(page, 100_000)
    pick(page, film=b"x" * 300_000)
    send(page)
    page.get_by_role("button", name="Do not send yet").click()
    expect(page.locator("#held")).to_be_hidden()
    throttle(page, -1)
    expect(at_rest(page)).to_have_text("film.txt", timeout=15_000)
    expect(page.locator("[name=subject]")).to_have_value("Files")
    page.reload()  # its address names the draft now
    expect(at_rest(page)).to_have_text("film.txt")


def test_called_off_on_its_way(page_of_a_mail: Page, live: Live, anna: Person) -> None:
    page = page_of_a_mail
    throttle(page, 50_000)
    pick(page, film=b"x" * 900_000, note=b"short")
    page.get_by_role("button", name="Remove film.txt").click()
    throttle(page, -1)
    expect(at_rest(page)).to_have_text("note.txt")
    send(page)
    mail = arrived(page, live, anna)
    assert b"note.txt" in mail
    assert b"film.txt" not in mail


def test_a_stored_file_is_taken_out(page_of_a_mail: Page, live: Live, anna: Person) -> None:
    page = page_of_a_mail
    pick(page, one=b"first", two=b"second")
    expect(at_rest(page)).to_have_count(2)
    page.get_by_role("button", name="Remove one.txt").click()
    expect(page.get_by_role("button", name="Remove two.txt")).to_be_focused()
    send(page)
    mail = arrived(page, live, anna)
    assert b"one.txt" not in mail
    assert b"two.txt" in mail


def test_a_failure_says_why_and_is_tried_again(page_of_a_mail: Page, live: Live, anna: Person) -> None:
    page = page_of_a_mail
    page.route("**/files/*/", lambda route: route.abort())
    pick(page, plan=b"the plan")
    expect(rows(page)).to_contain_text("The connection broke")
    send(page)
    expect(page.locator("#held")).to_contain_text("Not sent")
    expect(page.get_by_role("button", name="Try plan.txt again")).to_be_focused()
    page.unroute("**/files/*/")
    page.get_by_role("button", name="Try plan.txt again").click()
    expect(at_rest(page)).to_have_text("plan.txt")
    send(page)
    assert b"plan.txt" in arrived(page, live, anna)


def test_an_answer_that_was_lost_leaves_one_file(page_of_a_mail: Page, live: Live) -> None:
    page = page_of_a_mail
    page.route("**/files/*/", lambda route: (route.fetch(), route.abort()))
    pick(page, plan=b"the plan")
    expect(rows(page)).to_contain_text("The connection broke")
    page.unroute("**/files/*/")
    page.get_by_role("button", name="Try plan.txt again").click()
    expect(at_rest(page)).to_have_text("plan.txt")
    page.reload()
    expect(at_rest(page)).to_have_text("plan.txt")


def test_signed_out_meanwhile(page_of_a_mail: Page) -> None:
    page = page_of_a_mail
    session = [cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid"]
    page.context.clear_cookies(name="sessionid")
    pick(page, plan=b"the plan")
    expect(rows(page)).to_contain_text("You are signed out")
    page.context.add_cookies(session)  # type: ignore[arg-type]
    page.get_by_role("button", name="Try plan.txt again").click()
    expect(at_rest(page)).to_have_text("plan.txt")


def test_too_large_is_told_before_it_is_sent(page_of_a_mail: Page) -> None:
    page = page_of_a_mail
    page.evaluate("document.getElementById('file-list').dataset.limit = 1000")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    pick(page, small=b"x" * 600, large=b"x" * 600)
    expect(at_rest(page)).to_have_text("small.txt")
    expect(rows(page).last).to_contain_text("The files of a mail can have 25 MB in all")
    expect(page.get_by_role("button", name="Try large.txt again")).to_be_hidden()
    assert len([url for url in asked if "/files/" in url]) == 1
    page.get_by_role("button", name="Remove large.txt").click()
    expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_dropped_and_pasted(page_of_a_mail: Page, kind: str) -> None:
    page = page_of_a_mail
    if kind == "drop":
        assert page.evaluate(BRING, ["dragover", ["a.txt"]])
        expect(page.locator("#composer")).to_have_class("composer is-target")
    assert page.evaluate(BRING, [kind, ["a.txt", "b.txt"]])
    expect(at_rest(page)).to_have_text(["a.txt", "b.txt"])
    expect(page.locator("#composer")).to_have_class("composer")


def test_a_file_that_is_spoken_of_but_not_there(page_of_a_mail: Page, live: Live, anna: Person) -> None:
    page = page_of_a_mail
    page.get_by_role("textbox", name="Text").click()
    page.keyboard.type("Le plan est en pièce jointe.")
    send(page)
    dialog = page.get_by_role("dialog", name="No file is attached")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator("[name=subject]")).to_have_value("Files")
    send(page)
    dialog.get_by_role("button", name="Send without").click()
    assert b"filename=" not in arrived(page, live, anna)


def test_without_script_the_form_carries_them(signed_in: Page, live: Live, anna: Person) -> None:
    browser = signed_in.context.browser
    assert browser
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(f"{live.url}/compose/")
    pick(page, one=b"first", two=b"second")
    page.get_by_role("button", name="Save draft").click()
    expect(at_rest(page)).to_have_text(["one.txt", "two.txt"])
    page.get_by_role("button", name="Remove one.txt").click()
    expect(at_rest(page)).to_have_text("two.txt")
    context.close()
