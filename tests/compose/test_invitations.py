"""Answering an invitation from its card: one mail, that a calendar understands."""

from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from tests.mime.specimens.structures import PLAIN
from tests.mime.specimens.writing import message, multipart, within
from webmail.compose.models import Draft, Outgoing, State
from webmail.compose.tasks import deliver
from webmail.mailbox.base import Flag, MessageRef
from webmail.mailbox.opening import open_mailbox
from webmail.mime.calendar import Answer, read_invitation


def invitation(account: Account, method: str = "REQUEST", organizer: str = "ann@example.org") -> bytes:
    event = (
        f"Content-Type: text/calendar; method={method}\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n"
        "UID:lunch-1\r\nSEQUENCE:2\r\nSUMMARY:<i>Déjeuner</i>\r\nDTSTART:20261104T110000Z\r\n"
        f"ORGANIZER;CN=Ann:mailto:{organizer}\r\n"
        f"ATTENDEE:mailto:{account.address.upper()}\r\nATTENDEE:mailto:bob@x.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return message("Lunch", multipart("alternative", PLAIN, event.encode()))


def put(account: Account, raw: bytes) -> MessageRef:
    with open_mailbox(account) as mailbox:
        mailbox.append("INBOX", raw)
        return mailbox.list_messages("INBOX").rows[0].ref


def place(account: Account, ref: MessageRef) -> list[object]:
    return [account.pk, ref.folder, ref.uidvalidity, ref.uid]


def answer(client: Client, account: Account, ref: MessageRef, **fields: object) -> Outgoing | None:
    """The row that was added, if one was."""
    before = set(Outgoing.objects.values_list("pk", flat=True))
    given = {"answer": "ACCEPTED", "section": "2", "key": uuid4(), **fields}
    response = client.post(reverse("compose:answer", args=place(account, ref)), given)
    assert response.status_code == 302
    assert response["Location"] == reverse("mailbox:message", args=place(account, ref))
    return Outgoing.objects.exclude(pk__in=before).select_related("content").first()


@pytest.mark.parametrize("given", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_it_works(alice_client: Client, alice_account: Account, given: str) -> None:
    ref = put(alice_account, invitation(alice_account))
    outgoing = answer(alice_client, alice_account, ref, answer=given)
    assert outgoing is not None
    assert outgoing.content is not None
    assert [each["address"] for each in outgoing.recipients] == ["ann@example.org"]
    mail = message_from_bytes(bytes(outgoing.content.raw), policy=default)
    assert mail["To"] == "Ann <ann@example.org>"
    assert "<i>Déjeuner</i>" in mail["Subject"]
    assert mail["In-Reply-To"] == "<specimen@example.org>"
    assert mail.get_content_type() == "multipart/alternative"
    words, calendar = mail.iter_parts()
    assert "4 November 2026" in words.get_content()
    assert (calendar.get_content_type(), calendar["Content-Type"].params["method"]) == ("text/calendar", "REPLY")
    found = read_invitation(calendar.get_content().encode())
    assert found is not None
    assert (found.uid, found.sequence) == ("lunch-1", 2)
    assert [(one.who.address, one.answer) for one in found.attendees] == [(alice_account.address, Answer(given))]


def test_it_is_sent_filed_and_the_invitation_marked(alice_client: Client, alice_account: Account) -> None:
    ref = put(alice_account, invitation(alice_account, organizer=alice_account.address.replace("@", "+ann@", 1)))
    outgoing = answer(alice_client, alice_account, ref)
    assert outgoing is not None
    deliver(outgoing.pk)
    outgoing.refresh_from_db()
    assert outgoing.state in (State.SENT, State.FILED)
    deliver(outgoing.pk)
    with open_mailbox(alice_account) as mailbox:
        assert Flag.ANSWERED in mailbox.get_message(ref).summary.flags
    assert not Draft.objects.exists()
    page = alice_client.get(reverse("mailbox:message", args=place(alice_account, ref))).content.decode()
    assert "You have already replied to this mail." in page


def test_two_clicks_are_one_answer(alice_client: Client, alice_account: Account) -> None:
    ref, key = put(alice_account, invitation(alice_account)), uuid4()
    assert answer(alice_client, alice_account, ref, key=key)
    assert answer(alice_client, alice_account, ref, key=key) is None
    assert answer(alice_client, alice_account, ref, key=key, answer="DECLINED")  # another mind is another mail
    assert Outgoing.objects.count() == 2


def test_the_card_offers_it_and_says_whom_it_goes_to(alice_client: Client, alice_account: Account) -> None:
    ref = put(alice_account, invitation(alice_account))
    page = alice_client.get(reverse("mailbox:message", args=place(alice_account, ref))).content.decode()
    assert f'action="{reverse("compose:answer", args=place(alice_account, ref))}"' in page
    assert "Your answer goes to ann@example.org as a mail." in page
    assert f'href="{reverse("mailbox:part", args=[*place(alice_account, ref), "2"])}" download' in page
    assert "already replied" not in page


def test_one_within_another_message_can_be_answered(alice_client: Client, alice_account: Account) -> None:
    raw = message("Fwd", multipart("mixed", PLAIN, within(invitation(alice_account))))
    ref = put(alice_account, raw)
    card = alice_client.get(reverse("mailbox:within", args=[*place(alice_account, ref), "2"])).content.decode()
    assert 'name="section" value="2.2"' in card
    assert answer(alice_client, alice_account, ref, section="2.2")


@pytest.mark.parametrize(
    ("method", "organizer"), [("CANCEL", "ann@example.org"), ("PUBLISH", "ann@example.org"), ("REQUEST", "ann")]
)
def test_what_asks_for_no_answer_offers_none(
    alice_client: Client, alice_account: Account, method: str, organizer: str
) -> None:
    ref = put(alice_account, invitation(alice_account, method, organizer))
    page = alice_client.get(reverse("mailbox:message", args=place(alice_account, ref))).content.decode()
    assert "mail-card" in page
    assert "compose/" + "answer" not in page
    assert 'name="answer"' not in page
    assert answer(alice_client, alice_account, ref) is None


def test_without_a_server_for_sending_nothing_is_offered(alice_client: Client, alice_account: Account) -> None:
    ref = put(alice_account, invitation(alice_account))
    Account.objects.filter(pk=alice_account.pk).update(outgoing_host="")
    page = alice_client.get(reverse("mailbox:message", args=place(alice_account, ref))).content.decode()
    assert 'name="answer"' not in page
    assert answer(alice_client, alice_account, ref) is None


def test_strangers_and_nonsense(alice_client: Client, bob_client: Client, alice_account: Account) -> None:
    ref = put(alice_account, invitation(alice_account))
    url = reverse("compose:answer", args=place(alice_account, ref))
    given = {"answer": "ACCEPTED", "section": "2", "key": str(uuid4())}
    assert bob_client.post(url, given).status_code == 404
    assert alice_client.get(url).status_code == 405
    for wrong in ({"answer": "PERHAPS"}, {"key": "x"}, {"section": ""}):
        assert alice_client.post(url, given | wrong).status_code == 422
    assert answer(alice_client, alice_account, ref, section="1") is None
    assert answer(alice_client, alice_account, ref, section="7") is None
    assert not Outgoing.objects.exists()
