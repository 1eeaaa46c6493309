"""A signal reaches every case that waits for it, each once, whatever befalls the service or one of the cases."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from services.contracts.events import Said
from services.kernel.requests import KeyTaken
from services.kernel.store import Aggregates
from services.workflow.incidents import try_again
from services.workflow.instances.models import Instance, Verb
from services.workflow.signals.broadcasts import BroadcastNotFound, SignalTooLarge
from services.workflow.signals.models import Broadcast, Stage, Tally
from services.workflow.signals.spreading import PAGE, waiting_for
from tests.workflow.signals.hall import Hall

HEARD = ["Extra", "Work"]


class Stopped(Aggregates[Instance]):
    """Writes so many cases; then the power is cut."""

    def __init__(self, like: Aggregates[Instance], writes: int) -> None:
        super().__init__(like._ground, like.documents.name, Instance, key="case_no")
        self.left = writes

    async def save(
        self, body: Instance, revision: int, events: Sequence[Said] = (), *, cause: str | None = None
    ) -> int:
        if self.left == 0:
            raise asyncio.CancelledError
        self.left -= 1
        return await super().save(body, revision, events, cause=cause)


class Broken(Aggregates[Instance]):
    """Fails on one case in a way that nobody foresaw."""

    def __init__(self, like: Aggregates[Instance], case_no: str) -> None:
        super().__init__(like._ground, like.documents.name, Instance, key="case_no")
        self.case_no = case_no

    async def save(
        self, body: Instance, revision: int, events: Sequence[Said] = (), *, cause: str | None = None
    ) -> int:
        if body.case_no == self.case_no and not body.incidents:
            msg = "nobody foresaw this"
            raise RuntimeError(msg)
        return await super().save(body, revision, events, cause=cause)


async def test_given_a_case_throws_then_all_others_that_wait_hear_it_once_and_it_does_not_hear_itself(
    hall: Hall,
) -> None:
    waiting = await hall.receive_many("SG-01", 3)
    crier = await hall.receive("SG-02")
    hall.clock.set(hall.clock.now() + timedelta(hours=1))
    await hall.complete(crier, "Cry")
    [broadcast_id] = await hall.hear_thrown(crier)
    hall.clock.set(hall.clock.now() + timedelta(seconds=1))
    late = await hall.receive("SG-01")
    await hall.spread()
    assert [await hall.open(each) for each in waiting] == [HEARD] * 3
    assert await hall.open(late) == ["Work"]
    assert [each.name for each in (await hall.case(crier)).signals] == ["alert"]
    [heard] = await hall.said(waiting[0], "signal.heard")
    assert (heard.data["by"], heard.data["broadcast_id"]) == ("system:case", broadcast_id)
    assert (await hall.report(broadcast_id)).tally == Tally(heard=3)


async def test_given_the_service_stops_in_between_then_each_case_still_hears_it_once(hall: Hall) -> None:
    waiting = await hall.receive_many("SG-01", PAGE + 6)
    broadcast = await hall.broadcast("alert", "stopped", level=2)
    for _ in range(3):
        with pytest.raises(asyncio.CancelledError):
            await hall.spread(replace(hall.deps, instances=Stopped(hall.deps.instances, 9)))
    await hall.broadcast("alert", "stopped", level=2)  # whoever sent it was not sure and sends it again
    await hall.spread()
    assert {tuple(await hall.open(each)) for each in waiting} == {tuple(HEARD)}
    assert {len(await hall.said(each, "signal.heard")) for each in waiting} == {1}
    report = await hall.report(broadcast.broadcast_id)
    assert (report.stage, report.tally) == (Stage.DONE, Tally(heard=PAGE + 6))


async def test_given_cases_that_wait_no_more_once_they_heard_it_then_each_is_counted_though_the_service_stops(
    hall: Hall,
) -> None:
    hearing = await hall.receive_many("SG-02", 12)
    for each in hearing:
        await hall.complete(each, "Cry")
    gone = await hall.receive("SG-01")
    broadcast = await hall.broadcast("alert", "counted")
    for _ in range(2):
        with pytest.raises(asyncio.CancelledError):
            await hall.spread(replace(hall.deps, instances=Stopped(hall.deps.instances, 5)))
    await hall.complete(gone, "Work")
    await hall.spread()
    assert {len(await hall.said(each, "signal.heard")) for each in hearing} == {1}
    report = await hall.report(broadcast.broadcast_id)
    assert (report.stage, report.tally, report.page) == (Stage.DONE, Tally(heard=12, past=1), ())


async def test_given_two_processes_at_it_at_once_then_each_case_hears_it_once(hall: Hall) -> None:
    waiting = await hall.receive_many("SG-01", 6)
    broadcast = await hall.broadcast("alert", "at once")
    await asyncio.gather(hall.spread(), hall.spread(), hall.spread())
    assert {tuple(await hall.open(each)) for each in waiting} == {tuple(HEARD)}
    assert (await hall.report(broadcast.broadcast_id)).tally == Tally(heard=6)


async def test_given_one_case_fails_on_it_then_it_has_an_incident_and_the_others_go_on(hall: Hall) -> None:
    well, ill = await hall.receive("SG-01"), await hall.receive("SG-01", level="high")
    first, second = [await hall.broadcast("alert", key, urgent=True) for key in ("ill 1", "ill 2")]
    await hall.spread()
    assert await hall.open(well) == ["Extra", "Extra", "Work"]
    case = await hall.case(ill)
    kept = [(each.act.verb, each.act.target, each.act.origin, each.element) for each in case.incidents]
    assert kept == [(Verb.SIGNAL, "alert", each.broadcast_id, "Level") for each in (first, second)]
    assert [(await hall.report(each.broadcast_id)).tally for each in (first, second)] == [
        Tally(heard=1, faulty=1),
        Tally(heard=1, faulty=1),
    ]


async def test_given_a_failure_nobody_foresaw_then_the_case_keeps_the_signal_and_the_others_go_on(hall: Hall) -> None:
    well, ill = await hall.receive_many("SG-01", 2)
    broadcast = await hall.broadcast("alert", "broken")
    await hall.spread(replace(hall.deps, instances=Broken(hall.deps.instances, ill)))
    assert (await hall.open(well), await hall.open(ill)) == (HEARD, ["Work"])
    assert (await hall.report(broadcast.broadcast_id)).tally == Tally(heard=1, faulty=1)
    [incident] = (await hall.case(ill)).incidents
    await try_again(hall.deps, ill, incident.incident_id, by="u.it")
    assert await hall.open(ill) == HEARD
    assert len(await hall.said(ill, "signal.heard")) == 1


async def test_given_a_case_that_has_gone_past_it_then_it_hears_nothing(hall: Hall) -> None:
    gone, waiting = await hall.receive_many("SG-01", 2)
    broadcast = await hall.broadcast("alert", "past")
    await hall.complete(gone, "Work")
    await hall.spread()
    assert await hall.said(gone, "signal.heard") == []
    assert await hall.open(waiting) == HEARD
    assert (await hall.report(broadcast.broadcast_id)).tally == Tally(heard=1)


async def test_given_the_diagram_wants_it_then_the_case_takes_what_the_signal_brings(hall: Hall) -> None:
    case_no = await hall.receive("SG-01")
    await hall.broadcast("alert", "brings", level="red")
    await hall.spread()
    assert (await hall.case(case_no)).data["news"] == {"level": "red"}


async def test_given_another_signal_under_the_same_key_then_it_is_refused(hall: Hall) -> None:
    await hall.broadcast("alert", "the same", level=1)
    with pytest.raises(KeyTaken):
        await hall.broadcast("alert", "the same", level=2)


async def test_given_too_much_or_nothing_of_that_id_then_it_is_refused(hall: Hall) -> None:
    with pytest.raises(SignalTooLarge):
        await hall.broadcast("alert", "large", text="x" * 1_000_000)
    with pytest.raises(BroadcastNotFound):
        await hall.report("0" * 24)


async def test_given_many_cases_then_those_that_wait_are_found_by_an_index(hall: Hall) -> None:
    await hall.receive_many("SG-01", 2)
    where = waiting_for(await hall.broadcast("alert", "found quickly"))
    told = await hall.deps.instances.documents.rows.find(where, sort=[("_id", 1)], limit=PAGE).explain()
    plans = [told["queryPlanner"]["winningPlan"], *told["queryPlanner"]["rejectedPlans"]]  # of few cases any may win
    by_name = [str(plan) for plan in plans if "'body.signals.name_1__id_1'" in str(plan)]
    assert by_name
    assert not any("SORT" in plan for plan in by_name)


async def test_given_signals_of_two_names_then_one_does_not_wait_for_the_other(hall: Hall) -> None:
    await hall.receive_many("SG-01", 1)
    slow: Broadcast = await hall.broadcast("alert", "slow")
    quick = await hall.broadcast("calm", "quick")
    await hall.spread()
    assert {(await hall.report(each.broadcast_id)).stage for each in (slow, quick)} == {Stage.DONE}
