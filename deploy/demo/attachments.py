"""Files that come with mail, each made from its content and valid for the programs that open it.

Every function takes the name and the content and returns an Attachment; bytes are made when a letter is written.
Dates inside archives are fixed, so the same file has the same bytes on every run.
"""

import io
import math
import struct
import textwrap
import wave
import zipfile
import zlib
from functools import partial
from html import escape

from deploy.demo import pictures
from deploy.demo.letter import Attachment

OFFICE = "application/vnd.openxmlformats-officedocument"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FIXED_DATE = (2024, 1, 1, 12, 0, 0)


def photo(name: str, scene: pictures.Scene, content_id: str = "") -> Attachment:
    return Attachment(name, "image/jpeg", partial(pictures.jpeg, scene), content_id)


def marbled(name: str, colours: tuple[pictures.Colour, ...], content_id: str = "") -> Attachment:
    return Attachment(name, "image/png", partial(pictures.marbled_png, colours), content_id)


def text(name: str, content: str, media_type: str = "text/plain") -> Attachment:
    """A text file in UTF-8: also CSV, vCard and iCalendar by their media types."""
    return Attachment(name, f"{media_type}; charset=utf-8", lambda: content.replace("\n", "\r\n").encode())


def csv(name: str, rows: tuple[tuple[str | int | float, ...], ...]) -> Attachment:
    return text(name, "".join(";".join(map(str, row)) + "\n" for row in rows), "text/csv")


def vcard(name: str, full_name: str, address: str, organisation: str, phone: str) -> Attachment:
    """A contact (RFC 6350)."""
    return text(
        name,
        f"BEGIN:VCARD\nVERSION:4.0\nFN:{full_name}\nORG:{organisation}\nEMAIL:{address}\n"
        f"TEL;VALUE=uri:tel:{phone}\nEND:VCARD\n",
        "text/vcard",
    )


def archive(name: str, members: tuple[Attachment, ...]) -> Attachment:
    return Attachment(name, "application/zip", lambda: _zip([(one.name, one.content()) for one in members]))


def _zip(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members:
            target.writestr(zipfile.ZipInfo(name, FIXED_DATE), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def pdf(name: str, title: str, content: str) -> Attachment:
    """A page of text, set in a serif face."""
    return Attachment(name, "application/pdf", partial(_text_pdf, title, content))


def _text_pdf(title: str, content: str) -> bytes:
    lines = [line for block in content.strip().split("\n") for line in textwrap.wrap(block, 78) or [""]]
    shown = "".join(f"({_pdf_string(line)}) Tj T*\n" for line in lines)
    page = f"BT /F1 24 Tf 72 740 Td ({_pdf_string(title)}) Tj ET\nBT /F1 12 Tf 18 TL 72 700 Td\n{shown}ET\n"
    return _pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            _pdf_page(595, 842, b"/Font << /F1 5 0 R >>"),
            _pdf_stream(b"/Filter /FlateDecode", zlib.compress(page.encode("cp1252", "replace"))),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        ]
    )


def _pdf_page(width: int, height: int, resources: bytes) -> bytes:
    """The one page of a file: object 3, its content in object 4."""
    box = b"[0 0 %d %d]" % (width, height)
    return b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R /Resources << %s >> >>" % (box, resources)


def _pdf_string(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf_stream(dictionary: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def _pdf_file(objects: list[bytes]) -> bytes:
    """Objects numbered from 1, the first being the catalogue, with their cross-reference table (ISO 32000-1 §7.5)."""
    written, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    parts = [written]
    position = len(written)
    for number, content in enumerate(objects, 1):
        offsets.append(position)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        position += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return b"".join(parts) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, position)
    )


def print_pdf(name: str) -> Attachment:
    """The endpaper of the booklet as uncompressed print data: with its transfer encoding about 5 MB on the wire."""
    return Attachment(name, "application/pdf", _endpaper)


def _endpaper() -> bytes:
    tile, across, down = 285, 4, 4
    pixels = pictures.marbled_rgb(pictures.INDIGO, tile, across, down)
    return _pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            _pdf_page(420, 420, b"/XObject << /Im1 5 0 R >>"),
            _pdf_stream(b"", b"420 0 0 420 0 0 cm /Im1 Do"),
            _pdf_stream(
                b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8"
                % (tile * across, tile * down),
                pixels,
            ),
        ]
    )


def chime(name: str, notes: tuple[int, ...] = (392, 494, 587, 784)) -> Attachment:
    """A few struck notes (in Hz) as a WAV of 8 kHz, 8 bit."""
    return Attachment(name, "audio/wav", partial(_wave, notes))


def _wave(notes: tuple[int, ...]) -> bytes:
    rate, buffer = 8000, io.BytesIO()
    samples = (
        128 + 80 * math.exp(-5 * n / rate) * math.sin(2 * math.pi * note * n / rate)
        for note in notes
        for n in range(rate // 2)
    )
    with wave.open(buffer, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(1)
        target.setframerate(rate)
        target.writeframes(bytes(map(int, samples)))
    return buffer.getvalue()


def bitmap_tiff(name: str) -> Attachment:
    """A small scan: 8-bit grey TIFF, one strip, no compression (TIFF 6.0 §4)."""
    return Attachment(name, "image/tiff", _tiff)


def _tiff() -> bytes:
    side = 160
    pixels = bytes(value * 4 for row in pictures.marbled_rows(side, side) for value in row)
    tags = [
        (256, side),
        (257, side),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8 + 2 + 9 * 12 + 4),
        (277, 1),
        (278, side),
        (279, len(pixels)),
    ]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0\0\0\0" + pixels


def xlsx(name: str, rows: tuple[tuple[str | int | float, ...], ...]) -> Attachment:
    """A workbook of one sheet."""
    return Attachment(name, f"{OFFICE}.spreadsheetml.sheet", partial(_workbook, rows))


def _workbook(rows: tuple[tuple[str | int | float, ...], ...]) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    book = (
        f'<workbook xmlns="{main}" xmlns:r="{OFFICE_RELATIONS}"><sheets><sheet name="1" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    )
    sheet = f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>'
    return _zip(
        [
            *_office(f"{OFFICE}.spreadsheetml.sheet.main+xml", "xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", _relation(f"{OFFICE_RELATIONS}/worksheet", "worksheets/sheet1.xml")),
            ("xl/worksheets/sheet1.xml", sheet.encode()),
        ]
    )


def _cell(value: str | int | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def docx(name: str, content: str) -> Attachment:
    """A text document, one paragraph a line."""
    return Attachment(name, f"{OFFICE}.wordprocessingml.document", partial(_document, content))


def _document(content: str) -> bytes:
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in content.strip().split("\n"))
    return _zip(
        _office(
            f"{OFFICE}.wordprocessingml.document.main+xml",
            "word/document.xml",
            f'<w:document xmlns:w="{main}"><w:body>{paragraphs}</w:body></w:document>',
        )
    )


def _office(main_type: str, main_path: str, main: str) -> list[tuple[str, bytes]]:
    """The three files every Office Open XML package has (ECMA-376 part 2)."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="{OFFICE}.spreadsheetml.worksheet+xml"/>'
        f'<Override PartName="/{main_path}" ContentType="{main_type}"/></Types>'
    )
    return [
        ("[Content_Types].xml", types.encode()),
        ("_rels/.rels", _relation(f"{OFFICE_RELATIONS}/officeDocument", main_path)),
        (main_path, main.encode()),
    ]


def _relation(kind: str, target: str) -> bytes:
    return (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'
    ).encode()
