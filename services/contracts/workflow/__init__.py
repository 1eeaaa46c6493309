"""What the process says. Time has one master: every deadline in the system comes from here."""

from services.contracts.workflow.cases import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    CaseStarted,
    ExpectedDateMoved,
    ExternalRequested,
    IncidentOpened,
    IncidentResolved,
    MilestoneReached,
)
from services.contracts.workflow.items import (
    DefinitionActivated,
    Item,
    RequiredDocument,
    Situation,
)
from services.contracts.workflow.tasks import (
    TaskCancelled,
    TaskClaimed,
    TaskCompleted,
    TaskOpened,
    TaskReleased,
)
from services.contracts.workflow.timers import (
    TimerDue,
    TimerFired,
    TimerHeld,
    TimerMoved,
    TimerOverdue,
    TimerResumed,
    TimerSaid,
    TimerStarted,
    TimerStopped,
    TimerWarned,
)

__all__ = [
    "CaseAccepted",
    "CaseDecided",
    "CaseEnded",
    "CaseStarted",
    "DefinitionActivated",
    "ExpectedDateMoved",
    "ExternalRequested",
    "IncidentOpened",
    "IncidentResolved",
    "Item",
    "MilestoneReached",
    "RequiredDocument",
    "Situation",
    "TaskCancelled",
    "TaskClaimed",
    "TaskCompleted",
    "TaskOpened",
    "TaskReleased",
    "TimerDue",
    "TimerFired",
    "TimerHeld",
    "TimerMoved",
    "TimerOverdue",
    "TimerResumed",
    "TimerSaid",
    "TimerStarted",
    "TimerStopped",
    "TimerWarned",
]
