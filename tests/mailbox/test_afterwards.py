"""What nobody waits for is done after the answer, and at once where nobody is answered."""

from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from webmail.mailbox import afterwards

done: list[str] = []


def _answers(request: HttpRequest) -> HttpResponse:
    done.append("before")
    afterwards.do(lambda: done.append("first"))
    afterwards.do(lambda: done.append("second"))
    done.append("answered")
    return HttpResponse()


def _fails(request: HttpRequest) -> HttpResponse:
    afterwards.do(lambda: done.append("kept"))
    raise ValueError


urlpatterns = [path("answers/", _answers), path("fails/", _fails)]


def test_work_is_done_after_the_answer(settings, db):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    done.clear()
    Client().get("/answers/")
    assert done == ["before", "answered", "first", "second"]


def test_work_is_done_where_the_page_failed(settings, db):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    done.clear()
    Client(raise_request_exception=False).get("/fails/")
    assert done == ["kept"]


def test_without_a_request_it_is_done_at_once():
    done.clear()
    afterwards.do(lambda: done.append("now"))
    assert done == ["now"]
