"""sanitize(): mail looks like mail, and nothing hostile comes through."""

import re
import time
from collections.abc import Collection, Mapping
from html.parser import HTMLParser

import bleach
import nh3
import pytest
from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from hypothesis import example, given
from hypothesis import strategies as st

from tests.mime.corpus import mail, names
from tests.mime.hostile import BODIES, HEAVY_HTML
from tests.mime.hostile_html import CASES, MUTATIONS
from webmail.mime.allowed import ATTRIBUTES, SCHEMES, STYLES, TAGS
from webmail.mime.loading import PICTURES_LIMIT, Pictures
from webmail.mime.parse import part_bytes
from webmail.mime.sanitize import DEPTH_LIMIT, SIZE_LIMIT, Sanitized, clean_fragment, sanitize
from webmail.mime.structure import choose_body, from_bytes
from webmail.mime.style import clean_style, marked_style
from webmail.mime.text import decode_text, decode_transfer


def clean(html: str, *, allow_remote: bool = False) -> Sanitized:
    """`allow_remote`: at their own addresses, so that it shows which ones pass."""
    cid_url = {"pic": "/mail/part/2", "a b": "/mail/part/3"}.get
    return sanitize(html, cid_url=cid_url, remote_url=str if allow_remote else None)


# The only addresses that a style may hold: those that clean() gave.
OUR_URL = re.compile(r"""url\("?(?:https?://[\w/.:@%=+?~-]+|/mail/part/[23])"?\)""")
PICTURED = re.compile(r"(?:^|[;{])\s*(?:background|list-style)(?:-image)?:[^;{}]*", re.DOTALL)


def without_pictures(style: str) -> str:
    """`style` without the addresses that stand where a picture may."""
    return PICTURED.sub(lambda declaration: OUR_URL.sub("", declaration[0]), style)


class Judge(HTMLParser):
    """Reads the result with a parser that had no part in making it, and objects to whatever is not on the lists."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0

    def handle_starttag(self, tag, attributes):
        assert tag in TAGS
        for name, value in attributes:
            assert name in ATTRIBUTES.get(tag, ()) or name in ATTRIBUTES["*"]
            if name == "href":
                assert re.match(r"https?://[^/\\]|mailto:[^/\\]|tel:[^/\\]", value)
            if name == "src":
                assert re.match(r"https?://[^/\\]|/mail/part/[23]$", value)
            if name == "style":
                self.judge_style(value)
            if name == "class":
                assert re.fullmatch(r"-?[A-Za-z_][\w-]*(?: -?[A-Za-z_][\w-]*)*", value, re.ASCII)
        if tag == "a" and "href" in dict(attributes):
            assert dict(attributes)["target"] == "_blank"
            assert dict(attributes)["rel"] == "noopener noreferrer"

    def judge_style(self, style):
        style = without_pictures(style)
        assert not re.search(r"url|expression|image\(|-set|\\|var\(|@|/\*|<|our-|[; ]position:", f" {style}")
        for declaration in style.split(";"):
            assert declaration.partition(":")[0].strip() in STYLES

    def handle_comment(self, data):
        raise AssertionError("comment")

    handle_decl = handle_pi = unknown_decl = handle_comment  # type: ignore[assignment]


def reparsed(html: str) -> str:
    """`html` read as browsers read it (html5ever) and written again, with nothing taken away that is on the lists."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        clean_content_tags=set(),
        link_rel=None,
        url_relative="pass_through",
    )


def judge_sheet(style: str, name: str = "") -> None:
    """Rules about the mail's own elements, and nothing that loads or floats."""
    style = without_pictures(style)
    assert not re.search(r"url\(|expression\(|image-set|our-|\\|var\(|/\*|<|[;{ ]position\s*:", style), name
    flat = re.sub(r"@media [\w\s(),.:-]+\{", "", style)
    assert "@" not in flat, name
    for rule in flat.split("}"):
        selectors, brace, declarations = rule.partition("{")
        if brace:
            assert all(re.match(r"#mail(?: |$)", selector.strip()) for selector in selectors.split(", ")), name
            assert all(one.partition(":")[0].strip() in STYLES for one in declarations.split(";")), name


