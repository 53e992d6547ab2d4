"""Files shown in place, printing and saving in a real browser, with and without script."""

import struct
import zipfile
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.letters import PICTURE, letter
from tests.browser.windows import VIEWER, Window
from tests.mailbox.test_previews import PDF, SCRIPT, SVG
from tests.servers.live import Person

RATE, SECONDS = 8000, 60
WAV = struct.pack(
    "<4sI8sIHHIIHH4sI", b"RIFF", 36 + RATE * SECONDS, b"WAVEfmt ", 16, 1, 1, RATE, RATE, 1, 8, b"data", RATE * SECONDS
) + b"\x80" * (RATE * SECONDS)
FILES = [
    ("image/png", "garden.png", PICTURE),
    ("application/pdf", "plan.pdf", PDF),
    ("audio/wav", "memo.wav", WAV),
    ("text/csv", "costs.csv", b"roof;1200\r\n"),
    ("image/png", "script.png", SCRIPT),
    ("image/svg+xml", "drawing.svg", SVG),
    ("text/html", "page.html", SCRIPT),
]
SHOWN = ["garden.png", "plan.pdf", "memo.wav", "costs.csv", "script.png"]


def with_files(subject: str) -> EmailMessage:
    mail = letter(subject, "See the files.")
    for kind, name, content in FILES:
        mail.add_attachment(content, *kind.split("/"), filename=name)
    return mail


def read(window: Window, person: Person) -> Page:
    window.deliver(person, with_files("Files"))
    window.home()
    window.row("Files").locator(".row-link").click()
    window.opened("Files")
    card = window.page.locator(".file").filter(has_text="script.png").locator("img")
    expect(card).to_have_js_property("complete", True)
    expect(card).to_have_js_property("naturalWidth", 0)
    window.expects(404)  # it is no picture, so there is none on its card
    return window.page


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


@pytest.mark.parametrize("with_script", [True, False])
def test_files_are_shown_in_place(open_window: Open, anna: Person, with_script: bool) -> None:
    window = open_window(anna, java_script_enabled=with_script)
    page = read(window, anna)
    page.get_by_role("link", name="garden.png", exact=True).click()
    heading(page, "garden.png")
    picture = page.locator(".viewer-stage img")
    expect(picture).to_have_js_property("naturalWidth", 2)
    for name in SHOWN[1:]:
        page.get_by_role("link", name="Next file").click()
        heading(page, name)
    expect(page.get_by_text("This file can’t be shown here")).to_be_visible()
    page.get_by_role("link", name="File before").click()
    expect(page.locator(".viewer-text")).to_have_text("roof;1200\n")
    page.get_by_role("link", name="File before").click()
    expect(page.locator("audio")).to_have_js_property("error", None)
    page.get_by_role("link", name="Back to the message").click()
    window.opened("Files")


def test_sound_plays_from_where_the_listener_says(window: Window, anna: Person) -> None:
    page = read(window, anna)
    with page.expect_response(lambda answer: answer.url.endswith("/embedded/") and answer.status == 206):
        page.get_by_role("link", name="memo.wav", exact=True).click()
    player = page.locator("audio")
    duration = player.evaluate(
        """(player) => new Promise((done) => {
            player.addEventListener("seeked", () => done([player.currentTime, player.duration]));
            const seek = () => { player.currentTime = 30; };
            if (player.readyState) seek(); else player.addEventListener("loadedmetadata", seek);
        })"""
    )
    assert duration == [30, 60]


def test_a_pdf_is_in_the_browser_s_own_viewer(window: Window, anna: Person) -> None:
    page = read(window, anna)
    page.get_by_role("link", name="plan.pdf", exact=True).click()
    heading(page, "plan.pdf")
    with page.expect_event("framenavigated", lambda frame: frame.url.startswith(VIEWER)) as shown:
        page.reload()
    frame = shown.value
    assert frame.parent_frame
    assert frame.parent_frame.url.endswith("/embedded/")


def test_keys(window: Window, anna: Person) -> None:
    page = read(window, anna)
    page.get_by_role("link", name="garden.png", exact=True).click()
    page.keyboard.press("ArrowLeft")  # there is none
    heading(page, "garden.png")
    page.keyboard.press("ArrowRight")
    heading(page, "plan.pdf")
    page.keyboard.press("ArrowLeft")
    heading(page, "garden.png")
    page.keyboard.press("Escape")
    window.opened("Files")


