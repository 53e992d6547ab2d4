"""Files of a draft: counted while they come in, stored under a name of our own, each once.

request → UploadLimit sees each chunk before Django's own handlers and drops a file once the form's files exceed the
limit, while the text fields are read on: nothing a person wrote is lost with a file that is too large. Then store()
copies what is left into the file storage, and writes the row. A crash between the two leaves a file without a row,
which sweep() removes.
"""

import hashlib
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.prepared import Prepared
from webmail.compose.models import UPLOADS, Draft, Upload
from webmail.mime.headers import one_line

IN_MEMORY = 2**20
LEFT_BEHIND = timedelta(days=1)  # what is younger may belong to work that goes on

_same = Prepared(Upload, "draft", "filename", "sha256")


class UploadLimit(FileUploadHandler):
    """The first handler of a request (limit_uploads)."""

    def __init__(self, request: HttpRequest):
        super().__init__(request)
        self.received = 0
        self.exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT:
            self.exceeded = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None


def limit_uploads(request: HttpRequest) -> UploadLimit:
    """To be called before anything reads request.POST."""
    limit = UploadLimit(request)
    request.upload_handlers.insert(0, limit)
    return limit


def store_form_files(draft: Draft, files: Iterable[UploadedFile]) -> None:
    for file in files:
        store(draft, file.name or "", file.content_type or "", file.chunks())


def store(draft: Draft, name: str, content_type: str, chunks: Iterable[bytes]) -> Upload:
    """A file of the draft; the one that is there already if it is the same."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        digest, size = _copy(chunks, file)
        filename = one_line(name)[:255] or "file"
        if found := _same(draft.pk, filename, digest):
            return found[0]
        file.seek(0)
        kind = content_type[:200] or "application/octet-stream"
        upload = Upload(draft=draft, filename=filename, content_type=kind, size=size, sha256=digest)
        upload.file.save("content", File(file), save=False)
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
    except IntegrityError:  # the same form, twice at once
        upload.file.storage.delete(str(upload.file.name))
        return _same(draft.pk, filename, digest)[0]
    return upload


def _copy(chunks: Iterable[bytes], file: Any) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        file.write(chunk)
    return digest.hexdigest(), size


def sweep(storage: Storage = default_storage) -> None:
    """Remove files that no row names, and folders that hold none: a process died between the two."""
    if not storage.exists(UPLOADS):
        return
    for draft_id in storage.listdir(UPLOADS)[0]:
        folder = f"{UPLOADS}/{draft_id}"
        files = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
        known = set(Upload.objects.filter(file__in=files).values_list("file", flat=True))
        for name in set(files) - known if files else [folder]:
            if storage.get_modified_time(name) < timezone.now() - LEFT_BEHIND:
                storage.delete(name)
