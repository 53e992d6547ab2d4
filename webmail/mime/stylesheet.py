"""<style> of mail, scoped: rules that reach nothing but the mail's own elements, load nothing and paint over nothing.

sanitize() collects the text of each <style> → clean_sheet() → Sanitized.style → a <style> of the frame's document,
where the mail's elements lie within <div id="mail">. tinycss2 finds the rules; a selector, a media query and a
declaration (style.py) each must match a grammar of their own, in whose characters no "<", "{", "}", "@" or "\\" is:
what is written can't be read as anything else. What does not match is left out, alone. Pictures stay as the marked
words of style.py, but only where they load with the mail itself: one that loaded when the reader points at something,
prints or makes the window narrow would tell its sender of it.

Mail keeps no `id`: its ids become classes (see class_names), so `#header` is written as `.id-header.id-header`, twice
so that it still outweighs a class.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import tinycss2

from webmail.mime.allowed import TAGS
from webmail.mime.style import MARK, marked_style

SCOPE = "#mail"
SHEET_LIMIT = 100_000  # characters of one <style>
RULES_LIMIT = 2_000
SELECTORS_LIMIT = 50  # of one rule
SELECTOR_LIMIT = 400  # characters
NAMES_LIMIT = 12  # classes of one element
NESTING_LIMIT = 2  # @media in @media
ANYWHERE = ("", "all", "screen", "only screen")  # media in which every mail is read

_NAME = r"-?[A-Za-z_][\w-]{0,80}"
_CLASS = re.compile(_NAME, re.ASCII)
_PSEUDO = (
    r"first-child|last-child|only-child|first-of-type|last-of-type|link|visited|hover|active|focus|empty|"
    r"nth-(?:last-)?(?:child|of-type)\(\s*(?:odd|even|[+-]?\d{0,3}n?(?:\s*[+-]\s*\d{1,3})?)\s*\)"
)
_COMPOUND = re.compile(rf"(\*|[A-Za-z][A-Za-z0-9]*)?((?:[.#]{_NAME})*)((?::(?:{_PSEUDO}))*)", re.ASCII)
_ACTS = re.compile(r":(?:hover|active|focus|visited)\b")
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
_ID = re.compile(rf"#({_NAME})", re.ASCII)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)  # one without an end too, or each beginning is a search for it
_ROOTS = frozenset({"html", "body"})
_NAMES = TAGS | _ROOTS | {"*", ""}
# No prefers-color-scheme: in the dark the whole frame is turned round, the mail's own dark colours with it.
_FEATURE = r"\(\s*(?:min|max)-(?:device-)?width\s*:\s*\d{1,5}(?:\.\d{1,3})?(?:px|em|rem)\s*\)"
_MEDIUM = r"(?:only\s+)?(?:screen|print|all)"
_QUERY = re.compile(rf"(?:{_MEDIUM}|{_FEATURE})(?:\s+and\s+{_FEATURE})*")


@lru_cache(maxsize=16)  # a sender's newsletters share theirs
def clean_sheet(css: str, media: str = "") -> str:
    """The rules of one <style> that may stay, scoped, their pictures marked for style.with_pictures(); "" if none may.
    `media`: its attribute. Never raises."""
    queries = _media(media) if media.strip() else ""
    if len(css) > SHEET_LIMIT or (media.strip() and not queries):
        return ""
    try:
        rules = tinycss2.parse_stylesheet(_unwrapped(css), skip_comments=True, skip_whitespace=True)
        kept = "\n".join(_rules(rules[:RULES_LIMIT], NESTING_LIMIT, pictures=queries in ANYWHERE))
    except RecursionError:  # thousands of brackets
        return ""
    return f"@media {queries} {{\n{kept}\n}}" if kept and queries else kept


def class_names(attributes: dict[str, str]) -> str:
    """The classes that an element of the mail may have: its own ones, and its id as one of them."""
    wanted = attributes.get("class", "").split()[:NAMES_LIMIT]
    kept = [name for name in wanted if _CLASS.fullmatch(name)]
    own_id = attributes.get("id", "")
    if _CLASS.fullmatch(own_id):
        kept.append(f"id-{own_id}")
    return " ".join(dict.fromkeys(kept))


def _unwrapped(css: str) -> str:
    """Without the comment that hid it from the browsers of 1996."""
    return css.replace("<!--", " ").replace("-->", " ")


def _rules(rules: Iterable[Any], depth: int, pictures: bool) -> Iterator[str]:
    """`pictures`: whether they may name any."""
    for rule in rules:
        if rule.type == "qualified-rule":
            kept = _rule(rule, pictures)
        elif rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content and depth:
            kept = _media_rule(rule, depth - 1, pictures)
        else:
            kept = ""
        if kept:
            yield kept


def _rule(rule: Any, pictures: bool) -> str:
    selectors = _selectors(tinycss2.serialize(rule.prelude))
    declarations = marked_style(tinycss2.serialize(rule.content)) if selectors else ""
    if MARK in declarations and (not pictures or _ACTS.search(selectors)):
        # Not "none", which would take away the picture that the element has otherwise.
        declarations = "; ".join(one for one in declarations.split("; ") if MARK not in one)
    return f"{selectors} {{ {declarations} }}" if declarations else ""


def _media_rule(rule: Any, depth: int, pictures: bool) -> str:
    queries = _media(tinycss2.serialize(rule.prelude))
    if not queries:
        return ""
    rules = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
    kept = "\n".join(_rules(rules, depth, pictures and queries in ANYWHERE))
    return f"@media {queries} {{\n{kept}\n}}" if kept else ""


def _media(prelude: str) -> str:
    """The queries of a list that ask for nothing but a width and a medium."""
    queries = (" ".join(query.split()) for query in _COMMENT.sub(" ", prelude).lower().split(","))
    return ", ".join(query for query in queries if _QUERY.fullmatch(query))


def _selectors(prelude: str) -> str:
    given = _COMMENT.sub(" ", prelude).split(",")[:SELECTORS_LIMIT]
    return ", ".join(kept for selector in given if (kept := _selector(selector.strip())))


def _selector(selector: str) -> str:
    """`selector` within the mail; what it says of html and body is said of the mail's own box. "" if it may not
    stay."""
    written, place, combinator = [SCOPE], 0, " "
    if not selector or len(selector) > SELECTOR_LIMIT:
        return ""
    while place < len(selector):
        compound = _COMPOUND.match(selector, place)
        if not compound or not compound[0] or (compound[1] or "").lower() not in _NAMES:
            return ""
        name = (compound[1] or "").lower()
        classes, pseudo = _ID.sub(r".id-\1.id-\1", compound[2]), compound[3]
        if name in _ROOTS:
            written = [SCOPE, f" {classes}{pseudo}"] if classes else [SCOPE]
        else:
            written.append(f"{combinator if len(written) > 1 else ' '}{name}{classes}{pseudo}")
        following = _COMBINATOR.match(selector, compound.end())
        if not following:
            return "".join(written) if compound.end() == len(selector) else ""
        place, combinator = following.end(), f" {following[1]} " if following[1] else " "
    return ""
