"""Tokens that are counted: quantities, complex gateways, timer cycles that let several go."""

from services.workflow.engine.models import Undo
from tests.workflow.engine.drawing import boundary, end, flow, flows, node, start, timer, user
from tests.workflow.engine.playing import Play


def counted(task: str, **quantities: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in quantities.items())
    return user(task).replace("<bpmn:userTask", f"<bpmn:userTask{written}")


def test_an_activity_begins_when_enough_tokens_have_come_and_gives_as_many_as_it_says() -> None:
    body = (start(), counted("a", completionQuantity="3"), user("b"), counted("c", startQuantity="2"), end())
    play = Play.of(*body, flows("s", "a", "b", "c", "e")).complete("a")
    assert play.open == ["b", "b", "b"]
    assert play.complete("b").open == ["b", "b"]
    assert play.complete("b").open == ["b", "c"]
    assert play.complete("c").ended is None


def test_what_gathers_is_no_open_step() -> None:
    body = (
        start(),
        counted("a", completionQuantity="2"),
        user("b"),
        node("receiveTask", "r", messageRef="m", startQuantity="2"),
    )
    play = Play.of(*body, end(), flows("s", "a", "b", "r", "e"), head='<bpmn:message id="m" name="go"/>')
    assert play.complete("a").complete("b").step.awaits == ()
    assert play.complete("b").step.awaits == ("go",)


def test_an_inclusive_join_waits_for_what_gathers_before_it() -> None:
    body = (
        start(),
        node("parallelGateway", "g"),
        user("a"),
        counted("b", completionQuantity="2"),
        user("x"),
        counted("c", startQuantity="2"),
        node("inclusiveGateway", "j"),
        user("z"),
        end(),
        flows("s", "g", "a", "j", "z", "e"),
        flows("g", "b", "x", "c", "j"),
    )
    play = Play.of(*body).complete("a").complete("b").complete("x")
    assert play.open == ["x"]
    assert play.complete("x").complete("c").open == ["z"]


def test_what_gathered_is_taken_back_with_what_it_came_from() -> None:
    body = (start(), counted("a", completionQuantity="2"), counted("c", startQuantity="2"), end())
    play = Play.of(*body, flows("s", "a", "c", "e"))
    passing = play.step.tasks[0].id
    assert play.complete("a").open == ["c"]
    assert play.do(Undo(passing)).open == ["a"]
    assert play.complete("a").complete("c").ended == "e"


def complex_join(activation: str) -> tuple[str, ...]:
    """Three tasks side by side, a complex gateway, and what comes behind."""
    join = node("complexGateway", "j", f"<bpmn:activationCondition>{activation}</bpmn:activationCondition>")
    tasks = (user("a"), user("b"), user("c"))
    lines = (flows("s", "g", "a", "j", "z", "e"), flows("g", "b", "j"), flows("g", "c", "j"))
    return (start(), node("parallelGateway", "g"), *tasks, join, user("z"), end(), *lines)


def test_a_complex_gateway_lets_one_token_through_when_enough_have_come() -> None:
    play = Play.of(*complex_join("activationCount &gt;= 2"))
    assert play.complete("a").open == ["b", "c"]
    assert play.complete("b").open == ["c", "z"]
    assert play.complete("z").ended is None
    assert play.complete("c").ended == "e"


def test_a_complex_gateway_that_needs_only_one_swallows_the_others() -> None:
    play = Play.of(*complex_join("activationCount &gt;= 1")).complete("b")
    assert play.complete("a").complete("c").open == ["z"]


def test_a_complex_gateway_in_a_loop_starts_anew_when_all_have_come() -> None:
    first, *rest = complex_join("activationCount &gt;= 1")
    body = (
        "".join(rest)
        .replace('sourceRef="s" targetRef="g"', 'sourceRef="m" targetRef="g"')
        .replace('sourceRef="z" targetRef="e"', 'sourceRef="z" targetRef="x"')
    )
    more = (node("exclusiveGateway", "m"), node("exclusiveGateway", "x", default="out"), flows("s", "m"))
    play = Play.of(first, body, *more, flow("x", "e", id="out"), flow("x", "m", "form.again"))
    play.complete("a").complete("b").complete("c").complete("z", again=True)
    assert play.complete("c").open == ["a", "b", "z"]
    assert play.complete("a").complete("b").complete("z").ended == "e"


def test_a_complex_gateway_does_not_wait_for_what_can_come_no_more() -> None:
    body = "".join(complex_join("activationCount &gt;= 1"))
    late = (boundary("late", "c", timer("PT1H")), end("e2"), flows("late", "e2"))
    play = Play.of(body, *late).complete("a").complete("b").complete("z")
    assert play.ended is None
    assert play.fire("late").ended is not None


def test_a_complex_gateway_splits_by_conditions() -> None:
    body = (start(), node("complexGateway", "g", default="d"), user("a"), user("b"), user("c"), end(), flows("s", "g"))
    ways = (flow("g", "a", "case.n > 0"), flow("g", "b", "case.n > 1"), flow("g", "c", id="d"))
    lines = tuple(flows(task, "e") for task in "abc")
    assert Play.of(*body, *ways, *lines, data={"case": {"n": 2}}).open == ["a", "b"]
    assert Play.of(*body, *ways, *lines, data={"case": {"n": 0}}).open == ["c"]


def test_a_first_step_is_taken_back_from_behind_a_complex_gateway() -> None:
    play = Play.of(*complex_join("activationCount &gt;= 2"))
    passing = play.task("a")
    play.complete("a").complete("b")
    assert play.do(Undo(passing)).open == ["a", "c"]
    assert play.complete("a").open == ["c", "z"]


def test_a_timer_cycle_lets_a_token_go_each_time() -> None:
    catch = node("intermediateCatchEvent", "c", timer("R3/PT1H", "timeCycle"))
    play = Play.of(start(), catch, user("a"), end(), flows("s", "c", "a", "e"))
    assert play.fire("c").open == ["a"]
    assert play.complete("a").ended is None
    assert play.fire("c").fire("c").open == ["a", "a"]
    assert play.armed == []
    assert play.complete("a").complete("a").ended == "e"
