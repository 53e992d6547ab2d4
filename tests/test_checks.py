"""An unsafe installation does not start: W22 of the security checklist."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from pytest_django import Settings

ROOT = Path(__file__).resolve().parent.parent
KEY = Fernet.generate_key().decode()


def found(*, deploy: bool = False) -> set[str]:
    return {str(message.id) for message in run_checks(include_deployment_checks=deploy)}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MAIL_SECRET_KEYS", [], "webmail.E001"),
        ("MAIL_SECRET_KEYS", [""], "webmail.E001"),
        ("MAIL_SECRET_KEYS", [KEY, "short"], "webmail.E002"),
        ("SECRET_KEY", "short", "webmail.E004"),
        ("SECRET_KEY", "django-insecure-" + "x" * 50, "webmail.E004"),
        ("ALLOWED_HOSTS", [], "webmail.E006"),
        ("ALLOWED_HOSTS", ["*"], "webmail.E007"),
        ("MAIL_ALLOWED_HOSTS", ["mail.lan"], "webmail.E008"),
        ("PICTURES_ALLOWED_HOSTS", ["pictures.lan"], "webmail.E008"),
        ("UNSUBSCRIBE_ALLOWED_HOSTS", ["news.lan"], "webmail.E008"),
        ("MAIL_ALLOWED_HOSTS", ["10.0.0.0/99:*"], "webmail.E008"),
    ],
)
def test_each_fault_has_its_error(settings: Settings, name: str, value: Any, expected: str) -> None:
    assert not found()
    setattr(settings, name, value)
    assert expected in found()


def test_debug_is_for_loopback_only(settings: Settings) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert "webmail.E005" not in found()
    settings.ALLOWED_HOSTS = ["localhost", "mail.example.org"]
    assert "webmail.E005" in found()


def test_the_key_of_sessions_is_not_the_key_of_passwords(settings: Settings) -> None:
    settings.SECRET_KEY = KEY
    settings.MAIL_SECRET_KEYS = [KEY]
    assert "webmail.E003" in found()


def test_no_https_is_a_warning_beyond_loopback(settings: Settings) -> None:
    assert "webmail.W001" not in found(deploy=True)
    settings.ALLOWED_HOSTS = ["mail.example.org"]
    assert "webmail.W001" in found(deploy=True)


def check(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    # Playwright's need, not the product's.
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(command, cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True)


def test_check_deploy_is_clean_as_deployed(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    public = {"HTTPS": "true", "ALLOWED_HOSTS": "mail.example.org", "BEHIND_PROXY": "true"}
    done = check(**public, SECRET_KEY=f"{KEY}{KEY}", DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr


def test_an_unsafe_installation_does_not_start() -> None:
    done = check(DEBUG="true", ALLOWED_HOSTS="mail.example.org")
    assert done.returncode != 0
    assert "webmail.E005" in done.stderr


def test_data_that_others_may_read_is_warned_of(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o750)
    assert "webmail.W002" not in found(deploy=True)
    tmp_path.chmod(0o755)
    assert "webmail.W002" in found(deploy=True)
    assert "webmail.W002" not in found()
