"""Doubts: what may deceive a reader is told, what is common is not."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mime.headers import parse_headers
from webmail.mime.sanitize import sanitize
from webmail.mime.trust import Doubt, doubtful_link, doubts_of_headers, is_confirmed, lookalike, site_of, weighed

TRACK = "https://click.news-service.test/CL0/https:%2F%2F{}%2F/1/010001/token=429"
# What mailing services make of ordinary letters: a sender, and links as they read and as they lead.
TRACKED = {
    "shop": (
        "Shop <hello@shop.example.org>",
        "".join(
            f"<a href='{TRACK.format(to)}'>{text}</a> "
            for to, text in (("a.test", "Buy now"), ("b.test", "www.example.org"), ("c.test", "example.org/sale"))
        ),
    ),
    "own redirects": (
        "News <news@example.org>",
        "<a href='https://links.example.org/r?u=a.test'>example.org</a> <a href='https://example.org/x'>Read it</a>",
    ),
    "words": (
        "News <news@example.org>",
        "".join(
            f"<a href='{to}'>{text}</a> "
            for to, text in (
                (TRACK.format("a.test"), "Node.js 24"),
                (TRACK.format("b.test"), "plan.pdf"),
                (TRACK.format("c.test"), "See example.org for more"),
                (TRACK.format("d.test"), "<img>"),
                ("mailto:ann@example.com", "example.com"),
                ("tel:+123", "example.com"),
            )
        ),
    ),
    "country": (
        "Bank <info@mail.bank.co.uk>",
        "<a href='https://e.bank.co.uk/1'>www.bank.co.uk</a> <a href='https://bank.co.uk/'>https://bank.co.uk/help</a>",
    ),
    "accents": ("Müller <post@müller.de>", "<a href='https://xn--mller-kva.de/'>müller.de</a>"),
}


def told(header: str, trusted: tuple[str, ...] = ("mx.example.org",)) -> list[Doubt]:
    return list(doubts_of_headers(parse_headers(header.encode() + b"\r\n"), trusted))


# -- who writes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "doubt"),
    [
        ("From: Ann <ann@example.org>\r\nReply-To: x@evil.test", Doubt("reply_to", "ann@example.org", "x@evil.test")),
        (
            "From: Ann <ann@example.org>\r\nReply-To: ann@example.org, <x@evil.test>",
            Doubt("reply_to", "ann@example.org", "x@evil.test"),
        ),
        ('From: "ceo@bank.test" <x@evil.test>', Doubt("name", "ceo@bank.test", "x@evil.test")),
        ('From: "The CEO (ceo@bank.test)" <x@evil.test>', Doubt("name", "ceo@bank.test", "x@evil.test")),
        ("From: =?utf-8?q?ceo=40bank=2Etest?= <x@evil.test>", Doubt("name", "ceo@bank.test", "x@evil.test")),
        ("From: Ann <ann@xn--80ak6aa92e.com>", Doubt("sender_lookalike", "аррӏе.com", "xn--80ak6aa92e.com")),
    ],
)
def test_senders_in_doubt(header, doubt):
    assert told(header) == [doubt]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Subject: no sender",
        "From: Ann <ann@example.org>",
        "From: Ann <ann@example.org>\r\nReply-To: office@example.org",
        "From: Ann <ann@news.example.org>\r\nReply-To: hello@example.org",
        "From: Ann <ann@example.org>\r\nReply-To: list@lists.test\r\nList-Id: <list.lists.test>",
        "From: Ann <ann@example.org>\r\nReply-To: nobody",
        'From: "Ann@Example.org" <ann@example.org>',
        'From: "Ann @ home" <ann@example.org>',
        "From: Jörg <jörg@müller.de>",
        "From: 花子 <hanako@例え.jp>",
    ],
)
def test_senders_beyond_doubt(header):
    assert told(header) == []


# -- what the receiving server says ------------------------------------------------------------------------------------

FROM = "From: Ann <ann@bank.test>\r\n"


@pytest.mark.parametrize(
    "results",
    [
        "mx.example.org; dmarc=fail (p=reject) header.from=bank.test",
        "MX.Example.Org 1; spf=pass smtp.mailfrom=evil.test; dkim=pass; dmarc=fail header.from=bank.test",
        "mx.example.org; spf=fail smtp.mailfrom=bank.test; dkim=none",
        "mx.example.org (a; b) ; dkim=fail (bad; signature); spf=softfail",
    ],
)
def test_a_trusted_server_s_word(results):
    assert told(f"{FROM}Authentication-Results: {results}") == [Doubt("unconfirmed", "bank.test", "mx.example.org")]


@pytest.mark.parametrize(
    "results",
    [
        "",
        ";",
        "mx.example.org; none",
        "mx.example.org; dmarc=pass; spf=fail; dkim=fail",
        "mx.example.org; spf=fail; dkim=pass header.d=bank.test",
        "mx.example.org; spf=neutral",
        "mx.example.org; dmarc=none",
        "mx.evil.test; dmarc=fail",
        "mx.example.org.evil.test; dmarc=fail",
        "x mx.example.org; dmarc=fail",
    ],
)
def test_no_word_against_the_sender(results):
    assert told(f"{FROM}Authentication-Results: {results}") == []


def test_the_topmost_field_of_the_trusted_server_counts():
    own, older = "Authentication-Results: mx.example.org; dmarc=fail\r\n", "Authentication-Results: {}; dmarc=pass\r\n"
    forged = older.format("mx.example.org")
    assert told(FROM + own + forged) != []
    assert told(FROM + forged + own) == []
    assert told(FROM + older.format("relay.test") + own) != []


def test_nobody_is_trusted_unless_named():
    assert told(f"{FROM}Authentication-Results: mx.example.org; dmarc=fail", ()) == []


# -- where links lead --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "target", "said"),
    [
        ("https://bank.test/login", "https://evil.test/", "bank.test"),
        ("http://bank.test", "https://evil.test/?bank.test", "bank.test"),
        (" www.bank.test ", "https://evil.test/", "www.bank.test"),
        ("bank.com", "https://bank.com.evil.test/", "bank.com"),
        ("bank.test/login", "https://bank.test@evil.test/", "bank.test"),
        ("BANK.co.uk", "https://evil.co.uk/", "bank.co.uk"),
        ("my.bank.test:443/x", "https://evil.test/", "my.bank.test"),
    ],
)
def test_links_that_say_another_host(text, target, said):
    doubt = doubtful_link(text, target)
    assert doubt is not None
    assert (doubt.kind, doubt.said) == ("link", said)
    assert "evil" in doubt.true


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Read more", "https://evil.test/"),
        ("https://bank.test/login", "https://www.bank.test/sign-in"),
        ("bank.com", "https://news.bank.com/?u=1"),
        ("report.pdf", "https://files.test/1"),
        ("Node.js", "https://nodejs.org/"),
        ("3.5 per cent", "https://bank.test/"),
        ("See bank.com for more", "https://evil.test/"),
        ("", "https://evil.test/"),
        ("bank.com", "https://["),
    ],
)
def test_links_that_say_nothing_wrong(text, target):
    assert doubtful_link(text, target) is None


@pytest.mark.parametrize(
    "host",
    [
        "аpple.com",
        "аррӏе.com",
        "xn--80ak6aa92e.com",
        "pаypal.com",
        "gοοgle.com",
        "www.xn--pypal-4ve.com",
        "bıtcoin.com",
        "ɡoogle.com",
    ],
)
def test_lookalikes(host):
    assert lookalike(host)
    assert doubtful_link("Read more", f"https://{host}/").kind == "link_lookalike"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "host",
    ["example.org", "müller.de", "xn--mller-kva.de", "яндекс.рф", "почта.рф", "例え.jp", "xn--r8jz45g.jp",
     "한국.kr", "naïve.fr",
     "ελλάδα.gr", "xn--", "xn--\udcff.de", "", "127.0.0.1", "a_b.example.org"],
)  # fmt: skip
def test_hosts_that_are_what_they_seem(host):
    assert lookalike(host) == ""


@pytest.mark.parametrize("letters", ["а\ud800b", "а\u202eb", "а\u2066b", "а\0b"])
def test_letters_that_can_t_be_shown_are_not(letters):
    host = f"xn--{letters.encode('punycode').decode()}.test"
    assert lookalike(host) == ""
    assert doubtful_link("www.bank.test", f"https://{host}/") == Doubt("link", "www.bank.test", host)


@pytest.mark.parametrize("host", ["xn--" + "a" * 900_000, "xn--99zt52a" + "qqa" * 300_000, "xn--a." * 150_000])
def test_hosts_beyond_all_length_are_nobody_s(host):
    assert doubtful_link("www.bank.test", f"https://{host}/") is None
    assert len(lookalike(host) + site_of(host)) < 1_000
    assert all(len(doubt.said) < 1_000 for doubt in told(f"From: a@{host[:90_000]}"))


def test_sites():
    assert site_of("www.example.org") == site_of("EXAMPLE.org.") == "example.org"
    assert site_of("a.b.example.co.uk") == "example.co.uk"
    assert site_of("a.gov.uk") != site_of("b.gov.uk")


def test_links_of_a_mail():
    html = (
        "<a href='https://evil.test/1'>https://<b>bank.test</b>/login</a> <a href='https://evil.test/2'>bank.test/login</a>"
        "<a href='https://fine.test/'>fine.test/x</a> <a href='mailto:x@evil.test'>www.bank.test</a> www.bank.test"
        "<a href='https://xn--80ak6aa92e.com/'>Apple</a>"
    )
    assert sanitize(html, cid_url=lambda _: None).doubts == (
        Doubt("link", "bank.test", "evil.test"),
        Doubt("link_lookalike", "аррӏе.com", "xn--80ak6aa92e.com"),
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_anything(text, target):
    doubtful_link(text, f"https://{target}")
    told(f"From: {text} <{target}>\r\nReply-To: {target}\r\nAuthentication-Results: {text}")
    lookalike(f"xn--{text}.{target}")


# -- warnings stay rare ------------------------------------------------------------------------------------------------

NEWS = "From: News <news@mail.example.org>\r\n"
BULK = "List-Unsubscribe: <https://click.example.net/u>\r\n"
RESULTS = "Authentication-Results: mx.example.org; {}\r\n"
OWN_LINK = Doubt("link", "www.example.org", "click.example.net")


def left(header: str, *doubts: Doubt) -> list[Doubt]:
    return list(weighed(doubts, parse_headers(header.encode() + b"\r\n"), ("mx.example.org",)))


@pytest.mark.parametrize(
    "results",
    [
        "dmarc=pass header.from=mail.example.org",
        "dkim=pass header.d=example.org; spf=none",
        "dkim=pass header.i=@mail.example.org header.s=k",
        "dkim=fail header.d=example.org; dkim=pass (2048-bit key) header.i=@example.org",
    ],
)
def test_a_confirmed_sender_may_have_clicks_counted(results):
    assert left(NEWS + RESULTS.format(results), OWN_LINK) == []


@pytest.mark.parametrize("results", ["none", "dkim=pass header.d=click.example.net", "dmarc=none; spf=pass"])
def test_counted_clicks_of_other_newsletters_are_told_once_and_quietly(results):
    other = Doubt("link", "example.org", "cdn.click.example.net")
    assert left(NEWS + BULK + RESULTS.format(results), OWN_LINK, other) == [replace(OWN_LINK, kind="link_counted")]


@pytest.mark.parametrize(
    "header",
    [
        NEWS,  # no mail to many
        NEWS + BULK + RESULTS.format("dmarc=fail"),
        NEWS + BULK + RESULTS.format("dkim=fail; spf=softfail"),
        "From: x@evil.test\r\n" + BULK,
        "From: x@evil.test\r\n" + BULK + RESULTS.format("dmarc=pass"),
        BULK,
    ],
)
def test_other_links_to_elsewhere_are_warned_of(header):
    assert left(header, OWN_LINK) == [OWN_LINK]


def test_of_links_to_one_site_the_first_is_told():
    links = [Doubt("link", f"{name}.test", "click.example.net") for name in ("a", "b", "c")]
    number = Doubt("link_number", "", "203.0.114.9")
    assert left(NEWS + BULK, *links, number, number) == [links[0], number]


@pytest.mark.parametrize("name", TRACKED)
def test_an_ordinary_newsletter_warns_of_nothing(name):
    sender, html = TRACKED[name]
    headers = parse_headers(f"From: {sender}\r\n{BULK}\r\n".encode())
    doubts = (*doubts_of_headers(headers), *sanitize(html, cid_url=lambda _: None).doubts)
    assert [doubt.kind for doubt in weighed(doubts, headers)] in ([], ["link_counted"])


def test_a_sender_that_passes_for_one_s_own():
    headers = parse_headers(b"From: Boss <boss@examp1e.org>\r\n\r\n")
    assert doubts_of_headers(headers, (), ("example.org",)) == (
        Doubt("sender_resembles", "example.org", "examp1e.org"),
    )
    assert doubts_of_headers(headers, (), ("examp1e.org", "")) == ()


def test_a_result_without_end_is_light_work():
    results = "mx.example.org; dkim=pass " + "header.d=" * 20_000 + "!"
    headers = parse_headers(f"From: a@example.org\r\nAuthentication-Results: {results}\r\n\r\n".encode())
    started = time.process_time()
    assert not is_confirmed(headers, ("mx.example.org",))
    assert time.process_time() - started < 4
