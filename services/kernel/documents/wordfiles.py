"""A document as DOCX (ISO/IEC 29500): official ones have 22 lines of 28 characters in 三号仿宋 (GB/T 9704)."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC
from typing import Final

import segno
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as Line

from services.kernel.documents.fonts import Faces
from services.kernel.documents.sheets import (
    Block,
    Code,
    Fields,
    Form,
    Heading,
    Listing,
    Paragraph,
    Sheet,
    Signature,
    Table,
    chinese_number,
)
from services.kernel.documents.wordmarks import define_style, folio, grid, rule, write

FOUR: Final = Pt(14)
RED: Final = RGBColor(0xD7, 0x00, 0x0F)
GREY: Final = RGBColor(0x76, 0x76, 0x76)
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def word_file(sheet: Sheet, faces: Faces) -> bytes:
    """The document as a DOCX file. The same sheet and faces give the same bytes."""
    document = Document()
    _lay_out(document, sheet, faces)
    _head(document, sheet, faces)
    if sheet.recipient:
        _line(document, f"{sheet.recipient}：", indent=0)
    for block in sheet.blocks:
        _block(document, block, faces)
    _attachments(document, sheet.attachments)
    if sheet.code is not None:
        _code(document, sheet.code, faces)
    if sheet.signature is not None:
        _signature(document, sheet.signature)
    if sheet.note:
        _line(document, f"（{sheet.note}）")
    for label in sheet.sign_for:
        _line(document, f"{label}：＿＿＿＿＿＿＿＿＿＿＿＿", indent=0)
    _foot(document, sheet)
    return _same_bytes(document)


def _lay_out(document: WordDocument, sheet: Sheet, faces: Faces) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    if sheet.form is Form.OFFICIAL:
        section.top_margin, section.bottom_margin, section.footer_distance = Mm(37), Mm(35), Mm(25)
        define_style(document, faces, size=16, pitch=28.95)
        grid(section)
    else:
        section.top_margin, section.bottom_margin, section.footer_distance = Mm(27), Mm(27), Mm(17)
        define_style(document, faces, size=14, pitch=25.5)
    folio(document)
    about, made = document.core_properties, sheet.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about.title, about.author, about.last_modified_by = sheet.title[:255], sheet.organ[:255], ""
    about.comments, about.identifier, about.language = "", sheet.number[:255], "zh-CN"
    about.created = about.modified = made


def _head(document: WordDocument, sheet: Sheet, faces: Faces) -> None:
    if sheet.form is Form.PLAIN:
        write(_line(document, "", indent=0, align=ALIGN.CENTER, pitch=34), sheet.organ, font=faces.title, size=Pt(22))
        write(_line(document, "", indent=0, align=ALIGN.CENTER, pitch=44), sheet.title, font=faces.title, size=Pt(26))
        _line(document, sheet.number, indent=0, align=ALIGN.RIGHT)
        return
    space = _line(document, "", indent=0, pitch=80)
    space.paragraph_format.space_after = Pt(0)
    size = Pt(min(46, 440 // max(1, len(sheet.mark))))
    mark = _line(document, "", indent=0, align=ALIGN.CENTER, pitch=60)
    write(mark, sheet.mark, font=faces.title, size=size, colour=RED)
    _line(document, "", indent=0)
    number = f"{sheet.number}　　　　签发人：{sheet.signer}" if sheet.signer else sheet.number
    rule(_line(document, number, indent=0, align=ALIGN.CENTER), "bottom", points=1.6, colour="D7000F", space=11)
    _line(document, "", indent=0)
    write(_line(document, "", indent=0, align=ALIGN.CENTER, pitch=34), sheet.title, font=faces.title, size=Pt(22))
    _line(document, "", indent=0)


def _block(document: WordDocument, block: Block, faces: Faces) -> None:
    match block:
        case Paragraph():
            line = _line(document, "", indent=2 if block.indent else 0)
            write(line, block.text, font=faces.heading if block.strong else None)
        case Heading():
            write(_line(document, ""), block.text, font=faces.heading if block.level == 1 else faces.kai)
        case Listing():
            for place, item in enumerate(block.items, start=1):
                mark = f"{chinese_number(place)}、" if block.style == "chinese" else f"{place}．"
                _line(document, f"{mark}{item}")
        case Fields():
            _table(document, block.rows, widths=(40, 116), faces=faces)
        case Table():
            shares = block.shares if len(block.shares) == len(block.head) else (1,) * len(block.head)
            widths = tuple(156 * share / sum(shares) for share in shares)
            _table(document, (block.head, *block.rows), widths=widths, faces=faces, head=True)


def _table(
    document: WordDocument,
    rows: Iterable[tuple[str, ...]],
    *,
    widths: tuple[float, ...],
    faces: Faces,
    head: bool = False,
) -> None:
    listed = tuple(rows)
    table = document.add_table(rows=len(listed), cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for place, row in enumerate(listed):
        for text, width, cell in zip(row, widths, table.rows[place].cells, strict=True):
            cell.width = Mm(width)
            line = cell.paragraphs[0]
            _set(line, indent=0, pitch=21)
            is_head = head and place == 0
            line.alignment = ALIGN.CENTER if is_head else ALIGN.LEFT
            write(line, text, font=faces.heading if is_head else None, size=FOUR)
    if head and listed:
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - no public way to repeat a table's head


def _attachments(document: WordDocument, names: tuple[str, ...]) -> None:
    if names:
        _line(document, "")
    for place, name in enumerate(names, start=1):
        mark = f"{place}．" if len(names) > 1 else ""
        _line(document, f"{'附件：' if place == 1 else '　　　'}{mark}{name}")


def _code(document: WordDocument, code: Code, faces: Faces) -> None:
    image = io.BytesIO()
    segno.make_qr(code.url, error="m").save(image, kind="png", scale=8, border=0)
    image.seek(0)
    line = _line(document, "", indent=0)
    line.paragraph_format.line_spacing = 1.0  # as high as the picture
    line.add_run().add_picture(image, width=Mm(24))
    write(_line(document, "", indent=0, pitch=14), code.caption, font=faces.heading, size=Pt(9))


def _signature(document: WordDocument, signature: Signature) -> None:
    """署名 over 成文日期, the date four characters from the right, with room for the seal between."""
    _line(document, "")
    for text, size, colour in (
        (signature.organ, None, None),
        (signature.seal, Pt(10.5), GREY),
        (signature.date, None, None),
    ):
        line = _line(document, "", indent=0, align=ALIGN.RIGHT)
        line.paragraph_format.right_indent = Pt(2 * 16)
        line.paragraph_format.keep_together = line.paragraph_format.keep_with_next = True
        write(line, text, size=size, colour=colour)
    line.paragraph_format.keep_with_next = False


def _foot(document: WordDocument, sheet: Sheet) -> None:
    """版记: 抄送 and 印发 between rules."""
    lines = [f"抄送：{'，'.join(sheet.copy_to)}。"] if sheet.copy_to else []
    if sheet.printed_by:
        lines.append(f"{sheet.printed_by}　　　　{sheet.printed_on}印发")
    for place, text in enumerate(lines):
        line = _line(document, "", indent=0)
        write(line, f"　{text}", size=FOUR)
        rule(line, "top", points=1 if place == 0 else 0.75)
        if place == len(lines) - 1:
            rule(line, "bottom", points=1)


def _line(
    document: WordDocument,
    text: str,
    *,
    indent: int = 2,
    align: ALIGN = ALIGN.JUSTIFY,
    pitch: float | None = None,
) -> Line:
    line = document.add_paragraph()
    _set(line, indent=indent, pitch=pitch)
    line.alignment = align
    if text:
        write(line, text)
    return line


def _set(line: Line, *, indent: int, pitch: float | None) -> None:
    """Line distance in points (None: as all the text), first line in by so many characters."""
    form = line.paragraph_format
    if pitch is not None:
        form.line_spacing = Pt(pitch)
    if indent:
        size = line.style.font.size if line.style is not None else None
        form.first_line_indent = Pt(indent * (size.pt if size else FOUR.pt))


def _same_bytes(document: WordDocument) -> bytes:
    """The file with its parts in order and without the moment of packing."""
    packed, steady = io.BytesIO(), io.BytesIO()
    document.save(packed)
    with (
        zipfile.ZipFile(packed) as read,
        zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as written,
    ):
        for name in sorted(read.namelist(), key=lambda each: (each != "[Content_Types].xml", each)):
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            written.writestr(entry, read.read(name))
    return steady.getvalue()
