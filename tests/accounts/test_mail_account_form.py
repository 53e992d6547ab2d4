"""The form's rules, most of all: a stored password goes only to the server it was typed for."""

from typing import Any

import pytest

from accounts.forms.mail_account import AccountForm
from accounts.models import Account, User
from tests.servers.dovecot import DovecotForTests

Typed = dict[str, Any]


def form_for(user: User, typed: Typed, account: Account | None = None, /, **changed: Any) -> AccountForm:
    return AccountForm({**typed, **changed}, user=user, instance=account)


@pytest.fixture
def saved(alice: User, typed: Typed) -> Account:
    form = form_for(alice, typed)
    assert form.is_valid(), form.errors
    return form.save()


@pytest.fixture
def unchanged(typed: Typed) -> Typed:
    """What the page sends when nothing was touched."""
    return {**typed, "incoming_password": ""}


def test_it_saves(saved: Account, alice: User) -> None:
    account = Account.objects.get()
    assert account.user == alice
    assert account.incoming_credentials().username == "alice@example.org"
    assert account.incoming_password.reveal() == "swordfish"
    assert account.outgoing_credentials() == account.incoming_credentials()


def test_no_password_is_ever_rendered(alice: User, typed: Typed, saved: Account) -> None:
    for form in (form_for(alice, typed, saved, address="nonsense"), AccountForm(user=alice, instance=saved)):
        assert "swordfish" not in form.as_p()
        assert saved.incoming_password.token not in form.as_p()


def test_an_empty_password_keeps_the_saved_one(alice: User, unchanged: Typed, saved: Account) -> None:
    form = form_for(alice, unchanged, saved, sender_name="Alice B.")
    assert form.is_valid(), form.errors
    form.save()
    assert Account.objects.get().incoming_password.reveal() == "swordfish"
    assert not form.servers_changed


@pytest.mark.parametrize(
    "moved",
    [
        {"incoming_host": "evil.test"},
        {"incoming_port": "1993"},
        {"incoming_security": "none", "unencrypted_ok": "on"},
        {"incoming_fingerprint": "ab" * 32},
        {"protocol": "pop3", "incoming_port": "995"},
        {"outgoing_host": "evil.test"},
        {"outgoing_port": "587"},
        {"outgoing_security": "none", "unencrypted_ok": "on"},
        {"outgoing_fingerprint": "ab" * 32},
    ],
)
def test_a_moved_server_wants_the_password_again(alice: User, unchanged: Typed, saved: Account, moved: Typed) -> None:
    form = form_for(alice, unchanged, saved, **moved)
    assert list(form.errors) == ["incoming_password"]
    again = form_for(alice, unchanged, Account.objects.get(), **moved, incoming_password="swordfish")
    assert again.is_valid(), again.errors


def test_a_trusted_authority_wants_the_password_again(
    alice: User, unchanged: Typed, saved: Account, dovecot: DovecotForTests
) -> None:
    form = form_for(alice, unchanged, saved, incoming_ca_pem=dovecot.ca_pem)
    assert list(form.errors) == ["incoming_password"]


def test_more_encryption_or_another_user_name_do_not(alice: User, unchanged: Typed, saved: Account) -> None:
    assert form_for(alice, unchanged, saved, incoming_security="starttls", incoming_username="al").is_valid()


def test_no_detour_over_another_kind_of_login(alice: User, unchanged: Typed, saved: Account) -> None:
    """Sending without login may go anywhere; but coming back to "same" would then send the password there."""
    first = form_for(alice, unchanged, saved, outgoing_login="none", outgoing_host="evil.test")
    assert first.is_valid(), first.errors
    first.save()
    detour = {**unchanged, "outgoing_host": "evil.test"}
    assert "incoming_password" in form_for(alice, detour, Account.objects.get(), outgoing_login="same").errors


def test_a_password_of_sending_is_forgotten_with_its_login(alice: User, unchanged: Typed, saved: Account) -> None:
    own = {**unchanged, "outgoing_login": "own", "outgoing_username": "smtp-alice"}
    form = form_for(alice, own, saved, outgoing_password="marlin")
    assert form.is_valid(), form.errors
    assert form.save().outgoing_credentials().secret == "marlin"  # type: ignore[union-attr]
    assert form_for(alice, own, Account.objects.get()).is_valid()
    assert "outgoing_password" in form_for(alice, own, Account.objects.get(), outgoing_host="evil.test").errors
    without = form_for(alice, unchanged, Account.objects.get(), outgoing_login="none")
    assert without.is_valid(), without.errors
    without.save()
    assert not Account.objects.get().outgoing_password
    assert "outgoing_password" in form_for(alice, own, Account.objects.get()).errors


