"""What supervision asks of its processes, which the workflow service runs: supervision-matter, notice-rectification.

A call is said in the write that it follows from, and its id follows from what it is about: so it comes once.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.contracts.supervision import ProcessCalled

OWN_ITEMS: Final = frozenset({"DC01", "DC02"})
"""The items of supervision's own processes: what is late in these begins no further one, else none would ever end."""

MATTER: Final = "matter-"
NOTICE: Final = "notice-"


def call(business_key: str, name: str, payload: Mapping[str, Any], *, now: datetime, turn: str = "") -> ProcessCalled:
    """A message for the process of a matter or notice; `turn` tells one that may come again from the one before."""
    key = hashlib.sha256(f"{business_key}|{name}|{turn}".encode()).hexdigest()[:32]
    return ProcessCalled(
        message_id=f"sv-{key}", name=name, business_key=business_key, payload=dict(payload), called_at=now
    )
