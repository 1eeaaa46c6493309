"""What python-docx has no words for: East Asian fonts, the character grid, rules, page numbers."""

from typing import Final

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _Footer
from docx.shared import Length, Pt, RGBColor
from docx.text.paragraph import Paragraph as Line
from docx.text.run import Run
from lxml.etree import _Element

from services.kernel.documents.fonts import Faces

_LINE_PITCH: Final = "580"
"""A 22nd of 225 mm in twentieths of a point."""
_CHARACTER_SPACE: Final = "-842"
"""A 28th of 156 mm is 15.79 pt: 0.21 pt less than 三号, in 4096ths of a point."""


def write(
    line: Line,
    text: str,
    *,
    font: str | None = None,
    size: Length | None = None,
    colour: RGBColor | None = None,
) -> Run:
    """Add text in a typeface: Chinese characters take the East Asian font, which python-docx does not name."""
    run = line.add_run(text)
    if font is not None:
        _face(run, font)
    if size is not None:
        run.font.size = size
    if colour is not None:
        run.font.color.rgb = colour
    return run


def define_style(document: WordDocument, faces: Faces, *, size: float, pitch: float) -> None:
    """The text in 仿宋, so large and with lines so far apart, as every paragraph has it that says nothing else."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = faces.body, Pt(size)
    style.paragraph_format.line_spacing = Pt(pitch)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    properties = style.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), faces.body)
    properties.append(_element("w:lang", val="zh-CN", eastAsia="zh-CN"))


def grid(section: Section) -> None:
    """22 lines on a page, 28 characters in a line, as an official document has them."""
    for known in section._sectPr.findall(qn("w:docGrid")):  # noqa: SLF001 - no public way to the grid
        section._sectPr.remove(known)  # noqa: SLF001 - as above
    made = _element("w:docGrid", type="linesAndChars", linePitch=_LINE_PITCH, charSpace=_CHARACTER_SPACE)
    section._sectPr.append(made)  # noqa: SLF001 - as above


def folio(document: WordDocument) -> None:
    """Page numbers in 四号 between dashes, outside: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    _number(section.footer, ALIGN.RIGHT)
    _number(section.even_page_footer, ALIGN.LEFT)


def rule(line: Line, side: str, *, points: float, colour: str = "000000", space: int = 4) -> None:
    """A rule over (`top`) or under (`bottom`) a line, so many points thick."""
    properties = line._p.get_or_add_pPr()  # noqa: SLF001 - no public way to borders
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        following = (qn("w:spacing"), qn("w:ind"), qn("w:jc"), qn("w:rPr"))
        before = next((child for child in properties if child.tag in following), None)
        properties.append(borders) if before is None else before.addprevious(borders)
    borders.append(_element(f"w:{side}", val="single", sz=str(round(points * 8)), space=str(space), color=colour))


def _number(footer: _Footer, side: ALIGN) -> None:
    footer.is_linked_to_previous = False
    line = footer.paragraphs[0]
    line.alignment = side
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
    write(line, "— ", size=Pt(14))
    page = write(line, "", size=Pt(14))
    for kind in ("begin", "", "end"):
        page._r.append(_element("w:fldChar", fldCharType=kind) if kind else _page())  # noqa: SLF001 - no public fields
    write(line, " —", size=Pt(14))


def _page() -> _Element:
    asked = OxmlElement("w:instrText")
    asked.text = "PAGE"
    return asked


def _face(run: Run, font: str) -> None:
    run.font.name = font
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)  # noqa: SLF001 - no public way


def _element(name: str, **attributes: str) -> _Element:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made
