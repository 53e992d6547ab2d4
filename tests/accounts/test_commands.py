"""The commands for scripts, as processes: exit status, words, and what standard input may be."""

import io
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.fields import Secret
from accounts.models import Account, AuditEntry, User
from accounts.probing import examine_account
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer
from webmail.protocols.endpoint import Security


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """run("add_user", …, stdin="password\\n") → what it said; raises CommandError as manage.py would report it."""

    def run(*arguments: str, stdin: str = "") -> str:
        said = io.StringIO()
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        call_command(*arguments, stdout=said)
        return said.getvalue()

    return run


ADD_DORA = ("add_user", "dora", "--email", "dora@example.org", "--password-stdin")
SERVERS = ("--incoming", "imaps://alice@imap.example.org", "--outgoing", "smtps://alice@smtp.example.org")
ADD_ACCOUNT = ("add_account", "alice", "--email", "a@example.org", "--password-stdin")


@pytest.mark.django_db
def test_add_user(run) -> None:  # type: ignore[no-untyped-def]
    assert "dora may sign in now." in run(*ADD_DORA, "--name", "Dora D.", stdin="paper and ink \r\n")
    dora = User.objects.get()
    assert dora.check_password("paper and ink ")
    assert (dora.name, dora.email, dora.is_superuser) == ("Dora D.", "dora@example.org", False)
    assert AuditEntry.objects.get().actor_name == "manage.py"


@pytest.mark.django_db
def test_add_user_makes_admins(run) -> None:  # type: ignore[no-untyped-def]
    run(*ADD_DORA, "--admin", stdin="paper-and-ink")
    assert User.objects.get(is_superuser=True, is_staff=True)


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "words"),
    [
        (ADD_DORA, "", 1, "No password"),
        (ADD_DORA, "\n", 1, "No password"),
        (ADD_DORA, "abc", 1, "too short"),
        (("add_user", "alice", "--email", "b@example.org", "--password-stdin"), "paper-and-ink", 3, "exists already"),
        (("add_user", "x y", "--email", "b@example.org", "--password-stdin"), "paper-and-ink", 1, "username:"),
        (("add_user", "x", "--email", "nonsense", "--password-stdin"), "paper-and-ink", 1, "email:"),
        (("add_user", "x", "--email", "b@example.org"), "paper-and-ink", 1, "--password-stdin"),
    ],
)
def test_add_user_says_what_is_wrong(run, alice: User, arguments, stdin: str, status: int, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CommandError, match=words) as error:
        run(*arguments, stdin=stdin)
    assert error.value.returncode == status
    assert User.objects.count() == 1


def test_add_account_works_on_real_servers(  # type: ignore[no-untyped-def]
    run, alice: User, alice_mail: MailUser, dovecot: DovecotForTests, smtp_server: RecordingServer, tmp_path: Path
) -> None:
    smtp_server.add_user(alice_mail.address, alice_mail.password)
    both = tmp_path / "ca.pem"
    both.write_text(dovecot.ca_pem + smtp_server.ca_pem)
    user = alice_mail.address.replace("@", "%40")
    incoming = f"pop3://{user}@localhost:{dovecot.ports['pop3']}"
    outgoing = f"smtp://{user}@localhost:{smtp_server.ports['submission']}"
    command = ("add_account", "alice", "--email", alice_mail.address, "--incoming", incoming, "--outgoing", outgoing)
    run(*command, "--password-stdin", "--name", "Alice", "--ca-file", str(both), stdin=f"{alice_mail.password}\n")
    account = Account.objects.get(user=alice)
    assert (account.sender_name, account.protocol, account.outgoing_login) == ("Alice", "pop3", "same")
    assert [examined.reason for examined in examine_account(account)] == ["", ""]


def test_a_pinned_certificate_is_trusted(run, alice: User, dovecot: DovecotForTests) -> None:  # type: ignore[no-untyped-def]
    pin = ":".join(["AB"] * 32)
    servers = ("--incoming", "imaps://a@mail.test", "--outgoing", "smtps://a@mail.test")
    run(*ADD_ACCOUNT, *servers, "--fingerprint", pin, stdin="x")
    account = Account.objects.get()
    assert account.incoming_fingerprint == account.outgoing_fingerprint == "ab" * 32
    run(
        "add_account",
        "alice",
        "--email",
        "b@example.org",
        "--password-stdin",
        *SERVERS,
        "--fingerprint",
        pin,
        stdin="x",
    )
    account = Account.objects.get(address="b@example.org")
    assert (account.incoming_fingerprint, account.outgoing_fingerprint) == ("ab" * 32, "")