def judge(html: str, name: str = "") -> None:
    judge = Judge()
    try:
        judge.feed(html)
        judge.close()
    except AssertionError as error:
        raise AssertionError(f"{name}: {html[:500]}") from error


# -- mail looks like mail --------------------------------------------------------------------------------------------


def test_it_keeps_text_layout_and_colours():
    cell = '<td style="padding:3px;color:#333" align="center">Hi <b>you</b></td>'
    html = f'<table width="600" cellpadding="4"><tbody><tr>{cell}</tr></tbody></table>'
    assert clean(html).html == html


def test_links_open_in_a_new_tab_and_tell_nothing():
    assert clean('<a href="https://example.org/a?b=1&amp;c=2">x</a>').html == (
        '<a href="https://example.org/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">x</a>'
    )


@pytest.mark.parametrize(
    "address", ["mailto:ann@example.org", "tel:+4912345", "HTTP://example.org", "https://exämple.org/ü"]
)
def test_other_addresses_that_are_links(address):
    assert f'href="{address}"' in clean(f'<a href="{address}">x</a>').html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "/logout", "//example.org", "#top", "https:logout", "data:,x", ""]
)
def test_what_is_no_safe_link_is_text(address):
    assert clean(f'<a href="{address}" style="color:red">x</a>').html == '<span style="color:red">x</span>'


def test_remote_pictures_wait_for_consent():
    html = '<img src="https://example.org/a.png" alt="A" width="200" height="100">'
    assert clean(html) == Sanitized('<img alt="A" width="200" height="100">', blocked_images=1)
    assert clean(html, allow_remote=True) == Sanitized(html)


@pytest.mark.parametrize(
    "attributes",
    [
        'width="1" height="1"',
        'width="0"',
        'width="1px"',
        'style="display:none"',
        'style="width:1px;height:1px"',
        'style="opacity:0"',
        'style="max-height: 0px; overflow: hidden"',
        'style="visibility:hidden !important"',
    ],
)
def test_trackers_are_counted_and_stay_blocked(attributes):
    tracker = f'<p>x<img src="https://example.org/t.gif" {attributes}></p>'
    assert clean(tracker) == Sanitized("<p>x</p>", blocked_images=1, blocked_trackers=1)
    assert clean(tracker, allow_remote=True) == Sanitized("<p>x</p>", blocked_images=1, blocked_trackers=1)


@pytest.mark.parametrize(
    "attributes", ['width="600" height="1"', 'width="100%" height="20"', 'style="display:block;height:10px"']
)
def test_thin_pictures_are_no_trackers(attributes):
    assert clean(f'<img src="https://example.org/line.gif" {attributes}>').blocked_images == 1


def test_remote_pictures_come_from_where_the_caller_says():
    html = '<img src="https://example.org/a.png"><img src="https://example.org/b.png"><img src="/mail/remote/x">'
    urls = {"https://example.org/a.png": "/mail/remote/1"}
    assert sanitize(html, cid_url=lambda _: None, remote_url=urls.get) == Sanitized(
        '<img src="/mail/remote/1"><img><img>', blocked_images=1
    )


BACKGROUNDS = {
    '<table background="{}"><tbody><tr><td>x</td></tr></tbody></table>': "background-image",
    '<table><tbody><tr><td background="{}">x</td></tr></tbody></table>': "background-image",
    '<body background="{}">x</body>': "background-image",
    '<div style="background:#333366 url({}) no-repeat">x</div>': "background",
    "<div style=\"background-image: URL( '{}' )\">x</div>": "background-image",
    '<a href="https://example.org" style="background:url({})">x</a>': "background",
    '<ul style="list-style: square url({})"><li>x</li></ul>': "list-style",
    '<ul style="list-style-image:url({})"><li>x</li></ul>': "list-style-image",
    "<div style=\"background:linear-gradient(red, blue), url('{}')\">x</div>": "background",
    "<p>x</p><style>p {{ background: url({}) }}</style>": "background",
    "<p>x</p><style>@media screen {{ p {{ background-image: url('{}') }} }}</style>": "background-image",
}


