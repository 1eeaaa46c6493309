"""Cases that stand at every kind of waiting place, drawn small: what is kept of each is recorded by `recording.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.workflow.engine.drawing import (
    association,
    boundary,
    by_event,
    condition,
    definition,
    drawn,
    end,
    flow,
    flows,
    loop,
    message,
    node,
    process,
    script,
    several,
    start,
    timer,
    user,
)

Move = Mapping[str, Any]
"""One command by element: `do` says which, see `recording.command`."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A case: what it waits at, how it gets there, and how it goes on to its end."""

    name: str
    parts: tuple[str, ...]
    before: tuple[Move, ...]
    after: tuple[Move, ...]
    head: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def files(self) -> dict[str, bytes]:
        """The files of its definition."""
        return {"diagram.bpmn": drawn(self.head, process(*self.parts))}


def done(element: str, index: int | None = None, **answers: Any) -> Move:
    return {"do": "complete", "element": element, "index": index, "with": answers}


def fired(element: str) -> Move:
    return {"do": "fire", "element": element}


def heard(name: str, **payload: Any) -> Move:
    return {"do": "hear", "name": name, "with": payload}


def answered(element: str, **result: Any) -> Move:
    return {"do": "answer", "element": element, "with": result}


def failed(element: str, code: str) -> Move:
    return {"do": "fail", "element": element, "with": code}


def sent_back(element: str) -> Move:
    return {"do": "send back", "element": element}


GO: Final = message("go")
HEARD: Final = definition("message", messageRef="m_go")
SIGNAL: Final = '<bpmn:signal id="sig" name="sig"/>'
ERROR: Final = '<bpmn:error id="err" errorCode="E1"/>'
WHO: Final = {"case": {"who": ["p", "q", "r"]}}
COMPENSATE: Final = definition("compensate")


def _undone(name: str, by: str) -> str:
    handler = user(by).replace("<bpmn:userTask", '<bpmn:userTask isForCompensation="true"')
    return boundary(f"c_{name}", name, COMPENSATE) + handler + association(f"c_{name}", by)


def _split(fork: str, join: str, *inner: str, asked: str = "") -> tuple[str, ...]:
    """Three tasks side by side that meet again."""
    ways = ("a", "b", "c")
    conditions = {"a": asked, "b": asked}
    lines = [flow("g", way, conditions.get(way) or None) + flow(way, "j") for way in ways]
    default = {"default": "f_g_c"} if asked else {}
    tasks = (user(way, form=f"form-{way}") for way in ways)
    return (
        start(),
        node(fork, "g", **default),
        *tasks,
        node(join, "j", *inner),
        user("z"),
        end(),
        *lines,
        flows("s", "g"),
        flows("j", "z", "e"),
    )


_CALLED: Final = (start("qs"), script("qc", "total = given + 1"), user("qa", form="opinion"), end("qe"))
_HANDED: Final = (
    '<camunda:in source="n" target="given"/><camunda:out source="opinion" target="result"/>'
    '<camunda:out sourceExpression="total + 100" target="sum"/>'
)
_HANDLED: Final = (
    by_event(node("startEvent", "h_s", HEARD, isInterrupting="false"), user("h"), end("h_e"), flows("h_s", "h", "h_e"))
    + by_event(
        node("startEvent", "l_s", timer("P9D")), user("l"), end("l_e"), flows("l_s", "l", "l_e"), id="late"
    )
)  # fmt: skip
_UNTIL: Final = '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">form.enough</bpmn:completionCondition>'
_INNER: Final = (start("is"), user("u", form="inner"), user("v", form="last"), end("ie"), flows("is", "u", "v", "ie"))
_AGAIN: Final = definition("compensate")
_BOTH_DONE: Final = (start(), user("a"), user("b"), _undone("a", "ua"), _undone("b", "ub"), user("y"))
_THROWN: Final = node("intermediateThrowEvent", "t", _AGAIN)
_UNDOING: Final = (*_BOTH_DONE, _THROWN, user("z"), end(), flows("s", "a", "b", "y", "t", "z", "e"))
_PLAIN: Final = (start(), user("a"), user("b", form="second"), end(), flows("s", "a", "b", "e"))

