"""However a case is begun by a person or a message, it is begun once, and by what fits the form of its start event."""

from collections.abc import AsyncIterator

import pytest

from services.contracts.external import MessageSent
from services.kernel.clock import FrozenClock
from services.kernel.requests import KeyTaken
from services.workflow import activations
from services.workflow.consumers import take_message
from services.workflow.instances.models import Status
from services.workflow.instances.origins import Origin, StartKind
from services.workflow.starts.beginning import record
from services.workflow.starts.doors import Wish, arrival_of, begin_by
from services.workflow.starts.facts import FactsUnfit
from services.workflow.starts.models import Arrival
from tests.support.office import Office
from tests.workflow.clock_support import at
from tests.workflow.parts import deps_on
from tests.workflow.room import HANDLER, IT
from tests.workflow.signals.hall import Hall, event_of
from tests.workflow.starts.drawn import request

TRIP = Wish("vehicles", {"purpose": "送件", "days": 1})


@pytest.fixture(scope="module")
async def hall(servers: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    """The service without its doors, with one internal process."""
    clock = FrozenClock(at("2026-09-16", "15:00"))
    async with deps_on(servers, tmp_path_factory.mktemp("keys"), clock) as deps:
        hall = Hall(deps, clock)
        await hall.deploy(request("vehicle.requested", "vehicles", "NS-01"))
        yield hall


async def test_given_a_crash_before_the_case_was_made_then_the_request_still_begins_it_under_its_number(
    hall: Hall,
) -> None:
    arrival_id, case_no = arrival_of(HANDLER, "k-1"), "NB20260916NS0100777"
    origin = Origin(arrival_id=arrival_id, kind=StartKind.MESSAGE, element="Start", department="D06")
    arrival = Arrival(
        arrival_id=arrival_id, case_no=case_no, process_key="vehicles", origin=origin, at=hall.clock.now()
    )
    await record(hall.deps, arrival.model_copy(update={"digest": TRIP.digest}))
    await activations.retire(hall.deps, "vehicles", who=IT, reason="停用")
    with pytest.raises(KeyTaken):
        await begin_by(hall.deps, HANDLER, Wish("vehicles", {"purpose": "下乡", "days": 2}), key="k-1")
    for _ in range(2):
        begun = await begin_by(hall.deps, HANDLER, TRIP, key="k-1")
        assert (begun.case_no, begun.status) == (case_no, Status.WAITING)
    await activations.activate(hall.deps, "vehicles", 1, who=IT)


async def test_given_a_message_that_does_not_fit_the_form_then_it_begins_nothing_until_it_does(hall: Hall) -> None:
    before = len(await hall.cases_of("vehicles"))

    async def send(message_id: str, **payload: object) -> None:
        said = MessageSent(message_id=message_id, name="vehicle.requested", payload=payload, sent_at=hall.clock.now())
        await take_message(hall.deps, event_of(said, f"external.messages.{message_id}.1.0", "external"))

    with pytest.raises(FactsUnfit) as refused:
        await send("m-1", days=0)
    assert [each.where for each in refused.value.errors] == ["body.facts.purpose", "body.facts.days"]
    await send("m-2", purpose="送件", days=1)
    await send("m-2", purpose="送件", days=1)
    assert len(await hall.cases_of("vehicles")) == before + 1