@pytest.mark.parametrize("html", BACKGROUNDS)
def test_backgrounds_wait_for_consent(html):
    address = "https://example.org/a.png?b=1"
    waiting = clean(html.format(address))
    assert (waiting.blocked_images, waiting.blocked_trackers) == (1, 0)
    assert "url" not in waiting.html + waiting.style
    ours = {address: "/mail/remote/1:a-b_c"}
    shown = sanitize(html.format(address), cid_url=lambda _: None, remote_url=ours.get)
    assert shown.blocked_images == 0
    assert re.search(
        BACKGROUNDS[html] + r": ?[^;}]*url\((?:&quot;)?/mail/remote/1:a-b_c(?:&quot;)?\)", shown.html + shown.style
    )


@pytest.mark.parametrize("html", BACKGROUNDS)
def test_backgrounds_of_the_message_itself(html):
    result = clean(html.format("cid:pic"))
    assert "/mail/part/2" in result.html + result.style
    assert result.blocked_images == 0
    assert "url" not in clean(html.format("cid:unknown")).html


def test_a_background_that_is_named_twice_counts_once():
    """By the attribute for old readers and by the style for others."""
    cell = '<td background="https://example.org/a" style="background:url(https://example.org/a)">x</td>'
    assert clean(f"<table><tr>{cell}{cell}</tr></table>").blocked_images == 2


@pytest.mark.parametrize(
    "attributes",
    [
        'style="display:none;background:url({})"',
        'style="width:1px;height:1px;background:url({})"',
        'style="max-width:1px;height:0;background-image:url({})"',
    ],
)
def test_backgrounds_that_nobody_sees_are_trackers(attributes):
    tracker = f"<div {attributes.format('https://example.org/t.gif')}></div>"
    for allow_remote in (False, True):
        result = clean(tracker, allow_remote=allow_remote)
        assert (result.blocked_images, result.blocked_trackers) == (1, 1)
        assert "example.org" not in result.html


@pytest.mark.parametrize("style", ["height:1px;background:url({})", "height:0;width:0;padding:20px;background:url({})"])
def test_backgrounds_of_lines_and_of_boxes_with_padding_are_no_trackers(style):
    result = clean(f'<div style="{style.format("https://example.org/t.gif")}">x</div>', allow_remote=True)
    assert result.blocked_images == 0
    assert "example.org" in result.html


@pytest.mark.parametrize(
    "rule",
    [
        "p:hover {{ color: red; background-image: url({}) }}",
        "a:visited {{ color: red; background: url({}) }}",
        "@media print {{ p {{ color: red; list-style: url({}) }} }}",
        "@media (max-width: 500px) {{ p {{ color: red; background: url({}) }} }}",
        "@media screen {{ @media (min-width: 9px) {{ p {{ color: red; background: url({}) }} }} }}",
    ],
)
def test_no_picture_tells_what_the_reader_does(rule):
    result = clean(f"<style>{rule.format('https://example.org/x')}</style><p>x</p>", allow_remote=True)
    assert "example.org" not in result.style
    assert "{ color: red }" in result.style


