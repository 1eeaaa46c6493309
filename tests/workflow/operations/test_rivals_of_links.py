"""A decision by link while somebody else does something to the case: applied, kept, or dropped with its reason said.

The link has been looked at and decided upon; before its write is sent the other does all of theirs.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace

import pytest

from services.contracts.events import Said
from services.contracts.words import Role
from services.contracts.workflow import DecisionDropped, DecisionKept, TaskCompleted
from services.kernel.clock import FrozenClock
from services.kernel.identity.keys import PublishedKeys
from services.workflow import deploys, tasks
from services.workflow.approvals import Approvals
from services.workflow.deps import Deps
from services.workflow.links import complete_by_link
from services.workflow.migrations import plans
from services.workflow.migrations.bulk import go_on
from services.workflow.migrations.models import Plan
from services.workflow.operations import cases, desks
from services.workflow.ticker import fire_due
from tests.workflow.bundle_support import as_bytes, bundle
from tests.workflow.clock_support import at
from tests.workflow.operations.rivals import Bureau, Deed, Quarrel, Slow, bureau
from tests.workflow.room import ACCEPT, HANDLER, HEAD, IT, LEADER, REVIEW, person_said, staff
from tests.workflow.signing import Signer, signer_at_work

__all__ = ["bureau"]

OTHER = staff("u.leader3", Role.LEADER, "P09@D00")
DECIDED_AT = at("2026-09-18", "10:00")


@dataclass
class Race:
    """A case at its leader, who decides by link."""

    quarrel: Quarrel
    task_id: str
    signer: Signer

    def link(self, person: str = LEADER.code, *, decision: str = "agree") -> Deed:
        decided = self.signer.decided(self.quarrel.case_no, self.task_id, person, DECIDED_AT, decision=decision)

        async def decide(deps: Deps) -> None:
            proven = replace(deps, approvals=Approvals(PublishedKeys(self.signer.url)))
            await complete_by_link(proven, decided, cause=f"{self.task_id}.{person}")

        return decide

    async def against(self, rival: Deed) -> list[Said]:
        """What the decision comes to when the rival is faster."""
        assert await self.quarrel.loses(self.link(), rival) is None
        return self.quarrel.late

    async def dropped(self, rival: Deed) -> str:
        """Why it is dropped when the rival is faster; nothing else is said with it."""
        [said] = await self.against(rival)
        assert isinstance(said, DecisionDropped)
        assert (said.task_id, said.recipients) == (self.task_id, (LEADER.code,))
        return said.reason


@pytest.fixture
async def race(bureau: Bureau) -> AsyncIterator[Race]:
    await bureau.deps.copies.people.put(OTHER.code, person_said(OTHER), unless_newer=1)
    bureau.deps.copies.forget()
    quarrel = await bureau.at_acceptance()
    bureau.clock.set(at("2026-09-17", "10:00"))
    await quarrel.complete("Accept", ACCEPT, decision="accept")
    await quarrel.complete("Review", HANDLER, **REVIEW)
    bureau.clock.set(DECIDED_AT)
    async with signer_at_work() as signer:
        yield Race(quarrel, await quarrel.task("Lead"), signer)


def completed(race: Race) -> Deed:
    return lambda deps: tasks.complete(deps, race.task_id, {"decision": "agree", "opinion": "同意"}, OTHER)


def claimed(race: Race) -> Deed:
    return lambda deps: tasks.claim(deps, race.task_id, OTHER)


def by_link(race: Race) -> Deed:
    return race.link(OTHER.code)


LOST: dict[str, tuple[Callable[[Race], Deed], str]] = {
    "completed at the desk": (completed, "closed by u.leader3"),
    "decided by another's link": (by_link, "closed by u.leader3"),
    "claimed": (claimed, "claimed by u.leader3"),
}


@pytest.mark.parametrize("what", LOST)
async def test_given_a_colleague_was_faster_then_who_decided_by_link_is_told(race: Race, what: str) -> None:
    rival, why = LOST[what]
    assert why in await race.dropped(rival(race))


async def test_given_the_task_was_handed_over_meanwhile_then_who_decided_by_link_is_told(
    bureau: Bureau, race: Race
) -> None:
    await tasks.claim(bureau.deps, race.task_id, LEADER)
    reason = await race.dropped(
        lambda deps: desks.hand_over(deps, race.task_id, to=OTHER.code, reason="出差", who=LEADER, key=None)
    )
    assert "claimed by u.leader3" in reason
    assert await race.quarrel.task("Lead") == race.task_id


async def test_given_the_case_was_suspended_meanwhile_then_the_decision_is_kept_and_carried_out(
    bureau: Bureau, race: Race
) -> None:
    case_no = race.quarrel.case_no
    [said] = await race.against(lambda deps: cases.suspend(deps, case_no, reason="核实", who=HEAD, key=None))
    assert isinstance(said, DecisionKept)
    await cases.resume(bureau.deps, case_no, reason="已核实", who=HEAD, key=None)
    case = await race.quarrel.case()
    assert case.kept == ()
    assert (case.closed[-1].element, case.closed[-1].channel) == ("Lead", "link")


async def test_given_the_case_moved_to_a_version_that_still_allows_it_then_the_decision_is_carried_out(
    bureau: Bureau, race: Race
) -> None:
    said = await race.against(moving(bureau, "领导审批"))
    assert [each.signature for each in said if isinstance(each, TaskCompleted)]
    case = await race.quarrel.case()
    assert (case.closed[-1].name, case.closed[-1].channel) == ("领导审批", "link")


async def test_given_the_case_moved_to_a_version_that_forbids_it_then_who_decided_by_link_is_told(
    bureau: Bureau, race: Race
) -> None:
    assert "may not be decided by link" in await race.dropped(moving(bureau, "领导审核", quick="no"))


def moving(bureau: Bureau, name: str, *, quick: str = "yes") -> Deed:
    """Carry every case to a version whose leader's step is called so."""
    files = as_bytes(bundle())
    drawn = files["diagram.bpmn"].decode().replace("分管领导审核", name)
    drawn = drawn.replace('name="permit:quick_approval" value="yes"', f'name="permit:quick_approval" value="{quick}"')
    return carried_to(bureau, files | {"diagram.bpmn": drawn.encode()})


