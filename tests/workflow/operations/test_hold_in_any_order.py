"""会签, 退回 and holds in any order keep every clock's ledger consistent, and its due day a function of the ledger."""

from datetime import timedelta
from random import Random

import pytest

from services.contracts.words import ClockKind, HoldGround
from services.kernel.problem import Problem
from services.workflow.clocks.dues import retimed
from services.workflow.clocks.grounds import holds
from services.workflow.clocks.ledgers import Clock, EntryKind
from services.workflow.engine.bundles import Bundle, compile_diagrams
from services.workflow.engine.models import Refused
from services.workflow.engine.run import apply, start
from services.workflow.engines import command_of
from services.workflow.instances.desks import Place
from services.workflow.instances.models import Act, Instance, Task, Verb
from services.workflow.instances.moving import moved, pinned, registered, variables_of
from services.workflow.instances.operations import returns, signing
from services.workflow.instances.operations.checks import check_completable
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import claimed, workable
from tests.workflow.bundle_support import flow, throw, user_task
from tests.workflow.case_support import PIN, received
from tests.workflow.clock_support import TIME, at
from tests.workflow.operations.joint import _HEAD
from tests.workflow.operations.worlds import BOOKS, OFFICE, PEOPLE, POSTS

SEQUENCES = 40
OPERATIONS = 18
_HELD = {"Experts": HoldGround.EXPERT_REVIEW, "Hearing": HoldGround.HEARING, "Posting": HoldGround.PUBLICITY}
_STEPS = (("Prepare", "Split"), *(("Split", each) for each in ("Review", *_HELD)))


def diagram() -> str:
    """Accepted → prepare → a review beside three waits that hold clocks → leader → decided."""
    waits = (
        user_task(element, element, "P04", "f", limit_wd="5", hold=ground.value, hold_notice="prepared.notice")
        for element, ground in _HELD.items()
    )
    return "".join(
        (
            _HEAD,
            '<bpmn:startEvent id="Start_1" name="收件" />',
            throw("Accepted", "受理", case_clock="start"),
            user_task("Prepare", "承办准备", "P04", "f", limit_wd="2", result="prepared"),
            '<bpmn:parallelGateway id="Split" name="并行" />',
            user_task("Review", "承办审查", "P04", "f", limit_wd="3", cosign="veto", cosign_posts="P04"),
            *waits,
            '<bpmn:parallelGateway id="Join" name="汇总" />',
            user_task("Lead", "分管领导审核", "P04", "f", limit_wd="1"),
            throw("Decided", "作出决定", case_clock="stop"),
            user_task("File", "归档", "P04", "f", limit_wd="5"),
            '<bpmn:endEvent id="End_1" name="办结" />',
            flow("Start_1", "Accepted"),
            flow("Accepted", "Prepare"),
            *(flow(source, target) for source, target in _STEPS),
            *(flow(each, "Join") for each in ("Review", *_HELD)),
            flow("Join", "Lead"),
            flow("Lead", "Decided"),
            flow("Decided", "File"),
            flow("File", "End_1"),
            "</bpmn:process></bpmn:definitions>",
        )
    )


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    compiled = compile_diagrams({"d.bpmn": diagram().encode()})
    assert compiled.bundle is not None, compiled.findings
    return compiled.bundle