@pytest.mark.parametrize(
    "style",
    [
        "background:image-set(url({}) 1x)",
        "background:-webkit-image-set('{}' 1x)",
        "background:cross-fade(url({}), red, 1%)",
        "background:u\\72l({})",
        "background:url({}",
        "background:url(\"{}')",
        "background:src('{}')",
        "--x:url({});background:var(--x)",
        "content:url({})",
        "cursor:url({}),auto",
        "border-image:url({}) 1",
        "filter:url({})",
        "mask:url({})",
        "clip-path:url({})",
        "shape-outside:url({})",
        "font-family:'url({})'",
        "background:'url({})'",
        "background:attr(title url)",
        "width:url({})",
    ],
)
def test_styles_name_pictures_in_no_other_way(style):
    written = style.format("https://example.org/x").replace('"', "&quot;")
    result = clean(f'<p style="{written}" title="https://example.org/y">x</p>', allow_remote=True)
    assert "example.org/x" not in result.html
    sheet = clean(f"<style>p {{ {style.format('https://example.org/x')} }}</style>", allow_remote=True)
    assert "example.org" not in sheet.style or "\\" in style  # which is undone in a sheet, and then a url() as any


def test_a_marked_word_of_a_mail_is_an_address_like_any_other():
    word = marked_style("background:url(https://example.org/x)").partition(": ")[2]
    forged = (
        f'<p title="{word}" class="{word}" style="background: {word}; width: {word}; font-family: \'{word}\'">x</p>'
    )
    assert clean(forged).html == f'<p title="{word}" class="{word}" style="background:none">x</p>'
    assert clean(forged).blocked_images == 1
    assert clean(forged, allow_remote=True).html.count("https://example.org/x") == 1
    assert clean('<p style="background:our-picture-abc">x</p>', allow_remote=True).blocked_images == 0


def test_addresses_leave_their_brackets_nowhere():
    odd = "https://example.org/a)b'c&quot;d(e\\f g;h{{}}</style><script>&lt;x"
    shown = sanitize(f'<td background="{odd}">x</td><p background="{odd}">y', cid_url=lambda _: None, remote_url=str)
    (address,) = re.findall(r"url\(&quot;(.*?)&quot;\)", shown.html)
    assert re.fullmatch(r"[\w/.:@%=+?~-]+", address)


def test_the_last_gate_asks_whose_a_background_is():
    pictures = Pictures(lambda _: "/mail/part/2", None)
    pictures.painted(marked_style("background:url(cid:x)"))
    check = pictures.gate()["attribute_filter"]
    for style in ('background:url("/mail/part/2")', "background:url(/mail/part/2) red", "color:red"):
        assert check("p", "style", style) == style
    for style in ("background:url(/mail/part/3)", "background:URL( /mail/part/2)", "x:url(/mail/part/2),url('//e')"):
        assert check("p", "style", style) is None


def test_the_picture_of_a_picture_element_and_of_a_video():
    source = '<source srcset="https://example.org/a.webp 2x">'
    assert clean(f'<picture>{source}<img src="cid:pic"></picture><p>x</p>').html == '<img src="/mail/part/2"><p>x</p>'
    assert clean(f"<video>{source}<p>old</p></video><p>x</p>").html == "<p>x</p>"
    video = '<video width="300" poster="https://example.org/p.png" autoplay src="https://example.org/v">old</video>x'
    assert clean(video) == Sanitized('<img width="300">x', blocked_images=1)
    assert clean(video, allow_remote=True) == Sanitized('<img src="https://example.org/p.png" width="300">x')


def test_a_picture_with_a_set_of_addresses_alone():
    html = '<img srcset="https://example.org/1.png 1x, https://example.org/2.png 2x">'
    assert clean(html) == Sanitized("<img>", blocked_images=1)
    assert clean(html, allow_remote=True) == Sanitized('<img src="https://example.org/1.png">')


def test_pictures_of_the_message_itself():
    assert clean('<img src="cid:pic" alt="dot">').html == '<img src="/mail/part/2" alt="dot">'
    assert clean('<img src="CID:a%20b">').html == '<img src="/mail/part/3">'
    assert clean('<img src="cid:unknown" alt="gone">').html == '<img alt="gone">'


def test_only_our_own_relative_addresses_pass():
    assert (
        clean('<img src="cid:pic"><img src="/mail/part/9"><img src="x.png">').html
        == '<img src="/mail/part/2"><img><img>'
    )


