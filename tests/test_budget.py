"""What the mailbox page loads, as it is served: no visitor waits for more than this."""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath

import pytest
from lxml import html

from tests.bench.visitor import Visitor
from tests.servers.live import Live

GZIP = {"Accept-Encoding": "gzip"}
SCRIPTS, STYLES = 100_000, 30_000  # octets, compressed
IMPORTED = re.compile(r'(?:from|import)\s*"(\.[^"]+)"')


@pytest.fixture
def visitor(live: Live) -> Visitor:
    person = live.new_person("anna")
    visitor = Visitor(live.url)
    visitor.sign_in(person.username, person.password)
    return visitor


def with_imports(visitor: Visitor, paths: list[str]) -> Iterator[str]:
    waiting, found = list(paths), set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        yield path
        waiting += [normpath(join(dirname(path), name)) for name in IMPORTED.findall(visitor.get(path).decode())]


def served(visitor: Visitor, paths: list[str]) -> int:
    return sum(len(visitor.get(path, GZIP)) for path in paths)


def test_the_mailbox_page_stays_light(visitor: Visitor) -> None:
    page = html.fromstring(visitor.get(visitor.home()))
    scripts = list(with_imports(visitor, page.xpath("//script/@src")))
    styles = page.xpath("//link[@rel='stylesheet']/@href")
    assert any("mailbox-list" in path for path in scripts)
    assert any("mailbox" in path for path in styles)
    assert not [path for path in scripts if "editor" in path]  # it comes with the composer
    assert served(visitor, scripts) <= SCRIPTS
    assert served(visitor, styles) <= STYLES


def test_imported_modules_are_kept_for_ever_too(visitor: Visitor) -> None:
    page = html.fromstring(visitor.get(visitor.home()))
    scripts = list(with_imports(visitor, page.xpath("//script/@src")))
    assert [path for path in scripts if not re.search(r"\.[0-9a-f]{12}\.js$", path)] == []
