"""Small files of the kinds that are taken, as a scanner or an office program makes them, and some that lie."""

import io
import zipfile
from collections.abc import Mapping

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
TIFF = b"II*\x00\x08\x00\x00\x00" + bytes(30)
DWG = b"AC1032\x00\x00" + bytes(100)
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200) + b"This program cannot be run in DOS mode."


def package(parts: Mapping[str, bytes], *, compressed: bool = True) -> bytes:
    """A ZIP package of these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


WORD_PARTS: Mapping[str, bytes] = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
DOCX = package(WORD_PARTS)
XLSX = package({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
OFD = package({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<Document/>"})
BOMB = package({**WORD_PARTS, "word/media/0.xml": bytes(20_000_000)})
