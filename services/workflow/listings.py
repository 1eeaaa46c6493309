"""Cases stored before lists were read off an index get what the index needs: once, at the first start after."""

from typing import Final

from services.kernel.store import Aggregates
from services.workflow.instances.models import Instance

_AT_ONCE: Final = 200


async def store_anew(instances: Aggregates[Instance]) -> int:
    """Store again every case that says on whose lists it is in no field of its own; gives how many there were.

    One that was changed meanwhile has the field by then. Where all have it, this is one look into the index.
    """
    done = 0
    while found := await instances.query_revisions({"body.desks": None}, sort=[("_id", 1)], limit=_AT_ONCE):
        await instances.save_together(found)
        done += len(found)
    return done
