"""Who may work on a task: the post's holders, and the deputy (AB岗) of one who is out."""

import pytest

from services.contracts.words import Attendance
from services.contracts.workflow import TaskClaimed, TaskReleased
from services.workflow.books import Books
from services.workflow.instances.incidents import IncidentNotFound, incident_of, opened, resolved
from services.workflow.instances.models import Act, Instance, Verb
from services.workflow.instances.records import Ending
from services.workflow.instances.working import (
    ClaimedByOther,
    NotHuman,
    NotYourTask,
    TaskInIncident,
    TaskNotFound,
    TaskOver,
    claimed,
    done_before,
    may_act,
    released,
    workable,
)
from tests.workflow.case_support import Case, books, human, person, waiting
from tests.workflow.clock_support import at

HANDLER = frozenset({"P04@D06"})
OUT = person("u.handler.d06", "P04@D06", deputy="u.handler2.d06", attendance=Attendance.OUT_OF_OFFICE)


def _case() -> Case:
    return Case().start(at("2026-09-16"), human("a", limit_wd="3"), waiting("w", "case_delivered"))


def _workable(instance: Instance, who: str, *, posts: frozenset[str] = HANDLER, known: Books | None = None) -> object:
    return workable(instance, "a", person=who, posts=posts, books=known or books())


def test_given_a_holder_of_the_post_then_the_task_is_theirs_to_work_on() -> None:
    assert _workable(_case().instance, "u.handler.d06")


@pytest.mark.parametrize("posts", [frozenset[str](), frozenset({"P04@D08"}), frozenset({"P06@D06"})])
def test_given_somebody_of_another_post_then_the_task_is_refused(posts: frozenset[str]) -> None:
    with pytest.raises(NotYourTask):
        _workable(_case().instance, "u.other", posts=posts)


def test_given_a_deputy_then_only_while_the_holder_is_out() -> None:
    case = _case()
    nobody = frozenset[str]()
    assert _workable(case.instance, "u.handler2.d06", posts=nobody, known=books(OUT))
    back = OUT.model_copy(update={"attendance": Attendance.ON_DUTY})
    with pytest.raises(NotYourTask):
        _workable(case.instance, "u.handler2.d06", posts=nobody, known=books(back))
    left = OUT.model_copy(update={"active": False})
    assert not may_act("u.handler2.d06", nobody, case.instance.tasks[0], books(left))


def test_given_a_claimed_task_then_colleagues_wait_and_the_deputy_steps_in_when_the_claimer_is_out() -> None:
    case = _case()
    held, [said] = claimed(case.instance, case.instance.tasks[0], person="u.handler.d06", at=at("2026-09-16"))
    assert isinstance(said, TaskClaimed)
    clock = held.clock("step:a")
    assert clock is not None
    assert clock.person == "u.handler.d06"
    assert claimed(held, held.tasks[0], person="u.handler.d06", at=at("2026-09-16")) == (held, ())
    with pytest.raises(ClaimedByOther):
        _workable(held, "u.handler2.d06")
    assert _workable(held, "u.handler2.d06", known=books(OUT))
    gone = person("u.handler.d06", "P04@D06").model_copy(update={"active": False})
    assert _workable(held, "u.handler2.d06", known=books(gone))
    free, [back] = released(held, held.tasks[0], person="u.handler.d06", at=at("2026-09-16"))
    assert isinstance(back, TaskReleased)
    assert released(free, free.tasks[0], person="u.handler.d06", at=at("2026-09-16")) == (free, ())
    assert _workable(free, "u.handler2.d06")


def test_given_a_step_that_waits_for_a_message_then_no_person_completes_it() -> None:
    with pytest.raises(NotHuman):
        workable(_case().instance, "w", person="u", posts=HANDLER, books=books())


def test_given_a_task_done_by_another_then_the_refusal_names_who_and_when() -> None:
    case = _case().move(Verb.COMPLETE, "a", at("2026-09-17"), human("b"), payload={"opinion": "同意"})
    with pytest.raises(TaskOver) as over:
        _workable(case.instance, "u.handler2.d06")
    assert over.value.values["by"] == "u.handler.d06"
    with pytest.raises(TaskNotFound):
        workable(case.instance, "zzz", person="u", posts=HANDLER, books=books())


def test_given_the_same_answers_by_the_same_person_then_it_counts_as_done_before() -> None:
    case = _case().move(Verb.COMPLETE, "a", at("2026-09-17"), human("b"), payload={"opinion": "同意"})
    same = done_before(case.instance, "a", person="u.handler.d06", answers={"opinion": "同意"})
    assert same is not None
    assert same.task_id == "a"
    assert done_before(case.instance, "a", person="u.handler.d06", answers={"opinion": "不同意"}) is None
    assert done_before(case.instance, "a", person="u.handler2.d06", answers={"opinion": "同意"}) is None


def test_given_an_incident_about_a_task_then_its_answers_are_kept_and_said_once() -> None:
    case = _case()
    act = Act(verb=Verb.COMPLETE, target="a", payload={"x": 1}, actor="u.handler.d06", at=at("2026-09-17"))
    with_fault, said = opened(case.instance, act, element="G", zh="无路可走", en="no way", at=at("2026-09-17"))
    assert len(said) == 1
    again, more = opened(with_fault, act, element="G", zh="无路可走", en="no way", at=at("2026-09-18"))
    assert more == ()
    assert again.incidents[0].tries == 2
    with pytest.raises(TaskInIncident):
        _workable(again, "u.handler.d06")
    incident = incident_of(again, again.incidents[0].incident_id)
    assert incident.act.payload == {"x": 1}
    mended, [told] = resolved(again, incident, Ending.DONE, by="u.it", at=at("2026-09-18"))
    assert mended.incidents == ()
    assert told.key == case.instance.case_no
    with pytest.raises(IncidentNotFound):
        incident_of(mended, incident.incident_id)
