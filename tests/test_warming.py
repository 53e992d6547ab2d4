"""What is loaded before the web processes are forked: all of it, without a connection to anything."""

import logging

import pytest
from django.core.handlers.wsgi import WSGIHandler

from webmail.mailbox import afterwards
from webmail.warming import give_back, use_one_heap, warm

pytestmark = pytest.mark.django_db  # where a test before has opened the database, each request looks after it


@pytest.fixture
def application() -> WSGIHandler:
    return WSGIHandler()


@pytest.mark.parametrize("https", [False, True])
def test_all_is_loaded_and_no_database_is_asked(
    application, settings, caplog: pytest.LogCaptureFixture, django_assert_num_queries, https
):
    settings.SECURE_SSL_REDIRECT = https
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if https else None
    with django_assert_num_queries(0):
        warm(application)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_page_of_each_language_is_drawn(application, settings):
    answers: list[tuple[str, str]] = []

    def noting(environ, start_response):
        def noted(status, headers):
            answers.append((status, dict(headers)["Content-Language"]))
            return start_response(status, headers)

        return application(environ, noted)

    warm(noting)
    assert answers == [("404 Not Found", language) for language, _name in settings.LANGUAGES]


def test_no_request_is_left_open(application):
    warm(application)
    done: list[int] = []
    afterwards.do(lambda: done.append(1))
    assert done == [1]


def test_what_fails_is_told_and_stops_nothing(caplog: pytest.LogCaptureFixture):
    def broken(environ, start_response):
        raise ValueError

    warm(broken)
    assert "Not all could be loaded ahead." in caplog.text


def test_one_heap_or_another_c_library():
    use_one_heap()
    give_back()
