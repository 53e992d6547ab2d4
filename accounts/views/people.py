from django.http import Http404, HttpRequest, HttpResponse


def people(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def person_add(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def person_change(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def person_password(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def person_disable(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def person_enable(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def person_make_admin(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def person_unmake_admin(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def person_delete(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404
