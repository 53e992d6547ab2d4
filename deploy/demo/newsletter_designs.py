"""Five looks of newsletters, as mail clients need them: tables, inline styles, pictures from elsewhere, a ground colour
wherever a picture may not load. A design takes an Issue and gives its HTML; words are escaped here.
"""

# ruff: noqa: E501 (HTML reads better one element a line)

from collections.abc import Callable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Item:
    title: str
    text: str
    aside: str = ""
    """A date, a price, a page: what stands beside the title."""


@dataclass(frozen=True)
class Issue:
    """The words of one issue. `host` serves pictures and links, but for pictures that lie at the address `pictures`;
    `closing` says why one gets it."""

    title: str
    lead: str
    items: tuple[Item, ...]
    action: str
    closing: str
    host: str
    masthead: str
    language: str = "en"
    unsubscribe: str = "Unsubscribe"
    pictures: str = ""


Design = Callable[[Issue], str]


def _page(issue: Issue, ground: str, face: str, rows: str, width: int = 600) -> str:
    pixel = (
        f'<img src="https://{issue.host}/open/{len(issue.lead)}.gif" width="1" height="1" alt="" style="display:block">'
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{issue.language}"><head><meta charset="utf-8"><title>{escape(issue.title)}</title>'
        "<style>@media (max-width:480px){.pad{padding-left:18px !important;padding-right:18px !important}}</style></head>\n"
        f'<body style="margin:0;padding:0;background-color:{ground}">\n'
        f'<div style="display:none;max-height:0;overflow:hidden">{escape(issue.lead[:90])}</div>\n'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background-color:{ground}"><tr>'
        f'<td align="center" style="padding:24px 8px">\n<table role="presentation" width="{width}" cellpadding="0" '
        f'cellspacing="0" style="width:100%;max-width:{width}px;font-family:{face}">\n{rows}</table>\n{pixel}</td></tr></table>\n'
        "</body></html>\n"
    )


def _footer(issue: Issue, colour: str) -> str:
    return (
        f'<tr><td class="pad" style="padding:20px 36px 8px;font-size:12px;line-height:18px;color:{colour}">'
        f'{escape(issue.closing)} <a href="https://{issue.host}/unsubscribe/7f3a" style="color:{colour}">'
        f"{escape(issue.unsubscribe)}</a></td></tr>\n"
    )


def _button(issue: Issue, ground: str, ink: str, radius: int = 0) -> str:
    return (
        f'<table role="presentation" cellpadding="0" cellspacing="0"><tr><td style="background-color:{ground};'
        f'border-radius:{radius}px"><a href="https://{issue.host}/read" style="display:inline-block;padding:12px 26px;'
        f'color:{ink};font-size:15px;font-weight:bold;text-decoration:none">{escape(issue.action)}</a></td></tr></table>'
    )


def _picture(issue: Issue, name: str, width: int, height: int, ground: str) -> str:
    place = issue.pictures or f"https://{issue.host}"
    return (
        f'<img src="{place}/img/{name}.jpg" width="{width}" height="{height}" alt="" style="display:block;'
        f'width:100%;max-width:{width}px;height:auto;background-color:{ground};border:0">'
    )


