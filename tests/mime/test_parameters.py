"""Content-Type and Content-Disposition, read and written; file names."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mime.corpus import mail
from webmail.mime.parameters import FILENAME_LIMIT, content_type, parse_value, safe_filename, write_parameter
from webmail.mime.structure import from_bytes


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"text/plain; charset=utf-8", ("text/plain", (("charset", "utf-8"),))),
        (b'TEXT/Plain;\r\n\tCharset="UTF-8" (comment)', ("text/plain", (("charset", "UTF-8"),))),
        (b'a/b; name="x;y\\"z"', ("a/b", (("name", 'x;y"z'),))),
        (b"a/b; x*0=one; x*1=two", ("a/b", (("x", "onetwo"),))),
        (b"a/b; x*1=two; x*0=one", ("a/b", (("x", "onetwo"),))),
        (b"a/b; x*=utf-8''%C3%A9; x=e", ("a/b", (("x", "é"),))),
        (b"a/b; x*=nonsense''%E9", ("a/b", (("x", "é"),))),
        (b"a/b; x*=%C3%A9", ("a/b", (("x", "é"),))),
        (b"a/b; x==?utf-8?q?=C3=A9?=", ("a/b", (("x", "é"),))),
        (b"a/b; x=\xe9; y", ("a/b", (("x", "é"),))),
        (b"a/b; x", ("a/b", ())),
        (b";;;", ("", ())),
        (b"a/b;; ; x=1;;", ("a/b", (("x", "1"),))),
        (b"", ("", ())),
    ],
)
def test_parse_value(raw, value):
    assert parse_value(raw) == value


@pytest.mark.parametrize(
    ("value", "usable"),
    [
        ("text/html", "text/html"),
        ("", "text/plain"),
        ("text", "text/plain"),
        ("text/", "text/plain"),
        ("text / html", "text/html"),
        ("pdf", "application/octet-stream"),
        ("text/html\xe9", "application/octet-stream"),
        ("image/png x", "text/plain"),
        ("image/", "text/plain"),
        ("<script>", "text/plain"),
        ("a/b/c", "text/plain"),
    ],
)
def test_content_type(value, usable):
    assert content_type(value) == usable


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Windows\\evil.exe", "C__Windows_evil.exe"),
        ('a\r\nSet-Cookie: b\0"<img>', "a Set-Cookie_ b__img_"),
        ("gnp.\u202eexe", "gnp.exe"),
        ("..", ""),
        (" .hidden ", "hidden"),
        ("日本語.txt", "日本語.txt"),
        ("x" * 300 + ".pdf", "x" * (FILENAME_LIMIT - 4) + ".pdf"),
        ("x" * 300, "x" * FILENAME_LIMIT),
    ],
)
def test_safe_filename(name, safe):
    assert safe_filename(name) == safe


@given(st.text())
def test_no_file_name_is_dangerous(name):
    safe = safe_filename(name)
    assert len(safe) <= FILENAME_LIMIT
    assert not set(safe) & set('/\\:*?"<>|\r\n\0')
    assert safe_filename(safe) == safe


def test_file_names_of_the_corpus():
    assert [part.filename for part in from_bytes(mail("valid/filename-rfc2231")).children] == [
        "",
        "résumé €.pdf",
        "Müll.txt",
    ]
    assert from_bytes(mail("valid/filename-rfc2047")).children[1].filename == "Bücher.xls"
    for part in from_bytes(mail("hostile/filenames")).walk():
        assert not set(part.filename) & set("/\\\r\n\0\u202e")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf", "Zs"]), min_size=1, max_size=300))
def test_written_parameters_read_back(value):
    pieces = write_parameter("filename", value)
    assert all(piece.isascii() and len(piece) <= 76 for piece in pieces)
    assert dict(parse_value("attachment; " + ";\r\n ".join(pieces))[1]) == {"filename": value} or "=?" in value


@pytest.mark.parametrize("run", [b";", b"; ", b";\t\t"])
def test_semicolons_cost_no_more_than_their_length(run):
    """A message may have thousands of such fields."""
    started = time.perf_counter()
    assert parse_value(b"a/b" + run * 9000) == ("a/b", ())
    assert time.perf_counter() - started < 0.2
