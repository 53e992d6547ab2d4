"""Files that come one by one while a mail is written."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Account
from tests.compose.letters import form, queued, url, written
from tests.servers.smtp import RecordingServer
from webmail.compose.models import Draft, Outgoing, Upload
from webmail.compose.tasks import deliver


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> Path:
    """The folder of all uploads."""
    where = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": where}
    return tmp_path / "uploads"


def attach(
    client: Client,
    account: Account,
    draft_id: UUID,
    *,
    key: UUID | None = None,
    content: bytes = b"plan",
    **fields: Any,
) -> HttpResponse:
    address = reverse("compose:attach", args=[draft_id, key or uuid4()])
    file = SimpleUploadedFile("plan.pdf", content, "application/pdf")
    return client.post(address, form(account, "", files=file, **fields))  # type: ignore[return-value]


def test_the_first_file_begins_the_draft(alice_client: Client, alice_account: Account) -> None:
    draft_id, key = uuid4(), uuid4()
    answer = attach(alice_client, alice_account, draft_id, key=key, subject="Begun", mode="reply", in_reply_to="<1@b>")
    draft = Draft.objects.get(pk=draft_id)
    assert (draft.subject, draft.mode, draft.in_reply_to) == ("Begun", "reply", "<1@b>")
    upload = draft.uploads.get()
    assert (upload.key, upload.filename, upload.file.read()) == (key, "plan.pdf", b"plan")
    assert f'data-key="{key}"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_file_leaves_the_text_alone(alice_client: Client, alice_account: Account) -> None:
    draft = written(alice_account, text="newer than the upload")
    assert attach(alice_client, alice_account, draft.pk, text="older", html="x" * 2_000_000).status_code == 200
    draft.refresh_from_db()
    assert draft.text == "newer than the upload"


def test_a_try_again_is_the_same_file(alice_client: Client, alice_account: Account, files: Path) -> None:
    draft, key = written(alice_account), uuid4()
    answers = [attach(alice_client, alice_account, draft.pk, key=key).content for _ in range(2)]
    assert answers[0] == answers[1]
    attach(alice_client, alice_account, draft.pk)
    assert Upload.objects.count() == 1, "the same file under another key"
    assert len([path for path in files.rglob("*") if path.is_file()]) == 1


def test_more_than_fits(alice_client: Client, alice_account: Account, settings: Settings, files: Path) -> None:
    settings.UPLOAD_LIMIT = 1000
    draft = written(alice_account)
    for content in (b"x" * 1001, b"x" * 600, b"y" * 600):
        answer = attach(alice_client, alice_account, draft.pk, content=content)
    assert answer.status_code == 413
    assert "The files of a mail can have" in answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")
    assert [upload.size for upload in draft.uploads.all()] == [600]
    assert len([path for path in files.rglob("*") if path.is_file()]) == 1


def test_no_file_or_a_form_that_can_t_be_kept(alice_client: Client, alice_account: Account) -> None:
    draft_id = uuid4()
    assert attach(alice_client, alice_account, draft_id, subject="a\r\nBcc: b").status_code == 422
    address = reverse("compose:attach", args=[draft_id, uuid4()])
    assert alice_client.post(address, form(alice_account)).status_code == 422
    assert alice_client.get(address).status_code == 405
    assert not Draft.objects.exists()


def test_a_mail_that_was_sent_takes_no_file(alice_client: Client, alice_account: Account) -> None:
    outgoing = queued(alice_account)
    answer = attach(alice_client, alice_account, outgoing.key)
    assert answer.status_code == 409
    assert not Upload.objects.exists()


def test_strangers(bob_client: Client, alice_account: Account, bob_account: Account) -> None:
    draft, key = written(alice_account), uuid4()
    assert attach(bob_client, bob_account, draft.pk, key=key).status_code == 404
    assert attach(bob_client, alice_account, uuid4()).status_code == 422
    assert not Upload.objects.exists()


def test_files_go_with_the_mail_but_those_taken_out(
    alice_client: Client, alice_account: Account, smtp_server: RecordingServer, files: Path
) -> None:
    draft_id, kept, taken_out = uuid4(), uuid4(), uuid4()
    attach(alice_client, alice_account, draft_id, key=kept, content=b"the plan")
    attach(alice_client, alice_account, draft_id, key=taken_out, content=b"no secret of mine")
    alice_client.post(url(draft_id), form(alice_account, remove=[str(taken_out), str(uuid4()), "0", "x'"]))
    deliver(Outgoing.objects.get().pk)
    raw = smtp_server.accepted[0].raw
    assert b"dGhlIHBsYW4" in raw
    assert raw.count(b"filename=") == 1


def test_nobody_takes_out_another_s_files(
    bob_client: Client, alice_client: Client, alice_account: Account, bob_account: Account
) -> None:
    draft, key = written(alice_account), uuid4()
    attach(alice_client, alice_account, draft.pk, key=key)
    bob_client.post(url(draft.pk), form(bob_account, "save", remove=str(key)))
    bob_client.post(url(), form(bob_account, "save", remove=str(key)))
    assert draft.uploads.count() == 1
