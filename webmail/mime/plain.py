"""Plain text to HTML as people read it: links, quotes by their depth, what was quoted folded, signatures set off.

shown.py → render_text → lines with their depth (put together again where the sender broke them, RFC 3676) → which of
them are folded → _Writer, which escapes each piece and writes the few tags below; links.Links finds the addresses and
what is doubtful about them. Pure, linear in the text, and nothing of the text is ever markup.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from webmail.mime.links import Links
from webmail.mime.trust import Doubt

QUOTE_DEPTH_LIMIT = 20
QUOTES_LIMIT = 20_000  # <blockquote>s of a text; from there on quotes are one deep, or 2 MB of marks would write 40 MB
TEXT_LIMIT = 2_000_000  # characters turned into HTML
TAIL_LINES = 5  # a quote at the end is folded from here on: with fewer, the button would be in the way as well
LONG_LINES = 16  # any other quote
BARE_SIGNATURE_LINES = 8  # below a "--" that lost its space

_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_QUOTE = re.compile(r"(?:>[ ]?)+")
_SIGNATURE = "-- "
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# What some programs write above a text that they quote without marks.
_DIVIDER = re.compile(
    r"-{3,} ?(?:original (?:message|appointment)|ursprüngliche nachricht|originalnachricht|message d.origine"
    r"|message original|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original) ?-{3,}",
    re.IGNORECASE,
)
_FOOTER_OF_A_LIST = re.compile(r"[_=-]{5,}\s*|-- ?")

Line = tuple[int, str]  # depth of its quote, and the text behind the marks


@dataclass(frozen=True, slots=True)
class Rendered:
    html: str
    doubts: tuple[Doubt, ...] = ()  # of links that are not what they seem


def text_to_html(text: str, *, flowed: bool = False, delsp: bool = False) -> str:
    """All of render_text()'s HTML, nothing folded."""
    return render_text(text, flowed=flowed, delsp=delsp).html


def render_text(
    text: str,
    *,
    flowed: bool = False,
    delsp: bool = False,
    fold: str = "",
    folds_original: bool = True,
    known: Collection[str] = (),
) -> Rendered:
    """Escaped text with links, quotes as nested <blockquote>, the signature in a <footer>. Lines end in <br>; runs of
    spaces stay as they are, for a container with `white-space: pre-wrap` and a direction of its own; where some of the
    text runs from right to left, each paragraph is a <div dir="auto">.

    flowed, delsp: the parameters of text/plain (RFC 3676). `fold` is the label of the <details> around what is quoted
    at length, nothing is folded without it; `folds_original`: also what stands below "Original Message", which is the
    very content of a forwarded mail. `known`: hosts that others may be made to resemble (trust.py)."""
    raw = _CONTROL.sub("", "\n".join(text[:TEXT_LIMIT].splitlines())).split("\n")
    lines = list(_unflow(raw, delsp) if flowed else map(_unquote, raw))
    links = Links(known)
    writer = _Writer(links, by_paragraph=bool(_RIGHT_TO_LEFT.search(text, 0, TEXT_LIMIT)))
    pieces, position = [], 0
    for start, end in _folds(lines, folds_original) if fold else ():
        pieces += [*writer.write(lines[position:start]), f"<details><summary>{escape(fold)}</summary>"]
        pieces += [*writer.write(lines[start:end]), "</details>"]
        position = end
    pieces += writer.write(lines[position:])
    return Rendered("".join(pieces), links.doubts())


# -- lines -------------------------------------------------------------------------------------------------------------


def _unquote(line: str) -> Line:
    """ "> > a" is "a" at depth 2."""
    marks = _QUOTE.match(line)
    if not marks:
        return 0, line
    return min(marks[0].count(">"), QUOTE_DEPTH_LIMIT), line[marks.end() :]


def _unflow(lines: Iterable[str], delsp: bool) -> Iterator[Line]:
    """Puts the lines of a paragraph together again (RFC 3676, 4.1 to 4.4)."""
    depth = 0
    paragraph: list[str] = []
    for line in lines:
        rest = line.lstrip(">")
        line_depth = min(len(line) - len(rest), QUOTE_DEPTH_LIMIT)
        rest = rest.removeprefix(" ")  # stuffed
        if paragraph and (line_depth != depth or rest == _SIGNATURE):
            yield depth, "".join(paragraph)
            paragraph = []
        depth = line_depth
        flows = rest.endswith(" ") and rest != _SIGNATURE
        paragraph.append(rest[:-1] if flows and delsp else rest)
        if not flows:
            yield depth, "".join(paragraph)
            paragraph = []
    if paragraph:
        yield depth, "".join(paragraph)


# -- what is folded ----------------------------------------------------------------------------------------------------


