"""Addresses within plain text: found, cut where the sentence goes on, written as links, and looked at (trust.py).

Only http, https and mailto become links; a link opens a tab of its own that can't reach back and is not told where it
was clicked.
"""

import re
from collections.abc import Collection
from html import escape

from webmail.mime.trust import Doubt, doubtful_link

LINKS_LIMIT = 2_000  # of a text that are looked at
DOUBTS_LIMIT = 6

_LINK = re.compile(
    r"""(?P<url>\b(?:https?://|mailto:|www\.)[^\s<>"'`{}|\\^\x00-\x1f]{2,2000})
      | (?P<mail>(?<![\w.+\-/:@])[\w.+\-]{1,64}@(?:[a-z0-9\-]{1,63}\.){1,8}[a-z]{2,24}\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_ENDS_SENTENCE = frozenset(".,;:!?*_~…»”’›、。，．；：！？）】》」』")
_BRACKETS = {")": "(", "]": "["}


class Links:
    """Those of one text. `known`: hosts that others may be made to resemble."""

    def __init__(self, known: Collection[str] = ()):
        self._known = known
        self._found: dict[str, str] = {}  # where to: what it reads

    def linked(self, line: str) -> str:
        """Escapes first, piece by piece, so that nothing but the links is markup."""
        pieces, position = [], 0
        for match in _LINK.finditer(line):
            shown = _without_punctuation(match[0])
            if len(shown) < 5:
                continue
            pieces += [escape(line[position : match.start()]), self._anchor(shown, is_mail=match.lastgroup == "mail")]
            position = match.start() + len(shown)
        return "".join(pieces) + escape(line[position:])

    def doubts(self) -> tuple[Doubt, ...]:
        found = (doubtful_link(shown, target, self._known) for target, shown in self._found.items())
        return tuple(dict.fromkeys(filter(None, found)))[:DOUBTS_LIMIT]

    def _anchor(self, shown: str, *, is_mail: bool) -> str:
        target = f"mailto:{shown}" if is_mail else f"http://{shown}" if shown[:4].lower() == "www." else shown
        if target[:4].lower() == "http" and len(self._found) < LINKS_LIMIT:
            self._found[target] = shown
        return f'<a href="{escape(target)}" target="_blank" rel="noopener noreferrer">{escape(shown)}</a>'


def _without_punctuation(url: str) -> str:
    """A sentence's full stop is not part of the address, nor is a bracket that was opened before it."""
    end = len(url)
    surplus = {closing: url.count(closing) - url.count(opening) for closing, opening in _BRACKETS.items()}
    while end:
        last = url[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _ENDS_SENTENCE:
            break
        end -= 1
    return url[:end]
