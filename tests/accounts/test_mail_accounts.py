from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts import probing
from accounts.models import Account, AuditEntry, User
from accounts.urls import urlpatterns
from tests.servers.smtp import RecordingServer

Typed = dict[str, Any]
OF_ONE_ACCOUNT = [str(pattern.pattern) for pattern in urlpatterns if "account_id" in str(pattern.pattern)]
HTMX = {"HX-Request": "true"}


def path_of(account: Account, page: str = "account_change") -> str:
    return reverse(f"accounts:{page}", args=[account.pk])


def test_add_test_and_read(alice_client: Client, alice: User, typed_real: Typed, smtp_server: RecordingServer) -> None:
    assert "No mail account yet" in alice_client.get("/settings/accounts/").content.decode()
    assert "Your e-mail address" in alice_client.get("/settings/accounts/add/").content.decode()
    form = alice_client.get("/settings/accounts/add/", {"address": typed_real["address"]}).content.decode()
    assert 'value="imap.demo.test"' in form
    response = alice_client.post("/settings/accounts/add/", typed_real)
    assert response.url == reverse("mailbox:home")  # type: ignore[attr-defined]
    account = Account.objects.get()
    assert (account.user, account.incoming_error, account.outgoing_error) == (alice, "", "")
    assert typed_real["address"] in alice_client.get("/settings/accounts/").content.decode()
    assert smtp_server.accepted == []
    assert AuditEntry.objects.get().action == "account_added"


def test_what_does_not_work_is_saved_and_marked(alice_client: Client, typed_real: Typed) -> None:
    response = alice_client.post("/settings/accounts/add/", {**typed_real, "incoming_password": "wrong"})
    account = Account.objects.get()
    assert response.url == path_of(account)  # type: ignore[attr-defined]
    assert (account.incoming_error, account.outgoing_error) == ("credentials", "credentials")
    page = alice_client.get(path_of(account)).content.decode()
    assert "Saved, but not working yet." in page
    assert "The user name or password was not accepted" in page
    assert "Does not work" in alice_client.get("/settings/accounts/").content.decode()


def test_mending_takes_the_mark_away(alice_client: Client, alice_account: Account, typed_real: Typed) -> None:
    Account.objects.update(incoming_error="credentials", outgoing_error="timeout")
    alice_client.post(path_of(alice_account), typed_real)
    account = Account.objects.get()
    assert (account.incoming_error, account.outgoing_error) == ("", "")
    assert account.version == alice_account.version + 1


def test_a_change_of_words_alone_dials_nobody(
    alice_client: Client, alice_account: Account, typed_real: Typed, smtp_server: RecordingServer
) -> None:
    typed = {**typed_real, "incoming_password": "", "signature": "Alice", "sender_name": "A."}
    alice_client.post(path_of(alice_account), typed)
    assert Account.objects.get().signature == "Alice"
    assert smtp_server.connections == 0


def test_pages_never_show_a_password(alice_client: Client, alice_account: Account, typed_real: Typed) -> None:
    password = typed_real["incoming_password"]
    shown = [
        alice_client.get(path_of(alice_account)),
        alice_client.post(path_of(alice_account), {**typed_real, "address": "nonsense"}),
        alice_client.post(path_of(alice_account, "account_test"), typed_real),
        alice_client.post(path_of(alice_account, "account_test"), typed_real, headers=HTMX),
    ]
    for response in shown:
        assert response.status_code == 200
        assert password not in response.content.decode()
        assert alice_account.incoming_password.token not in response.content.decode()


def test_test_tries_what_is_typed_and_saves_nothing(alice_client: Client, typed_real: Typed) -> None:
    page = alice_client.post("/settings/accounts/test/", typed_real, headers=HTMX).content.decode()
    assert page.lstrip().startswith('<aside class="aside-card" id="doctor"')
    assert "Receiving and sending work." in page
    assert not Account.objects.exists()
    whole = alice_client.post("/settings/accounts/test/", typed_real).content.decode()
    assert "<html" in whole
    assert "Receiving and sending work." in whole


