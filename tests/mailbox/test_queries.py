"""How many database queries a page may cost: the session, the person, their accounts; for an HTML mail also whether
its sender's pictures are wanted. No more with more accounts."""

import pytest
from django.urls import reverse

from accounts.models import Account
from tests.mailbox.letters import PLAIN, html_with_picture
from tests.people import new_account
from webmail.mailbox.opening import open_mailbox

EACH = 3


@pytest.fixture
def pages(alice, alice_account: Account, dovecot, smtp_server) -> dict[str, str]:
    """Addresses by name, of an account with a plain and an HTML mail; its person has a second account."""
    new_account(alice, dovecot.new_user("second"), dovecot, smtp_server)
    with open_mailbox(alice_account) as box:
        box.append("INBOX", PLAIN)
        box.append("INBOX", html_with_picture("<p>Hello"))
        html, row = box.list_messages("INBOX").rows
    place = [alice_account.pk, "INBOX", row.ref.uidvalidity]
    return {
        "list": reverse("mailbox:folder", args=place[:2]),
        "message": reverse("mailbox:message", args=[*place, row.ref.uid]),
        "body": reverse("mailbox:body", args=[*place, row.ref.uid]),
        "raw": reverse("mailbox:raw", args=[*place, row.ref.uid]),
        "html message": reverse("mailbox:message", args=[*place, html.ref.uid]),
        "html body": reverse("mailbox:body", args=[*place, html.ref.uid]),
        "side": reverse("mailbox:side", args=place[:1]) + "?open=INBOX",
        "act": reverse("mailbox:act", args=place),
        "uid": str(row.ref.uid),
    }


@pytest.mark.parametrize("name", ["list", "message", "body", "raw", "side"])
def test_whole_pages(alice_client, pages, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(EACH):
        assert alice_client.get(pages[name]).status_code == 200


@pytest.mark.parametrize("name", ["html message", "html body"])
def test_html_mail(alice_client, pages, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(EACH + 1):
        assert alice_client.get(pages[name]).status_code == 200


@pytest.mark.parametrize(("name", "target"), [("list", "list"), ("message", "message")])
def test_fragments(alice_client, pages, name, target, django_assert_max_num_queries):
    headers = {"HX-Request": "true", "HX-Target": target}
    with django_assert_max_num_queries(EACH):
        assert alice_client.get(pages[name], headers=headers).status_code == 200


@pytest.mark.parametrize("quiet", ["", "on"])
def test_acts(alice_client, pages, quiet, django_assert_max_num_queries):
    """What a person does is written into the journal, once the answer is on its way."""
    asked = {"action": "read", "uid": pages["uid"], "quiet": quiet}
    with django_assert_max_num_queries(EACH if quiet else EACH + 1):
        assert alice_client.post(pages["act"], asked, headers={"HX-Request": "true"}).status_code == 200
