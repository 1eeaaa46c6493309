"""Noting progress: what other services say, in any order and any number of times."""

from collections.abc import Sequence
from datetime import date
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import Envelope, Said
from services.contracts.intake import CaseDelivered
from services.contracts.words import ClockKind, HoldGround, Light, Outcome
from services.intake.cases import NOTED, Case, Position, Status, note, position_of
from tests.intake import builders as say
from tests.intake.builders import NOW, NUMBER, TODAY, received, story

Heard = tuple[Said, Position]

RECEIVED = received()


def heard(said: Sequence[Said]) -> list[Heard]:
    """Each event with the position that its source gave it: two in a write, as services say them."""
    return [(each, (place // 2 + 1, place % 2)) for place, each in enumerate(said)]


def after(*said: Said) -> Case:
    return told(heard(said))


def told(events: Sequence[Heard]) -> Case:
    return reduce(lambda case, each: note(case, *each), events, RECEIVED)


@given(order=st.permutations(heard(story())))
def test_any_order_of_the_same_events_gives_the_same_case(order: list[Heard]) -> None:
    assert told(order) == after(*story())


@given(again=st.lists(st.sampled_from(heard(story())), max_size=20))
def test_repeated_events_change_nothing(again: list[Heard]) -> None:
    assert told([*heard(story()), *again]) == after(*story())


@given(seen=st.integers(0, len(story())), order=st.randoms())
def test_a_late_event_of_the_past_changes_nothing(seen: int, order: object) -> None:
    past = heard(story())[:seen]
    late = sorted(past, key=lambda _: order.random())  # type: ignore[attr-defined]
    assert told([*past, *late]) == told(past)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ([], Status.RECEIVED),
        ([say.started()], Status.RECEIVED),
        ([say.accepted()], Status.IN_REVIEW),
        ([say.accepted(), say.held()], Status.PAUSED),
        ([say.accepted(), say.held(kind=ClockKind.STEP, clock_id="step:t1")], Status.IN_REVIEW),
        ([say.accepted(), say.held(), say.resumed()], Status.IN_REVIEW),
        ([say.accepted(), say.held(), say.resumed(kind=ClockKind.STEP, clock_id="step:t1")], Status.PAUSED),
        ([say.accepted(), say.held(), say.held(kind=ClockKind.STATUTORY), say.resumed()], Status.PAUSED),
        ([say.accepted(), say.held(), say.decided()], Status.DECIDED),
        ([say.decided(), say.ready()], Status.READY),
        ([say.decided(), say.ready(milestone="documents_made")], Status.DECIDED),
        ([say.ready(), say.ended()], Status.ENDED),
        ([say.ended(outcome=Outcome.NOT_ACCEPTED)], Status.ENDED),
    ],
)
def test_a_case_stands_where_its_furthest_event_says(said: list[Said], status: Status) -> None:
    assert after(*said).status is status


def test_a_resume_that_came_before_its_hold_leaves_the_clock_running() -> None:
    hold, resume = heard([say.held(), say.accepted(), say.resumed()])[::2]
    assert not told([resume, hold]).holds


def test_two_grounds_hold_until_the_clock_runs_again() -> None:
    both = after(say.held(), say.held(ground=HoldGround.PUBLICITY))
    assert [hold.ground for hold in both.holds] == [HoldGround.EXPERT_REVIEW, HoldGround.PUBLICITY]
    assert not after(say.held(), say.held(ground=HoldGround.PUBLICITY), say.resumed()).holds


def test_the_newest_due_date_is_the_expected_date() -> None:
    first, second = heard([say.accepted(due=date(2026, 12, 2)), say.moved(due=date(2026, 12, 9))])
    assert told([first, second]).expected_collection_on == date(2026, 12, 9)
    assert told([second, first]).expected_collection_on == date(2026, 12, 9)


def test_before_acceptance_the_receipts_date_stands() -> None:
    assert after(say.started()).expected_collection_on == date(2026, 12, 3)


def test_the_newest_light_shines() -> None:
    yellow, red = heard([say.lit(), say.started(), say.lit(light=Light.RED)])[::2]
    assert told([red, yellow]).progress.light is Light.RED


def test_open_steps_are_those_opened_and_not_closed() -> None:
    case = after(say.opened(task="a", after=2), say.opened(task="b", name="公示", after=1), say.completed(task="c"))
    assert [step.name for step in case.open_steps] == ["公示", "科室审核"]


def test_a_wait_for_an_outside_system_is_a_step_until_the_process_opens_another() -> None:
    waiting = after(say.opened(), say.completed(), say.asked_outside(), say.decided())
    assert [step.name for step in waiting.open_steps] == ["取电子监管号"]
    assert [step.name for step in after(say.asked_outside(), say.lit(), say.opened(task="t9")).open_steps] == [
        "科室审核"
    ]


def test_a_wait_opened_together_with_a_step_is_shown_with_it() -> None:
    both = told([(say.asked_outside(), (3, 0)), (say.opened(), (3, 1))])
    assert {step.name for step in both.open_steps} == {"取电子监管号", "科室审核"}


def test_a_step_closed_before_it_was_opened_stays_closed() -> None:
    assert not after(say.completed(), say.opened()).open_steps
    assert not after(say.cancelled(), say.opened()).open_steps


def test_departments_that_get_a_task_may_see_the_case() -> None:
    assert after(say.opened(department="D04")).departments == ("D04", "D06")


def test_an_event_that_nobody_notes_is_a_bug() -> None:
    delivered = CaseDelivered(
        case_no=NUMBER, delivered_at=NOW, delivered_on=TODAY, delivered_by="u.collect", proof_no="SD1"
    )
    with pytest.raises(TypeError, match="CaseDelivered"):
        note(received(), delivered, (1, 0))


def test_every_noted_event_is_told_in_the_story() -> None:
    assert {type(said) for said in story()} == set(NOTED)


@pytest.mark.parametrize(
    ("event_id", "position"),
    [("workflow.instances.5120.7.2", (7, 2)), ("workflow.instances.5120.7.x", (7, 0))],
)
def test_the_position_is_the_write_and_the_place_in_it(event_id: str, position: Position) -> None:
    envelope = Envelope(
        id=event_id,
        source="urn:guihua:workflow",
        type="guihua.workflow.case.started.v1",
        subject=NUMBER,
        time=NOW,
        sequence=7,
        data={},
    )
    assert position_of(envelope) == position
