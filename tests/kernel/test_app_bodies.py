"""A body that is too large is refused so that its sender can read the refusal: over a real connection, to the end."""

import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, Request

from services.intake.settings import IntakeSettings
from services.kernel.app import Kernel, Service
from services.kernel.settings import Settings
from services.notify.settings import NotifySettings
from services.registry.settings import RegistrySettings
from services.supervision.settings import SupervisionSettings
from services.workflow.definitions.files import MAX_BYTES
from services.workflow.settings import WorkflowSettings
from tests.support.http import serving

USUAL = 1_000_000
router = APIRouter()


class RoomySettings(Settings):
    """A service that takes larger bodies than others."""

    body_limit: int = 3_000_000


@router.put("/upload")
async def upload(request: Request) -> int:
    return sum([len(chunk) async for chunk in request.stream()])


async def no_deps(_: Kernel) -> None:
    return None


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    async with serving(Service("tiny", Settings, no_deps, routers=[router]).create_app()) as address:
        yield address


@pytest.mark.parametrize("content_type", ["application/json", "application/zip"])
@pytest.mark.parametrize("declared", [True, False])
async def test_given_one_who_sends_it_all_before_reading_then_the_refusal_is_read(
    address: str, content_type: str, declared: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * USUAL

    headers = {"Content-Type": content_type} | ({"Content-Length": str(40 * USUAL)} if declared else {})
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.put(f"{address}/upload", content=chunks(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_given_one_who_declares_much_and_leaves_then_the_service_goes_on(address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as caller:
        caller.sendall(b"PUT /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nx")
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{address}/healthz")).json() == {"alive": True}


@pytest.mark.parametrize(("settings", "most"), [(Settings, USUAL), (RoomySettings, 3 * USUAL)])
async def test_a_body_up_to_the_limit_of_the_service_is_taken(settings: type[Settings], most: int) -> None:
    app = Service("tiny", settings, no_deps, routers=[router]).create_app()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tiny") as client:
        assert (await client.put("/upload", content=b"x" * most)).json() == most
        assert (await client.put("/upload", content=b"x" * (most + 1))).status_code == 413


@pytest.mark.parametrize("settings", [Settings, IntakeSettings, NotifySettings, RegistrySettings, SupervisionSettings])
def test_a_service_takes_a_megabyte_at_most(settings: type[Settings]) -> None:
    assert settings.model_fields["body_limit"].default == USUAL


def test_the_service_that_takes_definitions_takes_one_whole() -> None:
    assert WorkflowSettings.model_fields["body_limit"].default > MAX_BYTES
