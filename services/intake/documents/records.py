"""An issued document: read-only from the moment it exists, because it is written once and never changed."""

from datetime import date, datetime

from services.kernel.documents import Sheet
from services.kernel.store import Body


class IssuedDocument(Body, frozen=True):
    """One document. `sha256` is of its PDF, kept under `file_id`; `sheet` is what the DOCX is made of.

    `series` and `serial` are of our own numbers; a number that an officer entered in the process has neither.
    `token` is what the QR code leads to: nobody can guess it.
    """

    document_id: str
    case_no: str
    due_id: str
    kind: str
    name: str
    name_en: str
    basis: tuple[str, ...]
    number: str
    series: str
    serial: int
    title: str
    to_applicant: bool
    issued_on: date
    issued_at: datetime
    file_id: str
    sha256: str
    size: int
    token: str
    sheet: Sheet | None = None


def document_id(case_no: str, due_id: str) -> str:
    """The natural key: the same fact never makes a second document."""
    return f"{case_no}.{due_id}"


def series_of(nature: str, year: int) -> str:
    """What is numbered without gaps: each nature in each year."""
    return f"{nature}-{year}"


def number_of(*, organ: str, nature: str, year: int, serial: int) -> str:
    """The document number (发文字号, GB/T 9704-2012 §7.2.5), such as `示资规许受〔2026〕12号`."""
    return f"{organ}{nature}〔{year}〕{serial}号"
