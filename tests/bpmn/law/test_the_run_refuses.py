"""The same law when the case runs: what breaks it is not taken, even where the drawing was never refused."""

import asyncio
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import pytest

from services.contracts.words import ClockKind
from services.workflow.clocks.ledgers import AlreadyExtended, ExtensionTooLate, ReasonMissing
from services.workflow.definitions.files import in_folder
from services.workflow.definitions.items import read_item
from services.workflow.definitions.rehearsals import Engine, engine_here
from services.workflow.definitions.walking import Play, Stage, played
from services.workflow.definitions.walks import WalkFailure, WalkFile
from services.workflow.engine.bundles import compile_bundle
from services.workflow.instances.operations.refusals import LegalActStands
from services.workflow.instances.operations.returns import goal_of, goals
from services.workflow.instances.schedules import extended
from services.workflow.lint.forms import form_path
from tests.bpmn.bundles import BUNDLES, HOME
from tests.bpmn.law.planting import PLANTED
from tests.bpmn.walking import CALENDAR, OFFICE, Table, Walk

_HEAD: Final = "u.head"


@dataclass(frozen=True, slots=True)
class Act:
    """A walk of a folder in which one step is answered against the law, and what the run says to it.

    `planted` names the breach by which the drawing lets it through: without the gate the run alone refuses it.
    """

    folder: str
    walk: str
    element: str
    told: str
    given: Table = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    planted: str = ""

    def files(self) -> dict[str, bytes]:
        """The folder's files, with the breach in them if one is planted."""
        planted = [each for each in PLANTED if each.what == self.planted]
        assert len(planted) == bool(self.planted)
        return planted[0].files() if planted else in_folder(HOME / self.folder)

    def answered(self) -> Table:
        """The walk with the answers changed."""
        table = table_of(self.folder, self.walk)
        (step, *_) = (each for each in table["step"] if each.get("complete") == self.element)
        kept = {key: value for key, value in step["answers"].items() if key not in self.left_out}
        step["answers"] = kept | self.given
        return table


ACTS: Final = (
    Act(
        *("planning-verification", "failed-area", "Task_SurveyRecord", "第三十四条"),
        given={"officers": ["u.handler.d10", "u.handler.d10 "]},
    ),
    Act(
        *("land-use-planning-permit", "contract-without-conditions", "Task_SignatureDecision", "救济途径"),
        left_out=("remedies",),
    ),
    Act(
        *("land-use-planning-permit", "contract-without-conditions", "Task_SignatureDecision", "理由"),
        given={"reasons": ""},
    ),
    Act(
        *("certificate-change", "scheme-heard-refused", "Task_HearingPlan", "Task_HearingPlan"),
        given={"chair": ["u.handler.d06"]},
    ),
    Act(
        *("certificate-change", "scheme-heard-refused", "Task_HearingNotice", "Task_HearingPlan"),
        given={"told_on": "2026-11-09"},
    ),
    Act(
        *("works-planning-permit", "correction-not-accepted", "Task_AcceptanceRecheck", "受理、不予受理"),
        given={"decision": "correct"},
    ),
    Act(
        *("works-planning-permit", "correction-not-accepted", "Task_CorrectionNotice", "全部"),
        given={"complete": False},
    ),
    Act(
        *("works-planning-permit", "expert-review-overrun", "Task_ExpertNotice", "编号"),
        left_out=("notice_no",),
    ),
    Act(
        *("works-planning-permit", "expert-review-overrun", "Task_ExpertNotice", "书面告知"),
        left_out=("notice_no",),
        planted="the notice of the expert review needs no number",
    ),
    Act(
        *("certificate-change", "scheme-published", "Task_PublicityNotice", "书面告知"),
        planted="publicity holds without a record",
    ),
    Act(
        *("setting-out-inspection", "setting-out-confirmed", "Task_LineCheck", "人员"),
        given={"officers": ["u.handler.d10"]},
        planted="one officer checks the line",
    ),
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: f"{act.element} {act.told}")
def test_given_an_act_against_the_law_then_the_run_refuses_it(act: Act) -> None:
    failure = outcome_of(act, act.answered())
    assert failure is not None
    assert act.told in failure.got
    assert act.planted or outcome_of(act, table_of(act.folder, act.walk)) is None


