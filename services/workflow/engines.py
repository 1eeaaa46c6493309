"""The engine as the service uses it: in processes of its own, with the bundle of the case's own version."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar, assert_never

from services.workflow.clocks.dues import OfficeTime
from services.workflow.definitions.shelf import Shelf
from services.workflow.engine.models import (
    Amend,
    Answer,
    Command,
    Complete,
    EngineFault,
    Fail,
    Finding,
    Fire,
    Jump,
    Message,
    Signal,
    Step,
    Undo,
)
from services.workflow.engine.pool import EnginePool, Source
from services.workflow.engine.processes import WorkerLost
from services.workflow.instances.models import Act, Instance, Pin, Verb
from services.workflow.instances.moving import variables_of

T = TypeVar("T")

_AT_HAND: Final = 64


def command_of(act: Act) -> Command:  # noqa: C901, PLR0911 - one line a verb
    """What an act is to the engine. Starting is none: it has no state yet."""
    match act.verb:
        case Verb.COMPLETE:
            return Complete(act.target, act.payload)
        case Verb.ANSWER:
            return Answer(act.target, act.payload)
        case Verb.FAIL:
            return Fail(act.target, str(act.payload.get("error_code", "")), str(act.payload.get("message", "")))
        case Verb.FIRE:
            return Fire(act.target)
        case Verb.MESSAGE:
            return Message(act.target, act.payload)
        case Verb.SIGNAL:
            return Signal(act.target, act.payload)
        case Verb.UNDO:
            return Undo(act.target, str(act.payload.get("by", "")))
        case Verb.JUMP:
            return Jump(act.target, str(act.payload.get("element", "")))
        case Verb.AMEND:
            return Amend(act.payload)
        case Verb.START | Verb.MIGRATE:
            msg = f"{act.verb.value} is no command"
            raise ValueError(msg)
        case _:
            assert_never(act.verb)


@dataclass(frozen=True, slots=True)
class Beginning:
    """At which start event a case begins, and the variables that came with it; plainly, with none."""

    element: str = ""
    brought: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Engines:
    """Runs the engine for cases, by the digest of the bundle each is pinned to."""

    pool: EnginePool
    shelf: Shelf
    _sources: OrderedDict[str, Source] = field(default_factory=OrderedDict, init=False)

    async def findings(self, files: Mapping[str, bytes], *, posts: Collection[str]) -> tuple[Finding, ...]:
        """What the engine and the bureau have to say against the files of a definition. Raises `EngineFault`."""
        return await self.pool.findings(Source(files), posts=posts)

    async def start(
        self, instance: Instance, pin: Pin, beginning: Beginning, *, now: datetime, time: OfficeTime
    ) -> Step:
        """Start a case. Raises `EngineFault`, `Refused`."""
        source = await self._source(pin.sha256)
        variables: dict[str, Any] = {**beginning.brought, **variables_of(instance)}
        return await _twice(
            lambda: self.pool.start(
                source,
                pin.process_key,
                variables,
                now=now,
                calendar=time.calendar,
                hours=time.hours,
                instance_id=instance.case_no,
                start_event=beginning.element,
            )
        )

    async def apply(self, instance: Instance, pin: Pin, act: Act, *, now: datetime, time: OfficeTime) -> Step:
        """Carry a case on by an act. Raises `EngineFault`, `Refused`; the stored state stays good."""
        source, command = await self._source(pin.sha256), command_of(act)
        return await _twice(
            lambda: self.pool.apply(source, instance.state, command, now=now, calendar=time.calendar, hours=time.hours)
        )

    async def _source(self, sha256: str) -> Source:
        if sha256 not in self._sources:
            self._sources[sha256] = Source((await self.shelf.take(sha256)).contents)
        self._sources.move_to_end(sha256)
        while len(self._sources) > _AT_HAND:
            self._sources.popitem(last=False)
        return self._sources[sha256]


async def _twice(work: Callable[[], Awaitable[T]]) -> T:
    """Once more with a new worker if the first was lost: that may have been the machine's fault, not the diagram's."""
    try:
        return await work()
    except EngineFault as fault:
        if not isinstance(fault.__cause__, WorkerLost):
            raise
    return await work()
