"""The settings page of mail accounts: added with IMAP and with POP3, tested, wrong in each of the usual ways."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.letters import letter
from tests.browser.windows import Window
from tests.servers.dovecot import MailUser
from tests.servers.live import Live, Person


@pytest.fixture
def second_mail(live: Live) -> MailUser:
    """A mailbox that nobody has added yet."""
    mail = live.dovecot.new_user("second")
    live.smtp.add_user(mail.address, mail.password)
    return mail


def begin(window: Window, mail: MailUser, protocol: str) -> None:
    """Open the form for `mail` and fill in what is right."""
    window.goto("/settings/accounts/")
    window.page.locator("main").get_by_role("link", name="Add an account").first.click()
    window.page.get_by_label("Your e-mail address").fill(mail.address)
    window.page.get_by_role("button", name="Continue").click()
    window.page.get_by_role("radio", name=protocol).check()
    live, listener = window.live, {"IMAP": "imaps", "POP3": "pop3s"}[protocol]
    fill(window, "incoming", host=live.dovecot.host, port=str(live.dovecot.ports[listener]), password=mail.password)
    fill(window, "outgoing", host=live.smtp.host, port=str(live.smtp.ports["submissions"]))
    for side, authority in (("receiving", live.dovecot.ca_pem), ("sending", live.smtp.ca_pem)):
        section = window.page.locator(f"#{side}")
        section.get_by_text("A private server with its own certificate").click()
        section.locator("textarea").fill(authority)


def fill(window: Window, side: str, **values: str) -> None:
    for name, value in values.items():
        window.page.locator(f"[name={side}_{name}]").fill(value)


def save(window: Window) -> None:
    window.page.locator("main").get_by_role("button", name="Save").first.click()


def test_an_imap_account_is_added_and_read(window: Window, second_mail: MailUser, live: Live) -> None:
    live.dovecot.deliver(second_mail.address, letter("To the second").as_bytes())
    begin(window, second_mail, "IMAP")
    window.page.get_by_role("button", name="Test").click()
    doctor = window.page.locator("#doctor")
    expect(doctor.locator(".step.is-done")).to_have_count(12)
    save(window)
    expect(window.toast()).to_contain_text("Saved")
    window.home()
    window.page.locator("details.account", has_text=second_mail.address).locator("a.nav-item[data-name=INBOX]").click()
    window.read("To the second")


def test_a_pop3_account_is_added_and_fetched(window: Window, second_mail: MailUser, live: Live) -> None:
    live.dovecot.deliver(second_mail.address, letter("Fetch me").as_bytes())
    begin(window, second_mail, "POP3")
    save(window)
    expect(window.toast()).to_contain_text("Saved")
    window.home()
    window.page.locator("details.account", has_text=second_mail.address).locator("a.nav-item[data-name=INBOX]").click()
    window.await_row("Fetch me")


WRONG = [
    ({"host": "no-such-host.invalid"}, "no server of that name"),
    ({"port": "9"}, "does not answer"),
    ({"host": "10.9.8.7"}, "may not be used from here"),
]


def test_what_is_wrong_is_said(window: Window, second_mail: MailUser) -> None:
    for values, words in WRONG:
        begin(window, second_mail, "IMAP")
        fill(window, "incoming", **values)
        window.page.get_by_role("button", name="Test").click()
        doctor = window.page.locator("#doctor")
        expect(doctor).to_contain_text(words, timeout=20_000)
        expect(doctor.locator(".step.is-failed")).to_have_count(1)
        sending = doctor.locator(".steps").nth(1)
        expect(sending.locator(".step.is-done")).to_have_count(6)  # it was tried all the same


def test_a_wrong_password_is_said_and_saved_for_later(window: Window, second_mail: MailUser) -> None:
    begin(window, second_mail, "IMAP")
    fill(window, "incoming", password="not-it")
    save(window)
    expect(window.toast()).to_contain_text("Saved, but not working yet")
    expect(window.page.locator("#doctor")).to_contain_text("password was not accepted")
    expect(window.page.locator("#doctor .step.is-failed")).to_have_count(2)  # sending has the same login
    fill(window, "incoming", password=second_mail.password)
    save(window)
    expect(window.page.locator("#doctor .step.is-failed")).to_have_count(0)
    expect(window.toast()).to_contain_text("Saved")


WRONG_ENCRYPTION = [
    ("IMAP", "imaps", "starttls", "No mail server of this kind answers"),
    ("IMAP", "imap", "tls", "does not speak TLS"),
    ("POP3", "pop3", "tls", "does not speak TLS"),
]


def test_the_wrong_encryption_is_named(window: Window, second_mail: MailUser, live: Live) -> None:
    for protocol, listener, security, words in WRONG_ENCRYPTION:
        begin(window, second_mail, protocol)
        window.page.locator("[name=incoming_security]").select_option(security)
        fill(window, "incoming", port=str(live.dovecot.ports[listener]))
        window.page.get_by_role("button", name="Test").click()
        expect(window.page.locator("#doctor")).to_contain_text(words, timeout=20_000)


def test_a_password_that_changed_is_noticed_and_mended(window: Window, anna: Person, live: Live) -> None:
    window.home()
    live.dovecot.add_user(anna.mail.address, "changed-elsewhere")
    live.dovecot.stop()  # sessions that are signed in end
    live.dovecot.start()
    window.expects(502)
    window.home()
    expect(window.page.get_by_role("heading", name="password was not accepted")).to_be_visible()
    window.page.get_by_role("link", name="Check the password").click()
    fill(window, "incoming", password="changed-elsewhere")
    save(window)
    expect(window.toast()).to_contain_text("Saved")
    window.home()
    expect(window.page.locator("#list h1")).to_have_text("Inbox")


def test_an_account_is_removed(window: Window, second_mail: MailUser) -> None:
    begin(window, second_mail, "POP3")
    save(window)
    window.goto("/settings/accounts/")
    window.page.locator("main").get_by_role("link", name=second_mail.address).click()
    window.page.get_by_role("link", name="Remove this account").click()
    window.page.get_by_role("button", name="Remove the account").click()
    expect(window.page.locator(".account-list")).not_to_contain_text(second_mail.address)


def test_a_stranger_finds_nothing(window: Window, anna: Person, ben: Person, open_window: Open) -> None:
    bens = open_window(ben)
    bens.page.wait_for_url("**/mail/*/INBOX/")
    inbox = bens.page.url.removeprefix(window.live.url)
    account = inbox.split("/")[2]
    for path in (inbox, f"/settings/accounts/{account}/", f"/compose/?account={account}", f"/side/{account}/"):
        window.expects(404)
        window.goto(path)
        expect(window.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
        expect(window.page.locator("body")).not_to_contain_text(ben.mail.address)
