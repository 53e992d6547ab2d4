"""Text as people read it: HTML to plain text, and the preview line of a list.

The reading side's one import: the two decoders live in charsets.py and transfer.py, plain text in plain.py.
"""

import re

from webmail.mime.allowed import DROPPED, names
from webmail.mime.charsets import decode_text
from webmail.mime.markup import read_html
from webmail.mime.plain import QUOTE_DEPTH_LIMIT, Rendered, render_text, text_to_html
from webmail.mime.transfer import TransferDecoder, decode_transfer

__all__ = [
    "Rendered",
    "TransferDecoder",
    "decode_text",
    "decode_transfer",
    "html_to_text",
    "render_text",
    "snippet",
    "text_to_html",
]

HTML_LIMIT = 1_000_000  # characters of HTML turned into text
SNIPPET_LENGTH = 200

_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]"
)

_SKIPPED = DROPPED
_BLOCKS = names(
    "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html li main nav ol p pre section table tr ul"
)
_PARAGRAPHS = names("blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul")
_WHITE = re.compile(r"[ \t\r\n\f]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def html_to_text(html: str) -> str:
    """Plain text to quote or to send beside HTML: blocks on lines of their own, quotes with ">", the addresses of links
    in brackets."""
    return read_html(html[:HTML_LIMIT], _TextWriter())


class _TextWriter:
    """Hears one document (markup.Listener) and writes its text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quote = 0
        self.preformatted = 0
        self.skipped = 0  # elements open within a skipped one, itself included
        self.link = "", 0  # the open one (links do not nest): its address, and where its text begins in `line`

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.skipped or tag in _SKIPPED:
            self.skipped += 1
        else:
            self._open(tag, attributes)

    def end(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
        else:
            self._close(tag)

    def data(self, text: str) -> None:
        if not self.skipped:
            self._say(text)

    def close(self) -> str:
        self._break()
        self._trim()
        return _BLANK_LINES.sub("\n\n", "\n".join(self.lines)).strip("\n")

    def _say(self, text: str) -> None:
        if not self.preformatted:
            self.line.append(_WHITE.sub(" ", text))
            return
        first, *others = text.split("\n")
        self.line.append(first)
        for line in others:
            self._break(keep=True)
            self.line.append(line)

    def _break(self, *, keep: bool = False, blank: bool = False) -> None:
        """Ends the line; an empty one counts only if it is kept (<br>, <pre>) or sets off a paragraph."""
        line = "".join(self.line)
        line = line.rstrip() if self.preformatted else re.sub(r" +", " ", line).strip(" ").replace("\xa0", " ")
        self.line = []
        mark = self._mark()
        if line or keep:
            self.lines.append(mark + line if line else mark.rstrip())
        if blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append(mark.rstrip())

    def _mark(self) -> str:
        return "> " * min(self.quote, QUOTE_DEPTH_LIMIT)

    def _trim(self) -> None:
        """A quote does not end in empty lines."""
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "br":
            self._break(keep=True)
        elif tag in _BLOCKS:
            self._break(blank=tag in _PARAGRAPHS)
        if tag == "li":
            self.line.append("* ")
        elif tag == "hr":
            self.lines.append(self._mark() + "-" * 20)
        elif tag == "img":
            self.line.append(attributes.get("alt", ""))
        elif tag == "a":
            self.link = attributes.get("href", "").strip(), len(self.line)
        elif tag == "pre":
            self.preformatted += 1
        elif tag == "blockquote":
            self.quote += 1

    def _close(self, tag: str) -> None:
        if tag == "a":
            self._say_address(*self.link)
            self.link = "", 0
        elif tag in ("td", "th"):
            self.line.append(" ")
        elif tag in _BLOCKS:
            self._break()
        if tag == "pre":
            self.preformatted -= 1
        elif tag == "blockquote":
            self._trim()
            self.quote -= 1
        if tag in _PARAGRAPHS:
            self._break(blank=True)

    def _say_address(self, address: str, begin: int) -> None:
        if not address.startswith(("http://", "https://")):
            return
        shown = "".join(self.line[begin:]).strip()
        if shown and shown not in (address, address.partition("://")[2].rstrip("/")):
            self.line.append(f" <{address}>")


def snippet(text: str) -> str:
    """The first words of a plain text as one line of at most SNIPPET_LENGTH characters, without quotes, signature and
    invisible filling."""
    kept: list[str] = []
    length = 0
    for line in text[:20_000].splitlines():
        if line.rstrip() == "--" or length > SNIPPET_LENGTH:
            break
        line = " ".join(_INVISIBLE.sub("", _CONTROL.sub("", line)).split())
        if line and line[0] != ">" and line.strip("-_=*#~ "):
            kept.append(line)
            length += len(line) + 1
    line = " ".join(kept)
    return line if len(line) <= SNIPPET_LENGTH else line[: SNIPPET_LENGTH - 1].rstrip() + "…"
