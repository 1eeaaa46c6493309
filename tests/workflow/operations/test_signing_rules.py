"""When a group of signers is settled, and who is asked."""

import pytest

from services.workflow.instances.desks import Desk, Place, Seat, Submitted, verdict
from services.workflow.instances.operations.desks import asked
from services.workflow.instances.operations.refusals import SeatFixed
from services.workflow.instances.operations.signing import Wish, signer_added
from services.workflow.instances.turns import Decided, Unworkable
from tests.workflow.case_support import Case, books, human, person
from tests.workflow.clock_support import at

NOW = at("2026-09-16")
BOOKS = books(person("u.a", "P04@D06"), person("u.b", "P04@D06"), person("u.c", "P08@D06"))


def _seats(opinions: str, place: Place = Place.BEFORE) -> tuple[Seat, ...]:
    """One signer a letter: + agrees, - disagrees, . has not signed."""
    said = {"+": True, "-": False, ".": None}
    return tuple(
        Seat(seat_id=f"s{n}", place=place, signer=f"u.{n}", reason="r", added_by="u.a", agrees=said[letter])
        for n, letter in enumerate(opinions)
    )


@pytest.mark.parametrize(
    ("rule", "opinions", "settled", "passed"),
    [
        ("all", "", True, True),
        ("all", "+.", False, True),
        ("all", "-.", False, False),
        ("all", "++", True, True),
        ("all", "+-", True, False),
        ("any", "..", False, False),
        ("any", "-.", False, False),
        ("any", "+.", True, True),
        ("any", "--", True, False),
        ("veto", "+.", False, True),
        ("veto", "-..", True, False),
        ("veto", "++", True, True),
        ("2", "+..", False, False),
        ("2", "++.", True, True),
        ("2", "+-.", False, False),
        ("2", "--.", True, False),
        ("3", "++", True, False),
    ],
)
def test_given_opinions_then_the_rule_says_whether_they_are_settled(
    rule: str, opinions: str, *, settled: bool, passed: bool
) -> None:
    found = verdict(_seats(opinions), rule)
    assert (found.settled, found.passed) == (settled, passed)


def _add(case: Case, place: Place, signer: str, rule: str | None = None) -> Decided:
    wish = Wish(place, signer, rule, "会签")
    return signer_added(case.instance, case.instance.tasks[0], wish, person="u.a", at=NOW, books=BOOKS)


def _case(**settings: str) -> Case:
    case = Case().start(NOW, human("a", limit_wd="3", **settings))
    [task] = case.instance.tasks
    case.instance = case.instance.with_task(task.model_copy(update={"assignee": "u.a"}))
    return case


def test_given_a_first_opinion_then_the_rule_of_that_place_stands() -> None:
    case = _case()
    case.instance = _add(case, Place.BEFORE, "u.b", "any").instance
    case.instance = _add(case, Place.BEFORE, "u.c", "2").instance
    [task] = case.instance.tasks
    seats = (task.desk.seats[0].model_copy(update={"agrees": True}), task.desk.seats[1])
    signed = task.model_copy(update={"desk": task.desk.model_copy(update={"seats": seats})})
    case.instance = case.instance.with_task(signed)
    with pytest.raises(SeatFixed):
        _add(case, Place.BEFORE, "P08@D06", "veto")
    assert _add(case, Place.AFTER, "P08@D06", "veto").said


def test_given_posts_in_the_diagram_then_they_are_placed_as_the_steps_own_post_is() -> None:
    case = _case(cosign="all", cosign_posts="P08, P11@D00")
    [task] = case.instance.tasks
    assert [seat.signer for seat in task.desk.seats] == ["P08@D06", "P11@D00"]
    assert set(case.instance.departments) >= {"D06", "D00"}
    assert set(case.instance.called) == {"P08@D06", "P11@D00"}
    with pytest.raises(Unworkable, match="P22"):
        _case(cosign_posts="P22")


def test_given_a_task_then_those_are_asked_whose_turn_it_is() -> None:
    [task] = _case().instance.tasks
    assert asked(task, BOOKS) == ("u.a",)
    free = task.model_copy(update={"assignee": None})
    assert asked(free, BOOKS) == ("u.a", "u.b")
    before = task.model_copy(update={"desk": Desk(seats=_seats("+.."))})
    assert asked(before, BOOKS) == ("u.1", "u.2")
    done = Submitted(person="u.a", answers={}, channel="desk", at=NOW)
    after = task.model_copy(update={"desk": Desk(seats=_seats("..", Place.AFTER), submitted=done)})
    assert asked(after, BOOKS) == ("u.0", "u.1")
