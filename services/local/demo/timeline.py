"""The timeline that `make demo` prints: what happened, who did it, which light, which date and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from rich.console import Console

from services.kernel.worktime import SHANGHAI
from services.local.client import Api, Refusal

NOT_FOUND: Final = HTTPStatus.NOT_FOUND
_PAGE: Final = 200
_COLOURS: Final = {"yellow": "yellow", "red": "red", "red2": "bold red", "grey": "bright_black", "green": "green"}
_LIGHTS: Final = {"yellow": "黄灯", "red": "红灯", "red2": "红灯（严重）", "grey": "灰灯（停止计时）", "green": "绿灯"}


@dataclass(slots=True)
class Timeline:
    """Prints each thing once, in the order of the office's time."""

    api: Api
    console: Console
    seen: set[str] = field(default_factory=set)

    def title(self, text: str) -> None:
        """A story's heading."""
        self.console.rule(f"[bold]{text}[/bold]", align="left")

    def say(self, at: datetime, text: str, *, style: str = "") -> None:
        """One line."""
        self.console.print(f"  {at.astimezone(SHANGHAI):%Y-%m-%d %a %H:%M}  {text}", style=style, soft_wrap=True)

    async def catch_up(self, case_no: str) -> None:
        """Print what was said of the case since the last look."""
        if not case_no:
            return
        lines: list[tuple[str, dict[str, Any]]] = []
        for service in ("workflow", "supervision"):
            for entry in await self.history(service, case_no):
                if entry["id"] not in self.seen:
                    self.seen.add(entry["id"])
                    lines.append((service, entry))
        for _, entry in sorted(lines, key=lambda line: line[1]["time"]):
            self._print(entry)

    async def history(self, service: str, case_no: str) -> list[dict[str, Any]]:
        """Everything a service said of the case, oldest first: `{id, type, time, data}`."""
        path = f"/cases/{case_no}/history" if service == "workflow" else f"/lights/{case_no}/records"
        found: list[dict[str, Any]] = []
        while True:
            query = {"limit": _PAGE} | ({"after": found[-1]["id"]} if found else {})
            entries = [_entry(one) for one in _events(await self._page(service, path, query))]
            found += entries
            if len(entries) < _PAGE:
                return found

    async def _page(self, service: str, path: str, query: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        try:
            return await self.api.call("GET", service, path, who="u.supervisor", query=query)
        except Refusal as refusal:
            if refusal.status != NOT_FOUND:
                raise
            return []  # that service has not heard of the case yet

    def _print(self, entry: dict[str, Any]) -> None:
        name = entry["type"].removeprefix("guihua.").removesuffix(".v1")
        if (sentence := _SENTENCES.get(name)) is not None and (text := sentence(entry["data"])):
            style = _COLOURS.get(entry["data"].get("light", ""), "")
            self.say(datetime.fromisoformat(entry["time"]), text, style=style)


def _events(page: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    events: list[dict[str, Any]] = page["events"] if isinstance(page, dict) else page
    return events


def _entry(line: dict[str, Any]) -> dict[str, Any]:
    """One line of either service's history in the same form."""
    shared = {"type": line["type"], "data": line["data"]}
    return {"id": line.get("order") or line["id"], "time": line.get("at") or line["time"], **shared}


def _accepted(data: dict[str, Any]) -> str:
    how = "视为受理" if data["deemed"] else "受理"
    return f"{how}（{data['accepted_on']}），承诺到期 {data['promised_due_on']}，法定到期 {data['statutory_due_on']}"


def _opened(data: dict[str, Any]) -> str:
    due = f"，{data['due_on']} 前办理" if data["due_on"] else ""
    return f"→ 环节“{data['name']}”，岗位 {data['post']}@{data['department']}{due}"


def _completed(data: dict[str, Any]) -> str:
    late = f"，逾期 {data['overdue_workdays']} 个工作日" if data["overdue_workdays"] else ""
    saved = f"，移动审批，节省 {data['saved_workdays']} 个工作日" if data["saved_workdays"] else ""
    return f"✓ 环节“{data['name']}”完成，{data['person'] or '系统'}{late}{saved}"


def _light(data: dict[str, Any]) -> str:
    if data["was"] == data["light"]:
        return f"● {_LIGHTS[data['light']]}再次提醒“{data['name']}”（{data['rule']}），到期 {data['due_on']}"
    why = f"（{data['rule']}）" if data["rule"] else ""
    late = f"，逾期 {data['overdue_workdays']} 个工作日" if data["overdue_workdays"] else ""
    told = f"，告知 {len(data['recipients'])} 人" if data["recipients"] else ""
    return f"● {_LIGHTS[data['light']]}“{data['name']}”{why}，到期 {data['due_on']}{late}{told}"


_SENTENCES: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "workflow.case.accepted": _accepted,
    "workflow.case.decided": lambda data: f"作出决定：{data['outcome']}（{data['decided_on']}）",
    "workflow.case.ended": lambda data: f"流程结束：{data['outcome']}",
    "workflow.task.opened": _opened,
    "workflow.task.completed": _completed,
    "workflow.milestone.reached": lambda data: f"◇ {data['name']}",
    "workflow.timer.held": lambda data: (
        f"‖ “{data['name']}”停止计时：{data['ground']}，{data['basis']}，告知书 {data['notice_no']}"
        if data["kind"] != "step"
        else ""
    ),
    "workflow.timer.resumed": lambda data: (
        f"▷ “{data['name']}”恢复计时，停 {data['held_workdays']} 个工作日，到期 {data['was_due_on']} → {data['due_on']}"
        if data["kind"] != "step"
        else ""
    ),
    "workflow.timer.fired": lambda data: f"⏰ {data['name']}",
    "workflow.external.requested": lambda data: f"↗ 向外部系统请求：{data['name']}",
    "workflow.incident.opened": lambda data: f"！流程故障：{data['reason']}",
    "supervision.light.changed": _light,
    "supervision.escalation.climbed": lambda data: f"▲ 督办升级（{data['rung']}）“{data['name']}”：{data['reason']}",
    "supervision.matter.registered": lambda data: f"▣ 登记督查事项 {data['matter_no']}：{data['title']}",
    "supervision.matter.moved": lambda data: f"▣ {data['matter_no']} → {data['step']}",
    "supervision.notice.issued": lambda data: f"▤ 印发 {data['notice_no']}，{data['rectify_by']} 前整改",
}