def test_content_that_is_not_for_reading_goes_with_its_element():
    head = "<head><title>T</title><style>p{}</style></head>"
    html = f"{head}<p>a<script>b</script><svg><text>c</text></svg></p><textarea>d</textarea>"
    assert clean(html).html == "<p>a</p>"


def test_a_form_goes_but_its_text_stays():
    assert (
        clean("<form action=x><p>Dear reader <input value=a> <button>go</button></p></form>").html
        == "<p>Dear reader  </p>"
    )


def test_conditions_for_outlook():
    html = "a<!--[if mso]>b<![endif]-->c<![if !mso]>d<![endif]>e<!--[if !mso]><!-->f<!--<![endif]-->g"
    assert clean(html).html == "acdefg"


def test_the_body_becomes_a_box_with_its_colours():
    assert clean('<body bgcolor="#eeeeee" style="margin:0" onload="x">a</body>').html == (
        '<div style="background-color:#eeeeee;margin:0">a</div>'
    )
    assert clean("<html><body><p>a</p></body></html>").html == "<p>a</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<b><p>a</p></b>",
        '<font color="red"><center>a</center></font>',
        "<i><table><tbody><tr><td>a</td></tr></tbody></table></i>",
    ],
)
def test_formatting_reaches_into_blocks_as_in_browsers(html):
    assert clean(html).html == html


def test_a_link_around_a_table_stays_a_link():
    assert clean('<a href="https://example.org"><table><tr><td>Buy</td></tr></table></a>').html.startswith(
        '<a href="https'
    )


def test_unclosed_elements_end_where_browsers_end_them():
    assert (
        clean("<p>a<p>b<ul><li>c<li>d</ul><p>e<h1>f</h1>").html
        == "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul><p>e</p><h1>f</h1>"
    )


def test_a_newsletter_survives():
    html = decode_text(decode_transfer(part_bytes(mail("valid/newsletter"), "2"), "quoted-printable"), "utf-8")
    result = clean(html)
    assert (result.blocked_images, result.blocked_trackers, result.truncated) == (14, 1, False)
    assert "Story number 11" in result.html
    assert "Shown by all but one." in result.html
    assert "background:none #336699" in result.html
    assert "border-collapse" in result.html
    assert "cdn.example.com" not in result.html
    assert clean(html, allow_remote=True).html.count("https://cdn.example.com/") == 14
    assert "OfficeDocumentSettings" not in result.html


# -- nothing hostile comes through -----------------------------------------------------------------------------------


@pytest.mark.parametrize("surroundings", ["{}", "<p>before</p>{}<p>after</p>", "<table><tr><td>{}"])
@pytest.mark.parametrize("allow_remote", [False, True])
def test_hostile_bodies(surroundings, allow_remote):
    for name, body in CASES.items():
        result = clean(surroundings.replace("{}", body), allow_remote=allow_remote)
        judge(result.html, name)
        judge_sheet(result.style, name)
        if not allow_remote:
            assert 'src="h' not in result.html, name
        if not result.truncated:  # a browser may add levels of its own to what was cut
            again = clean(result.html, allow_remote=allow_remote).html
            assert again == re.sub(r' src="/mail/part/\d"', "", result.html), name


def test_hostile_fragments():
    for name, body in CASES.items():
        fragment = clean_fragment(body)
        judge(fragment.replace('src="cid:', 'src="https://cid.test/'), name)
        assert 'src="h' not in fragment, name


PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in sorted(TAGS)] + [f"</{tag}>" for tag in sorted(TAGS)]),
    st.sampled_from(BODIES + list(MUTATIONS.values())),
    st.sampled_from(
        ["<svg>", "<math>", "<style>", "</style>", "<title>", "<select>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;"]
    ),
    st.sampled_from(["<p style='", "<a href=", "<img src=", "'", '"', ">", "<", "&", "=", " ", "\0", "\r\n"]),
    st.text(max_size=8),
)


