"""The workflow service as its own process on the real servers, with everybody it hears and a clock to set."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from services.contracts.events import Envelope, stream_of
from services.contracts.external import AnswerCompleted
from services.contracts.intake import CaseDelivered
from services.contracts.registry import PersonChanged, PostChanged
from services.contracts.words import Attendance, Role
from services.kernel.bus import Bus
from services.kernel.clock import DEMO_BUCKET, DEMO_KEY, Anchor, RealClock
from services.kernel.identity import Person, Tokens, create_keypair
from tests.support.desk import bus_of
from tests.support.office import Office
from tests.support.process import Process, process
from tests.support.voice import Voice, voice
from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle
from tests.workflow.case_support import department, received
from tests.workflow.clock_support import at
from tests.workflow.signing import Signer, signer_at_work

T0 = at("2026-01-05")


def staff(code: str, role: Role, *posts: str, department: str = "") -> Person:
    here = department or (posts[0].partition("@")[2] if posts else "D11")
    return Person(code=code, name=f"{code}某", roles=frozenset({role}), department=here, posts=frozenset(posts))


ACCEPT = staff("u.accept", Role.OFFICER, "P03@D09")
HANDLER = staff("u.handler.d06", Role.OFFICER, "P04@D06")
HANDLER2 = staff("u.handler2.d06", Role.OFFICER, "P04@D06")
STRANGER = staff("u.handler.d08", Role.OFFICER, "P04@D08")
EXPERTS = staff("u.experts", Role.OFFICER, "P08@D04")
LEADER = staff("u.leader", Role.LEADER, "P09@D00")
LEADER2 = staff("u.leader2", Role.LEADER, department="D00")
HEAD = staff("u.head", Role.BUREAU_HEAD, "P11@D00")
COLLECT = staff("u.collect", Role.CLERK, "P13@D09")
IT = staff("u.it", Role.IT_STAFF)

POSTS = {
    "P03": ("D09",),
    "P04": ("D05", "D06", "D08"),
    "P08": ("D04",),
    "P09": ("D00",),
    "P11": ("D00",),
    "P13": ("D09",),
}


def post_said(code: str, *departments: str) -> PostChanged:
    return PostChanged(
        code=code,
        name=code,
        name_en=code,
        duty="",
        may_decide="",
        limit_workdays=None,
        departments=departments,
        changed_at=T0,
    )


def person_said(
    who: Person, *, deputy: str | None = None, attendance: Attendance = Attendance.ON_DUTY
) -> PersonChanged:
    return PersonChanged(
        code=who.code,
        name=who.name,
        department=who.department,
        posts=tuple(sorted(who.posts)),
        roles=tuple(who.roles),
        deputy=deputy,
        attendance=attendance,
        phone="",
        mail="",
        chat=None,
        active=True,
        changed_at=T0,
    )


@dataclass(slots=True)
class Launch:
    """How the service is started, so that it can be started again."""

    environment: dict[str, str]
    folder: Path
    stack: AsyncExitStack
    times: int = 0

    async def start(self) -> Process:
        self.times += 1
        log = self.folder / f"workflow{self.times}.log"
        running = await self.stack.enter_async_context(process("services.workflow", self.environment, log))
        return await running.serving()


@dataclass(slots=True)
class Room:
    """The running service, those it hears, and the office clock."""

    service: Process
    office: Office
    intake: Voice
    registry: Voice
    notify: Voice
    registry_bus: Bus
    external_bus: Bus
    tokens: Tokens
    launch: Launch
    signer: Signer
    clock_revision: int = 0
    cases: int = 0

    def new_case_no(self) -> str:
        """A case number not used before."""
        self.cases += 1
        return f"51200020260916PT90{self.cases:05}"

    async def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self.service.child.kill()
        await self.service.ended(within=10)

    async def start_again(self) -> None:
        self.service = await self.launch.start()

    async def ask(
        self,
        who: Person,
        method: str,
        path: str,
        body: object = None,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.tokens.issue(who)}", **(headers or {})}
        async with httpx.AsyncClient(base_url=self.service.url, timeout=30) as client:
            return await client.request(method, path, json=body, content=content, headers=sent)

    async def have(self, who: Person, path: str) -> Any:
        answer = await self.ask(who, "GET", path)
        assert answer.is_success, answer.text
        return answer.json()

    async def set_clock(self, moment: datetime) -> None:
        """Put the office clock to a moment, where it stands still, and wait until the service shows it."""
        self.clock_revision += 1
        anchor = Anchor(as_of=moment, set_at=RealClock().wall(), speed=0, revision=self.clock_revision)
        await self.registry_bus.put(DEMO_BUCKET, DEMO_KEY, anchor.model_dump_json().encode())
        if self.service.child.returncode is None:
            await wait_until(lambda: self._shows(self.clock_revision))

    async def _shows(self, revision: int) -> bool:
        return bool((await self.service.get("/status")).json()["clock"]["revision"] == revision)

    async def idle(self) -> bool:
        """Whether everything said to the service is handled and everything it said is out."""
        status = (await self.service.get("/status")).json()
        lag = status["lag"]
        return lag is not None and not any(lag.values()) and not status["outbox"]["documents"]

    async def settled(self) -> None:
        await wait_until(self.idle)

    async def deploy(self, files: Mapping[str, str] | None = None, *, activate: bool = True) -> dict[str, Any]:
        answer = await self.ask(
            IT, "POST", f"/definitions?activate={str(activate).lower()}", {"files": files or bundle()}
        )
        assert answer.is_success, answer.text
        deployed: dict[str, Any] = answer.json()
        return deployed

    async def receive(self, case_no: str, **other: object) -> None:
        """The window receives a case."""
        await self.intake.say(received(**{"case_no": case_no, "item_code": "PT-90", **other}))

    async def step(self, case_no: str, element: str, *, who: Person = HEAD) -> dict[str, Any]:
        """The open step of an element, once it is there."""

        async def found() -> dict[str, Any] | None:
            answer = await self.ask(who, "GET", f"/cases/{case_no}")
            steps: list[dict[str, Any]] = answer.json()["steps"] if answer.is_success else []
            return next((step for step in steps if step["element"] == element), None)

        step = await wait_until(found)
        assert step is not None
        return step

    async def complete(self, case_no: str, element: str, who: Person, **answers: object) -> dict[str, Any]:
        step = await self.step(case_no, element)
        answer = await self.ask(who, "POST", f"/tasks/{step['task_id']}/complete", {"answers": answers})
        assert answer.is_success, answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def answer_outside(self, case_no: str, result: Mapping[str, Any]) -> None:
        """The outside system answers the open request of a case."""
        request = await wait_until(lambda: self._request(case_no))
        said = AnswerCompleted(
            case_no=case_no, task_id=request["task_id"], result=dict(result), answered_at=at("2026-10-09", "15:00")
        )
        await self.say_outside(said, f"external.answers.{request['task_id']}.1.0")

    async def say_outside(self, said: AnswerCompleted, event_id: str) -> None:
        envelope = Envelope(
            id=event_id,
            source="/guihua/external",
            type=said.TYPE,
            subject=said.key,
            time=said.answered_at,
            sequence=1,
            data=said.model_dump(mode="json"),
        )
        wire = envelope.model_dump_json().encode()
        await self.external_bus.publish(envelope.nats_subject, wire, event_id=event_id, stream=stream_of(said.TYPE))

    async def _request(self, case_no: str) -> dict[str, Any] | None:
        said = await self.history(case_no)
        return next((each["data"] for each in said if each["type"].endswith("external.requested.v1")), None)

    async def history(self, case_no: str) -> list[dict[str, Any]]:
        answer = await self.ask(HEAD, "GET", f"/cases/{case_no}/history?limit=200")
        events: list[dict[str, Any]] = answer.json()["events"] if answer.is_success else []
        return events

    async def heard(self, case_no: str, kind: str) -> list[dict[str, Any]]:
        """What was said of a case, of one kind such as `timer.overdue`."""
        await self.settled()
        return [each["data"] for each in await self.history(case_no) if f".workflow.{kind}.v" in each["type"]]

    async def delivered(self, case_no: str, moment: datetime) -> None:
        await self.intake.say(
            CaseDelivered(
                case_no=case_no,
                delivered_at=moment,
                delivered_on=moment.date(),
                delivered_by="u.collect",
                proof_no=f"SD{case_no}",
            )
        )

    async def say_delivered_again(self, case_no: str) -> None:
        """The same event once more, as when the broker lost its store and intake sent its journal again."""
        stream = stream_of(CaseDelivered.TYPE)
        jetstream = (await self.office.broker()).jetstream()
        before = await jetstream.get_last_msg(stream, f"{CaseDelivered.TYPE}.{case_no}")
        await jetstream.publish(before.subject or "", before.data or b"", stream=stream)


@asynccontextmanager
async def room_on(office: Office, folder: Path, **settings: str) -> AsyncIterator[Room]:
    """The service on empty servers, with the books filled."""
    private, public = create_keypair(folder)
    environment = office.settings_of("workflow") | {
        "GUIHUA_HTTP_PORT": "0",
        "GUIHUA_JWT_PUBLIC_KEY_FILE": str(public),
        "GUIHUA_CLOCK": "demo",
        **settings,
    }
    async with (
        signer_at_work() as signer,
        voice(office, "intake") as intake,
        voice(office, "registry") as registry,
        voice(office, "notify") as notify,
        voice(office, "supervision"),  # several processes begin to hear when every stream is there
        AsyncExitStack() as stack,
    ):
        buses = await bus_of(office, "registry"), await bus_of(office, "external")
        launch = Launch({"GUIHUA_LINK_KEYS_URL": signer.url, **environment}, folder, stack)
        room = Room(await launch.start(), office, intake, registry, notify, *buses, Tokens(private), launch, signer)
        await registry.say(
            *(post_said(code, *where) for code, where in POSTS.items()),
            *(department(code) for code in ("D00", "D04", "D06", "D09")),
            *(person_said(who) for who in (ACCEPT, HANDLER, HANDLER2, EXPERTS, LEADER, LEADER2, HEAD, COLLECT)),
        )
        await room.settled()
        try:
            yield room
        finally:
            for bus in buses:
                await bus.close()


REVIEW = {"opinion": "符合规划条件", "officers": ["u.handler.d06", "u.handler2.d06"]}


async def at_review(room: Room, case_no: str) -> None:
    """A case accepted on 2026-09-17 that waits at the handler."""
    await room.deploy()
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.receive(case_no)
    await room.step(case_no, "Accept")
    await room.set_clock(at("2026-09-17", "10:00"))
    await room.complete(case_no, "Accept", ACCEPT, decision="accept")
