"""The supervision service, running on real servers, with a few people in its books."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kernel.identity import Tokens, create_keypair
from tests.supervision.rooms import CHIEF, HEAD, SUPERVISOR, Room, department, person
from tests.support.office import Office
from tests.support.process import process
from tests.support.voice import voice
from tests.support.wait import wait_until


@pytest.fixture
async def room(office: Office, tmp_path: Path) -> AsyncIterator[Room]:
    private, public = create_keypair(tmp_path)
    environment = office.settings_of("supervision") | {
        "GUIHUA_HTTP_PORT": "0",
        "GUIHUA_JWT_PUBLIC_KEY_FILE": str(public),
        "GUIHUA_CLOCK": "frozen:2017-04-06T09:30:00+08:00",
    }
    async with (
        voice(office, "workflow") as workflow,
        voice(office, "registry") as registry,
        process("services.supervision", environment, tmp_path / "supervision.log") as service,
    ):
        here = Room(await service.serving(), workflow, registry, Tokens(private), environment)
        await registry.say(*(person(who) for who in (SUPERVISOR, HEAD, CHIEF)), department("D06"))
        await wait_until(here.idle)
        yield here
