"""What is needed to do something to a clock besides the clock itself."""

from dataclasses import dataclass

from services.workflow.clocks.dues import OfficeTime
from services.workflow.clocks.grounds import Policy
from services.workflow.clocks.sayings import Heading


@dataclass(frozen=True, slots=True)
class ClockRoom:
    """The office's time, the bureau's policy on holds, and the heading of the case."""

    time: OfficeTime
    policy: Policy
    heading: Heading
