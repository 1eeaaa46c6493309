"""Timers of the diagram: when they are armed, when they fire, how long they are."""

from datetime import UTC, datetime

import pytest

from services.workflow.engine.diagrams.model import TimerForm, TimerText
from services.workflow.engine.language.errors import Unwritable
from services.workflow.engine.language.office import Office
from services.workflow.engine.models import EngineFault, Fire, Refused
from services.workflow.engine.timers import read_timer
from tests.workflow.engine.drawing import (
    boundary,
    definition,
    end,
    flows,
    message,
    node,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import CALENDAR, NOW, Play


def _timed(text: str, form: str = "timeDuration", *, interrupting: bool = True) -> Play:
    return Play.of(
        start(),
        user("a"),
        boundary("b", "a", timer(text, form), interrupting=interrupting),
        user("h"),
        end(),
        flows("s", "a", "e"),
        flows("b", "h", "e"),
    )


def test_an_interrupting_timer_ends_the_task() -> None:
    play = _timed("P3D")
    (armed,) = play.step.timers
    assert (armed.element, armed.attached_to) == ("b", "a")
    assert (armed.at - NOW).days == 3
    assert play.fire("b").open == ["h"]
    assert play.passed == ["b"]


def test_a_timer_that_does_not_interrupt_happens_once_beside_the_task() -> None:
    play = _timed("P3D", interrupting=False).fire("b")
    assert play.open == ["a", "h"]
    assert play.armed == []
    assert play.complete("a").ended is None
    assert play.complete("h").ended == "e"


def test_a_timer_is_disarmed_when_its_task_is_done() -> None:
    play = _timed("P3D")
    armed = play.timer("b")
    assert play.complete("a").armed == []
    with pytest.raises(Refused):
        play.do(Fire(armed))


def test_a_cycle_comes_again_until_it_is_used_up() -> None:
    play = _timed("R3/P1D", "timeCycle", interrupting=False)
    dues = []
    while play.armed:
        dues.append((play.step.timers[0].at - NOW).days)
        play.later(days=20).fire("b")  # however late it is told, it does not catch up all at once
    assert dues == [1, 2, 3]
    assert play.open == ["a", "h", "h", "h"]


def test_an_intermediate_timer_waits_and_is_no_task() -> None:
    play = Play.of(start(), node("intermediateCatchEvent", "t", timer("PT1H")), end(), flows("s", "t", "e"))
    assert (play.open, play.armed) == ([], ["t"])
    assert play.fire("t").ended == "e"


def test_a_timer_whose_expression_fails_is_a_fault_and_not_a_lost_timer() -> None:
    with pytest.raises(EngineFault) as fault:
        _timed("close_of_business(nothing)", "timeDate")
    assert fault.value.element == "b"


def test_boundary_events_of_every_kind_wait_together() -> None:
    play = Play.of(
        start(),
        user("a"),
        boundary("t1", "a", timer("PT1H"), interrupting=False),
        boundary("t2", "a", timer("PT2H")),
        boundary("m", "a", definition("message", messageRef="m_go"), interrupting=False),
        *(user(name) for name in ("h1", "h2", "h3")),
        end(),
        flows("s", "a", "e"),
        flows("t1", "h1", "e"),
        flows("t2", "h2", "e"),
        flows("m", "h3", "e"),
        head=message("go"),
    )
    assert play.armed == ["t1", "t2"]
    assert play.hear("go").hear("go").open == ["a", "h3", "h3"]
    assert play.fire("t1").open == ["a", "h1", "h3", "h3"]
    assert play.fire("t2").open == ["h1", "h2", "h3", "h3"]
    assert (play.armed, play.step.awaits) == ([], ())


@pytest.mark.parametrize(
    ("text", "form", "at"),
    [
        ("PT36H", "timeDuration", "2026-11-24T14:00:00+00:00"),
        ("P2W", "timeDuration", "2026-12-07T02:00:00+00:00"),
        ("P1M", "timeDuration", "2026-12-23T02:00:00+00:00"),
        ("P3M8D", "timeDuration", "2027-03-03T02:00:00+00:00"),
        ("P1Y", "timeDuration", "2027-11-23T02:00:00+00:00"),
        ('"PT1H"', "timeDuration", "2026-11-23T03:00:00+00:00"),
        ("${case.wait}", "timeDuration", "2026-11-23T02:05:00+00:00"),
        ("2026-12-01T17:00:00+08:00", "timeDate", "2026-12-01T09:00:00+00:00"),
        ("2026-12-01T09:00:00Z", "timeDate", "2026-12-01T09:00:00+00:00"),
        ("close_of_business(workday_after(today(), 5))", "timeDate", "2026-11-30T09:00:00+00:00"),
        ("close_of_business(workday_after(case.on, 5))", "timeDate", "2026-11-27T09:00:00+00:00"),
        ("2020-01-01T00:00:00Z", "timeDate", "2020-01-01T00:00:00+00:00"),
        ("R/PT1H", "timeCycle", "2026-11-23T03:00:00+00:00"),
        ("R2/2026-12-01T00:00:00Z/P1D", "timeCycle", "2026-12-01T00:00:00+00:00"),
    ],
)
def test_a_timer_is_due_when_it_says(text: str, form: str, at: str) -> None:
    play = Play.of(
        start(),
        user("a"),
        boundary("b", "a", timer(text, form), interrupting=False),
        end(),
        flows("s", "a", "e"),
        flows("b", "e"),
        data={"case": {"on": "2026-11-20", "wait": "PT5M"}},
    )
    assert play.step.timers[0].at.isoformat() == at


def test_a_month_after_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    start_at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert read_timer(TimerText(TimerForm.DURATION, "P1M")).due([], Office(start_at, CALENDAR)).at.day == 28


@pytest.mark.parametrize("value", [None, 5, "2026-12-01", "2026-12-01T10:00:00", "soon", True, ["x"]])
def test_a_moment_that_is_none_is_a_fault(value: object) -> None:
    with pytest.raises(EngineFault):
        Play.of(
            start(),
            node("intermediateCatchEvent", "t", timer("case.at", "timeDate")),
            end(),
            flows("s", "t", "e"),
            data={"case": {"at": value}},
        )


@pytest.mark.parametrize("text", ["P9999Y", "R0/PT1H", "PT", "P1.5D", "P1D2H", "R3/soon/P1D", "R3/2026-12-01/P1D"])
def test_a_literal_out_of_range_or_garbled_is_refused_at_deploy(text: str) -> None:
    form = TimerForm.CYCLE if text.startswith("R") else TimerForm.DURATION
    with pytest.raises(Unwritable):
        read_timer(TimerText(form, text))


@pytest.mark.parametrize(
    ("value", "form"), [("P9999Y", "timeDuration"), (5, "timeDuration"), (None, "timeCycle"), ("P1D", "timeDate")]
)
def test_a_value_that_is_no_time_is_a_fault(value: object, form: str) -> None:
    with pytest.raises(EngineFault):
        Play.of(
            start(),
            user("a"),
            boundary("b", "a", timer("case.at", form), interrupting=False),
            end(),
            flows("s", "a", "e"),
            flows("b", "e"),
            data={"case": {"at": value}},
        )