class Play:
    """One case on the real engine, to which somebody does things at random."""

    def __init__(self, bundle: Bundle, seed: int) -> None:
        self.bundle, self.random, self.now = bundle, Random(seed), at("2026-09-16", "09:00")  # noqa: S311 - plays are to be had again
        self.done: set[str] = set()
        waiting = registered(received())
        step = start(bundle, "joint-permit", variables_of(waiting), now=self.now, calendar=TIME.calendar)
        act = Act(verb=Verb.START, actor="u.window", at=self.now)
        running = pinned(waiting, PIN, now=self.now).instance
        self.case = moved(running, act, step, now=self.now, office=OFFICE).instance

    def once(self) -> None:
        """One operation some time later; a refusal changes nothing."""
        self.now += timedelta(minutes=self.random.choice([1, 90, 1500, 6000]))
        name = self.random.choice(["complete", "complete", "complete", "send_back", "add_signer", "sign", "sign"])
        try:
            self.case = getattr(self, name)(self.random.choice(self.case.tasks))
            self.done.add(name)
        except (Problem, Refused):
            return

    def act(self, act: Act, case: Instance) -> Decided:
        kept, act = signing.countersigned(case, act)
        if kept is not None:
            return kept
        step = apply(self.bundle, case.state, command_of(act), now=self.now, calendar=TIME.calendar)
        return moved(case, act, step, now=self.now, office=OFFICE)

    def complete(self, task: Task) -> Instance:
        who = task.assignee or self.random.choice(PEOPLE)
        workable(self.case, task.task_id, person=who, posts=POSTS, books=BOOKS)
        check_completable(task)
        answers = {"notice": f"告{len(self.case.closed)}号"}
        return self.act(
            Act(verb=Verb.COMPLETE, target=task.task_id, payload=answers, actor=who, at=self.now), self.case
        ).instance

    def send_back(self, task: Task) -> Instance:
        who = task.assignee or self.random.choice(PEOPLE)
        to = self.case.closed[self.random.choice(task.after)].task_id if task.after else "nowhere"
        goal = returns.goal_of(self.case, task, to)
        gone = self.act(returns.undoing(goal, by=task.task_id, actor=who, at=self.now), self.case)
        return returns.sent_back(self.case, gone, task, goal, person=who, reason="r", at=self.now, books=BOOKS).instance

    def add_signer(self, task: Task) -> Instance:
        who = task.assignee or self.random.choice(PEOPLE)
        taken = claimed(self.case, task, person=who, at=self.now).instance
        mine = workable(taken, task.task_id, person=who, posts=POSTS, books=BOOKS)
        wish = signing.Wish(self.random.choice(list(Place)), self.random.choice(PEOPLE), None, "r")
        return signing.signer_added(taken, mine, wish, person=who, at=self.now, books=BOOKS).instance

    def sign(self, task: Task) -> Instance:
        asked = [each for each in self.case.tasks if any(seat.is_open for seat in each.desk.seats)] or [task]
        task = self.random.choice(asked)
        signed = signing.signed(
            self.case,
            task,
            person=self.random.choice(PEOPLE),
            posts=POSTS,
            agrees=True,
            opinion="同意",
            at=self.now,
            books=BOOKS,
        ).instance
        again = signed.task(task.task_id)
        act = signing.completion(again, at=self.now) if again else None
        return self.act(act, signed).instance if act else signed


def look_at(clock: Clock, before: Clock | None, case: Instance) -> None:
    """What is in a ledger stays, each hold ends once and with its step, and the due day follows from the entries."""
    entries, kinds = clock.entries, [entry.kind for entry in clock.entries]
    if before is not None:
        assert entries[: len(before.entries)] == before.entries
    assert (kinds[0], kinds.count(EntryKind.START)) == (EntryKind.START, 1)
    assert kinds.count(EntryKind.STOP) == (EntryKind.STOP in kinds[-1:])
    held: set[str | None] = set()
    for entry in entries:
        if entry.kind is EntryKind.HOLD:
            assert entry.hold_id not in held, "held twice by one step at a time"
            held.add(entry.hold_id)
        if entry.kind is EntryKind.RESUME:
            held.remove(entry.hold_id)
    if clock.stopped is None:
        waiting = [task for task in case.tasks if task.hold and holds(task.hold, clock.kind, OFFICE.policy)]
        own = {
            task.task_id
            for task in waiting
            if clock.kind is not ClockKind.STEP or clock.clock_id.endswith(task.task_id)
        }
        assert held == own
        assert {entry.hold_id for entry in clock.open_holds} == own
        assert clock.due_on >= retimed(clock.model_copy(update={"entries": entries[:1]}), TIME).due_on
    if clock.is_running:
        assert retimed(clock, TIME).due_on == clock.due_on


def test_given_signing_sending_back_and_holds_in_any_order_then_every_ledger_stays_consistent(bundle: Bundle) -> None:
    done: set[str] = set()
    ends: set[str] = set()
    for seed in range(SEQUENCES):
        play = Play(bundle, seed)
        for _ in range(OPERATIONS):
            before = {clock.clock_id: clock for clock in play.case.clocks}
            if not play.case.tasks:
                break
            play.once()
            for clock in play.case.clocks:
                look_at(clock, before.get(clock.clock_id), play.case)
        done |= play.done
        ends |= {task.element for task in play.case.tasks}
    assert done == {"complete", "send_back", "add_signer", "sign"}
    assert {"Experts", "Lead"} <= ends, "no sequence stopped among the holds, or got beyond them"
