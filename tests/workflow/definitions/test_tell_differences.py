"""What differs between two versions is told in sentences, on edits of the two real bundles."""

import json
import re

import pytest

from services.workflow.definitions.differences import Difference, Kind, differences
from tests.workflow.bundle_support import bundle, diagram, item
from tests.workflow.definitions.editing import RURAL, WORKS, Files, changed, inserted, real, removed, replaced, step
from tests.workflow.room import HANDLER, IT, Room

EXPERTS = step("Task_Second", "专家复议", post="P08", form="expert-review")


def _told(old: Files, new: Files) -> list[tuple[str, str, str]]:
    return [(each.kind, each.zh, each.en) for each in differences(old, new)]


@pytest.mark.parametrize("key", [WORKS, RURAL])
def test_given_the_same_files_or_another_layout_then_nothing_differs(key: str) -> None:
    files = real(key)
    moved = re.sub(rb'<dc:Bounds x="(\d+)"', rb'<dc:Bounds x="9\1"', files["diagram.bpmn"])
    assert moved != files["diagram.bpmn"]
    assert differences(files, files | {"diagram.bpmn": moved}) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            lambda files: changed(files, "Task_HandlerReview", 'limit_wd" value="', 'limit_wd" value="1'),
            "“承办审查（含现场踏勘）”时限由",
        ),
        (
            lambda files: changed(files, "Task_ChiefReview", 'candidateGroups="P06"', 'candidateGroups="P05"'),
            "“科室审核”岗位由P06改为P05",
        ),
        (
            lambda files: changed(files, "Task_ChiefReview", 'name="科室审核"', 'name="科长审核"'),
            "第6步“科室审核”改名为“科长审核”",
        ),
        (
            lambda files: inserted(files, "Flow_HandlerReview_ChiefReview", EXPERTS, "Task_Second"),
            "第5步“承办审查（含现场踏勘）”后新增环节“专家复议”",
        ),
        (lambda files: removed(files, "Task_HandlerRework"), "删除第7步“补充审查”"),
        (
            lambda files: replaced(files, "statutory_workdays = 20", "statutory_workdays = 19", path="item.toml"),
            "法定时限（工作日）由20改为19",
        ),
    ],
)
def test_given_one_edit_of_the_works_permit_then_one_sentence_says_it(edit: object, said: str) -> None:
    assert callable(edit)
    files = real(WORKS)
    told = [zh for kind, zh, _ in _told(files, edit(files)) if kind not in (Kind.FLOW_ADDED, Kind.FLOW_REMOVED)]
    assert len(told) == 1, told
    assert told[0].startswith(said)


def test_given_a_new_limit_then_both_languages_say_from_what_to_what() -> None:
    files = real(WORKS)
    [told] = differences(files, changed(files, "Task_CorrectionNotice", 'limit_wd" value="1"', 'limit_wd" value="3"'))
    assert (told.element, told.what, told.was, told.now) == ("Task_CorrectionNotice", "limit_wd", "1", "3")
    assert told.zh == "“一次性补正告知”时限由1个工作日改为3个工作日"
    assert told.en == "“一次性补正告知”: limit 1 working day → 3 working days"


def test_given_steps_in_another_order_then_the_fewest_are_said_to_have_moved() -> None:
    old = {path: text.encode() for path, text in bundle().items()}
    swapped = diagram()
    for name, other in (("Review", "_1"), ("Lead", "_2")):
        swapped = re.sub(rf'(sourceRef|targetRef)="{name}"', rf'\1="{other}"', swapped)
    swapped = swapped.replace('="_1"', '="Lead"').replace('="_2"', '="Review"')
    moved = [
        each for each in differences(old, old | {"diagram.bpmn": swapped.encode()}) if each.kind is Kind.ELEMENT_MOVED
    ]
    assert [(each.element, each.was, each.now, each.after) for each in moved] in (
        [("Review", "2", "4", "Experts")],
        [("Lead", "4", "2", "Accept")],
        [("Lead", "4", "2", "Accept"), ("Experts", "3", "3", "Lead")],
        [("Lead", "4", "2", "Accept"), ("Review", "2", "4", "Experts")],
    ), moved


def test_given_a_form_and_a_table_that_changed_then_fields_and_rules_are_named() -> None:
    files = real(WORKS)
    form = json.loads(files["forms/handler-review.json"])
    form["properties"]["remarks"] = {"type": "string", "title": "备注"}
    form["required"].remove("opinion")
    table = files["meeting_route.dmn"].decode()
    first, last = table.index("<rule"), table.rindex("</rule>") + len("</rule>")
    rules = re.findall(r"<rule.*?</rule>", table[first:last], re.DOTALL)
    fewer = table[:first] + "".join(rules[:1] + rules[2:]) + table[last:]
    edited = files | {"forms/handler-review.json": json.dumps(form).encode(), "meeting_route.dmn": fewer.encode()}
    told = _told(files, edited)
    assert [zh for _, zh, _ in told[:2]] == ["表单“承办审查”字段“意见”改为选填", "表单“承办审查”新增字段“备注”"]
    [gone] = told[2:]
    assert (gone[0], gone[1].startswith("决策表“会议路线”删除第2条规则（")) == (Kind.RULE_REMOVED, True)


def test_given_a_condition_a_timer_and_a_walk_that_changed_then_each_is_told() -> None:
    files = real(RURAL)
    text = files["diagram.bpmn"].decode()
    condition = re.search(r"<bpmn:conditionExpression[^>]*>([^<]+)<", text)
    timer = re.search(r"<bpmn:timeDate[^>]*>([^<]+)<", text)
    assert condition
    assert timer
    edited = text.replace(condition[0], condition[0].replace(condition[1], "1 == 1"), 1)
    edited = edited.replace(timer[0], timer[0].replace(timer[1], "2030-01-01T00:00:00+08:00"), 1)
    walk = next(path for path in files if path.startswith("walks/"))
    found = differences(files, {p: c for p, c in files.items() if p != walk} | {"diagram.bpmn": edited.encode()})
    kinds: dict[str, Difference] = {each.kind: each for each in found}
    assert kinds.keys() == {Kind.CONDITION_CHANGED, Kind.SETTING_CHANGED, Kind.FILE_REMOVED}
    assert kinds[Kind.CONDITION_CHANGED].now == "1 == 1"
    assert kinds[Kind.SETTING_CHANGED].what == "timer"
    assert walk in kinds[Kind.FILE_REMOVED].zh


async def test_given_two_versions_of_a_process_then_the_service_tells_what_differs(room: Room) -> None:
    first = bundle(item_toml=item(key="differing", code="PT-07")) | {
        "diagram.bpmn": diagram().replace('id="small-permit"', 'id="differing"')
    }
    await room.deploy(first)
    second = diagram(handler_limit="5").replace('id="small-permit"', 'id="differing"')
    await room.deploy(first | {"diagram.bpmn": second, "item.toml": item(key="differing", code="PT-07", promised=9)})
    found = await room.have(IT, "/definitions/differing/diff?from=1&to=2")
    assert [each["zh"] for each in found["differences"]] == [
        "情形“一般”承诺时限（工作日）由7改为9",
        "“承办审查”时限由3个工作日改为5个工作日",
    ]
    assert (await room.ask(IT, "GET", "/definitions/differing/diff?from=1&to=9")).status_code == 404
    assert (await room.ask(HANDLER, "GET", "/definitions/differing/diff?from=1&to=2")).status_code == 403
