"""The message editor in Chromium: what is written there arrives, what is pasted is harmless, and our CSP has no
objections."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.compose.letters import stored
from tests.compose.test_formatting import BOTH, parts
from tests.servers.live import Live, Person

PASTE = """(root, html) => {
  const clipboardData = new DataTransfer();
  for (const [type, data] of Object.entries(html)) clipboardData.setData(type, data);
  root.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
WATCH = """
  window.broken = [];
  window.stolen = false;
  addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective + " " + event.sample));
  addEventListener("error", (event) => broken.push(event.message));
"""
WORD = (
    "<html><head><style>p { color: red }</style></head><body><!--StartFragment--><p class=MsoNormal"
    " style='position:fixed;background:url(https://e.example/)'>From <span style=\"font-weight:700; color:red\">Word"
    "</span></p><!--EndFragment--></body></html>"
)


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """One that breaks no rule of its CSP, nor a script."""
    page.add_init_script(WATCH)
    yield page
    assert page.evaluate("broken") == []


@pytest.fixture
def editor(signed_in: Page, live: Live) -> Locator:
    """Of a new mail."""
    signed_in.goto(f"{live.url}/compose/")
    editor = signed_in.get_by_role("textbox", name="Text")
    editor.click()
    return editor


def paste(editor: Locator, **data: str) -> None:
    editor.evaluate(PASTE, {f"text/{kind}": text for kind, text in data.items()})


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.reload()


def newest(live: Live, person: Person, folder: str) -> dict[str, str]:
    return parts(stored(live.dovecot, person.mail, folder)[-1])


def answer(page: Page, live: Live, person: Person, account_id: str, raw: bytes) -> Locator:
    """Begin an answer to this mail."""
    live.dovecot.deliver(person.mail.address, raw)
    with live.dovecot.imap(person.mail) as client:
        uidvalidity, uid = client.select_folder("INBOX")[b"UIDVALIDITY"], client.search()[-1]
    page.goto(f"{live.url}/compose/{account_id}/INBOX/{uidvalidity}/{uid}/reply/")
    return page.get_by_role("textbox", name="Text")


def test_bold_text_arrives(editor: Locator, signed_in: Page, live: Live, anna: Person) -> None:
    signed_in.fill("[name=to]", anna.mail.address)
    signed_in.fill("[name=subject]", "Formatted")
    editor.click()
    signed_in.keyboard.type("How ")
    signed_in.keyboard.press("Control+b")
    signed_in.keyboard.type("are")
    signed_in.get_by_role("button", name="Bold").click()
    signed_in.keyboard.type(" you?")
    signed_in.keyboard.press("Control+Enter")
    expect(signed_in.locator(".toast")).to_contain_text("Sent", timeout=15_000)
    arrived = newest(live, anna, "INBOX")
    assert arrived["text/plain"] == "How are you?"
    assert arrived["text/html"].replace("&nbsp;", " ") == '<div dir="auto">How <b>are</b> you?</div>'


def test_every_button_does_its_work(editor: Locator, signed_in: Page, live: Live, anna: Person) -> None:
    for name, text in {"Italic": "one", "List": "two", "Quote": "three"}.items():
        button = signed_in.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        signed_in.keyboard.type(text)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        signed_in.keyboard.press("Enter")
    save(signed_in)
    html = newest(live, anna, "Drafts")["text/html"]
    assert "<i>one</i>" in html
    assert "two" in html
    assert "three" in html


def test_a_link(editor: Locator, signed_in: Page, live: Live, anna: Person) -> None:
    signed_in.keyboard.type("see there")
    signed_in.keyboard.press("Control+Shift+ArrowLeft")
    signed_in.keyboard.press("Control+k")
    dialog = signed_in.get_by_role("dialog", name="Link")
    dialog.get_by_label("Address").fill("example.org/a")
    dialog.get_by_label("Address").press("Enter")
    expect(editor.locator("a")).to_have_text("there")
    expect(editor.locator("a")).to_have_attribute("href", "https://example.org/a")
    signed_in.get_by_role("button", name="Link", exact=True).click()
    expect(dialog.get_by_label("Address")).to_have_value("https://example.org/a")
    dialog.get_by_role("button", name="Remove the link").click()
    expect(editor.locator("a")).to_have_count(0)
    expect(editor).to_have_text("see there")


def test_a_link_never_runs_script(editor: Locator, signed_in: Page) -> None:
    signed_in.keyboard.press("Control+k")
    signed_in.get_by_label("Address").fill("javascript:evil()")
    signed_in.get_by_label("Address").press("Enter")
    expect(editor.locator("a")).to_have_attribute("href", "https://javascript:evil()")


@pytest.mark.parametrize(
    "html",
    [
        '<img src=x onerror="stolen = true">before<b>after</b>',
        '<b>after</b><svg onload="stolen = true"><script>stolen = true</script></svg>',
        '<b>after</b><iframe srcdoc="<script>parent.stolen = true</script>"></iframe><base href="https://e.example/">',
        '<a href="javascript:stolen = true" style="position:fixed"><b>after</b></a><form action="/"><button>x</button>',
        '<math><mtext><table><mglyph><style><img src=x onerror="stolen = true"></style></table></math><b>after</b>',
    ],
)
def test_pasted_markup_is_harmless(editor: Locator, signed_in: Page, html: str) -> None:
    paste(editor, html=html, plain="after")
    expect(editor.locator("b")).to_have_text("after")
    assert editor.locator("img, svg, script, iframe, base, form, button, [style]").count() == 0
    assert "javascript" not in editor.inner_html()
    assert "onerror" not in editor.inner_html()
    assert signed_in.evaluate("stolen") is False


def test_pasted_text_takes_on_the_looks_of_the_mail(editor: Locator) -> None:
    paste(editor, html=WORD, plain="From Word")
    expect(editor).to_have_text("From Word")
    expect(editor.locator("b")).to_have_text("Word")
    assert "style" not in editor.inner_html()


def test_pictures_are_not_pasted_nor_dropped(editor: Locator, signed_in: Page) -> None:
    drop = """(root, kind) => {
      const files = new DataTransfer();
      files.items.add(new File(["x"], "x.png", { type: "image/png" }));
      const init = { dataTransfer: files, clipboardData: files, bubbles: true, cancelable: true };
      const event = kind === "drop" ? new DragEvent(kind, init) : new ClipboardEvent(kind, init);
      root.dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    assert [editor.evaluate(drop, kind) for kind in ("paste", "drop")] == [True, True]
    expect(editor).to_have_text("")
    assert editor.locator("img").count() == 0


def test_plain_text_and_back_keep_the_words(editor: Locator, signed_in: Page, live: Live, anna: Person) -> None:
    signed_in.keyboard.press("Control+b")
    signed_in.keyboard.type("bold")
    signed_in.keyboard.press("Control+b")
    signed_in.keyboard.press("Enter")
    signed_in.keyboard.type("1 < 2")
    switch = signed_in.get_by_role("button", name="Plain text")
    switch.click()
    expect(signed_in.locator("textarea[name=text]")).to_have_value("bold\n1 < 2")
    expect(signed_in.get_by_role("button", name="Bold")).to_be_disabled()
    save(signed_in)
    assert newest(live, anna, "Drafts") == {"text/plain": "bold\n1 < 2"}
    expect(signed_in.locator("textarea[name=text]")).to_be_visible()
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    save(signed_in)
    assert set(newest(live, anna, "Drafts")) == {"text/plain", "text/html"}
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert editor.inner_text().split("\n") == ["bold", "1 < 2"]


def test_an_answer_keeps_the_looks_of_its_quote(signed_in: Page, live: Live, anna: Person, account_id: str) -> None:
    editor = answer(signed_in, live, anna, account_id, BOTH)
    signed_in.keyboard.type("Yes.")
    quote = editor.locator("blockquote p")
    expect(quote).to_have_css("color", "rgb(255, 0, 0)")
    for _ in range(3):
        signed_in.keyboard.press("Control+z")
    expect(quote).to_have_css("color", "rgb(255, 0, 0)")
    signed_in.keyboard.type("No.")
    save(signed_in)
    html = newest(live, anna, "Drafts")["text/html"]
    assert html.startswith('<div dir="auto">No.</div>')
    assert '<p style="color:red">in <i>colour</i></p>' in html


def test_a_page_that_nobody_wrote_on_is_left_freely(signed_in: Page, live: Live, anna: Person, account_id: str) -> None:
    asked = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    signed_in.on("dialog", leave)
    answer(signed_in, live, anna, account_id, BOTH).click()
    signed_in.goto(f"{live.url}/outbox/")
    assert asked == []


def test_the_toolbar_is_one_stop(editor: Locator, signed_in: Page) -> None:
    bold, italic = (signed_in.get_by_role("button", name=name) for name in ("Bold", "Italic"))
    bold.focus()
    signed_in.keyboard.press("ArrowRight")
    expect(italic).to_be_focused()
    expect(italic).to_have_attribute("tabindex", "0")
    expect(bold).to_have_attribute("tabindex", "-1")


def test_without_script_it_is_plain_text(live: Live, anna: Person, signed_in: Page) -> None:
    browser = signed_in.context.browser
    assert browser
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(f"{live.url}/compose/")
    expect(page.get_by_role("textbox", name="Text")).to_have_count(1)
    page.fill("textarea[name=text]", "by hand")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("textarea[name=text]")).to_have_value("by hand")
    assert newest(live, anna, "Drafts") == {"text/plain": "by hand"}
    context.close()
