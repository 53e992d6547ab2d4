"""The running product and the browser the other tests stand on."""

from playwright.sync_api import Page, expect

from tests.servers.live import Live


def test_a_new_person_signs_in(live: Live, page: Page) -> None:
    person = live.new_person("alice")
    page.goto(live.url)
    page.locator("input[name=username]").fill(person.username)
    page.locator("input[name=password]").fill(person.password)
    page.keyboard.press("Enter")
    expect(page.locator("input[name=password]")).to_have_count(0)
    expect(page.get_by_text(person.mail.address).first).to_be_attached()


def test_a_killed_worker_comes_back(live: Live) -> None:
    live.kill("worker")
    assert "worker" not in live.processes
    live.start_worker()
    assert live.processes["worker"].poll() is None
