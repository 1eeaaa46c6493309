"""Matters that no light began: decisions, instructions, complaints, ratings, patrols, inspections; and objections."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.contracts.events import Said
from services.contracts.supervision import MatterRegistered
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Reason, Request
from services.supervision.catalogues import Catalogue, CatalogueKind
from services.supervision.matters import Fact, Matter, Objection, Source, Step, added
from services.supervision.records.chains import digest
from services.supervision.refusals import MatterArchived

Decided = tuple[Matter, tuple[Said, ...]]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][0-9A-Za-z_]{0,29}$")]
BY_HAND = "by-hand"


class NotInCatalogue(Problem):
    """A matter refers to the duties, methods and domains that there are."""

    status = 422
    code = "not-in-catalogue"
    zh = "有 {count} 项不在目录中"
    en = "{count} of the codes are not in the catalogue"
    remedy_zh = "请从目录中选择；目录可在督查设置中编辑"
    remedy_en = "choose from the catalogues; the office can edit them"


class ObjectionNotReady(Problem):
    """One objection at a time, raised before the archive and decided once."""

    status = 409
    code = "objection-not-ready"
    zh = "事项 {matter} 的异议{verb_zh}"
    en = "an objection to matter {matter} {verb}"
    remedy_zh = "一次只处理一件异议，归档前提出"
    remedy_en = "one at a time, before the matter is archived"


class ReviewerRecused(Problem):
    """An objection is decided by somebody who had no part in the matter (政府督查工作条例 §17 as a model)."""

    status = 403
    code = "reviewer-recused"
    zh = "参与过事项 {matter} 的人员应当回避"
    en = "whoever had a part in matter {matter} must stand aside"
    remedy_zh = "请另行指定未参与的人员复核"
    remedy_en = "let somebody who had no part in it decide"


class MatterEntry(Request, frozen=True):
    """A matter as the office registers it."""

    title: Annotated[str, Field(min_length=2, max_length=200)]
    matter: Annotated[str, Field(min_length=2, max_length=200)]
    source: Source
    source_no: Annotated[str, Field(max_length=100)] = ""
    domain: Code
    duty: Code
    method: Code
    campaign: Annotated[str, Field(min_length=2, max_length=100)] | None = None
    department: Annotated[str, Field(pattern=r"^[A-Z][0-9A-Z]{1,9}$")]
    responsible: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,59}$")], ...], Field(max_length=20)
    ] = ()
    due_on: date
    requirement: Annotated[str, Field(min_length=1, max_length=2000)]
    case_no: Annotated[str, Field(pattern=r"^[0-9A-Z]{10,40}$")] | None = None


class ObjectionEntry(Request, frozen=True):
    """Why the department does not agree."""

    reason: Reason


class ObjectionDecision(Request, frozen=True):
    """What comes of it."""

    upheld: bool
    opinion: Annotated[str, Field(min_length=1, max_length=2000)]


def known(entry: MatterEntry, catalogues: dict[CatalogueKind, Catalogue]) -> None:
    """Refuse codes that no catalogue offers. Raises NotInCatalogue."""
    chosen = {
        "duty": (CatalogueKind.DUTIES, entry.duty),
        "method": (CatalogueKind.METHODS, entry.method),
        "domain": (CatalogueKind.DOMAINS, entry.domain),
    }
    errors = [
        FieldError(f"body.{field}", zh=f"目录中没有 {code}", en=f"{code} is not in the catalogue")
        for field, (kind, code) in chosen.items()
        if not any(row.code == code and not row.retired for row in catalogues[kind].rows)
    ]
    if errors:
        raise NotInCatalogue(count=len(errors), errors=errors)


def enter(key: str, entry: MatterEntry, *, no: str, recipients: tuple[str, ...], by: str, now: datetime) -> Decided:
    """Register it, step 登记. One that is about no case gets a file number of its own."""
    case_no = entry.case_no or f"DC{key.upper()}"
    words = entry.model_dump(exclude={"case_no", "requirement"})
    matter = Matter(
        matter_id=key,
        matter_no=no,
        case_no=case_no,
        clock_id=f"{BY_HAND}:{key}",
        departments=(entry.department,),
        rule=f"source:{entry.source}",
        facts=(Fact(at=now, step=Step.REGISTER, by=by, note=entry.requirement),),
        registered_at=now,
        **words,
    )
    said = MatterRegistered(
        case_no=case_no,
        matter_no=no,
        title=matter.title,
        department=matter.department,
        rule=None,
        due_on=matter.due_on,
        registered_at=now,
        recipients=recipients,
        state=digest(matter),
    )
    return matter, (said,)


def object_to(matter: Matter, entry: ObjectionEntry, *, by: str, now: datetime) -> Decided:
    """The department objects. Raises MatterArchived, ObjectionNotReady."""
    if matter.step is Step.ARCHIVE:
        raise MatterArchived(matter=matter.matter_no)
    if is_objected(matter):
        raise ObjectionNotReady(matter=matter.matter_no, verb="is still to be decided", verb_zh="尚未答复")
    raised = Objection(raised_by=by, raised_at=now, reason=entry.reason)
    return added(matter, f"提出异议：{entry.reason}", by=by, now=now, objections=(*matter.objections, raised))


def decide(matter: Matter, entry: ObjectionDecision, *, by: str, now: datetime) -> Decided:
    """Somebody who had no part in it decides. Raises ObjectionNotReady, ReviewerRecused."""
    if not is_objected(matter):
        raise ObjectionNotReady(matter=matter.matter_no, verb="is not there", verb_zh="不存在或已答复")
    if by in {matter.undertaken_by, *matter.responsible, *(fact.by for fact in matter.facts)}:
        raise ReviewerRecused(matter=matter.matter_no)
    facts = {"decided_by": by, "decided_at": now, "upheld": entry.upheld, "opinion": entry.opinion}
    decided = matter.objections[-1].model_copy(update=facts)
    word = "成立" if entry.upheld else "不成立"
    objections = (*matter.objections[:-1], decided)
    return added(matter, f"异议{word}：{entry.opinion}", by=by, now=now, objections=objections)


def is_objected(matter: Matter) -> bool:
    """Whether an objection waits for its decision."""
    return bool(matter.objections) and matter.objections[-1].decided_by is None
