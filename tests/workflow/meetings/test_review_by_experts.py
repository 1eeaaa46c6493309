"""An expert review is a session of a panel: the clocks stand still from the notice until its report arrives (§45)."""

from datetime import date, time

from services.contracts.words import ClockKind
from services.workflow import deploys, tasks
from services.workflow.consumers import start_case
from services.workflow.definitions.callers import alone, shared_processes
from services.workflow.definitions.files import on_shelf
from services.workflow.instances.models import Instance
from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings import holding, keeping
from services.workflow.meetings.models import Recusal, Statement
from services.workflow.meetings.planning import Plan
from tests.bpmn.bundles import SHARED_HOME
from tests.workflow.case_support import received
from tests.workflow.clock_support import at
from tests.workflow.meetings.hall import Hall, ruling
from tests.workflow.room import EXPERTS, HANDLER, IT
from tests.workflow.signals.hall import event_of

NOTICE = {
    "notice_no": "规特告〔2026〕5号",
    "told_on": "2026-09-29",
    "planned_end_on": "2026-10-20",
    "way": "electronic",
}
PANEL = ("专家甲", "专家乙", "专家丙", "专家丁")


async def test_given_a_notice_then_the_clocks_stand_still_until_the_panels_report_is_signed(hall: Hall) -> None:
    before = hall.clock.now()
    case_no = await at_notice(hall)
    hall.clock.set(at("2026-09-29", "10:00"))
    await tasks.complete(hall.deps, (await hall.step(case_no, "Task_ExpertNotice")).task_id, NOTICE, HANDLER)
    assert held_clocks(await hall.case(case_no)) == {ClockKind.PROMISED, ClockKind.STATUTORY}

    hall.clock.set(at("2026-10-12", "15:00"))
    wish = Plan(date(2026, 10, 12), time(14), "评审室", "专家甲", PANEL)
    session = await keeping.plan(hall.deps, "expert_panel", wish, who=EXPERTS, key="the-panel")
    task = await hall.step(case_no, "Task_ExpertReview")
    session = await keeping.set_agenda(hall.deps, session, [task.task_id], who=EXPERTS, key=None)
    session = await keeping.hold(hall.deps, session, PANEL, who=EXPERTS, key=None)
    entry, away = session.items[0].item_id, [Recusal(person="专家丁", reason="设计单位顾问")]
    await hall.deps.sessions.change(session.session_id, lambda fresh: holding.recused(fresh, entry, away, PANEL[:3]))
    passed = ruling(
        Ruled.AGREE_IN_PRINCIPLE,
        opinion="原则可行，优化主入口。",
        conditions=("主入口后退五米",),
        ballots=(),
        statements=[Statement(person=each, text="原则可行。") for each in PANEL[:3]],
    )
    session = await keeping.decide(hall.deps, session, entry, passed, who=EXPERTS, key=None)
    session = await keeping.draft(hall.deps, session, None, who=EXPERTS, key=None)
    assert held_clocks(await hall.case(case_no)) == {ClockKind.PROMISED, ClockKind.STATUTORY}
    session = await keeping.sign(hall.deps, session, who=EXPERTS, key=None)

    case = await hall.case(case_no)
    assert held_clocks(case) == set()
    review = case.data["expert_review"]
    assert (review["conclusion"], review["changes"], review["experts"]) == (
        "passed_with_changes",
        ["主入口后退五米"],
        list(PANEL[:3]),
    )
    hall.clock.set(before)


async def at_notice(hall: Hall) -> str:
    """A case of a permit that does nothing but call the shared expert review."""
    shelf = on_shelf(SHARED_HOME)
    files = alone(shared_processes(shelf)["shared-expert-review"], shelf)
    files = {path: text for path, text in files.items() if not path.startswith("walks/")}
    await deploys.deploy(hall.deps, files, who=IT, activate=True)
    hall.clock.set(at("2026-09-28", "10:00"))
    said = received(case_no="51200020260928XP00001", item_code="SHARED", situation="any", received_at=hall.clock.now())
    await start_case(hall.deps, event_of(said, "intake.cases.experts.1.0", "intake"))
    return said.case_no


def held_clocks(case: Instance) -> set[ClockKind]:
    return {clock.kind for clock in case.clocks if clock.is_held and clock.kind is not ClockKind.STEP}
