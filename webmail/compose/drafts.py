"""Keeping a draft: its row first, then its files, then its copy in the account's Drafts folder.

POST → save(): row, files of the form, files of the original (carrying.py), copy on the server (mirroring.py). Each
step is committed before the next begins, so that one that fails leaves the text. A draft that was sent takes no more
changes: a late save would be a ghost.
"""

from collections.abc import Iterable
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404

from accounts.models import Account, User
from accounts.wording import Explanation
from webmail.compose import carrying, mirroring, uploading
from webmail.compose.forms import ComposeForm
from webmail.compose.models import Draft, Mode, is_strangers
from webmail.mailbox.base import MessageRef


def refuse_strangers(user: User, draft_id: UUID) -> None:
    """Raises Http404 where this id is somebody else's draft or mail."""
    if is_strangers(user, draft_id):
        raise Http404


def save(
    user: User, draft_id: UUID, form: ComposeForm, files: Iterable[UploadedFile]
) -> tuple[Draft, list[Explanation]]:
    """Store a valid form and its files; with it, which files of the original could not be fetched and why."""
    draft = _save_row(user, draft_id, form)
    uploading.store_form_files(draft, files)
    trouble = carrying.fetch(draft)
    return draft, [trouble] if trouble else []


def _save_row(user: User, draft_id: UUID, form: ComposeForm) -> Draft:
    with transaction.atomic():
        draft = Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id, account__user=user).first()
        is_new = draft is None
        if draft is None:
            draft = Draft(pk=draft_id, carried=form.carried(), **form.begun())
            _adopt_copy(draft)
        else:
            draft.carried = [value for value in draft.carried if value in form.carried()]
        for name, value in form.written().items():
            setattr(draft, name, value)
        draft.save(force_insert=is_new)
    return draft


def _adopt_copy(draft: Draft) -> None:
    """A draft that another program left in the Drafts folder is this draft's copy, to be replaced by the next one."""
    source = draft.source
    if draft.mode == Mode.EDIT and source:
        draft.mirror_account, draft.mirror_folder = draft.source_account, source.folder
        draft.mirror_uidvalidity, draft.mirror_uid = source.uidvalidity, source.uid


def discard(draft: Draft) -> Explanation | None:
    """Throw it away, with its files and its copy on the server; why the copy is still there, or None."""
    trouble = mirroring.discard(draft)
    draft.delete()
    return trouble


def of_message(account: Account, ref: MessageRef) -> Draft | None:
    """The draft whose copy in the Drafts folder this message is."""
    place = {"mirror_folder": ref.folder, "mirror_uidvalidity": ref.uidvalidity, "mirror_uid": ref.uid}
    return Draft.objects.filter(account__user=account.user, mirror_account=account, **place).first()
