"""Files of drafts on the disk: none is lost, and none is left when nothing names it any more."""

import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import Account
from tests.compose.letters import written
from webmail.compose import uploading
from webmail.compose.models import Upload


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> Path:
    """The folder of all uploads."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return tmp_path / "uploads"


def aged(folder: Path) -> None:
    """As if all in it were written two days ago."""
    past = time.time() - 2 * 24 * 3600
    for path in folder.rglob("*"):
        os.utime(path, (past, past))


def test_a_file_whose_row_was_never_written_is_swept(alice_account: Account, files: Path) -> None:
    draft = written(alice_account)
    kept = uploading.store(draft, "plan.pdf", "application/pdf", [b"the plan"])
    left = uploading.store(draft, "other.pdf", "application/pdf", [b"another"])
    Upload.objects.filter(pk=left.pk)._raw_delete("default")  # as a process that died before its commit
    uploading.sweep()
    assert len([path for path in files.rglob("*") if path.is_file()]) == 2, "it may be on its way"
    aged(files)
    uploading.sweep()
    assert [path.read_bytes() for path in files.rglob("*") if path.is_file()] == [b"the plan"]
    assert kept.file.open().read() == b"the plan"


def test_folders_of_drafts_that_are_gone_are_swept(
    alice_account: Account, files: Path, django_capture_on_commit_callbacks: object
) -> None:
    draft = written(alice_account)
    uploading.store(draft, "plan.pdf", "application/pdf", [b"the plan"])
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        draft.delete()
    assert [path for path in files.rglob("*") if path.is_file()] == []
    assert len(list(files.iterdir())) == 1
    aged(files)
    uploading.sweep()
    assert list(files.iterdir()) == []


@pytest.mark.django_db
def test_sweep_of_nothing() -> None:
    uploading.sweep()