TASKS: Final = (
    Scene("user-task", _PLAIN, (done("a", x=1, text="规划"),), (done("b", y=[1, {"z": None}]),)),
    Scene("sent-back", _PLAIN, (done("a", x=1),), (sent_back("b"), done("a", x=2), done("b"))),
    Scene(
        "behind-a-subprocess",
        (start(), node("subProcess", "sub", *_INNER), user("z"), end(), flows("s", "sub", "z", "e")),
        (done("u", x=1), done("v", y=1)),
        (sent_back("z"), done("u", x=2), done("v", y=2), done("z")),
    ),
    Scene(
        "external-task",
        (
            start(),
            node("serviceTask", "x", camunda__type="external", camunda__topic="number"),
            boundary("wrong", "x", definition("error", errorRef="err")),
            user("z"),
            end(),
            flows("s", "x", "e"),
            flows("wrong", "z", "e"),
        ),
        (),
        (failed("x", "E1"), done("z", ok=True)),
        head=ERROR,
    ),
    Scene(
        "external-task-answered",
        (
            start(),
            node("serviceTask", "x", camunda__type="external", camunda__topic="number"),
            end(),
            flows("s", "x", "e"),
        ),
        (),
        (answered("x", number="51-1"),),
    ),
    Scene(
        "looped-task",
        (start(), user("a", loop("form.again")), end(), flows("s", "a", "e")),
        (done("a", again=True), done("a", again=True)),
        (done("a", again=True), done("a", again=False)),
    ),
    Scene(
        "quantities-gathered",
        (
            start(),
            user("a").replace("<bpmn:userTask", '<bpmn:userTask completionQuantity="2"'),
            user("b", form="each"),
            user("c").replace("<bpmn:userTask", '<bpmn:userTask startQuantity="2"'),
            end(),
            flows("s", "a", "b", "c", "e"),
        ),
        (done("a"), done("b", n=1)),
        (done("b", n=2), done("c")),
    ),
)
"""One task or several that are done one by one."""

SEVERAL: Final = (
    Scene(
        "several-part-done",
        (start(), user("a", several("case.who", "who"), result="votes"), end(), flows("s", "a", "e")),
        (done("a", 1, ok=True),),
        (done("a", 2, ok=False), done("a", 0, ok=True)),
        data=WHO,
    ),
    Scene(
        "several-in-turn-part-done",
        (start(), user("a", several("case.who", "who", sequential=True), result="votes"), end(), flows("s", "a", "e")),
        (done("a", ok=1),),
        (done("a", ok=2), done("a", ok=3)),
        data=WHO,
    ),
    Scene(
        "several-subprocesses-part-done",
        (start(), node("subProcess", "sub", several("case.who", "who"), *_INNER), end(), flows("s", "sub", "e")),
        (done("u", n=1), done("u", n=2), done("v", n=3)),
        (done("v", n=4), done("u", n=5), done("v", n=6)),
        data=WHO,
    ),
    Scene(
        "ad-hoc",
        (
            start(),
            node("adHocSubProcess", "sub", user("a"), user("b"), user("c"), flows("b", "c"), _UNTIL),
            user("z", form="last"),
            end(),
            flows("s", "sub", "z", "e"),
        ),
        (done("b", enough=False),),
        (done("c", enough=False), done("a", enough=True), done("z")),
    ),
    Scene(
        "ad-hoc-in-order",
        (
            start(),
            node("adHocSubProcess", "sub", user("a"), user("b"), user("c"), ordering="Sequential"),
            end(),
            flows("s", "sub", "e"),
        ),
        (done("a"), done("b")),
        (done("c"),),
    ),
)
"""The same more than once, or in any order."""

INSIDE: Final = (
    Scene(
        "call-activity",
        (
            start(),
            node("callActivity", "c", f"<bpmn:extensionElements>{_HANDED}</bpmn:extensionElements>", calledElement="q"),
            end(),
            flows("s", "c", "e"),
        ),
        (),
        (done("qa", ok=True),),
        head=process(*_CALLED, flows("qs", "qc", "qa", "qe"), id="q"),
        data={"n": 5},
    ),
    Scene(
        "event-subprocesses-armed",
        (start(), user("a"), end(), flows("s", "a", "e"), _HANDLED),
        (),
        (heard("go", why="x"), done("a"), done("h")),
        head=GO,
    ),
    Scene(
        "event-subprocess-begun",
        (start(), user("a"), end(), flows("s", "a", "e"), _HANDLED),
        (heard("go", why="x"),),
        (heard("go", why="y"), fired("l_s"), done("l")),
        head=GO,
    ),
    Scene("compensation-recorded", _UNDOING, (done("a"), done("b")), (done("y"), done("ub"), done("ua"), done("z"))),
    Scene("compensation-half-way", _UNDOING, (done("a"), done("b"), done("y"), done("ub")), (done("ua"), done("z"))),
    Scene(
        "transaction",
        (
            start(),
            node(
                "transaction",
                "tx",
                *(start("is"), user("a"), _undone("a", "ua"), user("b"), end("no", definition("cancel"))),
                flows("is", "a", "b", "no"),
            ),
            boundary("off", "tx", definition("cancel")),
            user("r"),
            end(),
            flows("s", "tx", "e"),
            flows("off", "r", "e"),
        ),
        (done("a"),),
        (done("b"), done("ua"), done("r")),
    ),
)
"""Processes and subprocesses that wait inside."""

