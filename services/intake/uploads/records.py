"""An upload: one file handed in for one paper of a case or of a draft, and what is known of its harmlessness."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from services.kernel.store import Body


class Scan(StrEnum):
    """What is known of malware in a file. Without a scanner in the settings, files are `unscanned`."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNED = "unscanned"


class Upload(Body, frozen=True):
    """One file. `owner` is `case/<number>` or `draft/<number>`; `upload_id` is the file's.

    `is_removed` was taken out of a draft again. `gone_at` is when MongoDB forgets the row, for drafts that are not
    filed; `recorded_at` is wall time, for sweepers.
    """

    upload_id: str
    owner: str
    paper: str
    paper_name: str
    name: str
    media_type: str
    size: int
    sha256: str
    by: str
    by_name: str
    uploaded_at: datetime
    recorded_at: datetime
    scan: Scan
    scanned_at: datetime | None = None
    malware: str = ""
    is_removed: bool = False
    gone_at: datetime | None = None


class UploadView(BaseModel, frozen=True):
    """A file as staff see it in a list."""

    upload_id: str
    paper: str
    paper_name: str
    name: str
    media_type: str
    size: int
    sha256: str
    by_name: str
    uploaded_at: datetime
    scan: Scan
    malware: str


def view(upload: Upload) -> UploadView:
    """The upload for a list."""
    return UploadView.model_validate(upload.model_dump(include=set(UploadView.model_fields)))


def of_case(case_no: str) -> str:
    """The owner of what is handed in for a case."""
    return f"case/{case_no}"


def of_draft(draft_no: str) -> str:
    """The owner of what is handed in with a draft; it stays so once the draft is filed."""
    return f"draft/{draft_no}"
