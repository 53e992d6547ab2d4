"""The environment of the product under test, set before Django's settings are read.

Loaded by `-p tests.environment` (pyproject.toml): pytest-django reads the settings before any conftest.py. Every test
process has a folder of its own, removed at its end, and its own ports for Redis; nothing of the developer's
environment shines through.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from deploy.ports import free_port
from deploy.redis_server import Purpose, RedisServer, new_password
from tests.servers.postgres import new_database

FOLDER = Path(tempfile.mkdtemp(prefix="wm-test-"))
BROKER = RedisServer(Purpose.BROKER, FOLDER / "broker", free_port(), new_password())
CACHE = RedisServer(Purpose.CACHE, FOLDER / "cache", free_port(), new_password())


def product_environment(folder: Path, broker_url: str, cache_url: str) -> dict[str, str]:
    """All variables the product reads, for a run whose data lies in `folder`."""
    return {
        "DJANGO_SETTINGS_MODULE": "webmail.settings",
        "DEBUG": "false",
        "HTTPS": "false",
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "MAIL_SECRET_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "DATA_DIR": str(folder / "data"),
        "DATABASE_URL": _database_url(folder),
        "REDIS_URL": broker_url,
        "CACHE_URL": cache_url,
        "MAIL_ALLOWED_HOSTS": "127.0.0.1:*,localhost:*",
        "PICTURES_ALLOWED_HOSTS": "127.0.0.1:*",
        "UNSUBSCRIBE_ALLOWED_HOSTS": "127.0.0.1:*",
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "WARNING",
    }


def _database_url(folder: Path) -> str:
    """SQLite, or PostgreSQL for `make test DATABASE=postgres`."""
    if os.environ.get("TEST_DATABASE") == "postgres":
        return new_database(folder.name.replace("-", "_").lower())
    return f"sqlite:///{folder / 'data' / 'webmail.sqlite3'}"


def _apply() -> None:
    (FOLDER / "data").mkdir()
    (FOLDER / "static").mkdir()
    os.environ.update(product_environment(FOLDER, BROKER.url, CACHE.url))
    # Hashed names need a collectstatic first; tests of pages ask for the plain ones.
    os.environ["STATICFILES_BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # Playwright's driver keeps an event loop in the main thread, where Django would refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


_apply()
