"""Health of all services (X1): whether they work, how far behind they are, and what waits for somebody."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.app.routes import readyz
from services.kernel.app.survey import survey
from services.kernel.identity import Permission
from services.kernel.problem import TryLater

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Watcher = Annotated[Visit, Depends(holding(Permission.STATUS_READ))]

SERVICES: Final = {
    "intake": "窗口服务",
    "workflow": "流程服务",
    "supervision": "督查服务",
    "notify": "消息服务",
    "registry": "名册服务",
    "console": "页面服务",
}
"""Every service by its name, in the order of a case's way."""

LINES: Final[dict[str, tuple[str, bool, str | None]]] = {
    "received-not-started": ("已收件、流程未启动的案件", True, None),
    "delivered-not-noticed": ("已出件、尚未记入流程的案件", True, None),
    "withdrawals-not-answered": ("已登记撤回、流程尚未答复的案件", True, None),
    "files-not-scanned": ("上传后尚未查毒的文件", True, None),
    "timers-due": ("到期待触发的定时", False, None),
    "timers-due-not-fired": ("到期一分钟以上仍未触发的定时", True, None),
    "incidents-open": ("有流程故障的案件", True, "/ops/incidents"),
    "cases-on-old-calendar": ("尚未按新日历重算的案件", True, None),
    "signals-under-way": ("传送中的信号", False, None),
    "alarms-due-not-rung": ("到期未启动的定时流程", True, None),
    "messages-under-way": ("办理中的消息", False, None),
    "messages-due": ("待发送的消息", False, None),
    "messages-due-not-tried": ("应发一分钟以上仍未发送的消息", True, None),
    "messages-waiting-for-contact": ("不知道收件人联系方式的消息", True, "/ops/messages?state=waiting"),
    "messages-failed": ("发送失败的消息", True, "/ops/messages?state=failed"),
    "messages-unconfirmed": ("一周内发出、服务商未给回执的消息", True, "/ops/messages?state=unconfirmed"),
    "messages-not-erased": ("到期未删除内容的消息", True, None),
    "webhooks-failing": ("推送不到或已自动暂停的订阅", True, None),
    "webhook-deliveries-dead": ("多次未送达、不再推送的事件", True, None),
    "exchange-late": ("到时未上报省级平台的记录", True, None),
    "exchange-refused": ("被省级平台退回的记录", True, None),
    "link-decisions-not-carried-out": ("已审批、尚未执行的移动审批", True, None),
    "leaders-not-in-the-books": ("名册中缺少的分管领导", True, "/ops/people"),
}
"""The sweepers' lines: what each counts, whether somebody should look at it when it is not nought, and where."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is counted; `count` None: the server that knows is away."""

    what: str
    count: int | None
    is_wrong: bool
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """One service: whether it is there and ready, and its numbers."""

    service: str
    name: str
    ready: dict[str, Any] | None
    status: dict[str, Any] | None
    lines: tuple[Line, ...]

    @property
    def is_well(self) -> bool:
        """Whether nobody need look at it."""
        return bool(self.ready and self.ready["ready"]) and not any(line.is_wrong for line in self.lines)


@router.get("/ops")
async def health(visit: Watcher) -> Response:
    """All services; the page asks again by itself."""
    found = await asyncio.gather(*(_health(visit, service) for service in SERVICES))
    template = "ops/health_part.html" if visit.is_partial else "ops/health.html"
    return visit.page(template, services=found, wall=visit.deps.clock.wall())


async def _health(visit: Visit, service: str) -> Health:
    asking = _own(visit) if service == "console" else _asked(visit, service)
    ready, status = await asking
    return Health(service, SERVICES[service], ready, status, _lines(service, status))


async def _asked(visit: Visit, service: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    try:
        ready = await visit.api.get(service, "/readyz")
    except Refused as refused:  # 503: it is there and says what it lacks
        ready = refused.problem if "database" in refused.problem else None
    except TryLater:
        return None, None
    try:
        return ready, await visit.api.get(service, "/status")
    except (Refused, TryLater):
        return ready, None


async def _own(visit: Visit) -> tuple[dict[str, Any], dict[str, Any]]:
    ready = await readyz(visit.request, Response())
    return ready.model_dump(), (await survey(visit.request.app.state)).model_dump(mode="json")


def _lines(service: str, status: dict[str, Any] | None) -> tuple[Line, ...]:
    if status is None:
        return ()
    outbox, lag, dead = status["outbox"], status["lag"], status["dead_letters"]
    letters = f"/ops/dead-letters?service={service}"
    lines = [
        Line("已保存、待发出的事件", outbox and outbox["documents"], is_wrong=False),
        Line("收到、待处理的事件", None if lag is None else sum(lag.values()), is_wrong=False),
        Line("死信", dead, bool(dead), letters),
    ]
    for name, count in status["backlog"].items():
        what, wrong, address = LINES.get(name, (name, True, None))
        lines.append(Line(what, count, wrong and bool(count), address))
    return tuple(lines)