def test_a_new_account_needs_a_password(alice: User, unchanged: Typed) -> None:
    assert "incoming_password" in form_for(alice, unchanged).errors


def test_no_encryption_wants_a_confirmation(alice: User, typed: Typed) -> None:
    bare = {"outgoing_security": "none", "outgoing_port": "25"}
    assert list(form_for(alice, typed, **bare).errors) == ["unencrypted_ok"]
    assert form_for(alice, typed, **bare, unencrypted_ok="on").is_valid()


def test_hosts_are_put_right(alice: User, typed: Typed) -> None:
    form = form_for(alice, typed, incoming_host=" https://IMAP.Example.org:1993/mail ", outgoing_host="")
    assert form.is_valid(), form.errors
    account = form.account_as_typed()
    assert (account.incoming_host, account.incoming_port) == ("imap.example.org", 1993)
    assert account.outgoing_host == "smtp.example.org"


@pytest.mark.parametrize(
    ("protocol", "security", "port"),
    [
        ("imap", "tls", 993),
        ("imap", "starttls", 143),
        ("pop3", "tls", 995),
        ("pop3", "starttls", 110),
        ("pop3", "none", 110),
    ],
)
def test_an_empty_port_is_the_usual_one(alice: User, typed: Typed, protocol: str, security: str, port: int) -> None:
    form = form_for(alice, typed, protocol=protocol, incoming_security=security, incoming_port="", unencrypted_ok="on")
    assert form.is_valid(), form.errors
    assert form.account_as_typed().incoming_port == port


def test_the_user_name_is_the_address_unless_typed(alice: User, typed: Typed) -> None:
    form = form_for(alice, typed, incoming_username="", outgoing_login="own", outgoing_password="x")
    assert form.is_valid(), form.errors
    account = form.account_as_typed()
    assert account.incoming_username == account.outgoing_username == "alice@example.org"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "nonsense"),
        ("address", ""),
        ("incoming_host", ""),
        ("incoming_host", "two words"),
        ("incoming_host", "a\r\nb"),
        ("incoming_port", "0"),
        ("incoming_port", "65536"),
        ("incoming_port", "imap"),
        ("incoming_username", "a\nb"),
        ("incoming_password", "a\r\nDELE 1"),
        ("sender_name", "Alice\r\nBcc: x@example.org"),
        ("protocol", "smtp"),
        ("incoming_security", "auto"),
        ("incoming_ca_pem", "-----BEGIN NONSENSE-----"),
        ("incoming_fingerprint", "abc"),
        ("pop_minutes", "0"),
        ("pop_days", "-1"),
        ("pop_days", "many"),
        ("outgoing_login", "oauth"),
    ],
)
def test_bad_values_are_refused_at_their_field(alice: User, typed: Typed, field: str, value: str) -> None:
    form = form_for(alice, typed, **{field: value})
    assert field in form.errors


def test_a_fingerprint_may_have_colons(alice: User, typed: Typed) -> None:
    form = form_for(alice, typed, incoming_fingerprint="sha256 Fingerprint=" + ":".join(["AB"] * 32))
    assert form.is_valid(), form.errors
    assert form.account_as_typed().incoming_fingerprint == "ab" * 32


def test_only_the_certificates_of_a_file_are_kept(alice: User, typed: Typed, dovecot: DovecotForTests) -> None:
    form = form_for(alice, typed, incoming_ca_pem=f"subject=CN=x\n{dovecot.ca_pem}")
    assert form.is_valid(), form.errors
    assert form.account_as_typed().incoming_ca_pem == dovecot.ca_pem


def test_an_address_is_taken_once_per_person(alice: User, bob: User, typed: Typed, saved: Account) -> None:
    assert "address" in form_for(alice, typed, address="ALICE@Example.org").errors
    assert form_for(bob, typed).is_valid()


def test_fields_that_are_not_in_the_form_are_ignored(alice: User, bob: User, typed: Typed) -> None:
    intruding = {"user": bob.pk, "id": 77, "version": 99, "incoming_error": "x"}
    form = form_for(alice, {**typed, **intruding})
    assert form.is_valid(), form.errors
    account = form.save()
    assert (account.user, account.version, account.incoming_error) == (alice, 1, "")
    assert account.pk != 77
