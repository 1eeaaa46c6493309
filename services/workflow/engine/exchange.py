"""What the pool and its workers say to each other.

A request goes out pickled: it comes from us. A reply comes back as MessagePack into declared types and nothing else:
the worker has handled what others drew.
"""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.engine.models import Command, Finding, Step
from services.workflow.engine.verdicts import Carried


@dataclass(frozen=True, slots=True)
class StartRequest:
    """Start an instance."""

    process_key: str
    data: Mapping[str, Any]
    instance_id: str
    start_event: str = ""


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """Apply a command."""

    state: bytes
    command: Command


@dataclass(frozen=True, slots=True)
class CarryRequest:
    """Say what becomes of these instances when they follow the bundle of the request instead of their own."""

    states: tuple[bytes, ...]
    old_key: str
    old_files: Mapping[str, bytes]
    mapping: Mapping[str, str]
    touched: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Only look, and give the findings: the engine's, or the service's own with the posts that it knows."""

    posts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One piece of work. `files` and `calendar` are left out where the worker has had them before."""

    work: StartRequest | ApplyRequest | CarryRequest | CheckRequest
    bundle_key: str
    files: Mapping[str, bytes] | None
    now: datetime | None
    hours: OfficeHours | None
    calendar_key: str
    calendar: Calendar | None


class Complaint(msgspec.Struct, frozen=True):
    """A refusal (`code` is set) or a fault of an element."""

    code: str
    element: str
    zh: str
    en: str


class Reply(msgspec.Struct, frozen=True):
    """What a worker answers: one of these. `missing` asks for the request with nothing left out."""

    step: Step | None = None
    findings: tuple[Finding, ...] | None = None
    carried: tuple[Carried, ...] | None = None
    complaint: Complaint | None = None
    missing: bool = False


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Reply).decode


def packed_request(request: Request) -> bytes:
    """Write a request."""
    return pickle.dumps(request, protocol=pickle.HIGHEST_PROTOCOL)


def read_request(content: bytes) -> Request:
    """Read a request; only ever in a worker, of what its own pool sent."""
    request: Request = pickle.loads(content)  # noqa: S301 - written by packed_request in the parent process
    return request


def packed_reply(reply: Reply) -> bytes:
    """Write a reply."""
    return _encode(reply)


def read_reply(content: bytes) -> Reply:
    """Read a reply. Raises `msgspec.MsgspecError` for anything else."""
    return _decode(content)
