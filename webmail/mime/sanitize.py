"""HTML of mail to HTML that is safe to show. Three walls, the first two in here; the third is the sandboxed frame with
its own CSP.

    sanitize(html) → markup.read_html (lxml) → _Washer hears tags and text: drops what is not for reading, limits depth
    and attributes, rewrites links and pictures, and asks bleach's rules about every start tag (memoised) → nh3, another
    parser, with the same lists, and a check of every url() in a style. The text of each <style> goes another way:
    stylesheet.clean_sheet → Sanitized.style. Pictures of styles are marked words until their addresses are known
    (style.py); all of them, those of <img> too, have theirs from loading.Pictures.

bleach will get no more fixes and its own parser has quadratic inputs, of 150,000 "&lt;" it copies the text as often:
that is why it only judges, and never stands alone. No text of the input is ever edited after the last gate. A message
that breaks one of the walls is shown as its bare text.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

import nh3
from bleach.sanitizer import BleachSanitizerFilter

from webmail.mime.allowed import ATTRIBUTES, DROPPED, SCHEMES, STYLES, TAGS, VOID
from webmail.mime.loading import WEB, Pictures, is_unseen, is_unseen_box, tidy_url, whole_url
from webmail.mime.markup import ENDS_PARAGRAPH, bare_text, read_html
from webmail.mime.style import MARK, background_style, clean_style, marked_style
from webmail.mime.stylesheet import class_names, clean_sheet
from webmail.mime.trust import Doubt, doubtful_link

SIZE_LIMIT = 1_000_000  # characters of HTML
DEPTH_LIMIT = 100  # elements within elements
ATTRIBUTE_LIMIT = 40  # of one element
LINKS_LIMIT = 2_000  # that are looked at
DOUBTS_LIMIT = 6
SHEETS_LIMIT = 20  # of one mail
FRAGMENT_LIMIT = 150_000  # characters
PASSES_LIMIT = 6

_OTHER_LINKS = re.compile(r"(?:mailto|tel):[^/\\]", re.IGNORECASE)
_DATA = re.compile(r"data:[\w/+.\-]{1,60};base64,[A-Za-z0-9+/=%]+")  # never shown, and should not use up the limit
_COLOUR = re.compile(r"#?\w{3,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sanitized:
    """`html` and `style` belong together: the rules of `style` (for a <style>, they hold no "<") are about the elements
    of `html` within an element of the id "mail"."""

    html: str
    blocked_images: int = 0  # remote pictures that were left out, those of backgrounds too
    blocked_trackers: int = 0  # those of them that nobody could have seen: left out even where pictures are allowed
    truncated: bool = False  # the mail was too large or too deeply nested, and something of it is missing
    style: str = ""
    doubts: tuple[Doubt, ...] = ()  # of links that are not what they seem


class _Rules(BleachSanitizerFilter):
    """bleach's judgement of one start tag. It keeps no state between two tags, so one serves all threads."""

    def __init__(self, clean: Callable[[str], str], *, without: Collection[str] = ()) -> None:
        """`clean`: of a style. `without`: attributes that do not pass, though they are on the list."""
        super().__init__(
            source=(),
            allowed_tags=TAGS,
            attributes={tag: sorted(names.difference(without)) for tag, names in ATTRIBUTES.items()},
            allowed_protocols=SCHEMES | {"cid"},
            css_sanitizer=_Style(clean),
        )

    def attributes(self, tag: str, attributes: dict[str, str]) -> dict[str, str]:
        token = {"type": "StartTag", "name": tag, "data": {(None, name): value for name, value in attributes.items()}}
        judged = self.allow_token(token)["data"]
        return {name: value for (_, name), value in judged.items() if value or name not in ("class", "style")}


class _Style:
    """What bleach asks about a style attribute."""

    def __init__(self, clean: Callable[[str], str]):
        self.sanitize_css = clean


_RULES = _Rules(marked_style)
# Of what an editor gets: it is part of the application's own page, whose classes mean something.
_FRAGMENT_RULES = _Rules(clean_style, without={"class"})


def sanitize(
    html: str,
    *,
    cid_url: Callable[[str], str | None],
    remote_url: Callable[[str], str | None] | None = None,
    known: Collection[str] = (),
) -> Sanitized:
    """The HTML of one part, safe to show in the message's frame. Never raises.

    `cid_url` gives the address of the part with that Content-ID, or None; it may be relative, for nothing else in the
    result is. Remote pictures lose their address (but keep alternative text and size); with the reader's consent
    `remote_url` gives the address that stands for theirs, or None.
    `known`: hosts that links may be made to resemble (trust.py).
    """
    washer = _Washer(cid_url, remote_url)
    html = _DATA.sub("data:", html)
    truncated = len(html) > SIZE_LIMIT
    if truncated:
        html = html[: html.rfind("<", 0, SIZE_LIMIT) + 1 or SIZE_LIMIT].removesuffix("<")
    try:
        washed = read_html(html, washer)
        clean = _last_gate(washed, **washer.pictures.gate())
    except Exception:  # whatever breaks a parser: the reader gets the words, and nothing else
        clean = _as_words(html)
    style = washer.sheets()
    return Sanitized(
        clean,
        washer.pictures.blocked,
        washer.pictures.trackers,
        truncated or washer.cut,
        style=style,
        doubts=washer.doubts(known),
    )


