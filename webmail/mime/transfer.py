"""Content-Transfer-Encoding undone (RFC 2045, 6), in one piece or chunk by chunk. Damage is tolerated: what can be read
is given."""

import binascii
import re

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_SPACE_AFTER_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_NO_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n)")
_ESCAPE_BEGUN = re.compile(rb"=(?:[ \t]{0,998}\r?|[0-9A-Fa-f])\Z")


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """The content behind base64 or quoted-printable; any other encoding means that the octets are the content."""
    decoder = TransferDecoder(encoding)
    return decoder.feed(data) + decoder.flush()


class TransferDecoder:
    """The same in chunks of any size: feed() each, then flush() once. Memory stays with the chunk's size."""

    def __init__(self, encoding: str):
        self._encoding = encoding.strip().lower()
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        if self._encoding == "base64":
            return self._feed_base64(data)
        if self._encoding == "quoted-printable":
            return self._feed_quoted_printable(data)
        return data

    def flush(self) -> bytes:
        rest, self._rest = self._rest, b""
        if self._encoding == "base64":
            return _base64_run(rest)
        return b"" if rest.startswith(b"=") and not rest[1:].strip() else rest

    def _feed_base64(self, data: bytes) -> bytes:
        """Padding ends a run, not the content: some senders encode in pieces and put the pieces together."""
        runs = (self._rest + data.translate(None, _NOT_BASE64)).split(b"=")
        whole = len(runs[-1]) // 4 * 4
        self._rest = runs[-1][whole:]
        return b"".join(_base64_run(run) for run in (*runs[:-1], runs[-1][:whole]))

    def _feed_quoted_printable(self, data: bytes) -> bytes:
        data = self._rest + data
        begun = _ESCAPE_BEGUN.match(data, data.rfind(b"=")) if b"=" in data[-1001:] else None
        end = begun.start() if begun else len(data)
        self._rest = data[end:]
        data = _SPACE_AFTER_SOFT_BREAK.sub(b"=", data[:end])
        return binascii.a2b_qp(_NO_ESCAPE.sub(b"=3D", data))


def _base64_run(run: bytes) -> bytes:
    if len(run) % 4 == 1:  # six bits of nothing: the rest of a damaged run
        run = run[:-1]
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
