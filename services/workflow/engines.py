"""The engine as the service uses it: outside the event loop, with the bundle of the case's own version."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from services.workflow.clocks.dues import OfficeTime
from services.workflow.definitions.shelf import Shelf
from services.workflow.engine.bundles import Bundle, compile_bundle
from services.workflow.engine.models import (
    WHOLE,
    Answer,
    Command,
    Complete,
    EngineFault,
    Fail,
    Finding,
    Fire,
    Message,
    Step,
)
from services.workflow.engine.run import apply, start
from services.workflow.instances.models import Act, Instance, Pin, Verb
from services.workflow.instances.moving import variables_of


def command_of(act: Act) -> Command:
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
        case Verb.START:
            msg = "a start is no command"
            raise ValueError(msg)
        case _:
            assert_never(act.verb)


@dataclass(slots=True)
class Engines:
    """Runs the engine for cases, by the digest of the bundle each is pinned to."""

    shelf: Shelf
    _compiled: dict[str, Bundle] = field(default_factory=dict, init=False)

    async def findings(self, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
        """What the engine has to say against the files of a definition."""
        return (await asyncio.to_thread(compile_bundle, files)).findings

    async def start(self, instance: Instance, pin: Pin, *, now: datetime, time: OfficeTime) -> Step:
        """Start a case. Raises `EngineFault`, `Refused`."""
        bundle = await self._bundle(pin.sha256)
        variables: dict[str, Any] = variables_of(instance)
        return await asyncio.to_thread(
            start,
            bundle,
            pin.process_key,
            variables,
            now=now,
            calendar=time.calendar,
            hours=time.hours,
            instance_id=instance.case_no,
        )

    async def apply(self, instance: Instance, pin: Pin, act: Act, *, now: datetime, time: OfficeTime) -> Step:
        """Carry a case on by an act. Raises `EngineFault`, `Refused`; the stored state stays good."""
        bundle = await self._bundle(pin.sha256)
        return await asyncio.to_thread(
            apply, bundle, instance.state, command_of(act), now=now, calendar=time.calendar, hours=time.hours
        )

    async def _bundle(self, sha256: str) -> Bundle:
        if sha256 not in self._compiled:
            files = (await self.shelf.take(sha256)).contents
            compiled = await asyncio.to_thread(compile_bundle, files)
            if compiled.bundle is None:
                raise EngineFault(WHOLE, "流程定义无法编译", "the definition does not compile")
            self._compiled[sha256] = compiled.bundle
        return self._compiled[sha256]
