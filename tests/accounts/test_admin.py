import pytest
from django.db.models.signals import pre_save
from django.test import Client

from accounts.fields import Secret
from accounts.models import Account, AuditEntry, Preset, User

ACCOUNTS, PRESETS, LOG = "/admin/accounts/account/", "/admin/accounts/preset/", "/admin/accounts/auditentry/"


@pytest.fixture
def account(alice: User) -> Account:
    return Account.objects.create(
        user=alice,
        address="alice@mail.test",
        incoming_host="imap.mail.test",
        incoming_username="alice",
        incoming_password=Secret.seal("swordfish"),
        signature="private words",
    )


def test_accounts_are_shown_without_secrets(charlie_client: Client, account: Account) -> None:
    for path in (ACCOUNTS, f"{ACCOUNTS}{account.pk}/change/", f"{ACCOUNTS}{account.pk}/history/"):
        page = charlie_client.get(path)
        assert page.status_code == 200
        for secret in ("swordfish", account.incoming_password.token, "&lt;Secret&gt;", "private words"):
            assert secret not in page.content.decode()


def test_an_admin_may_pause_an_account_and_nothing_else(charlie_client: Client, account: Account) -> None:
    typed = {"paused": "on", "incoming_host": "evil.test", "incoming_password": "x", "user": "1", "address": "x@y.test"}
    assert charlie_client.post(f"{ACCOUNTS}{account.pk}/change/", typed).status_code == 302
    changed = Account.objects.get()
    assert (changed.paused, changed.incoming_host, changed.address) == (True, "imap.mail.test", "alice@mail.test")
    assert changed.incoming_password.reveal() == "swordfish"
    assert AuditEntry.objects.get().action == "account_changed"
    assert charlie_client.get(f"{ACCOUNTS}add/").status_code == 403
    assert charlie_client.post(f"{ACCOUNTS}{account.pk}/delete/").status_code == 403


def test_a_pause_takes_no_password_back(charlie_client: Client, account: Account) -> None:
    """Typed by its person while the admin's form was on its way."""

    def type_another(instance: Account, **rest: object) -> None:
        Account.objects.filter(pk=account.pk).update(incoming_password=Secret.seal("hunter2"), incoming_host="new.test")

    pre_save.connect(type_another, sender=Account)
    charlie_client.post(f"{ACCOUNTS}{account.pk}/change/", {"paused": "on"})
    pre_save.disconnect(type_another, sender=Account)
    changed = Account.objects.get()
    assert (changed.paused, changed.incoming_host) == (True, "new.test")
    assert changed.incoming_password.reveal() == "hunter2"


PRESET = {
    "domain": "Example.org",
    "full_address_login": "on",
    "protocol": "imap",
    "incoming_host": "imap.example.org",
    "incoming_port": "993",
    "incoming_security": "tls",
    "outgoing_host": "smtp.example.org",
    "outgoing_port": "465",
    "outgoing_security": "tls",
}


def test_a_second_preset_of_a_domain_is_refused_in_words(charlie_client: Client) -> None:
    charlie_client.post(f"{PRESETS}add/", PRESET)
    page = charlie_client.post(f"{PRESETS}add/", {**PRESET, "domain": "@EXAMPLE.org "})
    assert page.status_code == 200
    assert "already exists" in page.content.decode()
    assert Preset.objects.count() == 1


def test_presets_are_kept_here(charlie_client: Client) -> None:
    assert charlie_client.post(f"{PRESETS}add/", PRESET).status_code == 302
    preset = Preset.objects.get()
    assert preset.domain == "example.org"
    assert charlie_client.post(f"{PRESETS}{preset.pk}/delete/", {"post": "yes"}).status_code == 302
    assert [entry.action for entry in AuditEntry.objects.all()] == ["preset_deleted", "preset_added"]


def test_the_log_can_only_be_read(charlie_client: Client, charlie: User) -> None:
    entry = AuditEntry.objects.create(actor=charlie, actor_name="charlie", action="x", subject="<script>y")
    page = charlie_client.get(LOG)
    assert page.status_code == 200
    assert "<script>y" not in page.content.decode()
    assert charlie_client.get(f"{LOG}add/").status_code == 403
    assert charlie_client.post(f"{LOG}{entry.pk}/delete/").status_code == 403
    charlie_client.post(f"{LOG}{entry.pk}/change/", {"subject": "z"})
    assert AuditEntry.objects.get().subject == "<script>y"


@pytest.mark.parametrize("path", ["/admin/", ACCOUNTS, PRESETS, LOG])
def test_nothing_for_others(alice_client: Client, path: str) -> None:
    assert alice_client.get(path, follow=True).status_code == 404


def test_who_is_not_signed_in_comes_back_after_the_sign_in(client: Client, charlie: User) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1] == ("/sign-in/?next=/admin/", 302)
    elsewhere = client.get("/admin/login/?next=//evil.test", follow=True)
    assert 'name="next" value=""' in elsewhere.content.decode()


def test_people_have_their_own_page(charlie_client: Client, alice: User) -> None:
    assert charlie_client.get("/admin/accounts/user/").status_code == 404
    assert charlie_client.get("/admin/password_change/").url == "/settings/password/"  # type: ignore[attr-defined]