EVENTS: Final = (
    Scene(
        "boundary-timers",
        (
            start(),
            user("a"),
            boundary("cycle", "a", timer("R3/P1D", "timeCycle"), interrupting=False),
            boundary("late", "a", timer("P9D")),
            user("n"),
            user("l"),
            end(),
            flows("s", "a", "e"),
            flows("cycle", "n", "e"),
            flows("late", "l", "e"),
        ),
        (fired("cycle"),),
        (fired("cycle"), fired("late"), done("n"), done("n"), done("l")),
    ),
    Scene(
        "timer",
        (start(), node("intermediateCatchEvent", "t", timer("P3D")), end(), flows("s", "t", "e")),
        (),
        (fired("t"),),
    ),
    Scene(
        "message",
        (
            start(),
            node("receiveTask", "r", messageRef="m_go"),
            node("intermediateCatchEvent", "c", HEARD),
            end(),
            flows("s", "r", "c", "e"),
        ),
        (heard("go", n=1),),
        (heard("go", n=2),),
        head=GO,
    ),
    Scene(
        "signal",
        (
            start(),
            node("intermediateCatchEvent", "c", definition("signal", signalRef="sig")),
            end(),
            flows("s", "c", "e"),
        ),
        (),
        ({"do": "signal", "name": "sig"},),
        head=SIGNAL,
    ),
    Scene(
        "condition",
        (
            start(),
            node("parallelGateway", "g"),
            user("a"),
            node("intermediateCatchEvent", "c", condition("form.ready == True")),
            user("b", form="second"),
            end(),
            flows("s", "g", "a", "e"),
            flows("g", "c", "b", "e"),
        ),
        (),
        (done("a", ready=True), done("b")),
        data={"form": {"ready": False}},
    ),
    Scene(
        "all-parts-of-an-event",
        (
            start(),
            node("intermediateCatchEvent", "c", HEARD, timer("PT1H"), parallelMultiple="true"),
            end(),
            flows("s", "c", "e"),
        ),
        (heard("go", n=1),),
        (fired("c"),),
        head=GO,
    ),
    Scene(
        "event-gateway",
        (
            start(),
            node("eventBasedGateway", "eg"),
            node("intermediateCatchEvent", "c", HEARD),
            node("intermediateCatchEvent", "t", timer("PT1H")),
            user("z"),
            end(),
            flows("s", "eg", "c", "e"),
            flows("eg", "t", "z", "e"),
        ),
        (),
        (fired("t"), done("z")),
        head=GO,
    ),
    Scene(
        "link",
        (
            start(),
            user("a"),
            node("intermediateThrowEvent", "to", '<bpmn:linkEventDefinition name="on"/>'),
            node("intermediateCatchEvent", "from", '<bpmn:linkEventDefinition name="on"/>'),
            user("z"),
            end(),
            flows("s", "a", "to"),
            flows("from", "z", "e"),
        ),
        (),
        (done("a"), done("z")),
    ),
)
"""Events that are waited for."""

JOINS: Final = (
    Scene(
        "parallel-join",
        _split("parallelGateway", "parallelGateway"),
        (done("b", n=2),),
        (done("a"), done("c"), done("z")),
    ),
    Scene(
        "inclusive-join",
        _split("inclusiveGateway", "inclusiveGateway", asked="case.two"),
        (done("a"),),
        (done("b"), done("z")),
        data={"case": {"two": True}},
    ),
    Scene(
        "complex-join",
        _split(
            "parallelGateway",
            "complexGateway",
            "<bpmn:activationCondition>activationCount &gt;= 2</bpmn:activationCondition>",
        ),
        (done("b"),),
        (done("a"), done("z"), done("c")),
    ),
)
"""Joins that have part of what they wait for."""

SCENES: Final = (*TASKS, *SEVERAL, *INSIDE, *EVENTS, *JOINS)
