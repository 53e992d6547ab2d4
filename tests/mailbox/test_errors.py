"""What goes wrong with a mail server becomes a page that says what happened, with which account, and what to do now."""

import re
import threading

import pytest
from django.urls import reverse

from accounts.fields import Secret
from accounts.models import Account
from deploy.ports import free_port
from tests.mailbox.letters import PLAIN, plain, with_file
from tests.servers.proxy import CuttingProxy, Do
from webmail.mailbox.opening import open_mailbox


def inbox(account):
    return reverse("mailbox:folder", args=[account.pk, "INBOX"])


def change(account, **fields):
    """As the settings page would: the row is saved anew."""
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()


@pytest.fixture
def cut(alice_account, dovecot, settings):
    """Alice's account through a proxy that can cut the line; without encryption, so that it can read along."""
    proxy = CuttingProxy((dovecot.host, dovecot.ports["imap"]))
    change(alice_account, incoming_host=proxy.host, incoming_port=proxy.port, incoming_security="none")
    yield proxy
    proxy.close()


def test_wrong_host(alice_client, alice_account):
    change(alice_account, incoming_host="no-such-host.invalid", name="Work")
    response = alice_client.get(inbox(alice_account))
    page = response.content.decode()
    assert response.status_code == 502
    assert "There is no server of that name" in page
    assert "Work" in page
    assert reverse("accounts:account_change", args=[alice_account.pk]) in page


def test_wrong_port(alice_client, alice_account):
    change(alice_account, incoming_port=free_port())
    response = alice_client.get(inbox(alice_account))
    assert response.status_code == 503
    assert "The mail server does not answer" in response.content.decode()
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == "refused"


@pytest.mark.parametrize(("security", "port"), [("tls", "imap"), ("none", "imaps"), ("starttls", "imaps")])
def test_wrong_tls_mode(alice_client, alice_account, dovecot, settings, security, port):
    settings.MAIL_BANNER_TIMEOUT = 0.5
    change(alice_account, incoming_security=security, incoming_port=dovecot.ports[port])
    response = alice_client.get(inbox(alice_account))
    assert response.status_code in {502, 503}
    assert "Traceback" not in response.content.decode()
    alice_account.refresh_from_db()
    assert alice_account.incoming_error in {"plain", "silent", "lost"}


def test_unknown_certificate(alice_client, alice_account):
    change(alice_account, incoming_ca_pem="")
    response = alice_client.get(inbox(alice_account))
    assert response.status_code == 502
    assert "certificate" in response.content.decode()


def test_wrong_password(alice_client, alice_account):
    change(alice_account, incoming_password=Secret.seal("wrong"))
    response = alice_client.get(inbox(alice_account))
    page = response.content.decode()
    assert response.status_code == 502
    assert "The user name or password was not accepted" in page
    assert "Check the password" in page
    assert "wrong" not in page.replace("wrong_", "")


def test_secret_of_a_lost_key(alice_client, alice_account, settings):
    settings.MAIL_SECRET_KEYS = ["B" * 43 + "="]
    response = alice_client.get(inbox(alice_account))
    assert response.status_code == 502
    assert "The stored password can’t be opened" in response.content.decode()


def test_address_that_is_not_allowed(alice_client, alice_account, settings):
    settings.MAIL_ALLOWED_HOSTS = []
    response = alice_client.get(inbox(alice_account))
    assert response.status_code == 502
    assert "This server may not be used from here" in response.content.decode()


def test_server_gone_and_back(alice_client, alice_account, dovecot):
    assert alice_client.get(inbox(alice_account)).status_code == 200
    dovecot.stop()
    try:
        response = alice_client.get(inbox(alice_account))
        fragment = alice_client.get(inbox(alice_account), headers={"HX-Request": "true", "HX-Target": "list"})
        column = alice_client.get(
            reverse("mailbox:side", args=[alice_account.pk]),
            headers={"HX-Request": "true", "HX-Target": f"side-{alice_account.pk}"},
        )
    finally:
        dovecot.start()
    assert response.status_code == 200, "the list as it was"
    assert "Try again" in response.content.decode()
    assert (fragment.status_code, "<html" in fragment.content.decode()) == (200, False)
    assert (column.status_code, "Can’t receive" in column.content.decode()) == (200, True)
    assert alice_client.get(inbox(alice_account)).status_code == 200


