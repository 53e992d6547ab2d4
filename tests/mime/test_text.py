"""Octets to text, text to HTML, HTML to text, and the preview line."""

import base64
import binascii
import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.corpus import mail
from tests.mime.hostile import BODIES, HEAVY_HTML
from webmail.mime.charsets import codec_of
from webmail.mime.parse import part_bytes
from webmail.mime.sanitize import sanitize
from webmail.mime.structure import from_bytes
from webmail.mime.text import (
    SNIPPET_LENGTH,
    TransferDecoder,
    decode_text,
    decode_transfer,
    html_to_text,
    snippet,
    text_to_html,
)


def read(name: str) -> str:
    """The text of a mail that has one part."""
    raw = mail(name)
    part = from_bytes(raw)
    return decode_text(decode_transfer(part_bytes(raw, part.section), part.encoding), part.charset)


# -- transfer encodings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "encoding", "content"),
    [
        (b"SGVsbG8=", "base64", b"Hello"),
        (b"SGVs\r\nbG8", "BASE64 ", b"Hello"),
        (b"SGVsbG8*#s\n", "base64", b"Hello,"),
        (b"Zmly=c3Q=", "base64", b"first"),
        (b"A", "base64", b""),
        (b"=C3=A9=\r\n!", "quoted-printable", b"\xc3\xa9!"),
        (b"100=25 =ZZ = =\n", "quoted-printable", b"100% =ZZ = "),
        (b"a=  \r\nb=", "quoted-printable", b"ab"),
        (b"=41=4", "quoted-printable", b"A=4"),
        (b"a=\rb\n", "quoted-printable", b"a=\rb\n"),
        (b"=41", "7bit", b"=41"),
        (b"=41", "x-unknown", b"=41"),
    ],
)
def test_decode_transfer(data, encoding, content):
    assert decode_transfer(data, encoding) == content


@given(st.binary(max_size=300))
def test_transfer_encodings_are_undone(content):
    assert decode_transfer(base64.encodebytes(content), "base64") == content
    # As binary: told that it is text, the encoder makes all line ends like the first one.
    quoted = binascii.b2a_qp(content, istext=False)
    assert decode_transfer(quoted, "quoted-printable") == content


PIECES = [b"=", b"C3", b"4", b"1", b"\r\n", b"\n", b" ", b"\t", b"QUJD", b"QQ==", b"*", b"\r", b"z"]


@given(
    st.lists(st.sampled_from(PIECES)).map(b"".join),
    st.sampled_from(["base64", "quoted-printable", "8bit"]),
    st.lists(st.integers(0, 60)),
)
def test_chunks_give_the_same_as_one_piece(data, encoding, cuts):
    decoder = TransferDecoder(encoding)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    chunks = [decoder.feed(data[start:end]) for start, end in itertools.pairwise(edges)]
    assert b"".join(chunks) + decoder.flush() == decode_transfer(data, encoding)


def test_a_stream_keeps_little():
    decoder = TransferDecoder("quoted-printable")
    assert sum(len(decoder.feed(b"=" + b" " * 10_000)) for _ in range(100)) > 900_000


# -- charsets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("charset-koi8-r", "Привет, как дела? Встреча завтра в девять.\n"),
        ("charset-windows-1251", "Отчёт за октябрь во вложении.\n"),
        ("charset-gb2312", "你好，会议改到星期三。\n"),
        ("charset-big5", "您好，附件是報價單。\n"),
        ("charset-iso-2022-jp", "こんにちは。会議は水曜日です。\n"),
        ("charset-shift-jis", "お世話になっております。\n"),
        ("charset-euc-kr", "안녕하세요. 회의는 수요일입니다.\n"),
        ("charset-windows-1256", "مرحبا، الاجتماع يوم الأربعاء.\n"),
        ("charset-windows-1255", "שלום, הפגישה ביום רביעי.\n"),
        ("charset-utf-16", "UTF-16 text, ünïcödé.\n"),
        ("latin1-eight-bit", "Grüße aus Köln, die Straße ist gesperrt.\r\n"),
    ],
)
def test_declared_charsets(name, text):
    assert read(f"valid/{name}") == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("charset-unknown", "café\r\n"),
        ("charset-wrong", "café crème\r\n"),
        ("charset-is-codec", "Uryyb\r\n"),
        ("base64-in-pieces", "first;secondthird!!"),
    ],
)
def test_wrong_declarations(name, text):
    assert read(f"malformed/{name}") == text


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("é".encode(), "us-ascii", "é"),
        ("é".encode(), "", "é"),
        (b"\xe9t\xe9", "", "été"),
        (b"\x93quoted\x94", "iso-8859-1", "“quoted”"),
        ("ééééé".encode()[:-1], "utf-8", "éééé"),  # a preview cut within a character
        ("ééééé".encode() + b"\xff", "utf-8", "ééééé\ufffd"),  # a little damage
        (b"\xff\xfea\x00", "utf-16", "a"),
        (b"+ADw-b+AD4-", "utf-7", "<b>"),
        (b"+2AA-", "utf-7", "\ufffd"),
        (b"\xef\xbb\xbfx", "utf-8", "x"),
        (b"a\0b", "utf-8", "ab"),
        (b"aGVsbG8=", "base64", "aGVsbG8="),
        (b"\\u0041", "unicode_escape", "\\u0041"),
        (b"x", "x" * 5000, "x"),
    ],
)
def test_decode_text(data, charset, text):
    assert decode_text(data, charset) == text


