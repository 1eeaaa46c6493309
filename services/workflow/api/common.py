"""What the routes share: who asks, and with what they work."""

import re
from typing import Annotated, Final

from fastapi import Depends, Path
from pydantic import BeforeValidator
from pydantic_core import PydanticKnownError

from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.workflow.deps import Deps

_NO_DATE: Final = "date_type"
_YEAR: Final = re.compile(r"\d{4}-", re.ASCII)


def _written(value: object) -> object:
    """Seconds since 1970, which pydantic would take as well, are no date."""
    if isinstance(value, str) and not _YEAR.match(value):
        raise PydanticKnownError(_NO_DATE)
    return value


WrittenDate = BeforeValidator(_written)
"""For days and moments in a query: they are written out, as in a body."""

With = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
Worker = Annotated[Person, Depends(allowed(Permission.TASK_WORK))]
Head = Annotated[Person, Depends(allowed(Permission.CASE_EXTEND))]
Halter = Annotated[Person, Depends(allowed(Permission.CASE_SUSPEND))]
Terminator = Annotated[Person, Depends(allowed(Permission.CASE_TERMINATE))]
Proposer = Annotated[Person, Depends(allowed(Permission.JUMP_PROPOSE))]
Approver = Annotated[Person, Depends(allowed(Permission.JUMP_APPROVE))]
EditApprover = Annotated[Person, Depends(allowed(Permission.EDIT_APPROVE))]
Operator = Annotated[Person, Depends(allowed(Permission.INCIDENT_WORK))]
Viewer = Annotated[Person, Depends(allowed(Permission.DEFINITION_READ))]
Deployer = Annotated[Person, Depends(allowed(Permission.DEFINITION_DEPLOY))]

CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$", examples=["51200020261123PT0500017"])]
TaskId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")]
ClockId = Annotated[str, Path(pattern=r"^(promised|statutory|step:[0-9A-Za-z-]{1,64})$", examples=["statutory"])]
SeatId = Annotated[str, Path(pattern=r"^[ds][0-9]{1,4}$")]
ProposalId = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$")]
EditId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
IncidentId = Annotated[str, Path(pattern=r"^[0-9a-f]{20}$")]
ProcessKey = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,39}$", examples=["works-planning-permit"])]
FilePath = Annotated[str, Path(min_length=1, max_length=160)]
