"""Signing together (会签): signers are added and removed, sign, and come to a result by a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.workflow import SignerAdded, SignerRemoved, SigningSettled, TaskSigned, TaskSubmitted
from services.workflow.books import Books
from services.workflow.instances.closing import COSIGN, digest_of
from services.workflow.instances.desks import Desk, Place, Seat, Submitted, result_of
from services.workflow.instances.models import Act, Instance, Task, Verb
from services.workflow.instances.operations.checks import check_held, check_not_delegated
from services.workflow.instances.operations.desks import operated, seen_by_person, with_desk
from services.workflow.instances.operations.refusals import (
    NotSigner,
    NotYourTurn,
    SeatFixed,
    SignerUnfit,
)
from services.workflow.instances.schedules import called_by
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import sits_at

MOST_SEATS: Final = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants another to sign: where, who (a person, or `P05@D06`), by which rule (None: as it is), and why."""

    place: Place
    signer: str
    rule: str | None
    reason: str


def signer_added(instance: Instance, task: Task, wish: Wish, *, person: str, at: datetime, books: Books) -> Decided:
    """Ask somebody more to sign. Again changes nothing.

    Raises `NotClaimed`, `IsDelegated`, `AlreadySubmitted`, `SignerUnfit`, `SeatFixed`.
    """
    desk, place = task.desk, wish.place
    if any(seat.is_open and (seat.place, seat.signer) == (place, wish.signer) for seat in desk.seats):
        return Decided(instance)
    check_not_delegated(task)
    check_held(task, person)
    _check_signer(task, wish.signer, person, books)
    seat = Seat(seat_id=f"s{len(desk.seats) + 1}", place=place, signer=wish.signer, reason=wish.reason, added_by=person)
    rule = wish.rule or desk.rule_of(place)
    _check_rule(desk, place, rule)
    seen = seen_by_person(instance, wish.signer, books)
    after = with_desk(seen, task, seats=(*desk.seats, seat), rules={**desk.rules, place: rule})
    said = SignerAdded(
        **operated(task, instance, person, at),
        seat_id=seat.seat_id,
        place=place,
        rule=rule,
        signer=wish.signer,
        reason=wish.reason,
    )
    return Decided(recalled(after), (said,))


def signer_removed(instance: Instance, task: Task, seat_id: str, *, person: str, reason: str, at: datetime) -> Decided:
    """Ask a signer no more who has not signed. Raises `NotClaimed`, `SeatFixed`."""
    seat = next((each for each in task.desk.seats if each.seat_id == seat_id), None)
    holder = task.desk.submitted.person if task.desk.submitted else task.assignee
    if person != holder:
        check_held(task, person)
    if seat is None or not seat.is_open:
        raise SeatFixed(reason_zh="该会签人已签署或已不在", reason="that signer has signed or is not there")
    if seat.drawn:
        raise SeatFixed(reason_zh="流程规定的会签人不能减", reason="the diagram asks for that signer")
    base = operated(task, instance, person, at)
    said: list[Said] = [SignerRemoved(**base, seat_id=seat_id, signer=seat.signer, reason=reason)]
    desk = task.desk.model_copy(update={"seats": tuple(each for each in task.desk.seats if each is not seat)})
    rest = desk.seats_in(seat.place)
    if rest and desk.rule_of(seat.place).isdecimal() and len(rest) < int(desk.rule_of(seat.place)):
        raise SeatFixed(reason_zh="减签后达不到规定人数", reason="without them there are fewer than the rule asks for")
    if rest and desk.verdict(seat.place).settled:
        desk, settled = _settled(desk, seat.place, base)
        said.append(settled)
    return Decided(recalled(instance.with_task(task.model_copy(update={"desk": desk}))), tuple(said))


def signed(
    instance: Instance,
    task: Task,
    *,
    person: str,
    posts: frozenset[str],
    agrees: bool,
    opinion: str,
    at: datetime,
    books: Books,
) -> Decided:
    """Give one's opinion, once; when a place has come to its result the rest there are spared.

    Raises `NotSigner`, `NotYourTurn`.
    """
    mine = [each for each in task.desk.seats if each.is_open and sits_at(person, posts, each.signer, books)]
    turn = [each for each in mine if task.desk.is_turn_of(each)]
    if not turn:
        raise NotYourTurn(task=task.name) if mine else NotSigner(task=task.name)
    seat = turn[0]
    told = seat.model_copy(update={"agrees": agrees, "opinion": opinion, "signed_by": person, "signed_at": at})
    seats = tuple(told if each is seat else each for each in task.desk.seats)
    base = operated(task, instance, person, at)
    said: list[Said] = [TaskSigned(**base, seat_id=seat.seat_id, place=seat.place, agrees=agrees, opinion=opinion)]
    desk = task.desk.model_copy(update={"seats": seats})
    if desk.verdict(seat.place).settled:
        desk, settled = _settled(desk, seat.place, base)
        said.append(settled)
    return Decided(recalled(instance.with_task(task.model_copy(update={"desk": desk}))), tuple(said))


