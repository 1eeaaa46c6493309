"""What one service says, another hears: in order for one key, once in effect, whatever fails in between."""

import asyncio
import json

import pytest

from services.contracts.intake import CaseDelivered
from services.kernel.bus import Event, Listener, ReplayFailed
from services.kernel.problem import TryLater
from services.kernel.store import AlreadyApplied, LetterState, NoSuchLetter
from services.kernel.telemetry import span_from, start_tracing, trace_id
from tests.support.desk import Heard, delivered, hearing, note, store_of, window
from tests.support.office import Office
from tests.support.wait import wait_until

HEARS = {CaseDelivered: note}


async def letters(listener: Listener, state: LetterState = LetterState.OPEN) -> list:
    return await listener.letters.find(state)


async def nothing_left(listener: Listener) -> bool:
    return await listener.lag() == {"GUIHUA_INTAKE": 0}


async def test_what_is_saved_is_heard(office: Office) -> None:
    heard = Heard()
    async with window(office) as intake, hearing(office, heard, HEARS) as listener:
        await intake.deliver("1", "B-1")
        await wait_until(lambda: heard.proofs == ["B-1"])
        await wait_until(intake.is_all_sent)

        event = heard.events[0]
        assert event.said == delivered("1", "B-1")
        assert (event.envelope.id, event.envelope.subject) == ("intake.desks.1.1.0", "1")
        await wait_until(lambda: nothing_left(listener))


async def test_events_of_one_case_are_handled_in_order_and_cases_side_by_side(office: Office) -> None:
    heard, at_work, most = Heard(), set(), [0]

    async def handle(deps: Heard, event: Event[CaseDelivered]) -> None:
        assert event.said.case_no not in at_work
        at_work.add(event.said.case_no)
        most[0] = max(most[0], len(at_work))
        for _ in range(20):  # long enough for others to begin beside it
            await asyncio.sleep(0)
        deps.events.append(event)
        at_work.remove(event.said.case_no)

    async with window(office) as intake, hearing(office, heard, {CaseDelivered: handle}):
        for n in range(10):
            await asyncio.gather(*(intake.deliver(str(case), f"{n}") for case in range(8)))
        await wait_until(lambda: len(heard.events) == 80)

    assert all(heard.of(str(case)) == [str(n) for n in range(10)] for case in range(8))
    assert most[0] > 1


async def test_a_failing_event_holds_up_its_own_case_only_until_it_is_given_up(office: Office) -> None:
    heard = Heard()

    async def handle(deps: Heard, event: Event[CaseDelivered]) -> None:
        deps.events.append(event)
        if event.said.proof_no == "bad":
            msg = "cannot count this"
            raise RuntimeError(msg)

    async with window(office) as intake, hearing(office, heard, {CaseDelivered: handle}) as listener:
        for proof in ("bad", "good"):
            await intake.deliver("1", proof)
        await wait_until(lambda: heard.of("1")[-1:] == ["good"])

        assert heard.of("1") == ["bad"] * 5 + ["good"]
        (letter,) = await letters(listener)
        assert (letter.id, letter.tries, letter.reason) == ("intake.desks.1.1.0", 5, "RuntimeError: cannot count this")
        assert letter.handler.endswith("handle")


async def test_a_dead_letter_is_replayed_once_its_cause_is_gone(office: Office) -> None:
    heard, broken = Heard(), [True]

    async def handle(deps: Heard, event: Event[CaseDelivered]) -> None:
        if broken[0]:
            msg = "not yet"
            raise RuntimeError(msg)
        deps.events.append(event)

    async with window(office) as intake, hearing(office, heard, {CaseDelivered: handle}) as listener:
        await intake.deliver("1", "B-1")
        (letter,) = await wait_until(lambda: letters(listener))
        with pytest.raises(ReplayFailed, match="not yet"):
            await listener.replay(letter.id, who="u.ops")
        assert (await letters(listener))[0].tries == 6
        broken[0] = False
        await listener.replay(letter.id, who="u.ops")

        assert heard.proofs == ["B-1"]
        assert await letters(listener) == []
        (done,) = await letters(listener, LetterState.DONE)
        assert (done.closed_by, done.closed_because) == ("u.ops", "replayed")
        with pytest.raises(NoSuchLetter):
            await listener.replay(letter.id, who="u.ops")


