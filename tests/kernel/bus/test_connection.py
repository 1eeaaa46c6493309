"""The connection tells the truth, keeps to its own subjects, and carries the clock's key."""

import asyncio

import nats
import pytest

from services.kernel.bus import BrokerAway, Bus, Stream
from services.kernel.bus.permissions import CLOCK_BUCKET, SERVICES
from tests.support.desk import bus_of
from tests.support.office import Office
from tests.support.wait import wait_until


async def test_ready_is_the_truth_within_five_seconds(office: Office) -> None:
    bus = await bus_of(office, "intake")
    assert await bus.is_ready()
    office.kill_broker()
    async with asyncio.timeout(5):
        assert not await bus.is_ready()
    await office.start_broker()
    await wait_until(bus.is_ready)
    await bus.close()


async def is_unready(bus: Bus) -> bool:
    return not await bus.is_ready()


async def test_a_frozen_broker_is_not_ready(office: Office) -> None:
    bus = await bus_of(office, "intake")
    office.servers.nats.process.send_signal(19)
    try:
        await wait_until(lambda: is_unready(bus), within=5)  # it may answer once more before it is frozen
    finally:
        office.servers.nats.process.send_signal(18)
    await wait_until(bus.is_ready)
    await bus.close()


async def test_a_wrong_password_is_said_at_once(office: Office) -> None:
    bus = Bus(office.settings_of("intake")["GUIHUA_NATS_URL"], user="intake", password="wrong")
    with pytest.raises(BrokerAway, match=r"(?i)authorization"):
        await bus.connect(within=1)


async def test_a_stream_is_made_once_and_follows_its_configuration(office: Office) -> None:
    bus = await bus_of(office, "registry")
    books = Stream.of("registry")

    created = await bus.ensure(books)
    again = await bus.ensure(Stream(books.name, books.subjects, kept=Stream.of("intake").kept))

    assert created == again
    info = await bus.js.stream_info("GUIHUA_REGISTRY")
    assert (info.config.max_age, info.config.duplicate_window) == (30 * 24 * 3600, 120)
    await bus.close()


async def test_what_is_published_twice_with_one_id_is_one_event(office: Office) -> None:
    bus = await bus_of(office, "intake")
    await bus.ensure(Stream.of("intake"))

    for _ in range(2):
        await bus.publish("guihua.intake.x.done.v1.1", b"{}", event_id="intake.x.1.1.0", stream="GUIHUA_INTAKE")

    assert (await bus.js.stream_info("GUIHUA_INTAKE")).state.messages == 1
    await bus.close()


FORBIDDEN = [
    (service, subject.format(other=other, OTHER=other.upper(), OWN=service.upper()))
    for service, other in zip(SERVICES, (*SERVICES[1:], SERVICES[0]), strict=True)
    for subject in (
        "guihua.{other}.case.received.v1.1",
        "guihua.external.answer.completed.v1.1",
        "$JS.API.STREAM.DELETE.GUIHUA_{OTHER}",
        "$JS.API.STREAM.PURGE.GUIHUA_{OWN}",
        "$JS.API.STREAM.UPDATE.GUIHUA_{OTHER}",
        "$JS.API.CONSUMER.DELETE.GUIHUA_INTAKE.{other}",
        "$JS.API.CONSUMER.MSG.NEXT.GUIHUA_INTAKE.{other}",
        "$JS.ACK.GUIHUA_INTAKE.{other}.1.1.1.1.1",
    )
] + [(service, "$KV.GUIHUA_CLOCK.anchor") for service in SERVICES if service != "registry"]
FORBIDDEN += [
    ("intake", "shards.workflow.1.guihua.intake.case.received.v1.1"),
    ("workflow", "shards.workflow.1.guihua.intake.case.received.v1.1"),
    ("intake", "$JS.API.STREAM.DELETE.GUIHUA_WORKFLOW_SHARDS"),
    ("intake", "$JS.API.CONSUMER.UNPIN.GUIHUA_WORKFLOW_SHARDS.1"),
    ("intake", "$JS.ACK.GUIHUA_WORKFLOW_SHARDS.1.1.1.1.1.1"),
]


