"""How much people have in hand: asked only where a diagram gives steps out by load."""

from collections.abc import Mapping, Sequence

from services.kernel.store import Aggregates
from services.workflow.instances.models import Instance


async def loads_of(instances: Aggregates[Instance], people: Sequence[str]) -> Mapping[str, int]:
    """In how many cases each has an open task in hand."""
    return {code: await instances.count({"body.tasks.assignee": code}) for code in people}
