"""The compose page: what it begins with, keeps, refuses and sends."""

import html
import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.fields import Secret
from accounts.models import Account, User
from tests.compose.letters import form, stored, subjects, url, written
from tests.servers.dovecot import DovecotForTests, MailUser
from tests.servers.smtp import RecordingServer
from webmail.compose.models import Draft, Outgoing, State, Upload
from webmail.compose.tasks import deliver
from webmail.mime.headers import parse_headers


def values(page: bytes) -> dict[str, str]:
    """The fields of the form as a browser would show them."""
    text = page.decode()
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name = re.search(r'name="(\w+)"', tag)
        if name and ('type="radio"' not in tag or " checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            found[name[1]] = html.unescape(value[1]) if value else ""
    area = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", text, re.DOTALL)
    return {**found, "text": html.unescape(area[1]) if area else ""}


def test_it_works(alice_client: Client, alice_account: Account, smtp_server: RecordingServer) -> None:
    page = alice_client.get(reverse("compose:new"))
    assert page.status_code == 200
    address = re.search(r'action="(/compose/[^"]+)"', page.content.decode())
    assert address
    answer = alice_client.post(address[1], form(alice_account))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("mailbox:folder", args=[alice_account.pk, "INBOX"])
    deliver(Outgoing.objects.get().pk)
    assert parse_headers(smtp_server.accepted[0].raw).subject == "Hello"


def test_showing_the_page_changes_nothing(alice_client: Client, alice_account: Account) -> None:
    for _ in range(2):
        alice_client.get(reverse("compose:new"))
    assert not Draft.objects.exists()


def test_without_an_account_one_is_added_first(alice_client: Client) -> None:
    assert alice_client.get(reverse("compose:new"))["Location"] == reverse("accounts:account_add")


def test_the_signature_is_there(alice_client: Client, alice_account: Account) -> None:
    Account.objects.update(signature="Alice\nAtelier")
    assert values(alice_client.get(reverse("compose:new")).content)["text"] == "\n\n-- \nAlice\nAtelier"


@pytest.mark.parametrize(
    "query",
    [
        {"to": "x@example.org", "cc": "y@example.org", "subject": "S", "body": "<script>", "bcc": "z@example.org"},
        {"mailto": "mailto:x%40example.org?cc=y@example.org&subject=S&body=%3Cscript%3E&bcc=z@example.org"},
        {"mailto": "MAILTO:?to=x@example.org&CC=y@example.org&Subject=S&body=<script>&attach=/etc/passwd"},
    ],
)
def test_links_fill_in_four_fields_and_no_more(
    alice_client: Client, alice_account: Account, query: dict[str, str]
) -> None:
    page = alice_client.get(reverse("compose:new"), query).content
    found = values(page)
    filled = {name: found[name] for name in ("to", "cc", "bcc", "subject", "text")}
    asked = {"to": "x@example.org", "cc": "y@example.org", "bcc": "", "subject": "S", "text": "<script>"}
    assert filled == asked
    assert b"passwd" not in page
    assert b"<script>" not in page
    assert b"z@example.org" not in page


def test_links_cannot_break_a_header(alice_client: Client, alice_account: Account) -> None:
    page = alice_client.get(reverse("compose:new"), {"mailto": "mailto:a@b.c?subject=x%0D%0ABcc:%20z@example.org"})
    assert values(page.content)["subject"] == "x  Bcc: z@example.org"


def test_a_draft_is_kept_and_mirrored(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    draft_id = uuid4()
    kept = {"to": "half an addr", "bcc": "secret@example.org", "text": "first"}
    answer = alice_client.post(url(draft_id), form(alice_account, "save", **kept))
    assert answer["Location"] == url(draft_id)
    assert values(alice_client.get(url(draft_id)).content)["to"] == "half an addr"
    assert subjects(stored(dovecot, alice_mail, "Drafts")) == ["Hello"]
    alice_client.post(url(draft_id), form(alice_account, "save", **kept, subject="Again"))
    copies = stored(dovecot, alice_mail, "Drafts")
    assert subjects(copies) == ["Again"]
    assert b"secret@example.org" in copies[0]
    assert Draft.objects.count() == 1


def test_a_draft_is_kept_although_its_server_is_gone(alice_client: Client, alice_account: Account) -> None:
    Account.objects.update(incoming_port=1)
    draft_id = uuid4()
    page = alice_client.post(url(draft_id), form(alice_account, "save", text="precious"), follow=True)
    assert page.status_code == 200
    assert "The draft is kept here" in page.content.decode()
    assert Draft.objects.get().text == "precious"
    assert b"only here" in alice_client.get(reverse("compose:outbox")).content


def test_a_kept_draft_says_so_without_a_new_page(alice_client: Client, alice_account: Account) -> None:
    answer = alice_client.post(url(), form(alice_account, "save"), headers={"HX-Request": "true"})
    assert answer.content.decode().startswith("Saved ")


def test_a_discarded_draft_leaves_nothing(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, "save"))
    alice_client.post(url(draft_id), form(alice_account, "discard"))
    assert stored(dovecot, alice_mail, "Drafts") == []
    assert not Draft.objects.exists()
    alice_client.post(url(), form(alice_account, "discard"))
    assert not Draft.objects.exists()


def test_a_sent_draft_leaves_the_drafts_folder(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, "save"))
    alice_client.post(url(draft_id), form(alice_account))
    deliver(Outgoing.objects.get().pk)
    assert stored(dovecot, alice_mail, "Drafts") == []
    assert len(stored(dovecot, alice_mail, "Sent")) == 1


