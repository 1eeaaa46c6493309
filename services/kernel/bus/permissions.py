"""What each user may do at the broker. Rendered into the server's configuration, here and in `deploy/`."""

from typing import Any, Final

from services.contracts.events import stream_of
from services.kernel.clock import DEMO_BUCKET

SERVICES: Final = ("intake", "workflow", "supervision", "notify", "registry", "console")
"""Every service with a database and a stream of its own."""

EXTERNAL: Final = "external"
"""The user with whom adapters of outside systems hear external tasks and publish their answers."""

CLOCK_BUCKET: Final = DEMO_BUCKET
"""The key-value bucket of the demo clock: written by the registry, watched by all."""

SHARED: Final = ("workflow",)
"""Services that may run in several processes, and so have a work queue."""

ADOPTED: Final = {"workflow": (EXTERNAL,)}
"""Whose streams a service keeps besides its own: adapters may not make one, so who hears them does."""


def permissions(user: str) -> dict[str, Any]:
    """What `user` may publish and subscribe to, as nats-server writes it.

    Publish own events; create own stream; read any stream through a durable consumer that bears the user's name;
    hear nobody's replies but its own. Who may run in several processes has a work queue and all its consumers.
    """
    return {
        "publish": {"allow": [f"guihua.{user}.>", *_streams(user), *_consumers(user), *_queue(user), *_clock(user)]},
        "subscribe": {"allow": [f"{inbox(user)}.>", f"$KV.{CLOCK_BUCKET}.>"]},
    }


def inbox(user: str) -> str:
    """The subject prefix on which `user` hears replies; nobody else may listen there."""
    return f"_INBOX_{user}"


def _streams(user: str) -> list[str]:
    speakers = [] if user == EXTERNAL else [user, *ADOPTED.get(user, ())]
    kept = [stream_of(f"guihua.{speaker}.") for speaker in speakers]
    writes = [f"$JS.API.STREAM.{verb}.{stream}" for stream in kept for verb in ("CREATE", "UPDATE")]
    return ["$JS.API.INFO", "$JS.API.STREAM.INFO.*", *writes]


def _consumers(user: str) -> list[str]:
    verbs = ("INFO", "CREATE", "DURABLE.CREATE", "MSG.NEXT", "RESET", "DELETE")
    calls = [f"$JS.API.CONSUMER.{verb}.*.{user}" for verb in verbs]
    return [*calls, f"$JS.API.CONSUMER.CREATE.*.{user}.>", f"$JS.ACK.*.{user}.>"]


def _queue(user: str) -> list[str]:
    if user not in SHARED:
        return []
    queue = queue_of(user)
    makes = [f"$JS.API.STREAM.{verb}.{queue}" for verb in ("CREATE", "UPDATE", "DELETE")]
    verbs = ("INFO", "CREATE", "MSG.NEXT", "RESET", "UNPIN")
    calls = [f"$JS.API.CONSUMER.{verb}.{queue}.*" for verb in verbs]
    return [duty_of(user), *makes, *calls, f"$JS.ACK.{queue}.>"]


def queue_of(service: str) -> str:
    """The stream that is the work queue of a service."""
    return f"{stream_of(f'guihua.{service}.')}_SHARDS"


def duty_of(service: str) -> str:
    """The subject of the message that stands for the duty in a work queue."""
    return f"shards.{service}.duty.one"


def _clock(user: str) -> list[str]:
    stream = f"KV_{CLOCK_BUCKET}"
    reads = [f"$JS.API.DIRECT.GET.{stream}.>", f"$JS.API.STREAM.MSG.GET.{stream}"]
    if user != "registry":
        return reads
    return [*reads, f"$KV.{CLOCK_BUCKET}.>", f"$JS.API.STREAM.CREATE.{stream}", f"$JS.API.STREAM.UPDATE.{stream}"]