@pytest.mark.parametrize(
    ("outgoing", "stdin", "login", "password"),
    [
        ("smtps://alice@smtp.example.org", "one\n", "same", "one"),
        ("smtps://alice@smtp.example.org", "one\ntwo\n", "own", "two"),
        ("smtps://other@smtp.example.org", "one\n", "own", "one"),
        ("smtps://other@smtp.example.org", "one\ntwo\n", "own", "two"),
        ("smtp+insecure://smtp.example.org", "one\n", "none", None),
    ],
)
def test_logins_of_sending(run, alice: User, outgoing: str, stdin: str, login: str, password: str | None) -> None:  # type: ignore[no-untyped-def]
    run(*ADD_ACCOUNT, "--incoming", "imaps://alice@imap.example.org", "--outgoing", outgoing, stdin=stdin)
    account = Account.objects.get()
    credentials = account.outgoing_credentials()
    assert account.outgoing_login == login
    assert (credentials and credentials.secret) == password  # type: ignore[union-attr]
    assert account.incoming_credentials().secret == "one"  # type: ignore[union-attr]


def test_schemes_choose_security_and_port(run, alice: User) -> None:  # type: ignore[no-untyped-def]
    servers = ("--incoming", "pop3+insecure://alice@pop.example.org", "--outgoing", "smtp://alice@smtp.example.org")
    run(*ADD_ACCOUNT, *servers, stdin="one")
    account = Account.objects.get()
    assert (account.incoming_endpoint().security, account.incoming_port) == (Security.NONE, 110)
    assert (account.outgoing_endpoint().security, account.outgoing_port) == (Security.STARTTLS, 587)


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        (("--incoming", "https://a@h", "--outgoing", "smtps://h"), 1, "must begin with"),
        (("--incoming", "imaps://a:pw@h", "--outgoing", "smtps://h"), 1, "standard input"),
        (("--incoming", "imaps://h", "--outgoing", "smtps://h"), 1, "no USER"),
        (("--incoming", "imaps://a@h:0x1", "--outgoing", "smtps://h"), 1, "not a server's URL"),
        (("--incoming", "imaps://a%0d%0ab@h", "--outgoing", "smtps://h"), 1, "incoming_username"),
        ((*SERVERS, "--ca-file", "/no/such/file"), 1, "can't be read"),
        ((*SERVERS, "--ca-file", __file__), 1, "incoming_ca_pem"),
        ((*SERVERS, "--fingerprint", "12"), 1, "64 hexadecimal"),
    ],
)
def test_add_account_says_what_is_wrong(run, alice: User, more, status: int, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CommandError, match=words) as error:
        run(*ADD_ACCOUNT, *more, stdin="swordfish")
    assert error.value.returncode == status
    assert "swordfish" not in str(error.value)
    assert not Account.objects.exists()


def test_add_account_for_nobody_and_twice(run, alice: User) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CommandError, match="Nobody is called zoe"):
        run("add_account", "zoe", "--email", "z@example.org", *SERVERS, "--password-stdin", stdin="x")
    run(*ADD_ACCOUNT, *SERVERS, stdin="x")
    with pytest.raises(CommandError, match="already") as error:
        run(*ADD_ACCOUNT, *SERVERS, stdin="x")
    assert error.value.returncode == 3
    assert Account.objects.count() == 1


def test_rotate_secrets(run, alice: User, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    run(*ADD_ACCOUNT, *SERVERS, stdin="one\ntwo")
    old, new = settings.MAIL_SECRET_KEYS, [Fernet.generate_key().decode()]
    settings.MAIL_SECRET_KEYS = [*new, *old]
    assert "2 passwords" in run("rotate_secrets")
    settings.MAIL_SECRET_KEYS = new
    account = Account.objects.get()
    assert (account.incoming_password.reveal(), account.outgoing_password.reveal()) == ("one", "two")
    assert account.version == 1


def test_rotate_secrets_names_what_it_can_not_open(run, alice: User) -> None:  # type: ignore[no-untyped-def]
    run(*ADD_ACCOUNT, *SERVERS, stdin="one")
    run("add_account", "alice", "--email", "b@example.org", *SERVERS, "--password-stdin", stdin="two")
    Account.objects.filter(address="a@example.org").update(incoming_password=Secret("damaged"))
    with pytest.raises(CommandError, match=r"a@example\.org$"):
        run("rotate_secrets")
    assert Account.objects.get(address="b@example.org").incoming_password.reveal() == "two"
    assert Account.objects.get(address="a@example.org").incoming_password == Secret("damaged")