def test_given_an_extension_then_it_is_ten_working_days_once_with_reasons_and_in_time() -> None:
    bundle = next(each for each in BUNDLES if each.key == "works-planning-permit")
    table = table_of(bundle.key, "sc8-building-expert-review")
    walk = Walk(bundle, {**table, "step": table["step"][:1]}).play()
    at = OFFICE.time.hours.open_of(date(2026, 9, 18))
    clock = walk.instance.clock(ClockKind.STATUTORY)
    assert clock is not None
    with pytest.raises(ReasonMissing):
        extended(walk.instance, at=at, actor=_HEAD, reason=" ", office=OFFICE)
    longer = extended(walk.instance, at=at, actor=_HEAD, reason="案情复杂，需补充论证。", office=OFFICE).instance
    after = longer.clock(ClockKind.STATUTORY)
    assert after is not None
    assert after.due_on == CALENDAR.add_workdays(clock.due_on, 10)
    with pytest.raises(AlreadyExtended):
        extended(longer, at=at + timedelta(days=1), actor=_HEAD, reason="再延长一次。", office=OFFICE)
    late = OFFICE.time.hours.close_of(clock.due_on) + timedelta(days=1)
    with pytest.raises(ExtensionTooLate):
        extended(walk.instance, at=late, actor=_HEAD, reason="已经逾期。", office=OFFICE)


NOTICES: Final = (
    ("works-planning-permit", "correction-accepted", "Task_AcceptanceRecheck", "Task_CorrectionNotice"),
    ("land-use-planning-permit", "corrected", "Task_AcceptanceRecheck", "Task_AcceptanceCorrectionNotice"),
)


@pytest.mark.parametrize(("folder", "name", "element", "notice"), NOTICES)
def test_given_a_correction_notice_then_nobody_goes_back_to_give_a_second_one(
    folder: str, name: str, element: str, notice: str
) -> None:
    bundle = next(each for each in BUNDLES if each.key == folder)
    table = table_of(folder, name)
    steps = [step.get("complete") for step in table["step"]]
    walk = Walk(bundle, {**table, "step": table["step"][: steps.index(element)]}).play()
    (task,) = (each for each in walk.instance.tasks if each.element == element)
    received = steps[steps.index(notice) + 1]
    assert [goal.closed.element for goal in goals(walk.instance, task)] == [received]
    for earlier in (notice, "Task_AcceptanceCheck"):
        with pytest.raises(LegalActStands) as refused:
            goal_of(walk.instance, task, earlier)
        assert refused.value.values["act_zh"] == "一次性补正告知"


def outcome_of(act: Act, table: Table) -> WalkFailure | None:
    """What goes wrong when a walk is played on the files of an act; None if it ends as it says."""
    files = act.files()
    compiled = compile_bundle(files)
    assert compiled.bundle is not None, compiled.findings
    stage = Stage(read_item(files["item.toml"]), lambda key: form_in(files, key), OFFICE)
    play, engine = played(act.walk, WalkFile.model_validate(table), stage), engine_here(compiled.bundle, OFFICE)
    return asyncio.run(driven(play, engine))


async def driven(play: Play, engine: Engine) -> WalkFailure | None:
    """Let the engine do what a walk asks for, to its end."""
    try:
        ask = next(play)
        while True:
            ask = play.send(await engine(ask))
    except StopIteration as over:
        failure: WalkFailure | None = over.value
        return failure


def form_in(files: Mapping[str, bytes], key: str) -> Table:
    path = form_path(files, key)
    assert path is not None
    form: Table = json.loads(files[path])
    return form


def table_of(folder: str, walk: str) -> Table:
    return tomllib.loads((HOME / folder / "walks" / f"{walk}.toml").read_text("utf-8"))
