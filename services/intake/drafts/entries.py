"""From a draft to an application: the same checks as at the window, and everything that lacks at once."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final

from pydantic import Field

from services.contracts.workflow import Item
from services.intake.applications import (
    AgentEntry,
    ApplicantEntry,
    Application,
    ApplicationIncomplete,
    DocumentEntry,
    papers_asked,
    refuse_incomplete,
)
from services.intake.drafts.records import ApplicantSection, Content, Draft
from services.intake.uploads.records import Scan, Upload
from services.kernel.problem import FieldError

_STANDS_IN: Final = "?"
_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f]+")


class OnlineDocument(DocumentEntry, frozen=True):
    """A paper handed in as files."""

    files: int = Field(ge=1)

    @property
    def handed_in(self) -> int:
        """The files."""
        return self.files


def application_of(draft: Draft, content: Content, uploads: Sequence[Upload], item: Item) -> Application:
    """The application as the window would enter it; what is empty is `?`."""
    asked = papers_asked(item, draft.situation)
    harmless = Counter(one.paper for one in uploads if one.scan is not Scan.INFECTED and one.paper in asked)
    return Application(
        item_code=draft.item_code,
        situation=draft.situation,
        title=_line(content.project.title),
        applicant=_applicant(content.applicant),
        facts={name: text for name, text in content.project.facts.items() if text},
        documents=tuple(OnlineDocument(code=code, files=harmless[code]) for code in asked if code in harmless),
        township=content.project.township,
    )


def refuse_unfit(
    draft: Draft, content: Content, uploads: Sequence[Upload], item: Item, *, today: date, townships: Collection[str]
) -> Application:
    """The application, if it can be received; else one ApplicationIncomplete with everything that lacks."""
    entry = application_of(draft, content, uploads, item)
    found = [*_blanks(content), *_infected(uploads)]
    blank = {fault.where for fault in found}
    try:
        refuse_incomplete(entry, item, today=today, townships=townships)
    except ApplicationIncomplete as refused:
        found += [fault for fault in refused.errors if fault.where not in blank]
        missing = refused.values["missing"]
    else:
        missing = []
    if found:
        raise ApplicationIncomplete(count=len(found), missing=missing, errors=found)
    return entry


def faults(
    draft: Draft, content: Content, uploads: Sequence[Upload], item: Item, *, today: date, townships: Collection[str]
) -> tuple[FieldError, ...]:
    """Everything that still lacks; empty when the draft can be filed."""
    try:
        refuse_unfit(draft, content, uploads, item, today=today, townships=townships)
    except ApplicationIncomplete as refused:
        return refused.errors
    return ()


def _applicant(typed: ApplicantSection) -> ApplicantEntry:
    agent = AgentEntry(name=_line(typed.agent_name), id_no=typed.agent_id_no or _STANDS_IN)
    has_agent = typed.agent_name or typed.agent_id_no
    return ApplicantEntry(
        kind=typed.kind,
        name=_line(typed.name),
        id_no=typed.id_no or _STANDS_IN,
        phone=typed.phone or _STANDS_IN,
        agent=agent if has_agent else None,
    )


def _line(text: str) -> str:
    return _INVISIBLE.sub(" ", text).strip() or _STANDS_IN


def _blanks(content: Content) -> Iterator[FieldError]:
    applicant = content.applicant
    asked = [
        ("body.applicant.name", applicant.name, "名称或姓名", "the name"),
        ("body.applicant.id_no", applicant.id_no, "统一社会信用代码或身份证号", "the credit code or identity number"),
        ("body.applicant.phone", applicant.phone, "手机号码", "the mobile number"),
        ("body.title", content.project.title, "项目名称", "the name of the project"),
    ]
    if applicant.agent_name or applicant.agent_id_no:
        asked += [
            ("body.applicant.agent.name", applicant.agent_name, "代理人姓名", "the agent's name"),
            ("body.applicant.agent.id_no", applicant.agent_id_no, "代理人身份证号", "the agent's identity number"),
        ]
    for where, text, zh, en in asked:
        if not _INVISIBLE.sub("", text).strip():
            yield FieldError(where, zh=f"请填写{zh}", en=f"give {en}")


def _infected(uploads: Sequence[Upload]) -> Iterator[FieldError]:
    for upload in uploads:
        if upload.scan is Scan.INFECTED:
            yield FieldError(
                f"body.documents.{upload.paper}",
                zh=f"{upload.paper_name}的文件“{upload.name}”含有恶意代码，请删去后重新上传",
                en=f"malware was found in the file {upload.name}: remove it and send a clean one",
            )