UNLABELLED = [
    ("koi8-r", "Уважаемые коллеги, напоминаем вам о собрании в среду."),
    ("cp1251", "Приходите завтра в десять часов утра."),
    ("iso8859-5", "Уважаемые коллеги, напоминаем вам о собрании в среду."),
    ("cp866", "Уважаемые коллеги, напоминаем вам о собрании в среду."),
    ("iso8859-7", "Καλημέρα, η συνάντηση είναι την Τετάρτη."),
    ("cp1255", "שלום, הפגישה ביום רביעי בבוקר."),
    ("cp1256", "مرحبا، الاجتماع يوم الأربعاء صباحا."),
    ("iso8859-2", "Dobrý den, zítra v deset hodin se sejdeme v kanceláři, přineste prosím všechny smlouvy."),
    ("cp1254", "Değerli müşterimiz, siparişiniz yarın İstanbul'a ulaşacak, teşekkür ederiz."),
    ("gb18030", "你好，会议改到星期三下午三点。"),
    ("big5", "您好，附件是報價單，請查收。"),
    ("cp932", "お世話になっております。明日の会議は十時からです。"),
    ("euc-jp", "お世話になっております。明日の会議は十時からです。"),
    ("iso2022-jp", "お世話になっております。"),
    ("euc-kr", "안녕하세요. 회의는 수요일입니다."),
    ("cp874", "สวัสดีครับ ประชุมวันพุธ"),
    ("cp1252", "Le café crème et le thé sont déjà prêts à Orléans."),
    ("cp1252", "Grüße aus Köln"),
    ("cp1252", "naïve"),
]


@pytest.mark.parametrize(("codec", "text"), UNLABELLED)
def test_text_without_a_charset_is_guessed(codec, text):
    assert decode_text(text.encode(codec)) == text
    assert decode_text(text.encode(codec), "x-unknown") == text


@pytest.mark.parametrize(("codec", "text"), [case for case in UNLABELLED if case[0] in ("koi8-r", "cp1251", "cp1255")])
def test_no_western_text_is_mostly_accents(codec, text):
    assert decode_text(text.encode(codec), "iso-8859-1") == text


def test_utf_8_under_another_label():
    assert decode_text("Déjà vu, à bientôt".encode(), "iso-8859-1") == "Déjà vu, à bientôt"
    assert decode_text("Привет".encode(), "koi8-r") == "Привет"


def test_every_charset_of_python_is_known():
    for name in ("ibm037", "mac-cyrillic", "kz1048", "ptcp154", "hp-roman8", "tis-620", "x-mac-cyrillic", "iso-ir-58"):
        assert codec_of(name), name
    assert not any(codec_of(name) for name in ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "zip", "uu"))


@given(
    st.binary(max_size=400),
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(["utf-8", "utf-7", "utf-16", "hz", "iso-2022-kr", "gb18030", "big5", "rot13"]),
    ),
)
def test_no_bytes_raise(data, charset):
    text = decode_text(data, charset)
    assert "\0" not in text
    text.encode()


# -- text to HTML ----------------------------------------------------------------------------------------------------


