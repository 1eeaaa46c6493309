"""One description of a document gives a PDF/A and a DOCX that say the same, and always the same bytes."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pypdfium2
import pytest
import zxingcpp
from docx.shared import Mm
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from services.kernel.documents import (
    Code,
    Faces,
    Fields,
    Form,
    Heading,
    Listing,
    Paragraph,
    Press,
    Sheet,
    Signature,
    Table,
    chinese_date,
    chinese_number,
    missing_families,
    written_date,
)

FONTS = Path("/usr/share/fonts/opentype/noto")
URL = "https://gh.example.gov.cn/verify/7f9a"
BODY = "你单位提出的建设工程规划许可申请，材料齐全、符合法定形式，现予受理。"
SHEET = Sheet(
    organ="示例市自然资源和规划局",
    number="资规许受〔2026〕12号",
    title="行政许可申请受理通知书",
    recipient="示例开发有限公司",
    blocks=(
        Paragraph(text=BODY),
        Heading(text="一、申请事项"),
        Fields(rows=(("项目名称", "城南小学教学楼"),)),
        Listing(items=("加盖公章的申请表", "总平面图"), style="chinese"),
        Table(head=("要件", "份数"), rows=(("申请表", "2"),), shares=(3, 1)),
    ),
    attachments=("材料清单", "流程图"),
    signature=Signature(organ="示例市自然资源和规划局", date=written_date(date(2026, 11, 23))),
    note="一式两份",
    sign_for=("受送达人",),
    copy_to=("局办公室",),
    printed_by="局办公室",
    printed_on="2026年11月23日",
    code=Code(url=URL),
    made_at=datetime(2026, 11, 23, 2, 0, 0, 123_000, tzinfo=UTC),
)
SAID = (
    SHEET.organ,
    SHEET.number,
    SHEET.title,
    "示例开发有限公司：",
    BODY,
    "一、申请事项",
    "城南小学教学楼",
    "一、加盖公章的申请表",
    "二、总平面图",
    "份数",
    "2．流程图",
    "2026年11月23日",
    "（一式两份）",
    "受送达人：",
    "抄送：局办公室。",
    "扫码核验",
)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    made = Press(FONTS)
    yield made
    made.close()


def pdf_text(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def docx_text(file: bytes) -> str:
    document = docx.Document(io.BytesIO(file))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "".join((*(line.text for line in document.paragraphs), *cells))


async def test_both_outputs_say_everything_that_the_description_says(press: Press) -> None:
    pdf, word = pdf_text(await press.pdf(SHEET)), docx_text(await press.docx(SHEET))
    for said in SAID:
        assert said in pdf, said
        assert said in word, said


async def test_the_same_description_gives_the_same_bytes_also_from_another_press(press: Press) -> None:
    other = Press(FONTS)
    first = [await press.pdf(SHEET), await press.docx(SHEET)]
    again = [await other.pdf(SHEET), await other.docx(SHEET)]
    other.close()
    assert [hashlib.sha256(file).hexdigest() for file in first] == [hashlib.sha256(file).hexdigest() for file in again]
    changed = SHEET.model_copy(update={"number": "资规许受〔2026〕13号"})
    assert await press.pdf(changed) != first[0]
    assert await press.docx(changed) != first[1]


async def test_the_pdf_is_pdf_a_with_every_font_embedded(press: Press) -> None:
    pdf = await press.pdf(SHEET)
    assert b"pdfaid:part" in pdf.replace(b" ", b"")
    fonts = [font for page in PdfReader(io.BytesIO(pdf)).pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert descriptor.keys() & {"/FontFile2", "/FontFile3"}, font.get_object()["/BaseFont"]


async def test_the_code_leads_to_the_check(press: Press) -> None:
    found = []
    for drawn in pypdfium2.PdfDocument(await press.pdf(SHEET)):
        page = drawn.render(scale=3, grayscale=True)
        image = memoryview(bytes(page.buffer)).cast("B", shape=(page.height, page.stride))
        found += [code.text for code in zxingcpp.read_barcodes(image)]
    assert found == [URL]


async def test_a_full_page_of_a_pdf_has_22_lines_of_28_characters(press: Press) -> None:
    blocks = (Paragraph(text="规" * 28 * 60, indent=False), Paragraph(text="完"))
    full = SHEET.model_copy(update={"form": Form.OFFICIAL, "blocks": blocks, "copy_to": ()})
    lines = PdfReader(io.BytesIO(await press.pdf(full))).pages[1].extract_text().splitlines()
    body = [line.strip() for line in lines if set(line.strip()) == {"规"}]
    assert len(body) == 22
    assert {len(line) for line in body} == {28}


async def test_the_docx_is_a4_with_the_margins_the_type_and_the_grid_of_the_standard(press: Press) -> None:
    word = await press.docx(SHEET.model_copy(update={"form": Form.OFFICIAL}))
    document = docx.Document(io.BytesIO(word))
    section, style = document.sections[0], document.styles["Normal"]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin / Mm(1)) for margin in margins] == [37, 35, 28, 26]
    assert (style.font.size.pt, style.font.name) == (16, "仿宋_GB2312")
    inside = zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
    assert 'w:type="linesAndChars"' in inside
    assert inside.count("<w:drawing>") == 1


async def test_a_licensing_paper_stands_on_one_page_and_no_page_holds_a_signature_alone(press: Press) -> None:
    plain = SHEET.model_copy(update={"attachments": (), "copy_to": (), "printed_by": ""})
    assert len(PdfReader(io.BytesIO(await press.pdf(plain))).pages) == 1
    for lines in range(8, 16):
        long = plain.model_copy(update={"blocks": (*plain.blocks, *(Paragraph(text=f"第{n}段") for n in range(lines)))})
        last = PdfReader(io.BytesIO(await press.pdf(long))).pages[-1].extract_text()
        assert f"第{lines - 1}段" in last.replace(" ", ""), lines


async def test_the_fonts_are_the_bureaus_own_where_it_has_them(press: Press) -> None:
    own = Press(FONTS, Faces(body="Noto Sans CJK SC", title="FZXiaoBiaoSong"))
    pdf, word = await own.pdf(SHEET), await own.docx(SHEET)
    own.close()
    assert pdf != await press.pdf(SHEET)
    assert "FZXiaoBiaoSong" in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()


async def test_an_official_document_has_a_red_mark_and_a_red_rule(press: Press) -> None:
    official = SHEET.model_copy(
        update={"form": Form.OFFICIAL, "mark": "示例市自然资源和规划局文件", "signer": "王局长"}
    )
    assert "示例市自然资源和规划局文件" in pdf_text(await press.pdf(official))
    inside = zipfile.ZipFile(io.BytesIO(await press.docx(official))).read("word/document.xml").decode()
    assert inside.count('D7000F"') == 2
    assert "签发人：王局长" in docx_text(await press.docx(official))


async def test_what_was_entered_is_text_whatever_it_looks_like(press: Press) -> None:
    nasty = "#panic(1) $x$ *a* </w:p><w:p/> &amp; \x00\x0b\ufffe 尾"
    sheet = SHEET.model_copy(update={"blocks": (Paragraph.model_validate({"text": nasty}),)})
    for text in (pdf_text(await press.pdf(sheet)), "".join(docx_text(await press.docx(sheet)).split())):
        assert "#panic(1)$x$*a*</w:p><w:p/>&amp;尾" in text


@pytest.mark.parametrize(
    "text", ["\u0e01", "\ue000甲\U000f0000", "乙\u0378\n丙", "".join(map(chr, range(0xE000, 0xE0C8)))]
)
async def test_a_character_that_no_font_has_is_set_as_a_geta_mark_and_the_rest_stays(press: Press, text: str) -> None:
    said = pdf_text(await press.pdf(SHEET.model_copy(update={"blocks": (Paragraph(text=f"{BODY}{text}"),)})))
    assert "〓" in said
    assert BODY in said
    assert [one for one in "甲乙丙" if one in text] == [one for one in "甲乙丙" if one in said]


def test_a_folder_without_the_fonts_is_told(tmp_path: Path) -> None:
    assert missing_families(FONTS) == frozenset()
    assert missing_families(tmp_path) == {"Noto Serif CJK SC", "Noto Sans CJK SC"}


@pytest.mark.parametrize(
    ("day", "plain", "chinese"),
    [
        (date(2026, 11, 22), "2026年11月22日", "二〇二六年十一月二十二日"),
        (date(2030, 1, 10), "2030年1月10日", "二〇三〇年一月十日"),
        (date(2027, 10, 31), "2027年10月31日", "二〇二七年十月三十一日"),
    ],
)
def test_dates_are_written_as_the_standard_and_as_certificates_want_them(day: date, plain: str, chinese: str) -> None:
    assert written_date(day) == plain
    assert chinese_date(day) == chinese


@given(st.integers(1, 99))
def test_chinese_numbers_read_back(number: int) -> None:
    digits = {sign: value for value, sign in enumerate("〇一二三四五六七八九")}
    tens, has_tens, ones = chinese_number(number).rpartition("十")
    value = (digits.get(tens, 1) * 10 if has_tens else 0) + digits.get(ones, 0)
    assert value == number
