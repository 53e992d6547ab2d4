"""Files that come while somebody writes: each by a request of its own, as soon as it is picked (compose-files.js).

The page posts its form with one file, to an address that names the draft and the key it made for the file: a try whose
answer was lost is found again. The answer is the file's row, or a sentence that says why it was not taken. Without
script the form of the click carries the files (writing.py).
"""

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from accounts.models import User
from webmail.compose import drafts, letters, uploading
from webmail.compose.forms import ComposeForm
from webmail.compose.models import Upload, drafts_of, outgoing_of
from webmail.compose.uploading import Received, receive_files


@csrf_exempt  # asked for in _attach, once the upload's limit stands: to look for the token is to read the whole form
@require_POST
@never_cache
def attach(request: HttpRequest, draft_id: UUID, key: UUID) -> HttpResponse:
    """The file `files` of the form: 200 with its row; 409, 413 or 422 with a sentence."""
    request.receiving = receive_files(request)  # type: ignore[attr-defined]
    return _attach(request, draft_id, key)


@csrf_protect
def _attach(request: HttpRequest, draft_id: UUID, key: UUID) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    drafts.refuse_strangers(user, draft_id)
    if outgoing_of(user, draft_id):
        return _refused(409, _("This mail was sent; it can’t be changed any more."))
    if upload := uploading.of_page(user, draft_id, key):
        return _row(request, upload)
    file: Received | None = request.FILES.get("files")  # type: ignore[assignment]
    if request.receiving.exceeded or (file and not letters.fits(user, draft_id, [file])):  # type: ignore[attr-defined]
        return _refused(413, letters.too_large())
    form = ComposeForm(user, request.POST)
    if file is None or not (form.is_valid() or drafts_of(user).filter(pk=draft_id).exists()):
        return _refused(422, _("The draft could not be kept, so it can have no files yet. Save it first."))
    return _row(request, _kept(user, draft_id, form, file, key))


def _kept(user: User, draft_id: UUID, form: ComposeForm, file: Received, key: UUID) -> Upload:
    try:
        return drafts.attach(user, draft_id, form, file, key)
    except ObjectDoesNotExist as error:  # it was thrown away meanwhile
        raise Http404 from error


def _row(request: HttpRequest, upload: Upload) -> HttpResponse:
    return render(request, "compose/_file.html", {"upload": upload})


def _refused(status: int, why: str) -> HttpResponse:
    return HttpResponse(why, status=status, content_type="text/plain; charset=utf-8")
