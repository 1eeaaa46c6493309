"""Departments and the group chats they are bound to: messages go to bound groups and to no other (A-17)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, Field

from services.kernel.clock import Clock
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.seals import Seals
from services.kernel.store import Aggregates, Body
from services.notify import dingtalk, wecom
from services.notify.channels import Parcel, Refused
from services.notify.vendors import Line

_MANY: Final = 1000


class Vendor(StrEnum):
    """Whose group chat it is."""

    WECOM = "wecom"
    """企业微信, and 政务微信 on a host of its own."""
    DINGTALK = "dingtalk"


class GroupNotBound(Problem):
    """The department has no group chat."""

    status = 404
    code = "group-not-bound"
    zh = "科室 {department} 没有绑定工作群"
    en = "department {department} is not bound to any group chat"
    remedy_zh = "请先绑定工作群"
    remedy_en = "bind a group chat to it first"


class SecretMissing(Problem):
    """A DingTalk robot signs its messages."""

    status = 422
    code = "robot-secret-missing"
    zh = "钉钉机器人需要加签密钥"
    en = "a DingTalk robot needs its signing secret"
    remedy_zh = "请在机器人安全设置中选择“加签”，并填写以 SEC 开头的密钥"
    remedy_en = "choose signatures in the robot's security settings and give the secret that begins with SEC"


class Deed(BaseModel, frozen=True):
    """Who bound, or unbound, and why: kept for ever."""

    bound: bool
    name: str
    vendor: Vendor
    by: str
    reason: str
    at: datetime


class Binding(Body, frozen=True):
    """A department's group chat. The robot's key and secret are sealed, and in no answer."""

    department: str
    name: str
    vendor: Vendor
    sealed_key: str
    sealed_secret: str
    bound: bool
    deeds: tuple[Deed, ...]


class Order(Request, frozen=True):
    """Bind a department to the group chat whose robot has this key (`key=` or `access_token=` of its address)."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    vendor: Vendor
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,128}$")]
    secret: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,128}$")] = ""
    reason: Annotated[str, Field(min_length=1, max_length=300)]


def bind(found: Binding | None, order: Order, *, department: str, by: str, wall: datetime, seals: Seals) -> Binding:
    """The department's group from now on; what was before stays on record. Raises SecretMissing."""
    if order.vendor is Vendor.DINGTALK and not order.secret:
        raise SecretMissing
    deed = Deed(bound=True, name=order.name, vendor=order.vendor, by=by, reason=order.reason, at=wall)
    return Binding(
        department=department,
        name=order.name,
        vendor=order.vendor,
        sealed_key=seals.seal(order.key, place=f"groups.{department}.key"),
        sealed_secret=seals.seal(order.secret, place=f"groups.{department}.secret"),
        bound=True,
        deeds=(*(found.deeds if found else ()), deed),
    )


def unbind(found: Binding, *, by: str, reason: str, wall: datetime) -> Binding:
    """No group any more. Raises GroupNotBound."""
    if not found.bound:
        raise GroupNotBound(department=found.department)
    deed = Deed(bound=False, name=found.name, vendor=found.vendor, by=by, reason=reason, at=wall)
    return found.model_copy(update={"bound": False, "deeds": (*found.deeds, deed)})


class Groups:
    """All bindings, read once and kept up by what this process changes: one process sends (ADR 0009)."""

    def __init__(self, bindings: Aggregates[Binding]) -> None:
        self.bindings = bindings
        self._known: dict[str, Binding] = {}

    async def load(self) -> None:
        """Read them from the database."""
        found = await self.bindings.query({}, sort=[("_id", 1)], limit=_MANY)
        self._known = {each.department: each for each in found}

    def put(self, binding: Binding) -> None:
        """It was changed just now."""
        self._known[binding.department] = binding

    def get(self, department: str) -> Binding | None:
        """The binding in force."""
        found = self._known.get(department)
        return found if found is not None and found.bound else None

    def __contains__(self, department: str) -> bool:
        return self.get(department) is not None


class GroupChats:
    """The way into the departments' group chats, through the robot of each."""

    def __init__(self, groups: Groups, lines: Mapping[Vendor, Line], *, seals: Seals, clock: Clock) -> None:
        self._groups, self._lines, self._seals, self._clock = groups, lines, seals, clock
        self._robots: dict[tuple[str, str], wecom.Robot | dingtalk.Robot] = {}

    async def send(self, parcel: Parcel) -> None:
        """Put a message into the group of the department `parcel.to`. Raises Refused, Unreachable, Busy."""
        binding = self._groups.get(parcel.to)
        if binding is None:
            not_bound = "the department is bound to no group chat any more"
            raise Refused(not_bound)
        await self._robot(binding).send(parcel)

    async def close(self) -> None:
        """Close the connections."""
        for line in self._lines.values():
            await line.close()

    def _robot(self, binding: Binding) -> wecom.Robot | dingtalk.Robot:
        """The robot, the same one as long as the binding is: it counts how often it spoke."""
        place = (binding.department, binding.sealed_key)
        if place not in self._robots:
            key = self._seals.open(binding.sealed_key, place=f"groups.{binding.department}.key")
            secret = self._seals.open(binding.sealed_secret, place=f"groups.{binding.department}.secret")
            line = self._lines[binding.vendor]
            self._robots[place] = (
                wecom.Robot(line, key=key)
                if binding.vendor is Vendor.WECOM
                else dingtalk.Robot(line, token=key, secret=secret, clock=self._clock)
            )
        return self._robots[place]
