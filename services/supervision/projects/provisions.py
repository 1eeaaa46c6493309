"""Base data for the designer (基础资料提供, A-24): asked for on appointment, approved, handed over on receipt."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.kernel.requests import Request
from services.supervision.projects.acts import Act, Decided, Entry, No, noted, part, replaced
from services.supervision.projects.records import DataSet, Project, Provision
from services.supervision.projects.refusals import NotProjectState, SecrecyApprovalMissing, SelfApproval


class DataSetEntry(Request, frozen=True):
    """A set of base data, and whether it is classified."""

    name: Annotated[str, Field(min_length=2, max_length=100)]
    classified: bool


class DesignerEntry(Entry, frozen=True):
    """A designer was appointed: which base data they need."""

    act: Literal["appoint_designer"]
    designer: Annotated[str, Field(min_length=2, max_length=200)]
    appointed_on: date
    data_sets: Annotated[tuple[DataSetEntry, ...], Field(min_length=1, max_length=30)]


class ApprovalEntry(Entry, frozen=True):
    """A leader's approval; for classified data with the number of the secrecy approval."""

    act: Literal["approve_data"]
    no: No
    secrecy_approval_no: Annotated[str | None, Field(min_length=2, max_length=60)] = None


class ReceiptEntry(Entry, frozen=True):
    """The designer's receipt."""

    act: Literal["hand_over_data"]
    no: No
    handed_on: date
    receipt_no: Annotated[str, Field(min_length=1, max_length=60)]


def appoint(project: Project, entry: DesignerEntry, act: Act) -> Decided:
    """The designer is appointed, which makes a provision task. Raises DayNotPast."""
    sets = tuple(DataSet.model_validate(each.model_dump()) for each in entry.data_sets)
    asked = Provision(
        no=len(project.provisions) + 1,
        designer=entry.designer,
        data_sets=sets,
        requested_on=act.past(entry.appointed_on),
        requested_by=act.by,
    )
    after = project.model_copy(update={"provisions": (*project.provisions, asked)})
    names = "、".join(each.name for each in sets)
    note = f"{entry.designer}：{names}"
    return after, noted(after, act, "data_requested", number=asked.no, note=note, on=entry.appointed_on)


def approve(project: Project, entry: ApprovalEntry, act: Act) -> Decided:
    """A leader other than who asked approves. Raises NoSuchPart, SelfApproval, NotProjectState."""
    asked = part(project.provisions, entry.no, what_zh="资料申请", what_en="data request")
    if asked.requested_by == act.by:
        raise SelfApproval
    if asked.handed_on is not None:
        raise NotProjectState(
            act_zh="批准", act_en="approving", why_zh="资料已经交出", why_en="the data are handed over already"
        )
    approved = asked.model_copy(update={**entry.words, "approved_by": act.by, "approved_on": act.today})
    after = project.model_copy(update={"provisions": replaced(project.provisions, approved)})
    note = entry.secrecy_approval_no or asked.designer
    return after, noted(after, act, "data_approved", number=entry.no, note=note, on=act.today)


def provide(project: Project, entry: ReceiptEntry, act: Act) -> Decided:
    """Hand the data over. Raises NoSuchPart, DayNotPast, NotProjectState, SecrecyApprovalMissing."""
    asked = part(project.provisions, entry.no, what_zh="资料申请", what_en="data request")
    if asked.approved_by is None or asked.handed_on is not None:
        raise NotProjectState(
            act_zh="交出资料",
            act_en="handing the data over",
            why_zh="资料尚未批准，或已经交出",
            why_en="they are not approved, or are handed over already",
        )
    secret = [each.name for each in asked.data_sets if each.classified]
    if secret and asked.secrecy_approval_no is None:
        raise SecrecyApprovalMissing(names="、".join(secret))
    handed = asked.model_copy(update={**entry.words, "handed_by": act.by})
    act.past(entry.handed_on)
    after = project.model_copy(update={"provisions": replaced(project.provisions, handed)})
    return after, noted(after, act, "data_handed_over", number=entry.no, note=entry.receipt_no, on=entry.handed_on)
