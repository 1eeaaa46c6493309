"""A draft of an application: what was typed so far, sealed, behind a number and a password."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.intake.applications import ApplicantKind, Code
from services.kernel.requests import Request
from services.kernel.seals import Seals
from services.kernel.store import Body

Typed = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)]


class ApplicantSection(Request, frozen=True):
    """The applicant as typed: it may be incomplete or wrong until the draft is filed."""

    kind: ApplicantKind = ApplicantKind.ORGANISATION
    name: Typed = ""
    id_no: Short = ""
    phone: Short = ""
    agent_name: Typed = ""
    agent_id_no: Short = ""


class ProjectSection(Request, frozen=True):
    """The project as typed."""

    title: Typed = ""
    township: Code | None = None
    facts: dict[Code, Typed] = Field(default_factory=dict, max_length=50)


class Content(BaseModel, frozen=True):
    """Everything typed in a draft."""

    applicant: ApplicantSection = Field(default_factory=ApplicantSection)
    project: ProjectSection = Field(default_factory=ProjectSection)


class Draft(Body, frozen=True):
    """One draft. Times of its end are wall time: it can be used until `expires_at`; MongoDB forgets it at `gone_at`.

    `sealed` holds the content; nothing once the draft is closed, because it was filed (`case_no`) or is over.
    """

    draft_no: str
    hashed: str
    item_code: str
    situation: str
    begun_at: datetime
    expires_at: datetime
    gone_at: datetime
    sealed: str = ""
    case_no: str | None = None
    is_closed: bool = False

    def content(self, seals: Seals) -> Content:
        """What was typed."""
        opened = seals.open(self.sealed, place=_place(self.draft_no)) if self.sealed else "{}"
        return Content.model_validate_json(opened)

    def holding(self, content: Content, seals: Seals) -> "Draft":
        """The draft with this content."""
        sealed = seals.seal(content.model_dump_json(), place=_place(self.draft_no))
        return self.model_copy(update={"sealed": sealed})

    def closed(self, case_no: str | None) -> "Draft":
        """The draft without its content: filed as a case, or over."""
        return self.model_copy(update={"sealed": "", "case_no": case_no, "is_closed": True})


def _place(draft_no: str) -> str:
    return f"{draft_no}/content"
