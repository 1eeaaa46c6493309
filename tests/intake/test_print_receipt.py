"""The receipt on paper: what it says, that its fonts travel with it, and what its QR code says."""

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp
from pydantic import ValidationError
from pypdf import PdfReader

from services.intake.prints.printer import Paper, Printer
from services.intake.receipts import Receipt, receipt_of, status_url
from services.intake.settings import IntakeSettings
from services.kernel.documents import Press
from tests.intake.builders import COMPANY, NUMBER, RESIDENT, received

PRINTED = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
KEY = "a key for tests only: at least 32 characters"
PAGE = "https://gh.example.gov.cn/lookup"


@pytest.fixture(scope="module")
def settings() -> IntakeSettings:
    return settings_with(status_url=PAGE)


def settings_with(**changes: object) -> IntakeSettings:
    needed = {"mongo_url": "mongodb://nowhere", "nats_url": "nats://nowhere", "field_keys": KEY}
    return IntakeSettings.model_validate(needed | changes)


@pytest.fixture(scope="module")
def printer(settings: IntakeSettings) -> Iterator[Printer]:
    press = Press(settings.font_dir)
    yield Printer(press)
    press.close()


def receipt(settings: IntakeSettings, **changes: object) -> Receipt:
    made = receipt_of(received(), settings=settings, horizon=date(2026, 12, 31), password="7KMQ4XPW")
    return made.model_copy(update=changes)


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace(" ", "")


async def test_the_page_says_everything_the_applicant_needs(printer: Printer, settings: IntakeSettings) -> None:
    text = text_of(await printer.pdf(receipt(settings), printed_at=PRINTED))
    for said in (
        "立案回执",
        NUMBER,
        "示例市自然资源和规划局",
        "建设工程规划许可证核发",
        "示例开发有限公司",
        "申请表",
        "土地使用证明",
        "2026年12月3日",
        "7KMQ4XPW",
        "915120**********63",
        "138****0001",
        "行政许可专用章",
    ):
        assert said in text, said
    assert COMPANY not in text
    assert RESIDENT not in text
    assert "暂定" not in text


async def test_it_is_printed_at_any_moment_not_only_at_whole_seconds(
    printer: Printer, settings: IntakeSettings
) -> None:
    pdf = await printer.pdf(receipt(settings), printed_at=PRINTED.replace(microsecond=123_000))
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("paper", Paper)
async def test_the_qr_code_leads_to_the_status_page_without_the_password(
    printer: Printer, settings: IntakeSettings, paper: Paper
) -> None:
    pdf = await printer.pdf(receipt(settings), printed_at=PRINTED, paper=paper)
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=3, grayscale=True)
    image = memoryview(bytes(page.buffer)).cast("B", shape=(page.height, page.stride))
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [f"{PAGE}?case_no={NUMBER}"]


async def test_every_font_is_embedded(printer: Printer, settings: IntakeSettings) -> None:
    reader = PdfReader(BytesIO(await printer.pdf(receipt(settings), printed_at=PRINTED)))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert {descriptor["/FontName"].partition("+")[2] for descriptor in descriptors} >= {"NotoSerifCJKsc-Regular"}
    assert all("/FontFile3" in descriptor or "/FontFile2" in descriptor for descriptor in descriptors)


async def test_the_page_is_a5_and_an_archive_pdf(printer: Printer, settings: IntakeSettings) -> None:
    pdf = await printer.pdf(receipt(settings), printed_at=PRINTED)
    box = PdfReader(BytesIO(pdf)).pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (148, 210)
    assert b"pdfaid:part" in pdf or "pdfaid" in str(PdfReader(BytesIO(pdf)).xmp_metadata)


async def test_a_roll_of_80_mm_holds_what_one_needs_however_long_it_is(
    printer: Printer, settings: IntakeSettings
) -> None:
    many = receipt(settings, documents=receipt(settings).documents * 20)
    pages = [
        PdfReader(BytesIO(await printer.pdf(each, printed_at=PRINTED, paper=Paper.ROLL))).pages
        for each in (receipt(settings), many)
    ]
    assert [len(each) for each in pages] == [1, 1]
    assert {round(each[0].mediabox.width / 72 * 25.4) for each in pages} == {80}
    assert pages[0][0].mediabox.height < pages[1][0].mediabox.height
    text = pages[0][0].extract_text().replace(" ", "")
    for said in (NUMBER, "7KMQ4XPW", "2026年12月3日", "示例开发有限公司", "915120**********63", "申请表"):
        assert said in text, said
    assert COMPANY not in text


async def test_many_documents_go_on_to_a_second_page(printer: Printer, settings: IntakeSettings) -> None:
    long = receipt(settings, documents=receipt(settings).documents * 20)
    assert len(PdfReader(BytesIO(await printer.pdf(long, printed_at=PRINTED))).pages) == 2


async def test_nothing_entered_at_the_window_is_taken_for_markup(printer: Printer, settings: IntakeSettings) -> None:
    title = '#panic("x") *粗* $a$ </svg> "引号" \\'
    text = text_of(await printer.pdf(receipt(settings, title=title), printed_at=PRINTED))
    assert '#panic("x")*粗*$a$</svg>"引号"\\' in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expected_provisional": True}, "暂定"),
        ({"password_issue": 2}, "第2次签发"),
        ({"township": "T01", "township_name": "雁溪镇"}, "雁溪镇"),
        ({"agent": None}, "代理人—"),
    ],
)
async def test_what_is_special_stands_on_the_page(
    printer: Printer, settings: IntakeSettings, changes: dict[str, Any], said: str
) -> None:
    assert said in text_of(await printer.pdf(receipt(settings, **changes), printed_at=PRINTED))


async def test_the_same_receipt_gives_the_same_page(printer: Printer, settings: IntakeSettings) -> None:
    first, second = [await printer.pdf(receipt(settings), printed_at=PRINTED) for _ in range(2)]
    assert first == second


def test_a_folder_without_the_fonts_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="fonts-noto-cjk"):
        settings_with(font_dir=tmp_path)


@pytest.mark.parametrize(
    ("page", "url"),
    [(PAGE, f"{PAGE}?case_no={NUMBER}"), (f"{PAGE}?lang=zh", f"{PAGE}?lang=zh&case_no={NUMBER}")],
)
def test_the_status_address_takes_the_case_number(page: str, url: str) -> None:
    assert status_url(page, NUMBER) == url


@pytest.mark.parametrize("keys", ["", "too short", f"{KEY},short"])
def test_a_weak_field_key_is_refused_at_start(keys: str) -> None:
    with pytest.raises(ValidationError, match="32"):
        settings_with(field_keys=keys)
