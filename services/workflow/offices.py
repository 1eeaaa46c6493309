"""What the rules look things up in: the office's time, its books, its policy. Read at the edge, passed in whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.workflow.books import Books
from services.workflow.clocks.dues import OfficeTime
from services.workflow.clocks.grounds import Policy


@dataclass(frozen=True, slots=True)
class Office:
    """The bureau as the rules see it at one moment. `loads`: how many tasks those asked about have in hand."""

    time: OfficeTime
    books: Books
    policy: Policy
    loads: Mapping[str, int] = field(default_factory=dict)
