"""Somebody who uses the running product over HTTP, without a browser."""

import re
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPResponse
from http.cookiejar import CookieJar

from tests.servers.live import Live, Person


class Visitor:
    """Signed in as `person`."""

    def __init__(self, live: Live, person: Person):
        self.live = live
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.get("/sign-in/")
        self.post("/sign-in/", username=person.username, password=person.password)

    def get(self, path: str) -> str:
        return self._read(urllib.request.Request(self.live.url + path))

    def post(self, path: str, **fields: object) -> str:
        """The page that it leads to."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}, doseq=True).encode()
        return self._read(urllib.request.Request(self.live.url + path, body, {"Referer": self.live.url + path}))

    def send(self, to: str, **fields: object) -> str:
        """Write a mail and press Send."""
        page = self.get("/compose/")
        action = re.search(r'action="(/compose/[^"]+)"', page)
        account = re.search(r'name="account" value="(\d+)"', page)
        assert action
        assert account
        written = {"to": to, "subject": "Hello", "text": "How are you?", **fields}
        return self.post(action[1], account=account[1], action="send", **written)

    def _read(self, request: urllib.request.Request) -> str:
        answer: HTTPResponse
        with self.opener.open(request, timeout=30) as answer:
            return answer.read().decode()
