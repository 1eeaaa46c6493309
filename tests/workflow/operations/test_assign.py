"""Steps that are given to somebody as they open: by post, attendance, deputy and load."""

import pytest

from services.contracts.words import Attendance
from services.contracts.workflow import TaskOpened, TimerStarted
from services.workflow.books import Books
from services.workflow.clocks.grounds import Policy
from services.workflow.instances.models import Verb
from services.workflow.offices import Office
from tests.workflow.bundle_support import bundle, diagram
from tests.workflow.case_support import Case, books, human, person
from tests.workflow.clock_support import TIME, at
from tests.workflow.room import ACCEPT, HANDLER, HANDLER2, Room

NOW = at("2026-09-16")
SEAT = "P04@D06"
OUT = Attendance.OUT_OF_OFFICE
ON = Attendance.ON_DUTY


def _opened(how: str, known: Books, loads: dict[str, int] | None = None) -> str | None:
    case = Case(office=Office(TIME, known, Policy(), loads or {}))
    case.start(NOW, human("a", limit_wd="3", assign=how))
    told, clock = case.last(TaskOpened).assignee, case.last(TimerStarted).person
    assert told == clock == case.instance.tasks[0].assignee
    return told


TWO = books(person("u.a", SEAT), person("u.b", SEAT))


@pytest.mark.parametrize(
    ("how", "loads", "who"),
    [
        ("queue", {}, None),
        ("least_loaded", {}, "u.a"),
        ("least_loaded", {"u.a": 3, "u.b": 1}, "u.b"),
        ("same_person", {"u.a": 3, "u.b": 1}, "u.b"),
    ],
)
def test_given_the_setting_then_the_step_goes_to_nobody_or_to_who_has_least_in_hand(
    how: str, loads: dict[str, int], who: str | None
) -> None:
    assert _opened(how, TWO, loads) == who


@pytest.mark.parametrize(("a", "deputy", "who"), [(ON, "u.d", "u.a"), (OUT, "u.d", "u.d"), (OUT, None, None)])
def test_given_a_holder_who_is_out_then_their_deputy_gets_it_or_nobody(
    a: Attendance, deputy: str | None, who: str | None
) -> None:
    assert _opened("least_loaded", books(person("u.a", SEAT, deputy=deputy, attendance=a), person("u.d"))) == who


def test_given_two_steps_at_once_then_they_go_to_two_people() -> None:
    case = Case(office=Office(TIME, TWO, Policy(), {}))
    case.start(NOW, *(human(name, assign="least_loaded") for name in ("a", "b", "c")))
    assert [task.assignee for task in case.instance.tasks] == ["u.a", "u.b", "u.a"]


def test_given_somebody_who_did_a_step_of_the_post_then_the_next_is_theirs_while_they_are_there() -> None:
    case = Case(office=Office(TIME, TWO, Policy(), {"u.b": 9})).start(NOW, human("a"))
    case.move(Verb.COMPLETE, "a", NOW, human("b", assign="same_person"), actor="u.b")
    assert case.instance.tasks[0].assignee == "u.b"
    gone = books(person("u.a", SEAT), person("u.b", SEAT, attendance=OUT))
    case.office = Office(TIME, gone, Policy())
    case.move(Verb.COMPLETE, "b", NOW, human("c", assign="same_person"), actor="u.b")
    assert case.instance.tasks[0].assignee == "u.a"


async def test_given_the_real_service_then_reviews_are_shared_out_by_load(room: Room) -> None:
    drawn = diagram().replace('<camunda:property name="permit:two_officers" value="yes" />', "")
    review = drawn.index('<bpmn:userTask id="Review"')
    place = drawn.index("<camunda:properties>", review) + len("<camunda:properties>")
    drawn = drawn[:place] + '<camunda:property name="permit:assign" value="least_loaded" />' + drawn[place:]
    await room.deploy(bundle(diagram_bpmn=drawn))
    await room.set_clock(at("2026-09-16", "15:00"))
    got = []
    for _ in range(4):
        case_no = room.new_case_no()
        await room.receive(case_no)
        await room.complete(case_no, "Accept", ACCEPT, decision="accept")
        got.append((await room.step(case_no, "Review"))["assignee"])
    assert sorted(got) == sorted([HANDLER.code, HANDLER2.code] * 2)
    assert got[0] != got[1]