async def test_a_discarded_event_never_acts_even_when_said_again(office: Office) -> None:
    heard, broken = Heard(), [True]

    async def handle(deps: Heard, event: Event[CaseDelivered]) -> None:
        if broken[0]:
            raise RuntimeError
        deps.events.append(event)

    async with window(office) as intake:
        async with hearing(office, heard, {CaseDelivered: handle}) as listener:
            await intake.deliver("1", "B-1")
            (letter,) = await wait_until(lambda: letters(listener))
            await listener.discard(letter.id, reason="entered twice", who="u.ops")
            (gone,) = await letters(listener, LetterState.DISCARDED)
            assert (gone.closed_by, gone.closed_because) == ("u.ops", "entered twice")
        broken[0] = False
        await (await office.broker()).jetstream().delete_stream("GUIHUA_INTAKE")
        async with hearing(office, heard, {CaseDelivered: handle}):
            await intake.deliver("1", "B-2")
            await wait_until(lambda: heard.proofs == ["B-2"], within=15)


async def test_a_failure_because_something_is_away_is_not_counted(office: Office) -> None:
    heard, left = Heard(), [2]

    async def handle(deps: Heard, event: Event[CaseDelivered]) -> None:
        if left[0]:
            left[0] -= 1
            raise TryLater(what_zh="数据库", what="the database", seconds=1)
        deps.events.append(event)

    async with window(office) as intake, hearing(office, heard, {CaseDelivered: handle}, pauses=()) as listener:
        await intake.deliver("1", "B-1")
        await wait_until(lambda: heard.proofs == ["B-1"])

        assert await letters(listener, None) == []


async def test_an_event_applied_before_counts_as_handled(office: Office) -> None:
    heard = Heard()

    async def handle(deps: Heard, event: Event[CaseDelivered]) -> None:
        deps.events.append(event)
        raise AlreadyApplied

    async with window(office) as intake, hearing(office, heard, {CaseDelivered: handle}) as listener:
        await intake.deliver("1", "B-1")
        await intake.deliver("1", "B-2")
        await wait_until(lambda: heard.proofs == ["B-1", "B-2"])

        assert await letters(listener) == []


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff not json", "Envelope: : Invalid JSON"),
        (b'{"id": "intake.x.1.1.0"}', "Envelope: source: Field required"),
        ({"type": "guihua.intake.case.received.v1"}, "KeyError"),
        ({"data": {"case_no": "1", "phone": "13900000000"}}, "CaseDelivered: delivered_at: Field required"),
        ({"subject": "2"}, "on subject guihua.intake.case.delivered.v1.1"),
        ({"id": "workflow.instances.1.1.0"}, "came event workflow.instances.1.1.0"),
    ],
)
async def test_what_is_no_event_is_laid_down_at_once_and_the_next_is_heard(
    office: Office, payload: bytes | dict, reason: str
) -> None:
    heard = Heard()
    async with window(office) as intake, hearing(office, heard, HEARS) as listener:
        await intake.deliver("1", "B-1")
        await wait_until(lambda: heard.proofs == ["B-1"])
        good = json.loads(heard.events[0].envelope.model_dump_json())
        wire = payload if isinstance(payload, bytes) else json.dumps(good | payload).encode()
        await (await office.broker()).jetstream().publish("guihua.intake.case.delivered.v1.1", wire)
        await intake.deliver("1", "B-2")
        await wait_until(lambda: heard.proofs == ["B-1", "B-2"])

        (letter,) = await wait_until(lambda: letters(listener))
        assert reason in letter.reason
        assert "139" not in letter.reason
        assert letter.tries == 0


async def test_what_a_killed_process_had_in_hand_is_heard_first_by_the_next(office: Office) -> None:
    """Without a reset of the consumer, the younger event would overtake the two that were in hand."""
    heard, stuck = Heard(), asyncio.Event()

    async def hang(_: Heard, __: Event[CaseDelivered]) -> None:
        stuck.set()
        await asyncio.Event().wait()

    async with window(office) as intake:
        store = store_of(office, "workflow")
        async with hearing(office, heard, {CaseDelivered: hang}) as listener:
            await intake.deliver("1", "B-1")
            await intake.deliver("1", "B-2")
            await stuck.wait()
            for task in list(listener._lanes._tasks._tasks):
                task.cancel()  # as a kill: nothing is acknowledged
        await intake.deliver("1", "B-3")
        await wait_until(intake.is_all_sent)
        async with hearing(office, heard, HEARS):
            await wait_until(lambda: heard.proofs == ["B-1", "B-2", "B-3"])
        await store.close()


async def test_a_trace_goes_with_the_event(office: Office) -> None:
    start_tracing("intake", endpoint=None)
    traces: list[str | None] = []

    async def handle(_: None, __: Event[CaseDelivered]) -> None:
        traces.append(trace_id())

    async with window(office) as intake, hearing(office, None, {CaseDelivered: handle}):
        with span_from(None, "a request"):
            said_in = trace_id()
            await intake.deliver("1", "B-1")
        await wait_until(lambda: traces)

    assert traces == [said_in]