def carried_to(bureau: Bureau, files: Mapping[str, bytes]) -> Deed:
    """Deploy files as the next version and carry every case to it."""

    async def move(deps: Deps) -> None:
        new = await deploys.deploy(bureau.deps, files, who=IT, activate=False)
        await plans.start(deps, Plan(process_key=new.key, to_version=new.version), who=IT, reason="修订")
        while await go_on(deps):
            pass

    return move


async def test_given_the_step_ends_while_a_decision_on_it_is_kept_then_who_decided_is_told_at_once(
    bureau: Bureau, race: Race
) -> None:
    files = as_bytes(bundle())
    timed = files["diagram.bpmn"].replace(b'attachedToRef="Accept"', b'attachedToRef="Lead"')
    await carried_to(bureau, files | {"diagram.bpmn": timed})(bureau.deps)
    await cases.suspend(bureau.deps, race.quarrel.case_no, reason="核实", who=HEAD, key=None)
    await race.link()(bureau.deps)
    assert len((await race.quarrel.case()).kept) == 1
    gate = Slow(bureau.deps.instances)
    gate.go.set()
    late = FrozenClock(at("2026-10-30", "09:00"))
    while await fire_due(replace(bureau.deps, instances=gate, clock=late)):
        pass
    [dropped] = [said for said in gate.said if isinstance(said, DecisionDropped)]
    assert (dropped.task_id, dropped.recipients) == (race.task_id, (LEADER.code,))
    case = await race.quarrel.case()
    assert (case.kept, case.suspended is None) == ((), False)
