"""FEATURES: what newsletters are made of. Each is (HTML, element, property of its computed style or of itself, what a
browser must make of it in a frame 700 pixels wide)."""

from typing import NamedTuple


class Feature(NamedTuple):
    html: str
    element: str  # a CSS selector
    aspect: str  # a computed property, or ".attribute" of the element
    expected: str


RED, WHITE, GREEN = "rgb(170, 0, 0)", "rgb(255, 255, 255)", "rgb(0, 128, 0)"
CELL = (
    '<table width="600" cellpadding="8" cellspacing="3" border="2" align="center" bgcolor="#aa0000"><tr>{}</tr></table>'
)


def _cell(attributes: str) -> str:
    return CELL.format(f"<td {attributes}>Text</td><td>b</td>")


def _styled(style: str, tag: str = "div") -> str:
    return f'<{tag} style="{style}">Text</{tag}>'


def _ruled(rules: str, html: str = '<p class="x" id="y">Text</p>') -> str:
    return f"<html><head><style>{rules}</style></head><body>{html}</body></html>"


FEATURES = {
    # tables
    "table: width in pixels": Feature(_cell(""), "table", "width", "600px"),
    "table: width in percent": Feature('<table width="50%"><tr><td>x</table>', "table", "width", "350px"),
    "table: width by style": Feature('<table style="width:480px"><tr><td>x</table>', "table", "width", "480px"),
    "table: largest width": Feature(
        '<table width="100%" style="max-width:560px"><tr><td>x</table>', "table", "width", "560px"
    ),
    "table: centred": Feature(_cell(""), "table", "marginLeft", "50px"),
    "table: colour": Feature(_cell(""), "table", "backgroundColor", RED),
    "table: spacing of cells": Feature(_cell(""), "table", "borderSpacing", "3px"),
    "table: border": Feature(_cell(""), "table", "borderTopWidth", "2px"),
    "table: borders in one": Feature(
        '<table style="border-collapse:collapse"><tr><td>x</table>', "table", "borderCollapse", "collapse"
    ),
    "table: of fixed layout": Feature(
        '<table style="table-layout:fixed" width=300><tr><td>x</table>', "table", "tableLayout", "fixed"
    ),
    "table: in a table": Feature(
        "<table><tr><td><table><tr><td><table><tr><td>deep</table></table></table>",
        "table table table td",
        ".textContent",
        "deep",
    ),
    "cell: padding": Feature(_cell(""), "td", "paddingLeft", "8px"),
    "cell: colour": Feature(_cell('bgcolor="green"'), "td", "backgroundColor", GREEN),
    "cell: width": Feature(_cell('width="150"'), "td", "width", "150px"),
    "cell: height": Feature(_cell('height="90"'), "td", "height", "90px"),
    "cell: aligned": Feature(_cell('align="right"'), "td", "textAlign", "-webkit-right"),
    "cell: at the top": Feature(_cell('valign="top"'), "td", "verticalAlign", "top"),
    "cell: over two columns": Feature(_cell('colspan="2"'), "td", ".colSpan", "2"),
    "cell: over two rows": Feature(_cell('rowspan="2"'), "td", ".rowSpan", "2"),
    "cell: not broken": Feature(_cell("nowrap"), "td", "whiteSpace", "nowrap"),
    "cell: head": Feature("<table><tr><th scope=col>x</table>", "th", "fontWeight", "700"),
    "row: colour": Feature('<table><tr bgcolor="#aa0000"><td>x</table>', "tr", "backgroundColor", RED),
    "column: width": Feature("<table><colgroup><col width=77></colgroup><tr><td>x</table>", "col", "width", "77px"),
    "caption": Feature("<table><caption align=bottom>c</caption><tr><td>x</table>", "caption", "captionSide", "bottom"),
    # text
    "text: colour": Feature(_styled("color:#aa0000"), "div", "color", RED),
    "text: colour by rgb()": Feature(_styled("color:rgb(170,0,0)"), "div", "color", RED),
    "text: colour by hsl()": Feature(_styled("color:hsl(0, 100%, 33.333%)"), "div", "color", RED),
    "text: see-through": Feature(_styled("color:rgba(170,0,0,.5)"), "div", "color", "rgba(170, 0, 0, 0.5)"),
    "text: size": Feature(_styled("font-size:22px"), "div", "fontSize", "22px"),
    "text: face": Feature(
        _styled("font-family:'Segoe UI',Arial,sans-serif"), "div", "fontFamily", '"Segoe UI", Arial, sans-serif'
    ),
    "text: all of the font": Feature(_styled("font:italic bold 13px/20px Georgia"), "div", "lineHeight", "20px"),
    "text: weight": Feature(_styled("font-weight:300", "b"), "b", "fontWeight", "300"),
    "text: line height": Feature(_styled("line-height:150%;font-size:20px"), "div", "lineHeight", "30px"),
    "text: letter spacing": Feature(_styled("letter-spacing:-1px"), "div", "letterSpacing", "-1px"),
    "text: capitals": Feature(_styled("text-transform:uppercase"), "div", "textTransform", "uppercase"),
    "text: centred": Feature(_styled("text-align:center"), "div", "textAlign", "center"),
    "text: no underline": Feature(
        '<a href="https://example.org" style="text-decoration:none">x</a>', "a", "textDecorationLine", "none"
    ),
    "text: shadow": Feature(
        _styled("text-shadow:1px 1px 2px #000000"), "div", "textShadow", "rgb(0, 0, 0) 1px 1px 2px"
    ),
    "font element: colour": Feature('<font color="#aa0000">x</font>', "font", "color", RED),
    "font element: size": Feature('<font size="5">x</font>', "font", "fontSize", "24px"),
    "font element: face": Feature('<font face="Verdana">x</font>', "font", "fontFamily", "Verdana"),
    "center element": Feature("<center>x</center>", "center", "textAlign", "-webkit-center"),
    "headings": Feature("<h2 align=center>x</h2>", "h2", "textAlign", "center"),
    "preformatted": Feature("<pre>a\n  b</pre>", "pre", ".textContent", "a\n  b"),
    "struck": Feature(
        "<p><s>9.99</s> <del>8</del> <strike>7</strike></p>", "strike", "textDecorationLine", "line-through"
    ),
    "above and below": Feature("<p>m<sup>2</sup> H<sub>2</sub>O</p>", "sup", "verticalAlign", "super"),
    # boxes
    "box: margin": Feature(_styled("margin:0 auto;width:300px"), "div", "marginLeft", "200px"),
    "box: padding": Feature(_styled("padding:12px 26px"), "div", "paddingRight", "26px"),
    "box: border": Feature(_styled("border:2px dashed #aa0000"), "div", "borderTopStyle", "dashed"),
    "box: one border": Feature(_styled("border-bottom:3px solid #aa0000"), "div", "borderBottomColor", RED),
    "box: round corners": Feature(_styled("border-radius:6px"), "div", "borderTopLeftRadius", "6px"),
    "box: colour": Feature(_styled("background:#aa0000"), "div", "backgroundColor", RED),
    "box: colour under a picture": Feature(
        _styled("background:#aa0000 url(https://x.test/b.png) no-repeat center"), "div", "backgroundColor", RED
    ),
    "box: gradient": Feature(
        _styled("background-image:linear-gradient(#aa0000,#ffffff)"),
        "div",
        "backgroundImage",
        f"linear-gradient({RED}, {WHITE})",
    ),
    "box: shadow": Feature(_styled("box-shadow:0 1px 3px #000000"), "div", "boxShadow", "rgb(0, 0, 0) 0px 1px 3px 0px"),
    "box: height": Feature(_styled("height:44px"), "div", "height", "44px"),
    "box: width with a sum": Feature(_styled("width:calc(100% - 20px)"), "div", "width", "680px"),
    "box: beside text": Feature(_styled("float:left;width:100px"), "div", "float", "left"),
    "box: in line": Feature(_styled("display:inline-block;width:120px", "span"), "span", "width", "120px"),
    "box: hidden preview line": Feature(_styled("display:none;max-height:0;overflow:hidden"), "div", "display", "none"),
    "box: flexible": Feature(
        _styled("display:flex;gap:10px;justify-content:center"), "div", "justifyContent", "center"
    ),
    "rule": Feature('<hr size="4" width="50%" color="#aa0000" noshade>', "hr", "width", "350px"),
    "body: colour": Feature('<body bgcolor="#aa0000">x</body>', "#mail > div", "backgroundColor", RED),
    "body: style": Feature(
        '<body style="background:#aa0000;font-size:19px">x</body>', "#mail > div", "fontSize", "19px"
    ),
    # direction and language
    "right to left": Feature('<p dir="rtl">שלום</p>', "p", "direction", "rtl"),
    "right to left by style": Feature(_styled("direction:rtl"), "div", "direction", "rtl"),
    "right to left body": Feature('<body dir="rtl"><p>مرحبا</p></body>', "p", "direction", "rtl"),
    "direction isolated": Feature("<p><bdo dir=rtl>abc</bdo></p>", "bdo", "direction", "rtl"),
    "language": Feature('<p lang="ja">直</p>', "p", ".lang", "ja"),
    # lists, quotes, links, pictures
    "list: squares": Feature('<ul type="square"><li>x</ul>', "ul", "listStyleType", "square"),
    "list: letters": Feature('<ol type="a" start="3"><li>x</ol>', "ol", "listStyleType", "lower-alpha"),
    "list: start": Feature('<ol start="3"><li>x</ol>', "ol", ".start", "3"),
    "list: no marks": Feature('<ul style="list-style:none;padding:0"><li>x</ul>', "ul", "listStyleType", "none"),
    "quote": Feature('<blockquote type="cite">x</blockquote>', "blockquote", "paddingLeft", "12px"),
    "link": Feature('<a href="https://example.org/?a=1&amp;b=2">x</a>', "a", ".href", "https://example.org/?a=1&b=2"),
    "link: a button": Feature(
        '<a href="https://example.org" style="background:#aa0000;color:#ffffff;padding:12px">x</a>', "a", "color", WHITE
    ),
    "link: around a table": Feature(
        '<a href="https://example.org/"><table><tr><td>x</td></tr></table></a>', "a td", ".textContent", "x"
    ),
    "link: mailto": Feature('<a href="mailto:a@example.org">x</a>', "a", ".href", "mailto:a@example.org"),
    "picture: its words": Feature('<img src="https://x.test/a.png" alt="Sale" width=90>', "img", ".alt", "Sale"),
    "picture: its size": Feature('<img src="https://x.test/a.png" width="200" height="50">', "img", ".width", "200"),
    "picture: as a block": Feature('<img src="https://x.test/a.png" style="display:block">', "img", "display", "block"),
    "picture: no wider than the frame": Feature(
        '<img src="https://x.test/a.png" width="2000" height="90" alt="x" style="display:block">',
        "img",
        ".width",
        "700",
    ),
    # style sheets
    "sheet: by class": Feature(_ruled(".x { color: #aa0000 }"), "p", "color", RED),
    "sheet: by id": Feature(_ruled("#y { color: #aa0000 } .x { color: blue }"), "p", "color", RED),
    "sheet: by element": Feature(_ruled("p { color: #aa0000 }"), "p", "color", RED),
    "sheet: by place": Feature(
        _ruled("td > .x { color: #aa0000 }", "<table><tr><td><p class=x>x</table>"), "p", "color", RED
    ),
    "sheet: of the body": Feature(_ruled("body { color: #aa0000; background: #eee }"), "p", "color", RED),
    "sheet: of all": Feature(_ruled("* { box-sizing: border-box }"), "p", "boxSizing", "border-box"),
    "sheet: links": Feature(
        _ruled("a:link { color: #aa0000 }", "<a href=https://example.org>x</a>"), "a", "color", RED
    ),
    "sheet: important": Feature(
        _ruled(".x { color: #aa0000 !important }", '<p class="x" style="color:blue">x</p>'), "p", "color", RED
    ),
    "sheet: less than the element's own": Feature(
        _ruled("#y { color: blue }", '<p id="y" style="color:#aa0000">x</p>'), "p", "color", RED
    ),
    "sheet: narrow only": Feature(
        _ruled("p { color: #aa0000 } @media (max-width: 480px) { p { color: blue } }"), "p", "color", RED
    ),
    "sheet: wide only": Feature(
        _ruled("@media screen and (min-width: 600px) { p { color: #aa0000 } }"), "p", "color", RED
    ),
    "sheet: not in print": Feature(
        _ruled("p { color: #aa0000 } @media print { p { color: blue } }"), "p", "color", RED
    ),
    "sheet: several": Feature(_ruled("p { color: blue }</style><style>p { color: #aa0000 }"), "p", "color", RED),
    "sheet: in the body": Feature("<p>x</p><style>p { color: #aa0000 }</style>", "p", "color", RED),
    "sheet: with what is unknown": Feature(
        _ruled(
            "@font-face { src: url(x) } p { mso-line-height-rule: exactly; color: #aa0000 } .x::before { color: blue }"
        ),
        "p",
        "color",
        RED,
    ),
    # for Outlook
    "Outlook: its own tables": Feature(
        "<!--[if mso]><table width=600><tr><td><![endif]--><div>x</div><!--[if mso]></td></tr></table><![endif]-->",
        "#mail",
        ".innerHTML",
        "<div>x</div>",
    ),
    "Outlook: for all but it": Feature(
        "<!--[if !mso]><!--><div>x</div><!--<![endif]-->", "#mail", ".innerHTML", "<div>x</div>"
    ),
    "Outlook: drawings": Feature(
        "<!--[if gte mso 9]><v:rect><v:fill src='x'/></v:rect><![endif]--><div>x</div>",
        "#mail",
        ".innerHTML",
        "<div>x</div>",
    ),
    "Outlook: paragraphs": Feature(
        '<p class="MsoNormal" style="margin:0cm;mso-margin-top-alt:auto;color:#aa0000">a<o:p></o:p></p>',
        "p",
        "color",
        RED,
    ),
    "Outlook: rules": Feature(
        _ruled(
            "<!-- p.MsoNormal { margin: 0cm; color: #aa0000 } @page WordSection1 { size: 612pt } -->",
            "<p class=MsoNormal>x</p>",
        ),
        "p",
        "color",
        RED,
    ),
}
