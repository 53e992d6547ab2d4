"""The way in, the list page, the folder column."""

import pytest
from django.urls import reverse

from accounts.fields import Secret
from accounts.models import Account
from tests.mailbox.contract import ODD_NAMES
from tests.mailbox.letters import PLAIN, plain, with_file
from tests.people import new_account

HTMX = {"HX-Request": "true"}


def folder_url(account, name="INBOX", query=""):
    return reverse("mailbox:folder", args=[account.pk, name]) + query


def test_home_of_an_empty_installation_makes_the_admin(client, db):
    assert client.get("/").headers["Location"] == reverse("accounts:first_admin")


def test_home_of_a_stranger_is_the_sign_in(client, alice):
    assert client.get("/").headers["Location"] == reverse("accounts:sign_in")


def test_home_without_account_adds_one(alice_client):
    assert alice_client.get("/").headers["Location"] == reverse("accounts:account_add")


def test_home_is_the_first_inbox(alice_client, alice_account):
    assert alice_client.get("/").headers["Location"] == folder_url(alice_account)


def test_it_works(alice_client, account, box):
    box.append("INBOX", PLAIN)
    box.append("INBOX", with_file(), flags=("\\Seen", "\\Flagged", "\\Answered"))
    response = alice_client.get(folder_url(account))
    page = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    for words in ("Tea at four", "Ann Lee", "With a file", "Ben", "Inbox", "1 to 2 of 2", "Replied."):
        assert words in page
    assert page.index("With a file") < page.index("Tea at four")
    assert page.count("is-unread") == 1
    assert page.count('aria-pressed="true" aria-label="Star"') == 1
    assert page.count("With attachment") == 1


def test_what_changes_shows_at_once(alice, alice_client, account, box):
    box.append("INBOX", PLAIN)
    assert "is-unread" in alice_client.get(folder_url(account)).content.decode()
    [summary] = box.list_messages("INBOX").rows
    box.set_flags("INBOX", summary.ref.uidvalidity, [summary.ref.uid], add=("\\Seen", "\\Flagged"))
    changed = alice_client.get(folder_url(account)).content.decode()
    assert "is-unread" not in changed
    assert changed.count('aria-pressed="true" aria-label="Star"') == 1
    alice.language = "fr"
    alice.save()
    french = alice_client.get(folder_url(account)).content.decode()
    assert 'title="Star (S)"' not in french
    assert "Tea at four" in french


def test_sent_shows_recipients(alice_client, account, box):
    box.append("Sent", plain("To others", sender="Alice <alice@example.org>", more="Cc: Zoe <zoe@example.org>\r\n"))
    page = alice_client.get(folder_url(account, "Sent")).content.decode()
    assert "Alice, Zoe" in page  # the letter goes to "Alice <alice@example.org>"


def test_dates_in_the_reader_s_zone(alice, alice_client, account, box):
    box.append("INBOX", PLAIN.replace(b"Tue, 14 Oct 2025 13:58:00 +0200", b"Tue, 14 Oct 2025 23:30:00 +0000"))
    alice.time_zone = "Asia/Tokyo"
    alice.save()
    page = alice_client.get(folder_url(account)).content.decode()
    assert 'datetime="2025-10-15T08:30+09:00"' in page


def test_empty_folder(alice_client, account):
    assert "Nothing in Archive yet" in alice_client.get(folder_url(account, "Archive")).content.decode()


def test_pages(alice_client, account, box):
    for number in range(52):
        box.append("INBOX", plain(f"number {number}."))
    first = alice_client.get(folder_url(account)).content.decode()
    assert "1 to 50 of 52" in first
    assert "?page=2" in first
    second = alice_client.get(folder_url(account, query="?page=2")).content.decode()
    assert "51 to 52 of 52" in second
    assert "number 0." in second
    for odd in ("0", "-1", "abc", "9" * 30, "٣"):
        assert alice_client.get(folder_url(account, query=f"?page={odd}")).status_code == 200


def test_search(alice_client, account, box):
    box.append("INBOX", PLAIN)
    box.append("INBOX", plain("Other"))
    page = alice_client.get(folder_url(account, query="?q=subject:tea")).content.decode()
    assert "Tea at four" in page
    assert "Other" not in page
    nothing = alice_client.get(folder_url(account, query="?q=%22%3Cb%3Ezz%0D%0AA1+LOGOUT")).content.decode()
    assert "No mail matches" in nothing
    assert "<b>zz" not in nothing


