"""The hall, on the real servers."""

from collections.abc import AsyncIterator

import pytest

from services.kernel.clock import FrozenClock
from tests.support.office import Office
from tests.workflow.case_support import department
from tests.workflow.clock_support import at
from tests.workflow.meetings.hall import EVERYBODY, Hall
from tests.workflow.parts import deps_on
from tests.workflow.room import person_said, post_said

_POSTS = {"P06": ("D06", "D08"), "P07": ("D01",), "P10": ("D01",), "P14": ("D11",)}


@pytest.fixture(scope="module")
async def hall(servers: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    """The service with its processes, one for a module; each test has cases and sessions of its own."""
    clock = FrozenClock(at("2026-09-28", "15:00"))
    async with deps_on(servers, tmp_path_factory.mktemp("keys"), clock) as deps:
        for code, where in _POSTS.items():
            await deps.copies.posts.put(code, post_said(code, *where), unless_newer=1)
        for code in ("D01", "D08", "D11"):
            await deps.copies.departments.put(code, department(code), unless_newer=1)
        for who in EVERYBODY:
            await deps.copies.people.put(who.code, person_said(who), unless_newer=1)
        deps.copies.forget()
        opened = Hall(deps, clock)
        await opened.deploy()
        yield opened