def test_the_copy_moves_with_the_account(
    alice: User,
    alice_client: Client,
    alice_account: Account,
    alice_mail: MailUser,
    dovecot: DovecotForTests,
    smtp_server: RecordingServer,
) -> None:
    other_mail = dovecot.new_user("other")
    other = Account.objects.get(pk=alice_account.pk)
    other.pk, other.address, other.incoming_username = None, other_mail.address, other_mail.address
    other._state.adding = True
    other.incoming_password = Secret.seal(other_mail.password)
    other.save()
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, "save"))
    alice_client.post(url(draft_id), form(other, "save"))
    assert stored(dovecot, alice_mail, "Drafts") == []
    assert len(stored(dovecot, other_mail, "Drafts")) == 1


@pytest.mark.parametrize("times", [2, 5])
def test_send_pressed_many_times(alice_client: Client, alice_account: Account, times: int) -> None:
    draft_id = uuid4()
    answers = [alice_client.post(url(draft_id), form(alice_account)) for _ in range(times)]
    assert {answer["Location"] for answer in answers} == {answers[0]["Location"]}
    assert Outgoing.objects.count() == 1


def test_a_late_save_makes_no_ghost(
    alice_client: Client, alice_account: Account, alice_mail: MailUser, dovecot: DovecotForTests
) -> None:
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, text="the last word"))
    late = form(alice_account, "save", text="an earlier state")
    assert alice_client.post(url(draft_id), late, headers={"HX-Request": "true"}).status_code == 204
    deliver(Outgoing.objects.get().pk)
    alice_client.post(url(draft_id), late)
    alice_client.post(url(draft_id), form(alice_account, "discard"))
    assert not Draft.objects.exists()
    assert b"the last word" in stored(dovecot, alice_mail, "Sent")[0]
    assert stored(dovecot, alice_mail, "Drafts") == []


@pytest.mark.parametrize(
    "address", ["nobody", "a@b@c", "a b@example.org, c", "x@", "a@exa mple.org", "bob@example.org, ü@ü@x"]
)
def test_what_is_no_address_is_named_and_nothing_is_lost(
    alice_client: Client, alice_account: Account, address: str
) -> None:
    page = alice_client.post(url(), form(alice_account, to=address, text="precious"))
    assert page.status_code == 422
    assert "This is not an e-mail address" in page.content.decode()
    assert values(page.content)["text"] == "precious"
    assert Draft.objects.get().text == "precious"
    assert not Outgoing.objects.exists()


def test_somebody_must_get_it(alice_client: Client, alice_account: Account) -> None:
    page = alice_client.post(url(), form(alice_account, to=" "))
    assert page.status_code == 422
    assert "Enter at least one recipient" in page.content.decode()


@pytest.mark.parametrize("field", ["to", "cc", "bcc", "subject", "in_reply_to", "references", "source_folder"])
@pytest.mark.parametrize("character", ["\r\n", "\n", "\0", "\u2028", "\x1b"])
def test_control_characters_are_refused(
    alice_client: Client, alice_account: Account, field: str, character: str
) -> None:
    text = f"bob@example.org{character}Bcc: eve@example.org"
    page = alice_client.post(url(), form(alice_account, **{field: text}))
    assert page.status_code == 422
    assert not Outgoing.objects.exists()


def test_a_crowd_is_refused(alice_client: Client, alice_account: Account) -> None:
    crowd = ", ".join(f"p{number}@example.org" for number in range(501))
    page = alice_client.post(url(), form(alice_account, to=crowd))
    assert page.status_code == 422
    assert "at most 500 people" in page.content.decode()


def test_an_account_that_cannot_send(alice_client: Client, alice_account: Account) -> None:
    Account.objects.update(outgoing_host="")
    page = alice_client.post(url(), form(alice_account))
    assert page.status_code == 422
    assert "no server for sending" in page.content.decode()
    assert Draft.objects.exists()