def test_test_uses_the_saved_password_only_for_its_server(
    alice_client: Client, alice_account: Account, typed_real: Typed, smtp_server: RecordingServer
) -> None:
    unchanged = {**typed_real, "incoming_password": ""}
    path = path_of(alice_account, "account_test")
    assert "Receiving and sending work." in alice_client.post(path, unchanged, headers=HTMX).content.decode()
    connections = smtp_server.connections
    for moved in ({"outgoing_host": "localhost"}, {"outgoing_port": smtp_server.ports["submission"]}):
        page = alice_client.post(path, {**unchanged, **moved}, headers=HTMX).content.decode()
        assert "Type the password again" in page
    assert smtp_server.connections == connections


def test_testing_saved_settings_renews_the_mark(
    alice_client: Client, alice_account: Account, typed_real: Typed
) -> None:
    Account.objects.update(outgoing_error="timeout")
    unchanged = {**typed_real, "sender_name": "", "incoming_password": ""}
    alice_client.post(path_of(alice_account, "account_test"), unchanged, headers=HTMX)
    assert Account.objects.get().outgoing_error == ""


def test_too_many_tests_have_to_wait(
    alice_client: Client, typed_real: Typed, smtp_server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "TESTS_PER_MINUTE", 0)
    page = alice_client.post("/settings/accounts/test/", typed_real, headers=HTMX).content.decode()
    assert "Wait a minute" in page
    alice_client.post("/settings/accounts/add/", typed_real)
    assert Account.objects.exists()
    assert smtp_server.connections == 0


def test_remove_says_what_is_lost_and_needs_a_post(alice_client: Client, alice_account: Account) -> None:
    path = path_of(alice_account, "account_remove")
    assert "Your mail stays on the server" in alice_client.get(path).content.decode()
    Account.objects.update(protocol="pop3")
    assert "lost for good" in alice_client.get(path).content.decode()
    assert Account.objects.exists()
    assert alice_client.post(path).url == "/settings/accounts/"  # type: ignore[attr-defined]
    assert not Account.objects.exists()
    assert AuditEntry.objects.get().subject == alice_account.address


@pytest.mark.parametrize("pattern", OF_ONE_ACCOUNT)
def test_an_account_of_somebody_else_does_not_exist(bob_client: Client, alice_account: Account, pattern: str) -> None:
    path = "/" + pattern.replace("<int:account_id>", str(alice_account.pk))
    post = bob_client.post(path, {"incoming_host": "evil.test"})
    assert post.status_code == 404
    assert bob_client.get(path).status_code in (404, 405)
    assert Account.objects.get().incoming_host == alice_account.incoming_host


@pytest.mark.parametrize("pattern", OF_ONE_ACCOUNT)
def test_an_account_that_does_not_exist(alice_client: Client, pattern: str) -> None:
    assert alice_client.post("/" + pattern.replace("<int:account_id>", "999")).status_code == 404


@pytest.mark.parametrize("pattern", OF_ONE_ACCOUNT)
def test_a_form_from_another_site_is_refused(alice: User, alice_account: Account, pattern: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="accounts.backends.PersonBackend")
    assert client.post("/" + pattern.replace("<int:account_id>", str(alice_account.pk))).status_code == 403
    assert Account.objects.exists()


def test_wrong_methods(alice_client: Client, alice_account: Account) -> None:
    assert alice_client.get("/settings/accounts/test/").status_code == 405
    assert alice_client.get(path_of(alice_account, "account_test")).status_code == 405
    assert alice_client.post("/settings/accounts/").status_code == 405
    assert alice_client.put("/settings/accounts/add/").status_code == 405


def test_what_others_type_is_shown_as_text(alice_client: Client, alice_account: Account) -> None:
    Account.objects.update(name="<img src=x onerror=alert(1)>")
    for path in ("/settings/accounts/", path_of(alice_account), path_of(alice_account, "account_remove")):
        assert "<img src=x" not in alice_client.get(path).content.decode()


def test_two_saves_at_once_never_share_a_version(alice_account: Account) -> None:
    """A version stands for one set of servers: pooled sessions are found by it."""
    first, second = Account.objects.get(), Account.objects.get()
    first.incoming_host = "first.test"
    first.save()
    second.incoming_host = "second.test"
    second.save()
    assert alice_account.version < first.version < second.version == Account.objects.get().version


def test_an_account_that_was_removed_is_not_made_again(alice_account: Account) -> None:
    stale = Account.objects.get()
    Account.objects.get().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        stale.save()
    assert not Account.objects.exists()
