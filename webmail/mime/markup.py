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
    r"<!\[(?:if|endif)[^<>]{0,200}\](?!--)>|<!--\[if[^<>]{0,200}\]><!--?>(?:\s*-->)?|<!--<!\[endif\]-->", re.IGNORECASE
)
_CONTROL = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")


class Listener(Protocol):
    """Called for each start tag, end tag and text in the order of the document; the tags are balanced, comments are
    left out."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...
    def close(self) -> Any: ...


def read_html(html: str, listener: Listener) -> Any:
    """Plays `html` to the listener; answers what its close() gives."""
    html = _CONTROL.sub("", _REVEALED.sub("", html))
    if not html.strip():
        return listener.close()
    parser = etree.HTMLParser(target=listener, no_network=True, huge_tree=True, encoding="utf-8")
    return etree.fromstring(html.encode("utf-8"), parser)


def bare_text(html: str) -> str:
    """What is left without markup: for input that broke everything else. Not escaped."""
    return " ".join(_TAG.sub(" ", html).split())