def test_a_wrong_method(alice_client: Client, alice_account: Account) -> None:
    assert alice_client.put(url()).status_code == 405
    assert alice_client.post(reverse("compose:new")).status_code == 405


def test_cross_site_posts_are_refused(alice: User, alice_account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="accounts.backends.PersonBackend")
    assert client.post(url(), form(alice_account)).status_code == 403
    assert not Draft.objects.exists()


# -- files ---------------------------------------------------------------------------------------------------


def file(name: str = "report.pdf", content: bytes = b"%PDF-1.4 report") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_files_are_sent(alice_client: Client, alice_account: Account, smtp_server: RecordingServer) -> None:
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, "save", files=[file(), file("été 2.txt", b"x" * 100_000)]))
    alice_client.post(url(draft_id), form(alice_account))
    deliver(Outgoing.objects.get().pk)
    raw = smtp_server.accepted[0].raw
    assert b'filename="report.pdf"' in raw
    assert b"filename*=utf-8''%C3%A9t%C3%A9%202.txt" in raw
    assert b"JVBERi0xLjQgcmVwb3J0" in raw


def test_files_belong_to_the_draft_and_go_with_it(
    alice_client: Client, alice_account: Account, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, "save", files=[file(), file("other.pdf")]))
    first, second = Upload.objects.all()
    storage, names = first.file.storage, [str(first.file.name), str(second.file.name)]
    assert all(storage.exists(name) for name in names)
    assert "report" not in names[0]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        alice_client.post(url(draft_id), form(alice_account, "save", remove=str(first.key)))
    assert [storage.exists(name) for name in names] == [False, True]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        alice_client.post(url(draft_id), form(alice_account, "discard"))
    assert not storage.exists(names[1])


def test_the_same_form_twice_adds_no_file(alice_client: Client, alice_account: Account) -> None:
    draft_id = uuid4()
    for _ in range(2):
        alice_client.post(url(draft_id), form(alice_account, "save", files=[file()]))
    assert Upload.objects.count() == 1


def test_files_over_the_limit(alice_client: Client, alice_account: Account, settings: Settings) -> None:
    settings.UPLOAD_LIMIT = 2**20
    draft_id = uuid4()
    files = [file("small.pdf"), file("large.pdf", b"x" * 2**20), file("more.pdf")]
    page = alice_client.post(url(draft_id), form(alice_account, text="precious", files=files))
    assert page.status_code == 422
    assert "The files of a mail can have 1 MB in all" in page.content.decode()
    assert values(page.content)["text"] == "precious"
    assert Draft.objects.get().text == "precious"
    assert not Outgoing.objects.exists()
    assert [upload.filename for upload in Upload.objects.all()] == ["small.pdf"]


def test_files_over_the_limit_one_after_the_other(
    alice_client: Client, alice_account: Account, settings: Settings
) -> None:
    settings.UPLOAD_LIMIT = 2**20
    draft_id = uuid4()
    for name in ("one", "two"):
        content = name.encode() * 200_000
        page = alice_client.post(url(draft_id), form(alice_account, files=[file(name, content)], to=""))
    assert page.status_code == 422
    assert "The files picked last were not added" in page.content.decode()
    assert [upload.filename for upload in Upload.objects.all()] == ["one"]


def test_a_file_name_is_never_a_path(alice_client: Client, alice_account: Account) -> None:
    alice_client.post(url(), form(alice_account, "save", files=[file("../../etc/pass\r\nwd")]))
    upload = Upload.objects.get()
    assert "/" not in upload.filename
    assert "\n" not in upload.filename
    assert re.fullmatch(r"uploads/[0-9a-f-]{36}/[0-9a-f]{32}", upload.file.name or "")


def test_what_was_cancelled_can_be_sent_again(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer
) -> None:
    draft_id = uuid4()
    alice_client.post(url(draft_id), form(alice_account, files=[file()]))
    row = Outgoing.objects.get()
    back = alice_client.post(reverse("compose:act", args=[row.pk]), {"action": "edit"})
    assert back["Location"] == url(draft_id)
    assert b"report.pdf" in alice_client.get(url(draft_id)).content
    alice_client.post(url(draft_id), form(alice_account, text="better"))
    row = Outgoing.objects.get()
    deliver(row.pk)
    row.refresh_from_db()
    assert row.state == State.FILED
    assert b"better" in smtp_server.accepted[0].raw
    assert b"report.pdf" in smtp_server.accepted[0].raw


def test_a_stored_draft_opens(alice_client: Client, alice_account: Account) -> None:
    draft = written(alice_account, cc="carl@example.org")
    assert values(alice_client.get(url(draft.pk)).content)["cc"] == "carl@example.org"
    assert alice_client.get(url()).status_code == 404
