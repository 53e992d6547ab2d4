"""Templates whose texts are put in without the engine, for fragments that are written often.

fill() → pattern() → the template as the engine writes it once for a language and a state, with holes where the texts go
→ texts, escaped as the engine would. A pattern holds nobody's text, so it serves everybody; patterns lie in this
process, bounded, and a restart writes them anew.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache

from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

PATTERNS = 256  # of ten kilobytes at most
_HOLE = re.compile("\0(.*?)\0")


def fill(template: str, texts: Mapping[str, object], **states: Hashable) -> SafeString:
    """What this template writes, in the language of this moment. It may compare and loop over `states`, of which there
    must be few; `texts` it only writes, without filters."""
    pattern = _pattern(template, get_language() or "", tuple(texts), tuple(states.items()))
    return mark_safe(pattern % {name: conditional_escape(str(text)) for name, text in texts.items()})  # noqa: S308 (escaped)


@lru_cache(maxsize=PATTERNS)
def _pattern(template: str, language: str, names: tuple[str, ...], states: tuple[tuple[str, Hashable], ...]) -> str:
    return pattern_of(get_template(template).render({**marks_of(names), **dict(states)}))


def marks_of(names: Iterable[str]) -> dict[str, SafeString]:
    """What stands for texts while a template is written as a pattern."""
    return {name: mark_safe(f"\0{name}\0") for name in names}  # noqa: S308 (a mark, not a text)


def pattern_of(markup: str) -> str:
    """With %(name)s where the marks are."""
    return _HOLE.sub(r"%(\1)s", markup.replace("%", "%%"))
