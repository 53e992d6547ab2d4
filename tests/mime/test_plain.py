"""Plain text as people read it: what is folded, what stays open, directions, signatures, links and their doubts."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmail.mime.plain import LONG_LINES, TAIL_LINES, render_text, text_to_html
from webmail.mime.sanitize import sanitize
from webmail.mime.trust import Doubt

LABEL = "Show quoted text"
OPENS = f"<details><summary>{LABEL}</summary>"


def folded(text: str, *, folds_original: bool = True) -> str:
    return render_text(text, fold=LABEL, folds_original=folds_original).html


def quote(lines: int) -> str:
    return "\n".join(f"> line {number}" for number in range(lines))


def open_part(html: str) -> str:
    """What is read without a click."""
    return re.sub(r"<details>.*?</details>", "[…]", html)


# -- what is folded ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Yes.\n\nOn Monday, Ann wrote:\n{quote(9)}", "Yes.<br><br>On Monday, Ann wrote:[…]"),
        (f"Yes.\n{quote(9)}\n\n-- \nBen", "Yes.[…]<footer>-- <br>Ben</footer>"),
        (f"Yes.\n{quote(9)}\n______________\nlist mailing list", "Yes.[…]______________<br>list mailing list"),
        (f"Yes.\n{quote(3)}\n\n{quote(3)}", "Yes.[…]"),
        (f"{quote(LONG_LINES)}\nYes.", "[…]Yes."),
        (f"a\n{quote(LONG_LINES)}\nb\n{quote(9)}", "a[…]b[…]"),
        ("Fine.\n\n-----Original Message-----\nFrom: Ann\nTo: Ben\nSubject: x\n\nText", "Fine.<br>[…]"),
        ("Gut.\n\n----- Ursprüngliche Nachricht -----\nVon: A\nAn: B\nBetreff: x\n\nText", "Gut.<br>[…]"),
    ],
)
def test_quotes_that_are_folded(text, shown):
    assert open_part(folded(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        f"Yes.\n{quote(TAIL_LINES - 1)}",  # short
        f"{quote(8)}\nYes.\n{quote(8)}\nNo.",  # answered line by line
        quote(40),  # nothing else
        f"On Monday, Ann wrote:\n{quote(40)}",
        f"On Monday, the third of November,\nAnn Lee <ann@example.org> wrote:\n\n{quote(40)}",
        f"{quote(40)}\n-- \nBen",
        "FYI\n\n---------- Forwarded message ----------\nFrom: Ann\nTo: Ben\nSubject: x\n\nText",
        "-----Original Message-----\nFrom: Ann\nTo: Ben\nSubject: x\n\nText",
        "a\n-----Original Message-----\nFrom: Ann",
        "",
    ],
)
def test_quotes_that_stay_open(text):
    assert folded(text) == text_to_html(text)


def test_a_forwarded_original_is_the_mail():
    text = "FYI\n-----Original Message-----\nFrom: Ann\nTo: Ben\nSubject: x\n\nText"
    assert OPENS in folded(text)
    assert OPENS not in folded(text, folds_original=False)


def test_the_label_is_text():
    html = render_text(f"a\n{quote(9)}", fold="<b>&").html
    assert "<summary>&lt;b&gt;&amp;</summary>" in html


WORDS = st.sampled_from(
    ["> a", ">> b", "", "c", "-- ", "--", "x wrote:", "-----Original Message-----", "_____", "שלום", "> אב"]
)


@given(st.lists(WORDS, max_size=60), st.booleans())
def test_folding_loses_and_moves_nothing(lines, flowed):
    text = "\n".join(lines)
    html = render_text(text, fold=LABEL, flowed=flowed).html
    plain = text_to_html(text, flowed=flowed)
    strip = re.compile(r"<(?!a )[^>]*>")
    assert strip.sub("", html.replace(OPENS, "")) == strip.sub("", plain)
    assert html.count("<details>") == html.count("</details>")
    for tag in ("blockquote", "footer", "div"):
        assert html.count(f"<{tag}") == html.count(f"</{tag}>")
    # The tree is the one that was written: a parser finds nothing to mend.
    assert sanitize(plain, cid_url=lambda _: None).html == plain.strip().replace("&quot;", '"').replace("&#x27;", "'")


# -- directions, signatures, spaces ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello\nyou\n\nשלום\nלך", '<div dir="auto">Hello<br>you</div><br><div dir="auto">שלום<br>לך</div>'),
        ("> مرحبا\nyes", '<blockquote><div dir="auto">مرحبا</div></blockquote><div dir="auto">yes</div>'),
        ("שלום\n-- \nAnn", '<div dir="auto">שלום</div><footer><div dir="auto">-- <br>Ann</div></footer>'),
        ("\n\nשלום\n\n\n", '<br><br><div dir="auto">שלום</div><br><br>'),
    ],
)
def test_each_paragraph_has_its_own_direction(text, html):
    assert text_to_html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\n--\nAnn", "a<footer>--<br>Ann</footer>"),
        ("a\n--\n" + "b\n" * 20, "a<br>--" + "<br>b" * 20),
        ("a\n--", "a<br>--"),
        ("a\n-- \nAnn\n-- \nmore", "a<footer>-- <br>Ann<br>-- <br>more</footer>"),
        ("a\n-- \nAnn\n> b\nc", "a<footer>-- <br>Ann</footer><blockquote>b</blockquote>c"),
        ("> -- \n> Ann", "<blockquote>-- <br>Ann</blockquote>"),
        ("*bold* /it/ _u_", "*bold* /it/ _u_"),
        ("a\tb  c", "a\tb  c"),
        ("x" * 20_000, "x" * 20_000),
    ],
)
def test_lines(text, html):
    assert text_to_html(text) == html


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("(see https://example.org/a)", "https://example.org/a"),
        ("[https://example.org/a]", "https://example.org/a"),
        ("https://example.org/a_(b)_[c]", "https://example.org/a_(b)_[c]"),
        ("http://[2001:db8::1]/x.", "http://[2001:db8::1]/x"),
        ("»https://example.org/a«", "https://example.org/a«"),
        ("«https://example.org/a»", "https://example.org/a"),
        ("“https://example.org/a”…", "https://example.org/a"),
        ("参照（https://example.org/a）。", "https://example.org/a"),
        ("https://müller.de/straße?x=ü", "https://müller.de/straße?x=ü"),
        ("HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG"),
        ("mailto:ann@example.org?subject=Hi", "mailto:ann@example.org?subject=Hi"),
    ],
)
def test_where_an_address_ends(text, address):
    assert re.findall('href="([^"]*)"', text_to_html(text)) == [address]


# -- doubts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("https://pаypal.com/x", Doubt("link_lookalike", "pаypal.com", "pаypal.com")),
        ("https://xn--pypal-4ve.com/", Doubt("link_lookalike", "pаypal.com", "xn--pypal-4ve.com")),
        ("www.xn--pypal-4ve.com", Doubt("link_lookalike", "www.pаypal.com", "www.xn--pypal-4ve.com")),
        ("https://a.test⁄b.evil.test/", Doubt("link_lookalike", "a.test⁄b.evil.test", "a.test⁄b.evil.test")),
        ("https://bank.test@evil.test/", Doubt("link_user", "bank.test", "evil.test")),
        ("https://www.bank.test%2Flogin:x@evil.test/", Doubt("link_user", "bank.test", "evil.test")),
        ("http://203.0.114.9/pay", Doubt("link_number", "", "203.0.114.9")),
        ("http://3405803785/", Doubt("link_number", "", "3405803785")),
        ("http://0x7f.1/", Doubt("link_number", "", "0x7f.1")),
        ("http://0177.0.0.1/", Doubt("link_number", "", "0177.0.0.1")),
        ("http://[2606:4700::1]/", Doubt("link_number", "", "2606:4700::1")),
        ("https://www.examp1e.org/", Doubt("link_resembles", "example.org", "www.examp1e.org")),
        ("https://rnodern.test/", Doubt("link_resembles", "modern.test", "rnodern.test")),
    ],
)  # fmt: skip
def test_links_in_doubt(text, doubt):
    assert render_text(f"Hi,\n{text} now.", known=("example.org", "modern.test")).doubts == (doubt,)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/?u=https://bank.test@x https://mail.example.org/",
        "https://ci-token:secret@git.example.org/x.git",
        "https://ann@git.example.org/x.git",
        "http://192.168.1.1/ http://10.0.0.7:8080/ http://127.0.0.1:8000/ http://[::1]/ http://[fe80::1]/",
        "https://click.example.net/CL0/https:%2F%2Fexample.com%2Fa/1/0100/x=429",
        "https://müller.de https://xn--mller-kva.de https://яндекс.рф https://例え.jp",
        "https://muller.de",  # of which müller.de may know
        "https://example.com https://exampel.org https://m0dern.example.net",
        "ann@examp1e.org mailto:ann@bank.test@evil.test",
        "https://[ http:// https://" + "a" * 300 + ".test",
    ],
)
def test_links_beyond_doubt(text):
    assert render_text(text, known=("example.org", "modern.test", "müller.de")).doubts == ()


def test_a_thousand_doubts_are_a_few():
    text = " ".join(f"http://203.0.114.{number}/" for number in range(200))
    assert len(render_text(text).doubts) == 6


@pytest.mark.parametrize(
    "text",
    ["> a\n\n" * 200_000, "א\n\n" * 200_000, "x wrote:\n> a\n" * 100_000, "> a\nb\n" * 300_000, "--\n" * 300_000,
     "[" * 100_000 + "]" * 100_000, "https://a" + ")" * 1900 + " ", ("https://a" + ")]" * 900 + " ") * 500],
    ids=range(8),
)  # fmt: skip
def test_heavy_text_is_light_work(text):
    started = time.process_time()
    render_text(text, fold=LABEL)
    assert time.process_time() - started < 4


def test_marks_of_quotes_do_not_grow_into_a_page_of_forty_megabytes():
    text = (">" * 20 + "\nx\n") * 80_000
    html = render_text(text, fold=LABEL).html
    assert len(html) < 7 * len(text)
    assert html.count("<blockquote>") == html.count("</blockquote>")
    assert html.count("<blockquote>" * 20) == 1_001  # as deep as ever to begin with
