"""The compose page in a window over the mailbox (static/js/mailbox-windows.js): a frame of its own for each mail, so
that several are written at once by the same page, scripts and keys that a page of its own has.

A page that is asked for with `framed` comes without folder column, and may be shown by pages of this site; each form
and redirect in it says `framed` again. Whatever ends the work there (sent, discarded, sent already) answers with
compose/left.html: the page around takes its toasts over and closes the window. Every other page refuses a frame, as
always; the window then offers a page of its own.
"""

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from webmail.compose.models import Draft

FRAMED = "framed"


def is_framed(request: HttpRequest) -> bool:
    return FRAMED in request.GET or FRAMED in request.POST


def show(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """A page of the composer; of its windows too where it was asked for by one."""
    if not is_framed(request):
        return render(request, template, {**context, "shell": "base.html"}, status=status)
    context = {**context, FRAMED: True, "shell": "compose/framed.html"}
    return _allowed(render(request, template, context, status=status))


def left(request: HttpRequest) -> HttpResponse:
    """Nothing is left to do in this window."""
    return _allowed(render(request, "compose/left.html"))


def to_draft(request: HttpRequest, draft: Draft) -> HttpResponse:
    answer = redirect("compose:draft", draft.pk)
    if is_framed(request):
        answer["Location"] += f"?{FRAMED}=1"
    return answer


def _allowed(answer: HttpResponse) -> HttpResponse:
    """In frames of this site."""
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]  # as csp.decorators.csp_replace
    return answer