def test_what_is_no_picture_is_saved_from_its_card(window: Window, anna: Person) -> None:
    page = read(window, anna)
    for name in ("drawing.svg", "page.html"):
        with page.expect_download() as saved:
            page.get_by_role("link", name=name, exact=True).click()
        assert saved.value.suggested_filename == name


def test_all_files_are_saved_at_once(window: Window, anna: Person) -> None:
    page = read(window, anna)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save all").click()
    assert saved.value.suggested_filename == "Files.zip"
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert {info.filename: archive.read(info) for info in archive.infolist()} == {
            name: content for _kind, name, content in FILES
        }


@pytest.mark.parametrize("with_script", [True, False])
def test_source(open_window: Open, anna: Person, with_script: bool) -> None:
    page = read(open_window(anna, java_script_enabled=with_script), anna)
    page.get_by_label("More", exact=True).last.click()
    page.get_by_role("link", name="Show the source").click()
    heading(page, "Source: Files")
    expect(page.get_by_role("region", name="Header")).to_contain_text("Subject: Files")
    expect(page.get_by_role("region", name="Body")).to_contain_text("See the files.")
    page.get_by_role("link", name="Back to the message").click()
    expect(page.locator("#subject")).to_have_text("Files")


def test_print_prints_the_mail_s_document_alone(window: Window, anna: Person) -> None:
    page = read(window, anna)
    page.evaluate("""() => {
        window.printed = [];
        window.addEventListener("beforeprint", () => window.printed.push("page"));
        document.addEventListener("load", ({ target }) => target.contentWindow?.addEventListener(
            "beforeprint", () => window.printed.push(target.id)), true);
    }""")
    page.get_by_label("More", exact=True).last.click()
    page.get_by_role("link", name="Print").click()
    page.wait_for_function("() => window.printed.length")
    assert page.evaluate("() => window.printed") == ["printed"]
    frame = page.locator("#printed")
    assert frame.get_attribute("sandbox") == "allow-same-origin allow-modals"
    expect(page.frame_locator("#printed").locator("h1")).to_have_text("Files")


def test_print_without_script_is_a_page(open_window: Open, anna: Person) -> None:
    page = read(open_window(anna, java_script_enabled=False), anna)
    page.get_by_label("More", exact=True).last.click()
    page.get_by_role("link", name="Print").click()
    expect(page.locator("h1")).to_have_text("Files")
    expect(page.locator("#mail")).to_have_text("See the files.\n")
    page.emulate_media(media="print")
    expect(page.locator(".on-screen")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Back to the message").click()
    expect(page.locator("#subject")).to_have_text("Files")


def test_a_mail_can_t_leave_its_box_on_paper(window: Window, anna: Person) -> None:
    """What would lie over our head if it could: the sender's name is told above the mail, never by it."""
    mail = letter("Box")
    forged = '<div class="head on-screen" style="margin-top:-300px;position:fixed;top:0;width:900px">From: boss</div>'
    mail.set_content(f"<style>.head {{ margin: -300px 0 0 -100px }}</style>{forged}<p>Words</p>", subtype="html")
    window.deliver(anna, mail)
    window.home()
    window.read("Box")
    window.goto(window.page.url.removeprefix(window.live.url).partition("?")[0] + "print/")
    boxes = window.page.evaluate(
        "() => ['.head', '.paper'].map((one) => document.querySelector(`body > ${one}`).getBoundingClientRect())"
    )
    assert boxes[0]["bottom"] <= boxes[1]["top"]
    hit = window.page.evaluate("() => document.elementFromPoint(150, 120).closest('#mail')")
    assert hit is None


@pytest.mark.parametrize("with_script", [True, False])
def test_what_is_folded_is_printed(open_window: Open, anna: Person, with_script: bool) -> None:
    window = open_window(anna, java_script_enabled=with_script)
    quoted = "".join(f"> line {number}\n" for number in range(12))
    window.deliver(anna, letter("Folded", f"Yes.\n\nOn Monday Ann wrote:\n{quoted}"))
    window.home()
    window.row("Folded").locator(".row-link").click()
    window.opened("Folded")
    page = window.page
    expect(page.locator(".mail-text details")).to_have_count(1)
    page.get_by_label("More", exact=True).last.click()
    page.get_by_role("link", name="Print").click()
    paper = page.frame_locator("#printed").locator("#mail") if with_script else page.locator("#mail")
    expect(paper.locator("details")).to_have_js_property("open", with_script)  # the sheet shows closed ones too
    assert paper.locator("blockquote").evaluate("quote => quote.checkVisibility()")
    assert paper.locator("blockquote").evaluate("quote => quote.offsetHeight") > 100
