"""HTML of mail as a stream of events, in linear time.

libxml2's parser recovers from anything, and as a stream it has neither the limits nor the quadratic costs of its tree
(2048 elements deep, long lists of attributes) and of HTML5 parsers (formatting elements opened again and again).
"""

import re
from typing import Any, Protocol

from lxml import etree

# <![if !mso]>…<![endif]> is no comment: its content is meant for every reader but one. The end of a real comment is
# left alone.
_REVEALED = re.compile(
    r"<!\[(?:if|endif)[^<>]{0,200}\](?!--)>"
    r"|<!--\[if[^<>]{0,200}\]><!--?>(?:\s*-->)?"
    r"|<!--<!\[endif\]-->",
    re.IGNORECASE,
)
# libxml2 follows HTML 4: it ends <b> at <p> and <a> at <table>, where browsers go on. It leaves alone what it does not
# know, so these go under an alias; but then it is ours to end a <p> at those that browsers end it at.
ENDS_PARAGRAPH = frozenset({"address", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul"})
_ALIASED = "a|b|big|font|i|s|small|span|strike|tt|u|" + "|".join(sorted(ENDS_PARAGRAPH))
_START = re.compile(rf"<(/?)({_ALIASED})(?=[\s/>])", re.IGNORECASE)
_ALIAS = "our-"
_CONTROL = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")


class Listener(Protocol):
    """Called for each start tag, end tag and text in the order of the document; the tags are balanced, comments are
    left out."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...
    def close(self) -> Any: ...


class _Unaliased:
    """Gives elements their names back."""

    def __init__(self, listener: Listener):
        self._start, self._end = listener.start, listener.end
        self.data, self.close = listener.data, listener.close

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._start(tag.removeprefix(_ALIAS), attributes)

    def end(self, tag: str) -> None:
        self._end(tag.removeprefix(_ALIAS))


def read_html(html: str, listener: Listener) -> Any:
    """Plays `html` to the listener; answers what its close() gives."""
    html = _CONTROL.sub("", _REVEALED.sub("", html))
    if not html.strip():
        return listener.close()
    html = _START.sub(rf"<\1{_ALIAS}\2", html)
    parser = etree.HTMLParser(target=_Unaliased(listener), no_network=True, huge_tree=True, encoding="utf-8")
    return etree.fromstring(html.encode("utf-8"), parser)


def bare_text(html: str) -> str:
    """What is left without markup: for input that broke everything else. Not escaped."""
    return " ".join(_TAG.sub(" ", html).split())