@pytest.mark.parametrize("name", [*ODD_NAMES, ".hidden", "a?b&c=d", "50%", "Clients/2024"])
def test_folder_with_an_odd_name(alice_client, account, box, name):
    box.create_folder(name)
    box.append(name, PLAIN)
    response = alice_client.get(folder_url(account, name))
    assert response.status_code == 200
    page = response.content.decode()
    assert "Tea at four" in page
    [message] = box.list_messages(name).rows
    opened = reverse("mailbox:message", args=[account.pk, name, message.ref.uidvalidity, message.ref.uid])
    assert opened in page
    assert "Bring the blue cups" in alice_client.get(opened).content.decode()


def test_htmx_gets_the_pane_alone(alice_client, account):
    fragment = alice_client.get(folder_url(account), headers={**HTMX, "HX-Target": "list"}).content.decode()
    assert "<html" not in fragment
    assert 'id="list"' in fragment
    history = {**HTMX, "HX-Target": "list", "HX-History-Restore-Request": "true"}
    assert "<html" in alice_client.get(folder_url(account), headers=history).content.decode()


def test_a_hostile_name_is_text(alice_client, account, box):
    evil = "<img src=x onerror=alert(1)>"
    box.create_folder(evil.replace("/", ""))
    box.append("INBOX", plain(evil, sender=f'"{evil}" <a@example.org>'))
    page = alice_client.get(folder_url(account)).content.decode()
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_column(alice_client, account, box):
    box.create_folder("Clients/Exhibition")
    box.append("INBOX", PLAIN)
    box.append("Drafts", PLAIN, flags=("\\Draft", "\\Seen"))
    response = alice_client.get(reverse("mailbox:side", args=[account.pk]) + "?open=INBOX")
    page = response.content.decode()
    assert "Exhibition" in page
    assert page.count('aria-current="page"') == 1
    assert "1<span" in page
    assert page.index("Drafts") < page.index("Sent") < page.index("Trash") < page.index("Exhibition")


def test_a_refused_password_is_tried_by_a_person_only(alice_client, alice_account, dovecot):
    alice_account.incoming_password = Secret.seal("wrong")
    alice_account.save()
    page = alice_client.get(folder_url(alice_account))
    assert page.status_code == 502
    assert reverse("accounts:account_change", args=[alice_account.pk]) in page.content.decode()
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == "credentials"
    dovecot.stop()  # an attempt would say "does not answer" now
    try:
        column = alice_client.get(reverse("mailbox:side", args=[alice_account.pk]))
    finally:
        dovecot.start()
    assert column.status_code == 200
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == "credentials"


def test_an_error_is_forgotten_when_it_works_again(alice_client, alice_account):
    Account.objects.filter(pk=alice_account.pk).update(incoming_error="timeout")
    assert alice_client.get(folder_url(alice_account)).status_code == 200
    alice_account.refresh_from_db()
    assert alice_account.incoming_error == ""


def test_another_account_is_in_the_column(alice, alice_client, alice_account, dovecot, smtp_server):
    other = new_account(alice, dovecot.new_user("second"), dovecot, smtp_server, name="Second one")
    page = alice_client.get(folder_url(alice_account)).content.decode()
    assert "Second one" in page
    assert reverse("mailbox:side", args=[other.pk]) in page


@pytest.mark.parametrize("name", ["folder", "side"])
def test_stranger(bob_client, alice_account, name):
    args = [alice_account.pk, "INBOX"] if name == "folder" else [alice_account.pk]
    assert bob_client.get(reverse(f"mailbox:{name}", args=args)).status_code == 404


def test_account_that_is_nobody_s(alice_client, alice_account):
    assert alice_client.get("/mail/999999999999999999999/INBOX/").status_code == 404


def test_wrong_method(alice_client, alice_account):
    assert alice_client.post(folder_url(alice_account)).status_code == 405
    assert alice_client.post(reverse("mailbox:side", args=[alice_account.pk])).status_code == 405


def test_signed_out(client, alice_account):
    assert client.get(folder_url(alice_account)).status_code == 302
