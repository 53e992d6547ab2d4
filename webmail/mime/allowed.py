"""What HTML of mail may hold: the one set of lists, for every wall of sanitize.py. What is not named here does not
pass."""


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS = names(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl "
    "dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp "
    "section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr"
)

# Dropped with all they hold: code, controls, other documents, and whatever two parsers may read in two ways. A <form>
# is not here: old newsletters wrap all their text in one, so the element goes and its text stays, without any control
# to fill in. Nor are <source> and <track>, which hold nothing: libxml2 takes what follows them for their content.
DROPPED = names(
    "applet area audio base basefont bgsound button canvas datalist embed fencedframe frame frameset head iframe "
    "input isindex keygen link math meta meter nextid noembed noframes noscript object optgroup option output param "
    "plaintext portal progress rb script select selectedcontent slot style svg template textarea title video xml xmp"
)
VOID = frozenset({"br", "col", "hr", "img", "wbr"})

_SIZED = {"width", "height"}
_CELL = {"abbr", "align", "bgcolor", "colspan", "nowrap", "rowspan", "scope", "valign"} | _SIZED
_ROWS = {"align", "bgcolor", "valign"}
ATTRIBUTES: dict[str, frozenset[str]] = {
    tag: frozenset(names)
    for tag, names in {
        "*": {"class", "dir", "lang", "style", "title"},
        "a": {"href", "rel", "target"},
        "blockquote": {"type"},
        "br": {"clear"},
        "caption": {"align"},
        "col": {"align", "span", "valign", "width"},
        "colgroup": {"align", "span", "valign", "width"},
        "div": {"align"},
        "font": {"color", "face", "size"},
        "h1": {"align"},
        "h2": {"align"},
        "h3": {"align"},
        "h4": {"align"},
        "h5": {"align"},
        "h6": {"align"},
        "hr": {"align", "color", "noshade", "size", "width"},
        "img": {"align", "alt", "border", "hspace", "src", "vspace"} | _SIZED,
        "li": {"type", "value"},
        "ol": {"reversed", "start", "type"},
        "p": {"align"},
        "pre": {"width"},
        "table": names("align bgcolor border bordercolor cellpadding cellspacing frame height rules summary width"),
        "tbody": _ROWS,
        "td": _CELL,
        "tfoot": _ROWS,
        "th": _CELL,
        "thead": _ROWS,
        "tr": _ROWS | {"height"},
        "ul": {"type"},
    }.items()
}

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_SIDES = ("", "-top", "-right", "-bottom", "-left")
STYLES = names(
    "background background-attachment background-clip background-color background-image background-origin "
    "background-position background-repeat background-size border-collapse border-radius border-spacing box-shadow "
    "box-sizing "
    "caption-side clear color direction display empty-cells float height hyphens letter-spacing line-height "
    "list-style list-style-image list-style-position list-style-type max-height max-width min-height min-width "
    "object-fit opacity "
    "overflow overflow-wrap overflow-x overflow-y table-layout tab-size text-align text-decoration "
    "text-decoration-color text-decoration-line text-decoration-style text-indent text-overflow text-shadow "
    "text-transform unicode-bidi vertical-align visibility white-space width word-break word-spacing word-wrap "
    "align-items align-self column-gap flex flex-basis flex-direction flex-grow flex-shrink flex-wrap gap "
    "justify-content row-gap font font-family font-size font-stretch font-style font-variant font-weight"
) | frozenset(
    [f"{box}{side}" for box in ("border", "margin", "padding") for side in _SIDES]
    + [f"border{side}-{aspect}" for side in _SIDES for aspect in ("color", "style", "width")]
    + [f"border-{row}-{column}-radius" for row in ("top", "bottom") for column in ("left", "right")]
)
# What may name a picture, by url(); its address is then the caller's, never the mail's.
PICTURE_STYLES = frozenset({"background", "background-image", "list-style", "list-style-image"})
STYLE_FUNCTIONS = frozenset({"calc", "hsl", "hsla", "linear-gradient", "max", "min", "radial-gradient", "rgb", "rgba"})
