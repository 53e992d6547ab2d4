"""Windows of people on the running product. At a test's end nothing may have gone wrong in any of them."""

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser

from tests.browser.windows import DESK, Window
from tests.servers.live import Live, Person

# A worker between window and network is for the tests that are about it.
WINDOW: dict[str, Any] = {"viewport": DESK, "locale": "en-GB", "service_workers": "block"}


class Open(Protocol):
    def __call__(self, person: Person | None = None, **options: Any) -> Window: ...


@pytest.fixture
def open_window(live: Live, browser: Browser) -> Iterator[Open]:
    """open_window(person) → a Window in which `person` is signed in; `options` are Playwright's of a context."""
    windows: list[Window] = []

    def open_one(person: Person | None = None, **options: Any) -> Window:
        window = Window(live, browser.new_context(**{**WINDOW, **options}))
        windows.append(window)
        if person:
            window.sign_in(person)
        return window

    yield open_one
    for window in windows:
        window.context.close()
    assert [window.watch.unexpected() for window in windows] == [[] for _ in windows]
    for window in windows:
        met = {problem.partition(" ")[0] for problem in window.watch.problems}
        assert {str(status) for status in window.watch.expected} <= met


@pytest.fixture
def anna(live: Live) -> Person:
    return live.new_person("anna")


@pytest.fixture
def ben(live: Live) -> Person:
    return live.new_person("ben")


@pytest.fixture
def pop_paula(live: Live) -> Person:
    """Receives by POP3."""
    return live.new_person("paula", protocol="pop3")


@pytest.fixture
def window(open_window: Open, anna: Person) -> Window:
    """Anna's."""
    return open_window(anna)
