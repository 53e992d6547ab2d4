"""A browser without a screen: one kept-alive connection, cookies, forms, and clicks as htmx sends them."""

import http.client
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from lxml import html

KEPT_ALIVE = 1  # seconds; gunicorn's default is 2


class Visitor:
    """Somebody at the product's pages. Every method raises AssertionError for an answer that is no success."""

    def __init__(self, url: str):
        self.url = url
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.cookies: dict[str, str] = {}
        self.last_asked = 0.0

    def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        location, content = self._ask("GET", path, headers=headers)
        assert location == path, f"{path} leads to {location}"
        return content

    def click(self, path: str, target: str) -> bytes:
        """What a link does under htmx: the part of the page with the id `target`."""
        return self.get(path, self._htmx(target))

    def press(self, path: str, target: str, **values: str) -> bytes:
        """What a button of a form does under htmx."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url, **self._htmx(target)}
        location, content = self._ask("POST", path, urlencode(values).encode(), headers)
        assert location == path, f"{path} leads to {location}"
        return content

    def home(self) -> str:
        """The path of the inbox."""
        return self._ask("GET", "/")[0]

    def submit(self, path: str, form: html.HtmlElement, button: tuple[str, str] | None = None, **values: object) -> str:
        """Fill in a form of the page at `path` and send it, files as open files; where that leads."""
        fields = dict(form.form_values()) | values | dict([button] if button else [])
        target = urlsplit(urljoin(self.url + path, form.get("action") or path)).path
        headers = {"Origin": self.url, "Referer": self.url + path}
        if "multipart" in form.get("enctype", ""):
            headers["Content-Type"], body = MULTIPART_CONTENT, encode_multipart(BOUNDARY, fields)
        else:
            headers["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(fields).encode()
        return self._ask("POST", target, body, headers)[0]

    def form(self, path: str, field: str) -> html.HtmlElement:
        """The form of that page which has a field of this name."""
        page = html.fromstring(self.get(path))
        return next(form for form in page.forms if field in form.fields)

    def sign_in(self, username: str, password: str) -> None:
        path = "/sign-in/"
        self.submit(path, self.form(path, "username"), username=username, password=password)

    def _htmx(self, target: str) -> dict[str, str]:
        token = {"X-CSRFToken": self.cookies["csrftoken"]} if "csrftoken" in self.cookies else {}
        return {"HX-Request": "true", "HX-Target": target, "HX-Current-URL": self.url + "/", **token}

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[str, bytes]:
        if time.monotonic() > self.last_asked + KEPT_ALIVE:
            self.connection.close()  # the server may be about to; http.client opens a new one by itself
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {"Cookie": cookies, **(headers or {})})
        response = self.connection.getresponse()
        content = response.read()
        self.last_asked = time.monotonic()
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        assert response.status in (200, 302), (method, path, response.status)
        return response.headers.get("Location", path), content
