from django.http import Http404, HttpRequest, HttpResponse


def account_list(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def account_add(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def account_test(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def account_change(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404


def account_remove(request: HttpRequest, **ids: int) -> HttpResponse:
    raise Http404