@given(st.lists(PIECES, max_size=25).map("".join), st.booleans())
@example('<svg></p><style><a title="</style><img src onerror=alert(1)>">', False)
@example("<form><form><math><mtext></form><form><mglyph><style><img src onerror=alert(1)>", True)
def test_anything_comes_out_within_the_lists_and_parses_to_itself(html, allow_remote):
    result = clean(html, allow_remote=allow_remote)
    judge(result.html)
    judge_sheet(result.style)
    judge(clean(result.html, allow_remote=allow_remote).html)
    assert reparsed(result.html) == result.html


@given(
    st.binary(max_size=300),
    st.sampled_from(["utf-8", "utf-7", "utf-16", "iso-2022-jp", "shift_jis", "x-unknown", ""]),
)
def test_no_bytes_in_any_charset_come_out_as_anything_else(octets, charset):
    result = clean(decode_text(octets, charset))
    judge(result.html)
    assert reparsed(result.html) == result.html


@given(st.text(alphabet=st.sampled_from("aurlexpsion:;()\\/*'\"-{}@#.,0 1\n"), max_size=60))
def test_any_style_is_within_its_grammar(style):
    kept = clean_style(style)
    assert "url" not in kept
    assert not set(kept) & set("\\{}@<>")
    assert clean_style(kept) == kept


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("background:url(http://x/y) #336699;color:#fff", "background: none #336699; color: #fff"),
        (
            "font-family:'Segoe UI',Arial;font:bold 12px/1.5 Arial",
            "font-family: 'Segoe UI',Arial; font: bold 12px/1.5 Arial",
        ),
        ("margin:0 auto;margin-top:-5px", "margin: 0 auto"),
        ("margin-left:calc(1px - 9px);width:calc(100% - 20px)", "width: calc(100% - 20px)"),
        ("position:fixed;z-index:9;transform:none;top:0", ""),
        ("height:100vh;width:100%", "width: 100%"),
        ("color:red !important;;mso-line-height-rule:exactly", "color: red !important"),
        ("background:image-set('a' 1x)", ""),
        ("color:\\72 ed", ""),
    ],
)
def test_styles(style, kept):
    assert clean_style(style) == kept.replace("'", '"')


# -- as bleach would have it -----------------------------------------------------------------------------------------

BENIGN = [
    "<p>Hello <b>world</b>, <i>how</i> are you?</p>",
    '<table width="100%"><tbody><tr><td align="center" colspan="2">a</td><td>b</td></tr></tbody></table>',
    '<ul><li>one</li><li value="3">two</li></ul><ol start="4"><li>x</li></ol>',
    '<blockquote type="cite"><p dir="rtl" lang="he">שלום</p></blockquote>',
    '<h1 style="color: red">a</h1><div style="padding: 3px">b</div><hr>',
    "<p onclick=alert(1) class=y data-z=1>a &amp; b &lt;c&gt;</p>",
    "<font face=Arial size=2 color=blue>x</font><center>y</center><pre>  z\n z</pre>",
    "<unknown>inner <b>bold</b></unknown>",
]