def _folds(lines: Sequence[Line], folds_original: bool) -> list[tuple[int, int]]:
    """Ranges of lines, in order: the quote that a mail ends in, and any other that is long. What a mail consists of is
    never folded: where it says nothing of its own, everything stays open."""
    divider = _divider(lines) if folds_original else len(lines)
    runs = _quotes(lines, divider)
    if not _says_something(lines, runs, divider):
        return []
    ends = [start for start, _ in runs[1:]] + [divider]
    found = [run for run, end in zip(runs, ends, strict=False) if _is_worth_folding(lines, run, end)]
    return [*found, (divider, len(lines))] if len(lines) - divider >= TAIL_LINES else found


def _divider(lines: Sequence[Line]) -> int:
    return next((at for at, (depth, line) in enumerate(lines) if not depth and _DIVIDER.match(line)), len(lines))


def _quotes(lines: Sequence[Line], end: int) -> list[tuple[int, int]]:
    """Runs of quoted lines; empty lines between two of them belong to the quote."""
    runs: list[tuple[int, int]] = []
    blank_since: int | None = None
    for at in range(end):
        depth, line = lines[at]
        if depth:
            joined = runs and runs[-1][1] in (at, blank_since)
            runs[-1:] = [(runs[-1][0], at + 1)] if joined else [*runs[-1:], (at, at + 1)]
            blank_since = None
        elif line.strip():
            blank_since = None
        elif blank_since is None:
            blank_since = at
    return runs


def _says_something(lines: Sequence[Line], runs: Sequence[tuple[int, int]], end: int) -> bool:
    """Whether there is more of the writer's own than "On Monday, Ann wrote:" above each quote and a signature."""
    introductions = {at for start, _ in runs for at in range(max(start - 3, 0), start)}
    for at in range(end):
        depth, line = lines[at]
        if line == _SIGNATURE and not depth:
            return False
        if not depth and line.strip() and not (at in introductions and _introduces(lines, at)):
            return True
    return False


def _introduces(lines: Sequence[Line], at: int) -> bool:
    """A line that ends in a colon, or is the first half of one that does, right above a quote."""
    return any(lines[later][1].rstrip().endswith(":") for later in (at, at + 1) if later < len(lines))


def _is_worth_folding(lines: Sequence[Line], run: tuple[int, int], end: int) -> bool:
    """`end`: where the next run begins, or the text ends. Between two runs something is said, so no more is read."""
    start, stop = run
    length = sum(1 for _, line in lines[start:stop] if line.strip())
    after = next((line for _, line in lines[stop:end] if line.strip()), None)
    is_tail = after is None or bool(_FOOTER_OF_A_LIST.fullmatch(after))
    return length >= (TAIL_LINES if is_tail else LONG_LINES)


# -- writing -----------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes runs of lines; every element it opens in one it also closes there."""

    def __init__(self, links: Links, *, by_paragraph: bool):
        self._links = links
        self._quotes = 0
        self._by_paragraph = by_paragraph
        self._in_paragraph = False

    def write(self, lines: Sequence[Line]) -> Iterator[str]:
        depth, signature, separator = 0, False, ""
        for at, (line_depth, line) in enumerate(lines):
            if self._quotes > QUOTES_LIMIT:
                line_depth = min(line_depth, 1)
            begins = not signature and not line_depth and _begins_signature(lines, at)
            if line_depth != depth or begins:
                yield self._end_paragraph() + "</footer>" * (signature and line_depth > 0)
                signature = signature and not line_depth
                self._quotes += max(line_depth - depth, 0)
                yield "<blockquote>" * (line_depth - depth) + "</blockquote>" * (depth - line_depth)
                depth, separator = line_depth, ""
            if begins:
                yield "<footer>"
                signature = True
            yield self._paragraph(line) if self._by_paragraph else separator + self._links.linked(line)
            separator = "<br>"
        yield self._end_paragraph() + "</blockquote>" * depth + "</footer>" * signature

    def _paragraph(self, line: str) -> str:
        """The line as a part of one; an empty line ends it."""
        if not line.strip():
            return self._end_paragraph() + "<br>"
        before = "<br>" if self._in_paragraph else '<div dir="auto">'
        self._in_paragraph = True
        return before + self._links.linked(line)

    def _end_paragraph(self) -> str:
        was, self._in_paragraph = self._in_paragraph, False
        return "</div>" if was else ""


def _begins_signature(lines: Sequence[Line], at: int) -> bool:
    """RFC 3676, 4.3. Some programs cut the space at its end: then it counts near the end of the text only, so that a
    writer's own rule in the middle of it is none."""
    line = lines[at][1]
    if line != "--":
        return line == _SIGNATURE
    return 0 < len(lines) - at - 1 <= BARE_SIGNATURE_LINES
