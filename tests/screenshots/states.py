"""What a page looks like after something was done on it: menus, dialogs, selections, errors."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page


class State(NamedTuple):
    """`address`: {account} is the first one's number."""

    name: str
    address: str
    reach: Callable[[Page], object]


def _nothing(page: Page) -> None:
    """The page as it comes."""


def _wrong_password(page: Page) -> None:
    page.locator("[name=username]").fill("nobody")
    page.locator("[name=password]").fill("wrong")
    page.locator("form button.btn-primary").click()
    page.locator(".banner-danger").wait_for()


def _keys(page: Page) -> None:
    page.evaluate("document.getElementById('keys').showModal()")


def _drawer(page: Page) -> None:
    menu = page.locator("a[href='#folders'], a[href='#menu']").first
    if menu.is_visible():
        menu.click()


def _selection(page: Page) -> None:
    for check in page.locator("#rows .check").all()[:3]:
        check.check(force=True)


def _conflict(page: Page) -> None:
    page.locator("#slot-archive-1").click()
    page.keyboard.press("s")
    page.locator(".key-conflict").wait_for()


def _listening(page: Page) -> None:
    page.locator("#slot-reply-1").click()


def _found(page: Page) -> None:
    _drawer(page)
    page.locator(".settings-search input").fill("pa")
    page.locator("#found .nav-item").first.wait_for()


def _ticked(page: Page) -> None:
    page.locator("#setting-time_zone select").select_option("Europe/Paris")
    page.locator("#setting-time_zone .setting-tick .icon").wait_for()


def _refused(page: Page) -> None:
    page.locator("[name=old_password]").fill("wrong")
    page.locator("[name=new_password1]").fill("x")
    page.locator("[name=new_password2]").fill("y")
    page.locator("form.narrow-form button.btn-primary").click()
    page.locator(".field-error").first.wait_for()


def _doctor(page: Page) -> None:
    page.locator("[name=incoming_password]").fill("wrong")
    page.locator("#doctor .doctor-do button").click()
    page.locator("#doctor .step, #doctor .doctor-errors").first.wait_for()


OF_NOBODY = (
    State("sign-in", "/sign-in/", _nothing),
    State("sign-in-refused", "/sign-in/", _wrong_password),
    State("not-found-nobody", "/nothing/", _nothing),
)
STATES = (
    State("list-selection", "/", _selection),
    State("list-drawer", "/", _drawer),
    State("keys", "/", _keys),
    State("not-found", "/nothing/", _nothing),
    State("folder-gone", "/mail/{account}/Nothing/", _nothing),
    State("message-gone", "/mail/{account}/INBOX/1/999999/", _nothing),
    State("settings-you-ticked", "/settings/", _ticked),
    State("settings-found", "/settings/", _found),
    State("settings-target", "/settings/#setting-time_zone", _nothing),
    State("settings-keyboard-conflict", "/settings/keyboard/", _conflict),
    State("settings-keyboard-listening", "/settings/keyboard/", _listening),
    State("settings-password-refused", "/settings/password/", _refused),
    State("settings-account-doctor", "/settings/accounts/{account}/", _doctor),
)