def paper_house(issue: Issue) -> str:
    """Warm and printed: a dark green band, a programme set as a table, one button."""
    lines = "".join(
        f'<tr><td valign="top" width="110" style="padding:14px 0;border-top:1px solid #ddd2bd;font-size:13px;color:#8a6d3b">'
        f'{escape(item.aside)}</td><td style="padding:14px 0;border-top:1px solid #ddd2bd">'
        f'<b style="font-size:17px;color:#24382f">{escape(item.title)}</b><br><span style="font-size:15px;line-height:23px;'
        f'color:#5a5245">{escape(item.text)}</span></td></tr>'
        for item in issue.items
    )
    return _page(
        issue,
        "#efe8db",
        "Georgia,'Times New Roman',serif",
        (
            f'<tr><td class="pad" style="background-color:#24382f;padding:34px 36px;color:#f3ead8">'
            f'<div style="font-size:13px;letter-spacing:3px;text-transform:uppercase;color:#c9b98f">{escape(issue.masthead)}</div>'
            f'<h1 style="margin:14px 0 0;font-size:30px;line-height:36px;font-weight:normal">{escape(issue.title)}</h1></td></tr>\n'
            f"<tr><td>{_picture(issue, 'workshop', 600, 200, '#c9b98f')}</td></tr>\n"
            f'<tr><td class="pad" style="background-color:#fffdf8;padding:30px 36px 34px">'
            f'<p style="margin:0 0 22px;font-size:17px;line-height:27px;color:#3c362d">{escape(issue.lead)}</p>'
            f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin-bottom:26px">{lines}</table>'
            f"{_button(issue, '#a8452f', '#fffdf8', 3)}</td></tr>\n{_footer(issue, '#7d7361')}"
        ),
    )


def swiss_sheet(issue: Issue) -> str:
    """Loud and square: red, black, white, enormous numerals."""
    blocks = "".join(
        f'<tr><td valign="top" width="84" style="padding:18px 0;border-top:4px solid #111111;font-size:44px;line-height:44px;'
        f'font-weight:bold;color:#d6281f">{number}</td><td valign="top" style="padding:18px 0;border-top:4px solid #111111">'
        f'<b style="font-size:18px">{escape(item.title)}</b> <span style="color:#777777">{escape(item.aside)}</span>'
        f'<div style="margin-top:6px;font-size:15px;line-height:22px">{escape(item.text)}</div></td></tr>'
        for number, item in enumerate(issue.items, 1)
    )
    return _page(
        issue,
        "#ffffff",
        "Helvetica,Arial,sans-serif",
        (
            f'<tr><td class="pad" style="background-color:#d6281f;padding:40px 36px 22px;color:#ffffff"><h1 style="margin:0;'
            f'font-size:46px;line-height:46px;letter-spacing:-1px">{escape(issue.title)}</h1><p style="margin:28px 0 0;font-size:14px">'
            f'{escape(issue.masthead)}</p></td></tr>\n<tr><td class="pad" style="padding:28px 36px;color:#111111">'
            f'<p style="margin:0 0 26px;font-size:19px;line-height:27px">{escape(issue.lead)}</p>'
            f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin-bottom:24px;color:#111111">{blocks}'
            f"</table>{_button(issue, '#111111', '#ffffff')}</td></tr>\n{_footer(issue, '#777777')}"
        ),
    )


def quiet_letter(issue: Issue) -> str:
    """Much air, thin rules, one vermilion seal."""
    notes = "".join(
        f'<tr><td style="padding:0 0 26px"><div style="font-size:12px;letter-spacing:2px;color:#a39a8c">{escape(item.aside)}</div>'
        f'<div style="margin:4px 0 6px;font-size:18px;color:#2a2723">{escape(item.title)}</div>'
        f'<div style="font-size:15px;line-height:28px;color:#57514a">{escape(item.text)}</div></td></tr>'
        for item in issue.items
    )
    return _page(
        issue,
        "#f7f4ee",
        "'Hiragino Mincho ProN','Yu Mincho',Georgia,serif",
        (
            f'<tr><td class="pad" style="padding:44px 60px 0" align="right"><span style="display:inline-block;padding:10px 8px;'
            f'background-color:#c3402b;color:#fff8ee;font-size:17px;line-height:22px">{escape(issue.masthead)}</span></td></tr>\n'
            f'<tr><td class="pad" style="padding:26px 60px 40px"><h1 style="margin:0 0 22px;font-size:26px;line-height:40px;'
            f'font-weight:normal;color:#2a2723">{escape(issue.title)}</h1><p style="margin:0 0 34px;padding-bottom:34px;'
            f'border-bottom:1px solid #d9d1c3;font-size:16px;line-height:32px;color:#57514a">{escape(issue.lead)}</p>'
            f'<table role="presentation" cellpadding="0" cellspacing="0">{notes}</table>'
            f'<a href="https://{issue.host}/read" style="color:#c3402b;font-size:15px">{escape(issue.action)}</a></td></tr>\n'
            f"{_footer(issue, '#a39a8c')}"
        ),
        560,
    )


