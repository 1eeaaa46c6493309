"""A matter follows its process (bpmn/supervision-matter): where it stands, who did what, with which paper (A-32)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.workflow import CaseStarted, TaskCompleted, TaskOpened
from services.kernel.bus import Event
from services.kernel.store import NotFound
from services.supervision import notices, registering
from services.supervision.calls import MATTER, NOTICE
from services.supervision.desk import Deps
from services.supervision.matters import Fact, Matter, Step, added, noted, stepped
from services.supervision.notices import NoticeNotReady, NoticeState, Rectification

Decided = tuple[Matter, tuple[Said, ...]]

_BEGINS: Final = {
    "Task_Undertake": Step.UNDERTAKE,
    "Task_Urge": Step.URGE,
    "Task_Feedback": Step.FEEDBACK,
    "Task_Objection": Step.RECHECK,
    "Task_Recheck": Step.RECHECK,
    "Task_Bulletin": Step.BULLETIN,
}
"""The element of the process at which each step begins. 登记 is where it starts; 归档 is over when it is done."""

_ARCHIVE: Final = "Task_Archive"
_DOES: Final = frozenset({*_BEGINS, _ARCHIVE, "Task_Register", "Task_Notice", "Task_Handle", "Task_BulletinIssue"})
"""What is done at these elements stands in the matter's file."""

_PAPERS: Final = ("notice_no", "issue_no", "archive_no", "source_no")
_WORDS: Final = ("requirement", "plan", "progress", "summary", "report", "findings", "reason", "fact", "opinion")
_PROCESS: Final = "system:process"
_LONGEST: Final = 2000
_MANY: Final = 1000


async def follow_start(deps: Deps, event: Event[CaseStarted]) -> None:
    """The workflow service runs the process of a matter or a notice: say so in its file."""
    key, case_no = event.said.business_key, event.said.case_no
    if key.startswith(MATTER) and await deps.matters.find(key.removeprefix(MATTER)) is not None:
        now = deps.clock.now()
        await deps.matters.change(key.removeprefix(MATTER), lambda one: begun(one, case_no, now=now))
    if key.startswith(NOTICE) and await deps.notices.find(key.removeprefix(NOTICE)) is not None:
        await _clocked(deps, key.removeprefix(NOTICE), case_no)


async def follow_opened(deps: Deps, event: Event[TaskOpened]) -> None:
    """A step of the process begins: the matter stands there."""
    said = event.said
    if said.element in _BEGINS and (key := await _matter_of(deps, said.case_no)) is not None:
        await deps.matters.change(key, lambda one: at_step(one, said), cause=event.envelope.id)


async def follow_completed(deps: Deps, event: Event[TaskCompleted]) -> None:
    """A step of the process is done: by whom and with what stands in the matter's file."""
    said = event.said
    if said.element not in _DOES or (key := await _matter_of(deps, said.case_no)) is None:
        return
    open_yet = await still_open(deps, key) if said.element == _ARCHIVE else ""
    await deps.matters.change(key, lambda one: done(one, said, still_open=open_yet), cause=event.envelope.id)


async def archive_filed(deps: Deps) -> int:
    """Archive what its process archived and what is put right by now; gives 0, as nothing is left."""
    found = await deps.matters.query({"body.filed": True}, sort=[("_id", 1)], limit=_MANY)
    for matter in found:
        if not await still_open(deps, matter.matter_id):
            await deps.matters.change(matter.matter_id, lambda one: _archived(one, deps.clock.now()))
    return 0


async def still_open(deps: Deps, matter_id: str) -> str:
    """What keeps a file from being closed: notices that are not put right, an objection that is not decided (A-36)."""
    matter, _ = await deps.matters.load(matter_id)
    where = {"body.matter_id": matter_id, "body.state": NoticeState.ISSUED}
    issued = await deps.notices.query(where, sort=[("_id", 1)], limit=_MANY)
    found = [one.notice_no or "" for one in issued if one.rectification is not Rectification.DONE]
    return "、".join([*found, *(["异议"] if registering.is_objected(matter) else [])])


def begun(matter: Matter, case_no: str, *, now: datetime) -> Decided:
    """Its process runs in this case; again changes nothing."""
    if matter.process_case is not None:
        return matter, ()
    return added(matter, f"按七项程序办理，案件 {case_no}", by=_PROCESS, now=now, process_case=case_no)


def at_step(matter: Matter, said: TaskOpened) -> Decided:
    """Where the process has come to; back to 督办 when it is sent back."""
    step = _BEGINS[said.element]
    if matter.step in {step, Step.ARCHIVE}:
        return matter, ()
    return stepped(matter, Fact(at=said.opened_at, step=step, by=_PROCESS, note=f"流程到“{said.name}”"))


def done(matter: Matter, said: TaskCompleted, *, still_open: str = "") -> Decided:
    """What somebody did; with 归档 the file is closed, or as soon as what is still open is put right."""
    fact = _fact(matter, said)
    if said.element == _ARCHIVE:
        if not still_open:
            return stepped(matter, fact.model_copy(update={"step": Step.ARCHIVE}))
        text = f"流程已归档；{still_open} 尚未了结，了结后归档"
        return added(matter, text, by=fact.by, now=fact.at, filed=True)
    if matter.step is Step.ARCHIVE:
        return matter, ()
    undertaken = {"undertaken_by": said.person} if said.element == "Task_Undertake" else {}
    return noted(matter, fact, **undertaken)


def _archived(matter: Matter, now: datetime) -> Decided:
    if not matter.filed or matter.step is Step.ARCHIVE:
        return matter, ()
    return stepped(matter, Fact(at=now, step=Step.ARCHIVE, by=_PROCESS, note="已了结，归档"), filed=False)


def _fact(matter: Matter, said: TaskCompleted) -> Fact:
    return Fact(
        at=said.completed_at,
        step=matter.step,
        by=said.person or _PROCESS,
        note=_first(said.answers, _WORDS, said.name)[:_LONGEST],
        responsible=said.person,
        document=_first(said.answers, _PAPERS, "")[:200],
    )


def _first(answers: Mapping[str, Any], names: tuple[str, ...], otherwise: str) -> str:
    """The first of these fields that is filled in."""
    return next((text for name in names if (text := str(answers.get(name) or "").strip())), otherwise)


async def _matter_of(deps: Deps, case_no: str) -> str | None:
    found = await deps.matters.first({"body.process_case": case_no})
    return found[0].matter_id if found else None


async def _clocked(deps: Deps, notice_id: str, case_no: str) -> None:
    """The clock of a rectification runs; not if it was reported, or made void, meanwhile."""
    entry = notices.ClockEntry(case_no=case_no)
    now = deps.clock.now()
    try:
        await deps.notices.change(notice_id, lambda one: notices.follow(one, entry, by=_PROCESS, now=now))
    except (NotFound, NoticeNotReady):
        return
