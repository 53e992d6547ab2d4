"""No page is forgotten by those who walk through all of them (pages.py)."""

from django.test import Client
from django.urls import resolve

from tests.browser.pages import ALL, ELSEWHERE
from tests.test_every_url import Owned, addresses, owned  # noqa: F401 (a fixture)


def test_every_whole_page_is_walked(alice_client: Client, alice, owned: Owned) -> None:  # noqa: F811
    alice.is_superuser = True
    alice.save()
    walked = {seen.view for seen in ALL} | set(ELSEWHERE)
    forgotten = set()
    for address in addresses():
        url = owned.url(address)
        answer = alice_client.get(url)
        view = resolve(url.partition("?")[0]).view_name
        is_html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        if is_html and b"<main" in answer.content and not view.startswith("admin:"):
            forgotten |= {view} - walked
    assert forgotten == set()
