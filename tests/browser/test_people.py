"""An admin and the people of the site, each in a window of their own."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.windows import Window
from tests.servers.dovecot import MailUser
from tests.servers.live import Live, Person


@pytest.fixture
def admin(live: Live, open_window: Open) -> Window:
    return open_window(live.new_person("ada", admin=True))


def person_page(admin: Window, person: Person) -> None:
    admin.goto("/people/")
    admin.page.get_by_label("Search people").fill(person.mail.address)
    admin.page.keyboard.press("Enter")
    admin.page.get_by_role("link", name=person.username, exact=True).click()


def test_a_person_is_created_and_signs_in(admin: Window, live: Live, open_window: Open) -> None:
    mail = live.dovecot.new_user("clara")
    clara = Person(mail.address.partition("@")[0], "a fine long password", MailUser(mail.address, mail.password))
    admin.home()
    admin.page.locator(".side-head summary").click()
    admin.page.get_by_role("link", name="Server").click()
    admin.page.get_by_role("link", name="Add a person").click()
    admin.page.get_by_label("Name", exact=True).fill("Clara Klein")
    admin.page.get_by_label("E-mail address").fill(mail.address)
    admin.page.get_by_label("User name").fill(clara.username)
    for name in ("password1", "password2"):
        admin.page.locator(f"[name={name}]").fill(clara.password)
    admin.page.get_by_role("button", name="Add", exact=True).click()
    expect(admin.toast()).to_contain_text("Clara Klein")

    claras = open_window(clara)
    expect(claras.page.get_by_role("heading", name="Add an account")).to_be_visible()
    claras.expects(404)
    claras.goto("/people/")
    expect(claras.page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_a_disabled_person_is_out_at_once(admin: Window, anna: Person, open_window: Open) -> None:
    annas = open_window(anna)
    annas.home()
    person_page(admin, anna)
    admin.page.get_by_role("button", name="Disable").click()
    expect(admin.page.get_by_role("button", name="Enable again")).to_be_visible()
    annas.page.get_by_role("link", name="Sent", exact=True).click()
    expect(annas.page.get_by_role("heading", name="Sign in")).to_be_visible()
    annas.page.get_by_label("E-mail address or user name").fill(anna.username)
    annas.page.get_by_label("Password", exact=True).fill(anna.password)
    annas.page.get_by_role("button", name="Sign in").click()
    expect(annas.page.get_by_role("alert")).to_be_visible()

    admin.page.get_by_role("button", name="Enable again").click()
    expect(admin.page.get_by_role("button", name="Disable")).to_be_visible()
    annas.sign_in(anna)
    expect(annas.page.locator("#list h1")).to_have_text("Inbox")


def test_an_action_of_the_list_leads_to_the_sign_in_too(admin: Window, anna: Person, open_window: Open) -> None:
    annas = open_window(anna)
    annas.home()
    person_page(admin, anna)
    admin.page.get_by_role("button", name="Disable").click()
    expect(admin.page.get_by_role("button", name="Enable again")).to_be_visible()
    annas.expects(403)
    annas.page.get_by_label("Search mail").fill("anything")
    annas.page.keyboard.press("Enter")  # asked for by script
    expect(annas.page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(annas.page.locator("#folders")).to_have_count(0)


def test_a_new_password_ends_the_old_session(admin: Window, anna: Person, open_window: Open) -> None:
    annas = open_window(anna)
    person_page(admin, anna)
    for name in ("new_password1", "new_password2"):
        admin.page.locator(f"[name={name}]").fill("another long password")
    admin.page.get_by_role("button", name="Set the password").click()
    expect(admin.toast()).to_contain_text("new password")
    annas.home()
    expect(annas.page.get_by_role("heading", name="Sign in")).to_be_visible()
    annas.sign_in(Person(anna.username, "another long password", anna.mail))


def test_a_person_is_deleted(admin: Window, anna: Person, open_window: Open) -> None:
    annas = open_window(anna)
    person_page(admin, anna)
    admin.page.get_by_role("link", name="Delete").click()
    admin.page.get_by_role("button", name="Delete for good").click()
    expect(admin.page.locator("main")).not_to_contain_text(anna.mail.address)
    annas.home()
    expect(annas.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_somebody_changes_language_and_password(window: Window, anna: Person) -> None:
    window.goto("/settings/")
    window.page.get_by_label("Language", exact=True).select_option("fr")
    expect(window.toast()).to_contain_text("Enregistré")
    window.home()
    expect(window.page.locator("html")).to_have_attribute("lang", "fr")
    expect(window.page.locator("#list h1")).not_to_have_text("Inbox")
    window.goto("/settings/password/")
    window.page.locator("[name=old_password]").fill(anna.password)
    for name in ("new_password1", "new_password2"):
        window.page.locator(f"[name={name}]").fill("un autre long secret")
    window.page.locator("main form button.btn-primary").click()
    expect(window.toast()).to_be_visible()
    window.goto("/")
    window.page.locator(".side-head summary").click()
    window.page.locator("form[action='/sign-out/'] button").click()
    expect(window.page.locator("[name=password]")).to_be_visible()
