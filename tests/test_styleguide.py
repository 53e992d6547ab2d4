"""The style guide shows every part of the interface, and nobody but developers."""

import re
from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.sessions import SessionStore
from webmail.styleguide import styleguide

ROOT = Path(__file__).resolve().parent.parent
# Of pages rather than parts: rules of components.css that fit one into the other.
OF_PAGES = {
    "account", "bare", "brand", "compose", "compose-btn", "compose-row", "from-btn", "mail-to", "nav-closed",
    "out-what", "nav-quiet", "reason", "side-links", "skip",
    "solo", "start-body", "toasts", "warnings", "who", "is-hovered", "is-focused",
}  # fmt: skip


@pytest.fixture
def guide(rf: RequestFactory, alice: User) -> str:
    request = rf.get("/styleguide/")
    request.user = alice
    request.session, request.htmx = SessionStore(), False  # type: ignore[assignment, attr-defined]
    request.resolver_match = None
    return styleguide(request).content.decode()


def test_every_part_is_shown(guide: str) -> None:
    source = re.sub(r"/\*.*?\*/", "", (ROOT / "static/css/components.css").read_text(), flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", " ".join(re.findall(r"([^{}]+)\{", source))))
    shown = {name for names in re.findall(r'class="([^"]*)"', guide) for name in names.split()}
    assert sorted(classes - shown - OF_PAGES) == []
    assert sorted(OF_PAGES - classes) == [], "no longer there"


def test_every_colour_and_icon_is_shown(guide: str) -> None:
    assert 'fill="var(--ink-fill)"' in guide
    for name in re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()):
        assert f"#{name}" in guide


def test_nobody_sees_it_in_production(alice_client: Client) -> None:
    assert alice_client.get("/styleguide/").status_code == 404
