"""Drawings whose paths do not fit together are found before a case stands still in them."""

import pytest

from services.workflow.engine.bundles import compile_bundle
from tests.workflow.engine.drawing import (
    association,
    boundary,
    by_event,
    definition,
    drawn,
    end,
    flow,
    flows,
    node,
    process,
    script,
    settings,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import rules_of, with_forms

RULES = {"GH-E119", "GH-W120", "GH-E121", "GH-E124", "GH-W315"}
END = end("e", settings(outcome="granted"))


def found(*parts: str) -> list[tuple[str, str]]:
    findings = compile_bundle(with_forms(drawn(process(*parts)), "other", "third")).findings
    return [(finding.rule, finding.element) for finding in findings if finding.rule in RULES]


def split_and_join(split: str, join: str, **default: str) -> tuple[str, ...]:
    condition = "case.x" if split != "parallelGateway" else None
    return (
        start(),
        node(split, "g", **default),
        user("a", form="form"),
        user("b", form="other"),
        node(join, "j"),
        user("z"),
        END,
        flows("s", "g"),
        flow("g", "a", condition),
        flow("g", "b", condition),
        flows("a", "j"),
        flows("b", "j", "z", "e"),
    )


@pytest.mark.parametrize("gateway", ["exclusiveGateway", "inclusiveGateway", "parallelGateway"])
def test_a_split_joined_by_its_own_kind_is_sound(gateway: str) -> None:
    assert found(*split_and_join(gateway, gateway)) == []


@pytest.mark.parametrize("split", ["exclusiveGateway", "inclusiveGateway"])
def test_a_parallel_join_behind_a_choice_waits_for_ever(split: str) -> None:
    assert found(*split_and_join(split, "parallelGateway")) == [("GH-E119", "j")]


def test_an_exclusive_merge_behind_a_parallel_split_does_things_twice() -> None:
    assert ("GH-W120", "z") in found(*split_and_join("parallelGateway", "exclusiveGateway"))


def test_an_inclusive_join_fits_behind_any_split() -> None:
    assert found(*split_and_join("parallelGateway", "inclusiveGateway")) == []
    assert found(*split_and_join("exclusiveGateway", "inclusiveGateway")) == []


def test_an_interrupted_branch_that_simply_ends_leaves_the_join_waiting() -> None:
    parts = split_and_join("parallelGateway", "parallelGateway")
    handler = (boundary("late", "a", timer("PT1H")), user("h", form="third"), end("he"), flows("late", "h", "he"))
    assert found(*parts, *handler) == [("GH-E119", "j")]
    rejoining = (*handler[:2], flows("late", "h", "j2"), node("exclusiveGateway", "j2"))
    whole = "".join(parts).replace('targetRef="j"', 'targetRef="j2"', 1)
    assert found(whole, *rejoining, flow("j2", "j")) == []


def test_an_interrupted_branch_that_terminates_leaves_nothing_behind() -> None:
    parts = split_and_join("parallelGateway", "parallelGateway")
    handler = (boundary("late", "a", timer("PT1H")), end("he", definition("terminate")), flows("late", "he"))
    assert found(*parts, *handler) == []


def test_a_reminder_beside_the_work_disturbs_no_join() -> None:
    parts = split_and_join("parallelGateway", "parallelGateway")
    beside = (boundary("r", "a", timer("PT1H"), interrupting=False), user("h", form="third"), end("he"))
    assert found(*parts, *beside, flows("r", "h", "he")) == []


def test_a_reminder_that_runs_into_the_main_line_does_it_twice() -> None:
    body = (start(), user("a"), boundary("r", "a", timer("PT1H"), interrupting=False), user("z"), END)
    assert ("GH-W120", "e") in found(*body, flows("s", "a", "z", "e"), flows("r", "z"))


def test_two_tasks_open_at_once_that_write_one_variable_are_told() -> None:
    body = "".join(split_and_join("parallelGateway", "parallelGateway")).replace("other", "form")
    assert found(body) == [("GH-W315", "a")]


def test_a_loop_that_nothing_leads_out_of_is_refused() -> None:
    body = (start(), node("exclusiveGateway", "g"), script("c", "n = 1"), flows("s", "g", "c", "g"))
    assert ("GH-E121", "c") in found(*body)


def _said(rule: str, element: str, *parts: str) -> str:
    findings = compile_bundle(with_forms(drawn(process(*parts)), "other", "third")).findings
    return next(finding.en for finding in findings if (finding.rule, finding.element) == (rule, element))


def test_the_shortest_way_to_a_join_that_waits_for_ever_is_told() -> None:
    long = split_and_join("exclusiveGateway", "parallelGateway", name="choice")
    assert "(the shortest way there: s → choice → a)" in _said("GH-E119", "j", *long)


def test_the_shortest_way_to_what_is_done_twice_is_told() -> None:
    said = _said("GH-W120", "z", *split_and_join("parallelGateway", "exclusiveGateway"))
    assert said.endswith("(the shortest way there: s → g → a → b → j → j → z)")


def test_a_part_from_which_no_way_leads_to_an_end_is_refused_with_the_way_into_it() -> None:
    body = (start(), node("exclusiveGateway", "g", default="ok"), END, user("a"), user("b", form="other"))
    ways = (flows("s", "g"), flow("g", "e", id="ok"), flow("g", "m", "case.x"), flows("m", "a", "b", "m"))
    merge = node("exclusiveGateway", "m")
    assert found(*body, merge, *ways) == [("GH-E124", "g")]
    assert "(the shortest way there: s → g)" in _said("GH-E124", "g", *body, merge, *ways)


def test_a_correction_loop_is_sound() -> None:
    body = (start(), node("exclusiveGateway", "m"), user("a"), node("exclusiveGateway", "x", default="on"), END)
    assert found(*body, flows("s", "m", "a", "x"), flow("x", "m", "form.again"), flow("x", "e", id="on")) == []


def test_a_fault_inside_a_subprocess_is_found_there() -> None:
    inner = (
        start("is"),
        node("exclusiveGateway", "ig", default="i1"),
        node("parallelGateway", "ij"),
        end("ie"),
        flows("is", "ig"),
        flow("ig", "ij", id="i1"),
        flow("ig", "ij", "case.x", id="i2"),
        flows("ij", "ie"),
    )
    assert found(start(), node("subProcess", "sub", *inner), END, flows("s", "sub", "e")) == [("GH-E119", "ij")]


def test_an_event_based_choice_is_sound() -> None:
    catch = [node("intermediateCatchEvent", c, timer("PT1H")) for c in ("c1", "c2")]
    body = (start(), node("eventBasedGateway", "g"), *catch, node("exclusiveGateway", "j"), END)
    assert found(*body, flows("s", "g", "c1", "j", "e"), flows("g", "c2", "j")) == []


def test_a_drawing_with_very_many_situations_is_not_played_for_ever() -> None:
    branches = [user(f"u{n}{m}", result=f"r{n}{m}") for n in range(8) for m in range(6)]
    lines = [flows("g", *(f"u{n}{m}" for m in range(6)), "j") for n in range(8)]
    gateways = (node("parallelGateway", "g"), node("parallelGateway", "j"))
    assert found(start(), *gateways, *branches, END, *lines, flows("s", "g"), flows("j", "e")) == []


def test_the_rules_tell_each_fault_once() -> None:
    files = with_forms(drawn(process(*split_and_join("exclusiveGateway", "parallelGateway"))), "other")
    assert rules_of(compile_bundle(files).findings).count("GH-E119") == 1


# ── what is played besides plain flows, and what is not ──


def test_an_event_subprocess_is_played_by_itself_and_disturbs_no_join() -> None:
    late = node("startEvent", "es_s", timer("PT1H"), isInterrupting="false")
    inner = (late, node("exclusiveGateway", "eg", default="e1"), node("parallelGateway", "ej"), end("es_e"))
    lines = (flows("es_s", "eg"), flow("eg", "ej", id="e1"), flow("eg", "ej", "case.x", id="e2"), flows("ej", "es_e"))
    parts = split_and_join("parallelGateway", "parallelGateway")
    assert found(*parts, by_event(late, end("es_e"), flows("es_s", "es_e"))) == []
    assert found(*parts, by_event(*inner, *lines)) == [("GH-E119", "ej")]


def test_a_compensation_event_takes_no_token_away() -> None:
    parts = split_and_join("parallelGateway", "parallelGateway")
    handler = user("h", form="third").replace("<bpmn:userTask", '<bpmn:userTask isForCompensation="true"')
    undone = (boundary("c", "a", definition("compensate")), handler, association("c", "h"))
    assert found(*parts, *undone) == []


def test_a_cancel_end_leaves_nothing_behind_in_its_transaction() -> None:
    inner = split_and_join("parallelGateway", "parallelGateway")
    refused = (node("exclusiveGateway", "x", default="on"), end("no", definition("cancel")), flow("x", "no", "form.no"))
    whole = "".join(inner).replace('sourceRef="a" targetRef="j"', 'sourceRef="a" targetRef="x"').replace('"s"', '"is"')
    body = (
        whole.replace('id="e"', 'id="ie"').replace('targetRef="e"', 'targetRef="ie"'),
        *refused,
        flow("x", "j", id="on"),
    )
    off = (boundary("off", "tx", definition("cancel")), flows("off", "e"))
    assert found(start(), node("transaction", "tx", *body), END, *off, flows("s", "tx", "e")) == []


@pytest.mark.parametrize(
    ("counted", "element"),
    [
        (user("a", form="form").replace("<bpmn:userTask", '<bpmn:userTask completionQuantity="2"'), "a"),
        (node("intermediateCatchEvent", "a", timer("R3/PT1H", "timeCycle")), "a"),
        (node("adHocSubProcess", "a", user("x", form="form"), user("y", form="other"), flows("x", "y")), "x"),
    ],
)
def test_what_is_not_played_is_said(counted: str, element: str) -> None:
    findings = compile_bundle(with_forms(drawn(process(start(), counted, END, flows("s", "a", "e"))), "other")).findings
    assert ("GH-I127", element) in [(finding.rule, finding.element) for finding in findings]


def test_a_complex_join_is_not_played_and_that_is_said() -> None:
    parts = "".join(split_and_join("parallelGateway", "complexGateway"))
    active = "<bpmn:activationCondition>activationCount &gt;= 1</bpmn:activationCondition></bpmn:complexGateway>"
    whole = parts.replace("</bpmn:complexGateway>", active)
    findings = compile_bundle(with_forms(drawn(process(whole)), "other")).findings
    assert [finding.element for finding in findings if finding.rule == "GH-I127"] == ["j"]
    assert found(whole) == []
