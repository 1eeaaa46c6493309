"""Everything that can be done to a project: which entry asks for it, and which rule decides."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from services.supervision.projects import fiveones, plans, provisions, reports, services
from services.supervision.projects.acts import Act, Decided, Entry
from services.supervision.projects.records import Project

WorkEntry = Annotated[
    fiveones.OnesEntry
    | fiveones.StageMove
    | fiveones.CaseLink
    | plans.PlanEntry
    | plans.Publication
    | plans.TaskDone
    | services.ServiceEntry
    | services.ObstacleEntry
    | services.ContactEntry
    | services.SettleEntry
    | reports.ReportEntry
    | reports.InstructionDone
    | provisions.DesignerEntry
    | provisions.ReceiptEntry,
    Field(discriminator="act"),
]
"""What those who work on a project do."""

LeadEntry = Annotated[
    fiveones.Activation
    | fiveones.HandOverEntry
    | reports.InstructionEntry
    | reports.Supervision
    | provisions.ApprovalEntry,
    Field(discriminator="act"),
]
"""What leaders decide."""

_RULES: Final[Mapping[type[Entry], Callable[[Project, Any, Act], Decided]]] = {
    fiveones.OnesEntry: fiveones.revise,
    fiveones.StageMove: fiveones.move,
    fiveones.CaseLink: fiveones.link_case,
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
