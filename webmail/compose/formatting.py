"""Formatted text of a mail: the way from plain text and back, and what an answer quotes.

    editor of the page (cleaned by DOMPurify) → form field `html` → ComposeForm → clean_fragment → Draft.html
    Draft.html → Letter → multipart/alternative; its plain text is html_to_text(html), made when the form comes in

Where `html` is empty, the mail is plain text: in the form, in the draft and in the letter alike. Nothing is changed
after clean_fragment, and a page without JavaScript sends no html at all.
"""

import re
from html import escape

from webmail.mime.sanitize import FRAGMENT_LIMIT, clean_fragment
from webmail.mime.text import html_to_text, text_to_html

HTML_LIMIT = FRAGMENT_LIMIT  # characters of a mail; clean_fragment cuts what is longer, so the form refuses it
QUOTE_LIMIT = 100_000  # characters of a quote, to leave room for the answer
TEXT_LIMIT = 40_000  # characters of plain text that become formatted
EMPTY_LINE = '<div dir="auto"><br></div>'  # each line in its own direction, as the editor writes it

_SPACES = re.compile("  +")
_BEFORE_SIGNATURE = re.compile(r"(?m)\n(?=-- $)")


def from_text(text: str) -> str:
    """Plain text as clean HTML: lines, quotes, links and the signature in a <footer>, none of its spaces lost."""
    text = _BEFORE_SIGNATURE.sub("\n\n", "\n".join(text.splitlines()))  # the end of a line before a block shows nothing
    html = text_to_html(_SPACES.sub(lambda run: "\xa0" * (len(run[0]) - 1) + " ", text))
    return html.replace("<footer>-- ", "<footer>--&nbsp;")  # the space is part of the mark (RFC 3676, 4.3)


def received(html: str, limit: int = QUOTE_LIMIT) -> str:
    """The HTML of somebody else's mail, clean; as words where it is larger than `limit`, for half a page of markup is
    none."""
    if len(html) <= FRAGMENT_LIMIT and len(clean := clean_fragment(html)) <= limit:
        return clean
    return from_text(html_to_text(html)[:TEXT_LIMIT])


def begun(text: str) -> str:
    """What a mail begins with, with the empty lines to write on that stand above a signature."""
    written = text.lstrip("\n")
    lines = len(text) - len(written) if written else 1
    return EMPTY_LINE * lines + from_text(written)


def quoted(html: str, intro: str) -> str:
    """Clean HTML as a quote, below the lines that say whose it is. Empty for nothing."""
    if not html:
        return ""
    lines = "<br>".join(map(escape, intro.splitlines()))
    return f'{EMPTY_LINE}<div dir="auto">{lines}</div><blockquote type="cite">{html}</blockquote>'
