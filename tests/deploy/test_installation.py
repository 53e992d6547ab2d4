"""Where the settings of `make run` come from, and what may be asked of it."""

import stat
from pathlib import Path

import pytest

from deploy import installation
from deploy.installation import Installation, NotPossible, read_variables, write_private
from deploy.redis_server import Purpose


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr(installation, "VAR", tmp_path)
    for name in ("SECRET_KEY", "MAIL_ALLOWED_HOSTS", "ALLOWED_HOSTS", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    made = Installation(demo=False, host="127.0.0.1", port=8000)
    made.prepare()
    return made


def environment_of(asked: Installation) -> dict[str, str]:
    hosts = {"MAIL_ALLOWED_HOSTS": ["127.0.0.1:993"], "PICTURES_ALLOWED_HOSTS": ["127.0.0.1:80"]}
    return asked.environment(asked.redis(Purpose.BROKER), asked.redis(Purpose.CACHE), hosts)


def test_variables_survive_the_file(tmp_path: Path) -> None:
    variables = {"PLAIN": "a", "SPACES": "two words", "QUOTES": 'it\'s "this" #1', "EQUALS": "a=b=="}
    write_private(tmp_path / "env", variables)
    assert read_variables(tmp_path / "env") == variables
    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600


def test_keys_are_made_once(own: Installation) -> None:
    first = environment_of(own)
    own.prepare()
    assert environment_of(own)["SECRET_KEY"] == first["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) > 50


def test_own_lines_in_env_hold_and_the_shell_goes_first(own: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    with (own.folder / "env").open("a") as file:
        file.write(
            "# a comment\nSITE_TITLE='Our mail'\nDATABASE_URL=postgres://here/mail\nMAIL_ALLOWED_HOSTS=mail.lan:*\n"
        )
    values = environment_of(own)
    assert values["SITE_TITLE"] == "Our mail"
    assert values["DATABASE_URL"] == "postgres://here/mail"
    assert values["MAIL_ALLOWED_HOSTS"] == "mail.lan:*,127.0.0.1:993"
    monkeypatch.setenv("SITE_TITLE", "Another")
    assert environment_of(own)["SITE_TITLE"] == "Another"


def test_manage_gets_what_the_last_run_gave(own: Installation) -> None:
    with pytest.raises(NotPossible, match="make run"):
        own.last_environment()
    given = environment_of(own)
    assert own.last_environment()["REDIS_URL"] == given["REDIS_URL"]


def test_host_names_follow_the_address() -> None:
    asked = Installation.asked_for({"DEMO": "0", "HOST": "192.0.2.7", "PORT": "80"})
    assert asked.url == "http://192.0.2.7:80"
    assert "192.0.2.7" in asked._names()
    assert Installation.asked_for({}).url == "http://localhost:8000"


def test_demo_stays_on_loopback() -> None:
    with pytest.raises(NotPossible, match="this machine only"):
        Installation.asked_for({"HOST": "192.0.2.7"})
