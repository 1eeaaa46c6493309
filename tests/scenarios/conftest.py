"""One whole running system for all scenarios: real servers, every service as its own process, the demo office."""

from collections.abc import AsyncIterator

import pytest
from rich.console import Console

from services.local.client import Api
from services.local.demo.stage import Stage
from services.local.demo.timeline import Timeline
from services.local.layout import Layout
from services.local.runner import Run
from tests.support.process import ROOT


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Run]:
    """What `make run` starts, on free ports, with the processes of `bpmn/`."""
    run = Run(Layout.free(tmp_path_factory.mktemp("system")))
    await run.start()
    try:
        await run.furnish(ROOT / "bpmn")
        run.keep()
        yield run
    finally:
        await run.stop()


@pytest.fixture
async def api(system: Run) -> AsyncIterator[Api]:
    """The services as the people of the office use them."""
    async with Api(system.layout) as api:
        yield api


@pytest.fixture
async def stage(api: Api, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """One story's stage: the office's clock in our hand, and a case to follow."""
    stage = Stage(api, request.node.name, Timeline(api, Console(quiet=True)))
    yield stage
    await stage.real_clock()
