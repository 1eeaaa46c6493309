"""Everything that can be done to a project: which entry asks for it, and which rule decides."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import Discriminator, Tag

from services.supervision.projects import fiveones, plans, provisions, reports, services
from services.supervision.projects.acts import Act, Decided, Entry
from services.supervision.projects.records import Project


def _act(entry: object) -> str | None:
    """Which act an entry asks for; a value of no known act is refused."""
    act = entry.get("act") if isinstance(entry, Mapping) else getattr(entry, "act", None)
    return act if isinstance(act, str) else None


WorkEntry = Annotated[
    Annotated[fiveones.OnesEntry, Tag("name_ones")]
    | Annotated[fiveones.StageMove, Tag("move_stage")]
    | Annotated[fiveones.CaseLink, Tag("link_case")]
    | Annotated[fiveones.ProcessLink, Tag("follow_process")]
    | Annotated[plans.PlanEntry, Tag("draft_plan")]
    | Annotated[plans.Publication, Tag("publish_plan")]
    | Annotated[plans.TaskDone, Tag("complete_task")]
    | Annotated[services.ServiceEntry, Tag("serve")]
    | Annotated[services.ObstacleEntry, Tag("open_obstacle")]
    | Annotated[services.ContactEntry, Tag("contact_owner")]
    | Annotated[services.SettleEntry, Tag("settle_obstacle")]
    | Annotated[reports.ReportEntry, Tag("report")]
    | Annotated[reports.InstructionDone, Tag("complete_instruction")]
    | Annotated[provisions.DesignerEntry, Tag("appoint_designer")]
    | Annotated[provisions.ReceiptEntry, Tag("hand_over_data")],
    Discriminator(_act),
]
"""What those who work on a project do."""

LeadEntry = Annotated[
    Annotated[fiveones.Activation, Tag("activate")]
    | Annotated[fiveones.HandOverEntry, Tag("hand_over")]
    | Annotated[reports.InstructionEntry, Tag("instruct")]
    | Annotated[reports.Supervision, Tag("supervise")]
    | Annotated[provisions.ApprovalEntry, Tag("approve_data")],
    Discriminator(_act),
]
"""What leaders decide."""

_RULES: Final[Mapping[type[Entry], Callable[[Project, Any, Act], Decided]]] = {
    fiveones.OnesEntry: fiveones.revise,
    fiveones.StageMove: fiveones.move,
    fiveones.CaseLink: fiveones.link_case,
    fiveones.ProcessLink: fiveones.follow_process,
    fiveones.Activation: fiveones.activate,
    fiveones.HandOverEntry: fiveones.hand_over,
    plans.PlanEntry: plans.draft,
    plans.Publication: plans.publish,
    plans.TaskDone: plans.complete,
    services.ServiceEntry: services.serve,
    services.ObstacleEntry: services.obstruct,
    services.ContactEntry: services.talk,
    services.SettleEntry: services.settle,
    reports.ReportEntry: reports.report,
    reports.InstructionEntry: reports.instruct,
    reports.InstructionDone: reports.carry_out,
    provisions.DesignerEntry: provisions.appoint,
    provisions.ApprovalEntry: provisions.approve,
    provisions.ReceiptEntry: provisions.provide,
}


def decide(project: Project, entry: Entry, act: Act) -> Decided:
    """The project after an act, and what is said. Raises what the rule of that act raises."""
    return _RULES[type(entry)](project, entry, act)
