"""Mail that did not come whole."""

import pytest

from webmail.mime.incomplete import Piece, breaks_off, piece_of
from webmail.mime.structure import from_bytes


@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        ("message/partial; id=x; number=2; total=3", Piece(2, 3)),
        ("message/partial; id=x; number=1", Piece(1, 0)),
        ("message/partial; number=-1; total=9999999", Piece(0, 0)),
        ("message/partial", Piece(0, 0)),
        ("text/plain; number=2; total=3", None),
    ],
)
def test_pieces(kind, piece):
    assert piece_of(from_bytes(f"Content-Type: {kind}\r\n\r\nx".encode())) == piece


@pytest.mark.parametrize(
    ("raw", "encoding", "does"),
    [
        (b"SGVsbG8=", "base64", False),
        (b"SGVs\r\nbG8=\r\n", "BASE64", False),
        (b"", "base64", False),
        (b"SGVsb", "base64", True),
        (b"SGVsbG8", "base64", True),
        (b"SGVsb", "7bit", False),
        (b"SGVsbG8=\r\n-- footer", "base64", False),
        (b"Zmly=c3Q=", "base64", False),  # written in pieces
    ],
)
def test_base64_that_breaks_off(raw, encoding, does):
    assert breaks_off(raw, encoding) == does