@pytest.mark.parametrize(("service", "subject"), FORBIDDEN)
async def test_a_service_cannot_speak_or_act_for_another(office: Office, service: str, subject: str) -> None:
    assert "permissions violation" in await refusal(office, service, subject)


async def test_an_adapter_may_answer_and_nothing_else(office: Office) -> None:
    workflow, answers = await bus_of(office, "workflow"), "guihua.external.answer.completed.v1.1"
    await workflow.ensure(Stream.of("external"))
    adapter = Bus(office.servers.nats_url(), user="external", password=office.servers.passwords["external"])
    await adapter.connect(within=10)

    await adapter.publish(answers, b"{}", event_id="external.1", stream="GUIHUA_EXTERNAL")

    assert "permissions violation" in await refusal(office, "external", "guihua.intake.case.received.v1.1")
    assert "permissions violation" in await refusal(office, "external", "$JS.API.STREAM.CREATE.GUIHUA_EXTERNAL")
    for bus in (workflow, adapter):
        await bus.close()


async def test_nobody_hears_the_replies_to_another(office: Office) -> None:
    bus = await bus_of(office, "intake")
    await bus.client.subscribe("_INBOX_workflow.>")
    await bus.client.flush()

    await wait_until(lambda: "permissions violation" in str(bus.client.last_error).lower())
    await bus.close()


async def refusal(office: Office, user: str, subject: str) -> str:
    """What the broker says when `user` publishes on `subject`."""
    said: list[str] = []

    async def note(error: Exception) -> None:
        said.append(str(error).lower())

    url, password = office.servers.nats_url(), office.servers.passwords[user]
    async with await nats.connect(url, user=user, password=password, error_cb=note) as client:
        await client.publish(subject, b"{}")
        return (await wait_until(lambda: said))[0]


async def follow(bus: Bus, seen: list[bytes]) -> None:
    async for value in bus.watch(CLOCK_BUCKET, "anchor"):
        seen.append(value)  # noqa: PERF401 - it never ends


async def test_the_clock_is_set_by_the_registry_and_seen_by_all(office: Office) -> None:
    registry, workflow = await bus_of(office, "registry"), await bus_of(office, "workflow")
    seen: list[bytes] = []
    watching = asyncio.create_task(follow(workflow, seen))
    assert await workflow.get(CLOCK_BUCKET, "anchor") is None
    first = await registry.put(CLOCK_BUCKET, "anchor", b"one")
    await wait_until(lambda: seen[-1:] == [b"one"])
    second = await registry.put(CLOCK_BUCKET, "anchor", b"two")
    await wait_until(lambda: seen[-1:] == [b"two"])

    assert second > first
    watching.cancel()
    await asyncio.wait([watching])
    for bus in (registry, workflow):
        await bus.close()


async def test_a_clock_set_again_and_again_is_seen_each_time_though_word_of_it_may_be_ahead_of_the_disk(
    office: Office,
) -> None:
    registry, workflow = await bus_of(office, "registry"), await bus_of(office, "workflow")
    seen: list[bytes] = []
    watching = asyncio.create_task(follow(workflow, seen))
    for n in range(200):
        value = b"%d" % n
        await registry.put(CLOCK_BUCKET, "anchor", value)
        await wait_until(lambda value=value: seen[-1:] == [value], within=4)  # type: ignore[misc]

    watching.cancel()
    await asyncio.wait([watching])
    for bus in (registry, workflow):
        await bus.close()


async def test_a_clock_set_while_a_service_was_cut_off_is_seen_when_it_is_back(office: Office) -> None:
    registry, workflow = await bus_of(office, "registry"), await bus_of(office, "workflow")
    seen: list[bytes] = []
    watching = asyncio.create_task(follow(workflow, seen))
    await registry.put(CLOCK_BUCKET, "anchor", b"one")
    await wait_until(lambda: seen[-1:] == [b"one"])
    await office.restart_broker()
    await wait_until(registry.is_ready)
    await registry.put(CLOCK_BUCKET, "anchor", b"two")
    await wait_until(lambda: seen[-1:] == [b"two"])

    watching.cancel()
    await asyncio.wait([watching])
    for bus in (registry, workflow):
        await bus.close()
