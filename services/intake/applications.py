"""What the window enters for an application, and whether it may be received: everything wrong is said at once."""

from collections.abc import Collection, Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from services.contracts.workflow import Item, RequiredDocument, Situation
from services.intake import facts
from services.intake.identities import is_mobile, is_resident_id, tidy
from services.kernel.codes import is_credit_code
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Request

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""One line of text for people."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]

Number = Annotated[str, StringConstraints(max_length=40), AfterValidator(tidy)]
"""An identity or telephone number, freed of spaces, hyphens and full-width digits."""


class ApplicantKind(StrEnum):
    """Who applies: somebody with a resident identity number, or an organisation with a credit code."""

    PERSON = "person"
    ORGANISATION = "organisation"


class AgentEntry(Request, frozen=True):
    """The authorised agent (委托代理人, 行政许可法 §29) who comes to the window."""

    name: Line
    id_no: Number


class ApplicantEntry(Request, frozen=True):
    """The applicant. `id_no` is a resident identity number or a unified social credit code, by `kind`."""

    kind: ApplicantKind
    name: Line
    id_no: Number
    phone: Number
    agent: AgentEntry | None = None


class DocumentEntry(Request, frozen=True):
    """One line of the checklist, ticked."""

    code: Code
    originals: int = Field(default=0, ge=0, le=999)
    copies: int = Field(default=0, ge=0, le=999)

    @property
    def handed_in(self) -> int:
        """How many were handed in."""
        return self.originals + self.copies


class Application(Request, frozen=True):
    """One application as entered at the receiving window (接件窗口, B-31)."""

    item_code: Code
    situation: Code
    title: Line
    applicant: ApplicantEntry
    facts: dict[str, Any] = Field(default_factory=dict)
    documents: tuple[DocumentEntry, ...] = Field(default=(), max_length=200)
    township: Code | None = None


class ApplicationIncomplete(Problem):
    """The application cannot be received as it is; `errors` names everything, `missing` the papers that lack."""

    status = 422
    code = "application-incomplete"
    zh = "申请有 {count} 处不符合收件要求，已一次列全"
    en = "the application cannot be received yet: all {count} reasons are listed"
    remedy_zh = "请按 errors 逐项补齐或更正后再提交；要件以办事指南所列为准（行政许可法第三十条、第三十二条）"
    remedy_en = "complete or correct each place listed in errors; the list of papers is closed (行政许可法 §30, §32)"


def refuse_incomplete(entry: Application, item: Item, *, today: date, townships: Collection[str]) -> Situation:
    """The situation applied for, if all is well; else one `ApplicationIncomplete` with every shortfall.

    `townships` are the codes of the township offices known.
    """
    situation = next((known for known in item.situations if known.code == entry.situation), None)
    missing = tuple(_missing(entry, item))
    errors = (
        *_situation_faults(entry, item),
        *(_missing_fault(document) for document in missing),
        *_document_faults(entry, item),
        *_applicant_faults(entry.applicant, today),
        *_township_faults(entry, item, townships),
        *facts.faults(entry.facts),
    )
    if errors or situation is None:
        lacking = [{"code": paper.code, "name": paper.name, "basis": paper.basis} for paper in missing]
        raise ApplicationIncomplete(count=len(errors), missing=lacking, errors=errors)
    return situation


def _situation_faults(entry: Application, item: Item) -> Iterator[FieldError]:
    if all(known.code != entry.situation for known in item.situations):
        choice = "、".join(f"{known.code} {known.name}" for known in item.situations)
        yield FieldError(
            "body.situation",
            zh=f"事项 {item.code} 没有情形「{entry.situation}」，可选：{choice}",
            en=f"item {item.code} has no situation {entry.situation!r}; it has: {choice}",
        )


def papers_asked(item: Item, situation: str) -> dict[str, RequiredDocument]:
    """The papers of the situation by code. No situation named means all of them."""
    return {paper.code: paper for paper in item.documents if not paper.situations or situation in paper.situations}


def _missing(entry: Application, item: Item) -> Iterator[RequiredDocument]:
    ticked = {document.code for document in entry.documents}
    for code, paper in papers_asked(item, entry.situation).items():
        if paper.mandatory and code not in ticked:
            yield paper


def _missing_fault(paper: RequiredDocument) -> FieldError:
    return FieldError(
        f"body.documents.{paper.code}",
        zh=f"缺少必备要件：{paper.name}（依据：{paper.basis}）",
        en=f"mandatory document missing: {paper.name_en} (basis: {paper.basis})",
    )


def _document_faults(entry: Application, item: Item) -> Iterator[FieldError]:
    """Papers not on the list (§30, §31: the list is closed), ticked twice, or ticked with nothing handed in."""
    asked = papers_asked(item, entry.situation)
    seen: set[str] = set()
    for place, document in enumerate(entry.documents):
        where = f"body.documents.{place}"
        if document.code not in asked:
            yield FieldError(
                where,
                zh=f"该情形的要件清单中没有「{document.code}」，不得另行索要",
                en=f"{document.code!r} is not on the list of this situation and must not be asked for",
            )
        if document.code in seen:
            yield FieldError(where, zh=f"要件「{document.code}」重复", en=f"{document.code!r} is ticked twice")
        if document.handed_in == 0:
            yield FieldError(where, zh="原件和复印件都是 0 份", en="neither originals nor copies were handed in")
        seen.add(document.code)


def _applicant_faults(applicant: ApplicantEntry, today: date) -> Iterator[FieldError]:
    match applicant.kind:
        case ApplicantKind.PERSON if not is_resident_id(applicant.id_no, today=today):
            yield bad_resident_id("body.applicant.id_no")
        case ApplicantKind.ORGANISATION if not is_credit_code(applicant.id_no):
            yield FieldError(
                "body.applicant.id_no",
                zh="不是有效的统一社会信用代码：应为 18 位且校验码正确（GB 32100）",
                en="not a valid unified social credit code: 18 characters with a right check character (GB 32100)",
            )
        case _:
            pass
    if not is_mobile(applicant.phone):
        yield FieldError(
            "body.applicant.phone",
            zh="不是有效的手机号码：应为 1 开头的 11 位数字",
            en="not a valid mobile number: eleven digits, 13 to 19 first",
        )
    if applicant.agent is not None and not is_resident_id(applicant.agent.id_no, today=today):
        yield bad_resident_id("body.applicant.agent.id_no")


def bad_resident_id(where: str) -> FieldError:
    """The finding for a resident identity number that cannot be right."""
    return FieldError(
        where,
        zh="不是有效的居民身份证号码：应为 18 位，出生日期真实且校验码正确（GB 11643）",
        en="not a valid resident identity number: 18 characters, real date of birth, right check character (GB 11643)",
    )


def _township_faults(entry: Application, item: Item, townships: Collection[str]) -> Iterator[FieldError]:
    if entry.township is None and item.township_first:
        yield FieldError(
            "body.township",
            zh=f"事项 {item.code} 由乡镇先行初审，请填写乡镇编码",
            en=f"item {item.code} is reviewed by the township first: name the township",
        )
    if entry.township is not None and entry.township not in townships:
        choice = "、".join(sorted(townships)) or "（尚未登记任何乡镇）"
        yield FieldError(
            "body.township",
            zh=f"没有乡镇「{entry.township}」，可选：{choice}",
            en=f"there is no township {entry.township!r}; known: {choice}",
        )
