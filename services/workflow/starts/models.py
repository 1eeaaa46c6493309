"""What is stored of whatever came for one case: which case it went to, decided once for all."""

from datetime import datetime

from services.kernel.store import Body
from services.workflow.instances.origins import Origin


class Arrival(Body, frozen=True):
    """One message, date or signal and the case that it is for. It begins the case if there is an `origin`.

    It is written before anything is done: however often it comes, it goes to the same case. `digest` is that of the
    request of a person: under the same key only the same request is the same.
    """

    arrival_id: str
    case_no: str
    process_key: str = ""
    origin: Origin | None = None
    digest: str = ""
    at: datetime
