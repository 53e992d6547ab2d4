"""Somebody with a mail account of the running product, and her browser."""

import pytest
from playwright.sync_api import Page

from tests.servers.live import Live, Person


@pytest.fixture
def anna(live: Live) -> Person:
    return live.new_person("anna")


@pytest.fixture
def signed_in(page: Page, live: Live, anna: Person) -> Page:
    page.goto(f"{live.url}/sign-in/")
    page.fill("[name=username]", anna.username)
    page.fill("[name=password]", anna.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


@pytest.fixture
def account_id(signed_in: Page) -> str:
    """Of Anna's account."""
    listed = signed_in.locator("a[href*='account=']").first.get_attribute("href") or ""
    return listed.rpartition("account=")[2]
