"""The account form in a real browser: what its script does before anything is sent. The server's own rules:
test_mail_account_form.py.
"""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def form(page: Page, live_server: LiveServer, alice_client: Client) -> Page:
    """The form for a new account of ann@example.org."""
    cookie = alice_client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}/settings/accounts/add/?address=ann@example.org")
    return page


def values(form: Page, *names: str) -> list[str]:
    return [form.input_value(f"[name={name}]") for name in names]


def change(form: Page, name: str, value: str) -> None:
    form.fill(f"[name={name}]", value)
    form.press(f"[name={name}]", "Tab")


def test_security_moves_a_default_port_and_leaves_a_typed_one(form: Page) -> None:
    assert values(form, "incoming_port", "outgoing_port") == ["993", "465"]
    form.select_option("[name=incoming_security]", "starttls")
    form.select_option("[name=outgoing_security]", "starttls")
    assert values(form, "incoming_port", "outgoing_port") == ["143", "587"]
    change(form, "incoming_port", "1143")
    form.select_option("[name=incoming_security]", "tls")
    assert values(form, "incoming_port") == ["1143"]


def test_the_protocol_moves_port_and_guessed_name(form: Page) -> None:
    form.check("[name=protocol][value=pop3]")
    assert values(form, "incoming_host", "incoming_port") == ["pop.example.org", "995"]
    expect(form.get_by_label("Leave it on the server")).to_be_visible()
    form.check("[name=protocol][value=imap]")
    assert values(form, "incoming_host", "incoming_port") == ["imap.example.org", "993"]
    expect(form.get_by_label("Leave it on the server")).to_be_hidden()


def test_a_well_known_port_suggests_its_security(form: Page) -> None:
    change(form, "outgoing_port", "587")
    suggestion = form.locator("[data-suggestion=outgoing]")
    expect(suggestion).to_contain_text("Port 587 usually goes with STARTTLS.")
    assert values(form, "outgoing_security") == ["tls"]
    suggestion.get_by_role("button").click()
    assert values(form, "outgoing_security", "outgoing_port") == ["starttls", "587"]
    expect(suggestion).to_be_hidden()


@pytest.mark.parametrize(
    "pasted", ["https://Mail.Example.net:1993/inbox?x", " mail.example.net:1993 ", "imaps://me@mail.example.net:1993"]
)
def test_a_pasted_address_is_taken_apart(form: Page, pasted: str) -> None:
    change(form, "incoming_host", pasted)
    assert values(form, "incoming_host", "incoming_port") == ["mail.example.net", "1993"]


def test_sending_follows_receiving_until_it_is_edited(form: Page) -> None:
    change(form, "incoming_host", "imap.example.net")
    assert values(form, "outgoing_host") == ["smtp.example.net"]
    change(form, "outgoing_host", "relay.example.net")
    change(form, "incoming_host", "mail.example.com")
    assert values(form, "outgoing_host") == ["relay.example.net"]


def test_the_user_name_follows_the_address_until_it_is_edited(form: Page) -> None:
    change(form, "address", "bea@example.org")
    assert values(form, "incoming_username") == ["bea@example.org"]
    change(form, "incoming_username", "bea")
    change(form, "address", "cleo@example.org")
    assert values(form, "incoming_username") == ["bea"]


def test_no_encryption_warns_and_asks(form: Page) -> None:
    confirmation = form.get_by_label("I know that my password and my mail can be read on the way")
    expect(confirmation).to_be_hidden()
    form.select_option("[name=incoming_security]", "none")
    expect(form.get_by_text("Anybody on the way can read").first).to_be_visible()
    expect(confirmation).to_be_visible()


def test_own_login_has_its_fields(form: Page) -> None:
    expect(form.locator("[name=outgoing_username]")).to_be_hidden()
    form.check("[name=outgoing_login][value=own]")
    expect(form.locator("[name=outgoing_username]")).to_be_visible()


def test_the_eye_shows_the_password(form: Page) -> None:
    password = form.locator("[name=incoming_password]")
    password.fill("swordfish")
    form.get_by_role("button", name="Show the password").first.click()
    expect(password).to_have_attribute("type", "text")
    form.get_by_role("button", name="Show the password").first.click()
    expect(password).to_have_attribute("type", "password")


def test_the_doctor_answers_beside_the_form(form: Page) -> None:
    form.fill("[name=incoming_password]", "swordfish")
    change(form, "incoming_host", "no-such-host.invalid")
    form.get_by_role("button", name="Test").click()
    expect(form.locator("#doctor")).to_contain_text("There is no server of that name")
    assert values(form, "incoming_password") == ["swordfish"]


def test_without_script_it_works_too(browser, live_server: LiveServer, alice_client: Client) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [{"name": "sessionid", "value": alice_client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/settings/accounts/add/")
    page.fill("[name=address]", "ann@example.org")
    page.get_by_role("button", name="Continue").click()
    page.fill("[name=incoming_host]", "no-such-host.invalid")
    page.fill("[name=incoming_password]", "swordfish")
    page.get_by_role("button", name="Test").click()
    expect(page.locator("#doctor")).to_contain_text("There is no server of that name")
    expect(page.locator("[name=incoming_host]")).to_have_value("no-such-host.invalid")
    expect(page.locator("[name=incoming_password]")).to_have_value("")
    context.close()
