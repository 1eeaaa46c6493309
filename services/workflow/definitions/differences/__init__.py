"""What differs between two versions: as data, and as sentences that a person of the bureau reads."""

from services.workflow.definitions.differences.comparing import differences
from services.workflow.definitions.differences.models import Difference, Kind

__all__ = ["Difference", "Kind", "differences"]
