"""A document (文书) described once, for paper (PDF) and for the word processor (DOCX): plain data, no layout."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, Field

ILLEGAL: Final = {code: None for code in range(32) if code not in {9, 10}} | {0x7F: None, 0xFFFE: None, 0xFFFF: None}
"""Characters that XML 1.0 has no place for; a DOCX that held one would not open."""


def clean(text: str) -> str:
    """The text without characters that no document may hold."""
    return text.translate(ILLEGAL)


Text = Annotated[str, Field(max_length=20_000), AfterValidator(clean)]


class Form(StrEnum):
    """How the document begins: with the red mark of a 公文, or as a plain licensing paper (文书)."""

    OFFICIAL = "official"
    PLAIN = "plain"


class Paragraph(BaseModel, frozen=True):
    """Running text. `indent` by two characters, as GB/T 9704 wants it; `strong` text stands out."""

    kind: Literal["paragraph"] = "paragraph"
    text: Text
    indent: bool = True
    strong: bool = False


class Heading(BaseModel, frozen=True):
    """A heading within the text: level 1 in 黑体, level 2 in 楷体."""

    kind: Literal["heading"] = "heading"
    text: Text
    level: Literal[1, 2] = 1


class Listing(BaseModel, frozen=True):
    """Numbered items: 1. 2. 3. (`arabic`) or 一、二、三、 (`chinese`)."""

    kind: Literal["listing"] = "listing"
    items: tuple[Text, ...]
    style: Literal["arabic", "chinese"] = "arabic"


class Fields(BaseModel, frozen=True):
    """A form's table: what is asked on the left, the answer on the right."""

    kind: Literal["fields"] = "fields"
    rows: tuple[tuple[Text, Text], ...]


class Table(BaseModel, frozen=True):
    """A table with a head. `shares` are the columns' widths in relation to each other."""

    kind: Literal["table"] = "table"
    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    shares: tuple[int, ...] = ()


Block = Annotated[Paragraph | Heading | Listing | Fields | Table, Field(discriminator="kind")]


class Signature(BaseModel, frozen=True):
    """Who signs, where the seal goes, and the date as it is written out (成文日期)."""

    organ: Text
    date: Text
    seal: Text = "（印章）"


class Code(BaseModel, frozen=True):
    """A QR code and the words under it."""

    url: Text
    caption: Text = "扫码核验"


class Sheet(BaseModel, frozen=True):
    """One document. What is empty is left out; `made_at` stands in the file's properties."""

    form: Form = Form.PLAIN
    organ: Text
    mark: Text = ""
    """The issuing organ's mark (发文机关标志) of an official document, such as `示例市自然资源和规划局文件`."""
    number: Text = ""
    signer: Text = ""
    title: Text
    recipient: Text = ""
    blocks: tuple[Block, ...] = ()
    attachments: tuple[Text, ...] = ()
    signature: Signature | None = None
    note: Text = ""
    sign_for: tuple[Text, ...] = ()
    """Lines to be filled in by hand under the signature, such as the receiver's name and the day."""
    copy_to: tuple[Text, ...] = ()
    printed_by: Text = ""
    printed_on: Text = ""
    code: Code | None = None
    watermark: Text = ""
    made_at: datetime


_DIGITS: Final = "〇一二三四五六七八九"


def written_date(day: date) -> str:
    """The date as GB/T 9704-2012 §7.3.5.4 wants it: `2026年11月3日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_date(day: date) -> str:
    """The date in Chinese numerals, as certificates bear it: `二〇二六年十一月三日`."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"


def chinese_number(number: int) -> str:
    """A number from 1 to 99 as it is read: 十一, 二十, 九十九."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
