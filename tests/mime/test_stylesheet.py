"""clean_sheet(): what <style> may say about a mail, and no word about anything else."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.hostile_html import SHEETS
from webmail.mime.sanitize import sanitize
from webmail.mime.style import LENGTH_LIMIT, clean_style, with_pictures
from webmail.mime.stylesheet import RULES_LIMIT, SHEET_LIMIT, clean_sheet


@pytest.mark.parametrize(
    ("selectors", "kept"),
    [
        ("p", "#mail p"),
        ("TD.a, .b", "#mail td.a, #mail .b"),
        ("td > p + a ~ span", "#mail td > p + a ~ span"),
        ("*", "#mail *"),
        ("#header p", "#mail .id-header.id-header p"),
        ("a:hover, li:nth-child(2n + 1)", "#mail a:hover, #mail li:nth-child(2n + 1)"),
        ("body", "#mail"),
        ("html body > table.x", "#mail table.x"),
        ("body.night p", "#mail .night p"),
        ("/* x */ p /* , body */", "#mail p"),
    ],
)
def test_selectors_reach_into_the_mail_alone(selectors, kept):
    assert clean_sheet(f"{selectors} {{ color: red }}") == f"{kept} {{ color: red }}"


@pytest.mark.parametrize(
    "selector",
    ["p::before", "[href]", "a[href^=x]", ":root", "p:has(a)", ":is(html)", "svg|a", "svg", "script", "p >> a", "> p",
     "p >", "p\\3a x", "&", "p:not(.x)", ".é", ".1", "#", "p <", "", ":host", "@x"],
)  # fmt: skip
def test_other_selectors_go_alone(selector):
    assert clean_sheet(f"{selector} {{ color: red }}") == ""
    if selector not in ("", "&", "@x"):
        assert clean_sheet(f"{selector}, p {{ color: red }}") in ("#mail p { color: red }", "")


@pytest.mark.parametrize(
    ("media", "kept"),
    [
        ("screen", "screen"),
        ("only  screen and (max-width:600px)", "only screen and (max-width:600px)"),
        ("(min-width: 30em) and (max-width: 60.5em)", "(min-width: 30em) and (max-width: 60.5em)"),
        ("print, speech, (hover)", "print"),
    ],
)
def test_media_by_width(media, kept):
    assert clean_sheet(f"@media {media} {{ p {{ color: red }} }}") == f"@media {kept} {{\n#mail p {{ color: red }}\n}}"
    assert clean_sheet("p { color: red }", media) == f"@media {kept} {{\n#mail p {{ color: red }}\n}}"


@pytest.mark.parametrize(
    "media",
    ["(prefers-color-scheme: dark)", "not screen", "(width > 1px)", "screen and (monochrome)", "(max-width: calc(1px))",
     "(max-width: 100vw)", "handheld", "x{}"],
)  # fmt: skip
def test_other_media_go_with_all_they_hold(media):
    assert clean_sheet(f"@media {media} {{ p {{ color: red }} }} p {{ color: blue }}") == "#mail p { color: blue }"
    assert clean_sheet("p { color: red }", media) == ""


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        ("p { background: #eee url(http://x.test/y) no-repeat }", "#mail p { background: #eee none no-repeat }"),
        ("p { color: red !important; position: fixed }", "#mail p { color: red !important }"),
        ("p { color: red; & b { color: blue } }", "#mail p { color: red }"),
        ("<!-- p { color: red } -->", "#mail p { color: red }"),
        ("p { color: red", "#mail p { color: red }"),
        ("p {} } q { color: red }", ""),
        ("@import 'x'; @font-face { src: url(x) } @keyframes a { from { top: 0 } } p { top: 0 }", ""),
    ],
)
def test_declarations_are_those_of_style_attributes(css, kept):
    assert with_pictures(clean_sheet(css), lambda _: None) == kept


PIECES = st.one_of(
    st.sampled_from(["p", "body", ".x", "#y", ",", " ", ">", "{", "}", "color:red", "background:url(//evil.test)", ";",
                     "@media", "@import", "screen", "(max-width:1px)", "(", ")", "'", '"',
                     "/*", "*/", "\\", "<", "</style>"]),
    st.sampled_from(SHEETS),
    st.text(max_size=4),
)  # fmt: skip


@given(st.lists(PIECES, max_size=20).map("".join))
def test_anything_comes_out_as_rules_about_the_mail(css):
    kept = clean_sheet(css)
    assert not set(kept) & set("<\\&")
    assert "url(" not in kept
    flat = re.sub(r"@media [\w\s(),.:-]+\{", "", kept)
    assert "@" not in flat
    for rule in flat.split("}"):
        assert "{" not in rule or rule.strip().startswith("#mail")


@pytest.mark.parametrize(
    "css",
    ["(" * 50_000, "p{" * 30_000, "@media screen{" * 5_000, "p{color:red}" * 8_000, "a," * 40_000 + "a{color:red}",
     "a " * 40_000 + "{color:red}", "." + "x" * 90_000 + "{color:red}", "/*" * 40_000, "p{color:" + "1 " * 40_000],
)  # fmt: skip
def test_heavy_sheets_are_light_work(css):
    started = time.process_time()
    clean_sheet(css)
    assert time.process_time() - started < 2


def test_comments_without_an_end_are_light_work():
    started = time.process_time()
    clean_sheet("p{color:red}", "/*a" * 300_000)
    clean_sheet('p[title="' + "/*a" * 30_000 + '"]{color:red}')
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "unit", [" ", "\n", "url(", "url( ", "url('", 'url("', "/*a", "- ", "calc(", "a ", "1 ", "'", ","]
)
@pytest.mark.parametrize("begin", ["", "width: ", "background: url("])
def test_heavy_declarations_are_light_work(begin, unit):
    started = time.process_time()
    clean_style((begin + unit * LENGTH_LIMIT)[:LENGTH_LIMIT])
    assert time.process_time() - started < 0.5


def test_limits():
    assert clean_sheet("p{color:red}" * (RULES_LIMIT + 5)).count("#mail") == RULES_LIMIT
    assert clean_sheet("p{color:red}" + " " * SHEET_LIMIT) == ""


def clean(html):
    return sanitize(html, cid_url=lambda _: None)


def test_sheets_of_head_and_body_are_collected():
    head = "<head><style>p { color: red }</style><style media=print>p { color: black }</style></head>"
    result = clean(f"{head}<body><p class='a b' id=c>x</p><style>.a {{ color: blue }}</style></body>")
    assert result.html == '<p class="a b id-c">x</p>'
    assert result.style == (
        "#mail p { color: red }\n@media print {\n#mail p { color: black }\n}\n#mail .a { color: blue }"
    )


@pytest.mark.parametrize(
    "html",
    ["<!--[if mso]><style>p { color: red }</style><![endif]-->", "<svg><style>p { color: red }</style></svg>",
     "<template><style>p { color: red }</style></template>", "<textarea><style>p { color: red }</style></textarea>",
     "<style media='(hover)'>p { color: red }</style>", "<p title='<style>p { color: red }</style>'>"],
)  # fmt: skip
def test_sheets_that_no_browser_would_follow(html):
    assert clean(html).style == ""