@pytest.mark.parametrize("verb", ["LOGIN", "AUTHENTICATE", "LIST", "SELECT", "FETCH", "STATUS"])
def test_line_cut_in_the_middle_of_a_list(alice_client, alice_account, cut, verb):
    cut.at(verb, Do.CUT)
    response = alice_client.get(inbox(alice_account))
    assert response.status_code in {200, 503}  # 200: a verb this server is not asked
    cut.forget()
    assert alice_client.get(inbox(alice_account)).status_code == 200


def test_line_cut_at_many_octets(alice_client, alice_account, cut):
    for number in range(5):
        with open_mailbox(alice_account) as mailbox:
            mailbox.append("INBOX", plain(f"number {number}"))
    whole = alice_client.get(inbox(alice_account))
    assert whole.content.decode().count("number ") >= 5
    for octets in range(50, 3000, 331):
        change(alice_account)  # a new version of the settings: new sessions
        cut.cut_after(octets)
        response = alice_client.get(inbox(alice_account))
        assert response.status_code in {200, 503}, octets
        cut.forget()
    change(alice_account)
    assert alice_client.get(inbox(alice_account)).content.decode().count("number ") >= 5


def test_download_that_breaks_off_is_no_page(alice_client, alice_account, cut):
    """Before the first octets it is a page; afterwards the download fails instead of ending as if it were whole."""
    with open_mailbox(alice_account) as mailbox:
        mailbox.append("INBOX", with_file(content=bytes(3_000_000)))
        ref = mailbox.list_messages("INBOX").rows[0].ref
    address = reverse("mailbox:part", args=[alice_account.pk, "INBOX", ref.uidvalidity, ref.uid, "2"])
    response = alice_client.get(address)
    cut.at("UID", Do.CUT)
    with pytest.raises(Exception, match=r"(session|connection|server)"):
        response.getvalue()
    cut.forget()
    assert len(alice_client.get(address).getvalue()) == 3_000_000


def test_move_whose_answer_is_lost_loses_nothing(alice_client, alice_account, cut):
    with open_mailbox(alice_account) as mailbox:
        mailbox.append("INBOX", PLAIN)
        ref = mailbox.list_messages("INBOX").rows[0].ref
    cut.at("UID", Do.LOSE_ANSWER)
    address = reverse("mailbox:act", args=[alice_account.pk, "INBOX", ref.uidvalidity])
    response = alice_client.post(address, {"action": "archive", "uid": [ref.uid]})
    assert response.status_code == 503
    cut.forget()
    with open_mailbox(alice_account) as mailbox:
        totals = [mailbox.list_messages(name).total for name in ("INBOX", "Archive")]
    assert totals in ([0, 1], [1, 0])


def test_settings_that_change_end_old_sessions(
    alice_client, alice_account, dovecot, django_capture_on_commit_callbacks
):
    with open_mailbox(alice_account) as mailbox:
        mailbox.append("INBOX", PLAIN)
    other = dovecot.new_user("other")
    with django_capture_on_commit_callbacks(execute=True):
        change(alice_account, incoming_username=other.address, incoming_password=Secret.seal(other.password))
    assert "Tea at four" not in alice_client.get(inbox(alice_account)).content.decode()


def test_many_at_once_share_two_sessions(alice_client, alice_account, cut):
    """The server sees two sign-ins, whatever many tabs ask for."""
    with open_mailbox(alice_account) as mailbox:
        totals: list[int] = []

        def look() -> None:
            totals.append(mailbox.list_messages("INBOX").total)

        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert totals == [0] * 8
    assert sum(command.startswith(("LOGIN", "AUTHENTICATE")) for command in cut.commands) <= 2


def test_error_page_of_another_person_s_account_is_404(bob_client, alice_account):
    Account.objects.filter(pk=alice_account.pk).update(incoming_port=free_port())
    assert bob_client.get(inbox(alice_account)).status_code == 404


def links(response) -> list[str]:
    return re.findall(r'<a class="btn btn-primary" href="([^"]+)"', response.content.decode())


def test_try_again_after_a_button_leads_to_a_page(alice_client, alice_account):
    change(alice_account, incoming_port=free_port())
    act = reverse("mailbox:act", args=[alice_account.pk, "INBOX", 1])
    response = alice_client.post(act, {"action": "read", "uid": "1"})
    assert response.status_code == 503
    assert links(response) == [inbox(alice_account)]


def test_an_answer_to_a_renumbered_message_leads_to_its_list(alice_client, alice_account):
    with open_mailbox(alice_account) as mailbox:
        mailbox.append("INBOX", PLAIN)
    address = reverse("compose:reply", args=[alice_account.pk, "INBOX", 1, 1, "reply"])
    response = alice_client.get(address)
    assert response.status_code == 409
    assert links(response) == [inbox(alice_account)]
