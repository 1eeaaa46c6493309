"""The service without its doors, on the real servers: what its handlers and tickers work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.kernel.clock import FrozenClock
from services.kernel.identity import create_keypair
from services.workflow.__main__ import SERVICE
from services.workflow.deps import Deps
from services.workflow.settings import WorkflowSettings
from tests.support.insides import insides_of
from tests.support.office import Office
from tests.workflow.case_support import department
from tests.workflow.room import ACCEPT, EXPERTS, HANDLER, HANDLER2, HEAD, LEADER, POSTS, person_said, post_said


@asynccontextmanager
async def deps_on(servers: Office, folder: Path, clock: FrozenClock) -> AsyncIterator[Deps]:
    """The service's own dependencies on empty servers, with books."""
    await servers.empty()
    _, public = create_keypair(folder)
    given = {key.removeprefix("GUIHUA_").lower(): value for key, value in servers.settings_of("workflow").items()}
    settings = WorkflowSettings.model_validate({**given, "jwt_public_key_file": public})
    async with insides_of(SERVICE, settings, office=servers, clock=clock) as (_, deps):
        await _books(deps)
        yield deps


async def _books(deps: Deps) -> None:
    for code, where in POSTS.items():
        await deps.copies.posts.put(code, post_said(code, *where), unless_newer=1)
    for code in ("D00", "D04", "D06", "D09"):
        await deps.copies.departments.put(code, department(code), unless_newer=1)
    for who in (ACCEPT, HANDLER, HANDLER2, EXPERTS, LEADER, HEAD):
        await deps.copies.people.put(who.code, person_said(who), unless_newer=1)
    deps.copies.forget()
