"""List-Unsubscribe: what a sender offers is read, what would deceive or harm is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mime.headers import parse_headers
from webmail.mime.types import Headers
from webmail.mime.unsubscribe import UnsubscribeMail, WaysOut, host_of, ways_out

ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


def read(value: str, more: str = "") -> Headers:
    return parse_headers(f"List-Unsubscribe: {value}\r\n{more}\r\n".encode())


@pytest.mark.parametrize(
    ("value", "uris"),
    [
        ("<https://news.test/u?1>, <mailto:leave@news.test>", ("https://news.test/u?1", "mailto:leave@news.test")),
        ("<mailto:leave@news.test?subject=unsubscribe>", ("mailto:leave@news.test?subject=unsubscribe",)),
        ("(Use this <mailto:x@evil.test> (or that)) <mailto:leave@news.test>", ("mailto:leave@news.test",)),
        ("<https://news.test/\r\n\tu?token=\r\n abc>", ("https://news.test/u?token=abc",)),
        ("https://news.test/u", ("https://news.test/u",)),
        ("<HTTPS://news.test/u>", ("HTTPS://news.test/u",)),
        ("<javascript:alert(1)>, <ftp://news.test/>, <data:text/html,x>, <//news.test/>, <>", ()),
        ("<https://news.test/\x00u>, <https://news.test/é>, <mailto:a@b.test\\>", ("mailto:a@b.test\\",)),
        ("leave@news.test", ()),
        ("<https://news.test/" + "x" * 3000 + ">", ()),
        ("", ()),
    ],
)
def test_addresses_of_the_field(value, uris):
    assert read(value).unsubscribe == uris


def test_one_click_is_one_value():
    assert read("<https://news.test/u>", ONE_CLICK).one_click
    assert read("<https://news.test/u>", ONE_CLICK.upper()).one_click
    assert not read("<https://news.test/u>", "List-Unsubscribe-Post: One-Click\r\n").one_click
    assert not read("<https://news.test/u>").one_click


@pytest.mark.parametrize(
    ("value", "more", "ways"),
    [
        ("<https://news.test/u>", ONE_CLICK, WaysOut("https://news.test/u", None, "https://news.test/u")),
        ("<https://news.test/u>", "", WaysOut(page="https://news.test/u")),
        ("<http://news.test/u>", ONE_CLICK, WaysOut(page="http://news.test/u")),
        (
            "<mailto:leave+1@news.test?subject=a+b%20c&body=x%0D%0Ay>",
            ONE_CLICK,
            WaysOut(mail=UnsubscribeMail("leave+1@news.test", "a+b c", "x\ny")),
        ),
        ("<mailto:leave@news.test>", "", WaysOut(mail=UnsubscribeMail("leave@news.test", "unsubscribe", ""))),
        (
            "<mailto:x>, <mailto:leave@news.test>",
            "",
            WaysOut(mail=UnsubscribeMail("leave@news.test", "unsubscribe", "")),
        ),
    ],
)
def test_ways_out(value, more, ways):
    assert ways_out(read(value, more)) == ways


@pytest.mark.parametrize(
    "uri",
    [
        "mailto:a@news.test,b@news.test",
        "mailto:?to=a@news.test",
        "mailto:a@news.test?cc=b@news.test",
        "mailto:a@news.test?bcc=b@news.test",
        "mailto:a@news.test?attach=/etc/passwd",
        "mailto:a@news.test?subject=x%0D%0ABcc:%20b@news.test",
        "mailto:a@news.test?subject=x%E2%80%AEy",
        "mailto:a@news.test?subject=%FF",
        "mailto:a@news.test?body=%00",
        "mailto:a@news.test?body=" + "x" * 1001,
        "mailto:a@news.test%0D%0ARCPT%20TO:%3Cb@news.test%3E",
        "mailto:nobody",
        "mailto:",
        "https://user@news.test/u",
        "https://user:pass@news.test/u",
        "https:///u",
        "https://[::1/u",
        "https://news.test:x/u",
        "https://news.test:0/u",
        "https://news.test\\@evil.test/u",
    ],
)
def test_hostile_ways_are_none(uri):
    assert ways_out(read(f"<{uri}>", ONE_CLICK)) == WaysOut()


def test_the_host_is_for_people():
    assert host_of("https://News.Test:8443/u?x") == "news.test"


@given(st.text(max_size=80), st.text(max_size=80))
def test_anything(value, query):
    ways_out(read(f"<mailto:a@b.test?{query}>, <https://{value}>, {value}", ONE_CLICK))


@pytest.mark.parametrize("value", ["(" * 50_000, "<" * 50_000, "(()" * 20_000, "<a>," * 20_000])
def test_heavy_fields_are_light_work(value):
    started = time.process_time()
    ways_out(read(value))
    assert time.process_time() - started < 1