def anchor(address: str, shown: str = "") -> str:
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">{shown or address}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a <b> & \"c\"", "a &lt;b&gt; &amp; &quot;c&quot;"),
        ("a\r\nb\rc\n", "a<br>b<br>c"),
        ("see https://example.org/a?b=1&c=(2).", "see " + anchor("https://example.org/a?b=1&amp;c=(2)") + "."),
        ("(http://example.org)", "(" + anchor("http://example.org") + ")"),
        ("<https://example.org>", "&lt;" + anchor("https://example.org") + "&gt;"),
        ("www.example.org!", anchor("http://www.example.org", "www.example.org") + "!"),
        ("ann@example.org,", anchor("mailto:ann@example.org", "ann@example.org") + ","),
        ("mailto:ann@example.org", anchor("mailto:ann@example.org")),
        ("javascript:alert(1) data:text/html,x", "javascript:alert(1) data:text/html,x"),
        ('https://example.org/"onclick=alert(1)', anchor("https://example.org/") + "&quot;onclick=alert(1)"),
        ("> a\n> > b\nc", "<blockquote>a<blockquote>b</blockquote></blockquote>c"),
        ("a\n-- \nAnn", "a<footer>-- <br>Ann</footer>"),
        ("bell\x07 \x1b[31m\u202e", "bell [31m"),
        ("", ""),
    ],
)  # fmt: skip
def test_text_to_html(text, html):
    assert text_to_html(text) == html


def test_flowed_text_is_put_together_again():
    text = decode_text(part_bytes(mail("valid/format-flowed"), "1"))
    assert text_to_html(text, flowed=True) == (
        "This paragraph is long and was broken here and there.<blockquote>Quoted text goes on."
        "<blockquote>Deeper.</blockquote></blockquote><footer>-- <br>Ann</footer>"
    )
    assert text_to_html("to \ngether", flowed=True, delsp=True) == "together"
    assert text_to_html(" >not a quote\n From space", flowed=True) == "&gt;not a quote<br>From space"


@pytest.mark.parametrize("body", BODIES)
def test_hostile_text_is_shown_as_text(body):
    html = text_to_html(body)
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"a", "br", "blockquote", "footer", "div"}
    assert all(re.match(r"https?://|mailto:", address) for address in re.findall(r'href="([^"]*)', html))


@given(st.text(alphabet=st.sampled_from("ab <>&\"'\n>:/.@-w(http)"), max_size=80), st.booleans())
def test_text_as_html_passes_the_sanitiser_unchanged(text, flowed):
    html = text_to_html(text, flowed=flowed)
    words = re.sub(r"<[^>]*>", "", html).replace("&quot;", '"').replace("&#x27;", "'")
    again = sanitize(html, cid_url=lambda _: None).html
    assert re.sub(r"<[^>]*>", "", again).strip() == words.strip()
    assert again.count("<a ") == html.count("<a ")


@pytest.mark.parametrize(
    "text",
    ["http://" * 100_000, "x@" * 300_000, "a.b-" * 200_000, ">" * 1_000_000, "www." * 200_000, "(\n" * 200_000],
    ids=range(6),
)
def test_heavy_text_is_light_work(text):
    started = time.process_time()
    text_to_html(text)
    text_to_html(text, flowed=True)
    snippet(text)
    assert time.process_time() - started < 2


# -- HTML to text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>you</b></p><p>there</p>", "Hello you\n\nthere"),
        ("a<br>b<div>c</div>d", "a\nb\nc\nd"),
        ("<ul><li>x<li>y</ul>", "* x\n* y"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\n\nc"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc"),
        ('<a href="https://example.org/x">click</a>', "click <https://example.org/x>"),
        ('<a href="https://example.org">example.org</a>', "example.org"),
        ('<a href="javascript:x">click</a>', "click"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<style>x</style><script>y</script><p>z</p>", "z"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ('<img alt="A dot" src=x>', "A dot"),
        ("a&nbsp;b&lt;", "a b<"),
        ("", ""),
    ],
)
def test_html_to_text(html, text):
    assert html_to_text(html) == text


@pytest.mark.parametrize("name", HEAVY_HTML)
def test_heavy_html_becomes_text_quickly(name):
    started = time.process_time()
    html_to_text(HEAVY_HTML[name])
    assert time.process_time() - started < 2


@given(st.lists(st.one_of(st.sampled_from(BODIES), st.text(max_size=20)), max_size=6).map("".join))
def test_any_html_becomes_text(html):
    html_to_text(html).encode()


# -- preview ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello   there,\n\nhow are you?\n-- \nAnn", "Hello there, how are you?"),
        ("> quoted\nanswer", "answer"),
        ("\u200c \u034f\u00ad Sale\u200b!", "Sale!"),
        ("=====\nTitle\n-----", "Title"),
        ("", ""),
    ],
)
def test_snippet(text, line):
    assert snippet(text) == line


def test_a_long_snippet_is_cut():
    assert len(snippet("word " * 100)) <= SNIPPET_LENGTH
    assert snippet("word " * 100).endswith("…")
