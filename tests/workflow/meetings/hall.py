"""The service without its doors: a permit that a meeting decides before the head signs, and the meeting itself."""

from dataclasses import dataclass
from datetime import date, time

from services.contracts.words import Role
from services.kernel.clock import FrozenClock
from services.kernel.identity import Person
from services.local import bundles
from services.workflow import deploys, tasks
from services.workflow.consumers import start_case
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance, Task
from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings import keeping
from services.workflow.meetings.models import Ballot, Item, Ruling, Session, Statement, Vote
from services.workflow.meetings.planning import Plan
from tests.bpmn.bundles import HOME
from tests.workflow.bundle_support import as_bytes, flow, form, gateway, item, properties, throw, user_task
from tests.workflow.case_support import received
from tests.workflow.room import HANDLER, HEAD, IT, LEADER, staff
from tests.workflow.signals.hall import event_of

SECRETARY = staff("u.secretary", Role.SECRETARY, "P10@D01", "P07@D01")
CHIEF = staff("u.chief.d06", Role.SECTION_CHIEF, "P06@D06")
CHIEF8 = staff("u.chief.d08", Role.SECTION_CHIEF, "P06@D08")
ARCHIVE = staff("u.archive", Role.OFFICER, "P14@D11")
MEMBERS = ("u.head", "u.leader", "u.chief.d06", "u.chief.d08")

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  id="Definitions" targetNamespace="http://guihua.example/bpmn">
  <bpmn:process id="{key}" isExecutable="true">
"""


def permit(key: str = "meeting-permit", code: str = "MT-01", *, name: str = "局务会审议") -> dict[str, str]:
    """Accepted at once; a bureau meeting decides, the handler prepares, the head signs."""
    shared = HOME / "shared" / "forms"
    drawn = (
        _HEAD.format(key=key),
        '<bpmn:startEvent id="Start" />',
        throw("Accepted", "受理", case_clock="start", clock_from="case.received_on", milestone="accepted"),
        user_task(
            "Meet", name, "P10", "meeting", limit_wd="10", counts_in_case_clock="no", decision_body="bureau_meeting"
        ),
        gateway("Decided_", "结论？", "Flow_Decided__Sign"),
        user_task("Sign", "签发", "P11", "sign", limit_wd="1", decision_body="bureau_head"),
        throw("Decided", "决定", case_clock="stop", milestone="decided"),
        '<bpmn:endEvent id="Done">' + properties(outcome="done") + "</bpmn:endEvent>",
        flow("Start", "Accepted"),
        flow("Accepted", "Meet"),
        flow("Meet", "Decided_"),
        flow("Decided_", "Meet", 'meeting.conclusion == "deferred"'),
        flow("Decided_", "Sign"),
        flow("Sign", "Decided"),
        flow("Decided", "Done"),
        "</bpmn:process></bpmn:definitions>",
    )
    decision = {"type": "string", "enum": ["grant", "refuse"], "title": "决定"}
    return {
        "diagram.bpmn": "".join(drawn),
        "item.toml": item(key=key, code=code),
        "forms/meeting.json": (shared / "shared-collective-meeting.json").read_text(encoding="utf-8"),
        "forms/sign.json": form(("decision",), decision=decision),
    }


def ruling(decision: Ruled = Ruled.AGREE, **other: object) -> Ruling:
    """All of the members vote for it, unless it is said otherwise."""
    told = {
        "opinion": "同意。",
        "ballots": [Ballot(person=each, vote=Vote.FOR) for each in MEMBERS],
        "recorded_by": SECRETARY.code,
        "recorded_at": "2026-10-13T02:00:00Z",
        **other,
    }
    return Ruling.model_validate({"decision": decision, **told})


def differs(person: str, text: str) -> Statement:
    return Statement(person=person, text=text, differs=True)


@dataclass
class Hall:
    """Where cases wait for meetings, and sessions are kept."""

    deps: Deps
    clock: FrozenClock
    cases: int = 0
    sessions: int = 0

    async def deploy(self) -> None:
        """The permit, and the meeting as the bureau has it; its own walks want posts that are not here."""
        meeting = bundles.read(HOME / "bureau-meeting")
        for files in (permit(), {path: text for path, text in meeting.items() if not path.startswith("walks/")}):
            await deploys.deploy(self.deps, as_bytes(files), who=IT, activate=True)

    async def waiting_case(self, received_on: date = date(2026, 9, 28)) -> str:
        """A case that waits for the bureau meeting."""
        self.cases += 1
        said = received(
            case_no=f"51200020260928MT{self.cases:05}",
            item_code="MT-01",
            received_on=received_on,
            received_at=self.clock.now(),
        )
        await start_case(self.deps, event_of(said, f"intake.cases.{said.case_no}.1.0", "intake"))
        return said.case_no

    async def case(self, case_no: str) -> Instance:
        return (await self.deps.instances.load(case_no))[0]

    async def step(self, case_no: str, element: str = "Meet") -> Task:
        return next(each for each in (await self.case(case_no)).tasks if each.element == element)

    async def plan(self, held_on: date = date(2026, 10, 13), *, who: Person = SECRETARY, key: str = "") -> Session:
        self.sessions += 1
        wish = Plan(held_on, time(9, 30), "三楼会议室", "u.head", MEMBERS)
        return await keeping.plan(self.deps, "bureau_meeting", wish, who=who, key=key or f"plan-{self.sessions:06}")

    async def with_case(self, case_no: str) -> tuple[Session, Item]:
        """A session with one case on its agenda."""
        session = await self.plan()
        task = await self.step(case_no)
        session = await keeping.set_agenda(self.deps, session, [task.task_id], who=SECRETARY, key=None)
        return session, session.items[0]

    async def decided(self, case_no: str, what: Ruling | None = None) -> Session:
        """A session that decided of a case; its minutes are not signed."""
        session, entry = await self.with_case(case_no)
        session = await keeping.hold(self.deps, session, MEMBERS, who=SECRETARY, key=None)
        return await keeping.decide(self.deps, session, entry.item_id, what or ruling(), who=SECRETARY, key=None)

    async def signed(self, case_no: str, what: Ruling | None = None) -> Session:
        session = await self.decided(case_no, what)
        session = await keeping.draft(self.deps, session, None, who=SECRETARY, key=None)
        return await keeping.sign(self.deps, session, who=HEAD, key=None)

    async def sign_case(self, case_no: str, decision: str = "grant") -> None:
        task = await self.step(case_no, "Sign")
        await tasks.complete(self.deps, task.task_id, {"decision": decision}, HEAD)


EVERYBODY = (SECRETARY, CHIEF, CHIEF8, ARCHIVE, HANDLER, LEADER, HEAD)