_GATE: dict[str, Any] = {
    "tags": set(TAGS),
    "attributes": {tag: set(names) - {"rel"} for tag, names in ATTRIBUTES.items()},
    "clean_content_tags": set(DROPPED),
    "filter_style_properties": set(STYLES),
    "url_schemes": set(SCHEMES),
    "url_relative": "deny",
    "link_rel": "noopener noreferrer",
    "strip_comments": True,
}


def _last_gate(html: str, **changes: Any) -> str:
    """Until it parses to itself, so that a browser reads what was judged: nothing moves any more (mutation XSS)."""
    for _ in range(PASSES_LIMIT):
        clean = nh3.clean(html, **{**_GATE, **changes}).strip()
        if clean == html:
            return clean
        html = clean
    raise ValueError("markup that never comes to rest")


def _as_words(html: str) -> str:
    return escape(bare_text(html))


class _Washer:
    """Hears one document (markup.Listener) and writes the part of it that may stay."""

    def __init__(
        self,
        cid_url: Callable[[str], str | None],
        remote_url: Callable[[str], str | None] | None = None,
        rules: _Rules = _RULES,
    ):
        self.pictures = Pictures(cid_url, remote_url)
        self._rules = rules
        self.cut = False
        self._written: list[str] = []
        self._open: list[tuple[str, str]] = []  # (tag, what to write at its end)
        self._depth = 0
        self._dropped = 0  # elements open within a dropped one, itself included
        self._sheets = _Sheets()
        self._links: list[tuple[str, list[str]]] = []  # (where to, text)
        self._in_link = False
        self._known: dict[tuple[Any, ...], _Element] = {}
        self._judgements: dict[tuple[Any, ...], dict[str, str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._dropped or tag in DROPPED:
            if tag == "video" and not self._dropped and "poster" in attributes:
                self._written.append(self._image({**attributes, "src": attributes["poster"]}))
            self._dropped += 1
            self._sheets.start(tag, attributes)
            return
        if len(attributes) > ATTRIBUTE_LIMIT:
            attributes = dict(list(attributes.items())[:ATTRIBUTE_LIMIT])
        if "background" in attributes:
            background = "" if self.pictures.is_full else background_style(attributes["background"])
            attributes["style"] = background + attributes.get("style", "")
        if "class" in attributes or "id" in attributes:
            attributes["class"] = class_names(attributes)
        if tag in ENDS_PARAGRAPH and self._open and self._open[-1][0] == "p":
            self._written.append(self._open[-1][1])
            self._open[-1] = ("p", "")
        before, after = self._element(tag, attributes)
        if after and self._depth >= DEPTH_LIMIT:
            self.cut, before, after = True, "", ""
        self._depth += bool(after)
        self._open.append((tag, after))
        self._written.append(before)

    def end(self, tag: str) -> None:
        if self._dropped:
            self._dropped -= 1
            self._sheets.end()
        elif self._open and self._open[-1][0] == tag:
            after = self._open.pop()[1]
            self._in_link = self._in_link and tag != "a"
            self._depth -= bool(after)
            self._written.append(after)

    def data(self, text: str) -> None:
        if self._dropped:
            self._sheets.data(text)
        else:
            self._written.append(escape(text, quote=False))
            if self._in_link:
                self._links[-1][1].append(text)

    def doubts(self, known: Collection[str]) -> tuple[Doubt, ...]:
        found = (doubtful_link("".join(text), target, known) for target, text in self._links)
        return tuple(dict.fromkeys(filter(None, found)))[:DOUBTS_LIMIT]

    def close(self) -> str:
        return "".join(self._written)

    def _element(self, tag: str, attributes: dict[str, str]) -> tuple[str, str]:
        """What to write for the element: its start tag and its end tag, both empty if only its content stays."""
        if tag == "img":
            return self._image(attributes), ""
        if tag == "a":
            return self._link(attributes)
        key = (tag, *attributes.items())
        if key not in self._known:
            self._known[key] = _plain_element(tag, attributes, self._rules)
        known = self._known[key]
        return self._start(*known.pictured) if known.pictured else known.start, known.end

    def _start(self, tag: str, attributes: dict[str, str], unseen: bool = False) -> str:
        """A start tag, with the addresses of the pictures in its style."""
        if MARK in (style := attributes.get("style", "")):
            painted = self.pictures.painted(style, unseen or is_unseen_box(attributes))
            attributes = {**attributes, "style": painted}
        return _start_tag(tag, attributes)

    def _judged(self, tag: str, name: str, address: str, attributes: dict[str, str]) -> dict[str, str]:
        """What bleach leaves of the attributes. Of an address it judges the scheme and the host, so that it need not be
        asked again for each of a newsletter's hundred links."""
        web = WEB.match(address)
        judged = web[0] if web else address
        key = (tag, judged, *attributes.items())
        if key not in self._judgements:
            self._judgements[key] = self._rules.attributes(tag, {**attributes, name: judged})
        wanted = dict(self._judgements[key])
        if name in wanted:
            wanted[name] = address
        return wanted

    def _link(self, attributes: dict[str, str]) -> tuple[str, str]:
        """Opens in a new tab without telling where it was clicked; what is no safe link is text."""
        target = tidy_url(attributes.pop("href", ""))
        wanted = self._judged("a", "href", target, attributes)
        others = {name: value for name, value in wanted.items() if name not in ATTRIBUTES["a"]}
        self._in_link = "href" in wanted and bool(WEB.match(target)) and len(self._links) < LINKS_LIMIT
        if self._in_link:
            self._links.append((target, []))
        tag = "span"
        if "href" in wanted and (WEB.match(target) or _OTHER_LINKS.match(target)):
            tag, others = "a", {"href": target, **others, "target": "_blank", "rel": "noopener noreferrer"}
        return self._start(tag, others), f"</{tag}>"

    def _image(self, attributes: dict[str, str]) -> str:
        given = attributes.pop("src", "") or attributes.get("srcset", "").partition(" ")[0].rstrip(",")
        wanted = self._judged("img", "src", whole_url(given), attributes)
        source = wanted.pop("src", "")
        unseen = is_unseen(wanted)
        address = self.pictures.address_of(source, unseen)
        if unseen and WEB.match(source):
            return ""
        return self._start("img", {"src": address, **wanted} if address else wanted, unseen)

    def sheets(self) -> str:
        """The rules of all <style> of the mail."""
        return self.pictures.painted(self._sheets.cleaned())


class _Sheets:
    """Hears what a _Washer drops, and keeps each <style> that a browser would follow: one in the head or in the body,
    not one of a drawing or of a template."""

    def __init__(self) -> None:
        self._above: list[str] = []  # dropped elements that are open
        self._found: list[tuple[str, list[str]]] = []  # (media, text)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._above.append(tag)
        if self._above in (["style"], ["head", "style"]):
            self._found.append((attributes.get("media", ""), []))

    def data(self, text: str) -> None:
        if self._above in (["style"], ["head", "style"]):
            self._found[-1][1].append(text)

    def end(self) -> None:
        self._above.pop()

    def cleaned(self) -> str:
        cleaned = (clean_sheet("".join(text), media) for media, text in self._found[:SHEETS_LIMIT])
        return "\n".join(filter(None, cleaned))


class _Element(NamedTuple):
    """What to write for one; of one with pictures in its style (`pictured`) the attributes, for those count each
    time."""

    start: str = ""
    end: str = ""
    pictured: tuple[str, dict[str, str]] | None = None

    @classmethod
    def of(cls, tag: str, attributes: dict[str, str]) -> "_Element":
        end = "" if tag in VOID else f"</{tag}>"
        if MARK in attributes.get("style", ""):
            return cls(end=end, pictured=(tag, attributes))
        return cls(_start_tag(tag, attributes), end)


def _plain_element(tag: str, attributes: dict[str, str], rules: _Rules) -> _Element:
    """Anything but a link or a picture."""
    if tag == "body":
        return _enclosure(attributes, rules)
    if tag not in TAGS:
        return _Element()
    return _Element.of(tag, rules.attributes(tag, attributes))


def _start_tag(tag: str, attributes: dict[str, str]) -> str:
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>"


def _enclosure(attributes: dict[str, str], rules: _Rules) -> _Element:
    """The body becomes a box within the frame's own body; it needs one only if it has a style, a colour or a
    direction."""
    colour = attributes.get("bgcolor", "")
    if _COLOUR.fullmatch(colour):
        attributes["style"] = f"background-color: {colour}; {attributes.get('style', '')}"
    boxed = {name: value for name, value in attributes.items() if name in ("class", "dir", "lang", "style")}
    wanted = rules.attributes("div", boxed)
    return _Element.of("div", wanted) if wanted else _Element()


def clean_fragment(html: str) -> str:
    """HTML to quote in an answer or to paste into a letter, through the same walls: cid: pictures kept, remote ones
    left out, for the editor must load nothing. Never raises."""
    washer = _Washer(lambda content_id: f"cid:{quote(content_id)}", rules=_FRAGMENT_RULES)
    html = html[:FRAGMENT_LIMIT]
    try:
        washed = read_html(html, washer)
        return _last_gate(washed, url_schemes=set(SCHEMES | {"cid"}))
    except Exception:
        return _as_words(html)
