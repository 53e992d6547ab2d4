"""One of the soak's people: a browser, habits, and dice.

Each visit is a few requests in a row, over one kept-alive connection, as a page with its fragments makes them; between
two visits the connection rests, and now and then a person rests too, long enough for their mail sessions to end.
"""

import random
import time
from collections.abc import Callable
from http.client import RemoteDisconnected
from typing import Any, TypeVar
from urllib.parse import urlencode

from lxml import html

from tests.bench.generated import WORDS
from tests.bench.visitor import Visitor
from tests.servers.live import Person

Answer = TypeVar("Answer")

REST = (60.0, 240.0)  # seconds; an idle mail session is kept for 120
NEWEST = 10  # messages that people open

HABITS: tuple[tuple[str, int], ...] = (
    ("read", 30),
    ("turn_pages", 20),
    ("flag", 15),
    ("move", 8),
    ("search", 8),
    ("look_around", 12),
    ("leave", 3),
    ("rest", 4),
)


class Browser(Visitor):
    """Asks once more, as browsers do (RFC 9110, 9.2.2), where a server ended a connection that had rested just when
    the next request went out: on a busy machine the two cross."""

    RESTED = 0.3  # seconds

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[str, bytes]:
        rested = self.connection.sock is not None and time.monotonic() - self.last_asked > self.RESTED
        try:
            return super()._ask(method, path, body, headers)
        except (ConnectionResetError, BrokenPipeError, RemoteDisconnected):
            if not rested:
                raise
        self.connection.close()
        return super()._ask(method, path, body, headers)


class Guest:
    """`wait` is called before each request, `visit`'s `note` after it with its seconds. `doing` names the habit under
    way."""

    def __init__(self, url: str, person: Person, wait: Callable[[], None], dice: random.Random):
        self.url = url
        self.person = person
        self.wait = wait
        self.dice = dice
        self.doing = ""
        self.start_anew()

    def start_anew(self) -> None:
        """As with a new browser."""
        self.visitor = Browser(self.url)
        self.inbox = ""
        self.asleep_until = 0.0

    def is_awake(self) -> bool:
        return time.monotonic() > self.asleep_until

    def visit(self, note: Callable[[float], None]) -> None:
        """Raises whatever a page that is no success raises."""
        self.note = note
        names, weights = zip(*HABITS, strict=True)
        self.doing = self.dice.choices(names, weights)[0] if self.inbox else "arrive"
        getattr(self, self.doing)()

    # -- habits

    def arrive(self) -> None:
        self._timed(lambda: self.visitor.sign_in(self.person.username, self.person.password))
        self.inbox = self._timed(self.visitor.home)
        self._list(self.inbox)
        self._column()

    def read(self) -> None:
        message = self.dice.choice(self._messages(self._list(self.inbox))[:NEWEST])
        page = self._page(message, target="message")
        for frame in page.xpath("//iframe[@src]"):
            self._get(frame.get("src"))

    def turn_pages(self) -> None:
        for number in (1, 2, 3, self.dice.choice((1, 2))):
            self._page(f"{self.inbox}?{urlencode({'page': number})}", target="list")

    def flag(self) -> None:
        for action in ("star", "unstar", self.dice.choice(("read", "unread"))):
            self._act(self.inbox, action)
        self._column()

    def move(self) -> None:
        """To the archive and back, so that no folder empties in the long run."""
        archive = self.inbox.replace("INBOX", "Archive")
        self._act(self.inbox, "archive")
        if self._messages(self._list(archive)):
            self._act(archive, target="INBOX")
        self._column()

    def search(self) -> None:
        self._page(f"{self.inbox}?{urlencode({'q': 'subject:' + self.dice.choice(WORDS)})}", target="list")

    def look_around(self) -> None:
        """Folders, and a new tab with its column."""
        for folder in ("Sent", "Archive", "Trash"):
            self._get(self.inbox.replace("INBOX", folder))
        self._list(self.inbox)
        self._column()

    def leave(self) -> None:
        page = self._list(self.inbox)
        form = next(form for form in page.forms if "sign-out" in (form.get("action") or ""))
        self._timed(lambda: self.visitor.submit(self.inbox, form))
        self.start_anew()

    def rest(self) -> None:
        self.asleep_until = time.monotonic() + self.dice.uniform(*REST)

    # -- pages

    def _timed(self, ask: Callable[[], Answer]) -> Answer:
        self.wait()
        begun = time.monotonic()
        answer = ask()
        self.note(time.monotonic() - begun)
        return answer

    def _get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        return self._timed(lambda: self.visitor.get(path, headers))

    def _page(self, path: str, *, target: str) -> html.HtmlElement:
        """A fragment, as htmx asks for it."""
        return html.fromstring(self._get(path, {"HX-Request": "true", "HX-Target": target}))

    def _list(self, path: str) -> html.HtmlElement:
        """The whole page. Somebody else's mail on it is the worst of all failures."""
        page = html.fromstring(self._get(path))
        assert self.person.mail.address in page.text_content(), "this is another person's page"
        return page

    def _column(self) -> None:
        account = self.inbox.split("/")[2]
        self._get(f"/side/{account}/", {"HX-Request": "true", "HX-Target": f"side-{account}"})

    def _messages(self, page: html.HtmlElement) -> list[str]:
        """The addresses of the shown messages, newest first."""
        return [link.get("href") for link in page.xpath('//*[@id="rows"]//a[contains(@class, "row-link")]')]

    def _act(self, path: str, action: str = "", *, target: str = "") -> None:
        """With one of the newest messages; the page's own form, as without JavaScript."""
        page = self._list(path)
        form = next(form for form in page.forms if form.get("id") == "acts")
        uids = page.xpath('//*[@id="rows"]//*[@data-uid]/@data-uid')[:NEWEST]
        chosen: dict[str, Any] = {"action": action} if action else {"target": target}
        self._timed(lambda: self.visitor.submit(path, form, uid=self.dice.choice(uids), **chosen))
