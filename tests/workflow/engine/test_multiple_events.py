"""Multiple events, events that a multi-instance activity throws of itself, start events, global tasks."""

from datetime import timedelta

import pytest

from services.kernel.worktime import OfficeHours
from services.workflow.engine.diagrams.model import EventKind
from services.workflow.engine.language.office import Office
from services.workflow.engine.models import Refused
from services.workflow.engine.run import start as begin
from services.workflow.engine.starts import starts_of
from tests.workflow.engine.drawing import (
    boundary,
    by_event,
    condition,
    definition,
    end,
    flows,
    message,
    node,
    process,
    several,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import CALENDAR, NOW, Play, bundle_of

HEAD = message("go") + message("stop") + '<bpmn:signal id="sig" name="sig"/>'
GO, STOP = (definition("message", messageRef=f"m_{name}") for name in ("go", "stop"))
SIGNAL = definition("signal", signalRef="sig")
HOUR = timer("PT1H")


def caught(*parts: str, **attributes: str) -> Play:
    catch = node("intermediateCatchEvent", "c", *parts, **attributes)
    return Play.of(start(), catch, user("z"), end(), flows("s", "c", "z", "e"), head=HEAD)


def test_one_of_several_events_is_enough() -> None:
    play = caught(GO, STOP, HOUR)
    assert (play.step.awaits, play.armed) == (("go", "stop"), ["c"])
    assert play.hear("stop", why="x").open == ["z"]
    assert (play.step.awaits, play.armed, play.data["stop"]) == ((), [], {"why": "x"})
    assert caught(GO, HOUR).fire("c").open == ["z"]


def test_all_are_needed_when_it_says_so() -> None:
    play = caught(GO, HOUR, SIGNAL, parallelMultiple="true").hear("go")
    assert (play.step.awaits, play.step.awaits_signals, play.armed) == ((), ("sig",), ["c"])
    throw = (node("intermediateThrowEvent", "t", SIGNAL), node("parallelGateway", "g"))
    catch = node("intermediateCatchEvent", "c", GO, SIGNAL, parallelMultiple="true")
    body = (
        start(),
        *throw,
        user("a"),
        catch,
        user("z"),
        end(),
        flows("s", "g", "a", "t", "e"),
        flows("g", "c", "z", "e"),
    )
    play = Play.of(*body, head=HEAD).complete("a")
    assert play.open == ["c"]
    assert play.hear("go").open == ["z"]


def test_a_multiple_event_throws_everything() -> None:
    throw = node("intermediateThrowEvent", "t", GO, SIGNAL, STOP)
    play = Play.of(start(), throw, end("e", GO, STOP), flows("s", "t", "e"), head=HEAD)
    assert [thrown.name for thrown in play.step.thrown] == ["go", "stop", "go", "stop"]
    assert play.step.signals == ("sig",)


@pytest.mark.parametrize(("interrupting", "opened"), [(True, ["h"]), (False, ["a", "h"])])
def test_a_multiple_event_on_an_activity(*, interrupting: bool, opened: list[str]) -> None:
    on = boundary("b", "a", GO + HOUR, interrupting=interrupting)
    play = Play.of(start(), user("a"), on, user("h"), end(), flows("s", "a", "e"), flows("b", "h", "e"), head=HEAD)
    assert play.hear("go").open == opened
    assert play.armed == ([] if interrupting else ["b"])


def test_all_parts_beside_an_activity_are_waited_for_anew() -> None:
    on = boundary("b", "a", GO + STOP, interrupting=False).replace("<bpmn:bound", "<bpmn:bound", 1)
    on = on.replace(" cancelActivity", ' parallelMultiple="true" cancelActivity')
    play = Play.of(start(), user("a"), on, user("h"), end(), flows("s", "a", "e"), flows("b", "h", "e"), head=HEAD)
    assert play.hear("go").step.awaits == ("stop",)
    assert play.hear("stop").open == ["a", "h"]
    assert play.step.awaits == ("go", "stop")


def test_a_multiple_event_starts_an_event_subprocess() -> None:
    begins = node("startEvent", "es_s", GO, HOUR)
    body = by_event(begins, user("h"), end("es_e"), flows("es_s", "h", "es_e"))
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"), body, head=HEAD)
    assert (play.step.awaits, play.armed, play.open) == (("go",), ["es_s"], ["a"])
    assert play.fire("es_s").open == ["h"]
    assert play.complete("h").ended == "es_e"
    assert Play.of(start(), user("a"), end(), flows("s", "a", "e"), body, head=HEAD).complete("a").ended == "e"


# ── what several instances throw of themselves ──

TOLD = '<bpmn:signalEventDefinition id="told" signalRef="sig"/>'


def telling(behavior: str, inner: str = "", **reference: str) -> Play:
    attributes = "".join(f' {key}="{value}"' for key, value in reference.items())
    loop = several("case.items", "item", inner=inner).replace(" isSeq", f' behavior="{behavior}"{attributes} isSeq')
    on = boundary("b", "a", SIGNAL, interrupting=False)
    body = (start(), user("a", loop), on, user("h", form="other"), user("z"), end())
    lines = (flows("s", "a", "z", "e"), flows("b", "h", "e"))
    return Play.of(*body, *lines, head=HEAD + TOLD, data={"case": {"items": [1, 2, 3]}})


def test_it_is_told_each_time_one_of_several_is_done() -> None:
    play = telling("None", noneBehaviorEventRef="told").complete("a", 0).complete("a", 2)
    assert play.open == ["a", "h", "h"]
    assert play.complete("a", 1).open == ["h", "h", "h", "z"]


def test_it_is_told_when_the_first_of_several_is_done() -> None:
    play = telling("One", oneBehaviorEventRef="told").complete("a", 0).complete("a", 2)
    assert play.open == ["a", "h"]


def test_it_is_told_when_a_condition_holds_and_the_others_are_called_off() -> None:
    when = "<bpmn:condition>nrOfCompletedInstances == 2</bpmn:condition>"
    event = f'<bpmn:event id="thrown">{SIGNAL}</bpmn:event>'
    play = telling("Complex", f"<bpmn:complexBehaviorDefinition>{when}{event}</bpmn:complexBehaviorDefinition>")
    assert play.complete("a", 0).open == ["a", "a"]
    assert play.complete("a", 1).open == ["h", "z"]


# ── how a process begins ──

STARTS = bundle_of(
    HEAD,
    process(
        node("startEvent", "heard", GO),
        node("startEvent", "plain"),
        node("startEvent", "late", HOUR),
        node("startEvent", "large", condition("n > 1")),
        *(user(name) for name in "abcd"),
        end(),
        flows("heard", "a", "e"),
        flows("plain", "b", "e"),
        flows("late", "c", "e"),
        flows("large", "d", "e"),
    ),
)


def test_a_process_begins_plainly_or_by_the_start_event_that_is_named() -> None:
    assert Play.start(STARTS).open == ["b"]
    step = begin(STARTS, "p", {"go": {"x": 1}}, now=NOW, calendar=CALENDAR, start_event="heard")
    assert [task.element for task in step.tasks] == ["a"]
    with pytest.raises(Refused, match="unknown-process"):
        begin(STARTS, "p", {}, now=NOW, calendar=CALENDAR, start_event="e")


def test_a_bundle_tells_by_what_its_processes_begin() -> None:
    found = {each.element: each for each in starts_of(STARTS)}
    assert found.keys() == {"heard", "late", "large"}
    assert (found["heard"].kind, found["heard"].name, found["heard"].result) == (EventKind.MESSAGE, "go", "go")
    office = Office(NOW, CALENDAR, OfficeHours())
    due = found["late"].due(office)
    assert due is not None
    assert due.at == NOW + timedelta(hours=1)
    assert found["heard"].due(office) is None
    assert (found["large"].holds({"n": 2}, office), found["large"].holds({"n": 1}, office)) == (True, False)


def test_a_receive_task_may_begin_a_process() -> None:
    receive = node("receiveTask", "r", messageRef="m_go", instantiate="true")
    bundle = bundle_of(HEAD, process(receive, user("a"), end(), flows("r", "a", "e")))
    assert [each.name for each in starts_of(bundle)] == ["go"]
    assert Play.start(bundle, data={"go": {}}).open == ["a"]


def test_a_global_task_is_called_like_a_process() -> None:
    task = user("g", form="form").replace("userTask", "globalUserTask")
    call = node("callActivity", "c", calledElement="g")
    play = Play.start(bundle_of(task, process(start(), call, user("z"), end(), flows("s", "c", "z", "e"))))
    assert play.open == ["g"]
    assert play.complete("g", x=1).open == ["z"]
