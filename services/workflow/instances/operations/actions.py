"""What a person may do with a task now, and why not the rest: asked of the same rules that decide."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.contracts.words import StepKind
from services.kernel.identity import Permission, Person
from services.kernel.identity.permissions import may
from services.kernel.problem import Language, Problem
from services.workflow.books import Books
from services.workflow.instances.models import Instance, Task
from services.workflow.instances.operations import checks, desks, returns
from services.workflow.instances.operations.refusals import (
    NotClaimed,
    NotDelegated,
    NotOnPath,
    NotSigner,
    NotYourTurn,
    SeatFixed,
)
from services.workflow.instances.working import NotHuman, NotYourTask, is_entrusted, sits_at, workable


class RoleForbids(Problem):
    """The person's role does not bring the permission."""

    status = 403
    code = "role-forbids"
    zh = "您的角色没有“{permission}”权限"
    en = "your role does not bring the permission {permission}"
    remedy_zh = "请由有权人员办理"
    remedy_en = "let somebody do it whose role does"


class Action(NamedTuple):
    """One thing that can be done, and if not, why."""

    name: str
    refusal: Problem | None

    @property
    def reason_zh(self) -> str | None:
        """Why not, in Chinese."""
        return self.refusal.detail(Language.ZH) if self.refusal else None

    @property
    def reason_en(self) -> str | None:
        """Why not, in English."""
        return self.refusal.detail(Language.EN) if self.refusal else None


@dataclass(frozen=True, slots=True)
class _Look:
    """A person before a task."""

    instance: Instance
    task: Task
    who: Person
    books: Books
    now: datetime

    def work(self) -> None:
        self.role()
        workable(self.instance, self.task.task_id, person=self.who.code, posts=self.who.posts, books=self.books)

    def role(self) -> None:
        if not may(self.who, Permission.TASK_WORK):
            raise RoleForbids(permission=Permission.TASK_WORK.zh)

    def hold(self) -> None:
        self.work()
        checks.check_not_delegated(self.task)
        checks.check_held(self.task, self.who.code)

    def release(self) -> None:
        self.work()
        checks.check_not_delegated(self.task)
        checks.check_not_submitted(self.task)
        if self.task.assignee is None:
            raise NotClaimed(task=self.task.name)

    def claim(self) -> None:
        self.work()
        checks.check_not_submitted(self.task)

    def complete(self) -> None:
        self.work()
        checks.check_completable(self.task)

    def save_draft(self) -> None:
        self.work()
        checks.check_held(self.task, self.who.code)

    def resolve(self) -> None:
        self.role()
        checks.check_not_suspended(self.instance)
        if self.task.desk.owner is None:
            raise NotDelegated(task=self.task.name)
        if not is_entrusted(self.who.code, self.task):
            raise NotYourTask(task=self.task.name, post=self.task.post, department=self.task.department)

    def send_back(self) -> None:
        self.work()
        returns.check_may_send_back(self.task)
        if not returns.goals(self.instance, self.task):
            raise NotOnPath(task=self.task.name, target="–")

    def add_signer(self) -> None:
        self.hold()

    def remove_signer(self) -> None:
        submitted = self.task.desk.submitted
        if submitted is None or submitted.person != self.who.code:
            self.hold()
        if not any(seat.is_open and not seat.drawn for seat in self.task.desk.seats):
            raise SeatFixed(reason_zh="没有可减的加签人", reason="there is no added signer who has not signed")

    def sign(self) -> None:
        self.role()
        checks.check_not_suspended(self.instance)
        mine = [
            seat
            for seat in self.task.desk.seats
            if seat.is_open and sits_at(self.who.code, self.who.posts, seat.signer, self.books)
        ]
        if not mine:
            raise NotSigner(task=self.task.name)
        if not any(self.task.desk.is_turn_of(seat) for seat in mine):
            raise NotYourTurn(task=self.task.name)

    def urge(self) -> None:
        self.role()
        checks.check_not_suspended(self.instance)
        if self.task.kind is not StepKind.HUMAN:
            raise NotHuman(task=self.task.name)
        desks.check_not_urged(self.task, self.now)


def actions_of(instance: Instance, task: Task, who: Person, books: Books, now: datetime) -> tuple[Action, ...]:
    """Every operation on an open task, allowed or with the reason why not."""
    look = _Look(instance, task, who, books, now)
    asked: dict[str, Callable[[], None]] = {
        "claim": look.claim,
        "release": look.release,
        "complete": look.complete,
        "save_draft": look.save_draft,
        "delegate": look.hold,
        "resolve": look.resolve,
        "hand_over": look.hold,
        "send_back": look.send_back,
        "add_signer": look.add_signer,
        "remove_signer": look.remove_signer,
        "sign": look.sign,
        "urge": look.urge,
    }
    return tuple(Action(name, refusal_of(check)) for name, check in asked.items())


def refusal_of(check: Callable[[], object]) -> Problem | None:
    """Why something is refused; None if it is not."""
    try:
        check()
    except Problem as refusal:
        return refusal
    return None
