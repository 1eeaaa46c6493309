"""Official documents (文书): one description, set as PDF/A and as DOCX. For services with the extra `documents`."""

from services.kernel.documents.fonts import Faces, missing_families
from services.kernel.documents.press import NotSet, Press, qr_svg
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
    chinese_date,
    chinese_number,
    written_date,
)
from services.kernel.documents.templates import SlotEmpty, Template, TemplateUnsound, Value, filled, load

__all__ = [
    "Block",
    "Code",
    "Faces",
    "Fields",
    "Form",
    "Heading",
    "Listing",
    "NotSet",
    "Paragraph",
    "Press",
    "Sheet",
    "Signature",
    "SlotEmpty",
    "Table",
    "Template",
    "TemplateUnsound",
    "Value",
    "chinese_date",
    "chinese_number",
    "filled",
    "load",
    "missing_families",
    "qr_svg",
    "written_date",
]