def countersigned(instance: Instance, act: Act) -> tuple[Decided | None, Act]:
    """A completion with what the signers said; while somebody is still to sign it is kept instead (first value)."""
    task = instance.task(act.target) if act.verb is Verb.COMPLETE else None
    if task is None or not task.desk.seats:
        return None, act
    if not task.desk.is_settled_at_last:
        return submitted(instance, task, act), act
    return None, act.model_copy(update={"payload": with_result(act.payload, task.desk)})


def submitted(instance: Instance, task: Task, act: Act) -> Decided:
    """Keep the holder's answers until the signers have signed."""
    kept = Submitted(
        person=act.actor,
        answers=act.payload,
        channel=act.channel,
        signature=act.signature,
        device=act.device,
        at=act.at,
    )
    waiting = tuple(seat.signer for seat in task.desk.seats if seat.is_open)
    said = TaskSubmitted(**operated(task, instance, act.actor, act.at), waiting_for=waiting)
    return Decided(with_desk(instance, task, submitted=kept), (said,))


def submitted_before(task: Task, *, person: str, answers: Mapping[str, Any]) -> bool:
    """Whether the same person submitted the same answers: doing it again changes nothing."""
    kept = task.desk.submitted
    return kept is not None and kept.person == person and digest_of(kept.answers) == digest_of(answers)


def completion(task: Task, *, at: datetime) -> Act | None:
    """The completion that takes effect now that everybody has signed; None while somebody is still to."""
    kept = task.desk.submitted
    if kept is None or not task.desk.is_settled_at_last:
        return None
    return Act(
        verb=Verb.COMPLETE,
        target=task.task_id,
        payload=kept.answers,
        actor=kept.person,
        channel=kept.channel,
        signature=kept.signature,
        device=kept.device,
        at=at,
    )


def with_result(answers: Mapping[str, Any], desk: Desk) -> dict[str, Any]:
    """The answers with what the signers said."""
    return {**answers, COSIGN: dict(result_of(desk))} if desk.seats else dict(answers)


def recalled(instance: Instance) -> Instance:
    """The case with a note of who is to work on it besides the posts of its steps."""
    return instance.model_copy(update={"called": called_by(instance.tasks)})


def _settled(desk: Desk, place: Place, base: Mapping[str, Any]) -> tuple[Desk, Said]:
    spared = [seat.seat_id for seat in desk.seats_in(place) if seat.is_open]
    seats = tuple(seat.model_copy(update={"spared": True}) if seat.seat_id in spared else seat for seat in desk.seats)
    found = desk.verdict(place)
    said = SigningSettled(
        **base,
        place=place,
        rule=desk.rule_of(place),
        passed=found.passed,
        agreed=found.agreed,
        disagreed=found.disagreed,
        spared=len(spared),
    )
    return desk.model_copy(update={"seats": seats}), said


def _check_signer(task: Task, signer: str, person: str, books: Books) -> None:
    taken = any(seat.signer == signer for seat in task.desk.seats)
    known = books.people.get(signer)
    if signer == person:
        zh, en = "这是您本人", "that is yourself"
    elif taken:
        zh, en = "已在会签人之中", "they are among the signers"
    elif len(task.desk.seats) >= MOST_SEATS:
        zh, en = f"会签人最多 {MOST_SEATS} 人", f"there are {MOST_SEATS} signers, the most there may be"
    elif "@" in signer and not books.holders(signer):
        zh, en = "该岗位无人", "nobody holds that post"
    elif "@" not in signer and (known is None or not known.active):
        zh, en = "名册中没有此人，或已离职", "the books do not know them, or they have left"
    else:
        return
    raise SignerUnfit(signer=signer, reason_zh=zh, reason=en)


def _check_rule(desk: Desk, place: Place, rule: str) -> None:
    """A rule is settled before the first signature, and the diagram's stands."""
    there = desk.seats_in(place)
    if there and rule != desk.rule_of(place) and any(seat.drawn or seat.agrees is not None for seat in there):
        raise SeatFixed(reason_zh="已有人签署，或规则由流程规定", reason="somebody has signed, or the diagram set it")
    if there and desk.verdict(place).settled:
        raise SeatFixed(reason_zh="该组会签已有结果", reason="the signers of that place have come to a result")
