"""Sets documents with typst and python-docx, in a thread of its own: the event loop goes on."""

import asyncio
import io
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import segno
import typst

from services.kernel.documents.fonts import Faces, embedded
from services.kernel.documents.sheets import Sheet
from services.kernel.documents.wordfiles import word_file

_DOCUMENT: Final = Path(__file__).with_name("document.typ")

_GETA: Final = "〓"
"""What printers set for a character that they do not have."""

_NO_GLYPH: Final = re.compile(r'the text `?"((?:[^"\\]|\\.)+)"`? could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_RARE: Final = re.compile(r"[^\n\x20-\x7e\u00a0-\u00ff\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_ONE_BY_ONE: Final = 20
"""Characters that are looked at singly; a text with more that cannot be set keeps only those that every font has."""


class NotSet(Exception):
    """The page could not be laid out; the reason is the compiler's."""


class Press:
    """Prints. The fonts are read once for each layout; a page takes some ten milliseconds after that.

    One thread: a compiler serves one caller at a time. It works without the interpreter, so requests go on.
    """

    def __init__(self, font_dir: Path, faces: Faces | None = None) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="typst")
        self._font_dir, self._faces = font_dir, faces or Faces()
        self._told = json.dumps(embedded(self._faces, font_dir))
        self._compilers: dict[Path, typst.Compiler] = {}

    async def pdf(self, sheet: Sheet) -> bytes:
        """The document as PDF/A-2b, fonts embedded. The same sheet gives the same bytes."""
        return await self.layout(_DOCUMENT, {"sheet": _told(sheet)}, at=sheet.made_at)

    async def docx(self, sheet: Sheet) -> bytes:
        """The document for the word processor. The same sheet gives the same bytes."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, word_file, sheet, self._faces)

    async def layout(self, template: Path, content: Mapping[str, str], *, at: datetime) -> bytes:
        """A page of its own layout as PDF/A-2b: a `.typ` file and the texts that it reads from `sys.inputs`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._set, template, content, at)

    def _set(self, template: Path, content: Mapping[str, str], at: datetime) -> bytes:
        """The page; a character that no font has is set as a geta mark. Raises NotSet."""
        for tried in range(_ONE_BY_ONE + 2):
            try:
                page = self._compiler(template).compile(
                    format="pdf",
                    sys_inputs={**content, "faces": self._told},
                    pdf_standards=["a-2b"],
                    timestamp=at.astimezone(UTC).replace(microsecond=0),  # typst takes whole seconds only
                )
            except typst.TypstError as error:
                lacking = set(_lacking(str(error)))
                if not lacking:
                    raise NotSet(str(error)) from error
                content = _without(content, lacking, rare=tried >= _ONE_BY_ONE)
            else:
                assert isinstance(page, bytes)  # noqa: S101 - one PDF, not a picture for each page
                return page
        msg = "too many characters that no font has"
        raise NotSet(msg)

    def _compiler(self, template: Path) -> typst.Compiler:
        if template not in self._compilers:
            self._compilers[template] = typst.Compiler(template, font_paths=[self._font_dir], ignore_system_fonts=True)
        return self._compilers[template]

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown()


def _lacking(message: str) -> Iterator[str]:
    """The characters that the compiler has no glyph for."""
    if found := _NO_GLYPH.search(message):
        yield from _ESCAPED.sub(lambda each: chr(int(each[1], 16)) if each[1] else each[2], found[1])


def _without(content: Mapping[str, str], lacking: set[str], *, rare: bool) -> dict[str, str]:
    """The texts with geta marks in place of these characters, or of all rare ones."""
    places = {ord(one): _GETA for one in lacking}

    def told(value: object) -> object:
        match value:
            case str():
                return _RARE.sub(_GETA, value) if rare and not value.startswith("<svg") else value.translate(places)
            case list():
                return [told(each) for each in value]
            case dict():
                return {key: told(each) for key, each in value.items()}
            case _:
                return value

    return {name: json.dumps(told(json.loads(text)), ensure_ascii=False) for name, text in content.items()}


def _told(sheet: Sheet) -> str:
    """What the layout shows, as JSON: all text, so that nothing that was entered is taken for markup."""
    told = sheet.model_dump(mode="json")
    if sheet.code is not None:
        told["code"]["svg"] = qr_svg(sheet.code.url)
    return json.dumps(told, ensure_ascii=False)


def qr_svg(url: str) -> str:
    """The QR code (ISO/IEC 18004, level M) as SVG, with no quiet zone: the layout leaves one."""
    image = io.BytesIO()
    segno.make_qr(url, error="m").save(image, kind="svg", border=0, xmldecl=False)
    return image.getvalue().decode()
