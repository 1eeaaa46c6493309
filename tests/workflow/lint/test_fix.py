"""What lint can mend it mends, changing nothing else in the file; afterwards lint has no more to say of it."""

from collections.abc import Mapping
from typing import Final

import pytest

from services.workflow.engine.bundles import compile_bundle
from services.workflow.engine.models import Finding
from services.workflow.lint.mending.fixes import MENDS, Fix, fixes_of, mended
from tests.workflow.engine.drawing import drawn, end, flow, flows, node, process, settings, start, user
from tests.workflow.engine.playing import with_forms

_CONDITION = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression"{}>a == 1</bpmn:conditionExpression>'


def _lint(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    return compile_bundle(files).findings


def _split(tag: str, *ways: str, **attributes: str) -> bytes:
    body = (start(), node(tag, "g", **attributes), user("a"), user("b"), end("e", settings(outcome="granted")))
    return drawn(process(*body, flows("s", "g"), flows("a", "e"), flows("b", "e"), *ways))


def _between(part: str, **attributes: str) -> bytes:
    return drawn(process(start(), part, end("e", settings(outcome="granted")), flows("s", "x", "e"), **attributes))


_ASSIGNED = {"camunda__candidateGroups": "P04", "camunda__formKey": "form", "camunda__assignee": "me"}
_IN_ZZ = _CONDITION.format(' language="%zz"').encode()
_NOTE = b'<bpmn:textAnnotation id="n" textFormat="plain"/></bpmn:process>'
_LISTED = "<bpmn:incoming>nowhere</bpmn:incoming>"
_BOTH = (flow("g", "a", "x == 1"), flow("g", "b"))
CASES: Final[list[tuple[str, bytes]]] = [
    ("GH-E005", _between(user("x"), executable="false")),
    ("GH-E110", _split("exclusiveGateway", *_BOTH)),
    ("GH-E113", _split("exclusiveGateway", *_BOTH, default="f_s_g")),
    ("GH-W114", _split("exclusiveGateway", flow("g", "a", "x == 1"), flow("g", "b", "true"), default="f_g_b")),
    ("GH-E115", _split("parallelGateway", flow("g", "a", "x == 1"), flow("g", "b"))),
    ("GH-W222", _between(node("userTask", "x", settings(limit_wd="3"), **_ASSIGNED))),
    ("GH-E307", _between(user("x", limit_w="3"))),
    ("GH-E601", _between(user("x")).replace(b"UTF-8", b"GB18030").decode().encode("gb18030")),
    ("GH-E604", _between(user("x")).replace(b'targetRef="e">', b'targetRef="e">' + _IN_ZZ)),
    ("GH-E605", _between(user("x")).replace(b"</bpmn:process>", _NOTE)),
    ("GH-E610", _between(user("x", _LISTED))),
    ("GH-E611", _between(user("x", _LISTED)).replace(b"nowhere", b"f_s_x")),
    ("GH-E612", _between(user("x")).replace(b'targetRef="e"', b'targetRef="e" isImmediate="false"')),
    ("GH-E614", _between(user("x")).replace(b'targetRef="x">', b'targetRef="x">' + _CONDITION.format("").encode())),
    ("GH-E620", _between(node("exclusiveGateway", "x", gatewayDirection="Diverging"))),
    ("GH-E650", _between(user("x")).replace(b"<bpmn:userTask ", b'<bpmn:userTask startQuantity="0" ')),
    ("GH-E686", _between(user("x")).replace(b"isExecutable", b'processType="Public" isExecutable')),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "content"), CASES, ids=[case[0] for case in CASES])
def test_what_can_be_mended_is_mended_and_lint_is_silent_about_it(rule: str, content: bytes) -> None:
    files = with_forms(content)
    assert rule in {finding.rule for finding in _lint(files)}
    now, done = mended(files, _lint)
    assert rule in {fix.rule for fix in done}
    assert rule not in {finding.rule for finding in _lint(now)}


def test_every_fix_is_proven() -> None:
    assert {case[0] for case in CASES} == set(MENDS)


def test_only_the_bytes_that_are_wrong_change() -> None:
    before = _split("exclusiveGateway", *_BOTH).replace(b"?>\n", b"?>\n<!-- drawn   by hand -->\r\n")
    now, done = mended(with_forms(before), _lint)
    assert done == [Fix("diagram.bpmn", "g", "GH-E110", "default", "f_g_b")]
    assert now["diagram.bpmn"].replace(b' default="f_g_b"', b"") == before


def test_a_sound_drawing_is_not_touched() -> None:
    files = with_forms(_between(user("x")))
    assert mended(files, _lint) == (files, [])


def test_a_fix_is_told_before_it_is_made() -> None:
    files = with_forms(_between(user("x"), executable="false"))
    assert [fix.told() for fix in fixes_of(files, _lint(files))] == [
        {"file": "diagram.bpmn", "element": "", "rule": "GH-E005", "sets": "p isExecutable", "value": "true"}
    ]


def test_of_two_drawings_none_is_made_executable_by_a_guess() -> None:
    body = (start("s{}"), end("e{}"))
    parts = ["".join(body).replace("{}", key) for key in "12"]
    files = {"diagram.bpmn": drawn(*(process(part, id=f"p{n}", executable="false") for n, part in enumerate(parts)))}
    assert mended(files, _lint) == (files, [])