class Outline(HTMLParser):
    """Tags, attributes and text, without regard to how they are written."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[object] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, sorted((name, re.sub(r"\s+|;$", "", value or "")) for name, value in attributes)))

    def handle_data(self, data):
        self.found.append(data)


@pytest.mark.parametrize("html", BENIGN)
def test_the_same_as_bleach_where_both_can_read(html):
    css = CSSSanitizer(allowed_css_properties=STYLES)
    attributes = {tag: sorted(names) for tag, names in ATTRIBUTES.items()}
    expected = bleach.clean(html, tags=TAGS, attributes=attributes, css_sanitizer=css, strip=True)
    assert Outline(clean(html).html).found == Outline(expected).found


@pytest.mark.parametrize("allow_remote", [False, True])
def test_bleach_keeps_all_that_is_kept(allow_remote):
    """Over every hostile body and all HTML of the corpus: the rules over events are never laxer than bleach itself."""
    cleaner = bleach_cleaner(ATTRIBUTES, SCHEMES)
    for body in many_bodies():
        kept = clean(body, allow_remote=allow_remote)
        if not kept.truncated:
            assert Outline(cleaner.clean(kept.html)).found == Outline(kept.html).found, body[:500]


def test_bleach_keeps_all_that_is_kept_of_fragments():
    """Nor those of an editor, which know no classes."""
    cleaner = bleach_cleaner({tag: names - {"class"} for tag, names in ATTRIBUTES.items()}, SCHEMES | {"cid"})
    for body in many_bodies():
        kept = clean_fragment(body)
        if kept.count("<div>") < DEPTH_LIMIT:  # what is that deep was cut
            assert Outline(cleaner.clean(kept)).found == Outline(kept).found, body[:500]


def bleach_cleaner(attributes: Mapping[str, frozenset[str]], protocols: Collection[str]) -> Cleaner:
    return Cleaner(
        tags=TAGS,
        attributes={tag: sorted(names) for tag, names in attributes.items()},
        protocols=protocols,
        strip=True,
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=frozenset()),
    )


def many_bodies() -> list[str]:
    bodies = [*CASES.values(), *BENIGN, *corpus_html()]
    assert len(bodies) > 600
    return bodies


def corpus_html() -> list[str]:
    """Every HTML part of the corpus."""
    parts = [(raw, choose_body(from_bytes(raw)).html) for raw in map(mail, names())]
    return [
        decode_text(decode_transfer(part_bytes(raw, part.section), part.encoding), part.charset)
        for raw, part in parts
        if part
    ]


# -- limits ----------------------------------------------------------------------------------------------------------


def test_large_mail_is_cut_and_says_so():
    result = clean("<p>x</p>" * (SIZE_LIMIT // 8 + 1))
    assert result.truncated
    assert len(result.html) <= SIZE_LIMIT


def test_pictures_in_data_addresses_do_not_use_up_the_limit():
    picture = f'<img alt="A" src="data:image/png;base64,{"A" * SIZE_LIMIT}">'
    assert clean(f"<p>before</p>{picture}<p>after</p>") == Sanitized('<p>before</p><img alt="A"><p>after</p>')


def test_deep_mail_loses_elements_but_no_words():
    result = clean("<div>" * 3000 + "bottom")
    assert result.truncated
    assert "bottom" in result.html
    assert result.html.count("<div>") == DEPTH_LIMIT


def test_attributes_have_a_limit():
    assert clean("<p " + " ".join(f"a{n}" for n in range(60)) + ' title="late">x</p>').html == "<p>x</p>"


def test_pictures_have_a_limit():
    html = "".join(f"<img src=https://x.test/{number}>" for number in range(PICTURES_LIMIT + 5))
    result = clean(html + "<p background=https://x.test/z>x</p>", allow_remote=True)
    assert result.html.count("https://x.test/") == PICTURES_LIMIT
    assert result.blocked_images == 5


@pytest.mark.parametrize("name", HEAVY_HTML)
def test_heavy_html_is_light_work(name):
    started = time.process_time()
    result = clean(HEAVY_HTML[name])
    assert time.process_time() - started < 2
    judge(result.html)
    started = time.process_time()
    clean_fragment(HEAVY_HTML[name])
    assert time.process_time() - started < 2


def test_nothing_in_nothing_out():
    assert clean("") == clean(" \n") == clean("<!-- x -->") == Sanitized("")


def test_a_failing_part_address_gives_the_words():
    def broken(content_id: str) -> str:
        raise KeyError(content_id)

    assert sanitize("<p>some <b>words</b> &lt;</p><img src=cid:x>", cid_url=broken).html == "some words &amp;lt;"


def test_fragments_keep_pictures_of_the_message():
    assert (
        clean_fragment('<p class=x>a<img src="cid:a b"><img src="https://example.org/x"></p>')
        == '<p>a<img src="cid:a%20b"><img></p>'
    )