def gazette(issue: Issue) -> str:
    """A small newspaper: a masthead between rules, two columns of short news."""
    cells = [
        f'<td valign="top" width="50%" style="padding:0 14px 22px"><h2 style="margin:0 0 6px;font-size:19px;line-height:23px">'
        f'{escape(item.title)}</h2><div style="font-size:12px;color:#2f5d7c;padding-bottom:6px">{escape(item.aside)}</div>'
        f'<div style="font-size:14px;line-height:21px;color:#3d3d3d">{escape(item.text)}</div></td>'
        for item in issue.items
    ]
    rows = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
    return _page(
        issue,
        "#e7edf0",
        "Cambria,Georgia,serif",
        (
            f'<tr><td class="pad" align="center" style="background-color:#ffffff;padding:26px 36px 0"><div style="border-top:3px double '
            f'#1d2b33;border-bottom:1px solid #1d2b33;padding:12px 0;font-size:32px;color:#1d2b33">{escape(issue.masthead)}</div></td></tr>\n'
            f'<tr><td class="pad" style="background-color:#ffffff;padding:24px 36px 8px;color:#1d2b33"><h1 style="margin:0 0 10px;'
            f'font-size:27px;line-height:33px">{escape(issue.title)}</h1><p style="margin:0 0 20px;font-size:16px;line-height:25px">'
            f'{escape(issue.lead)}</p>{_picture(issue, "river", 528, 180, "#b8cdd8")}</td></tr>\n<tr><td style="background-color:#ffffff;'
            f'padding:18px 22px 4px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0">{rows}</table></td></tr>\n'
            f'<tr><td class="pad" style="background-color:#ffffff;padding:0 36px 32px">{_button(issue, "#2f5d7c", "#ffffff", 20)}</td></tr>\n'
            f"{_footer(issue, '#5c6a72')}"
        ),
    )


def card_deck(issue: Issue) -> str:
    """Coloured cards, one for each story, on a dark ground."""
    colours = (("#f6c9a8", "#4a2412"), ("#bfd8c2", "#173622"), ("#d5c7ec", "#2c1a4d"), ("#f3e3a1", "#4a3a05"))
    cards = "".join(
        f'<tr><td class="pad" style="background-color:{ground};border-radius:14px;padding:24px 28px;color:{ink}">'
        f'<div style="font-size:12px;font-weight:bold">{escape(item.aside)}</div><h2 style="margin:8px 0;font-size:22px;'
        f'line-height:28px">{escape(item.title)}</h2><div style="font-size:15px;line-height:23px">{escape(item.text)}</div></td></tr>'
        f'<tr><td style="height:12px;line-height:12px;font-size:12px">&nbsp;</td></tr>\n'
        for (ground, ink), item in zip(colours, issue.items, strict=False)
    )
    return _page(
        issue,
        "#1f1b2e",
        "'Trebuchet MS',Verdana,sans-serif",
        (
            f'<tr><td class="pad" style="padding:20px 28px 26px;color:#f4f0ff"><div style="font-size:14px;color:#b6a9dd">'
            f'{escape(issue.masthead)}</div><h1 style="margin:10px 0 12px;font-size:32px;line-height:38px">{escape(issue.title)}</h1>'
            f'<p style="margin:0;font-size:16px;line-height:25px;color:#d8d0ee">{escape(issue.lead)}</p></td></tr>\n{cards}'
            f'<tr><td class="pad" style="padding:10px 28px 0">{_button(issue, "#ffffff", "#1f1b2e", 24)}</td></tr>\n'
            f"{_footer(issue, '#a99fc8')}"
        ),
    )
