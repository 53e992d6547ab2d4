"""A sender's web server, by https."""

from collections.abc import Iterator

import pytest

from deploy.certificates import Certificate, create
from tests.servers.web import WebServer, web_server
from webmail.protocols import tls


@pytest.fixture(scope="session")
def sender_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return create(tmp_path_factory.mktemp("sender"))


@pytest.fixture
def sender(sender_certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """Its authority is one of those that the system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(sender_certificate.ca))
    tls._context.cache_clear()  # which holds the system's authorities as they were
    with web_server(sender_certificate) as server:
        server.serve("/leave?me", status=200)
        yield server
    tls._context.cache_clear()
