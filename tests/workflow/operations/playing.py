"""Plays random operations on random processes, by the real rules on the real engine, and looks hard after each.

`python -m tests.workflow.operations.playing 100000` plays so many sequences and says what came of them.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

from services.contracts.events import Said
from services.kernel.problem import Problem
from services.workflow.engine.bundles import Bundle
from services.workflow.engine.models import Refused
from services.workflow.instances.desks import Place
from services.workflow.instances.models import Act, Instance, Task, Verb
from services.workflow.instances.operations import desks, halts, jumps, returns, signing
from services.workflow.instances.operations.checks import check_completable, check_not_suspended
from services.workflow.instances.schedules import spoken
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import claimed, released, workable
from tests.workflow.engine.random_processes import Graph
from tests.workflow.operations.oracle import TASKS
from tests.workflow.operations.worlds import BOOKS, OFFICE, PEOPLE, POSTS, World, process_of

OPERATIONS = 14


class Player(World):
    """A world in which people do things at random."""

    # ── one operation ──

    def play(self) -> None:
        """Do one random thing; a refusal changes nothing."""
        name = self.random.choice(WEIGHED)
        before, step, account_before = self.instance, self.step, self.account.tasks()
        self.now += timedelta(minutes=self.random.choice([1, 7, 90, 2000]))
        try:
            getattr(self, name)()
            self.done[name] += 1
        except (Problem, Refused) as refusal:
            self.done[f"{name}: {refusal.code}"] += 1
            assert (self.instance.tasks, self.instance.clocks) == (before.tasks, before.clocks) or name in HOLDING
            assert self.account.tasks() == account_before
            if name not in HOLDING:
                self.step = step  # the engine went there, and what it made of it was not kept
        self.look(before)

    def someone(self) -> str:
        return self.random.choice(PEOPLE)

    def some_task(self) -> Task:
        return self.random.choice(self.instance.tasks)

    def held_task(self) -> Task:
        """A task that somebody has claimed; one is claimed if need be."""
        held = [task for task in self.instance.tasks if task.assignee]
        if not held:
            task, who = self.some_task(), self.someone()
            self.take(claimed(self.instance, self.work(task, who), person=who, at=self.now))
            held = [task for task in self.instance.tasks if task.assignee]
        return self.random.choice(held)

    def signer_of(self, task: Task) -> str:
        open_seats = [seat.signer for seat in task.desk.seats if seat.is_open and seat.signer in PEOPLE]
        return self.random.choice(open_seats) if open_seats else self.someone()

    def holder_of(self, task: Task) -> str:
        return task.assignee or self.someone()

    def work(self, task: Task, who: str) -> Task:
        return workable(self.instance, task.task_id, person=who, posts=POSTS, books=BOOKS)

    def complete(self) -> None:
        task = self.some_task()
        who, x = self.holder_of(task), self.random.randrange(12)
        self.work(task, who)
        check_completable(task)
        act = Act(verb=Verb.COMPLETE, target=task.task_id, payload={"x": x}, actor=who, at=self.now)
        self._complete(act)

    def _complete(self, act: Act, base: Instance | None = None, said: Sequence[Said] = ()) -> None:
        opened = next(each for each in self.step.tasks if each.id == act.target)
        decided = self.act(act, base)
        self.take(Decided(decided.instance, (*said, *decided.said)))
        if self.instance.task(act.target) is None:
            thing = self.things.pop(act.target)
            passing = opened.activity
            self.account.complete(thing, opened.index or 0, act.payload["x"], passing)
            self.pieces[act.target] = thing, opened.index or 0

    def fire(self) -> None:
        if not self.instance.timers:
            return
        timer = self.random.choice(self.instance.timers)
        of = [thing for thing in self.account.alive() if timer.element in thing.armed]
        if len(of) != 1:
            return
        self.take(self.act(Act(verb=Verb.FIRE, target=timer.timer_id, actor="system:calendar", at=self.now)))
        self.account.fire(of[0], timer.element)

    def send_back(self) -> None:
        task = self.some_task()
        who = self.holder_of(task)
        self.work(task, who)
        ways = task.after
        to = self.instance.closed[self.random.choice(ways)].task_id if ways else "nowhere"
        goal = returns.goal_of(self.instance, task, to)
        before = self.instance
        moved = self.act(returns.undoing(goal, by=task.task_id, actor=who, at=self.now))
        self.take(returns.sent_back(before, moved, task, goal, person=who, reason="r", at=self.now, books=BOOKS))
        self._count_ways(task.element, goal.closed.element)
        self.account.undo(goal.passing)

    def _count_ways(self, by: str, to: str) -> None:
        here, there = (set(self.account.around(element)) for element in (by, to))
        self.done["sent back out of a subprocess"] += bool(here - there)
        self.done["sent back into a subprocess"] += bool(there - here)

    def pull_back(self) -> None:
        check_not_suspended(self.instance)
        done = [closed for closed in self.instance.closed if closed.completed]
        if not done:
            return
        closed = self.random.choice(done[-3:])
        who = closed.person if self.random.random() < 0.9 else self.someone()
        goal = returns.pulled_goal(self.instance, closed.task_id, str(who))
        before = self.instance
        moved = self.act(returns.undoing(goal, by="", actor=str(who), at=self.now))
        self.take(returns.pulled_back(before, moved, goal, person=str(who), reason="r", at=self.now, books=BOOKS))
        if goal.one:
            self.account.take_back(*self.pieces[goal.closed.task_id])
            self.done["pulled back, one of several"] += 1
        else:
            self.account.undo(goal.passing)

    def jump(self) -> None:
        users = [vertex.id for vertex in self.account.vertices.values() if vertex.kind in TASKS]
        to, task = self.random.choice(users), self.some_task()
        holder = self.things[task.task_id].holder
        found = jumps.proposal_for(self.instance, task.task_id, to, person="u.it", reason="r", at=self.now)
        kept = jumps.proposed(self.instance, found)
        proposal = jumps.approvable(kept.instance, found.proposal_id, person="u.head")
        moved = self.act(jumps.jumping(proposal, actor="u.head", at=self.now), kept.instance)
        done = jumps.jumped(kept.instance, moved, proposal, person="u.head", reason="r", at=self.now)
        self.take(Decided(done.instance, (*kept.said, *done.said)))
        self.account.jump(to, holder)

    def claim(self) -> None:
        task, who = self.some_task(), self.someone()
        self.take(claimed(self.instance, self.work(task, who), person=who, at=self.now))

    def release(self) -> None:
        task = self.some_task()
        who = self.holder_of(task)
        self.take(released(self.instance, self.work(task, who), person=who, at=self.now))

    def draft(self) -> None:
        task = self.held_task()
        who = self.holder_of(task)
        known = self.work(task, who).desk.draft_of(who)
        version = (known.version if known else 0) + self.random.choice([0, 0, 0, 1])
        answers = {"x": self.random.randrange(99)}
        self.take(desks.draft_saved(self.instance, task, answers, person=who, version=version, at=self.now))

    def delegate(self) -> None:
        task = self.held_task()
        who, to = self.holder_of(task), self.someone()
        self.work(task, who)
        self.take(desks.delegated(self.instance, task, person=who, to=to, reason="r", at=self.now, books=BOOKS))

    def resolve(self) -> None:
        check_not_suspended(self.instance)
        task = self.held_task()
        who = self.random.choice([task.desk.owner or "u.a", self.holder_of(task)])
        self.take(desks.resolved(self.instance, task, {"x": 1}, person=who, at=self.now))

    def hand_over(self) -> None:
        task = self.held_task()
        who, to = self.holder_of(task), self.someone()
        self.work(task, who)
        self.take(desks.handed_over(self.instance, task, person=who, to=to, reason="r", at=self.now, books=BOOKS))

    def urge(self) -> None:
        check_not_suspended(self.instance)
        self.take(desks.urged(self.instance, self.some_task(), person="u.x", message="m", at=self.now, books=BOOKS))

    def add_signer(self) -> None:
        task = self.held_task()
        who = self.holder_of(task)
        self.work(task, who)
        rule = self.random.choice([None, "all", "any", "veto", "1", "2"])
        wish = signing.Wish(self.random.choice(list(Place)), self.someone(), rule, "r")
        self.take(signing.signer_added(self.instance, task, wish, person=who, at=self.now, books=BOOKS))

    def remove_signer(self) -> None:
        task = self.held_task()
        who = self.holder_of(task)
        self.work(task, who)
        seat = self.random.choice([each.seat_id for each in task.desk.seats] or ["s1"])
        found = signing.signer_removed(self.instance, task, seat, person=who, reason="r", at=self.now)
        self._after_signing(found, task)

    def sign(self) -> None:
        check_not_suspended(self.instance)
        signing_at = [task for task in self.instance.tasks if any(seat.is_open for seat in task.desk.seats)]
        task = self.random.choice(signing_at or self.instance.tasks)
        who = self.signer_of(task)
        found = signing.signed(
            self.instance,
            task,
            person=who,
            posts=POSTS,
            agrees=self.random.random() < 0.7,
            opinion="o",
            at=self.now,
            books=BOOKS,
        )
        self._after_signing(found, task)

    def _after_signing(self, decided: Decided, task: Task) -> None:
        left = decided.instance.task(task.task_id)
        act = signing.completion(left, at=self.now) if left else None
        if act is None:
            self.take(decided)
        else:
            self._complete(act, decided.instance, decided.said)

    def suspend(self) -> None:
        self.take(halts.suspended(self.instance, person="u.head", reason="r", at=self.now))

    def resume(self) -> None:
        self.take(halts.resumed(self.instance, person="u.head", reason="r", at=self.now))

    def speak(self) -> None:
        self.take(spoken(self.instance, until=self.now, office=OFFICE))


WEIGHED = (
    *("complete",) * 12,
    *("send_back",) * 5,
    *("pull_back",) * 3,
    *("claim", "sign", "sign", "sign", "add_signer", "add_signer") * 2,
    *("release", "draft", "delegate", "resolve", "hand_over", "urge", "remove_signer", "fire", "jump"),
    *("suspend", "resume", "resume", "resume", "resume", "speak"),
)


HOLDING = ("draft", "delegate", "resolve", "hand_over", "add_signer", "remove_signer")
"""What may claim a task first."""


def sequence(graph: Graph, bundle: Bundle, seed: int) -> Counter[str]:
    """Play one sequence; give what was done and refused."""
    world = Player(graph, bundle, Random(seed))  # noqa: S311 - the same sequences again
    world.look(world.instance)
    for _ in range(OPERATIONS):
        if world.instance.ended_at is not None:
            break
        world.play()
    return world.done


def sequences(total: int, *, first: int = 0, told: Callable[[int], None] = lambda _: None) -> Counter[str]:
    """Play so many sequences, twenty on each process."""
    done: Counter[str] = Counter()
    for number in range(first, first + total):
        if number % 20 == 0 or number == first:
            graph, bundle = process_of(number // 20)
        try:
            done += sequence(graph, bundle, number)
        except Exception as error:
            error.add_note(f"sequence {number}")
            raise
        told(number)
    return done


def _tell(number: int) -> None:
    if (number + 1) % 5_000 == 0:
        print(f"  … {number + 1}", flush=True)  # noqa: T201


def main(total: int, first: int = 0) -> None:
    """Play and tell."""
    began = time.monotonic()
    done = sequences(total, first=first, told=_tell)
    operations = sum(count for name, count in done.items() if not name.startswith("opened"))
    print(f"{total} sequences, {operations} operations, {time.monotonic() - began:.0f} s")  # noqa: T201
    for name, number in sorted(done.items()):
        print(f"  {number:>9} {name}")  # noqa: T201


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
